"""The errors of this library: one tree, every message a sentence for a person.

A page shows ``str(error)`` as it is. So each message says what is wrong and what is allowed,
and the docstring of the function that raises it says what is left unchanged.
"""


class MnistError(Exception):
    """Base of every error that this library raises on purpose."""


class ConfigError(MnistError, ValueError):
    """A setting lies outside what is allowed.

    Attributes:
        field: the name of the setting, as in ``TrainingConfig``.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class EnvironmentVariableError(MnistError, ValueError):
    """An environment variable holds what is not allowed; nothing was done with it."""


class DataError(MnistError):
    """A file of digits can't be used; the data in use stays in use."""


class ArchiveError(MnistError):
    """A file of runs can't be brought back, or runs can't be put into one; nothing is changed."""


class DownloadError(DataError):
    """No source of MNIST could be reached in time, or none sent the right file."""


class HistoryError(MnistError, ValueError):
    """A training history is empty or lacks what a chart needs."""


class EvaluationError(MnistError, ValueError):
    """What was asked of a run's guesses does not fit them: an unknown name, other digits."""


class StoreError(MnistError):
    """The store can't be read or written: a full disk, a lock that stays, a broken file."""


class RunNotFoundError(StoreError):
    """No run has this id, or it was deleted.

    Attributes:
        run_id: the id that was asked for.
    """

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run “{run_id}”. It may have been deleted.")
        self.run_id = run_id


class GridNotFoundError(StoreError):
    """No grid has this id."""

    def __init__(self) -> None:
        super().__init__("There is no such grid. The address may be mistyped.")


class ClassNotFoundError(StoreError):
    """No class has this code or id, or it is archived."""

    def __init__(self) -> None:
        super().__init__("There is no such class. Look at its code once more, letter by letter.")


class ClassClosedError(StoreError):
    """Nobody can join a class at the moment; nothing is changed."""

    def __init__(self) -> None:
        super().__init__("This class is closed: nobody can join it now. Ask your teacher.")


class ClassPausedError(StoreError):
    """A run was to begin or go on while its class is paused; nothing is changed."""

    def __init__(self) -> None:
        super().__init__("Your teacher has paused the class: no run begins or goes on meanwhile.")


class MemberNotFoundError(StoreError):
    """Nobody in the class has this id, or they were removed."""

    def __init__(self) -> None:
        super().__init__("This person is not in the class any more.")


class GuessRoundError(MnistError):
    """A round of guesses is over, or not over yet, or another one is asked; nothing is changed."""


class AnswersClosedError(StoreError):
    """A class hands in nothing more for this task; what was handed in stays as it is."""

    def __init__(self) -> None:
        super().__init__("Your teacher has closed this: no answer can be handed in or changed now.")


class HandwritingNotFoundError(StoreError):
    """No handwriting round has this id, or it was deleted."""

    def __init__(self) -> None:
        super().__init__("There is no such handwriting round. It may have been deleted.")


class HandwritingClosedError(StoreError):
    """A handwriting round takes no digit any more; what was kept before stays."""

    def __init__(self) -> None:
        super().__init__("This handwriting round is closed, and takes no more digits.")


class TooManyTriesError(MnistError):
    """Something secret was guessed at too often; for a while no guess is looked at."""


class NotYoursError(MnistError):
    """The run belongs to another browser, or to the computer: who started it may change it."""


class LimitError(MnistError):
    """Somebody has, or all together have, as much of something as they may; nothing is changed."""


class RunStateError(MnistError):
    """What was asked for does not fit the state the run is in."""


class ClaimLostError(MnistError):
    """A worker's claim on a run has passed to another; it must stop writing and leave quietly."""


class WorkerRefusedError(MnistError):
    """A worker can't train for a dashboard; it gets no runs of it."""


class LabError(MnistError):
    """A scheduler or worker can't be started as was asked for; nothing listens."""


class TrainingError(MnistError):
    """A training run can't go on.

    Attributes:
        advice: what to try next, one sentence.
    """

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


class ModelError(MnistError, ValueError):
    """A model can't be trained as it was built or compiled; it is left as it is."""


class TsneQueueError(MnistError):
    """A map can't be taken on at the moment; those under way go on."""


class DrawingError(MnistError, ValueError):
    """No digit can be read from a drawing or a picture; nothing is changed."""
