"""How quick the page Mistakes is: ``python -m benchmarks.mistakes``.

In a real browser, for a finished run of two epochs on the data that ``load_mnist`` finds here:

- from the click on the page's name to the drawn matrix and gallery, the first time after the
  server has started, and when the page is opened again;
- from a click on a cell of the matrix to the digits it counts;
- from a click on a digit to its likelihoods, and from there to the next digit.

Prints one JSON object. The page should open within 0.5 s and answer a filter within 0.2 s.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from playwright.sync_api import Page

from benchmarks.visit import rounded, visited

OPENINGS = 5
CELLS = ((4, 9), (9, 4), (7, 2), (3, 5), (5, 3), (8, 3), (2, 7), (7, 9), (5, 8), (6, 0))
READY = "[data-testid=confusion-matrix] td[data-true='9'][data-guess='9']"
GALLERY = ".st-key-gallery-mistakes .digit-item"


def main() -> None:
    """Measure everything once and print it."""
    with visited() as (page, url, run_id):
        page.goto(f"{url}/results?run={run_id}")
        page.get_by_role("heading", name="Results", level=1).wait_for()
        figures = measure(page)
    print(json.dumps(figures, indent=2))


def measure(page: Page) -> dict[str, object]:
    """Open the page several times, then filter and look at single digits."""
    first = opened(page)
    again = []
    for _ in range(OPENINGS):
        page.get_by_role("link", name="Glossary", exact=True).click()
        page.get_by_role("heading", name="Glossary", level=1).wait_for()
        again.append(opened(page))
    cells = [seconds for cell in CELLS if (seconds := chosen(page, *cell)) is not None]
    page.get_by_role("button", name="Show all mistakes").click()
    page.locator(GALLERY).nth(10).wait_for()
    return {
        "first_opening_seconds": round(first, 2),
        "opening_seconds": rounded(again),
        "cell_to_its_digits_seconds": rounded(cells),
        **single_digits(page),
    }


def opened(page: Page) -> float:
    """Click the page's name; give the seconds until matrix and gallery are drawn."""
    began = time.perf_counter()
    page.get_by_role("link", name="Mistakes", exact=True).click()
    page.locator(READY).wait_for()
    page.locator(GALLERY).first.wait_for()
    return time.perf_counter() - began


def chosen(page: Page, true: int, guess: int) -> float | None:
    """Click a cell; give the seconds until its digits are there, None where it counts none."""
    cell = page.locator(
        f"[data-testid=confusion-matrix] td[data-true='{true}'][data-guess='{guess}']"
    )
    if not cell.inner_text():
        return None
    began = time.perf_counter()
    cell.click()
    page.wait_for_function(
        """([gallery, caption]) => {
            const items = [...document.querySelectorAll(gallery)];
            return items.length > 0 && items.every((item) => item.innerText.startsWith(caption));
        }""",
        arg=[GALLERY, f"{true} → {guess}"],
        polling=10,
    )
    return time.perf_counter() - began


def single_digits(page: Page) -> dict[str, object]:
    """Open a digit and step to the next ones; give the seconds to each."""

    def timed(act: Callable[[], None], place: int) -> float:
        began = time.perf_counter()
        act()
        page.get_by_test_id("stDialog").get_by_text(f"{place} of ").wait_for()
        page.locator(".st-key-chart-likelihoods .main-svg").first.wait_for()
        return time.perf_counter() - began

    opening = timed(page.locator(GALLERY).first.click, 1)
    stepping = [timed(lambda: page.keyboard.press("n"), place) for place in range(2, 7)]
    return {"digit_in_full_seconds": round(opening, 2), "next_digit_seconds": rounded(stepping)}


if __name__ == "__main__":
    main()
