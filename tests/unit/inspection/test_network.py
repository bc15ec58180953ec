"""The network in NumPy: what it makes of digits, and what it refuses."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

from mnist_core.config import CHOICES, NO_GUESS, TrainingConfig
from mnist_core.data import Dataset
from mnist_core.data.arrays import pack_weights
from mnist_core.errors import EvaluationError
from mnist_core.inspection.network import BLOCK, Network, guesses, has_guess

DEPTHS = [(), (20,), (20, 15), (20, 15, 12), (20, 15, 12, 11)]
ACTIVATIONS = CHOICES["activation"]


def random_network(layers: tuple[int, ...], activation: str, dtype: type = np.float64) -> Network:
    rng = np.random.default_rng(0)
    widths = (784, *layers, 10)
    return Network(
        tuple(
            (rng.normal(size=(inputs, nodes)) / np.sqrt(inputs)).astype(dtype)
            for inputs, nodes in itertools.pairwise(widths)
        ),
        tuple(rng.normal(0, 0.1, nodes).astype(dtype) for nodes in widths[1:]),
        activation,
    )


def shapes(config: TrainingConfig) -> list[tuple[int, ...]]:
    """The shapes of the weights and biases, layer by layer."""
    pairs = itertools.pairwise((784, *config.layers, 10))
    return [shape for inputs, nodes in pairs for shape in ((inputs, nodes), (nodes,))]


def test_without_hidden_layers_the_network_sees_the_pixels(tiny: Dataset) -> None:
    network = random_network((), "relu", np.float32)
    seen = network.last_hidden(tiny.x_test)
    np.testing.assert_array_equal(seen, (tiny.x_test / np.float32(255)).reshape(100, 784))


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1])
def test_any_number_of_digits_comes_out_in_order(count: int, tiny: Dataset) -> None:
    network = random_network((5,), "tanh", np.float32)
    images = np.resize(tiny.x_test, (count, 28, 28))
    y_prob = network.probabilities(images)
    assert y_prob.shape == (count, 10)
    expected = np.resize(network.probabilities(tiny.x_test), (count, 10))
    np.testing.assert_allclose(y_prob, expected, atol=1e-6)


def test_ten_thousand_digits_through_the_largest_layers_do_not_fill_the_memory() -> None:
    network = random_network((1024, 1024), "relu", np.float32)
    images = np.zeros((10_000, 28, 28), np.uint8)
    tracemalloc.start()
    try:
        network.probabilities(images)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40e6  # a single hidden layer of all of them would be 41 MB


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_the_gradient_is_that_of_small_differences(
    layers: tuple[int, ...], activation: str
) -> None:
    network = random_network(layers, activation)
    image = np.random.default_rng(1).integers(60, 200, (28, 28), dtype=np.uint8)
    gradient = network.gradient(image, 3, 8)

    def logit_difference(changed: np.ndarray) -> float:
        [y_prob] = network.probabilities(changed[np.newaxis])
        return float(np.log(y_prob[3]) - np.log(y_prob[8]))

    for place in [(0, 0), (5, 20), (14, 14), (27, 3)]:
        more, less = image.copy(), image.copy()
        more[place] += 1
        less[place] -= 1
        slope = (logit_difference(more) - logit_difference(less)) * 255 / 2
        assert gradient[place] == pytest.approx(slope, rel=0.02, abs=1e-4)


def test_evidence_is_the_gradient_where_there_is_ink_and_changes_sign_with_the_question(
    tiny: Dataset,
) -> None:
    network = random_network((20, 15), "relu", np.float32)
    image = tiny.x_test[0]
    evidence = network.evidence(image, 4, 9)
    assert (evidence.shape, evidence.dtype) == ((28, 28), np.float32)
    assert not evidence[image == 0].any()
    np.testing.assert_allclose(evidence, network.gradient(image, 4, 9) * image / 255, rtol=1e-5)
    np.testing.assert_allclose(evidence, -network.evidence(image, 9, 4), rtol=1e-5)


def test_without_hidden_layers_evidence_adds_up_to_the_difference_of_the_logits(
    tiny: Dataset,
) -> None:
    network = random_network((), "relu", np.float32)
    image = tiny.x_test[0]
    [y_prob] = network.probabilities(image[np.newaxis])
    difference = np.log(y_prob[4]) - np.log(y_prob[9])
    of_the_biases = network.biases[-1][4] - network.biases[-1][9]
    total = network.evidence(image, 4, 9).sum()
    assert total + of_the_biases == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("digit", [-1, 10])
def test_evidence_for_what_is_no_digit_is_refused(digit: int, tiny: Dataset) -> None:
    network = random_network((), "relu")
    with pytest.raises(EvaluationError, match=f"{digit} is no digit"):
        network.evidence(tiny.x_test[0], digit, 3)


def test_weights_that_overflow_give_nan_and_no_warning(tiny: Dataset) -> None:
    config = TrainingConfig(layers=(30, 30, 30, 30))
    huge = [np.full(shape, 1e9, np.float32) for shape in shapes(config)]
    runaway = Network.from_snapshot(pack_weights(huge), config)
    steep = Network(
        tuple(weights * np.float32(1e30) for weights in runaway.weights),
        runaway.biases,
        "relu",
    )
    assert np.isnan(steep.probabilities(tiny.x_test[:3])).all()
    assert steep.evidence(tiny.x_test[0], 1, 2).shape == (28, 28)


def test_weights_of_another_network_are_refused() -> None:
    data = pack_weights([np.zeros(shape) for shape in shapes(TrainingConfig(layers=(5,)))])
    with pytest.raises(EvaluationError, match="not those of a network 784-6-10"):
        Network.from_snapshot(data, TrainingConfig(layers=(6,)))


@pytest.mark.parametrize("data", [b"", b"no weights", b"PK\x03\x04torn"])
def test_bytes_that_are_no_weights_are_refused(data: bytes) -> None:
    with pytest.raises(EvaluationError, match="can't be read"):
        Network.from_snapshot(data, TrainingConfig())


def test_a_row_that_holds_no_number_is_no_guess_and_of_two_alike_the_smaller_one_is() -> None:
    y_prob = np.zeros((4, 10), np.float32)
    y_prob[0, 7] = 1
    y_prob[1, [3, 8]] = 0.5
    y_prob[2] = np.nan
    y_prob[3, [1, 2]] = 1, np.inf

    assert guesses(y_prob).tolist() == [7, 3, NO_GUESS, NO_GUESS]
    assert has_guess(y_prob).tolist() == [True, True, False, False]
    assert [bool(has_guess(row)) for row in y_prob] == [True, True, False, False]
    assert not len(guesses(y_prob[:0]))
