"""Histories as people have them: the four series come out, or a sentence says why not."""

import csv
import io
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mnist_core.errors import HistoryError
from mnist_core.evaluation.histories import AccuracyAndLoss, gather_accuracy_and_loss

HISTORY = {
    "accuracy": [0.8, 0.9, 0.95],
    "loss": [0.7, 0.4, 0.2],
    "val_accuracy": [0.85, 0.91, 0.93],
    "val_loss": [0.6, 0.35, 0.25],
}
EXPECTED = AccuracyAndLoss([1, 2, 3], [1, 2, 3], *HISTORY.values())
ROWS = [dict(zip(HISTORY, values, strict=True)) for values in zip(*HISTORY.values(), strict=True)]
CSV = pd.DataFrame(HISTORY).to_csv(index_label="epoch")  # as CSVLogger writes it


@pytest.mark.parametrize(
    "history",
    [
        HISTORY,
        SimpleNamespace(history=HISTORY, epoch=[0, 1, 2]),
        SimpleNamespace(history=HISTORY, epoch=[]),
        {name: np.array(values, np.float32) for name, values in HISTORY.items()},
        {name: tuple(map(str, values)) for name, values in HISTORY.items()},
        {name: list(map(np.float32, values)) for name, values in HISTORY.items()},
        HISTORY | {"learning_rate": [0.001], "f1": 3, "note": "my best", "lr": {"a": 1}},
        pd.DataFrame(HISTORY),
        pd.DataFrame(HISTORY, index=["a", "b", "c"]),
        pd.read_csv(io.StringIO(CSV)),
        pd.DataFrame(HISTORY).to_dict(),
        pd.DataFrame(HISTORY).to_dict("records"),
        pd.DataFrame(HISTORY).to_records(),
        json.loads(json.dumps(HISTORY)),
        json.loads(pd.DataFrame(HISTORY).to_json()),
        json.loads(pd.DataFrame(HISTORY).to_json(orient="index")),
        list(csv.DictReader(io.StringIO(CSV))),
        pd.DataFrame(
            HISTORY | {"seconds": 0.1}, index=pd.Index([1, 2, 3], name="epoch")
        ).reset_index(),
        [*ROWS, {"test_accuracy": 0.94, "test_loss": 0.2, "run_id": "abc"}],
    ],
    ids=lambda history: type(history).__name__,
)
def test_every_form_in_which_a_history_is_kept_gives_the_same_numbers(history: Any) -> None:
    found = gather_accuracy_and_loss(history)

    assert found.epochs == found.val_epochs == EXPECTED.epochs
    for name in HISTORY:
        assert getattr(found, name) == pytest.approx(HISTORY[name], abs=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "acc",
        "sparse_categorical_accuracy",
        "categorical_accuracy",
        "digit_accuracy",
        "accuracy_1",
        "Accuracy",
    ],
)
def test_accuracy_goes_by_any_of_its_names(name: str) -> None:
    renamed = {key.replace("accuracy", name): values for key, values in HISTORY.items()}

    assert gather_accuracy_and_loss(renamed) == EXPECTED


@pytest.mark.parametrize(("train", "val"), [("train_", "valid_"), ("training ", "validation ")])
def test_other_prefixes_for_the_two_kinds_of_digits_are_understood(train: str, val: str) -> None:
    renamed = {
        f"{val}{key.removeprefix('val_')}" if key.startswith("val_") else f"{train}{key}": values
        for key, values in HISTORY.items()
    }

    assert gather_accuracy_and_loss(renamed) == EXPECTED


def test_accuracy_of_the_best_three_guesses_is_no_accuracy() -> None:
    others = {"sparse_top_k_categorical_accuracy": [1, 1, 1], "test_accuracy": [0, 0, 0]}

    assert gather_accuracy_and_loss(others | HISTORY) == EXPECTED
    assert gather_accuracy_and_loss(others | {"loss": [3, 2, 1]}).accuracy == []


def test_of_two_accuracies_none_is_chosen_by_chance() -> None:
    with pytest.raises(HistoryError, match=r"several .*: first_accuracy and second_accuracy"):
        gather_accuracy_and_loss({"first_accuracy": [0.1], "second_accuracy": [0.2]})


def test_epochs_are_those_of_a_training_that_went_on() -> None:
    assert gather_accuracy_and_loss(SimpleNamespace(history=HISTORY, epoch=[5, 6, 7])).epochs == [
        6,
        7,
        8,
    ]
    assert gather_accuracy_and_loss(HISTORY | {"epoch": [5, 6, 7]}).epochs == [6, 7, 8]
    assert gather_accuracy_and_loss(pd.DataFrame(HISTORY)[1:]).epochs == [2, 3]


def test_rows_from_json_stand_in_the_order_of_their_numbers() -> None:
    losses = {str(row): 12.0 - row for row in (10, 9, 11)}

    assert gather_accuracy_and_loss({"loss": losses}).loss == [3.0, 2.0, 1.0]


def test_two_trainings_in_one_table_are_counted_through() -> None:
    twice = pd.concat([pd.read_csv(io.StringIO(CSV))] * 2)

    assert gather_accuracy_and_loss(twice).epochs == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("epochs", "validated", "chosen"),
    [(10, 5, [2, 4, 6, 8, 10]), (10, 3, [3, 6, 9]), (7, 2, [3, 6]), (4, 2, [2, 4])],
)
def test_a_rare_validation_is_placed_as_keras_does(
    epochs: int, validated: int, chosen: list[int]
) -> None:
    found = gather_accuracy_and_loss({"loss": [1] * epochs, "val_loss": [2] * validated})

    assert (found.val_epochs, found.val_loss) == (chosen, [2] * validated)


def test_where_a_rare_validation_lies_is_asked_when_lengths_dont_tell() -> None:
    history = {"loss": [1] * 10, "val_loss": [2]}
    with pytest.raises(HistoryError, match=r"after 1 of its 10 epochs .*validation_freq"):
        gather_accuracy_and_loss(history)

    assert gather_accuracy_and_loss(history, 7).val_epochs == [7]
    assert gather_accuracy_and_loss(history, [9]).val_epochs == [9]
    for wrong in (2, [1, 2], 0):
        with pytest.raises(HistoryError, match=r"different numbers|not allowed"):
            gather_accuracy_and_loss(history, wrong)


@pytest.mark.parametrize("nothing", ["NA", "", None, float("nan")])
def test_epochs_that_a_table_fills_up_are_no_validations(nothing: Any) -> None:
    found = gather_accuracy_and_loss(
        {"loss": [3, 2, 1, 0.5], "val_acc": [nothing, 0.5, nothing, 0.7]}
    )

    assert (found.val_epochs, found.val_accuracy) == ([2, 4], [0.5, 0.7])


def test_a_validation_that_overflowed_stays_a_gap() -> None:
    nan = float("nan")
    found = gather_accuracy_and_loss({"loss": [3, nan, 1], "val_loss": [3, nan, 1]})

    assert (found.val_epochs, found.val_loss) == ([1, 2, 3], [3, None, 1])


def test_per_cent_is_recognised() -> None:
    percent = {
        key: [100 * value for value in values] if "accuracy" in key else values
        for key, values in HISTORY.items()
    }

    assert gather_accuracy_and_loss(percent).val_accuracy == pytest.approx(HISTORY["val_accuracy"])


@pytest.mark.parametrize("hardly", [0.0, 1.0, 1.00001])
def test_a_fraction_at_the_end_of_its_range_is_no_per_cent(hardly: float) -> None:
    assert gather_accuracy_and_loss({"accuracy": [hardly]}).accuracy == [hardly]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([0.9, 95.0], "mixes fractions and per cent: 0.9 and 95"),
        ([-0.5, 0.5], r"holds -0\.5\. Accuracies are"),
        ([9600.0], "holds 9600"),
    ],
)
def test_accuracies_that_are_neither_are_refused(values: list[float], sentence: str) -> None:
    with pytest.raises(HistoryError, match=sentence):
        gather_accuracy_and_loss({"accuracy": values})


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ({"lr": [1], "f1": [2]}, "neither accuracy nor loss, only: lr, f1"),
        ({"loss": [1, 2, 3], "accuracy": [1, 1]}, "accuracy 2 and loss 3"),
        ({"loss": [1, 2, 3], "val_loss": [1, 2]}, "loss 3 and val_loss 2"),
        ({"loss": [], "val_loss": [1]}, "no epochs"),
        ({"loss": {"a": 1}}, "rows of this history have no numbers"),
        ({"loss": np.array(0.5)}, "“loss” of this history must be a list"),
        ({"loss": "0.5"}, "“loss” of this history must be a list"),
        (json.dumps(HISTORY), "type str"),
        ([], "type list"),
        (pd.DataFrame(), "empty"),
    ],
)
def test_what_gives_no_figure_gives_a_sentence(history: Any, sentence: str) -> None:
    with pytest.raises(HistoryError, match=sentence):
        gather_accuracy_and_loss(history)
