"""Words kept while they are typed: sent to the server at each pause, and when the field is left."""

from pathlib import Path

from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)


def render_typed_words(address: str, key: str) -> None:
    """Send what is typed in the text area of the container around this.

    Args:
        address: where it is sent, as seen from the page.
        key: of this component.
    """
    _component(key=key, data={"address": address})
