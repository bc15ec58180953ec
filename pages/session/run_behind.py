"""The run whose curves lie pale behind those on Train: one that was pinned, or the one before."""

import contextlib
from typing import NamedTuple

import streamlit as st

from mnist_core.errors import RunNotFoundError
from mnist_core.store import Run
from pages.services.server import get_store

BEHIND_PARAMETER = "behind"
_PINNED, _BEFORE = "pinned_run", "previous_run"


def pin(run_id: str | None) -> None:
    """Let this run's curves lie behind all others; None goes back to the run before."""
    st.session_state[_PINNED] = run_id
    if run_id is None:
        st.query_params.pop(BEHIND_PARAMETER, None)


def note_run_before(run_id: str | None) -> None:
    """Remember which run was watched before another one began."""
    st.session_state[_BEFORE] = run_id


def take_up_pin() -> None:
    """Pin the run that the address of the Train page names, and keep the pinned one there."""
    linked = st.query_params.get(BEHIND_PARAMETER)
    if linked:
        st.session_state[_PINNED] = linked
    elif pinned := st.session_state.get(_PINNED):
        st.query_params[BEHIND_PARAMETER] = pinned


class Behind(NamedTuple):
    """A run whose curves lie behind.

    Attributes:
        run: the one; None where there is none, or it is gone.
        is_pinned: somebody has chosen it; else it is the one that was watched before.
    """

    run: Run | None
    is_pinned: bool


def run_behind() -> Behind:
    """Read the run that is pinned, or else the one watched before the present one began."""
    if pinned := _read(st.session_state.get(_PINNED)):
        return Behind(pinned, is_pinned=True)
    return Behind(_read(st.session_state.get(_BEFORE)), is_pinned=False)


def _read(run_id: str | None) -> Run | None:
    if run_id:
        with contextlib.suppress(RunNotFoundError):
            return get_store().get_run(run_id)
    return None
