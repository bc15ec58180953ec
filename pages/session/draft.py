"""An answer before it is handed in: what was typed for a task, and which runs it is about.

A tab has it in its session. The store keeps it for the browser: through a reload, for another tab,
and where a page is left so quickly that Streamlit never hears of the last words.
"""

import contextlib

import streamlit as st

from mnist_core.errors import LimitError, StoreError
from mnist_core.lesson.assignment import Assignment
from mnist_core.store import Draft
from pages.services.server import get_store
from pages.session.browser import owner

RUNS_AT_MOST = 6
ANSWER, NAME = "answer", "name"
_RESTORED = "restored"


def read_draft(task: Assignment) -> None:
    """Take up what this browser has kept for a task, whichever of its tabs it came from."""
    is_new = not has_draft(task)
    draft = Draft()
    with contextlib.suppress(StoreError):  # what is wrong with it is said elsewhere
        draft = get_store().read_draft(task.key, owner=owner())
    if is_new:
        typed_words(task)[_RESTORED] = draft.answer
    # A browser without cookies has its words in this tab only.
    typed_words(task)[ANSWER] = draft.answer or typed_words(task)[ANSWER]
    st.session_state[_runs_key(task)] = [*draft.run_ids] or noted_runs(task)


def has_draft(task: Assignment) -> bool:
    """Check whether this tab has taken up what was kept for a task."""
    return _typed_key(task) in st.session_state


def typed_words(task: Assignment) -> dict[str, str]:
    """Return what was typed for a task, ``ANSWER`` and ``NAME``, to read and to change.

    The name is kept in this tab only.
    """
    new = {ANSWER: "", NAME: "", _RESTORED: ""}
    typed: dict[str, str] = st.session_state.setdefault(_typed_key(task), new)
    return typed


def field_key(task: Assignment) -> str:
    """Name the field that the answer is typed in."""
    return f"answer-{task.key}"


def present_answer(task: Assignment) -> str:
    """Return the answer as it stands: a click may bring the words that its field was left with."""
    in_field = st.session_state.get(field_key(task))
    return typed_words(task)[ANSWER] if in_field is None else str(in_field)


def is_restored(task: Assignment) -> bool:
    """Check whether the answer is as it was found when this tab opened the task."""
    typed = typed_words(task)
    return typed[ANSWER] == typed[_RESTORED] != ""


def noted_runs(task: Assignment) -> list[str]:
    """Return the ids of the runs that the answer is about."""
    run_ids: list[str] = st.session_state.get(_runs_key(task), [])
    return run_ids


def note_runs(task: Assignment, run_ids: list[str]) -> None:
    """Remember which runs the answer is about."""
    st.session_state[_runs_key(task)] = run_ids
    with contextlib.suppress(LimitError, StoreError):  # then this tab alone knows them
        get_store().keep_answer_runs(task.key, run_ids, owner=owner())


def note_run(task: Assignment, run_id: str) -> None:
    """Remember that a run was started for a task; of many, the last ones count."""
    note_runs(task, [*noted_runs(task), run_id][-RUNS_AT_MOST:])
    st.session_state[_started_key(task)] = runs_started(task) + 1


def runs_started(task: Assignment) -> int:
    """Count the runs that were started for the task: with each, the choice of runs is a new one.

    A browser that does not know the newest run yet still tells what was chosen before; as the
    choice of the present, it would take that run out again.
    """
    return int(st.session_state.get(_started_key(task), 0))


def _typed_key(task: Assignment) -> str:
    return f"typed-{task.key}"


def _runs_key(task: Assignment) -> str:
    return f"runs-of-{task.key}"


def _started_key(task: Assignment) -> str:
    return f"runs-started-for-{task.key}"
