"""Which browsers show a projector: whoever types an address there finds the switch as it was."""

from pages.services.server import get_projecting_browsers
from pages.session.browser import this_browser

MOST_KNOWN = 1000


def is_projecting() -> bool:
    """Check whether this browser's last page was drawn for a projector."""
    return this_browser() in get_projecting_browsers()


def note_projecting(*, is_on: bool) -> None:
    """Remember it, until the server ends."""
    browsers = get_projecting_browsers()
    if is_on:
        if len(browsers) >= MOST_KNOWN:
            browsers.clear()
        browsers.add(this_browser())
    else:
        browsers.discard(this_browser())
