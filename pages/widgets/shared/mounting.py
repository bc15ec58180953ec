"""Components with a browser side of their own: HTML, CSS and JavaScript beside their Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_FIRST_SCRIPT = Path(__file__).with_suffix(".js")


def register_component(name: str, folder: Path, stem: str, *, shared_script: str = "") -> Any:
    """Register a component whose browser side lies in three files.

    Args:
        name: the component's name.
        folder: where its files are.
        stem: their name, without .html, .css and .js.
        shared_script: JavaScript that comes before its own, after what all components begin with.
    """
    html, css, script = (
        (folder / f"{stem}.{ending}").read_text(encoding="utf-8")
        for ending in ("html", "css", "js")
    )
    return st.components.v2.component(
        f"mnist_{name}",
        html=html,
        css=css,
        js=_FIRST_SCRIPT.read_text(encoding="utf-8") + shared_script + script,
        # The page's fonts and colours come in; inside a shadow root Plotly's mode bar would lose
        # its styles. Classes begin with the component's name.
        isolate_styles=False,
    )
