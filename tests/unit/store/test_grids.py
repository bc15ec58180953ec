"""Grids: every combination of two settings, kept under an address."""

from __future__ import annotations

from typing import Any

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.errors import ConfigError, GridNotFoundError
from mnist_core.store import Axis, GridPlan, Store
from tests.unit.store.store_helpers import ANNA, BEN, Clock, tiny_dataset

BASE = TrainingConfig(epochs=2)
PLAN = GridPlan(
    base=BASE, rows=Axis("layers", ((), [32, 16])), columns=Axis("batch_size", (10, 100.0, 10))
)


def test_a_plan_has_a_cell_for_each_combination() -> None:
    assert PLAN.columns.values == (10, 100)  # each once, as settings have them
    assert [(config.layers, config.batch_size) for config in PLAN.configs()] == [
        ((), 10),
        ((), 100),
        ((32, 16), 10),
        ((32, 16), 100),
    ]
    assert PLAN.config(1, 0) == BASE.replace(layers=(32, 16), batch_size=10)
    assert GridPlan.from_dict(PLAN.to_dict()) == PLAN


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        (("seed", (1,)), ("seed", (2,)), "A grid needs two different settings."),
        (("seed", range(7)), ("epochs", (1,)), r"7 values of one setting.* Choose 1 to 6\."),
        (("seed", ()), ("epochs", (1,)), "0 values of one setting"),
        (("seed", (1,)), ("epochs", (1, 101)), r"Epochs 101 is not allowed\. Choose 1 to 100\."),
        (("activation", ("relu", "evil")), ("epochs", (1,)), "Activation 'evil' is not allowed"),
        (("__class__", (1,)), ("epochs", (1,)), "“__class__” is not a setting"),
        (("layers", (32,)), ("epochs", (1,)), "whole numbers of nodes"),
    ],
)
def test_what_is_not_allowed_is_refused_with_a_sentence(
    rows: tuple[str, Any], columns: tuple[str, Any], said: str
) -> None:
    axes = [Axis(setting, tuple(values)) for setting, values in (rows, columns)]
    with pytest.raises(ConfigError, match=said):
        GridPlan(base=BASE, rows=axes[0], columns=axes[1])


def test_a_grid_is_found_by_its_address_and_in_its_owners_list(store: Store, clock: Clock) -> None:
    dataset = tiny_dataset()
    store.save_dataset(dataset)
    digits = {"dataset_digest": dataset.digest, "dataset_name": dataset.name}
    first = store.keep_grid(PLAN, **digits, owner=ANNA)
    clock.advance(1)
    second = store.keep_grid(PLAN, **digits, owner=ANNA)
    store.keep_grid(PLAN, **digits, owner=BEN)

    assert store.get_grid(first.id) == first
    assert first.plan == PLAN
    assert store.list_grids(ANNA, 10) == [second, first]
    assert store.list_grids(ANNA, 1) == [second]


@pytest.mark.parametrize("grid_id", ["0" * 12, "", "'; DROP TABLE grids; --", "x\0"])
def test_an_address_of_no_grid_is_told(store: Store, grid_id: str) -> None:
    with pytest.raises(GridNotFoundError, match="There is no such grid"):
        store.get_grid(grid_id)
