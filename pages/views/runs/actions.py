"""What can be done with the chosen runs: compare, name, star and delete them, and take that back.

Everybody may look at a run; only its owner may change it, and a teacher delete it.
"""

from collections.abc import Sequence

import streamlit as st

from mnist_core.errors import MnistError
from mnist_core.formatting import counted
from mnist_core.store import Run
from mnist_core.store.names import NAME_LENGTH, NOTE_LENGTH
from pages.services.server import get_store
from pages.session.compared_runs import AT_MOST, query_of
from pages.session.refusal import with_refusals_shown
from pages.session.rights import changes_as, ends_as, may_change, may_end
from pages.text.markdown import plain
from pages.views.runs.run_table import choose
from pages.views.shared.take_away import render_runs_download

KEPT_SECONDS = 24 * 3600
NAMED_AT_MOST = 3
_DELETED = "deleted-runs"


def render_actions(chosen: Sequence[Run]) -> None:
    """Draw which runs are chosen and what can be done with them; what can't be is grey."""
    own = [run for run in chosen if may_change(run)]
    deletable = [run for run in chosen if may_end(run)]
    with st.container(horizontal=True, vertical_alignment="center", key="run-actions"):
        _render_compare(chosen)
        render_runs_download(chosen)
        _render_change(own)
        is_starred = bool(own) and all(run.starred for run in own)
        st.button(
            "Take the star away" if is_starred else "Star",
            key="star-runs",
            icon=":material/star:",
            disabled=not own,
            on_click=star,
            args=(own,),
            kwargs={"starred": not is_starred},
        )
        st.button(
            "Delete",
            key="delete-runs",
            icon=":material/delete:",
            disabled=not deletable,
            on_click=delete,
            args=(deletable,),
        )
    # In one line: the table below must not move under the hand that chooses.
    st.html(
        "<style>.st-key-chosen p {white-space: nowrap; overflow: hidden; text-overflow: ellipsis}"
        "</style>"
    )
    with st.container(key="chosen"):
        st.caption(_chosen_in_words(chosen, len(own)))


def _render_compare(chosen: Sequence[Run]) -> None:
    """Draw the link to Compare; a button where it leads nowhere, as a grey link can't be read."""
    icon = ":material/stacked_line_chart:"
    if 2 <= len(chosen) <= AT_MOST:
        query = query_of([run.id for run in chosen])
        st.page_link("compare.py", label="Compare", icon=icon, query_params=query)
    else:
        st.button("Compare", icon=icon, disabled=True)


def _chosen_in_words(chosen: Sequence[Run], own: int) -> str:
    if not chosen:
        return "Choose runs by the boxes on the left: two to eight to compare."
    words = f"{len(chosen):,} chosen"
    if len(chosen) > AT_MOST:
        words += f", at most {AT_MOST} can be compared"
    if own < len(chosen):
        words += f", {f'only {own:,}' if own else 'none'} of them yours to change"
    return f"{words}: {_names(chosen[:NAMED_AT_MOST])}{' …' * (len(chosen) > NAMED_AT_MOST)}"


def _names(runs: Sequence[Run]) -> str:
    return " · ".join(f"**{plain(run.label)}**" for run in runs)


def _render_change(own: Sequence[Run]) -> None:
    with st.popover("Name and note", icon=":material/edit:", disabled=len(own) != 1):
        for run in own if len(own) == 1 else ():
            st.text_input(
                "Name",
                run.name,
                max_chars=NAME_LENGTH,
                placeholder=run.config.describe(),
                key=f"name-{run.id}",
                on_change=rename,
                args=(run,),
            )
            st.text_area(
                "Note",
                run.note,
                max_chars=NOTE_LENGTH,
                placeholder="What did you try, and what did you see?",
                key=f"note-{run.id}",
                on_change=note,
                args=(run,),
            )


@with_refusals_shown
def rename(run: Run) -> None:
    """Hand a run the name that was typed."""
    get_store().rename_run(run.id, changes_as(run.owner), st.session_state[f"name-{run.id}"])


@with_refusals_shown
def note(run: Run) -> None:
    """Hand a run the note that was typed."""
    get_store().note_run(run.id, changes_as(run.owner), st.session_state[f"note-{run.id}"])


@with_refusals_shown
def star(runs: Sequence[Run], *, starred: bool) -> None:
    """Give runs a star each, or take theirs away."""
    for run in runs:
        get_store().star_run(run.id, changes_as(run.owner), starred=starred)


@with_refusals_shown
def delete(runs: Sequence[Run]) -> None:
    """Hide runs, and remove for good what was deleted a day ago or longer."""
    store = get_store()
    store.purge_deleted(KEPT_SECONDS)
    st.session_state[_DELETED] = deleted = []
    for run in runs:
        store.delete_run(run.id, ends_as(run.owner))
        deleted.append(run)
    choose([])


@with_refusals_shown
def restore(runs: Sequence[Run]) -> None:
    """Bring deleted runs back, as many of them as are still there."""
    st.session_state.pop(_DELETED, None)
    problem = None
    for run in runs:
        try:
            get_store().restore_run(run.id, ends_as(run.owner))
        except MnistError as error:
            problem = error
    if problem is not None:
        raise problem


def render_undo() -> None:
    """Offer to bring back what this tab deleted last."""
    runs = st.session_state.get(_DELETED)
    if not runs:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        named = len(runs) <= NAMED_AT_MOST
        st.markdown(f"Deleted: {_names(runs) if named else counted(len(runs), 'run')}")
        st.button("Undo", on_click=restore, args=(runs,))
