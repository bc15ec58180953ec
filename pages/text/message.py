"""The coloured boxes: the only place that draws them, so that no message forgets to escape.

The words are ours and may be Markdown. What comes from outside has a place in them, ``{name}``,
and is shown as it was typed: names, parts of an address, settings, an error's sentence that
repeats any of these.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.text.markdown import plain


def error(words: str, **outside: object) -> None:
    """Say what went wrong."""
    _draw(st.error, words, outside)


def warning(words: str, **outside: object) -> None:
    """Say what could not be done, or what to think of first."""
    _draw(st.warning, words, outside)


def info(words: str, **outside: object) -> None:
    """Say why there is nothing to see, or what to do next."""
    _draw(st.info, words, outside)


def success(words: str, **outside: object) -> None:
    """Say what was done."""
    _draw(st.success, words, outside)


def _draw(box: Callable[[str], Any], words: str, outside: dict[str, object]) -> None:
    box(words.format(**{name: plain(str(value)) for name, value in outside.items()}))
