"""What the page Mistakes looks at: a run with its guesses for the test or the validation digits.

Computed once a run for all viewers, and kept while the server has room for it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.data import Dataset, split_indices
from mnist_core.data.arrays import unpack_predictions
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import article, guessed, percent
from mnist_core.store import Run
from pages.services.caching import BY_NAME
from pages.services.datasets import run_dataset
from pages.services.networks import network_at, newest_snapshot
from pages.services.server import get_store

TEST, VALIDATION = PARTS = ("Test", "Validation")
KEPT_RUNS = 32


@dataclass(frozen=True)
class EvaluatedRun:
    """A run and how it reads digits.

    Attributes:
        run: what was trained.
        part: which digits were read, TEST or VALIDATION.
        evaluation: the guesses beside the truth.
        epoch: the snapshot that the guesses were made from, counted from 0, -1 before the first
            batch; None where they are those of the finished network.
    """

    run: Run
    part: str
    evaluation: Evaluation
    epoch: int | None

    @property
    def dataset(self) -> Dataset:
        """The data that the run was trained on."""
        return run_dataset(self.run.dataset_digest)

    def images(self, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
        """Return images by their positions in the evaluation: uint8 (n, 28, 28)."""
        pool = self.dataset.x_test if self.part == TEST else self.dataset.x_train
        return pool[self.evaluation.indices[positions]]

    def name(self, position: int) -> str:
        """Name a digit by where it stands in the data: "test digit number 115"."""
        kind = "test" if self.part == TEST else "training"
        return f"{kind} digit number {self.evaluation.indices[position]:,}"

    def caption(self, position: int) -> str:
        """Write the truth and the guess under an image: "4 → 9"."""
        return f"{self.evaluation.y_true[position]} → {self.guess(position)}"

    def describe(self, position: int) -> str:
        """Put into words what an image is and what it was taken for."""
        true, confidence = self.evaluation.y_true[position], self.evaluation.confidence[position]
        return (
            f"{self.name(position)}, {article(true)} {true}, guessed {self.guess(position)}, "
            f"{percent(confidence)} sure"
        )

    def guess(self, position: int) -> str:
        """Write the guess; a question mark where the network's numbers overflowed."""
        return guessed(self.evaluation.y_pred[position])


def evaluate(run: Run, part: str = TEST, *, from_snapshot: bool = False) -> EvaluatedRun | None:
    """Return a run's guesses, or None where it has none for these digits.

    Args:
        run: any run.
        part: which digits, TEST or VALIDATION.
        from_snapshot: without a test, let the newest snapshot read the test digits.
    """
    if part == TEST and run.test_accuracy is not None:
        at_the_end = _evaluate_at_the_end(run)
        return None if at_the_end is None else EvaluatedRun(run, part, at_the_end, None)
    epoch = newest_snapshot(run)
    if epoch is None or (part == TEST and not from_snapshot):
        return None
    return EvaluatedRun(run, part, evaluate_at(run, epoch, part), epoch)


def hardest_in_words(evaluated: EvaluatedRun) -> str:
    """Name the digit that is read worst, and what it is taken for."""
    hardest = evaluated.evaluation.hardest()
    if hardest is None:
        return "Every digit was read right."
    words = (
        f"Its hardest digit is the **{hardest.digit}**: {hardest.right:,} of {hardest.support:,} "
        "were read right"
    )
    if hardest.taken_for is None:
        return f"{words}."
    other = f"{article(hardest.taken_for)} {hardest.taken_for}"
    return f"{words}, and the others were taken for {other} most often."


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_RUNS, show_spinner=False)
def evaluate_at(run: Run, epoch: int, part: str) -> Evaluation:
    """Return the guesses of a run's network as it was after an epoch, from 0 on, -1 before."""
    dataset, network = run_dataset(run.dataset_digest), network_at(run, epoch)
    if part == TEST:
        return Evaluation(dataset.y_test, network.probabilities(dataset.x_test))
    _, chosen = split_indices(dataset.y_train, run.config.validation_split, run.config.fraction)
    y_prob = network.probabilities(dataset.x_train[chosen])
    return Evaluation(dataset.y_train[chosen], y_prob, chosen)


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_RUNS, show_spinner=False)
def _evaluate_at_the_end(run: Run) -> Evaluation | None:
    predictions = get_store().load_predictions(run.id)
    if predictions is None:
        return None
    return Evaluation(run_dataset(run.dataset_digest).y_test, unpack_predictions(predictions))
