"""Who is in a class and what they do, a line each; letting in, renaming, removing."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.errors import ClassNotFoundError
from mnist_core.formatting import counted
from mnist_core.serving.run_words import accuracy, state
from mnist_core.store import Member, Run, RunStatus, SchoolClass
from mnist_core.store.members import LONGEST_MEMBER_NAME
from pages.services.server import get_store
from pages.session.refusal import render_refusal
from pages.session.teacher import for_teachers, is_teacher
from pages.text.markdown import plain
from pages.views.teacher.lead import show_to_all

LOOK_SECONDS = 3.0
HERE_SECONDS = 150.0
"""Somebody is here who was seen so lately: what is written down is a minute old at most."""


@st.fragment(run_every=LOOK_SECONDS)
def render_people(opened: SchoolClass) -> None:
    """Draw the lines, and draw them again every few seconds."""
    if not is_teacher() or _has_changed(opened):
        st.rerun()
    st.html("<style>@media (width > 40rem) {[class*=st-key-member-] {flex-wrap: nowrap}}</style>")
    with st.container(key="people"):
        _render_lines(opened)


def _has_changed(opened: SchoolClass) -> bool:
    """Check whether the rest of the page is out of date: by a click here, or another teacher's."""
    try:
        return get_store().class_revision(opened.id) != opened.revision
    except ClassNotFoundError:
        return True


def _render_lines(opened: SchoolClass) -> None:
    render_refusal()  # of a click in this part
    people = get_store().list_members(opened.id)
    runs = get_store().latest_runs([each.owner for each in people])
    here = sum(map(_is_here, people))
    st.subheader(f"{counted(here, 'person', 'people')} here", anchor=False)
    if not people:
        st.caption("Nobody has joined yet.")
    _render_waiting([each for each in people if not each.is_approved], opened)
    for each in people:
        _render_line(each, runs.get(each.owner))


def _render_waiting(waiting: Sequence[Member], opened: SchoolClass) -> None:
    if len(waiting) > 1:
        st.button(
            "Let everybody in",
            on_click=_approve,
            args=(opened.id, [each.id for each in waiting]),
            icon=":material/done_all:",
        )


def _render_line(member: Member, run: Run | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"member-{member.id}"):
        st.markdown(f"**{plain(member.name)}** · {_doing(member, run)}", width="stretch")
        if not member.is_approved:
            st.button(
                "Let in",
                key=f"let-in-{member.id}",
                on_click=_approve,
                args=(member.class_id, [member.id]),
                icon=":material/check:",
            )
        if run is not None:
            _render_run_buttons(member, run)
        change = st.popover("Change", key=f"change-{member.id}", type="tertiary", on_change="rerun")
        if change.open:
            with change:
                _render_change(member)


def _render_run_buttons(member: Member, run: Run) -> None:
    """Draw what can be done with somebody's newest run; shown to all, it bears no name."""
    page = "results" if run.status is RunStatus.FINISHED else "train"
    st.button(
        "Show to all",
        key=f"show-{member.id}",
        on_click=show_to_all,
        args=(member.class_id, page, run.id),
        type="tertiary",
    )
    if not run.status.is_over:
        st.button(
            "Stop",
            key=f"stop-{member.id}",
            on_click=_stop,
            args=(member,),
            type="tertiary",
        )


def _render_change(member: Member) -> None:
    key = f"new-name-{member.id}"
    st.text_input("Name", member.name, key=key, max_chars=LONGEST_MEMBER_NAME)
    st.button("Rename", key=f"rename-{member.id}", on_click=_rename, args=(member, key))
    st.button(
        "Remove from the class",
        key=f"remove-{member.id}",
        on_click=_remove,
        args=(member,),
        icon=":material/person_remove:",
        help="What they have handed in is deleted. Their runs stay.",
    )


def _doing(member: Member, run: Run | None) -> str:
    if not member.is_approved:
        return "waits to be let in"
    seen = "" if _is_here(member) else f", last here {member.seen_at.astimezone():%d %b, %H:%M}"
    if run is None:
        return f"no run yet{seen}"
    reached = "" if accuracy(run) == "–" else f", {accuracy(run)}"
    return f"{plain(run.config.describe())}: {state(run)}{reached}{seen}"


def _is_here(member: Member) -> bool:
    return get_store().now() - member.seen_at.timestamp() < HERE_SECONDS


@for_teachers
def _stop(member: Member) -> None:
    get_store().stop_class_runs(member.class_id, member.id)


@for_teachers
def _approve(class_id: str, member_ids: Sequence[str]) -> None:
    get_store().approve_members(class_id, member_ids)


@for_teachers
def _rename(member: Member, key: str) -> None:
    get_store().rename_member(member.class_id, member.id, str(st.session_state.get(key) or ""))


@for_teachers
def _remove(member: Member) -> None:
    get_store().remove_member(member.class_id, member.id)
