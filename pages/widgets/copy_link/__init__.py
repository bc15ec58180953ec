"""An address to read, to select, and to copy with one click, on plain HTTP as well."""

from pathlib import Path

from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_copy_link(address: str, *, key: str) -> None:
    """Draw the address and the button that copies it.

    Args:
        address: in full.
        key: the element's key.
    """
    _component(key=key, data={"address": address})
