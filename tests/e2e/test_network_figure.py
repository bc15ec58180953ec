"""The drawing of the network under the live figure, and what can be taken away beside it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist, read_npz
from mnist_core.lesson.keras_code import run_script
from tests.e2e.server import wait_until
from tests.e2e.train_page import PATIENCE, TrainPage

# What stands in the document: nodes and edges that are drawn, and the size of the smallest words.
CONTENTS = """(svg) => ({
    nodes: [...svg.querySelectorAll(".network-layer")].map(
        (layer) => layer.querySelectorAll(".network-node").length),
    edges: [...svg.querySelectorAll(".network-edge")].map(
        (path) => path.getAttribute("d").split("M").length - 1),
    smallest: Math.min(...[...svg.querySelectorAll("text")].map(
        (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)),
    left: Math.min(...[...svg.querySelectorAll("text")].map(
        (text) => text.getBoundingClientRect().left)),
    right: Math.max(...[...svg.querySelectorAll("text")].map(
        (text) => text.getBoundingClientRect().right)),
})"""


def drawing(tab: TrainPage):
    return tab.page.get_by_test_id("network-figure")


def arithmetic(tab: TrainPage):
    return tab.page.get_by_test_id("network-caption")


def wait_until_drawn(tab: TrainPage, nodes: list[int], edges: list[int]) -> None:
    """Wait until so many nodes and edges are drawn, layer by layer."""

    def is_drawn() -> bool:
        contents = drawing(tab).evaluate(CONTENTS)
        return (contents["nodes"], contents["edges"]) == (nodes, edges)

    wait_until(is_drawn, f"a drawing of {nodes} nodes and {edges} edges")


def test_the_drawing_follows_the_sliders_and_its_node_stays(server, open_tab):
    tab = open_tab(server)
    expect(arithmetic(tab)).to_have_text("100,480 + 1,290 = 101,770 parameters", timeout=PATIENCE)
    drawing(tab).evaluate("(svg) => { svg.ours = true }")

    tab.set_slider("Nodes in layer 1", "5")
    expect(arithmetic(tab)).to_have_text("3,925 + 60 = 3,985 parameters", timeout=PATIENCE)
    wait_until_drawn(tab, [12, 5, 10], [60, 50])

    tab.set_slider("Hidden layers", "3")
    expect(drawing(tab).get_by_label("Layer 3: 128 × 128 weights")).to_be_visible(timeout=PATIENCE)
    wait_until_drawn(tab, [12, 5, 12, 12, 10], [60, 60, 144, 120])

    tab.set_slider("Hidden layers", "0")
    expect(arithmetic(tab)).to_have_text("7,850 parameters", timeout=PATIENCE)
    wait_until_drawn(tab, [12, 10], [120])
    assert drawing(tab).evaluate("(svg) => svg.ours")
    assert tab.errors == []


def test_the_arithmetic_comes_by_mouse_and_by_keyboard(server, open_tab):
    tab = open_tab(server, "?nodes_1=20")
    layer = drawing(tab).get_by_label("Layer 1")
    layer.hover()
    expect(arithmetic(tab)).to_have_text("Layer 1: 784 × 20 weights + 20 biases = 15,700")
    tab.page.mouse.move(0, 0)
    expect(arithmetic(tab)).to_have_text("15,700 + 210 = 15,910 parameters")
    drawing(tab).get_by_label("Input").focus()
    tab.page.keyboard.press("Tab")
    expect(layer).to_be_focused()
    tab.page.keyboard.press("Tab")
    expect(arithmetic(tab)).to_have_text("Output: 20 × 10 weights + 10 biases = 210")


def test_the_largest_network_is_readable_at_any_width(server, open_tab):
    nodes = "&".join(f"nodes_{layer}=1024" for layer in range(1, 5))
    tab = open_tab(server, f"?hidden_layers=4&activation=sigmoid&{nodes}")
    for width, box in ((1366, "0 0 760 446"), (390, "0 0 358 682"), (1920, "0 0 760 446")):
        tab.page.set_viewport_size({"width": width, "height": 900})
        expect(drawing(tab)).to_have_attribute("viewBox", box, timeout=PATIENCE)
        contents = drawing(tab).evaluate(CONTENTS)
        assert contents["smallest"] >= 13.5
        assert contents["left"] >= 0
        assert contents["right"] <= width
        tab.page.wait_for_function(
            "width => document.scrollingElement.scrollWidth <= width", arg=width
        )


def test_script_and_digits_are_taken_away(server, open_tab):
    tab = open_tab(server, "?nodes_1=32&dropout=0.2")
    tab.page.get_by_role("tab", name="Exactly this run").click()
    taken = {}
    for label in ("Download the script", "Download the digits (.npz)"):
        with tab.page.expect_download() as download:
            tab.button(label).click()
        taken[download.value.suggested_filename] = Path(download.value.path())
    sample = load_mnist("sample")
    config = TrainingConfig(layers=(32,), dropout=0.2)
    assert taken["this_run.py"].read_text(encoding="utf-8") == run_script(config, sample)
    assert read_npz(taken["digits.npz"]).digest() == sample.digest
