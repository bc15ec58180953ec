"""The browser that the tests, the benchmark and the picture drive."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

LAUNCH_TIMEOUT = 180_000  # ms; a machine that does much else is slow, not wrong
# First the one without a window's menus and buttons to draw, where nobody sees them.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--font-render-hinting=none",  # or the first makes text wider than windows do
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def launched_browser() -> Iterator[Browser]:
    """Start a headless Chromium and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program_path(), args=ARGUMENTS, timeout=LAUNCH_TIMEOUT
        )
        yield browser
        browser.close()


def program_path() -> str:
    """Find Chromium on this machine."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert path, "The browser tests need Chromium; scripts/test installs it."
    return path
