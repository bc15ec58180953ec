"""The lesson for everybody: by keyboard alone, by ear, at rest, and as axe sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_core.charts import PLAIN_IN_WORDS
from mnist_core.config import TrainingConfig
from mnist_core.evaluation.accuracy import describe_curves
from mnist_core.formatting import percent
from mnist_core.store import RunStatus
from tests.e2e.server import Server
from tests.e2e.train_page import (
    MENUS,
    PATIENCE,
    TrainPage,
    visit,
    wait_until_at_rest,
    wait_until_settled,
)

AXE = Path(__file__).parent / "assets" / "axe.min.js"
WIDGETS = Path(__file__).parents[2] / "pages" / "widgets"
# Reached by a link, not from the head.
HIDDEN_PAGES = ("my_digits", "grid", "guess", "join", "teacher", "board", "wall", "write")
WITH_CHARTS = ("data", "train", "results")
TABS_AT_MOST = 150

OURS = (
    ".mnist-digit-grid, .mnist-pixel-view, .mnist-live, .mnist-network, .mnist-confusion-matrix, "
    ".mnist-drawing-canvas, .mnist-signed, .mnist-digit-map, "
    ".st-key-projector-switch"
)

# Elements of ours, with what is drawn before and after them, that would move by themselves.
MOVING = """(ours) => [...document.querySelectorAll(ours)].flatMap((root) =>
    [root, ...root.querySelectorAll("*")].flatMap((node) =>
        [null, "::before", "::after"].map((pseudo) => getComputedStyle(node, pseudo))
            .filter(({transitionDuration, transitionProperty, animationName, animationDuration}) =>
                (transitionProperty !== "none" && longest(transitionDuration) > 0.001)
                || (animationName !== "none" && longest(animationDuration) > 0.001))
            .map(() => `${node.tagName}.${node.className.baseVal ?? node.className}`)));
    function longest(durations) { return Math.max(...durations.split(",").map(parseFloat)); }
"""

# Writes down, frame by frame, everything that moves for more than a moment.
WATCH_MOTION = """(ours) => {
    window.moved = new Set();
    const look = () => {
        for (const animation of document.getAnimations()) {
            const node = animation.effect.target;
            if (animation.effect.getComputedTiming().duration > 1 && node?.closest(ours))
                window.moved.add(node.className.baseVal ?? node.className ?? node.tagName);
        }
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def finished_run(server: Server) -> str:
    """Let the server's own workers train a small network; gives the run's id."""
    [run] = server.train(TrainingConfig(layers=(16,), epochs=3), expected_accuracy=0.9)
    return run.id


@pytest.fixture
def open_page(new_page: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Open a page in a browser of its own, which asks for what is given."""

    def open_page(path: str = "", **options: Any) -> Page:
        page = new_page(height=768, **options)
        page.goto(f"{server.url}/{path}")
        wait_until_drawn(page)
        return page

    return open_page


def wait_until_drawn(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    wait_until_at_rest(page)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENCE)
    wait_until_drawn(page)


# ------------------------------------------------------------------------------------------- axe


# What a page shows pales while its script runs again, so it also says whether it did.
LET_AXE_LOOK = """() => {
    let hasRun = false;
    const watch = new MutationObserver(() => { hasRun = true; });
    watch.observe(document.body, {subtree: true, attributeFilter: ["data-test-script-state"]});
    axe.run({resultTypes: ["violations"]}).then(({violations}) => {
        watch.disconnect();
        window.axeFound = [violations, hasRun];
    });
}"""


def violations(page: Page) -> list[dict[str, Any]]:
    """Let axe look for what keeps people out; gives what it calls serious or critical."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for _ in range(10):
        page.evaluate(LET_AXE_LOOK)  # not as what evaluate waits for, which has no limit
        found, has_run = page.wait_for_function("window.axeFound").json_value()
        page.evaluate("delete window.axeFound")
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        if not (serious and has_run):
            break
        wait_until_settled(page)
    return [
        {"id": each["id"], "help": each["help"], "where": [node["html"] for node in each["nodes"]]}
        for each in serious
    ]


def pages_in_the_head(page: Page) -> list[str]:
    """Name the pages that the navigation leads to, as their addresses have them."""
    paths = "all => all.map((each) => new URL(each.href).pathname)"
    links = page.get_by_test_id("stHeader").get_by_role("link")
    expect(links.first).to_be_visible()
    addresses = links.evaluate_all(paths)
    for menu in set(MENUS.values()):
        page.get_by_test_id("stHeader").get_by_role("button", name=menu).click()
        entries = page.get_by_role("menuitem")
        expect(entries.first).to_be_visible()
        addresses += entries.evaluate_all(paths)
        page.keyboard.press("Escape")
    return sorted({address.strip("/") for address in addresses})


@pytest.mark.parametrize(
    ("scheme", "projector"), [("light", "&projector=1"), ("dark", "")], ids=["projector", "desk"]
)
def test_axe_finds_nothing_serious_on_any_page(open_page, server, finished_run, scheme, projector):
    page = open_page(color_scheme=scheme)
    paths = pages_in_the_head(page)
    assert {"", "data", "train", "results", "runs", "glossary", "worksheets"} <= set(paths)
    found = {}
    for path in (*paths, *HIDDEN_PAGES):
        visit(page, f"/{path}?run={finished_run}{projector}")
        wait_until_drawn(page)
        if path in WITH_CHARTS:
            page.locator(".plot-container").first.wait_for()
        if problems := violations(page):
            found[path] = problems
    assert not found, json.dumps(found, indent=1)


def test_the_head_hides_no_page_on_a_projector_and_its_menu_opens_by_keyboard(open_page):
    page = open_page("?projector=1")
    head = page.get_by_test_id("stHeader")
    expect(head.get_by_role("button")).to_have_text([*dict.fromkeys(MENUS.values())])  # no "3 more"
    press_until_focused(page, head.get_by_role("button", name="Lesson"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Worksheets")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    heading(page, "Glossary")


def test_axe_finds_nothing_serious_in_a_component_before_its_script_has_come(new_page):
    page = new_page()
    found = {}
    for path in sorted(WIDGETS.rglob("*.html")):
        part = path.read_text(encoding="utf-8")
        page.set_content(f"<html lang=en><title>{path.stem}</title><main>{part}</main></html>")
        if problems := violations(page):
            found[path.stem] = problems
    assert not found, json.dumps(found, indent=1)


def in_light_and_dark(page: Page) -> list[dict[str, Any]]:
    """Let axe look at a page in both themes, without opening it again."""
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        wait_until_drawn(page)
        found += violations(page)
    return found


def test_axe_finds_nothing_serious_in_any_view_of_the_mistakes(open_page, finished_run):
    page = open_page(f"mistakes?run={finished_run}")
    found = {}
    digits = page.locator(".st-key-gallery-mistakes [role=option]")
    drawn = {
        "Mistakes": digits.first,
        "Digit by digit": page.get_by_role("heading", name="Every digit"),
        "I don't know": page.get_by_text("A network always answers"),
        "Two runs": page.get_by_text(re.compile("^(B, against which|There is no other run)")),
        "Label court": page.get_by_text(
            re.compile("The court hears|before the court|There is no digit that most")
        ),
        "You against the network": page.get_by_role("button", name="Start the round"),
    }
    views = page.locator(".st-key-view").get_by_role("radio")
    expect(views).to_have_count(len(drawn))
    for view, part in drawn.items():
        page.get_by_role("radio", name=view, exact=True).press("Space")
        part.first.wait_for()
        if problems := in_light_and_dark(page):
            found[view] = problems
    views.first.press("Space")
    digits.first.click()
    page.get_by_role("dialog").get_by_text("Over the epochs").wait_for()
    if problems := in_light_and_dark(page):
        found["one digit in full"] = problems
    assert not found, json.dumps(found, indent=1)


def test_axe_finds_nothing_serious_in_any_view_of_look_inside(open_page, finished_run):
    page = open_page(f"look_inside?run={finished_run}")
    page.get_by_role("button", name=re.compile("^layer 1, node ")).first.click()
    page.locator(".st-key-arithmetic table").wait_for()
    wait_until_drawn(page)
    found = {"Network": in_light_and_dark(page)}
    drawn = {
        "Map": "[data-testid=map-points][data-drawings]",
        "Shake it": ".st-key-chart-shaken-accuracy .main-svg",
        "One update": ".st-key-update-moves canvas",
    }
    for view, chart in drawn.items():
        page.get_by_role("radio", name=view).press("Space")
        page.locator(chart).first.wait_for()
        wait_until_drawn(page)
        found[view] = in_light_and_dark(page)
    assert not any(found.values()), json.dumps(found, indent=1)


# -------------------------------------------------------------------------------------- keyboard


def press_until_focused(page: Page, goal: Locator, key: str = "Tab") -> None:
    """Press a key until something has the focus; each stop of ours on the way must be seen."""
    for _ in range(TABS_AT_MOST):
        page.keyboard.press(key)
        if page.evaluate("(ours) => Boolean(document.activeElement?.closest(ours))", OURS):
            assert_focus_is_seen(page, page.locator("*:focus"))
        if goal.count() and goal.first.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"the {key} key never came to {goal}")


def assert_focus_is_seen(page: Page, focused: Locator) -> None:
    """What has the focus lies in the window, and looks otherwise than without it."""
    node = focused.element_handle()
    name = node.evaluate("node => node.outerHTML.slice(0, 200)")
    # An input may be hidden behind the switch that its label draws.
    box = node.evaluate("node => (node.closest('label') ?? node).getBoundingClientRect().toJSON()")
    size = page.viewport_size
    clip = {"x": max(box["x"] - 8, 0), "y": max(box["y"] - 8, 0)}
    clip |= {"width": box["right"] + 8 - clip["x"], "height": box["bottom"] + 8 - clip["y"]}
    assert box["width"], f"this has the focus and no size: {name}"
    assert -1 < box["y"] < size["height"], f"this has the focus out of sight: {name}"
    assert -1 < box["x"] < size["width"], f"this has the focus out of sight: {name}"
    with_focus = page.screenshot(clip=clip, animations="disabled")
    node.evaluate("node => node.blur()")
    without = page.screenshot(clip=clip, animations="disabled")
    node.evaluate("node => node.focus()")
    assert with_focus != without, f"nothing shows that this has the focus: {name}"


def test_the_whole_lesson_is_walked_by_keyboard_alone(open_page, server):
    page = open_page()
    tab = TrainPage(page, server)
    switch = page.get_by_role("switch", name="Projector")
    press_until_focused(page, page.get_by_role("link", name="Look at the digits"))
    page.keyboard.press("Enter")
    heading(page, "Data")

    gallery = page.get_by_role("listbox", name="Training digits").get_by_role("option")
    press_until_focused(page, gallery.first)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert_focus_is_seen(page, page.locator("*:focus"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("spinbutton", name="Training digit number")).to_have_value("2")
    expect(gallery.nth(2)).to_be_focused()
    press_until_focused(page, page.get_by_test_id("pixel-picture"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("pixel-readout")).to_contain_text("row 15, column 14: ")
    press_until_focused(page, page.get_by_role("gridcell", name="row 15, column 14: "))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("pixel-readout")).to_contain_text("row 15, column 13: ")
    press_until_focused(page, page.get_by_role("link", name="Next: build a model"))
    page.keyboard.press("Enter")
    heading(page, "Train")

    for label, value in (("Nodes in layer 1", "5"), ("Epochs", "2")):
        press_until_focused(page, page.get_by_role("slider", name=label))
        tab.set_slider(label, value)
    wait_until_drawn(page)
    press_until_focused(page, tab.button("Train"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="See the results")).to_be_visible(timeout=PATIENCE)
    wait_until_drawn(page)
    plain = page.get_by_role("switch", name=PLAIN_IN_WORDS)
    press_until_focused(page, plain)
    page.keyboard.press("Space")
    expect(plain).to_be_checked()
    press_until_focused(page, page.get_by_label(re.compile("^Output: 5 × 10 weights")))
    expect(page.get_by_test_id("network-caption")).to_contain_text("= 60")
    press_until_focused(page, page.get_by_role("link", name="See the results"), "Shift+Tab")
    page.keyboard.press("Enter")
    heading(page, "Results")

    assert tab.run().config.layers == (5,)
    shown = percent(tab.run().test_accuracy)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(shown)
    press_until_focused(page, page.get_by_role("button", name="Take away"))
    page.keyboard.press("Enter")
    press_until_focused(page, page.get_by_role("button", name="Download the model (.keras)"))
    page.keyboard.press("Escape")
    press_until_focused(page, switch)
    page.keyboard.press("Space")
    page.wait_for_url("**projector=1**")
    assert tab.errors == []


# ---------------------------------------------------------------------------------------- motion


def train_while_watched(page: Page, server: Server) -> list[str]:
    """Train three epochs and give what of ours moved by itself meanwhile."""
    page.locator("[data-testid=live-figure] .plot-container").wait_for()
    page.evaluate(WATCH_MOTION, OURS)
    tab = TrainPage(page, server)
    tab.train()
    tab.wait_for_points("val_accuracy", 3)
    page.get_by_role("switch", name=PLAIN_IN_WORDS).check()
    tab.wait_for_status(RunStatus.FINISHED)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    return page.evaluate("[...window.moved]")


def test_who_asks_for_less_motion_gets_none(open_page, server):
    page = open_page("train?epochs=3&nodes_1=16", reduced_motion="reduce")
    assert train_while_watched(page, server) == []
    assert page.evaluate(MOVING, OURS) == []
    layout = "document.querySelector('[data-testid=live-figure]').layout"
    assert page.evaluate(f"{layout}.transition?.duration ?? 0") == 0
    visit(page, "/data")
    page.get_by_test_id("pixel-picture").wait_for()
    assert page.evaluate(MOVING, OURS) == []


def test_others_see_the_progress_move(open_page, server):
    page = open_page("train?epochs=3&nodes_1=16", reduced_motion="no-preference")
    assert train_while_watched(page, server)
    assert page.evaluate(MOVING, OURS)


# --------------------------------------------------------------------------------- in words


def test_the_live_figure_says_what_its_curves_do(open_page, server, finished_run):
    page = open_page(f"train?run={finished_run}")
    with server.store() as store:
        words = " ".join(describe_curves(store.read_history(finished_run)))
    assert "Training accuracy rises from" in words
    expect(page.get_by_test_id("live-figure")).to_have_accessible_name(
        f"Accuracy and loss, epoch by epoch. {words}"
    )


def test_every_chart_says_what_is_to_be_seen(open_page, server, finished_run):
    page = open_page(f"results?run={finished_run}")
    curves = page.get_by_role("figure", name="Accuracy and loss over the epochs")
    expect(curves).to_have_accessible_name(words_that_tell("Validation loss", "in epoch 3."))
    visit(page, "/data")
    bars = page.get_by_role("figure", name="How many images there are of each digit")
    expect(bars).to_have_accessible_name(words_that_tell("There are 500 of each digit"))


def words_that_tell(*parts: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, parts)))
