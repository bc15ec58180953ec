"""How quick the pages Look inside and Draw are: ``python -m benchmarks.inside``.

In a real browser, for a finished run of two epochs on the data that ``load_mnist`` finds here.
Each function of ``MEASUREMENTS`` gets the page with a run and gives its figures; without names on
the command line, all are taken. ``--layers 512,512`` trains another network. Prints one JSON
object. The map should be there within 1 s, the arithmetic of a node, one update and the likelihoods
of a drawing within 0.3 s; one update of 784-512-512-10 within 0.6 s.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections.abc import Callable, Sequence

from playwright.sync_api import Locator, Page

from benchmarks.visit import Visit, rounded, visited

OPENINGS = 5
POINTS = "[data-testid=map-points]"
NODES = 10
ARITHMETIC = ".st-key-arithmetic table"
CANVAS = "[data-testid=drawing-canvas] canvas"
LOSSES = "[data-testid=network-figure] [data-part=layers]"
DRAWING = ".st-key-inside-drawing"
UPDATES = 10
STROKES = 10
WARM_UP = 2

TEXT = "(selector) => document.querySelector(selector)?.textContent ?? null"

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
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description="Measure Look inside and Draw in a browser.")
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--layers", default="128", help="hidden layers of the network (128)")
    asked_for = parser.parse_args()
    with visited("--layers", asked_for.layers) as visit:
        names = asked_for.names or MEASUREMENTS
        figures = {name: MEASUREMENTS[name](visit) for name in names}
    print(json.dumps(figures, indent=2))


def measure_map(visit: Visit) -> dict[str, object]:
    """Choose what the map is of; give the seconds until its points move and until they rest.

    The first time the server works the map out, later it has it.
    """
    page = visit.page
    page.goto(f"{visit.url}/results?run={visit.run_id}")
    page.get_by_role("heading", name="Results", level=1).wait_for()
    page.locator(".main-svg").first.wait_for()
    rest(page)
    page.get_by_role("link", name="Look inside", exact=True).click()
    page.get_by_role("heading", name="Look inside", level=1).wait_for()
    rest(page)
    began = time.perf_counter()
    page.get_by_role("radio", name="Map").click()
    page.locator(f"{POINTS}[data-drawings='1']").wait_for()
    opening = time.perf_counter() - began
    first = [chosen(page, layer) for layer in ("Pixels", "Layer 1")]
    again = [chosen(page, layer) for _ in range(OPENINGS) for layer in ("Pixels", "Output")]
    return {
        "first_opening_seconds": round(opening, 2),
        "points": page.locator(POINTS).evaluate("(node) => node.digitMap.data.numbers.length"),
        "first_time_until_points_move_seconds": rounded([moving for moving, _ in first]),
        "first_time_until_points_rest_seconds": rounded([resting for _, resting in first]),
        "again_until_points_move_seconds": rounded([moving for moving, _ in again]),
        "again_until_points_rest_seconds": rounded([resting for _, resting in again]),
    }


def chosen(page: Page, layer: str) -> tuple[float, float]:
    """Choose a layer; give the seconds until the first point has moved and until all rest."""
    rest(page)
    before = page.locator(POINTS).evaluate("(node) => node.digitMap.now.x[0]")
    drawings = int(page.locator(POINTS).get_attribute("data-drawings") or 0)
    began = time.perf_counter()
    page.get_by_role("radio", name=layer).click()
    node = f"document.querySelector('{POINTS}')"
    page.wait_for_function(f"(x) => {node}.digitMap.now.x[0] !== x", arg=before, polling="raf")
    moving = time.perf_counter() - began
    page.wait_for_function(f"(n) => {node}.dataset.drawings > n", arg=drawings, polling="raf")
    return moving, time.perf_counter() - began


def measure_node(visit: Visit) -> dict[str, object]:
    """Click on nodes; give the seconds until each one's arithmetic is there."""
    page = visit.page
    page.goto(f"{visit.url}/look_inside?run={visit.run_id}")
    nodes = page.get_by_role("button", name=re.compile("^layer 1, node "))
    nodes.nth(NODES).wait_for()
    rest(page)
    seconds = [asked(page, nodes.nth(number)) for number in range(NODES)]
    return {"first_seconds": round(seconds[0], 2), "seconds": rounded(seconds[1:])}


def asked(page: Page, node: Locator) -> float:
    """Click on a node; give the seconds until its name and its own arithmetic are there."""
    name = (node.get_attribute("aria-label") or "").partition(", activation")[0]
    before = page.evaluate(TEXT, ARITHMETIC)
    rest(page)
    began = time.perf_counter()
    node.click()
    page.get_by_role("heading", name=f"{name[0].upper()}{name[1:]}", exact=True).wait_for()
    page.wait_for_function(
        f"([selector, before]) => ![before, null].includes(({TEXT})(selector))",
        arg=[ARITHMETIC, before],
        polling="raf",
    )
    return time.perf_counter() - began


def measure_update(visit: Visit) -> dict[str, object]:
    """Update by hand, by both optimizers; give the seconds until the new likelihoods are there."""
    page = visit.page
    page.goto(f"{visit.url}/look_inside?run={visit.run_id}&view=One+update")
    figures: dict[str, object] = {}
    for optimizer in ("Gradient descent", "Adam"):
        rest(page)
        page.get_by_role("radio", name=optimizer).click()
        rest(page)
        page.get_by_role("button", name="Update the weights").wait_for()
        seconds = [updated(page, number) for number in range(1, 1 + UPDATES)]
        figures[optimizer] = {
            "first_seconds": round(seconds[0], 2),
            "seconds": rounded(seconds[1:]),
        }
    return figures


def updated(page: Page, number: int) -> float:
    """Make the next update; give the seconds until its sentence and its likelihoods are there.

    The mouse is on the button already, as a hand is that presses it again and again. Looked for in
    every frame: Playwright's own waiting looks after 20, 70, 170, 270 and then after 770 ms.
    """
    before = page.evaluate(TEXT, LOSSES)
    page.locator(".st-key-update-again button").hover()
    rest(page)
    began = time.perf_counter()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function(
        f"""([words, before]) => {{
            const text = {TEXT};
            return text("{DRAWING}")?.includes(words) && ![before, null].includes(text("{LOSSES}"));
        }}""",
        arg=[f"After {number} update{'s' * (number > 1)} by hand", before],
        polling="raf",
    )
    return time.perf_counter() - began


def measure_strokes(visit: Visit) -> dict[str, object]:
    """Draw; give the seconds from each stroke's end to its likelihoods."""
    page = visit.page
    page.goto(f"{visit.url}/draw?run={visit.run_id}")
    page.locator(CANVAS).wait_for()
    seconds = [answered(page, number) for number in range(WARM_UP + STROKES)]
    return {"first_seconds": round(seconds[0], 2), "seconds": rounded(seconds[WARM_UP:])}


def answered(page: Page, number: int) -> float:
    """Add a stroke to the drawing; give the seconds from its end to the new likelihoods."""
    before = page.evaluate(SHOWN)
    draw(page, stroke(number))
    began = time.perf_counter()
    page.wait_for_function(CHANGED, arg=before, polling="raf")
    return time.perf_counter() - began


def stroke(number: int) -> Sequence[tuple[float, float]]:
    """Return a piece of a circle, each further round than the last."""
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


def rest(page: Page) -> None:
    """Wait until the page's script has come to its end."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


MEASUREMENTS: dict[str, Callable[[Visit], dict[str, object]]] = {
    "map": measure_map,
    "node": measure_node,
    "update": measure_update,
    "strokes": measure_strokes,
}


if __name__ == "__main__":
    main()
