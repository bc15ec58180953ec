"""Who of a class sits at this browser: joining, coming back, standing up, and what they may do."""

import contextlib
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from mnist_core.errors import ConfigError, StoreError
from mnist_core.lesson.assignment import Assignment, read_settings
from mnist_core.lesson.return_code import new_return_code, read_return_code
from mnist_core.store import ClassRules, Member, Run, SchoolClass
from pages.services.server import get_code_tries, get_return_tries, get_store
from pages.session.browser import (
    VISIT_TOKEN,
    browser_token,
    current_seat,
    forget_seat,
    is_mine,
    this_browser,
)

_PERSON = "person"
_LEFT = "left-a-class"


def find_class(code: str) -> SchoolClass:
    """Find the class of a code; one that fits none counts as a guess.

    Raises:
        ClassNotFoundError: no class has this code.
        TooManyTriesError: it was guessed too often.
    """
    with get_code_tries().guess(this_browser()) as right:
        found = get_store().find_class(code)
        right()
    return found


def join(school_class: SchoolClass, name: str, *, typed: bool) -> None:
    """Let whoever sits here into a class, under a name and a new return code."""
    code = new_return_code()
    get_store().join_class(school_class.id, name, code, token=browser_token(), typed=typed)
    forget_seat()


def come_back(school_class: SchoolClass, typed: str) -> None:
    """Give this browser to whoever has the return code.

    Raises:
        ConfigError: nobody of the class has it.
        TooManyTriesError: it was guessed too often.
    """
    with get_return_tries().guess(this_browser()) as right:
        code = read_return_code(typed)
        if get_store().return_to_class(school_class.id, code, token=browser_token()) is None:
            raise ConfigError(
                "Nobody in this class has this return code. It is three words, in their order.",
                "return_code",
            )
        right()
    forget_seat()


def stand_up() -> None:
    """Let this browser be nobody's again, in all its tabs."""
    get_store().leave_seat(this_browser())
    forget_seat()


def forget_who_left() -> bool:
    """Forget all that this tab holds of somebody who does not sit here any more.

    Returns:
        Whether somebody has left.
    """
    seat = current_seat()
    person = None if seat is None else seat.member.id
    before = st.session_state.get(_PERSON)
    has_left = before not in (None, person)
    if has_left:
        kept = {VISIT_TOKEN: st.session_state.get(VISIT_TOKEN), _LEFT: True}
        st.session_state.clear()
        st.session_state.update({name: value for name, value in kept.items() if value})
    st.session_state[_PERSON] = person
    return has_left


def has_left_a_class() -> bool:
    """Check, once, whether this tab was just left by somebody of a class."""
    return bool(st.session_state.pop(_LEFT, False))


def note_seen() -> None:
    """Let the teacher know that somebody looks at a page."""
    seat = current_seat()
    if seat is not None:
        with contextlib.suppress(StoreError):  # what is wrong with it is said elsewhere
            get_store().note_seen(seat.member)


def current_member() -> Member | None:
    """Return who of a class sits here, once let in."""
    seat = current_seat()
    return seat.member if seat is not None and seat.member.is_approved else None


def current_class() -> SchoolClass | None:
    """Return the class of whoever sits here, once let in."""
    seat = current_seat()
    return seat.school_class if seat is not None and seat.member.is_approved else None


def class_rules() -> ClassRules:
    """Return the rules for whoever sits here; those of no class allow what everybody may."""
    own = current_class()
    return ClassRules() if own is None else own.rules


def is_class_paused() -> bool:
    """Check whether the class of whoever sits here is paused: no run begins or goes on."""
    own = current_class()
    return own is not None and own.is_paused


def waits_for_prediction(run: Run) -> bool:
    """Check whether the class is to predict what a run comes to before it sees it.

    Only for runs of one's own; not for those of a grid, which nobody predicts one by one.
    """
    waits = class_rules().guess_first and run.expected_accuracy is None
    return bool(waits) and is_mine(run) and not run.background


def class_task() -> Assignment | None:
    """Return what the class is to do, if anything: a task, or settings to begin with."""
    return read_task(dict(class_rules().task))


def read_task(query: dict[str, str]) -> Assignment | None:
    """Read a task from the parameters of an address; settings alone are one without a question.

    Raises:
        ConfigError: a control is unknown, or a setting is not allowed.
    """
    if not query:
        return None
    return Assignment.from_query(query) or Assignment(settings=read_settings(query))


def read_link_to_train(address: str) -> Assignment:
    """Read a task, or settings, from an address of Train that somebody has copied.

    Raises:
        ConfigError: it has neither, or a control is unknown, or a setting is not allowed.
    """
    task = read_task(dict(parse_qsl(urlsplit(address.strip()).query)))
    if task is None:
        raise ConfigError(
            "This link has neither settings nor a question. Copy the address of Train as the "
            "class should find it.",
            "task",
        )
    return task
