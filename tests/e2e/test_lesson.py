"""The whole lesson by its links, on a laptop, a projector and a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.formatting import percent
from mnist_core.lesson.line_order import STEPS
from mnist_core.store import RunStatus
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import PATIENCE, SLOW, TrainPage, wait_until_at_rest, wait_until_settled

SIZES = {1366: 768, 1920: 1080, 390: 844}
QUICK = "?epochs=2&nodes_1=16"


@pytest.fixture
def open_home(new_page: Callable[..., Page], server: Server) -> Callable[[int], TrainPage]:
    """Open Home in a browser of its own, as wide as asked."""

    def open_home(width: int) -> TrainPage:
        tab = TrainPage(new_page(width, SIZES[width]), server)
        tab.page.goto(server.url)
        heading(tab.page, "Watch a network learn to read digits")
        return tab

    return open_home


def heading(page: Page, name: str) -> None:
    """Wait until the page of this title is there."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENCE)


def follow(page: Page, label: str) -> None:
    page.get_by_test_id("stMain").get_by_role("link", name=label).first.click()


def assert_nothing_sticks_out(page: Page) -> None:
    """A page is as wide as its window: nobody has to scroll it sideways."""
    wait_until_settled(page)
    wide, window = page.evaluate(
        "[document.querySelector('[data-testid=stMain]').scrollWidth, window.innerWidth]"
    )
    assert wide <= window


@pytest.mark.parametrize("width", SIZES)
def test_the_lesson_goes_from_home_to_results_by_links_alone(open_home, width):
    tab = open_home(width)
    page = tab.page
    assert_nothing_sticks_out(page)
    follow(page, "Build a network")
    heading(page, "Train")
    page.locator("[data-testid=live-figure] .plot-container").wait_for()
    tab.set_slider("Epochs", "2")
    tab.set_slider("Nodes in layer 1", "16")
    run_id = tab.train()
    expect(tab.state()).to_be_in_viewport()
    assert tab.wait_for_status(RunStatus.FINISHED).config.layers == (16,)
    assert_nothing_sticks_out(page)
    follow(page, "See the results")
    heading(page, "Results")
    shown = percent(tab.run().test_accuracy)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(shown)
    assert_nothing_sticks_out(page)

    page.goto(tab.server.url)
    card = page.locator(f".st-key-card-{run_id}")
    expect(card).to_contain_text(f"Finished · {shown} test")
    words = card.get_by_role("img").get_attribute("alt")
    assert words.startswith("Validation accuracy")
    assert words.endswith("in 2 epochs")
    wait_until(lambda: card.get_by_role("img").evaluate("image => image.naturalWidth"), "the curve")
    follow(page, "What do the words mean?")
    heading(page, "Glossary")
    assert_nothing_sticks_out(page)
    assert tab.errors == []


def stop_all_runs(server: Server) -> None:
    """Wait for the end of what other tests have left: they share the server."""
    with server.store() as store:
        for run in store.list_runs():
            if not run.status.is_over:
                store.request_stop(run.id, run.owner)
        wait_until(lambda: all(run.status.is_over for run in store.list_runs()), "no run going on")


def test_home_keeps_up_with_a_run_until_it_ends(open_home, open_tab, server):
    stop_all_runs(server)
    trainer = open_tab(server, "?epochs=100&nodes_1=16&batch_size=20")
    trainer.set_speed(SLOW)
    run_id = trainer.train()
    home = open_home(1366).page
    expect(home.get_by_text("Going on now")).to_be_visible(timeout=PATIENCE)
    expect(home.locator(f".st-key-card-{run_id}")).to_have_count(0)
    trainer.wait_for_step(200)
    trainer.press("Stop")
    trainer.wait_for_status(RunStatus.STOPPED)
    expect(home.locator(f".st-key-card-{run_id}")).to_contain_text("Stopped", timeout=PATIENCE)
    expect(home.get_by_text("Going on now")).to_have_count(0)


def root_font(page: Page) -> float:
    return page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")


def toggle_projector(page: Page) -> None:
    page.get_by_test_id("stCheckbox").filter(has_text="Projector").locator("label").click()


@pytest.mark.parametrize("width", [min(SIZES), max(SIZES)])
def test_the_projector_enlarges_text_and_curves_on_every_page(open_tab, server, width):
    tab = open_tab(server, QUICK)
    page = tab.page
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    tab.train()
    tab.wait_for_points("val_accuracy", 2)
    expect(page.get_by_text("Test accuracy", exact=True)).to_be_visible(timeout=PATIENCE)
    tab.figure("node.ours = true")
    before, curve = root_font(page), tab.curve("val_accuracy")
    text = tab.figure("node.layout.font.size")

    toggle_projector(page)
    page.wait_for_url("**projector=1**")
    page.wait_for_function(
        f"parseFloat(getComputedStyle(document.documentElement).fontSize) > {before}"
    )
    page.wait_for_function(
        "size => document.querySelector('[data-testid=live-figure]').layout.font.size > size",
        arg=text,
    )
    assert tab.figure("node.ours") is True
    assert tab.curve("val_accuracy") == curve
    expect(page.get_by_test_id("stTooltipIcon").first).to_be_hidden()
    expect(page.get_by_test_id("live-validation-accuracy")).to_be_visible()
    for name in ("Train", "One epoch", "Pause", "Stop"):
        expect(tab.button(name)).to_be_visible()
    assert_nothing_sticks_out(page)

    follow(page, "See the results")
    heading(page, "Results")
    page.wait_for_url("**projector=1**")
    wait_until(lambda: root_font(page) > before, "large text on the next page")
    page.goto(f"{server.url}/results")  # as if typed
    heading(page, "Results")
    expect(page.get_by_role("switch", name="Projector")).to_be_checked()
    toggle_projector(page)
    page.wait_for_function(
        f"parseFloat(getComputedStyle(document.documentElement).fontSize) == {before}"
    )
    expect(page).not_to_have_url(re.compile("projector"))


def assert_live_region_is_seen(page: Page) -> None:
    for what in ("live-state", "live-validation-accuracy", "live-figure", "live-digits"):
        expect(page.get_by_test_id(what)).to_be_in_viewport(ratio=1)


def test_the_live_figure_stays_in_sight_while_one_scrolls_through_the_settings(open_tab, server):
    tab = open_tab(server, QUICK)
    page = tab.page
    page.set_viewport_size({"width": 1366, "height": SIZES[1366]})
    tab.train()
    tab.wait_for_points("val_accuracy", 2)
    assert_live_region_is_seen(page)
    page.get_by_text("More", exact=True).click()
    seed = page.get_by_role("spinbutton", name="Seed")
    expect(seed).to_be_visible()
    wait_until_at_rest(page)  # it opens slowly
    seed.evaluate("node => node.scrollIntoView({block: 'end'})")
    expect(seed).to_be_in_viewport(ratio=1)
    assert_live_region_is_seen(page)


@pytest.mark.parametrize("width", [1366, 1920])
def test_a_projector_shows_buttons_curves_and_numbers_together(open_tab, server, width):
    tab = open_tab(server, f"{QUICK}&hidden_layers=4&projector=1")  # as many sliders as there are
    page = tab.page
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    tab.train()
    tab.wait_for_points("val_accuracy", 2)
    expect(page.get_by_role("link", name="See the results")).to_be_visible(timeout=PATIENCE)
    for name in ("Train", "One epoch", "Pause", "Stop"):
        expect(tab.button(name)).to_be_in_viewport(ratio=1)
    sliders = page.get_by_test_id("stSlider")
    expect(sliders.filter(has_text="Hidden layers")).to_be_in_viewport(ratio=1)
    assert_live_region_is_seen(page)
    # The curves have room enough to be curves, and all sliders can be reached.
    plot = page.locator("[data-testid=live-figure] .nsewdrag").first
    wait_until(lambda: plot.bounding_box()["height"] > 120, "curves of some height")
    page.get_by_role("slider", name="Epochs").focus()
    expect(sliders.filter(has_text="Epochs")).to_be_in_viewport(ratio=0.5)
    expect(tab.button("Train")).to_be_in_viewport(ratio=1)

    # A page begins at its top, also where it is high enough to stay as the last one was scrolled.
    page.add_style_tag(content="[data-testid=stMainBlockContainer] {min-height: 300vh}")
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 600)")
    follow(page, "See the results")
    heading(page, "Results")
    wait_until(lambda: main.evaluate("main => main.scrollTop") == 0, "the top of the page")
    chart = page.locator(".st-key-chart-accuracy-and-loss .js-plotly-plot")
    expect(chart).to_be_in_viewport(ratio=1)
    expect(page.get_by_test_id("stMetricValue").first).to_be_in_viewport(ratio=1)


def test_a_line_of_the_code_marks_its_slider_and_a_slider_its_line(server, open_tab):
    tab = open_tab(server, "?nodes_1=16")
    page, words = tab.page, tab.page.get_by_test_id("code-words")

    def line(text: str) -> Locator:
        return page.get_by_role("option", name=text, exact=True)

    line("batch_size=100,").hover()
    expect(words).to_contain_text("before the weights are changed once")
    marked = page.locator("[data-meant-by-code]")
    expect(marked).to_have_count(1)
    expect(marked.get_by_role("slider", name="Batch size")).to_be_visible()
    page.get_by_role("slider", name="Nodes in layer 1").focus()
    expect(line('Dense(16, activation="relu"),')).to_have_attribute("aria-selected", "true")

    line("from keras import Input, Sequential").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(line("digits = load_mnist().split(validation_split=0.1)")).to_be_focused()
    expect(words).to_contain_text("sets a part of the training digits aside")
    tab.set_slider("Epochs", "3")
    expect(line("epochs=3,")).to_have_attribute("aria-selected", "true")
    assert tab.errors == []


def test_the_lines_are_put_in_order_the_wrong_one_is_found_and_the_network_trained(
    server, open_tab
):
    tab = open_tab(server, "?nodes_1=16")
    page = tab.page
    page.get_by_role("tab", name="Put it in order").click()
    items = page.get_by_test_id("line-sorter").get_by_role("listitem")
    names = [item.get_attribute("data-name") for item in items.all()]
    assert sorted(names) == sorted(step.key for step in STEPS)
    page.get_by_role("button", name="Check the order").click()
    expect(page.get_by_text("can't work there")).to_be_visible()
    first = items.first.get_attribute("data-name")
    items.last.drag_to(items.first, target_position={"x": 40, "y": 2})
    expect(items.nth(1)).to_have_attribute("data-name", first)

    for place, step in enumerate(STEPS):
        line = page.locator(f"li[data-name={step.key}]")
        while items.nth(place).get_attribute("data-name") != step.key:
            line.get_by_role("button", name="up").press("Enter")
    wait_until_settled(page)
    page.get_by_role("button", name="Check the order").click()
    expect(page.get_by_text("This order works.")).to_be_visible()

    for number in range(1, len(STEPS) + 1):
        page.get_by_role("button", name=f"Line {number}", exact=True).click()
        said = page.get_by_test_id("stAlert").filter(has_text=re.compile(f"[Ll]ine {number}\\b"))
        expect(said).to_be_visible()
        if f"Line {number} it is." in said.inner_text():
            break
    page.get_by_role("button", name="Train the network you built").click()
    assert tab.wait_for_status(RunStatus.FINISHED).config == TrainingConfig()
    assert tab.errors == []
