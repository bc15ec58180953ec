"""What the curves of a training say: rules with thresholds, no guesses.

Each rule is a function over a history that gives a ``Finding`` with its evidence, or None.
Knows neither Keras nor the pages; standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from mnist_core.config import CLASSES, GUESSING, SERIES
from mnist_core.formatting import loss_text, percent, points

FEWEST_EPOCHS: Final = 4
"""With four, two epochs can be compared with the two before. Three are too few: on the sample one
run in five then seems level that goes on rising."""

WINDOW: Final = 3
"""Epochs whose mean is compared: one validation alone is off by some digits, by luck."""

NOTHING_BELOW: Final = 0.15
"""Half as much again as guessing gets. A network that says the same digit every time stays at 0.10
to 0.12; a hidden layer of a single node gets to 0.18 and more."""

GUESSING_LOSS: Final = math.log(CLASSES)
"""Cross-entropy of a network that gives every digit the same likelihood: 2.3."""

THROWN: Final = 1.25 * GUESSING_LOSS
"""A mean loss of an epoch that only too large updates reach (or a penalty such as L2). A network
that has learned nothing yet starts at 2.3 to 2.5; it takes confident wrong answers to be worse."""

RISING_PER_EPOCH: Final = 0.002
"""Gain of validation accuracy an epoch: 2 digits of 1,000. The means of two windows differ by
about half of that from luck alone when there are only 400 validation digits."""

LOSS_RISE: Final = 0.05
"""How far validation loss must stand above its lowest value, as a share of it. A validation loss
that has merely come to rest moves by 1 to 3 % from epoch to epoch."""

LOSS_FALL: Final = 0.1
"""How far training loss must have fallen meanwhile, as a share: else nothing is being memorised."""

EPOCHS_AFTER_LOWEST: Final = 2
"""A single epoch above the lowest validation loss is no trend."""

JUMP: Final = 0.1
"""How far training loss must stand above the lowest value it had, as a share of that. Small enough
updates lower the loss of the digits they are made from; this much upwards is no rounding."""

SMALLEST_JUMP: Final = 0.02
"""The same in units of loss: when nearly every digit is right, one bad batch doubles the loss."""

JUMPS: Final = 2
"""One jump may be a bad batch; two are a habit."""

SKILLED: Final = 0.95
"""An accuracy from which on a network is not too simple for its digits: without a hidden layer it
never gets there on all of MNIST."""

GAP: Final = 0.05
"""How much better a network reads its training digits than others before that is worth a word: 5
digits of 100, more than the luck of the draw of 400 validation digits."""

PERFECT: Final = percent(1.0)
"""How an accuracy reads that lacks nothing, or next to nothing."""


class Rule(StrEnum):
    """The names of the rules."""

    NOT_A_NUMBER = "not a number"
    TOO_FEW_EPOCHS = "too few epochs to tell"
    LEARNING_NOTHING = "learning nothing"
    UNSTABLE = "unstable"
    OVERFITTING = "overfitting"
    STILL_RISING = "still rising"
    HARD_TO_TELL = "hard to tell"
    LEVEL = "level"

    @property
    def heading(self) -> str:
        """The name as a heading."""
        return self.value.capitalize()


@dataclass(frozen=True)
class Finding:
    """What one rule found in a history.

    Attributes:
        rule: its name.
        sentence: what the curves show, with the numbers.
        advice: what to try, or that nothing need be done.
        series: keys of the history that are the evidence.
        epochs: from 0, the epochs of those series that are the evidence, in their order.
        numbers: what was compared, by name.
    """

    rule: Rule
    sentence: str
    advice: str
    series: tuple[str, ...]
    epochs: tuple[int, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Curves:
    """The four series of a history, equally long.

    Attributes:
        accuracy, loss, val_accuracy, val_loss: one number an epoch; accuracies 0 to 1.
    """

    accuracy: tuple[float, ...]
    loss: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    val_loss: tuple[float, ...]

    @classmethod
    def of(cls, history: Mapping[str, Sequence[Any]]) -> Curves:
        """Read a history; what is missing or no number becomes NaN or is cut off."""
        given = {key: history.get(key, ()) for key in SERIES}
        length = min(map(len, given.values()))
        return cls(**{key: tuple(map(_number, given[key][:length])) for key in SERIES})

    @property
    def epochs(self) -> int:
        """How many epochs there are."""
        return len(self.loss)

    @property
    def window(self) -> int:
        """Epochs whose mean stands for "now": up to three, and as many must lie before them."""
        return min(WINDOW, self.epochs // 2)


def diagnose(history: Mapping[str, Sequence[Any]]) -> list[Finding]:
    """Describe what the curves of a training show, the most important first.

    Args:
        history: ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a number an epoch each,
            accuracies as fractions.

    Returns:
        At least one finding, and none that contradicts another: broken, too short, still rising,
        hard to tell or level stands alone; learning nothing, unstable and overfitting may come
        together, except that what has learned nothing has memorised nothing.
    """
    curves = Curves.of(history)
    alone = find_not_a_number(curves) or find_too_few_epochs(curves)
    if alone:
        return [alone]
    nothing = find_learning_nothing(curves)
    troubles = [nothing, find_unstable(curves), None if nothing else find_overfitting(curves)]
    found = [finding for finding in troubles if finding]
    if found:
        return found
    return [find_still_rising(curves) or find_hard_to_tell(curves) or describe_level(curves)]


def find_not_a_number(curves: Curves) -> Finding | None:
    """Find the first epoch in which a number overflowed."""
    for epoch in range(curves.epochs):
        broken = tuple(key for key in SERIES if not math.isfinite(getattr(curves, key)[epoch]))
        if broken:
            return Finding(
                Rule.NOT_A_NUMBER,
                f"In epoch {epoch + 1} the {words_for(broken[0])} is no longer a number: the "
                "changes of the weights were so large that the computer could not hold them.",
                "Try a smaller learning rate, such as 0.001.",
                broken,
                (epoch,),
                {"epoch": epoch + 1},
            )
    return None


def find_too_few_epochs(curves: Curves) -> Finding | None:
    """Find that there is not enough to look at."""
    if curves.epochs >= FEWEST_EPOCHS:
        return None
    counts = ("No epoch is", "Only one epoch is", "Only two epochs are", "Only three epochs are")
    return Finding(
        Rule.TOO_FEW_EPOCHS,
        f"{counts[curves.epochs]} complete: too few to say where the curves are going.",
        f"Train for at least {FEWEST_EPOCHS} epochs.",
        (),
        tuple(range(curves.epochs)),
        {"epochs": curves.epochs, "fewest": FEWEST_EPOCHS},
    )


def find_learning_nothing(curves: Curves) -> Finding | None:
    """Find that the network does not do better than guessing, on either kind of digits."""
    now = _last(curves)
    reached = max(_mean(curves.accuracy, now), _mean(curves.val_accuracy, now))
    if not reached < NOTHING_BELOW:
        return None
    advice = (
        "Try a much smaller learning rate, such as 0.001."
        if find_unstable(curves)
        else "Its weights hardly change. Try a larger learning rate, or more epochs."
    )
    return Finding(
        Rule.LEARNING_NOTHING,
        f"At the end the network reads {percent(reached)} of the digits right. "
        f"Guessing without looking gets {percent(GUESSING)}: it has learned next to "
        "nothing.",
        advice,
        ("accuracy", "val_accuracy"),
        now,
        {"reached": reached, "guessing": GUESSING, "threshold": NOTHING_BELOW},
    )


def find_unstable(curves: Curves) -> Finding | None:
    """Find a training loss that jumps up again and again, or lies far above that of guessing."""
    jumps = _jumps(curves.loss)
    thrown = tuple(epoch for epoch, loss in enumerate(curves.loss) if loss > THROWN)
    if thrown:
        sentence = (
            f"In {_in_epochs(thrown, curves.epochs)} the training loss was far too high, up to "
            f"{loss_text(max(curves.loss))}. A network that only guesses has "
            f"{loss_text(GUESSING_LOSS)}: this one was thrown about."
        )
    elif len(jumps) >= JUMPS:
        sentence = (
            "Training loss should fall. Here it jumps: it was down at "
            f"{loss_text(min(curves.loss[: jumps[0]]))} and up at "
            f"{loss_text(curves.loss[jumps[0]])} again in epoch {jumps[0] + 1}, and it stood "
            f"too high in {_in_epochs(jumps, curves.epochs)}."
        )
    else:
        return None
    return Finding(
        Rule.UNSTABLE,
        sentence,
        "The changes of the weights are too large: try a smaller learning rate"
        + (", and no L2." if thrown else "."),
        ("loss",),
        thrown or jumps,
        {"lowest": min(curves.loss), "highest": max(curves.loss), "guessing": GUESSING_LOSS}
        | {"jumps": len(jumps), "thrown": len(thrown)},
    )


def find_overfitting(curves: Curves) -> Finding | None:
    """Find the epoch from which on validation loss rises while training loss still falls."""
    lowest = min(range(curves.epochs), key=curves.val_loss.__getitem__)
    after = curves.epochs - 1 - lowest
    if after < EPOCHS_AFTER_LOWEST:
        return None
    end = tuple(range(curves.epochs - min(WINDOW, after), curves.epochs))
    low, high = curves.val_loss[lowest], _mean(curves.val_loss, end)
    before, now = curves.loss[lowest], _mean(curves.loss, end)
    rises = high - low >= LOSS_RISE * abs(low) and high > low
    falls = before - now >= LOSS_FALL * abs(before) and before > now
    if not (rises and falls):
        return None
    return Finding(
        Rule.OVERFITTING,
        f"From epoch {lowest + 2} on the network learns its training digits by heart: validation "
        f"loss was lowest in epoch {lowest + 1} ({loss_text(low)}) and rises to "
        f"{loss_text(high)}, while training loss still falls from {loss_text(before)} to "
        f"{loss_text(now)}.",
        f"Stop after epoch {lowest + 1}, or train on more digits, or try dropout.",
        ("val_loss", "loss"),
        (lowest, *end),
        {"from_epoch": lowest + 2, "lowest": low, "end": high, "before": before, "now": now},
    )


def find_still_rising(curves: Curves) -> Finding | None:
    """Find that validation accuracy was still going up at the end, and nowhere higher."""
    before, now, gain = _gain(curves)
    if not gain >= RISING_PER_EPOCH or _falls_short(curves):
        return None
    return Finding(
        Rule.STILL_RISING,
        f"Validation accuracy was still rising at the end: {_compared(curves, before, now)}.",
        "More epochs may help.",
        ("val_accuracy",),
        _before(curves) + _last(curves),
        {"before": before, "now": now, "gain": gain, "threshold": RISING_PER_EPOCH},
    )


def find_hard_to_tell(curves: Curves) -> Finding | None:
    """Find that validation accuracy has gone up, but not to its best at the end.

    From the means alone, a rise by fits and starts looks like one that has turned into a fall.
    """
    before, now, gain = _gain(curves)
    if not gain >= RISING_PER_EPOCH or not _falls_short(curves):
        return None
    best = _best_epoch(curves)
    highest, last = (percent(curves.val_accuracy[epoch]) for epoch in (best, -1))
    below = (
        f"({last}) lies below the best one, epoch {best + 1} ({highest})"
        if last != highest
        else f"lies a hair below the best one, epoch {best + 1}: both are {last}"
    )
    return Finding(
        Rule.HARD_TO_TELL,
        f"Validation accuracy has risen: {_compared(curves, before, now)}. But the last epoch "
        f"{below}. That may be chance, or the end of the rise.",
        "A few more epochs will show which.",
        ("val_accuracy",),
        tuple(sorted({best, *_before(curves), *_last(curves)})),
        {"before": before, "now": now, "gain": gain, "threshold": RISING_PER_EPOCH}
        | {"best_epoch": best + 1},
    )


def describe_level(curves: Curves) -> Finding:
    """Describe that validation accuracy no longer improves, which is how a training should end."""
    before, now, gain = _gain(curves)
    trained = _mean(curves.accuracy, _last(curves))
    if max(trained, now) < SKILLED:
        better = " To do better, try more nodes, another layer or a larger learning rate."
    elif trained - now >= GAP:
        better = " It reads its training digits better than new ones: train on more digits."
    else:
        better = ""
    return Finding(
        Rule.LEVEL,
        f"Validation accuracy no longer rises: {_compared(curves, before, now)}.",
        f"It has learned what it can with these settings; more epochs would hardly help.{better}",
        ("val_accuracy",),
        _before(curves) + _last(curves),
        {"before": before, "now": now, "gain": gain, "threshold": RISING_PER_EPOCH}
        | {"trained": trained},
    )


def doubt_perfection(history: Mapping[str, Sequence[Any]]) -> str:
    """Say why a training accuracy that reads as 100.0 % is suspicious; empty for any other.

    Args:
        history: as for ``diagnose``.
    """
    curves = Curves.of(history)
    perfect = [epoch for epoch, share in enumerate(curves.accuracy) if percent(share) == PERFECT]
    if not perfect:
        return ""
    nearly = "" if curves.accuracy[perfect[0]] == 1 else "nearly "
    return (
        f"In epoch {perfect[0] + 1} the training accuracy reached {PERFECT}: {nearly}every "
        "training digit was read right. That is suspicious, for a network can get there by "
        "learning its digits by heart. What counts are digits that it never learned from: at the "
        f"end its validation accuracy was {percent(curves.val_accuracy[-1])}."
    )


def describe_slope(history: Mapping[str, Sequence[Any]]) -> str:
    """Say how the training accuracy rose where it was steep at first; empty where it was not.

    Args:
        history: as for ``diagnose``.
    """
    known = [share for share in Curves.of(history).accuracy if math.isfinite(share)]
    if len(known) < 2:
        return ""
    first, later = known[0] - GUESSING, known[-1] - known[0]
    if not first > later >= 0:
        return ""
    return (
        f"In epoch 1 the training accuracy went from guessing, {percent(GUESSING)}, to "
        f"{percent(known[0])}; all epochs after it brought {points(known[-1], known[0])} points "
        "more. A network finds the large rules first, and then ever smaller ones."
    )


def words_for(key: str) -> str:
    """Name a series as people do: "val_loss" is "validation loss"."""
    kind, _, metric = key.rpartition("_")
    return f"{'validation' if kind else 'training'} {metric}"


def _in_epochs(found: Sequence[int], epochs: int) -> str:
    if len(found) == 1:
        return f"epoch {found[0] + 1}"
    return f"{len(found)} of {epochs} epochs"


def _compared(curves: Curves, before: float, now: float) -> str:
    count = ("two", "three")[curves.window - 2]
    return (
        f"{percent(now)} on average in the last {count} epochs, {percent(before)} in the {count} "
        "before"
    )


def _gain(curves: Curves) -> tuple[float, float, float]:
    """Return the mean validation accuracy of two windows and the gain an epoch between them."""
    before = _mean(curves.val_accuracy, _before(curves))
    now = _mean(curves.val_accuracy, _last(curves))
    return before, now, (now - before) / curves.window


def _best_epoch(curves: Curves) -> int:
    return max(range(curves.epochs), key=curves.val_accuracy.__getitem__)


def _falls_short(curves: Curves) -> bool:
    """Check whether the last epoch lies below the best one, were it by a single digit."""
    return curves.val_accuracy[-1] < max(curves.val_accuracy)


def _last(curves: Curves) -> tuple[int, ...]:
    return tuple(range(curves.epochs - curves.window, curves.epochs))


def _before(curves: Curves) -> tuple[int, ...]:
    return tuple(epoch - curves.window for epoch in _last(curves))


def _jumps(loss: Sequence[float]) -> tuple[int, ...]:
    """Find the epochs whose loss stands clearly above the lowest one before them."""
    found, lowest = [], math.inf
    for epoch, value in enumerate(loss):
        if value - lowest >= max(JUMP * abs(lowest), SMALLEST_JUMP):
            found.append(epoch)
        lowest = min(lowest, value)
    return tuple(found)


def _mean(values: Sequence[float], epochs: Sequence[int]) -> float:
    return sum(values[epoch] for epoch in epochs) / len(epochs)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
