"""A trained network in NumPy: what it says of a digit, layer by layer, and why.

For looking around, where no Keras is loaded: a dense network is a few matrix products. Knows
neither Keras nor the store; a test holds it to Keras's ``predict``.
"""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES, NO_GUESS, PIXELS, TrainingConfig
from mnist_core.data.arrays import unpack_weights
from mnist_core.data.dataset import Pixels, scale
from mnist_core.errors import EvaluationError

Floats = npt.NDArray[np.float32]

BLOCK: Final = 1000
"""Digits that go through the network together: 10,000 at once would fill the memory."""


def has_guess(y_prob: Floats) -> npt.NDArray[np.bool_]:
    """Check whether probabilities are a guess: where numbers overflowed, they are none.

    Args:
        y_prob: float32 (n, 10) or, of one digit, (10,).

    Returns:
        Bool (n,), or one: whether all ten are numbers.
    """
    return cast("npt.NDArray[np.bool_]", np.isfinite(y_prob).all(axis=-1))


def guesses(y_prob: Floats) -> Pixels:
    """Take the most likely digit of each row, the smaller one of two alike.

    Args:
        y_prob: float32 (n, 10).

    Returns:
        uint8 (n,), 0 to 9; ``NO_GUESS`` where there is none.
    """
    return np.where(has_guess(y_prob), y_prob.argmax(axis=1).astype(np.uint8), np.uint8(NO_GUESS))


class _Activation(NamedTuple):
    """A function of hidden layers, and its slope as a function of its own result."""

    apply: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def _sigmoid(x: Floats) -> Floats:
    # The hyperbolic tangent does not overflow where the exponential would.
    half = np.float32(0.5)
    shares: Floats = half * np.tanh(half * x) + half
    return shares


def _elu(x: Floats) -> Floats:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


_ACTIVATIONS: Final[Mapping[str, _Activation]] = {
    "relu": _Activation(lambda x: np.maximum(x, 0), lambda h: (h > 0).astype(h.dtype)),
    "sigmoid": _Activation(_sigmoid, lambda h: h * (1 - h)),
    "tanh": _Activation(np.tanh, lambda h: 1 - h * h),
    "elu": _Activation(_elu, lambda h: np.minimum(h, 0) + 1),
}


@dataclass(frozen=True, eq=False)
class Network:
    """The weights of a fully connected network that reads digits.

    Safe to share between threads.

    Attributes:
        weights: float32 (inputs, nodes) for each layer, hidden ones first, the output layer last.
        biases: float32 (nodes,) for each layer.
        activation: of the hidden layers, as in ``TrainingConfig``; the output layer is softmax.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    activation: str

    @classmethod
    def from_snapshot(cls, data: bytes, config: TrainingConfig) -> Network:
        """Unpack the weights that a run stored after an epoch.

        They are stored as float16: probabilities differ from those of the trained network in the
        third digit or so.

        Args:
            data: as ``Store.load_snapshot`` gives it.
            config: the settings of the same run.

        Raises:
            EvaluationError: these are no weights, or not those of such a network.
        """
        try:
            arrays = unpack_weights(data)
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise EvaluationError("The stored weights of this epoch can't be read.") from error
        widths = (PIXELS, *config.layers, CLASSES)
        shapes = [
            shape
            for inputs, nodes in itertools.pairwise(widths)
            for shape in ((inputs, nodes), (nodes,))
        ]
        if [array.shape for array in arrays] != shapes:
            raise EvaluationError(
                f"The stored weights are not those of a network {'-'.join(map(str, widths))}."
            )
        return cls(tuple(arrays[::2]), tuple(arrays[1::2]), config.activation)

    @property
    def bytes_used(self) -> int:
        """Of its weights and biases in memory."""
        return sum(array.nbytes for array in (*self.weights, *self.biases))

    def activations(self, images: Pixels) -> list[Floats]:
        """Return what every layer makes of some digits.

        Args:
            images: uint8 (n, 28, 28), 0 background to 255 ink; a handful, since all is kept.

        Returns:
            float32 (n, nodes) for each layer; the last is the probabilities, float32 (n, 10).
        """
        _, *layers = zip(*self._forward(images), strict=True)
        return [np.concatenate(parts) for parts in layers]

    def probabilities(self, images: Pixels) -> Floats:
        """Return the probabilities of many digits: uint8 (n, 28, 28) in, float32 (n, 10) out.

        Where the weights overflow, a row is NaN.
        """
        return np.concatenate([values[-1] for values in self._forward(images)])

    def last_hidden(self, images: Pixels) -> Floats:
        """Return what the last hidden layer makes of many digits: how the network sees them.

        Args:
            images: uint8 (n, 28, 28), 0 background to 255 ink.

        Returns:
            float32 (n, nodes). Without hidden layers, the pixels themselves, 0 to 1.
        """
        return np.concatenate(list(self.last_hidden_blocks(images)))

    def last_hidden_blocks(self, images: Pixels) -> Iterator[Floats]:
        """Yield ``last_hidden`` a block of digits at a time, for those who keep none of it."""
        for values in self._forward(images):
            yield values[-2]

    def sums_blocks(self, images: Pixels, layer: int) -> Iterator[Floats]:
        """Yield what the nodes of a layer add up for many digits, before they report it.

        Args:
            images: uint8 (n, 28, 28), 0 background to 255 ink.
            layer: counted from 0; the sums of the last are the logits.

        Yields:
            float32 (at most ``BLOCK``, nodes), block after block; what overflows is NaN.
        """
        for block in _blocks(images):
            values = input_values(block)
            for below in range(layer):
                values = self.activate(below, _sums(self, below, values))
            yield _sums(self, layer, values)

    def gradient(self, image: Pixels, guess: int, other: int) -> Floats:
        """Return how each pixel would change the choice between two digits.

        Args:
            image: uint8 (28, 28), 0 background to 255 ink.
            guess: a digit, 0 to 9.
            other: another digit, 0 to 9.

        Returns:
            float32 (28, 28): the derivative of the difference of the two output logits, that of
            ``guess`` minus that of ``other``, by the pixel on its scale 0 to 1. Above 0 where more
            ink speaks for ``guess``.

        Raises:
            EvaluationError: ``guess`` or ``other`` is no digit.
        """
        for digit in (guess, other):
            if digit not in range(CLASSES):
                raise EvaluationError(f"{digit!r} is no digit. Choose 0 to 9.")
        hidden = next(self._forward(image[np.newaxis]))[1:-1]
        slope = _ACTIVATIONS[self.activation].slope
        with np.errstate(over="ignore", invalid="ignore"):
            back = self.weights[-1][:, guess] - self.weights[-1][:, other]
            for layer, weights in zip(reversed(hidden), reversed(self.weights[:-1]), strict=True):
                back = weights @ (back * slope(layer[0]))
        return back.reshape(image.shape)

    def evidence(self, image: Pixels, guess: int, other: int) -> Floats:
        """Return what the ink of each pixel did for one digit against another: input x gradient.

        Args:
            image: uint8 (28, 28), 0 background to 255 ink.
            guess: a digit, 0 to 9.
            other: another digit, 0 to 9.

        Returns:
            float32 (28, 28): ``gradient`` times the pixel on its scale 0 to 1. Above 0 where ink
            speaks for ``guess``, below 0 where it speaks for ``other``, 0 where there is no ink.
            Without hidden layers it adds up to the whole difference of the logits but for their
            biases; with them it is what a small change of the pixels would do.

        Raises:
            EvaluationError: ``guess`` or ``other`` is no digit.

        Source: Shrikumar et al. 2016, Not Just a Black Box (there called gradient x input).
        """
        pixels = scale(image)
        return self.gradient(image, guess, other) * pixels

    def activate(self, layer: int, sums: Floats) -> Floats:
        """Turn the sums of a layer's nodes into their activations.

        Args:
            layer: counted from 0; the last is the output, whose activations are probabilities.
            sums: float32 (n, nodes), inputs times weights plus bias.

        Returns:
            float32 (n, nodes); what overflows is NaN.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            if layer == len(self.weights) - 1:
                return _softmax(sums)
            return _ACTIVATIONS[self.activation].apply(sums)

    def slope(self, activations: Floats) -> Floats:
        """Return how fast activations of a hidden layer grow with their sums, from themselves."""
        return _ACTIVATIONS[self.activation].slope(activations)

    def _forward(self, images: Pixels) -> Iterator[list[Floats]]:
        """Yield the pixels, what each hidden layer makes of them, and the probabilities."""
        for block in _blocks(images):
            values = [input_values(block)]
            for layer in range(len(self.weights)):
                values.append(self.activate(layer, _sums(self, layer, values[-1])))
            yield values


def _sums(network: Network, layer: int, values: Floats) -> Floats:
    # What overflows becomes NaN, as it does in Keras.
    with np.errstate(over="ignore", invalid="ignore"):
        sums: Floats = values @ network.weights[layer] + network.biases[layer]
    return sums


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def input_values(images: Pixels) -> Floats:
    """Return what goes into the first layer: the grey levels, scaled.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.

    Returns:
        float32 (n, 784), 0 to 1.
    """
    return scale(images).reshape(len(images), PIXELS)


def _blocks(images: Pixels) -> Iterator[Any]:
    """Cut digits into blocks; of no digits, one block of none."""
    for first in range(0, max(1, len(images)), BLOCK):
        yield images[first : first + BLOCK]
