"""How well the network of a run reads what a class has written: in all, per digit, per writer."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mnist_core.evaluation.accuracy import Accuracy, accuracy_by_group
from mnist_core.evaluation.predictions import Evaluation
from mnist_core.formatting import NOTHING, percent
from mnist_core.store import DigitSet, Run
from pages.services.server import get_store
from pages.text.markdown import plain
from pages.views.shared.digit_set import render_accuracy

SO_FEW = (
    "So few digits say little of what the network would read of many: of 100 such ranges, 95 hold "
    "the true value. Where two of them overlap, the difference may be luck."
)


def render_results(kept: DigitSet, run: Run | None, class_id: str) -> Evaluation | None:
    """Draw what the network of a run makes of a set of a round, and give its guesses.

    Args:
        kept: at least one digit.
        run: whose network reads them, if one is chosen.
        class_id: of the class that wrote them.
    """
    found = render_accuracy(kept, run)
    if found is None:
        return None
    by_digit, by_writer = st.columns(2, gap="large")
    with by_digit:
        _render_by_digit(kept, found)
    with by_writer:
        _render_by_writer(kept, found, class_id)
    st.caption(SO_FEW)
    return found


def _render_by_digit(kept: DigitSet, found: Evaluation) -> None:
    st.subheader("Each digit", anchor=False)
    by_digit = accuracy_by_group(found.right.tolist(), map(str, kept.labels))
    _render_table("digit", list(by_digit), list(by_digit.values()))


def _render_by_writer(kept: DigitSet, found: Evaluation, class_id: str) -> None:
    """Draw a line for each person, those first whose hand is read best; named if wanted."""
    st.subheader("Each person", anchor=False)
    by_owner = accuracy_by_group(found.right.tolist(), kept.owners)
    ranked = sorted(by_owner, key=lambda owner: (-by_owner[owner].fraction, owner))
    names = [f"person {number}" for number in range(1, len(ranked) + 1)]
    if st.toggle("Show names", key="handwriting-names"):
        members = {each.owner: plain(each.name) for each in get_store().list_members(class_id)}
        names = [members.get(owner, NOTHING) for owner in ranked]
    _render_table("person", names, [by_owner[owner] for owner in ranked])


def _render_table(what: str, names: Sequence[str], accuracies: Sequence[Accuracy]) -> None:
    table = pd.DataFrame(
        {
            "read right": [each.counted for each in accuracies],
            "accuracy": [percent(each.fraction) for each in accuracies],
            "very probably between": [
                f"{percent(each.low)} and {percent(each.high)}" for each in accuracies
            ],
        },
        index=pd.Index(names, name=what),
    )
    st.table(table, alt=f"How well each {what} is read")
