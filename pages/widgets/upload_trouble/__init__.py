"""What became of a file that somebody chose and that the page does not have.

The upload is Streamlit's, and so is its picture of the file: it tells of a refusal by an icon, and
of a file that the server has lost, when it was started anew, not at all.
"""

from pathlib import Path

from pages.widgets.shared.mounting import register_component

REFUSED = (
    "The picture did not arrive: something between this browser and the server refused it, perhaps "
    "for its size. Choose a smaller one, or draw the digit. Nothing else was lost. (Whoever runs "
    "the server finds in its README, under “Behind a proxy”, what to set.)"
)
LOST = "The server was started anew and does not have this picture any more. Choose it once again."

_component = register_component(Path(__file__).parent)


def render_upload_trouble(
    *, has_file: bool, key: str, refused: str = REFUSED, lost: str = LOST
) -> None:
    """Say what is wrong where an upload in the container around this shows a file in vain.

    Args:
        has_file: whether the page's script was given a file.
        key: of this component.
        refused: what to say where something on the way refused it.
        lost: what to say where the server has it no more.
    """
    _component(key=key, data={"hasFile": has_file, "refused": refused, "lost": lost})
