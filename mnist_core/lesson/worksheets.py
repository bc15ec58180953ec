"""Worksheets: small experiments whose effect shows on any computer within seconds.

Each is two trainings that differ in one thing, a question to think about before, and a check
whether the effect did show. Knows neither Keras nor the pages; standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mnist_core.config import TrainingConfig
from mnist_core.evaluation.diagnosis import Rule, diagnose

History = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Worksheet:
    """An experiment for a learner.

    Attributes:
        key: its name in addresses and on the command line.
        title: its name for people.
        question: what to think about before pressing Train.
        baseline: settings of the first training.
        settings: settings of the second one.
        compared: what of the two trainings is compared.
        controls: labels of the controls on the Train page that matter: first those to change, then
            those that both trainings move from where they start.
        effect: what should be seen.
        shows: takes the histories of both trainings, the baseline's first; True where the effect
            was seen.
    """

    key: str
    title: str
    question: str
    baseline: TrainingConfig
    settings: TrainingConfig
    compared: str
    controls: tuple[str, ...]
    effect: str
    shows: Callable[[History, History], bool]


LOWER_WITHOUT_LAYER: Final = 0.01
"""Accuracy that the hidden layer must be worth: 1 digit of 100."""

LOWER_WITH_FEW_NODES: Final = 0.2
"""Accuracy that 128 nodes must be worth over 2: 20 digits of 100."""

LOWER_WITH_LARGE_BATCHES: Final = 0.03
"""Accuracy that ten times as many updates must be worth after one epoch: 3 digits of 100."""

LOWER_WITH_LARGE_STEPS: Final = 0.2
"""Accuracy that a learning rate 300 times too large must cost: 20 digits of 100."""

GAP_WITH_FEW_DIGITS: Final = 0.1
"""How much better a network that learned by heart reads its training digits than others."""


def _ends_lower(by: float) -> Callable[[History, History], bool]:
    return lambda baseline, changed: _at_the_end(baseline) - _at_the_end(changed) >= by


def _first_epoch_is_worse(baseline: History, changed: History) -> bool:
    first, large = baseline["val_accuracy"][0], changed["val_accuracy"][0]
    return first - large >= LOWER_WITH_LARGE_BATCHES


def _only_the_change_breaks_it(baseline: History, changed: History) -> bool:
    broken = {Rule.UNSTABLE, Rule.LEARNING_NOTHING, Rule.NOT_A_NUMBER}
    worse = _ends_lower(LOWER_WITH_LARGE_STEPS)(baseline, changed)
    return worse and not _rules(baseline) & broken and bool(_rules(changed) & broken)


def _it_is_learned_by_heart(baseline: History, changed: History) -> bool:
    gap = changed["accuracy"][-1] - changed["val_accuracy"][-1]
    wider = gap > baseline["accuracy"][-1] - baseline["val_accuracy"][-1]
    return Rule.OVERFITTING in _rules(changed) and wider and gap >= GAP_WITH_FEW_DIGITS


WORKSHEETS: Final = (
    Worksheet(
        key="no-hidden-layer",
        title="No hidden layer",
        question="Without a hidden layer the pixels go straight to the ten answers. "
        "Can such a network read at all? How many digits of 100 does the hidden layer win?",
        baseline=TrainingConfig(),
        settings=TrainingConfig(layers=()),
        compared="Validation accuracy in the last three epochs.",
        controls=("Hidden layers",),
        effect="It reads most digits, but fewer than with a hidden layer.",
        shows=_ends_lower(LOWER_WITHOUT_LAYER),
    ),
    Worksheet(
        key="too-few-nodes",
        title="Too few nodes",
        question="A hidden layer of two nodes tells the ten answers only two numbers about each "
        "image. Is that enough? Guess how many digits of 100 it will read right.",
        baseline=TrainingConfig(),
        settings=TrainingConfig(layers=(2,)),
        compared="Validation accuracy in the last three epochs.",
        controls=("Nodes in layer 1",),
        effect="It reads far fewer digits than with 128 nodes.",
        shows=_ends_lower(LOWER_WITH_FEW_NODES),
    ),
    Worksheet(
        key="batch-size",
        title="Batch size",
        question="The weights are changed once after every batch. With batches of 1,000 instead "
        "of 100 there are ten times fewer changes in an epoch. Where is each after its first "
        "epoch?",
        baseline=TrainingConfig(epochs=3),
        settings=TrainingConfig(epochs=3, batch_size=1000),
        compared="Validation accuracy after the first epoch.",
        controls=("Batch size", "Epochs"),
        effect="With large batches the first epoch ends lower: the weights were changed ten times "
        "less often. Such an epoch takes less time, though, and more epochs make up for it.",
        shows=_first_epoch_is_worse,
    ),
    Worksheet(
        key="learning-rate",
        title="Learning rate too high",
        question="The learning rate says how large each change of the weights is. "
        "Do larger changes make it learn faster? Try 300 times as large.",
        baseline=TrainingConfig(),
        settings=TrainingConfig(learning_rate=0.3),
        compared="What the curves of training loss do, from epoch to epoch.",
        controls=("Learning rate",),
        effect="The loss is thrown far above that of guessing, and few digits are read right.",
        shows=_only_the_change_breaks_it,
    ),
    Worksheet(
        key="overfitting",
        title="Learning by heart",
        question="Now it gets only 1 digit of every 100 to learn from. "
        "Will it read those few right? And digits that it has never seen?",
        baseline=TrainingConfig(batch_size=10, epochs=30, learning_rate=0.003),
        settings=TrainingConfig(batch_size=10, epochs=30, learning_rate=0.003, fraction=0.01),
        compared="The training curves with the validation curves.",
        controls=("Fraction of the training data", "Batch size", "Epochs", "Learning rate"),
        effect="Training accuracy comes near 1.0, validation accuracy stays far below, and "
        "validation loss rises again.",
        shows=_it_is_learned_by_heart,
    ),
)


def worksheet_about(question: str) -> Worksheet | None:
    """Find the worksheet that asks a question; None where none of them does."""
    return next((sheet for sheet in WORKSHEETS if sheet.question == question), None)


def _at_the_end(history: History) -> float:
    values = history["val_accuracy"][-3:]
    return sum(values) / len(values)


def _rules(history: History) -> set[Rule]:
    return {finding.rule for finding in diagnose(history)}
