"""Keep drawn digits: under a set's name, with what they are, until somebody deletes them."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.errors import DrawingError, MnistError
from mnist_core.formatting import counted
from mnist_core.handwriting.drawing import prepare
from pages.services.digit_sets import keep_digits, set_names
from pages.session.browser import owner
from pages.text import message
from pages.views.draw.reading import Reading

WHAT_IS_KEPT = (
    "Its 28 × 28 pixels, what you say it is, its set, the time, and a mark of your browser by "
    "which you can delete it are kept on this server, until you or whoever began the set deletes "
    "it. Nothing else of your drawing or picture is kept."
)
SKIPPED = "-"
SET = "keeping-set"
SAID = "keeping-said"
PROBLEM = "keeping-problem"
LAST_KEPT = "keeping-last"


def render_keeping(found: Sequence[Reading]) -> None:
    """Draw the way to keep what was drawn, or found in a picture."""
    # Without on_change: a link in it closes it, and what Streamlit then asks of the page before
    # would end the page that the link leads to.
    with st.popover("Keep it", icon=":material/bookmark_add:"):
        st.selectbox(
            "Set",
            set_names(),
            index=None,
            placeholder="class 7b",
            accept_new_options=True,
            key=SET,
            persist_state="session",
            help="Choose a set, or type the name of a new one.",
        )
        if len(found) > 1:
            _render_all(found)
        else:
            _render_one(found)
        if problem := st.session_state.pop(PROBLEM, None):
            message.warning("{problem} Nothing was kept.", problem=problem)
        if said := st.session_state.pop(SAID, None):
            message.success("{said}", said=said)
            st.page_link("my_digits.py", label="My digits", icon=":material/bookmark:")
        st.caption(WHAT_IS_KEPT)


def _render_one(found: Sequence[Reading]) -> None:
    key = f"keeping-label-{_mark_of(found)}"
    st.segmented_control("It is a", range(10), key=key)
    st.button("Keep this digit", type="primary", on_click=_keep_one, args=(found, key))


def _render_all(found: Sequence[Reading]) -> None:
    key = f"keeping-labels-{_mark_of(found)}"
    st.text_input(
        "What they are, in this order",
        "".join(each.guess for each in found).replace("?", SKIPPED),
        key=key,
        help=f"These are the network's guesses: mend what is wrong. Write {SKIPPED} for a digit "
        "that is not to be kept.",
    )
    st.button("Keep these digits", type="primary", on_click=_keep_all, args=(found, key))


def _mark_of(found: Sequence[Reading]) -> int:
    """Compute a number that no other drawing has: what is said of one is not of the next."""
    drawings = [each.prepared.drawing.tobytes() for each in found if each.prepared]
    return crc32(b"".join(drawings))


# The callbacks read what was chosen where the controls keep it: the script may not have seen the
# last change yet. What a browser has not sent is not there.


def _keep_one(found: Sequence[Reading], key: str) -> None:
    _keep(found, [st.session_state.get(key)])


def _keep_all(found: Sequence[Reading], key: str) -> None:
    letters = "".join(st.session_state.get(key, "").split())
    if len(letters) != len(found) or not set(letters) <= set("0123456789" + SKIPPED):
        st.session_state[PROBLEM] = (
            f"Write one digit, or {SKIPPED}, for each of the {len(found)} that were found."
        )
        return
    kept = [
        (each, int(letter))
        for each, letter in zip(found, letters, strict=True)
        if letter != SKIPPED
    ]
    _keep([each for each, _ in kept], [label for _, label in kept])


def _keep(found: Sequence[Reading], labels: Sequence[int | None]) -> None:
    """Keep digits with every step done, whatever is switched off; a second click keeps no more."""
    name = st.session_state.get(SET) or ""
    try:
        known = _checked(labels)
        images = np.stack([_prepared(each) for each in found])
        what = images.tobytes(), tuple(known), name
        if st.session_state.get(LAST_KEPT) == what:
            st.session_state[SAID] = "This is kept already."
            return
        size = keep_digits(name, images, known, owner=owner())
    except MnistError as error:
        st.session_state[PROBLEM] = str(error)
        return
    st.session_state[LAST_KEPT] = what
    st.session_state[SAID] = f"Kept. “{name}” has {counted(size, 'digit')} now."


def _checked(labels: Sequence[int | None]) -> list[int]:
    known = [label for label in labels if label is not None]
    if not known or len(known) < len(labels):
        raise DrawingError("Say which digit it is, 0 to 9.")
    return known


def _prepared(found: Reading) -> npt.NDArray[np.uint8]:
    if found.prepared is None:
        raise DrawingError(found.problem)
    return prepare(found.prepared.drawing).image
