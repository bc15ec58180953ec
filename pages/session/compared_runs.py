"""The runs that a tab compares: their ids stand in the address of the page Compare, A first."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.charts import LETTERS
from mnist_core.serving.run_words import unchanging_name
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.watched_run import RUNS_OFFERED, names_to_pick_from
from pages.text import message

RUNS_PARAMETER = "runs"
AT_MOST = len(LETTERS)
_KEY, _SHOWN = "compared", "compared-before"


def query_of(run_ids: Sequence[str]) -> dict[str, str]:
    """Return the parameters of an address that compares these runs."""
    return {RUNS_PARAMETER: ",".join(run_ids)}


def compared_runs() -> list[Run]:
    """Read the runs in the address, or those that this tab compared last, in their order.

    What can't be shown is said: runs that are gone, and more than eight.
    """
    asked = _asked()
    found = get_store().find_runs(asked)
    _tell_what_is_missing(len(asked), len(found))
    shown = found[:AT_MOST]
    _keep([run.id for run in shown])
    return shown


def render_picker(shown: Sequence[Run]) -> None:
    """Draw the choice of runs, those that are compared first; the address follows it."""
    offered = {run.id: run for run in [*shown, *get_store().list_runs(RUNS_OFFERED)]}
    names = names_to_pick_from(offered.values(), unchanging_name)
    # The address counts, whoever wrote it: this page, another one, or a person.
    st.session_state[_KEY] = [run.id for run in shown]
    st.multiselect(
        "Runs",
        list(names),
        key=_KEY,
        format_func=names.__getitem__,
        max_selections=AT_MOST,
        placeholder="Choose two to eight runs",
        on_change=lambda: _keep(st.session_state[_KEY]),
        select_all=False,
    )


def _asked() -> list[str]:
    in_address = st.query_params.get(RUNS_PARAMETER)
    if in_address is None:
        last: list[str] = st.session_state.get(_SHOWN, [])
        return last
    return list(dict.fromkeys(filter(None, map(str.strip, in_address.split(",")))))


def _keep(run_ids: Sequence[str]) -> None:
    st.session_state[_SHOWN] = list(run_ids)
    if run_ids:
        st.query_params.update(query_of(run_ids))
    else:
        st.query_params.pop(RUNS_PARAMETER, None)


def _tell_what_is_missing(asked: int, found: int) -> None:
    if found > AT_MOST:
        message.warning("At most {most} runs can be compared: these are the first.", most=AT_MOST)
    if found < asked:
        message.warning(
            "{count} of the runs in this link are not there any more: somebody may have deleted "
            "them. The others are shown.",
            count=asked - found,
        )
