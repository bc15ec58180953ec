"""What an archive tells in JSON: each number and each text looked at before it is believed.

Whatever it says ends in a record of the store, or in an ``ArchiveError`` with one sentence.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, NoReturn

from mnist_core.config import CLASSES, SERIES, TrainingConfig
from mnist_core.errors import ArchiveError, MnistError
from mnist_core.store import EpochRecord, Event, RunContents, RunStatus
from mnist_core.store.names import NAME_LENGTH, NOTE_LENGTH, one_line
from mnist_core.store.records import LONGEST_DEVICE

RUN_ID: Final = re.compile(r"[0-9a-f]{12}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")

_LONGEST_TEXT: Final = 1000
_LONGEST_REASON: Final = 200
_LONGEST_SUMMARY: Final = 20_000
_MOST_EVENTS: Final = 200_000
_MOST_DIGITS_SHOWN: Final = 100
_MOST_STEPS: Final = 10**9
_MOST_SECONDS: Final = 10.0**10
_LARGEST_LOSS: Final = 1e38
_FIRST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(2999, 1, 1, tzinfo=UTC)

_EVENT_NUMBERS: Final = {
    "progress": ("position", "accuracy", "loss", "digits_per_second"),
    "epoch": (*SERIES, "seconds"),
    "digits": (),
    "test": ("accuracy", "loss"),
}
EVENT_KINDS: Final = tuple(_EVENT_NUMBERS)


class Digits(NamedTuple):
    """What has to be known of a data set.

    Attributes:
        name: what people call it.
        test_digits: how many it is tested on.
    """

    name: str
    test_digits: int


def read_json(data: bytes, where: str) -> Any:
    """Parse a member; numbers that are none are refused."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    try:
        return json.loads(data.decode(), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"The file is damaged: {where} can't be read.") from error


def read_text(data: bytes, where: str) -> str:
    """Read a text of several lines, without what can't be shown."""
    try:
        text = data.decode()
    except ValueError as error:
        raise ArchiveError(f"The file is damaged: {where} can't be read.") from error
    return "".join(c for c in text[:_LONGEST_SUMMARY] if c.isprintable() or c == "\n")


class Fields:
    """An object of JSON, whose values are read by what they have to be.

    Each method raises ArchiveError where the value is missing or is something else.
    """

    def __init__(self, values: Any, where: str) -> None:
        self._where = where
        if not isinstance(values, dict):
            raise ArchiveError(f"The file is damaged: {where} can't be read.")
        self._values: dict[str, Any] = values

    def wrong(self, name: str) -> ArchiveError:
        """Build the error for a value."""
        return ArchiveError(
            f"The file can't be right: “{name}” in {self._where} is missing, or is not what it can "
            "be."
        )

    def get(self, name: str) -> Any:
        """Return a value as it is; None where there is none."""
        return self._values.get(name)

    def number(self, name: str, low: float, high: float) -> float | None:
        """Read a number within its limits, or null."""
        value = self._required(name)
        if value is None:
            return None
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:
            raise self.wrong(name)
        return float(value)

    def whole(self, name: str, low: int, high: int) -> int:
        """Read a whole number within its limits."""
        value = self._required(name)
        if type(value) is not int or not low <= value <= high:
            raise self.wrong(name)
        return value

    def truth(self, name: str) -> bool:
        """Read true or false."""
        value = self._required(name)
        if not isinstance(value, bool):
            raise self.wrong(name)
        return value

    def text(self, name: str, pattern: re.Pattern[str]) -> str:
        """Read a text of a fixed form."""
        value = self._required(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.wrong(name)
        return value

    def texts(self, name: str, pattern: re.Pattern[str], most: int) -> list[str]:
        """Read a list of such texts."""
        values = self._list(name, most)
        if not all(isinstance(value, str) and pattern.fullmatch(value) for value in values):
            raise self.wrong(name)
        return values

    def typed(self, name: str, longest: int = NAME_LENGTH) -> str:
        """Read what people write; what can't be shown is left out."""
        value = self._required(name)
        if not isinstance(value, str) or len(value) > longest:
            raise self.wrong(name)
        return one_line(value)

    def instant(self, name: str) -> datetime | None:
        """Read a time as ISO 8601 writes it, with its zone; or null."""
        value = self._required(name)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise self.wrong(name) from None
        if not _FIRST <= instant <= _LAST:
            raise self.wrong(name)
        return instant

    def numbers(self, name: str, most: int, low: float, high: float) -> list[float | None]:
        """Read a list of numbers within their limits, or null."""
        values = self._list(name, most)
        return [Fields({name: value}, self._where).number(name, low, high) for value in values]

    def objects(self, name: str, most: int) -> list[Fields]:
        """Read a list of objects."""
        return [Fields(value, self._where) for value in self._list(name, most)]

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Read an object."""
        return Fields(self._required(name), self._where)._values  # noqa: SLF001 - its own kind

    def _list(self, name: str, most: int) -> list[Any]:
        value = self._required(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name)
        return value

    def _required(self, name: str) -> Any:
        if name not in self._values:
            raise self.wrong(name)
        return self._values[name]


def read_run(values: Any, where: str, datasets: Mapping[str, Digits]) -> RunContents:
    """Read a run without its traces; one that was not over has been stopped."""
    fields = Fields(values, where)
    status = fields.get("status")
    if status not in list(RunStatus):
        raise fields.wrong("status")
    digest = fields.text("dataset_digest", DIGEST)
    if digest not in datasets:
        raise fields.wrong("dataset_digest")
    try:
        config = TrainingConfig.from_dict(fields.mapping("settings"))
    except (MnistError, TypeError) as error:
        why = "".join(c for c in str(error)[:_LONGEST_REASON] if c.isprintable())
        raise ArchiveError(f"The settings in {where} are not allowed: {why}") from error
    created_at = fields.instant("created_at")
    if created_at is None:
        raise fields.wrong("created_at")
    training_digits = fields.number("training_digits", 1, 10**6)
    failed = status == RunStatus.FAILED
    return RunContents(
        id=fields.text("id", RUN_ID),
        name=fields.typed("name"),
        note=fields.typed("note", NOTE_LENGTH),
        status=RunStatus(status) if RunStatus(status).is_over else RunStatus.STOPPED,
        config=config,
        dataset_digest=digest,
        dataset_name=datasets[digest].name,
        continued_from=(
            None if fields.get("continued_from") is None else fields.text("continued_from", RUN_ID)
        ),
        created_at=created_at,
        started_at=fields.instant("started_at"),
        finished_at=fields.instant("finished_at"),
        expected_accuracy=fields.number("expected_accuracy", 0, 1),
        step=fields.whole("step", 0, _MOST_STEPS),
        seconds=fields.number("seconds", 0, _MOST_SECONDS) or 0.0,
        training_digits=None if training_digits is None else int(training_digits),
        test_accuracy=fields.number("test_accuracy", 0, 1),
        test_loss=fields.number("test_loss", 0, _LARGEST_LOSS),
        error=fields.typed("error", _LONGEST_TEXT) if failed else None,
        advice=fields.typed("advice", _LONGEST_TEXT) if failed else None,
        device=None if fields.get("device") is None else fields.typed("device", LONGEST_DEVICE),
    )


def read_epochs(values: Any, where: str, run: RunContents) -> list[EpochRecord]:
    """Read a run's History: as many numbers of each kind as it has complete epochs."""
    fields = Fields(values, where)
    limits = {name: (0, 1 if name.endswith("accuracy") else _LARGEST_LOSS) for name in SERIES}
    limits["seconds"] = (0, _MOST_SECONDS)
    columns = {name: fields.numbers(name, run.config.epochs, *limits[name]) for name in limits}
    if len({len(column) for column in columns.values()}) != 1 or None in columns["seconds"]:
        raise fields.wrong("seconds")
    return [
        EpochRecord(epoch, **dict(zip(columns, map(_or_nan, row), strict=True)))
        for epoch, row in enumerate(zip(*columns.values(), strict=True))
    ]


def read_events(values: Any, where: str, run: RunContents) -> list[Event]:
    """Read what the live curves are drawn from."""
    if not isinstance(values, list) or len(values) > _MOST_EVENTS:
        raise ArchiveError(f"The file can't be right: {where} is no list of events.")
    return list(_events(values, where, run))


def _events(values: Collection[Any], where: str, run: RunContents) -> Iterator[Event]:
    for seq, value in enumerate(values, start=1):
        try:
            at, kind, data = value
            created_at = datetime.fromtimestamp(at, UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise ArchiveError(f"The file can't be right: event {seq} in {where}.") from None
        fields = Fields(data, where)
        if kind not in list(_EVENT_NUMBERS) or not _FIRST <= created_at <= _LAST:
            raise fields.wrong("events")
        known: dict[str, Any] = {
            name: fields.number(name, 0, _LARGEST_LOSS) for name in _EVENT_NUMBERS[kind]
        }
        for name in known.keys() - set(SERIES):  # of those, a number may have overflowed
            if known[name] is None:
                raise fields.wrong(name)
        if kind != "test":
            known["epoch"] = fields.whole("epoch", -1, run.config.epochs)
        if kind == "progress":
            known["step"] = fields.whole("step", 0, _MOST_STEPS)
        if kind == "digits":
            known |= _shown_digits(fields)
        yield Event(run.id, seq, kind, known, created_at)


def _shown_digits(fields: Fields) -> dict[str, Any]:
    guesses = fields.numbers("guesses", _MOST_DIGITS_SHOWN, 0, CLASSES - 1)
    confidence = fields.numbers("confidence", _MOST_DIGITS_SHOWN, 0, 1)
    whole = [int(guess) for guess in guesses if guess is not None and guess % 1 == 0]
    if not len(whole) == len(guesses) == len(confidence):
        raise fields.wrong("guesses")
    return {"guesses": whole, "confidence": confidence}


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
