from __future__ import annotations

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.evaluation.comparison import Trained, compare_settings, describe_difference


def trained(
    test_accuracy: float | None = 0.978,
    digits: str = "mnist",
    device: str | None = "CPU",
    **settings,
) -> Trained:
    return Trained(TrainingConfig(**settings), digits, digits.upper(), test_accuracy, device)


def test_settings_stand_side_by_side_and_those_that_differ_are_marked() -> None:
    settings = compare_settings([trained(), trained(batch_size=1000, layers=(64, 32))])
    by_title = {setting.title: setting for setting in settings}
    assert by_title["Batch size"].values == ("100", "1,000")
    assert by_title["Layers"].values == ("128 nodes", "64 + 32 nodes")
    assert by_title["L2"].values == ("0", "0")
    assert {title for title, setting in by_title.items() if setting.differs} == {
        "Batch size",
        "Layers",
    }
    assert settings[-1] == ("digits", ("MNIST", "MNIST"), False)


@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        (
            [trained(), trained(0.969, batch_size=1000)],
            (
                "The same but for the batch size: 100 gives 97.8 %, 1,000 gives 96.9 %. "
                "These are test accuracies."
            ),
        ),
        (
            [trained(), trained(0.9, digits="sample")],
            (
                "The same but for the digits: MNIST gives 97.8 %, SAMPLE gives 90.0 %. "
                "These are test accuracies."
            ),
        ),
        (
            [trained(), trained(0.97, dropout=0.2), trained(0.96, dropout=0.2)],
            (
                "The same but for the dropout: 0 gives 97.8 %, 0.2 gives 97.0 % and 96.0 %. "
                "These are test accuracies."
            ),
        ),
        (
            [trained(), trained(0.979, device="GPU")],
            (
                "The same but for the device: CPU gives 97.8 %, GPU gives 97.9 %. "
                "These are test accuracies."
            ),
        ),
        (
            [trained(), trained(None, batch_size=1000, device=None)],
            "The same but for the batch size: 100 and 1,000.",
        ),
        ([trained(), trained(0.9, batch_size=1000, seed=1)], ""),
        (
            [trained(), trained()],
            "The same settings and the same digits: these trainings are one and the same.",
        ),
    ],
)
def test_one_difference_is_said_with_what_came_of_it_and_no_winner(
    runs: list[Trained], sentence: str
) -> None:
    assert describe_difference(runs) == sentence
