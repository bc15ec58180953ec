"""Maps: PCA as scikit-learn has it, maps that never flip, and numbers that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from mnist_core.data import Dataset
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import Network
from mnist_core.inspection.projection import (
    choose_digits,
    class_centres,
    draw_principal_map,
    features_of,
    fit_in_square,
    look_around,
    pack_map,
    reduce_features,
    turn_like,
    unpack_map,
)


def cloud(count: int = 200, dimensions: int = 12, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    stretched = rng.normal(size=(count, dimensions)) * np.linspace(4, 1, dimensions)
    return (stretched @ rng.normal(size=(dimensions, dimensions)) + 3).astype(np.float32)


def turned(positions: np.ndarray, angle: float, *, mirrored: bool) -> np.ndarray:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        turn = turn * [1, -1]
    return (positions @ turn).astype(np.float32)


def test_the_plane_is_that_of_scikit_learn_but_for_signs_and_scale() -> None:
    features = cloud()
    theirs = PCA(2).fit(features)
    projected = theirs.transform(features)
    found = draw_principal_map(features)
    assert found.share == pytest.approx(theirs.explained_variance_ratio_.sum(), rel=1e-4)
    ours = found.positions - found.positions.mean(axis=0)
    scale = np.linalg.norm(projected) / np.linalg.norm(ours)
    np.testing.assert_allclose(np.abs(ours * scale), np.abs(projected), atol=1e-3)


def test_reduced_features_keep_the_distances_that_scikit_learn_keeps() -> None:
    features = cloud()
    theirs = PCA(5).fit_transform(features)
    ours = reduce_features(features, 5)
    scale = np.linalg.norm(theirs) / np.linalg.norm(ours)
    np.testing.assert_allclose(np.abs(ours * scale), np.abs(theirs), atol=1e-3)
    assert reduce_features(features, 50).shape == (200, 12)


def test_the_same_features_give_the_same_map_which_fills_the_square() -> None:
    first, second = draw_principal_map(cloud()), draw_principal_map(cloud())
    np.testing.assert_array_equal(first.positions, second.positions)
    assert np.abs(first.positions).max() == pytest.approx(1)
    for low, high in zip(first.positions.min(axis=0), first.positions.max(axis=0), strict=True):
        assert low == pytest.approx(-high, abs=1e-5)


def test_further_digits_find_their_place_also_on_a_turned_map() -> None:
    features = cloud()
    found = draw_principal_map(features)
    like = turned(found.positions, 2.0, mirrored=True)
    for each in (found, found.turned_like(like)):
        np.testing.assert_allclose(each.place(features), each.positions, atol=1e-5)
        assert np.abs(each.positions).max() == pytest.approx(1)


@given(angle=st.floats(0, 6.3), mirrored=st.booleans(), scale=st.floats(0.1, 10))
@settings(deadline=None, max_examples=30)
def test_a_map_that_was_turned_or_mirrored_is_turned_back(
    angle: float, mirrored: bool, scale: float
) -> None:
    positions = draw_principal_map(cloud(50)).positions
    other = turned(positions, angle, mirrored=mirrored) * np.float32(scale) + np.float32(0.3)
    back = fit_in_square(other @ turn_like(other, positions))
    np.testing.assert_allclose(back, fit_in_square(positions), atol=1e-3)


def test_numbers_near_the_end_of_what_float32_holds_still_give_a_map() -> None:
    found = draw_principal_map(cloud() * np.float32(1e30))
    np.testing.assert_allclose(found.positions, draw_principal_map(cloud()).positions, atol=1e-3)


def test_a_layer_of_one_node_gives_a_line() -> None:
    found = draw_principal_map(np.arange(5, dtype=np.float32)[:, np.newaxis])
    np.testing.assert_allclose(found.positions[:, 0], [-1, -0.5, 0, 0.5, 1], atol=1e-6)
    np.testing.assert_array_equal(found.positions[:, 1], 0)
    assert found.share == pytest.approx(1)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        (np.full((5, 3), np.nan, np.float32), "overflowed"),
        (np.array([[0, 1], [np.inf, 2]], np.float32), "overflowed"),
        (np.full((5, 3), 0.1, np.float32), "the same of every digit"),
        (np.zeros((5, 3), np.float32), "the same of every digit"),
        (np.zeros((1, 3), np.float32), "at least two digits"),
    ],
)
def test_where_there_is_no_map_a_sentence_says_why(features: np.ndarray, words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        draw_principal_map(features)


def test_digits_are_chosen_by_their_share_spread_out_and_always_the_same() -> None:
    labels = np.repeat(np.arange(10), [50, 150, 100, 100, 100, 100, 100, 100, 100, 100])
    labels = np.random.default_rng(0).permutation(labels).astype(np.uint8)
    chosen = choose_digits(labels, 100)
    assert np.bincount(labels[chosen]).tolist() == [5, 15, 10, 10, 10, 10, 10, 10, 10, 10]
    assert (np.diff(chosen) > 0).all()
    assert 0.4 < (chosen < 500).mean() < 0.6
    np.testing.assert_array_equal(chosen, choose_digits(labels, 100))
    np.testing.assert_array_equal(choose_digits(labels, 5000), np.arange(1000))


def test_neighbours_are_counted_as_a_search_finds_them() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 10, 300).astype(np.uint8)
    positions = (rng.normal(size=(300, 2)) + labels[:, np.newaxis]).astype(np.float32)
    search = NearestNeighbors(n_neighbors=10).fit(positions)
    same = (labels[search.kneighbors(return_distance=False)] == labels[:, np.newaxis]).mean() * 10
    assert look_around(positions, labels).same == pytest.approx(same, abs=0.02)


def test_of_two_digits_on_one_spot_it_is_said_that_they_are_mixed() -> None:
    labels = np.repeat(np.arange(3, dtype=np.uint8), 20)
    centres = np.array([[0, 0], [5, 5], [5, 5]], np.float32)[labels]
    spread = np.random.default_rng(0).normal(size=(60, 2), scale=0.1).astype(np.float32)
    found = look_around(centres + spread, labels)
    assert found.mixed == (1, 2)
    away = np.where(labels[:, np.newaxis] == 2, np.float32(-1), np.float32(1))
    apart = look_around(centres * away + spread, labels)
    assert apart == (10, None)


def test_centres_are_medians_and_missing_digits_have_none() -> None:
    positions = np.array([[0, 0], [1, 1], [8, 2], [5, 5]], np.float32)
    centres = class_centres(positions, np.array([3, 3, 3, 7], np.uint8))
    np.testing.assert_array_equal(centres[3], [1, 1])
    np.testing.assert_array_equal(centres[7], [5, 5])
    assert np.isnan(centres[[0, 1, 2, 4, 5, 6, 8, 9]]).all()


def test_layers_are_numbered_from_the_pixels_to_the_sums_of_the_output(tiny: Dataset) -> None:
    rng = np.random.default_rng(0)
    weights = tuple(
        rng.normal(size=shape, scale=0.1).astype(np.float32) for shape in ((784, 6), (6, 10))
    )
    network = Network(weights, (np.ones(6, np.float32), np.ones(10, np.float32)), "relu")
    images = tiny.x_test
    pixels, hidden, sums = (features_of(images, network, layer) for layer in range(3))
    np.testing.assert_allclose(pixels, images.reshape(100, 784) / np.float32(255))
    np.testing.assert_array_equal(hidden, network.activations(images)[0])
    powers = np.exp(sums)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, network.probabilities(images), rtol=1e-4)
    with pytest.raises(EvaluationError, match=r"no layer 3\. Choose 0 to 2"):
        features_of(images, network, 3)


def test_a_packed_map_comes_back_for_the_same_digits_only() -> None:
    digits, positions = np.array([1, 5, 9]), np.array([[0, 1], [1, 0], [0.5, 0.25]], np.float32)
    packed = pack_map(digits, positions)
    np.testing.assert_array_equal(unpack_map(packed, digits), positions)
    assert unpack_map(packed, np.array([1, 5, 8])) is None
    assert unpack_map(packed[:40], digits) is None
    assert unpack_map(b"nothing", digits) is None
