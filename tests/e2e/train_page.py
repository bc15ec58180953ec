"""The Train page as a person sees it: controls by their labels, the figure by its data."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error, Locator, Page, WebSocketRoute, expect

from mnist_core.store import Run, RunStatus
from tests.e2e.server import Server, wait_until

PATIENCE = 120_000
FIGURE = "[data-testid=live-figure]"
FAST, SLOW = "As fast as possible", "One second an epoch"


# What stands on the page and is not drawn yet: its own script, or a part of Streamlit's, is on its
# way; or the page's script has run again and has not come to it.
UNFINISHED = ", ".join(
    (
        "[data-testid=stBidiComponentRegular]:not([data-drawn])",
        "[data-testid=stSkeleton]",
        "[data-testid=stPlotlyChart]:not(:has(.main-svg))",
        "[data-stale=true]",
    )
)

# Fonts that come late move everything; what fades in is pale until it is there.
AT_REST = """() => document.fonts.status === "loaded" && document.getAnimations().every(
    ({playState, effect}) =>
        playState !== "running" || effect.getComputedTiming().endTime === Infinity)"""


def wait_until_settled(page: Page) -> None:
    """Wait until the page's script has come to its end, and all that it drew is there.

    After a click, wait for something that the click changes first: for a moment the page looks
    settled still.
    """
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    expect(page.locator(UNFINISHED)).to_have_count(0)


def wait_until_at_rest(page: Page) -> None:
    """Wait until nothing on the page will move by itself any more."""
    wait_until_settled(page)
    page.wait_for_function(AT_REST)


GO_TO = """(address) => {
    const app = document.querySelector("[data-testid=stApp]");
    window.hasBegun = false;
    new MutationObserver(() => { window.hasBegun = true; })
        .observe(app, {attributeFilter: ["data-test-script-state"]});
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
}"""
FORWARD_WITHIN = 20_000


def visit(page: Page, address: str) -> None:
    """Go to another address of a dashboard that is open, as the browser's Forward does.

    Its program is not loaded anew, and the session stays: half a second instead of two. A page that
    does not hear of it is loaded, as a person would.
    """
    page.evaluate(GO_TO, address)
    try:
        page.wait_for_function("hasBegun", timeout=FORWARD_WITHIN)
    except Error:
        page.reload()


MENUS = {"Worksheets": "Lesson", "Glossary": "Lesson", "Ten minutes before class": "Lesson"}


def go_by_head(page: Page, name: str) -> None:
    """Click a page's name in the head, in its menu if it is in one."""
    head = page.get_by_test_id("stHeader")
    if menu := MENUS.get(name):
        head.get_by_role("button", name=menu).click()
        page.get_by_role("menuitem", name=name).click()
    else:
        head.get_by_role("link", name=name, exact=True).click()


class TrainPage:
    """One tab."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def open(self, query: str = "") -> TrainPage:
        self.page.goto(f"{self.server.url}/train{query}", wait_until="commit")
        return self.wait_until_open()

    def wait_until_open(self) -> TrainPage:
        expect(self.button("Train")).to_be_visible(timeout=PATIENCE)
        self.page.locator(f"{FIGURE} .plot-container").wait_for()
        wait_until_settled(self.page)
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        expect(self.button(name)).to_be_enabled(timeout=PATIENCE)
        self.button(name).click()

    def set_slider(self, label: str, value: str) -> None:
        """Move a slider with the keyboard until it says the value."""
        slider = self.page.get_by_role("slider", name=label)
        slider.press("Home")
        for _ in range(1100):
            shown = slider.get_attribute("aria-valuetext")
            if shown == value:
                return
            slider.press("ArrowRight")
            if slider.get_attribute("aria-valuetext") == shown:  # the right end
                slider.press("Home")  # the page's answer to another slider moved this one on
        raise AssertionError(f"{label} never showed {value}")

    def set_speed(self, name: str) -> None:
        """Choose how fast to train: a slow run lasts until a test is done with it."""
        choice = self.page.get_by_role("radio", name=name)
        choice.click()
        expect(choice).to_be_checked()

    def set_pace(self, seconds: float) -> None:
        """Let each epoch of the run take so long, longer than the page offers."""
        run = self.run()
        with self.server.store() as store:
            store.set_pace(run.id, run.owner, seconds)

    def train(self) -> str:
        """Press Train and wait for the new run's id in the URL."""
        before = self.run_id()
        self.press("Train")
        return wait_until(lambda: self._another_run(before), "the id of a new run in the URL")

    def _another_run(self, before: str | None) -> str | None:
        now = self.run_id()
        self.page.evaluate("1")  # lets the browser's events come in
        return now if now != before else None

    def run_id(self) -> str | None:
        _, _, rest = self.page.url.partition("run=")
        return rest.partition("&")[0] or None

    def run(self) -> Run:
        run_id = wait_until(lambda: self._another_run(None), "a run's id in the URL")
        with self.server.store() as store:
            return store.get_run(run_id)

    def wait_for_status(self, *statuses: RunStatus) -> Run:
        return wait_until(
            lambda: (run := self.run()).status in statuses and run, f"a run that is {statuses}"
        )

    def wait_for_step(self, step: int) -> Run:
        """Wait until the run is past so many updates."""
        return wait_until(lambda: (run := self.run()).step >= step and run, f"update {step}")

    def state(self) -> Locator:
        return self.page.get_by_test_id("live-state")

    def curve(self, name: str) -> dict[str, list[float]]:
        """Read the points of one curve, such as "step_accuracy" or "val_loss"."""
        return self.page.evaluate(
            """([figure, name]) => {
                const node = document.querySelector(figure + " .js-plotly-plot")
                    ?? document.querySelector(figure + ".js-plotly-plot");
                const trace = node?.data?.find((each) => each.meta === name);
                const count = trace?.x[0] === null ? 0 : trace?.x.length; // null: no point yet
                const first = (values) => [...(values ?? [])].slice(0, count);
                return {x: first(trace?.x), y: first(trace?.customdata ?? trace?.y)};
            }""",
            [FIGURE, name],
        )

    def wait_for_points(self, name: str, count: int) -> dict[str, list[float]]:
        return wait_until(
            lambda: len((curve := self.curve(name))["x"]) >= count and curve,
            f"{count} points of {name}",
        )

    def zoom_into_the_left_half(self) -> list[float]:
        """Drag a rectangle over the accuracy plot while points come in.

        Returns:
            The range of epochs that the plot then shows.
        """
        before = self.figure("node.layout.xaxis.range")
        plot = self.page.locator(f"{FIGURE} .nsewdrag").first
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + 5, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] / 4, middle + 5, steps=4)
        self.wait_for_step(self.run().step + 1)
        self.page.mouse.move(box["x"] + box["width"] / 2, middle + 5, steps=4)
        self.page.mouse.up()
        return wait_until(
            lambda: (now := self.figure("[...node.layout.xaxis.range]")) != before and now,
            "the zoom",
        )

    def figure(self, script: str) -> Any:
        """Evaluate a script with `node`, the figure's element."""
        return self.page.evaluate(
            f"""() => {{
                const node = document.querySelector("{FIGURE} .js-plotly-plot")
                    ?? document.querySelector("{FIGURE}.js-plotly-plot");
                return {script};
            }}"""
        )


class HeldLine:
    """A socket that is not open yet, whose messages a test can hold back and let go at once.

    That of the live figure, or another one.
    """

    def __init__(self, page: Page, address: str = "**/api/live") -> None:
        self._held: list[str | bytes] | None = None
        page.route_web_socket(address, self._connect)

    @property
    def held(self) -> list[str | bytes]:
        """What is kept at this moment."""
        return self._held or []

    def _connect(self, browser: WebSocketRoute) -> None:
        self._browser = browser
        browser.connect_to_server().on_message(self._take)

    def _take(self, message: str | bytes) -> None:
        if self._held is None:
            self._browser.send(message)
        else:
            self._held.append(message)

    def hold(self) -> None:
        """Keep what the server says from now on."""
        self._held = []

    def release(self) -> None:
        """Hand over what was kept, and whatever comes."""
        held, self._held = self._held or [], None
        for message in held:
            self._browser.send(message)
