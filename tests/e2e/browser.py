"""The browser that the tests, the benchmark and the picture drive."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

# Not chromium-headless-shell: in it, the matrix of Mistakes does not fit on a phone.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
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
        browser = playwright.chromium.launch(executable_path=program_path(), args=ARGUMENTS)
        yield browser
        browser.close()


def program_path() -> str:
    """Find Chromium on this machine."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert path, "The browser tests need Chromium; scripts/test installs it."
    return path
