"""The worksheets: that their effects show is tested with real trainings."""

from __future__ import annotations

import dataclasses

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.lesson.worksheets import WORKSHEETS, Worksheet

LABELS = {
    "layers": ("Hidden layers", "Nodes in layer 1"),
    "batch_size": ("Batch size",),
    "epochs": ("Epochs",),
    "learning_rate": ("Learning rate",),
    "optimizer": ("Optimizer",),
    "fraction": ("Fraction of the training data",),
}


@pytest.mark.parametrize("worksheet", WORKSHEETS, ids=lambda worksheet: worksheet.key)
def test_a_worksheet_names_the_controls_that_its_settings_change(worksheet: Worksheet) -> None:
    changed = {
        field.name
        for field in dataclasses.fields(TrainingConfig)
        if getattr(worksheet.baseline, field.name) != getattr(worksheet.settings, field.name)
    }
    assert changed
    for field in changed:
        assert set(LABELS[field]) & set(worksheet.controls)


def test_the_worksheets_have_keys_of_their_own() -> None:
    assert len({worksheet.key for worksheet in WORKSHEETS}) == len(WORKSHEETS) == 5
