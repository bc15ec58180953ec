"""What somebody of a class is to write: one digit at a time, kept with its label."""

from pathlib import Path
from typing import NamedTuple

import streamlit as st

from mnist_core.errors import DrawingError
from mnist_core.formatting import article, counted
from mnist_core.handwriting.drawing import prepare
from mnist_core.store import HandwritingRound, Seat
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.text import message
from pages.widgets.drawing_canvas import drawn_in, render_drawing_canvas

FIELD_LABEL = "Field to write the digit in, with a finger, a pen or the mouse."
LOOK_SECONDS = 4.0
_FIELDS = "writing-fields"  # how many were used up in this tab: every digit has a new one
_AGAIN = "writing-again"
_STYLE = Path(__file__).with_name("write.css")


class Progress(NamedTuple):
    """How far somebody is in the round that is open.

    Attributes:
        round: the round.
        tasks: what they are to write, 0 to 9 each.
        kept: for which of the tasks their digits are kept, the newest last.
        again: the task that they want to write once more, though it is kept.
    """

    round: HandwritingRound
    tasks: tuple[int, ...]
    kept: tuple[int, ...]
    again: int | None

    @property
    def place(self) -> int | None:
        """Which task is next; None where all are done."""
        if self.again is not None:
            return self.again
        return next((each for each in range(len(self.tasks)) if each not in self.kept), None)


def render_writing(seat: Seat) -> None:
    """Draw the next digit to write, or that there is none."""
    st.html(_STYLE)
    progress = _progress(seat)
    if progress is None or progress.place is None:
        _render_rest(seat)
    else:
        _render_task(seat)


def render_other_class(seat: Seat) -> None:
    """Say that whoever sits here is not in the class of the link."""
    st.title("Write digits", anchor=False)
    message.info(
        "This link is another class's, and you are {name} in class {school_class}. Press your "
        "name at the top, then “I am somebody else”, and open the link once more.",
        name=seat.member.name,
        school_class=seat.school_class.name,
    )


@st.fragment(run_every=LOOK_SECONDS)
def _render_rest(seat: Seat) -> None:
    """Draw thanks, or that no round is open; the page goes on by itself when there is one."""
    progress = _progress(seat)
    if progress is not None and progress.place is not None:
        st.rerun()
    if progress is None:
        st.title("Write digits", anchor=False)
        render_refusal()
        message.info(
            "No handwriting round is open in class {name}. When one starts, this page goes on by "
            "itself.",
            name=seat.school_class.name,
        )
        return
    st.title("Thank you", anchor=False)
    st.markdown(f"{counted(len(progress.tasks), 'digit')} in your hand went to your teacher.")
    _render_again(progress)


@st.fragment
def _render_task(seat: Seat) -> None:
    """Draw one task: what to write, the field, and how far one is."""
    progress = _progress(seat)
    if progress is None or progress.place is None:
        st.rerun()
    place, tasks = progress.place, progress.tasks
    digit = tasks[place]
    number = len(progress.kept) + (progress.again is None)
    field = f"writing-field-{st.session_state.get(_FIELDS, 0)}"
    st.title(f"Write {article(digit)} {digit}", anchor=False)
    st.progress(number / len(tasks), text=f"{number} of {len(tasks)}")
    try:
        render_drawing_canvas(FIELD_LABEL, key=field)
    except DrawingError as error:
        message.warning("{error}", error=error)
    with st.container(horizontal=True):
        st.button(
            "Keep and next",
            type="primary",
            icon=":material/check:",
            key=f"keep-{field}",
            on_click=_keep,
            args=(progress.round.id, place, digit, field),
        )
        _render_again(progress)
    render_refusal()
    st.caption("Your digits go to your teacher, and are deleted with the class.")


def _render_again(progress: Progress) -> None:
    """Draw the way back to what was kept last."""
    if progress.again is not None:
        st.button("Leave it as it was", on_click=_write_again, args=(None,), key="leave-it")
    elif progress.kept:
        last = progress.kept[-1]
        digit = progress.tasks[last]
        st.button(
            f"Write the {digit} again",
            on_click=_write_again,
            args=((progress.round.id, last),),
            icon=":material/undo:",
            key="write-again",
        )


def _progress(seat: Seat) -> Progress | None:
    """Read how far somebody is; None where no round is open."""
    store = get_store()
    current = store.open_handwriting(seat.member.class_id)
    if current is None:
        return None
    kept = store.kept_handwriting(current.id, owner=seat.member.owner)
    round_id, place = st.session_state.get(_AGAIN) or ("", None)
    again = place if round_id == current.id and place in kept else None
    return Progress(current, current.tasks_of(seat.member.owner), kept, again)


@with_refusals_shown
def _keep(round_id: str, place: int, digit: int, field: str) -> None:
    ink = drawn_in(field)
    if ink is None:
        raise DrawingError(f"The field is empty. Write the {digit} first.")
    get_store().keep_handwriting(round_id, place, prepare(ink).image, owner=owner())
    _write_again(None)


def _write_again(task: tuple[str, int] | None) -> None:
    """Go to a task that is done, or on with the others; the field is empty then."""
    st.session_state[_AGAIN] = task
    st.session_state[_FIELDS] = st.session_state.get(_FIELDS, 0) + 1
