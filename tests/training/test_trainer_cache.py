"""The workshop: a used trainer is as good as a new one."""

from __future__ import annotations

from typing import Any

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import ConfigError
from mnist_core.training.fit import train
from mnist_core.training.model import build_model
from mnist_core.training.trainer_cache import TrainerCache
from tests.training.training_helpers import SMALL, same

USED = SMALL.replace(dropout=0.2, seed=7, learning_rate=0.01, epochs=1)


@pytest.fixture(scope="module")
def trainer_cache(tiny: Dataset) -> TrainerCache:
    """Has trained once already."""
    trainer_cache = TrainerCache()
    trainer_cache.trainer(USED, tiny).train(USED)
    return trainer_cache


@pytest.mark.parametrize(
    "changes", [{}, {"seed": 8}, {"learning_rate": 0.1}, {"epochs": 2, "optimizer": "momentum"}]
)
def test_a_used_trainer_gives_the_same_run_as_a_new_one_bit_for_bit(
    tiny: Dataset, trainer_cache: TrainerCache, changes: dict[str, Any]
) -> None:
    config = USED.replace(**changes)
    model = build_model(config)
    trainer = trainer_cache.trainer(config, tiny)
    trainer.start_from(model)
    again = trainer.train(config).history
    trainer.hand_over(model)

    new = build_model(config)
    assert train(new, tiny, config).history == again
    assert same(model.get_weights(), new.get_weights())
    assert same(
        [variable.numpy() for variable in model.optimizer.variables],
        [variable.numpy() for variable in new.optimizer.variables],
    )


def test_a_trainer_serves_every_seed_rate_and_number_of_epochs(
    tiny: Dataset, trainer_cache: TrainerCache
) -> None:
    trainer = trainer_cache.trainer(USED, tiny)
    for changes in ({"seed": 1}, {"learning_rate": 0.5}, {"epochs": 9}):
        assert trainer_cache.trainer(USED.replace(**changes), tiny) is trainer
    for changes in ({"layers": (3,)}, {"batch_size": 7}, {"l2": 0.1}, {"fraction": 0.5}):
        assert trainer_cache.trainer(USED.replace(**changes), tiny) is not trainer


def test_the_trainer_that_was_not_used_for_longest_goes_first(tiny: Dataset) -> None:
    trainer_cache = TrainerCache(size=2)
    first, second, third = (TrainingConfig(layers=(nodes,)) for nodes in (3, 4, 5))
    kept = trainer_cache.trainer(first, tiny)
    gone = trainer_cache.trainer(second, tiny)
    trainer_cache.trainer(first, tiny)
    trainer_cache.trainer(third, tiny)
    assert trainer_cache.trainer(first, tiny) is kept
    assert trainer_cache.trainer(second, tiny) is not gone


def test_too_large_trainers_are_forgotten_but_for_the_newest(tiny: Dataset) -> None:
    first, second = (TrainingConfig(layers=(nodes,)) for nodes in (3, 4))
    trainer_cache = TrainerCache(most_bytes=1)
    old = trainer_cache.trainer(first, tiny)
    kept = trainer_cache.trainer(second, tiny)
    assert trainer_cache.trainer(second, tiny) is kept
    assert trainer_cache.trainer(first, tiny) is not old


def test_trainers_of_the_same_split_share_their_digits(tiny: Dataset) -> None:
    trainer_cache = TrainerCache()
    first, other, second = (
        trainer_cache.trainer(config, tiny)
        for config in (SMALL, SMALL.replace(fraction=0.5), SMALL.replace(layers=(3,)))
    )
    assert first.digits is second.digits is not other.digits


def test_compiling_ahead_changes_no_weight(tiny: Dataset, trainer_cache: TrainerCache) -> None:
    trainer = trainer_cache.trainer(SMALL, tiny)
    before = trainer.model.get_weights()
    state = [variable.numpy() for variable in trainer.model.optimizer.variables]
    trainer.compile(SMALL)
    assert same(trainer.model.get_weights(), before)
    assert same([variable.numpy() for variable in trainer.model.optimizer.variables], state)


def test_a_batch_larger_than_all_digits_is_refused(
    tiny: Dataset, trainer_cache: TrainerCache
) -> None:
    with pytest.raises(ConfigError, match="Choose 1 to 360"):
        trainer_cache.trainer(SMALL.replace(batch_size=361), tiny)
