"""A run as a Jupyter notebook, in the steps of the lesson and in plain Keras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import nbformat
from nbformat import v4

from mnist_core.config import SERIES
from mnist_core.data import MNIST_DIGEST, Dataset
from mnist_core.formatting import metric_text, percent
from mnist_core.lesson.keras_code import RunParts, closeness, run_parts
from mnist_core.store import Run, Store


def run_notebook(store: Store, run_id: str) -> str:
    """Write a run as a notebook that gives its numbers when it is run from top to bottom.

    It needs keras, tensorflow, numpy and matplotlib. How near it comes to the numbers is said in
    it: as near as the script of ``mnist_core.lesson.keras_code``.

    Args:
        store: where the run is.
        run_id: the run; it may still go on.

    Returns:
        JSON of the notebook format 4.5, for an ``.ipynb`` file. Its digits are those of
        ``keras.datasets.mnist``, or of a file ``digits.npz`` beside it where the run had others.

    Raises:
        RunNotFoundError: there is no such run.
        StoreError: the store can't be read, or has lost the digits.
    """
    run = store.get_run(run_id)
    dataset = store.load_dataset(run.dataset_digest)
    cells = _cells(run, dataset, store.read_history(run_id))
    notebook = v4.new_notebook(
        cells=[
            (v4.new_code_cell if is_code else v4.new_markdown_cell)(text, id=f"step-{number}")
            for number, (is_code, text) in enumerate(cells)
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return f"{text}\n"


def _cells(
    run: Run, dataset: Dataset, history: Mapping[str, Sequence[float]]
) -> list[tuple[bool, str]]:
    """Return text and code in turn, and which of the two each is."""
    parts = run_parts(run.config, dataset)
    steps = [
        (_title(run), ""),
        (_BEGIN, f"{_IMPORTS}\n\n{parts.settings}"),
        (_load_words(dataset), _load(parts, dataset)),
        (_LOOK, _LOOK_CODE),
        (_PREPARE, "\n\n\n".join([parts.split, parts.scale]) + f"\n\n\n{parts.prepare}"),
        (_BUILD, f"{parts.build}\nmodel.summary()"),
        (_COMPILE, parts.compile),
        (_train_words(run, history), parts.train),
        (_PLOT, _PLOT_CODE),
        (_test_words(run), parts.test),
        (_OWN, _OWN_CODE),
    ]
    return [cell for words, code in steps for cell in ((False, words), (True, code)) if cell[1]]


def _title(run: Run) -> str:
    # An indented block is code: whatever somebody has called the run, nothing in it has a meaning.
    named = f"\n\n    {run.name}" if run.name else ""
    return (
        f"# Teach a computer to read digits{named}\n\n"
        f"The network {run.config.describe()}, as it was trained on the dashboard, step by step in "
        "plain Keras. Run the cells from top to bottom."
    )


def _load_words(dataset: Dataset) -> str:
    if dataset.digest == MNIST_DIGEST:
        return f"{_LOAD} They are those of MNIST, which Keras downloads."
    return (
        f"{_LOAD} They lie in a file: download it on the dashboard, on Results under “Take away”, "
        "and put it beside this notebook as `digits.npz`."
    )


def _load(parts: RunParts, dataset: Dataset) -> str:
    source = _FROM_KERAS if dataset.digest == MNIST_DIGEST else _FROM_A_FILE
    return "\n\n\n".join([parts.digits, parts.check, f"{source}\n{_CHECKED}"])


def _train_words(run: Run, history: Mapping[str, Sequence[float]]) -> str:
    words = f"{_TRAIN} {closeness(run.config)}"
    if not history[SERIES[0]]:
        return words
    columns = ([metric_text(name, value) for value in history[name]] for name in SERIES)
    rows = zip(*columns, strict=True)
    table = [f"| {epoch} | {' | '.join(row)} |" for epoch, row in enumerate(rows, start=1)]
    head = ["| epoch | " + " | ".join(SERIES) + " |", "|---:" * 5 + "|"]
    return "\n".join([f"{words}\n\nOn the dashboard it went like this:\n", *head, *table])


def _test_words(run: Run) -> str:
    if run.test_accuracy is None:
        return _TEST
    return f"{_TEST} On the dashboard it was {percent(run.test_accuracy)}."


_IMPORTS: Final = """\
import hashlib
import os

os.environ["KERAS_BACKEND"] = "tensorflow"  # another backend has other start weights

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers"""

_BEGIN: Final = """\
## 1. What is needed

Keras builds the network, NumPy holds the numbers, Matplotlib draws. The settings are those of the
run."""

_LOAD: Final = """\
## 2. Load the digits

Images of 28 × 28 pixels, and for each its label: the digit that it shows."""

_FROM_KERAS: Final = """\
(x_all, y_all), (x_test, y_test) = keras.datasets.mnist.load_data()"""

_FROM_A_FILE: Final = """\
with np.load("digits.npz") as file:
    x_all, y_all, x_test, y_test = (
        np.ascontiguousarray(file[name], dtype="uint8")
        for name in ("x_train", "y_train", "x_test", "y_test")
    )"""

_CHECKED: Final = """\
if digest([x_all, y_all, x_test, y_test]) != SHA256:
    raise ValueError(f"These are not the {DIGITS:,} digits of this run ({NAME}).")
print(f"{len(y_all):,} digits to learn from, {len(y_test):,} for the test")"""

_LOOK: Final = """\
## 3. Look at one

To the computer an image is 28 rows of 28 numbers from 0 to 255: more is brighter."""

_LOOK_CODE: Final = """\
print("This is a", y_all[0])
print(x_all[0][12])  # one of its rows
plt.imshow(x_all[0], cmap="gray")
plt.show()"""

_PREPARE: Final = """\
## 4. Prepare the numbers

Networks work best with numbers from 0 to 1. Some digits are kept aside: the network does not learn
from them, so that they show after each epoch how well it reads digits that it has not seen."""

_BUILD: Final = """\
## 5. Build the model

Each node of a dense layer is connected to everything in the layer before. The last layer has ten
nodes, one for each digit; softmax makes likelihoods of them, which add up to 1."""

_COMPILE: Final = """\
## 6. Compile it

The optimizer changes the weights so that the loss becomes small; accuracy is the share of the
digits that are read right."""

_TRAIN: Final = """\
## 7. Train it

An epoch is one pass through all training digits, batch by batch."""

_PLOT: Final = """\
## 8. See how it improved

Steep at first, then flatter: large discoveries, then small ones."""

_PLOT_CODE: Final = """\
def plot_accuracy_and_loss(history):
    \"\"\"Draw training on the left and validation on the right.\"\"\"
    figure, sides = plt.subplots(1, 2, figsize=(12, 4), sharey=True)
    for side, title, prefix in zip(sides, ("Training", "Validation"), ("", "val_")):
        for name, look in (("accuracy", "o-"), ("loss", "s--")):
            values = history[prefix + name]
            side.plot(range(1, len(values) + 1), values, look, label=name)
        side.set(title=title, xlabel="epoch", ylabel="accuracy and loss")
        side.legend()
    plt.show()


plot_accuracy_and_loss(history)"""

_TEST: Final = """\
## 9. Test it

The test digits were not used until now."""

_OWN: Final = """\
## 10. Let it read a digit of your own

A square black picture with a white digit, as `digit.png` beside this notebook; without one it reads
a test digit."""

_OWN_CODE: Final = """\
if os.path.exists("digit.png"):
    picture = keras.utils.load_img("digit.png", color_mode="grayscale", target_size=(28, 28))
    digit = keras.utils.img_to_array(picture)[:, :, 0]
else:
    digit = x_test[0]
likelihoods = model.predict(scale(digit)[np.newaxis], verbose=0)[0]
plt.imshow(digit, cmap="gray")
plt.show()
print(f"It says {likelihoods.argmax()}, {likelihoods.max():.1%} sure")"""
