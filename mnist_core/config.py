"""The settings of a run and their limits, in one place for sliders, command line and workers.

Knows nothing of Keras, NumPy, Streamlit or the store: standard library only.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import numbers
import reprlib
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from mnist_core.errors import ConfigError

SIDE: Final = 28
"""Pixels of a side of a digit."""

PIXELS: Final = SIDE * SIDE
CLASSES: Final = 10

GUESSING: Final = 1 / CLASSES
"""The accuracy of guessing without looking."""

SERIES: Final = ("accuracy", "loss", "val_accuracy", "val_loss")
"""The numbers of each epoch, as Keras's History names them."""

NO_GUESS: Final = 255
"""Stands for a guess, uint8, where the probabilities are not numbers."""

LONGEST_ANSWER: Final = 5000
"""Characters of what somebody writes for a task."""

SMALLEST_PROBABILITY: Final = 1e-7
"""Keras's: where a network is quite sure and wrong, the loss stays a number."""


class Limit(NamedTuple):
    """The allowed range of a number, both ends included."""

    minimum: float
    maximum: float

    def allows(self, number: float) -> bool:
        """Check whether a number lies in the range."""
        return self.minimum <= number <= self.maximum

    def __str__(self) -> str:
        return f"{_plain(self.minimum)} to {_plain(self.maximum)}"


HIDDEN_LAYERS: Final = Limit(0, 4)
NODES: Final = Limit(1, 1024)

LIMITS: Final[Mapping[str, Limit]] = {
    "batch_size": Limit(1, 10_000),
    "epochs": Limit(1, 100),
    "learning_rate": Limit(0.000_01, 10.0),
    "dropout": Limit(0.0, 0.9),
    "l2": Limit(0.0, 0.1),
    "validation_split": Limit(0.01, 0.5),
    "fraction": Limit(0.01, 1.0),
    "seed": Limit(0, 2**31 - 1),
}

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "activation": ("relu", "sigmoid", "tanh", "elu"),
    "optimizer": ("adam", "sgd", "momentum", "rmsprop"),
}

_INTEGERS: Final = frozenset({"batch_size", "epochs", "seed"})

# What a person reads in a message, where the field's own name would not do.
_WORDS: Final[Mapping[str, str]] = {"l2": "L2", "fraction": "fraction of the training data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Everything that decides what a run computes. The same settings and data, the same result.

    Attributes:
        layers: nodes of each hidden layer, first to last; empty for no hidden layer.
        batch_size: digits per update of the weights.
        epochs: runs through all training digits.
        activation: of the hidden layers; one of ``CHOICES["activation"]``.
        optimizer: one of ``CHOICES["optimizer"]``; "momentum" is SGD with momentum 0.9.
        learning_rate: size of an update, in the optimizer's own measure.
        dropout: share of each hidden layer's outputs set to 0 while training.
        l2: weight of the sum of squared weights that is added to the loss.
        validation_split: share of the training digits kept aside for validation.
        fraction: share of the remaining training digits that is used.
        seed: decides start weights, order of the digits and dropout, but never the split.

    Raises:
        ConfigError: a value lies outside its limits; the message names the allowed range.

    Example:
        >>> config = TrainingConfig(layers=(128, 64), epochs=3)
        >>> config.describe()
        '128 + 64 nodes, batch 100, 3 epochs'
        >>> config.replace(epochs=300)
        Traceback (most recent call last):
        mnist_core.errors.ConfigError: Epochs 300 is not allowed. Choose 1 to 100.
    """

    layers: tuple[int, ...] = (128,)
    batch_size: int = 100
    epochs: int = 10
    activation: str = "relu"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    dropout: float = 0.0
    l2: float = 0.0
    validation_split: float = 0.1
    fraction: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", _checked_layers(self.layers))
        for field in LIMITS:
            object.__setattr__(self, field, _checked_number(field, getattr(self, field)))
        for field, allowed in CHOICES.items():
            _check_choice(field, getattr(self, field), allowed)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainingConfig:
        """Build from what ``to_dict`` gave; missing settings take their defaults.

        Raises:
            ConfigError: a name is unknown or a value is outside its limits.
        """
        names = {field.name for field in dataclasses.fields(cls)}
        for name in values:
            if name not in names:
                raise ConfigError(
                    f"“{name}” is not a setting. Settings are: {', '.join(sorted(names))}.", name
                )
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return dataclasses.asdict(self) | {"layers": list(self.layers)}

    def replace(self, **changes: Any) -> TrainingConfig:
        """Copy with some settings changed, checked again."""
        return dataclasses.replace(self, **changes)

    @property
    def kind(self) -> TrainingConfig:
        """The settings that a compiled training depends on; the others are the default ones."""
        neutral = TrainingConfig()
        return self.replace(
            seed=neutral.seed, epochs=neutral.epochs, learning_rate=neutral.learning_rate
        )

    @property
    def parameters(self) -> int:
        """Weights and biases of the network: the sum of (inputs + 1) x nodes over its layers."""
        return sum(self.layer_parameters)

    @property
    def layer_parameters(self) -> tuple[int, ...]:
        """Weights and biases of each layer, hidden ones first, the output layer last."""
        widths = (PIXELS, *self.layers, CLASSES)
        return tuple((inputs + 1) * nodes for inputs, nodes in itertools.pairwise(widths))

    def steps_per_epoch(self, training_digits: int) -> int:
        """Count the updates of one epoch; a smaller last batch counts as one."""
        return math.ceil(training_digits / self.batch_size)

    def check_fits(self, training_digits: int) -> None:
        """Refuse a batch that is larger than all the training digits together.

        Raises:
            ConfigError: with the largest allowed batch size.
        """
        if self.batch_size > training_digits:
            raise ConfigError(
                f"Batch size {self.batch_size:,} is not allowed: this run has only "
                f"{training_digits:,} training digits. Choose 1 to {training_digits:,}.",
                "batch_size",
            )

    def layers_starting_alike(self, other: TrainingConfig) -> list[bool]:
        """Tell for each layer, the output layer last, whether ``other`` begins with its weights.

        Start weights follow from the seed, the layer's place and its width: the same seed gives
        the same weights wherever a layer has as many inputs and nodes. The output layer is drawn
        after all hidden ones, so it is the same only where they are as many.
        """
        mine, others = (PIXELS, *self.layers, CLASSES), (PIXELS, *other.layers, CLASSES)
        hidden, its_hidden = len(self.layers), len(other.layers)
        return [
            self.seed == other.seed
            and (place < its_hidden if place < hidden else hidden == its_hidden)
            and mine[place : place + 2] == others[place : place + 2]
            for place in range(hidden + 1)
        ]

    def describe(self, without: Collection[str] = ()) -> str:
        """Describe in short which network this is, such as "128 nodes, batch 100, 10 epochs".

        Args:
            without: settings that are left out.
        """
        named = _ALWAYS_NAMED | self._different_from(DEFAULTS)
        return self._in_words(named.difference(without))

    def describe_beside(self, other: TrainingConfig) -> str:
        """Describe in short what another training has otherwise, such as "batch 1,000, seed 3".

        Args:
            other: the training it stands beside.

        Returns:
            Only the settings of this one that differ; empty where none does.
        """
        return self._in_words(self._different_from(other))

    def value_text(self, field: str) -> str:
        """Write the value of one setting: "128 + 64 nodes", "1,000", "0.001", "adam"."""
        value = getattr(self, field)
        if field == "layers":
            widths = " + ".join(f"{width:,}" for width in value)
            return f"{widths} node{'s' * (value != (1,))}" if widths else "no hidden layer"
        return (
            _plain(value, group="," if field == "batch_size" else "") if field in LIMITS else value
        )

    def _different_from(self, other: TrainingConfig) -> set[str]:
        return {field for field in SETTINGS if getattr(self, field) != getattr(other, field)}

    def _in_words(self, fields: Set[str]) -> str:
        return ", ".join(self._setting(field) for field in SETTINGS if field in fields)

    def _setting(self, field: str) -> str:
        value = self.value_text(field)
        match field:
            case "batch_size":
                return f"batch {value}"
            case "epochs":
                return f"{value} epoch{'s' * (self.epochs != 1)}"
        return f"{setting_words(field)} {value}" if field in LIMITS else value


SETTINGS: Final = tuple(field.name for field in dataclasses.fields(TrainingConfig))
"""The names of all settings, in the order in which a person reads them."""

_ALWAYS_NAMED: Final = frozenset({"layers", "batch_size", "epochs"})


def setting_words(field: str) -> str:
    """Name a setting within a sentence: "batch size", "L2"."""
    return _WORDS.get(field, field.replace("_", " "))


def _title(field: str) -> str:
    words = setting_words(field)
    return words[0].upper() + words[1:]


def _plain(number: float, group: str = ",") -> str:
    """Write a number as people do: 0.00001, 10,000, 10; an exponent only where it is absurd."""
    exact = Decimal(number if isinstance(number, int) else repr(float(number))).normalize()
    return f"{exact:{group}f}" if -10 <= exact.adjusted() <= 15 else f"{exact:.3g}"


def _checked_layers(value: Any) -> tuple[int, ...]:
    listed = isinstance(value, Iterable) and not isinstance(value, (str, bytes))
    items = tuple(value) if listed else (None,)
    if not all(map(_is_whole, items)):
        raise ConfigError(
            f"Hidden layers are whole numbers of nodes, each {NODES}; got {reprlib.repr(value)}.",
            "layers",
        )
    layers = tuple(int(nodes) for nodes in items)
    if len(layers) > HIDDEN_LAYERS.maximum:
        raise ConfigError(
            f"{len(layers)} hidden layers are not allowed. Choose {HIDDEN_LAYERS}.", "layers"
        )
    for position, nodes in enumerate(layers, start=1):
        if not NODES.allows(nodes):
            raise ConfigError(
                f"{_plain(nodes)} nodes in layer {position} are not allowed. Choose {NODES}.",
                "layers",
            )
    return layers


def _checked_number(field: str, value: Any) -> int | float:
    limit = LIMITS[field]
    whole = field in _INTEGERS
    if not (_is_whole(value) if whole else _is_number(value)):
        kind = "a whole number" if whole else "a number"
        raise ConfigError(
            f"{_title(field)} must be {kind}, {limit}; got {reprlib.repr(value)}.", field
        )
    if not limit.allows(value):
        raise ConfigError(f"{_title(field)} {_plain(value)} is not allowed. Choose {limit}.", field)
    return int(value) if whole else float(value)


def _is_number(value: Any) -> bool:
    """Accept Python's and NumPy's numbers, but neither NaN nor truth values nor text."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    return bool(value == value)  # NaN is not


def _is_whole(value: Any) -> bool:
    """Accept 3 and 3.0, but not 3.5."""
    return _is_number(value) and bool(value % 1 == 0)


def _check_choice(field: str, value: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise ConfigError(
            f"{_title(field)} {reprlib.repr(value)} is not allowed. "
            f"Choose one of: {', '.join(allowed)}.",
            field,
        )


DEFAULTS: Final = TrainingConfig()
