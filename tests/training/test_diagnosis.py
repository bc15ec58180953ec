"""Diagnoses and worksheets on real trainings of the built-in sample: each shows what it says."""

from __future__ import annotations

import functools

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, load_mnist
from mnist_core.evaluation.diagnosis import Finding, Rule, diagnose
from mnist_core.lesson.worksheets import WORKSHEETS, History, Worksheet
from mnist_core.training.model import build_model
from mnist_core.training.trainer_cache import TrainerCache
from tests.training.training_helpers import OVERFLOWING

SEEDS = range(5)
TRAINERS = TrainerCache()  # compiles once for all seeds, as a worker does


@functools.cache
def sample() -> Dataset:
    return load_mnist("sample")


@functools.cache
def history_of(config: TrainingConfig) -> History:
    trainer = TRAINERS.trainer(config, sample())
    trainer.start_from(build_model(config))
    return trainer.train(config).history


def findings_of(config: TrainingConfig) -> list[list[Finding]]:
    """Diagnose a training with each of five seeds."""
    return [diagnose(history_of(config.replace(seed=seed))) for seed in SEEDS]


def rules_of(config: TrainingConfig) -> list[set[Rule]]:
    return [{finding.rule for finding in found} for found in findings_of(config)]


def test_the_first_epochs_of_the_default_network_rise_and_most_end_at_their_best() -> None:
    # With one seed of the five the fourth epoch reads four digits of 400 fewer than the third.
    rules = rules_of(TrainingConfig(epochs=4))
    assert rules.count({Rule.STILL_RISING}) >= 4
    assert set().union(*rules) <= {Rule.STILL_RISING, Rule.HARD_TO_TELL}


def test_three_epochs_are_too_few_to_tell() -> None:
    assert rules_of(TrainingConfig(epochs=3)) == [{Rule.TOO_FEW_EPOCHS}] * 5


def test_the_default_network_is_level_in_the_end() -> None:
    assert rules_of(TrainingConfig(epochs=20)) == [{Rule.LEVEL}] * 5


def test_steps_far_too_large_teach_nothing() -> None:
    for found in findings_of(TrainingConfig(optimizer="sgd", learning_rate=10.0, epochs=4)):
        assert found[0].rule is Rule.LEARNING_NOTHING
        assert "smaller learning rate" in found[0].advice


def test_steps_far_too_small_teach_nothing_either() -> None:
    for found in findings_of(TrainingConfig(optimizer="sgd", learning_rate=0.000_01, epochs=4)):
        assert [finding.rule for finding in found] == [Rule.LEARNING_NOTHING]
        assert "larger learning rate" in found[0].advice


def test_steps_too_large_make_the_loss_unstable() -> None:
    assert rules_of(TrainingConfig(learning_rate=0.3, epochs=4)) == [{Rule.UNSTABLE}] * 5


def test_weights_that_overflow_are_not_a_number() -> None:
    assert rules_of(OVERFLOWING.replace(epochs=1)) == [{Rule.NOT_A_NUMBER}] * 5


@pytest.mark.parametrize("worksheet", WORKSHEETS, ids=lambda worksheet: worksheet.key)
def test_a_worksheet_shows_its_effect(worksheet: Worksheet) -> None:
    assert worksheet.shows(history_of(worksheet.baseline), history_of(worksheet.settings))


@pytest.mark.parametrize("worksheet", WORKSHEETS, ids=lambda worksheet: worksheet.key)
def test_a_worksheet_shows_no_effect_where_nothing_was_changed(worksheet: Worksheet) -> None:
    baseline = history_of(worksheet.baseline)
    assert not worksheet.shows(baseline, baseline)
