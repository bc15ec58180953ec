"""Updates of the weights: by how much each moves, what Adam remembers, and that nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_core.data import Dataset
from mnist_core.inspection.backpropagation import Gradient, backward_pass, forward_pass
from mnist_core.inspection.optimizers import OPTIMIZERS, TrainingState, adam, gradient_descent
from tests.unit.network_helpers import ACTIVATIONS, random_network


def taught(state: TrainingState, dataset: Dataset, name: str, rate: float) -> TrainingState:
    """Update once for the first two training digits."""
    images, labels = dataset.x_train[:2], dataset.y_train[:2]
    passed = forward_pass(state.network, images, labels)
    gradient = backward_pass(state.network, passed, labels)
    return OPTIMIZERS[name](state, gradient, rate)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("name", "rate"), [("sgd", 0.02), ("adam", 0.001)])
def test_ten_updates_teach_a_digit_and_leave_the_network_they_began_with(
    name: str, rate: float, activation: str, tiny: Dataset
) -> None:
    start = TrainingState(random_network((20, 15), activation))
    before = [array.copy() for array in start.network.weights]
    state = start
    losses = []
    for _ in range(11):
        losses.append(forward_pass(state.network, tiny.x_train[:2], tiny.y_train[:2]).loss)
        state = taught(state, tiny, name, rate)
    assert losses[10] < losses[1] < losses[0]
    assert losses[10] < 0.9 * losses[0]
    assert state.step == 11
    assert all(map(np.array_equal, before, start.network.weights))


def made_up(*slopes: float) -> tuple[TrainingState, Gradient]:
    """A network without hidden layers, and a gradient that is 0 but for its first biases."""
    network = random_network(())
    biases = np.zeros(10, np.float32)
    biases[: len(slopes)] = slopes
    return TrainingState(network), Gradient((np.zeros((784, 10), np.float32),), (biases,))


def test_gradient_descent_moves_by_rate_times_gradient() -> None:
    state, gradient = made_up(2.0, -0.5)
    moved = gradient_descent(state, gradient, 0.1).network.biases[0] - state.network.biases[0]
    assert moved[:3].tolist() == pytest.approx([-0.2, 0.05, 0], abs=1e-6)


def test_the_first_update_of_adam_moves_by_the_rate_whatever_the_size_of_the_gradient() -> None:
    state, gradient = made_up(2.0, -0.0005)
    moved = adam(state, gradient, 0.1).network.biases[0] - state.network.biases[0]
    assert moved[:3].tolist() == pytest.approx([-0.1, 0.1, 0], rel=0.01)


def test_adam_goes_on_a_little_after_the_gradient_has_become_0() -> None:
    state, gradient = made_up(2.0)
    once = adam(state, gradient, 0.1)
    _, nothing = made_up()
    further = adam(once, nothing, 0.1).network.biases[0][0] - once.network.biases[0][0]
    assert -0.1 < further < -0.01


def test_adam_remembers_two_numbers_for_each_weight() -> None:
    state, gradient = made_up(1.0)
    assert gradient_descent(state, gradient, 0.1).bytes_used == state.bytes_used
    assert adam(state, gradient, 0.1).bytes_used == 3 * state.bytes_used
