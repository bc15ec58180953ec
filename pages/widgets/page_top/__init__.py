"""The top of a page, where it begins: also where the link to it stood far down on another page.

Streamlit leaves the window where it was scrolled to, as long as the page is high enough for it.
"""

from pathlib import Path

from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_page_top(page: str) -> None:
    """Let the window begin at its top whenever it shows another page than before."""
    _component(key="page-top", data={"page": page})
