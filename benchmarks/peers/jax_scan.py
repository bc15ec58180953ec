"""JAX: a whole epoch is one ``lax.scan`` over batches of indices, compiled once."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.peers.base import Digits, Loop
from benchmarks.stopwatch import Stopwatch
from benchmarks.task import BATCH_SIZE, LEARNING_RATE, Task, Work

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-8

Weights = list[tuple[jax.Array, jax.Array]]


class State(NamedTuple):
    """Weights and what Adam remembers of their gradients."""

    weights: Weights
    first: Weights
    second: Weights
    step: jax.Array


class JaxScan(Loop):
    """One call an epoch; a last smaller batch is a call of its own."""

    def __init__(self, task: Task, digits: Digits) -> None:
        super().__init__(task, digits)
        self._state = build_state(task.work, task.seed)
        self._key = jax.random.key(task.seed)
        self._train = tuple(map(jnp.asarray, digits.train))
        self._val = tuple(map(jnp.asarray, digits.val))

    def train_epoch(self, epoch: int, stopwatch: Stopwatch) -> tuple[float, float]:
        """Deal the digits anew and run through them."""
        digits = len(self._train[1])
        order = np.random.default_rng([self.task.seed, epoch]).permutation(digits)
        whole = digits // BATCH_SIZE * BATCH_SIZE
        loss, right = self._run(order[:whole].reshape(-1, BATCH_SIZE))
        if whole < digits:
            rest = self._run(order[whole:].reshape(1, -1))
            loss, right = loss + rest[0], right + rest[1]
        return loss / digits, right / digits

    def _run(self, rows: np.ndarray) -> tuple[float, float]:
        self._state, (losses, right) = run_batches(
            self._state, *self._train, rows.astype(np.int32), self._key, self.task.work.dropout
        )
        return float(losses) * rows.shape[1], float(right)

    def validate(self) -> tuple[float, float]:
        """Look at all validation digits at once."""
        return self._evaluate(*self._val)

    def test_accuracy(self) -> float:
        """Look at all test digits at once."""
        return self._evaluate(*map(jnp.asarray, self.digits.test))[1]

    def _evaluate(self, x: jax.Array, y: jax.Array) -> tuple[float, float]:
        loss, right = evaluate(self._state.weights, x, y)
        return float(loss), float(right) / len(y)


def build_state(work: Work, seed: int) -> State:
    """Draw start weights as Glorot and Bengio 2010 do; Adam has nothing to remember yet."""
    rng = np.random.default_rng(seed)
    weights = []
    for inputs, nodes in zip(work.widths, work.widths[1:], strict=False):
        limit = np.sqrt(6 / (inputs + nodes))
        kernel = rng.uniform(-limit, limit, (inputs, nodes)).astype(np.float32)
        weights.append((jnp.asarray(kernel), jnp.zeros(nodes)))
    zeros = functools.partial(jax.tree.map, jnp.zeros_like, weights)
    return State(weights, zeros(), zeros(), jnp.zeros((), jnp.int32))


@functools.partial(jax.jit, static_argnums=5, donate_argnums=0)
def run_batches(
    state: State, x: jax.Array, y: jax.Array, rows: jax.Array, key: jax.Array, dropout: float
) -> tuple[State, Any]:
    """Update the weights once for each row of indices; sum up losses and right guesses."""

    def step(state: State, chosen: jax.Array) -> tuple[State, Any]:
        noise = jax.random.fold_in(key, state.step)
        (loss, right), gradients = jax.value_and_grad(mean_loss, has_aux=True)(
            state.weights, x[chosen], y[chosen], dropout, noise
        )
        return adam(state, gradients), (loss, right)

    state, (losses, right) = jax.lax.scan(step, state, rows)
    return state, (losses.sum(), right.sum())


def adam(state: State, gradients: Weights) -> State:
    """Make one update. Source: Kingma and Ba 2015, algorithm 1."""
    step = state.step + 1
    first = jax.tree.map(
        lambda old, new: FIRST_DECAY * old + (1 - FIRST_DECAY) * new, state.first, gradients
    )
    second = jax.tree.map(
        lambda old, new: SECOND_DECAY * old + (1 - SECOND_DECAY) * new**2, state.second, gradients
    )
    rate = LEARNING_RATE * jnp.sqrt(1 - SECOND_DECAY**step) / (1 - FIRST_DECAY**step)
    weights = jax.tree.map(
        lambda weight, mean, square: weight - rate * mean / (jnp.sqrt(square) + EPSILON),
        state.weights,
        first,
        second,
    )
    return State(weights, first, second, step)


@jax.jit
def evaluate(weights: Weights, x: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the mean loss and the number of right guesses."""
    return mean_loss(weights, x, y)


def mean_loss(
    weights: Weights,
    x: jax.Array,
    y: jax.Array,
    dropout: float = 0.0,
    key: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array]:
    """Return the mean loss of a batch and the number of right guesses; a key means training."""
    for position, (kernel, bias) in enumerate(weights[:-1]):
        x = jax.nn.relu(x @ kernel + bias)
        if dropout and key is not None:
            kept = jax.random.bernoulli(jax.random.fold_in(key, position), 1 - dropout, x.shape)
            x = jnp.where(kept, x / (1 - dropout), 0)
    kernel, bias = weights[-1]
    logits = jax.nn.log_softmax(x @ kernel + bias)
    loss = -jnp.take_along_axis(logits, y[:, None], axis=1).mean()
    return loss, (logits.argmax(1) == y).sum()
