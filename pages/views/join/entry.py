"""The way into a class: its code, then a name, or the return code of who was there before."""

import streamlit as st

from mnist_core.errors import ClassClosedError, MnistError
from mnist_core.lesson.nicknames import suggest_name
from mnist_core.store import SchoolClass
from mnist_core.store.classes import read_class_code
from mnist_core.store.members import LONGEST_MEMBER_NAME
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER
from pages.session.person import come_back, find_class, join
from pages.session.refusal import with_refusals_shown
from pages.text import message
from pages.text.markdown import plain

_FOUND = "class-found"
_RETURN, _TYPED = "return-code", "typed-name"


def render_entry() -> None:
    """Draw the field for the code, and below it the two ways in."""
    code = st.text_input(
        "Code of the class",
        key=CLASS_PARAMETER,
        max_chars=20,
        placeholder="Five letters",
        bind="query-params",
        help="Your teacher shows it.",
    )
    if not read_class_code(code):
        return
    try:
        found = _class_of(code)
    except MnistError as error:
        message.warning("{error}", error=error)
        return
    st.subheader(f"Class {plain(found.name)}", anchor=False)
    if found.is_open:
        _render_name(found)
    else:
        message.info("{closed}", closed=ClassClosedError())
    with st.expander("I was here before"):
        st.text_input("Return code", key=_RETURN, max_chars=60, placeholder="Three words")
        st.button("Back to my place", on_click=_come_back, args=(found,), icon=":material/login:")


def _class_of(code: str) -> SchoolClass:
    """Find the class; a page that is drawn again does not ask for the same code as a new guess."""
    code = read_class_code(code)
    found: dict[str, str] = st.session_state.setdefault(_FOUND, {})
    if code not in found:
        found.clear()
        found[code] = find_class(code).id
    return get_store().get_class(found[code])


def _render_name(found: SchoolClass) -> None:
    key = f"name-in-{found.id}"
    if key not in st.session_state:
        _suggest(found, key)
    name = st.session_state[key]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Your name here: **{plain(name)}**", width="content")
        st.button("Another one", on_click=_suggest, args=(found, key), icon=":material/casino:")
    if found.rules.typed_names:
        st.text_input(
            "Or a name of your own",
            key=_TYPED,
            max_chars=LONGEST_MEMBER_NAME,
            help="Your teacher reads it. The class does not.",
        )
    st.button("Join", type="primary", on_click=_join, args=(found, name), icon=":material/group:")


def _suggest(found: SchoolClass, key: str) -> None:
    taken = [each.name for each in get_store().list_members(found.id)]
    st.session_state[key] = suggest_name([*taken, st.session_state.get(key, "")])


@with_refusals_shown
def _join(found: SchoolClass, given: str) -> None:
    typed = str(st.session_state.get(_TYPED) or "").strip()
    join(found, typed or given, typed=bool(typed))


@with_refusals_shown
def _come_back(found: SchoolClass) -> None:
    come_back(found, str(st.session_state.get(_RETURN) or ""))
