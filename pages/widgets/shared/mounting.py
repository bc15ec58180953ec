"""Components with a browser side of their own: HTML, CSS and JavaScript beside their Python."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.widgets.shared.bundle import bundle


def register_component(folder: Path) -> Any:
    """Register the component of a folder, under the folder's name.

    Args:
        folder: where its .html, .css and .js are, which have its name too.
    """
    files = folder / folder.name
    return st.components.v2.component(
        f"mnist_{folder.name}",
        html=files.with_suffix(".html").read_text(encoding="utf-8"),
        css=files.with_suffix(".css").read_text(encoding="utf-8"),
        js=bundle(files.with_suffix(".js")),
        # The page's fonts and colours come in; inside a shadow root Plotly's mode bar would lose
        # its styles. Classes begin with the component's name.
        isolate_styles=False,
    )


def is_place(sent: object, end: int) -> bool:
    """Check whether what a browser sent is a whole number from 0 on, before ``end``."""
    return type(sent) is int and 0 <= sent < end


def chosen_in(key: str) -> Any:
    """Return what the browser side of a component has chosen last; check it: it may be anything."""
    return (st.session_state.get(key) or {}).get("chosen")
