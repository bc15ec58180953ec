"""What the Data page knows of a data set, computed once for all viewers, and in words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from mnist_core.charts import ClassBalance, gather_class_balance
from mnist_core.config import CLASSES, TrainingConfig
from mnist_core.data import Dataset, Likeness, Pair, split_indices
from mnist_core.formatting import article
from pages.services.caching import BY_NAME
from pages.views.shared.digit_choice import ALL


@dataclass(frozen=True, slots=True)
class DigitFacts:
    """What takes a moment to find out.

    Attributes:
        balance: how many of each digit there are, split as the default settings split.
        likeness: of the digits for training and validation; the test digits stay unseen.
    """

    balance: ClassBalance
    likeness: Likeness


@st.cache_resource(hash_funcs=BY_NAME, max_entries=4, show_spinner=False)
def gather(dataset: Dataset) -> DigitFacts:
    """Find out about a data set, once for each digest."""
    defaults = TrainingConfig()
    labels = dataset.y_train
    train, val = split_indices(labels, defaults.validation_split, defaults.fraction)
    return DigitFacts(
        balance=gather_class_balance(labels[train], labels[val], dataset.y_test),
        likeness=Likeness.of(dataset.x_train, labels),
    )


def positions_of(dataset: Dataset, choice: str) -> npt.NDArray[np.intp]:
    """Find the training digits that a choice means: one digit, or ALL of them."""
    if choice == ALL:
        return np.arange(len(dataset.y_train))
    return np.flatnonzero(dataset.y_train == int(choice))


def places_in_words(places: range, count: int) -> str:
    """Write which part of so many images is shown: "61 to 120 of 5,000 images"."""
    return f"{places.start + 1:,} to {places.stop:,} of {count:,} images"


def describe(dataset: Dataset, number: int) -> str:
    """Name a training digit: "training digit number 123, a 7"."""
    digit = dataset.y_train[number]
    return f"training digit number {number}, {article(digit)} {digit}"


def balance_in_words(facts: DigitFacts) -> str:
    """Name the most and the least frequent digits of all, and those that are missing."""
    missing = [str(digit) for digit in range(CLASSES) if digit not in facts.likeness.present]
    if missing:
        return f"Among the training digits there is no {', no '.join(missing)}."
    counts = np.sum(facts.balance, axis=0)
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[most] == counts[least]:
        return f"There are {counts[most]:,} of each digit: perfectly balanced."
    return (
        f"The most frequent digit is {most} ({counts[most]:,} images), "
        f"the rarest is {least} ({counts[least]:,})."
    )


def pair_in_words(pair: Pair, rank: int) -> str:
    """Put into words how alike two digits are; rank 0 is the most alike pair."""
    start = "Most alike" if rank == 0 else f"Place {rank + 1}"
    return (
        f"{start}: **{pair.first} and {pair.second}**. "
        f"On average, a pixel differs by {pair.distance:.0f} of 255 grey levels."
    )


def balance_table(balance: ClassBalance) -> pd.DataFrame:
    """Put the counts into a table: a row a digit, a column a part."""
    columns = {"Training": balance.train, "Validation": balance.val, "Test": balance.test}
    return pd.DataFrame(columns).rename_axis("Digit")


def distance_table(likeness: Likeness) -> pd.DataFrame:
    """Put the distances into a table: a row and a column a digit that is there."""
    present = likeness.present
    names = [str(digit) for digit in present]
    values = likeness.distances[np.ix_(present, present)]
    return pd.DataFrame(values, pd.Index(names, name="Digit"), names)
