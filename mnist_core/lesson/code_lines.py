"""The lesson's code line by line: what each does, and which controls of the Train page it is.

Knows text only. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mnist_core.config import TrainingConfig
from mnist_core.lesson.keras_code import lesson_code


@dataclass(frozen=True)
class CodeLine:
    """A line of a program.

    Attributes:
        text: the line, indented.
        words: what it does; empty for a line that only closes a bracket.
        controls: names of the controls that decide what stands there, such as "nodes_1".
    """

    text: str
    words: str
    controls: tuple[str, ...] = ()


# By how lines begin: the first that fits counts.
_WORDS: Final[Mapping[str, str]] = {
    "from keras import": (
        "Keras is the library that builds and trains the network. Sequential is a kind of model."
    ),
    "from keras.layers": "The kinds of layers that this network is made of.",
    "from keras.optimizers": (
        "An optimizer of its own, since its learning rate is not the usual one."
    ),
    "from keras.regularizers": "L2 keeps weights small.",
    "from keras.utils": "For the seed.",
    "from mnist_core import load": "Where the digits come from.",
    "from mnist_core import plot": "What draws accuracy and loss.",
    "set_random_seed": (
        "Chance begins at this number: the same seed, the same weights at the start."
    ),
    "digits =": (
        "Loads the images and their labels, and sets a part of the training digits aside: with "
        "these, the validation digits, the network is checked and never trained."
    ),
    "model = Sequential": (
        "Builds the model: a row of layers, each taking what the one before passes on."
    ),
    "Input(": "The input layer: an image, 28 rows of 28 pixels.",
    "Flatten(": "Lays the 28 rows into one row of 784 numbers, one for each node.",
    'Dense(10, activation="softmax"': (
        "The output layer: ten nodes, one for each digit. softmax turns their sums into "
        "likelihoods, which add up to 1. The highest one is the prediction."
    ),
    "Dense(": (
        "A hidden layer with so many nodes, each connected to every node of the layer before. "
        "What a node adds up goes through the activation function."
    ),
    "Dropout(": (
        "Switches this share of the nodes off, other ones for each batch, so that none relies on "
        "another."
    ),
    "model.compile": "Makes the model ready: how it learns, and how that is measured.",
    "optimizer=": (
        "The optimizer changes the weights after each batch, so that the loss becomes smaller."
    ),
    "loss=": (
        "The loss compares guess and label: the less likely the network held the right digit, the"
        " larger it is. sparse says that a label is one number, 0 to 9."
    ),
    "metrics=": (
        "What is measured for us to read: accuracy, the share of images that are guessed right. "
        "1.0 is every image."
    ),
    "history = model.fit": "Trains the model. history keeps loss and accuracy of every epoch.",
    "digits.x_train": (
        "The images to learn from. Divided by 255, their numbers lie between 0 and 1."
    ),
    "digits.y_train": "The labels: which digit each image shows.",
    "validation_data": (
        "After each epoch the network reads these, too, without learning from them."
    ),
    "batch_size": "So many images are looked at before the weights are changed once.",
    "epochs": "So often all the training images are gone through.",
    "plot_accuracy": "Draws how accuracy and loss changed from epoch to epoch.",
}
_CONTROLS: Final[Mapping[str, tuple[str, ...]]] = {
    "set_random_seed": ("seed",),
    "digits =": (
        "validation_split",
        "fraction",
    ),
    "model = Sequential": ("hidden_layers",),
    "Dense(": (
        "activation",
        "l2",
    ),
    "Dropout(": ("dropout",),
    "optimizer=": (
        "optimizer",
        "learning_rate",
    ),
    "digits.x_train": ("fraction",),
    "validation_data": ("validation_split",),
    "batch_size": ("batch_size",),
    "epochs": ("epochs",),
}


def lesson_lines(config: TrainingConfig) -> list[CodeLine]:
    """Explain the lines of ``lesson_code``, one by one."""
    lines, layer = [], 0
    for text in lesson_code(config).splitlines():
        words, controls = _explain(text.strip())
        if "activation" in controls:
            layer += 1
            controls = (f"nodes_{layer}", *controls)
        lines.append(CodeLine(text, words, controls))
    return lines


def _explain(line: str) -> tuple[str, tuple[str, ...]]:
    beginning = next(filter(line.startswith, _WORDS), "")
    return _WORDS.get(beginning, ""), _CONTROLS.get(beginning, ())
