"""A grid of accuracies: shades, and which cells are as good as the best."""

from __future__ import annotations

import pytest

from mnist_core.evaluation.grid import describe_grid, gather_grid


def test_cells_are_shaded_by_how_many_times_fewer_errors_they_have() -> None:
    result = gather_grid([[0.8, 0.9], [None, 0.95]], 1000)
    assert [result.shade(place) for place in ((0, 0), (0, 1), (1, 1))] == [
        0,
        pytest.approx(0.5),
        1,
    ]
    assert result.shade((1, 0)) is None


def test_equal_cells_are_all_the_best() -> None:
    result = gather_grid([[1.0, 1.0]], 1000)
    assert [result.shade((0, column)) for column in range(2)] == [1, 1]
    assert result.as_good == {(0, 0), (0, 1)}


@pytest.mark.parametrize(("tested", "others"), [(1000, 1), (100_000, 0)])
def test_how_many_digits_were_tested_decides_what_can_be_told(tested: int, others: int) -> None:
    result = gather_grid([[0.95, 0.945], [0.8, None]], tested)
    assert result.best == (0, 0)
    assert len(result.as_good) == 1 + others
    said = describe_grid(result, "batch 10")
    assert said.startswith("Highest: 95.0 %, with batch 10.")
    assert ("there is no winner among them" in said) == bool(others)


def test_an_empty_grid_has_no_best() -> None:
    result = gather_grid([[None]], 1000)
    assert (result.best, result.as_good, describe_grid(result, "")) == (None, frozenset(), "")
