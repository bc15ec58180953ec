"""The handwriting rounds of a class: started, watched while people write, closed, and read."""

from typing import Any

import streamlit as st

from mnist_core.config import CLASSES
from mnist_core.formatting import counted, date_and_time
from mnist_core.store import DigitSet, HandwritingRound, Run, SchoolClass
from mnist_core.store.handwriting_rounds import ROOM_FOR_EACH
from pages.services.server import get_store
from pages.session.address import link_to_write
from pages.session.refusal import render_refusal
from pages.session.teacher import for_teachers, is_teacher
from pages.session.watched_run import pick_run
from pages.views.shared.digit_set import chosen_place, render_digits, render_downloads
from pages.views.teacher.handwriting_results import render_results
from pages.views.teacher.invitation import render_address

LOOK_SECONDS = 3.0
_DIGITS, _EACH = "handwriting-digits", "handwriting-each"


def render_handwriting(opened: SchoolClass) -> None:
    """Draw one round of a class, the newest at first, and the way to another."""
    rounds = {each.id: each for each in get_store().list_handwriting(opened.id)}
    is_going_on = any(each.is_open for each in rounds.values())
    if not rounds:
        st.markdown(
            "Everybody writes digits on a phone, and a network reads them. The digits are seen "
            "here only, and gone with the class."
        )
        _render_start(opened)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = rounds[
            st.selectbox(
                "Round",
                rounds,
                format_func=lambda round_id: _name(rounds[round_id]),
                key=_chosen_key(opened.id),
                width=300,
            )
        ]
        run = None if shown.is_open else pick_run()
        if not is_going_on:
            with st.popover("Another round", icon=":material/add:"):
                _render_start(opened)
    if shown.is_open:
        _render_open(opened, shown)
    else:
        _render_closed(shown, run, is_going_on=is_going_on)


def _render_start(opened: SchoolClass) -> None:
    if opened.archived_at:
        st.markdown("This class is archived: nobody is in it.")
        return
    st.segmented_control(
        "Digits",
        range(CLASSES),
        selection_mode="multi",
        default=range(CLASSES),
        key=_DIGITS,
    )
    st.number_input(
        "How many of each a person writes",
        int(ROOM_FOR_EACH.minimum),
        int(ROOM_FOR_EACH.maximum),
        key=_EACH,
        width=260,
    )
    st.button(
        "Start",
        type="primary",
        on_click=_start,
        args=(opened.id,),
        icon=":material/play_arrow:",
        key="start-handwriting",
    )


def _render_open(opened: SchoolClass, shown: HandwritingRound) -> None:
    invitation, written = st.columns([2, 3], gap="large")
    with invitation:
        render_address(link_to_write(opened.code))
        st.button(
            "Close the round",
            type="primary",
            on_click=_close,
            args=(shown.id,),
            icon=":material/lock:",
        )
    with written:
        _render_written(shown)


@st.fragment(run_every=LOOK_SECONDS)
def _render_written(shown: HandwritingRound) -> None:
    """Draw what was written so far, and again every few seconds."""
    if not is_teacher() or get_store().open_handwriting(shown.class_id) != shown:
        st.rerun()
    with st.container(key="written"):
        render_refusal()  # of a click in this part
        kept = get_store().read_handwriting(shown.id)
        people = counted(len(set(kept.owners)), "person", "people")
        st.subheader(f"{counted(len(kept), 'digit')} of {people}", anchor=False)
        if len(kept):
            _render_taking_out(shown, kept)
            render_digits(kept, None)
        else:
            st.caption("Nobody has written yet.")


def _render_closed(shown: HandwritingRound, run: Run | None, *, is_going_on: bool) -> None:
    kept = get_store().read_handwriting(shown.id)
    if len(kept):
        found = render_results(kept, run, shown.class_id)
        _render_taking_out(shown, kept)
        render_digits(kept, found)
        render_downloads(kept, found)
    else:
        st.markdown("Nobody has written anything in this round.")
    with st.container(horizontal=True):
        if not is_going_on:
            st.button("Open again", on_click=_reopen, args=(shown.id,), icon=":material/lock_open:")
        with st.popover("Delete this round", icon=":material/delete:"):
            st.markdown(f"{counted(len(kept), 'digit')} will be gone for good.")
            st.button("Delete", on_click=_delete, args=(shown,), type="primary", key="delete-round")


def _render_taking_out(shown: HandwritingRound, kept: DigitSet) -> None:
    """Draw the buttons for a digit that is mislabelled or rude, and for all of its writer."""
    place = chosen_place(kept)
    of_writer = [] if place is None else _of_the_same(kept, place)
    with st.container(horizontal=True):
        st.button(
            "Take it out",
            on_click=_take_out,
            args=(shown.id, [] if place is None else [kept.ids[place]]),
            disabled=place is None,
            icon=":material/delete:",
            help="The chosen digit. While the round is open, who wrote it is asked for it again.",
        )
        if len(of_writer) > 1:
            st.button(
                f"Take out all {len(of_writer)} of whoever wrote it",
                on_click=_take_out,
                args=(shown.id, of_writer),
                key="take-out-all",
            )


def _of_the_same(kept: DigitSet, place: int) -> list[str]:
    return [
        digit
        for digit, owner in zip(kept.ids, kept.owners, strict=True)
        if owner == kept.owners[place]
    ]


def _name(shown: HandwritingRound) -> str:
    return f"Round {shown.number}, {date_and_time(shown.started_at)}"


def _chosen_key(class_id: str) -> str:
    return f"handwriting-of-{class_id}"


@for_teachers
def _start(class_id: str) -> None:
    asked: Any = st.session_state.get(_DIGITS) or ()
    each = int(st.session_state.get(_EACH) or 1)
    started = get_store().start_handwriting(class_id, asked, each)
    st.session_state[_chosen_key(class_id)] = started.id


@for_teachers
def _close(round_id: str) -> None:
    get_store().close_handwriting(round_id)


@for_teachers
def _reopen(round_id: str) -> None:
    get_store().reopen_handwriting(round_id)


@for_teachers
def _delete(shown: HandwritingRound) -> None:
    get_store().delete_handwriting(shown.id)
    st.session_state.pop(_chosen_key(shown.class_id), None)


@for_teachers
def _take_out(round_id: str, ids: list[str]) -> None:
    get_store().take_out_handwriting(round_id, ids)
