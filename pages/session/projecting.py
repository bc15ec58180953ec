"""Which browsers show a projector: whoever types an address there finds the switch as it was."""

from pages.services.server import get_projecting_browsers
from pages.session.browser import owner


def is_projecting() -> bool:
    """Check whether this browser's last page was drawn for a projector."""
    return owner() in get_projecting_browsers()


def note_projecting(*, is_on: bool) -> None:
    """Remember it, until the server ends."""
    browsers = get_projecting_browsers()
    if is_on:
        browsers.add(owner())
    else:
        browsers.discard(owner())
