"""The numbers of anybody's training, in whatever form people keep a history.

What ``model.fit`` gives back, its dict before or after JSON, a table of ``CSVLogger``, rows one by
one. Knows neither Keras nor pandas: both are taken by how they look.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from mnist_core.errors import HistoryError
from mnist_core.formatting import listed

Values = list[float | None]
ValidationFreq = int | Collection[int] | None

_NO_EPOCHS: Final = "This history has no epochs. Train for at least one epoch first."
_COUNTS: Final = ("epoch", "epochs")
# The first of these that is there; Keras names accuracy after the loss, or as the program does.
_ACCURACIES: Final = ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy")
_LIKE_ACCURACY: Final = re.compile(r"(?!test_|.*top_?(k|\d))(\w+_)?acc(uracy)?(_\d+)?")
_LIKE_LOSS: Final = re.compile(r"loss(_\d+)?")
_NOTHING: Final = ("", "NA", "nan")  # CSVLogger writes NA for an epoch without validation
_ROUNDING: Final = 1e-4


class AccuracyAndLoss(NamedTuple):
    """What is known of a training, epoch by epoch; a series that is missing is empty.

    Attributes:
        epochs: as people count, from 1 where the training was begun there.
        val_epochs: those of them after which there was a validation.
        accuracy: of the training digits, a fraction 0 to 1 an epoch; None is a gap.
        loss: of the training digits.
        val_accuracy: of the validation digits, one for each of ``val_epochs``.
        val_loss: of the validation digits.
    """

    epochs: list[int]
    val_epochs: list[int]
    accuracy: Values
    loss: Values
    val_accuracy: Values
    val_loss: Values


def gather_accuracy_and_loss(
    history: Any, validation_freq: ValidationFreq = None
) -> AccuracyAndLoss:
    """Take the four series out of a history.

    Args:
        history: a Keras History; its dict, also through JSON; a table with a column a series
            (pandas, polars, a structured array); or the rows of such a table, a dict each.
            Epochs count from 0 as in Keras, in a table also from 1; where they don't rise, they
            are counted anew.
        validation_freq: as ``model.fit`` takes it; needed where lengths alone don't tell it.

    Raises:
        HistoryError: it is no history, holds none of the four series, its lengths don't fit
            together, or its accuracies are neither fractions nor per cent.
    """
    columns, counted = _columns(history)
    if not columns:
        raise HistoryError("This history is empty. Train for at least one epoch first.")
    training, validation = _series(columns, ""), _series(columns, "val_")
    if not training and not validation:
        raise HistoryError(
            "This history has neither accuracy nor loss, only: "
            f"{', '.join(columns)}. Pass on what model.fit gives back, whole."
        )
    epochs, val_epochs = _epochs(counted, training, validation, validation_freq)
    numbers = AccuracyAndLoss(
        epochs,
        val_epochs,
        _fractions("accuracy", training.get("accuracy", [])),
        training.get("loss", []),
        _fractions("val_accuracy", validation.get("accuracy", [])),
        validation.get("loss", []),
    )
    return _without_unvalidated(numbers)


def _columns(history: Any) -> tuple[dict[str, list[Any]], Iterable[Any]]:
    """Return a history as columns by name, and how it counts its epochs, from 0."""
    record = getattr(history, "history", history)
    counted: Iterable[Any] = ()
    if isinstance(record, Mapping):
        counted = getattr(history, "epoch", ())
        if record and all(isinstance(value, Mapping) for value in record.values()):
            columns, counted = _unfolded(record)
        else:
            columns = {str(name): _listed(name, values) for name, values in record.items()}
    elif (names := _names_of_columns(record)) is not None:
        columns = {str(name): _listed(name, record[name]) for name in names}
        counted = getattr(record, "index", ())
    elif isinstance(record, Sequence) and _all_mappings(record):
        columns = _from_rows(record)
    else:
        raise HistoryError(
            "A training history is what model.fit gives back, its .history dict or a table of it; "
            f"this is of the type {type(history).__name__}."
        )
    for name, column in columns.items():
        if name.lower() in _COUNTS:
            return columns, _from_zero(column)
    return columns, counted


def _from_zero(column: list[Any]) -> list[Any]:
    """Return a table's count of epochs from 0, as Keras's own; people's begin at 1."""
    try:
        numbers = [float(number) for number in column]
    except (TypeError, ValueError):
        return column
    return [number - 1 for number in numbers] if numbers[:1] == [1] else numbers


def _names_of_columns(record: Any) -> Collection[Any] | None:
    names: Collection[Any] | None = getattr(record, "columns", None)
    if names is None:
        names = getattr(getattr(record, "dtype", None), "names", None)
    return names


def _all_mappings(record: Sequence[Any]) -> bool:
    return bool(record) and all(isinstance(row, Mapping) for row in record)


def _from_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Turn rows into columns; rows without any series, as at the end of a log, are left out."""
    kept = [row for row in rows if any(_role(str(name)) for name in row)]
    names = dict.fromkeys(itertools.chain.from_iterable(kept))
    return {str(name): [row.get(name) for row in kept] for name in names}


def _unfolded(record: Mapping[Any, Mapping[Any, Any]]) -> tuple[dict[str, list[Any]], list[int]]:
    """Read what pandas writes as JSON, a dict of dicts: by column, then by row; or turned."""
    if not any(_role(str(name)) for name in record):
        record = {
            name: {row: values.get(name) for row, values in record.items()}
            for name in dict.fromkeys(itertools.chain.from_iterable(record.values()))
        }
    try:
        rows = sorted({int(row) for values in record.values() for row in values})
        by_row = {
            str(name): {int(row): value for row, value in values.items()}
            for name, values in record.items()
        }
    except (TypeError, ValueError):
        raise HistoryError(
            "The rows of this history have no numbers. It must be a list with a number an epoch."
        ) from None
    return {name: [values.get(row) for row in rows] for name, values in by_row.items()}, rows


def _listed(name: Any, values: Any) -> list[Any]:
    if not isinstance(values, (str, bytes, Mapping)):
        try:
            return list(values)
        except TypeError:
            pass
    if not _role(str(name)):
        return []
    raise HistoryError(f"“{name}” of this history must be a list with a number an epoch.")


def _role(name: str) -> tuple[str, str, str] | None:
    """Return what a name stands for: "val_" or "", accuracy or loss, and its own word for it."""
    word = re.sub(r"\W+", "_", name.strip().lower())
    word = re.sub(r"^train(ing)?_", "", re.sub(r"^valid(ation)?_", "val_", word))
    prefix = "val_" if word.startswith("val_") else ""
    word = word.removeprefix("val_")
    if _LIKE_LOSS.fullmatch(word):
        return prefix, "loss", word
    return (prefix, "accuracy", word) if _LIKE_ACCURACY.fullmatch(word) else None


def _series(columns: Mapping[str, list[Any]], prefix: str) -> dict[str, Values]:
    """Find accuracy and loss of the training or of the validation digits, where they are there."""
    found: dict[str, dict[str, str]] = {"accuracy": {}, "loss": {}}
    for name in columns:
        role = _role(name)
        if role and role[0] == prefix:
            found[role[1]].setdefault(role[2], name)
    chosen = {kind: _chosen(prefix, names) for kind, names in found.items() if names}
    return {kind: _numbers(name, columns[name]) for kind, name in chosen.items()}


def _chosen(prefix: str, names: Mapping[str, str]) -> str:
    for word in (*_ACCURACIES, "loss"):
        if word in names:
            return names[word]
    if len(names) > 1:
        raise HistoryError(
            f"This history has several accuracies or losses: {listed([*names.values()])}. "
            f"Leave one, or call it {prefix}accuracy or {prefix}loss."
        )
    return next(iter(names.values()))


def _numbers(name: str, column: Iterable[Any]) -> Values:
    try:
        numbers = [
            math.nan if value is None or value in _NOTHING else float(value) for value in column
        ]
    except (TypeError, ValueError):
        raise HistoryError(f"“{name}” of this history holds something that is no number.") from None
    return [number if math.isfinite(number) else None for number in numbers]


def _fractions(name: str, values: Values) -> Values:
    """Return accuracies as fractions; those in per cent are recognised by being larger than 1."""
    known = [value for value in values if value is not None]
    if not known or (min(known) >= 0 and max(known) <= 1 + _ROUNDING):
        return values
    if min(known) < 0 or max(known) > 100 * (1 + _ROUNDING):
        wrong = max(known) if min(known) >= 0 else min(known)
        raise HistoryError(
            f"“{name}” of this history holds {wrong:g}. Accuracies are fractions from 0 to 1, "
            "or per cent from 0 to 100."
        )
    small = [value for value in known if 0 < value <= 1]
    if small:
        raise HistoryError(
            f"“{name}” of this history mixes fractions and per cent: {small[0]:g} and "
            f"{max(known):g}. Write all of them as fractions from 0 to 1."
        )
    return [None if value is None else value / 100 for value in values]


def _epochs(
    counted: Iterable[Any],
    training: Mapping[str, Values],
    validation: Mapping[str, Values],
    validation_freq: ValidationFreq,
) -> tuple[list[int], list[int]]:
    lengths = {**_lengths(training, ""), **_lengths(validation, "val_")}
    in_training, in_validation = ({*map(len, part.values())} for part in (training, validation))
    if len(in_training) > 1 or len(in_validation) > 1:
        raise _different(lengths)
    most = max(lengths.values())
    if not most or 0 in in_training:
        raise HistoryError(_NO_EPOCHS)
    if not training:
        return _numbered(counted, most), _numbered(counted, most)
    epochs = _numbered(counted, in_training.pop())
    if not validation:
        return epochs, []
    validated = in_validation.pop()
    if validated == len(epochs):
        return epochs, epochs
    return epochs, _validated(epochs, validated, validation_freq, _different(lengths))


def _lengths(series: Mapping[str, Values], prefix: str) -> dict[str, int]:
    return {f"{prefix}{kind}": len(values) for kind, values in series.items()}


def _different(lengths: Mapping[str, int]) -> HistoryError:
    counts = listed([f"{name} {length}" for name, length in lengths.items()])
    return HistoryError(
        f"The parts of this history have different numbers of epochs: {counts}. "
        "They must come from the same training."
    )


def _numbered(counted: Iterable[Any], count: int) -> list[int]:
    """Count epochs from 1, or as the history does; not where it begins again and again."""
    try:
        numbers = [int(float(number)) + 1 for number in counted]
    except (TypeError, ValueError, OverflowError):
        numbers = []
    rising = all(first < second for first, second in itertools.pairwise(numbers))
    return numbers if len(numbers) == count and rising else list(range(1, count + 1))


def _validated(
    epochs: list[int], count: int, validation_freq: ValidationFreq, different: HistoryError
) -> list[int]:
    """Find the epochs after which there was a validation, as ``model.fit`` chooses them."""
    if validation_freq is not None:
        if isinstance(validation_freq, int) and validation_freq < 1:
            raise HistoryError(f"validation_freq {validation_freq} is not allowed: 1 or more is.")
        chosen = _chosen_by(validation_freq, epochs)
        if len(chosen) != count:
            raise different
        return chosen
    possible = {
        tuple(chosen)
        for every in range(2, epochs[-1] + 1)
        if len(chosen := _chosen_by(every, epochs)) == count
    }
    if not possible:
        raise different
    if len(possible) > 1:
        raise HistoryError(
            f"This history was validated after {count} of its {len(epochs)} epochs and does not "
            "say after which. Add validation_freq, as model.fit had it."
        )
    return list(possible.pop())


def _chosen_by(validation_freq: int | Collection[int], epochs: Sequence[int]) -> list[int]:
    if isinstance(validation_freq, Collection):
        return [epoch for epoch in epochs if epoch in validation_freq]
    return [epoch for epoch in epochs if epoch % validation_freq == 0]


def _without_unvalidated(numbers: AccuracyAndLoss) -> AccuracyAndLoss:
    """Leave out epochs without a validation, which tables fill up with nothing.

    A validation whose numbers overflowed is none of these: the training loss overflowed too.
    """
    if numbers.val_epochs != numbers.epochs or None in (numbers.loss or [None]):
        return numbers
    both = [values for values in (numbers.val_accuracy, numbers.val_loss) if values]
    kept = [i for i in range(len(numbers.epochs)) if any(values[i] is not None for values in both)]
    return numbers._replace(
        val_epochs=[numbers.val_epochs[i] for i in kept],
        val_accuracy=[numbers.val_accuracy[i] for i in kept] if numbers.val_accuracy else [],
        val_loss=[numbers.val_loss[i] for i in kept] if numbers.val_loss else [],
    )
