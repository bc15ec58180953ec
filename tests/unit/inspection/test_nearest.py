"""The nearest digits are those that a search through all distances finds."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.inspection.nearest import nearest, nearest_by_network, nearest_by_pixels
from mnist_core.inspection.network import Network


def plainly(features: np.ndarray, query: np.ndarray, count: int) -> tuple[list[int], np.ndarray]:
    distances = np.linalg.norm(features.astype(np.float64) - query.astype(np.float64), axis=1)
    order = np.argsort(distances, kind="stable")[:count]
    return order.tolist(), distances[order]


@given(
    seed=st.integers(0, 100),
    rows=st.sampled_from([1, 7, 999, 1000, 1001, 2500]),
    count=st.integers(1, 12),
)
@settings(deadline=None, max_examples=30)
def test_the_nearest_rows_are_found_and_of_equally_near_ones_the_earlier(
    seed: int, rows: int, count: int
) -> None:
    rng = np.random.default_rng(seed)
    features = rng.integers(0, 4, (rows, 3), dtype=np.uint8)  # so few levels that many are equal
    query = rng.integers(0, 4, 3, dtype=np.uint8)
    indices, distances = plainly(features, query, count)
    found = nearest(features, query, count)
    assert found.indices.tolist() == indices
    np.testing.assert_allclose(found.distances, distances, rtol=1e-6)
    assert found.distances.dtype == np.float32


def test_by_pixels_a_digit_is_its_own_nearest_neighbour(tiny: Dataset) -> None:
    found = nearest_by_pixels(tiny.x_train, tiny.x_train[17], 5)
    flat = tiny.x_train.reshape(400, 784)
    indices, distances = plainly(flat, flat[17], 5)
    assert found.indices.tolist() == indices
    assert (found.indices[0], found.distances[0]) == (17, 0)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-6)


@pytest.mark.parametrize("layers", [(), (12,), (12, 7)])
def test_by_the_network_the_last_hidden_layer_decides(
    layers: tuple[int, ...], tiny: Dataset
) -> None:
    rng = np.random.default_rng(0)
    widths = (784, *layers, 10)
    network = Network(
        tuple(
            rng.normal(0, 0.05, shape).astype(np.float32) for shape in itertools.pairwise(widths)
        ),
        tuple(np.zeros(nodes, np.float32) for nodes in widths[1:]),
        "tanh",
    )
    found = nearest_by_network(network, tiny.x_train, tiny.x_test[3], 5)
    seen = network.last_hidden(tiny.x_test[3:4])[0]
    kept = nearest(network.last_hidden(tiny.x_train), seen, 5)
    assert found.indices.tolist() == kept.indices.tolist()
    assert found.indices.tolist() == plainly(network.last_hidden(tiny.x_train), seen, 5)[0]


def test_no_large_copy_of_the_digits_is_made() -> None:
    images = np.zeros((60_000, 28, 28), np.uint8)
    tracemalloc.start()
    try:
        nearest_by_pixels(images, images[0])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10e6  # as float32 they would be 188 MB


@pytest.mark.parametrize("count", [0, -3])
def test_no_neighbours_cannot_be_asked_for(count: int, tiny: Dataset) -> None:
    with pytest.raises(EvaluationError, match="Choose 1 or more"):
        nearest_by_pixels(tiny.x_train, tiny.x_test[0], count)


def test_a_query_of_another_shape_is_refused(tiny: Dataset) -> None:
    with pytest.raises(EvaluationError, match="does not fit rows"):
        nearest(tiny.x_train.reshape(400, 784), np.zeros(100, np.uint8))
