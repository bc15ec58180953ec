"""How quick the dashboard feels: ``python -m benchmarks.dashboard``.

In a real browser, with warm workers, on the data that ``load_mnist`` finds here:

- from the click on Train to the first live point of the curve;
- a whole default run from the page against the same run from the command line, in one go;
- from a key on a slider to the page's answer, while a run goes on.

Prints one JSON object. The ratio is what counts; the seconds depend on the machine.
"""

from __future__ import annotations

import json
import statistics
import time

from playwright.sync_api import Browser

from benchmarks.visit import rounded, served, train
from mnist_core.store import RunStatus
from tests.e2e.server import Server
from tests.e2e.train_page import TrainPage

ROUNDS = 3
KEYS = 10
FIRST_POINT = """() => {
    const node = document.querySelector("[data-testid=live-figure] .js-plotly-plot")
        ?? document.querySelector("[data-testid=live-figure].js-plotly-plot");
    const trace = node?.data?.find((each) => each.meta === "step_accuracy");
    return trace?.x.length > 0 && trace.x[0] < 1;
}"""


def main() -> None:
    """Measure everything once and print it."""
    with served(MNIST_OFFLINE="0") as (server, browser):
        figures = measure(server, browser)
    print(json.dumps(figures, indent=2))


def measure(server: Server, browser: Browser) -> dict[str, object]:
    """Take turns between page and command line, then try the slider."""
    first_points, page_seconds, command_seconds = [], [], []
    for _ in range(ROUNDS):
        tab = open_tab(server, browser)
        first, whole = train_from_page(tab)
        first_points.append(first)
        page_seconds.append(whole)
        tab.page.context.close()
        command_seconds.append(train(server)["seconds"])
    ratios = [page / command for page, command in zip(page_seconds, command_seconds, strict=True)]
    return {
        "click_to_first_point_seconds": rounded(first_points),
        "page_run_seconds": rounded(page_seconds),
        "command_line_fit_seconds": rounded(command_seconds),
        "page_to_command_line": round(statistics.median(ratios), 2),
        "slider_answer_seconds_while_a_run_goes_on": slider_answer(open_tab(server, browser)),
    }


def open_tab(server: Server, browser: Browser) -> TrainPage:
    """Open the Train page in a browser of its own."""
    return TrainPage(browser.new_context().new_page(), server).open()


def train_from_page(tab: TrainPage) -> tuple[float, float]:
    """Press Train; give the seconds to the first point and the seconds of the fit."""
    began = time.perf_counter()
    tab.press("Train")
    tab.page.wait_for_function(FIRST_POINT, polling=20)
    first = time.perf_counter() - began
    return first, tab.wait_for_status(RunStatus.FINISHED).seconds


def slider_answer(tab: TrainPage) -> dict[str, float]:
    """Move Epochs by single keys while a run goes on; time each until the costs are told anew."""
    tab.train()
    tab.wait_for_points("step_accuracy", 2)
    slider = tab.page.get_by_role("slider", name="Epochs")
    answers = []
    for _ in range(KEYS):
        costs = tab.page.get_by_text(" updates, about ")
        before = costs.inner_text()
        began = time.perf_counter()
        slider.press("ArrowRight")
        tab.page.wait_for_function(
            "before => ![...document.querySelectorAll('p')].some(p => p.innerText === before)",
            arg=before,
            polling=10,
        )
        answers.append(time.perf_counter() - began)
    tab.press("Stop")
    tab.wait_for_status(RunStatus.STOPPED)
    return rounded(answers)


if __name__ == "__main__":
    main()
