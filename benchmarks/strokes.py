"""How quick the page Draw answers: ``python -m benchmarks.strokes``.

In a real browser, for a finished run of two epochs on the data that ``load_mnist`` finds here:
from the moment a stroke ends to the likelihoods that belong to it, drawn.

Prints one JSON object. The answer should be there within 0.3 s.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.dashboard import rounded
from benchmarks.mistakes import train
from tests.e2e.browser import launched_browser
from tests.e2e.server import Server

CANVAS = "[data-testid=drawing-canvas] canvas"
STROKES = 10
WARM_UP = 2

# Writes down what the chart of the likelihoods and the heading above it look like.
SHOWN = """() => [
    [...document.querySelectorAll("h3")].map((each) => each.innerText).join(),
    document.querySelector(".st-key-chart-drawing-likelihoods .barlayer")?.innerHTML ?? "",
]"""
CHANGED = f"""(before) => {{
    const now = ({SHOWN})();
    return now.every((part, index) => part && part !== before[index]);
}}"""


def main() -> None:
    """Measure once and print it."""
    with tempfile.TemporaryDirectory() as folder, launched_browser() as browser:
        server = Server(Path(folder)).start()
        try:
            server.wait_for_workers()
            run_id = train(server)
            page = browser.new_context(viewport={"width": 1366, "height": 900}).new_page()
            page.set_default_timeout(60_000)
            page.goto(f"{server.url}/draw?run={run_id}")
            page.locator(CANVAS).wait_for()
            seconds = [answered(page, stroke) for stroke in range(WARM_UP + STROKES)]
        finally:
            server.stop()
    figures = {
        "first_stroke": round(seconds[0], 2),
        "stroke_to_likelihoods_seconds": rounded(seconds[WARM_UP:]),
    }
    print(json.dumps(figures, indent=2))


def answered(page: Page, number: int) -> float:
    """Add a stroke to the drawing; give the seconds from its end to the new likelihoods."""
    before = page.evaluate(SHOWN)
    draw(page, stroke(number))
    began = time.perf_counter()
    page.wait_for_function(CHANGED, arg=before, polling=10)
    return time.perf_counter() - began


def stroke(number: int) -> Sequence[tuple[float, float]]:
    """Give a piece of a circle, each further round than the last."""
    turns = [math.tau * (number + part / 8) / (WARM_UP + STROKES) for part in range(9)]
    return [(0.5 + 0.3 * math.sin(turn), 0.5 - 0.35 * math.cos(turn)) for turn in turns]


def draw(page: Page, points: Sequence[tuple[float, float]]) -> None:
    """Draw with the mouse, in shares of the field."""
    box = page.locator(CANVAS).bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()


if __name__ == "__main__":
    main()
