"""A run as Keras code: the few lines of the lesson, and a script that gives the run's numbers.

Writes text only. Knows the settings and the standard library, neither NumPy nor Keras.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import Template
from typing import TYPE_CHECKING, Final, NamedTuple

from mnist_core.config import CLASSES, DEFAULTS, TrainingConfig

if TYPE_CHECKING:
    from mnist_core.data import Dataset

_WIDTH: Final = 96

# What Keras takes where an optimizer is named and no learning rate is given.
_USUAL_RATES: Final = {"adam": 0.001, "sgd": 0.01, "rmsprop": 0.001}
_KERAS_NAMES: Final = {"adam": "Adam", "sgd": "SGD", "momentum": "SGD", "rmsprop": "RMSprop"}


def lesson_code(config: TrainingConfig) -> str:
    """Write the few lines that a learner types to train this network.

    They run as they stand in the folder of this project, and plot accuracy and loss. Only
    settings that differ from the defaults bring lines of their own. The digits are shuffled by
    Keras, so the numbers are alike and not the same; see ``run_script`` for those.
    """
    return "\n".join(
        [
            *_lesson_imports(config),
            "",
            *([f"set_random_seed({config.seed})"] if config.seed != DEFAULTS.seed else []),
            f"digits = load_mnist().split({_split_arguments(config)})",
            "",
            "model = Sequential([",
            "    Input((28, 28)),",
            "    Flatten(),",
            *(f"    {layer}," for layer in _lesson_layers(config)),
            "])",
            "model.compile(",
            f"    optimizer={_lesson_optimizer(config)},",
            '    loss="sparse_categorical_crossentropy",',
            '    metrics=["accuracy"],',
            ")",
            "history = model.fit(",
            "    digits.x_train / 255,",
            "    digits.y_train,",
            "    validation_data=(digits.x_val / 255, digits.y_val),",
            f"    batch_size={config.batch_size},",
            f"    epochs={config.epochs},",
            ")",
            "plot_accuracy_and_loss(history).show()",
            "",
        ]
    )


def reading_code(file: str) -> str:
    """Write the lines that read a picture of a digit with a saved model.

    Args:
        file: the name of the model's file.
    """
    return "\n".join(
        [
            "import keras, numpy as np",
            "from PIL import Image",
            "",
            f'model = keras.saving.load_model("{file}")',
            'digit = np.array(Image.open("digit.png").convert("L").resize((28, 28))) / 255',
            "print(model.predict(digit[np.newaxis], verbose=0).argmax())",
            "",
        ]
    )


def history_code(history: Mapping[str, Sequence[float]]) -> str:
    """Write the dictionary in a History as Python shows it, a line a series.

    Args:
        history: a number an epoch under each name.
    """
    lines = [
        f"    {name!r}: {[float(value) for value in values]!r}," for name, values in history.items()
    ]
    return "\n".join(["{", *lines, "}", ""])


def _lesson_imports(config: TrainingConfig) -> list[str]:
    layers = "Dense, Dropout, Flatten" if _has_dropout(config) else "Dense, Flatten"
    lines = ["from keras import Input, Sequential", f"from keras.layers import {layers}"]
    if not _is_usual(config):
        lines.append(f"from keras.optimizers import {_KERAS_NAMES[config.optimizer]}")
    if config.l2:
        lines.append("from keras.regularizers import L2")
    if config.seed != DEFAULTS.seed:
        lines.append("from keras.utils import set_random_seed")
    return [
        *lines,
        "from mnist_core import load_mnist",
        "from mnist_core import plot_accuracy_and_loss",
    ]


def _split_arguments(config: TrainingConfig) -> str:
    arguments = f"validation_split={_literal(config.validation_split)}"
    if config.fraction != DEFAULTS.fraction:
        arguments += f", fraction={_literal(config.fraction)}"
    return arguments


def _lesson_layers(config: TrainingConfig) -> list[str]:
    regularizer = f", kernel_regularizer=L2({_literal(config.l2)})" if config.l2 else ""
    layers = []
    for nodes in config.layers:
        layers.append(f'Dense({nodes}, activation="{config.activation}"{regularizer})')
        if config.dropout:
            layers.append(f"Dropout({_literal(config.dropout)})")
    return [*layers, f'Dense({CLASSES}, activation="softmax"{regularizer})']


def _lesson_optimizer(config: TrainingConfig) -> str:
    return f'"{config.optimizer}"' if _is_usual(config) else _optimizer(config)


def _is_usual(config: TrainingConfig) -> bool:
    """Check whether the optimizer's name alone says everything to Keras."""
    return config.learning_rate == _USUAL_RATES.get(config.optimizer)


def _optimizer(config: TrainingConfig) -> str:
    momentum = ", momentum=0.9" if config.optimizer == "momentum" else ""
    name = _KERAS_NAMES[config.optimizer]
    return f"{name}(learning_rate={_literal(config.learning_rate)}{momentum})"


def _has_dropout(config: TrainingConfig) -> bool:
    return bool(config.dropout and config.layers)


def _literal(number: float) -> str:
    """Write a number so that Python reads the same one back: 0.00001, not 1e-05."""
    return f"{Decimal(repr(number)):f}"


class RunParts(NamedTuple):
    """A run in plain Keras, cut into its steps; each is lines of Python that follow the one before.

    They need ``keras``, ``layers`` of it, ``np`` and ``hashlib``, and between ``check`` and
    ``prepare`` four arrays ``x_all, y_all, x_test, y_test``.

    Attributes:
        settings: seed, epochs, batch size.
        digits: which digits the run uses.
        check: a function ``digest`` of the four arrays.
        split: a function that says which digits are for training and which for validation.
        scale: a function from grey levels to numbers from 0 to 1.
        prepare: splits and scales the digits.
        build: makes ``model``.
        compile: makes it ready.
        train: trains it; a line an epoch is printed, and kept in ``history``.
        test: prints the test accuracy.
    """

    settings: str
    digits: str
    check: str
    split: str
    scale: str
    prepare: str
    build: str
    compile: str
    train: str
    test: str


def run_parts(config: TrainingConfig, dataset: Dataset) -> RunParts:
    """Write the steps of a run; arguments as for ``run_script``."""
    rest = dataset.training_digits(config.validation_split)
    filled = {
        "seed": config.seed,
        "epochs": config.epochs,
        "batch_size": f"{config.batch_size:_}",
        # As ASCII, whatever somebody has called a file.
        "name": ascii(dataset.name),
        "digits": f"{len(dataset.y_train) + len(dataset.y_test):_}",
        "digest": dataset.digest,
        "validation_digits": f"{len(dataset.y_train) - rest:_}",
        "training_digits": (
            f"{dataset.training_digits(config.validation_split, config.fraction):_}"
        ),
        "validation_split": _literal(config.validation_split),
        "share": f"{_literal(config.fraction)} of the rest" if config.fraction < 1 else "the rest",
        "seeds": 2 * len(config.layers) + 1,
        "layers": "\n".join(_script_layers(config)),
        "optimizer": _optimizer(config),
    }
    return RunParts(*(Template(part).substitute(filled) for part in _PARTS))


def run_script(config: TrainingConfig, dataset: Dataset) -> str:
    """Write a script that needs keras, tensorflow and numpy only, and gives this run's numbers.

    It takes its digits from the .npz that it is given, or else from ``keras.datasets.mnist``, and
    ends with a sentence where they are not those of the data set. It prints loss, accuracy,
    val_loss and val_accuracy after each epoch, and the test accuracy at the end.

    Plain Keras and the fast fit round differently, so losses agree to about 1e-4 in the first
    epoch and drift apart a little later. With dropout they are alike only: the dashboard rolls
    other dice than Keras does.

    Args:
        config: the settings of the run.
        dataset: says which digits the run uses; no digit goes into the script.
    """
    return _SCRIPT.substitute(
        run_parts(config, dataset)._asdict(),
        network=textwrap.fill(f"{config.describe()}.", _WIDTH),
        closeness=closeness(config),
    )


def closeness(config: TrainingConfig) -> str:
    """Say in a sentence how near plain Keras comes to the numbers of a run."""
    return _ALIKE if _has_dropout(config) else _THE_SAME


def _script_layers(config: TrainingConfig) -> list[str]:
    lines = []
    for position, nodes in enumerate(config.layers):
        lines += _script_dense(config, nodes, config.activation, seed=2 * position)
        if config.dropout:
            lines.append(
                f"    layers.Dropout({_literal(config.dropout)}, seed=seeds[{2 * position + 1}]),"
            )
    return lines + _script_dense(config, CLASSES, "softmax", seed=2 * len(config.layers))


def _script_dense(config: TrainingConfig, nodes: int, activation: str, *, seed: int) -> list[str]:
    regularizer = f"        kernel_regularizer=keras.regularizers.L2({_literal(config.l2)}),"
    return [
        "    layers.Dense(",
        f"        {nodes},",
        f'        activation="{activation}",',
        f"        kernel_initializer=keras.initializers.GlorotUniform(seed=seeds[{seed}]),",
        *([regularizer] if config.l2 else []),
        "    ),",
    ]


_THE_SAME: Final = """\
The first epochs give the dashboard's numbers; later ones may differ in the last places, because
two programs round differently."""
_ALIKE: Final = """\
The numbers come out like the dashboard's, but not the same: dropout switches nodes off at random,
and Keras rolls other dice for it."""

_PARTS: Final = RunParts(
    settings="""\
SEED = $seed  # decides the start weights, the order of the digits, and dropout
EPOCHS = $epochs
BATCH_SIZE = $batch_size""",
    digits="""\
# The digits of this run, and how they are split.
NAME = $name
DIGITS = $digits  # for training, validation and test together
SHA256 = "$digest"
VALIDATION_DIGITS = $validation_digits  # $validation_split of the training digits
TRAINING_DIGITS = $training_digits  # $share""",
    check='''\
def digest(arrays):
    """Make one SHA-256 of type, shape and bytes of all arrays."""
    lines = [
        f"{array.dtype.str} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}\\n"
        for array in arrays
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()''',
    split='''\
def split(labels):
    """Say which digits are for training and which for validation.

    Each part holds the ten digits in proportion. The split does not depend on SEED: another seed
    changes luck, and not the exam.
    """
    mixed = np.random.PCG64(28).random_raw(len(labels))  # the same on every computer
    sizes = np.bincount(labels)
    by_digit = np.lexsort((mixed, labels))  # all the 0s, then all the 1s ...
    ranks = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.empty(len(labels))
    places[by_digit] = (ranks + 0.5) / np.repeat(sizes, sizes)  # ... spread out evenly
    order = np.lexsort((mixed, places))
    training = order[VALIDATION_DIGITS : VALIDATION_DIGITS + TRAINING_DIGITS]
    return training, order[:VALIDATION_DIGITS]''',
    scale='''\
def scale(images):
    """Turn grey levels from 0 to 255 into numbers from 0 to 1."""
    return images.astype("float32") / np.float32(255)''',
    prepare="""\
training, validation = split(y_all)
x_train, y_train = scale(x_all[training]), y_all[training]
x_val, y_val = scale(x_all[validation]), y_all[validation]""",
    build="""\
# Seeds made from SEED: two for each hidden layer (its start weights, its dropout), and one for
# the start weights of the last layer.
seeds = [int(seed) for seed in np.random.SeedSequence(SEED).generate_state($seeds)]

model = keras.Sequential([
    keras.Input(shape=(28, 28)),
    layers.Flatten(),
$layers
])""",
    compile="""\
model.compile(
    optimizer=keras.optimizers.$optimizer,
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)""",
    train="""\
history = {"accuracy": [], "loss": [], "val_accuracy": [], "val_loss": []}
for epoch in range(EPOCHS):
    # Every epoch shows the digits in an order of its own, which SEED and epoch decide.
    order = np.random.default_rng([SEED, epoch]).permutation(len(y_train))
    one_epoch = model.fit(
        x_train[order],
        y_train[order],
        batch_size=BATCH_SIZE,
        validation_data=(x_val, y_val),
        shuffle=False,
        verbose=0,
    )
    logs = {name: one_epoch.history[name][0] for name in history}
    for name, value in logs.items():
        history[name].append(value)
    print(
        f"epoch {epoch + 1}: "
        f"loss {logs['loss']:.6f}, accuracy {logs['accuracy']:.6f}, "
        f"val_loss {logs['val_loss']:.6f}, val_accuracy {logs['val_accuracy']:.6f}",
        flush=True,
    )""",
    test="""\
test_loss, test_accuracy = model.evaluate(scale(x_test), y_test, verbose=0)
print(f"test accuracy {test_accuracy:.6f}")""",
)

_SCRIPT: Final = Template('''\
"""Exactly this run, in plain Keras.

$network

    python this_run.py digits.npz    reads the digits from a file
    python this_run.py               takes those of keras.datasets.mnist

Needs keras, tensorflow and numpy, and nothing else.
$closeness
"""

import hashlib
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"  # another backend has other start weights

import keras
import numpy as np
from keras import layers

$settings

$digits


def load_digits():
    """Read the digits, and stop if they are not those of this run."""
    if len(sys.argv) > 1:
        with np.load(sys.argv[1]) as file:
            arrays = [file[key] for key in ("x_train", "y_train", "x_test", "y_test")]
    else:
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
        arrays = [x_train, y_train, x_test, y_test]
    arrays = [np.ascontiguousarray(array, dtype="uint8") for array in arrays]
    found = len(arrays[1]) + len(arrays[3])
    if found != DIGITS or digest(arrays) != SHA256:
        sys.exit(
            f"These {found:,} digits are not the {DIGITS:,} digits of this run ({NAME}), "
            "so its numbers can't come out. Start it with the right file: "
            "python this_run.py digits.npz"
        )
    return arrays


$check


$split


$scale


x_all, y_all, x_test, y_test = load_digits()
$prepare

$build
$compile

$train

$test
''')
