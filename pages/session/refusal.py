"""Why a click could not be obeyed: a sentence that stays until the next click.

The run is somebody else's, it has just ended, the disk is full: no traceback reaches the page.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from mnist_core.errors import MnistError
from pages.text import message

Action = TypeVar("Action", bound=Callable[..., None])


def with_refusals_shown(action: Action) -> Action:
    """Turn a refusal into a message that stays until the next click."""

    @functools.wraps(action)
    def shown(*arguments: Any, **named: Any) -> None:
        try:
            action(*arguments, **named)
        except MnistError as error:
            st.session_state["refusal"] = str(error)

    return shown  # type: ignore[return-value]


def render_refusal() -> None:
    """Show why the last click could not be obeyed, once."""
    refusal = st.session_state.pop("refusal", None)
    if refusal:
        message.warning("{refusal} Nothing was lost.", refusal=refusal)
