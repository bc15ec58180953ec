"""An exercise: the lines of the lesson's program, out of order, and then with a wrong one.

Knows text only. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Step:
    """A step of the program.

    Attributes:
        key: its name.
        text: its line or lines.
        needs: what has to come before it, by its key, and why.
    """

    key: str
    text: str
    needs: Mapping[str, str]


@dataclass(frozen=True)
class WrongStep:
    """A step that is there, and wrong.

    Attributes:
        key: of the step that it stands for.
        text: what stands there.
        words: what is wrong with it.
    """

    key: str
    text: str
    words: str


STEPS: Final[tuple[Step, ...]] = (
    Step("load", "digits = load_mnist().split()", {}),
    Step(
        "scale",
        "x_train, x_val = digits.x_train / 255, digits.x_val / 255",
        {"load": "it divides the images by 255, and no images are loaded yet"},
    ),
    Step(
        "build",
        "model = Sequential([\n"
        "    Input((28, 28)),\n"
        "    Flatten(),\n"
        '    Dense(128, activation="relu"),\n'
        '    Dense(10, activation="softmax"),\n'
        "])",
        {},
    ),
    Step(
        "compile",
        "model.compile(\n"
        '    optimizer="adam",\n'
        '    loss="sparse_categorical_crossentropy",\n'
        '    metrics=["accuracy"],\n'
        ")",
        {"build": "there is no model yet that could be made ready"},
    ),
    Step(
        "fit",
        "history = model.fit(\n"
        "    x_train, digits.y_train,\n"
        "    validation_data=(x_val, digits.y_val),\n"
        "    batch_size=100, epochs=10,\n"
        ")",
        {
            "load": "there are no images and labels to learn from yet",
            "scale": "x_train and x_val come from a line further down",
            "build": "there is no model yet to train",
            "compile": "the model has no optimizer and no loss yet",
        },
    ),
    Step(
        "plot",
        "plot_accuracy_and_loss(history).show()",
        {"fit": "history is what the training gives back, and nothing is trained yet"},
    ),
)

WRONG_STEPS: Final[tuple[WrongStep, ...]] = (
    WrongStep(
        "scale",
        "x_train, x_val = digits.x_train / 255, digits.x_val",
        "The validation images are not divided by 255: the network would be checked with numbers "
        "that are 255 times as large as those it learned from.",
    ),
    WrongStep(
        "build",
        "model = Sequential([\n"
        "    Input((28, 28)),\n"
        "    Flatten(),\n"
        '    Dense(128, activation="relu"),\n'
        '    Dense(1, activation="softmax"),\n'
        "])",
        "The output layer has one node. There are ten digits, so it needs ten: one likelihood for "
        "each.",
    ),
    WrongStep(
        "compile",
        "model.compile(\n"
        '    optimizer="adam",\n'
        '    loss="accuracy",\n'
        '    metrics=["sparse_categorical_crossentropy"],\n'
        ")",
        "Loss and metric have changed places. The optimizer makes the loss small: with accuracy as "
        "the loss it would try to get every image wrong.",
    ),
    WrongStep(
        "fit",
        "history = model.fit(\n"
        "    x_train, digits.y_val,\n"
        "    validation_data=(x_val, digits.y_train),\n"
        "    batch_size=100, epochs=10,\n"
        ")",
        "The labels have changed places: the training images would be told the labels of the "
        "validation images.",
    ),
)


def first_problem(order: Sequence[str]) -> tuple[int, str] | None:
    """Find the first step that can't work where it stands.

    Args:
        order: the keys of all ``STEPS``, as somebody has put them.

    Returns:
        Its place from 0, and why; None where the program runs.

    Raises:
        ValueError: a step is missing, unknown or there twice.
    """
    steps = {step.key: step for step in STEPS}
    if sorted(order) != sorted(steps):
        raise ValueError(f"expected the steps {', '.join(steps)}, in any order")
    for place, key in enumerate(order):
        for needed, why in steps[key].needs.items():
            if needed not in order[:place]:
                return place, why
    return None
