"""Handing an answer in, for who is in a class: the button, and a receipt of what the store has."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from mnist_core.errors import ConfigError, MnistError, NotYoursError
from mnist_core.formatting import counted, time_of_day
from mnist_core.lesson.assignment import Assignment
from mnist_core.store import Answer, Member, Run
from pages.services.server import get_store
from pages.session.draft import present_answer
from pages.session.person import current_member
from pages.text import message

_REFUSAL = "hand-in-refusal"


class HandIn(NamedTuple):
    """How far an answer is on its way to the teacher.

    Attributes:
        member: whose it is.
        kept: what the store has of it; None before it was handed in.
        is_closed: nothing can be handed in or changed.
    """

    member: Member
    kept: Answer | None
    is_closed: bool


def find_hand_in(task: Assignment) -> HandIn | None:
    """Read what whoever sits here has handed in for a task; None for who is in no class."""
    member, store = current_member(), get_store()
    if member is None:
        return None
    is_closed = store.are_answers_closed(member.class_id, task.key)
    return HandIn(member, store.read_answer(member.id, task.key), is_closed)


def render_button(task: Assignment, found: HandIn, runs: Sequence[Run]) -> None:
    """Draw the button; nothing where the teacher has closed the task.

    Args:
        task: what is answered.
        found: what of it the store has.
        runs: what the answer is about.
    """
    if found.is_closed:
        return
    # Never grey: whoever types and clicks at once would click in vain.
    st.button(
        "Hand in" if found.kept is None else "Hand in again",
        key="hand-in",
        type="primary",
        on_click=_hand_in,
        args=(task, found.member.id, [run.id for run in runs]),
        icon=":material/send:",
    )


def render_receipt(task: Assignment, found: HandIn, runs: Sequence[Run]) -> None:
    """Draw what has been handed in and when, or why it could not be; arguments as above."""
    if refusal := st.session_state.pop(_REFUSAL, None):
        message.warning("{refusal} Nothing was lost.", refusal=refusal)
    kept = found.kept
    if kept is None:
        if found.is_closed:
            st.markdown("Your teacher has closed this: no answer can be handed in now.")
        return
    st.markdown(
        f":material/check_circle: **Handed in {time_of_day(kept.last_at)}, "
        f"with {counted(len(kept.run_ids), 'run')}.** {_what_next(task, found, runs)}"
    )
    st.page_link("wall.py", label="The wall of your class", icon=":material/dashboard:")


def _what_next(task: Assignment, found: HandIn, runs: Sequence[Run]) -> str:
    if found.is_closed:
        return "Your teacher has closed it."
    kept = found.kept
    present = (present_answer(task), tuple(run.id for run in runs))
    if kept is not None and present != (kept.answer, kept.run_ids):
        return "Changed since: hand in again."
    return "You may change it until your teacher closes it."


def _hand_in(task: Assignment, member_id: str, run_ids: Sequence[str]) -> None:
    try:
        _try_to_hand_in(task, member_id, run_ids)
    except MnistError as error:
        st.session_state[_REFUSAL] = str(error)


def _try_to_hand_in(task: Assignment, member_id: str, run_ids: Sequence[str]) -> None:
    member, store = current_member(), get_store()
    if member is None or member.id != member_id:  # the words are of who sat here before
        raise NotYoursError("Whoever wrote this does not sit at this browser any more.")
    if not any(run.epochs_done for run in store.find_runs(run_ids)):
        raise ConfigError("Train a network first: an answer goes with its runs.", "runs")
    store.hand_in(member_id, task.key, task.question, present_answer(task), run_ids)
