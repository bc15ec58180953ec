"""From other pages to Look inside, with a digit: what is handed over, and the buttons."""

from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt
import streamlit as st

DIGIT_KEY = "digit"
BROUGHT_KEY = "brought-digit"
SHOWS_BROUGHT_KEY = "shows-brought-digit"
LABEL = "Look inside"
ICON = ":material/visibility:"


class ShownDigit(NamedTuple):
    """A digit that goes through the network.

    Attributes:
        image: uint8 (28, 28), 0 background to 255 ink.
        true: the digit it is, 0 to 9; None where nobody has said it.
        name: what it is called: "test digit number 115", "your drawing".
        position: where it stands in the test set; None for one that was brought along.
    """

    image: npt.NDArray[np.uint8]
    true: int | None
    name: str
    position: int | None = None


def open_inside(position: int) -> NoReturn:
    """Leave for Look inside, with a digit of the test set."""
    st.session_state[SHOWS_BROUGHT_KEY] = False
    st.session_state[DIGIT_KEY] = position
    st.switch_page("inside.py", query_params=_carried() | {DIGIT_KEY: str(position)})


def look_inside(image: npt.NDArray[np.uint8], true: int | None, name: str) -> NoReturn:
    """Leave for Look inside, with any digit; it is kept in this tab's session only.

    Args:
        image: uint8 (28, 28), 0 background to 255 ink.
        true: the digit it is, 0 to 9; None where nobody has said it.
        name: what it is called: "your drawing".
    """
    st.session_state[BROUGHT_KEY] = ShownDigit(image, true, name)
    st.session_state[SHOWS_BROUGHT_KEY] = True
    st.switch_page("inside.py", query_params=_carried())


def render_look_inside(image: npt.NDArray[np.uint8], true: int | None, name: str) -> None:
    """Draw the button that leaves for Look inside with a digit."""
    if st.button(LABEL, icon=ICON, key="look-inside"):
        look_inside(image, true, name)


def _carried() -> dict[str, str]:
    """Return what stands in the URL of every page: the run, the projector."""
    kept = ("run", "projector")
    return {name: st.query_params[name] for name in kept if name in st.query_params}
