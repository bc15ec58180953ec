"""How quick the page Look inside is: ``python -m benchmarks.inside``.

In a real browser, for a finished run of two epochs on the data that ``load_mnist`` finds here.
Each function of ``MEASUREMENTS`` gets the page with a run and gives its figures; without names on
the command line, all are taken. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from benchmarks.dashboard import rounded
from benchmarks.mistakes import train
from tests.e2e.browser import launched_browser
from tests.e2e.server import Server

OPENINGS = 5
POINTS = "[data-testid=map-points]"


class Opened(NamedTuple):
    """What is measured: a browser's page at the dashboard, and a run on it."""

    page: Page
    url: str
    run_id: str


def main() -> None:
    """Measure what is asked for and print it."""
    names = sys.argv[1:] or list(MEASUREMENTS)
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        server = Server(Path(folder)).start()
        try:
            server.wait_for_workers()
            run_id = train(server)
            page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
            page.set_default_timeout(60_000)
            opened = Opened(page, server.url, run_id)
            figures = {name: MEASUREMENTS[name](opened) for name in names}
        finally:
            server.stop()
    print(json.dumps(figures, indent=2))


def measure_map(opened: Opened) -> dict[str, object]:
    """Choose what the map is of; give the seconds until its points move and until they rest.

    The first time the server works the map out, later it has it.
    """
    page = opened.page
    page.goto(f"{opened.url}/glossary?run={opened.run_id}")
    page.get_by_role("heading", name="Glossary", level=1).wait_for()
    page.get_by_role("link", name="Look inside", exact=True).click()
    began = time.perf_counter()
    page.get_by_role("radio", name="Map").click()
    page.locator(f"{POINTS}[data-drawings='1']").wait_for()
    opening = time.perf_counter() - began
    first = [chosen(page, layer) for layer in ("Layer 1", "Output")]
    again = [chosen(page, layer) for _ in range(OPENINGS) for layer in ("Pixels", "Output")]
    return {
        "opening_seconds": round(opening, 2),
        "points": page.locator(POINTS).evaluate("(node) => node.digitMap.data.numbers.length"),
        "first_time_until_points_move_seconds": rounded([moving for moving, _ in first]),
        "first_time_until_points_rest_seconds": rounded([resting for _, resting in first]),
        "again_until_points_move_seconds": rounded([moving for moving, _ in again]),
        "again_until_points_rest_seconds": rounded([resting for _, resting in again]),
    }


def chosen(page: Page, layer: str) -> tuple[float, float]:
    """Choose a layer; give the seconds until the first point has moved and until all rest."""
    page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
    before = page.locator(POINTS).evaluate("(node) => node.digitMap.now.x[0]")
    drawings = int(page.locator(POINTS).get_attribute("data-drawings") or 0)
    began = time.perf_counter()
    page.get_by_role("radio", name=layer).click()
    node = f"document.querySelector('{POINTS}')"
    page.wait_for_function(f"(x) => {node}.digitMap.now.x[0] !== x", arg=before, polling="raf")
    moving = time.perf_counter() - began
    page.wait_for_function(f"(n) => {node}.dataset.drawings > n", arg=drawings, polling="raf")
    return moving, time.perf_counter() - began


MEASUREMENTS: dict[str, Callable[[Opened], dict[str, object]]] = {"map": measure_map}


if __name__ == "__main__":
    main()
