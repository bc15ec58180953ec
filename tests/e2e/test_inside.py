"""Look inside in a real browser: a node is asked for its reasons, switched off, and put back."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.data.arrays import pack_weights
from mnist_core.inspection.network import Network
from mnist_core.inspection.trace import trace
from mnist_core.store import RunStatus
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import wait_until_settled

NODES = 40
EPOCHS = (-1, 0, 1)
DIGIT = 12


@pytest.fixture(scope="module")
def made_up(server: Server) -> tuple[str, dict[int, Network]]:
    """A run with made-up weights: its id, and its networks by epoch."""
    rng = np.random.default_rng(0)
    shapes = ((784, NODES), (NODES,), (NODES, 10), (10,))
    config = TrainingConfig(layers=(NODES,), epochs=2)
    snapshots = {
        epoch: pack_weights([rng.normal(size=shape, scale=0.1) for shape in shapes])
        for epoch in EPOCHS
    }
    dataset = load_mnist("sample")
    with server.store() as store:
        store.save_dataset(dataset)
        run = store.create_run(
            config, dataset_digest=dataset.digest, dataset_name=dataset.name, lease_seconds=60
        )
        for epoch, snapshot in snapshots.items():
            store.record(run.claim, snapshot=(epoch, snapshot))
        store.finish(run.claim, RunStatus.STOPPED)
    networks = {epoch: Network.from_snapshot(data, config) for epoch, data in snapshots.items()}
    return run.id, networks


@pytest.fixture
def networks(made_up: tuple[str, dict[int, Network]]) -> dict[int, Network]:
    return made_up[1]


@pytest.fixture
def page(new_page: Callable[..., Page], server: Server, made_up: tuple[str, object]) -> Page:
    page = new_page(height=768)
    page.goto(f"{server.url}/look_inside?run={made_up[0]}&digit={DIGIT}")
    expect(output_texts(page)).to_have_count(10)
    wait_until_settled(page)
    return page


def node(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^{name}, "))


def output_texts(page: Page) -> Locator:
    return page.locator("[data-testid=network-figure] .network-bar text")


def strongest(network: Network) -> int:
    return int(trace(network, load_mnist("sample").x_test[DIGIT]).activations[0].argmax())


def test_a_click_on_a_node_shows_products_that_add_up_on_screen(page, networks):
    network = networks[EPOCHS[-1]]
    number = strongest(network)
    drawing = page.get_by_test_id("network-figure").bounding_box()
    assert drawing["y"] < 290
    assert drawing["y"] + drawing["height"] <= 768  # seen whole without scrolling
    for role, name in (("combobox", "Run"), ("slider", "Epoch"), ("spinbutton", "Test digit")):
        expect(page.get_by_role(role, name=name)).to_be_visible()
    node(page, f"layer 1, node {number + 1}").click()
    expect(page.get_by_role("heading", name=f"Layer 1, node {number + 1}")).to_be_visible()
    table = page.locator(".st-key-arithmetic table")
    expect(table).to_contain_text("the other 780 products together")
    written = table.locator("tbody tr td:last-child").all_inner_texts()
    *addends, total = [Decimal(text.replace("−", "-")) for text in written]
    assert len(addends) == 4 + 1 + 1  # products, the others, the bias
    assert sum(addends) == total
    expected = trace(network, load_mnist("sample").x_test[DIGIT]).sums[0][number]
    assert float(total) == pytest.approx(expected, abs=0.001)

    page.keyboard.press("ArrowRight")  # from the clicked node to an output, by keyboard
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(r"^Output \d$"))).to_be_visible()
    expect(table).to_contain_text("the other 36 products together")

    # Among the digits that excite the output most, the one that is chosen is looked at.
    wait_until_settled(page)  # the list has the name that the one of the node before had
    output = page.get_by_role("heading", name=re.compile(r"^Output \d$")).inner_text()
    exciting = page.get_by_role("listbox", name="Test digits that excite it most")
    third = exciting.get_by_role("option").nth(2)
    number = third.get_attribute("data-number")
    third.click()
    chosen = exciting.get_by_role("option", selected=True)
    expect(chosen).to_have_attribute("data-number", number)
    expect(page.get_by_text(f"This is test digit number {int(number):,}, ")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Test digit")).to_have_value(number)
    expect(page.get_by_role("heading", name=output)).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    after = exciting.get_by_role("option").nth(3).get_attribute("data-number")
    expect(page.get_by_text(f"This is test digit number {int(after):,}, ")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"digit={after}\b"))


def test_the_epoch_slider_takes_the_weights_back_to_the_start(page, networks):
    number = strongest(networks[EPOCHS[-1]])
    node(page, f"layer 1, node {number + 1}").click()
    picture = page.get_by_role("img", name=f"The weights of layer 1, node {number + 1}")
    for key, epoch in (("End", 1), ("Home", -1)):
        page.get_by_role("slider", name="Epoch").press(key)
        weights = networks[epoch].weights[0][:, number]
        wait_until(
            lambda weights=weights: np.allclose(
                picture.evaluate("(canvas) => canvas.numbers"), weights, atol=1e-4
            ),
            f"the weights of epoch {epoch}",
        )
    picture.press("ArrowRight")
    expect(page.get_by_test_id("signed-pixel").first).to_contain_text("row 14, column 15: ")


def test_a_node_switched_off_moves_the_likelihoods_until_all_is_put_back(page, networks):
    name = f"layer 1, node {strongest(networks[EPOCHS[-1]]) + 1}"
    before = output_texts(page).all_text_contents()
    node(page, name).click()
    page.get_by_role("switch", name="Switched off").press("Space")
    expect(node(page, name)).to_have_accessible_name(f"{name}, activation 0.00, switched off")
    expect(output_texts(page)).not_to_have_text(before)
    expect(page.get_by_text(f"Changed by hand: {name} switched off")).to_be_visible()
    page.get_by_role("button", name="Put everything back").click()
    expect(output_texts(page)).to_have_text(before)
    expect(page.get_by_text("Changed by hand")).to_have_count(0)


def test_a_digit_is_taught_by_hand_until_it_is_learned_and_then_unlearned(page, networks):
    page.get_by_role("radio", name="One update").press("Space")
    expect(page.get_by_text("Before the first batch")).to_be_visible()
    says = page.get_by_text("This is training digit number 0, ")
    label = int(load_mnist("sample").y_train[0])
    before = says.inner_text()
    page.get_by_role("button", name="Update the weights").press("Enter")
    expect(page.get_by_text("After 1 update by hand, the network")).to_be_visible()
    again = page.get_by_role("button", name="Again")
    expect(again).to_be_focused()
    wait_until_settled(page)
    page.get_by_role("button", name="Ten times").press("Enter")
    expect(says).to_contain_text(f"After 11 updates by hand, the network says {label}, ")
    expect(page.get_by_role("figure", name="Loss over 11 updates")).to_be_visible()
    expect(page.get_by_text("validation digits, the network read")).to_be_visible()

    wait_until_settled(page)
    page.get_by_role("button", name="How the weights of node").first.click()
    table = page.locator(".st-key-arithmetic table")
    expect(
        page.get_by_text(re.compile(r"Layer 1, node \d+: the weights that move"))
    ).to_be_visible()
    for row in table.locator("tbody tr").all():
        weight, _, move, after = [
            Decimal(cell.replace("−", "-")) for cell in row.locator("td").all_inner_texts()[1:]
        ]
        assert weight + move == after

    page.get_by_role("button", name="Start over").click()
    expect(says).to_have_text(before)
    page.get_by_role("radio", name="Network").press("Space")
    expect(page.get_by_text("After epoch 2 of 2")).to_be_visible()


def test_the_tab_key_stops_at_the_drawing_once(page):
    drawing = page.get_by_test_id("network-figure")
    stop = drawing.locator("[tabindex='0']")
    expect(stop).to_have_count(1)
    stop.focus()
    for key, inside in (("Tab", False), ("Shift+Tab", True), ("Shift+Tab", False), ("Tab", True)):
        page.keyboard.press(key)
        assert drawing.evaluate("(svg) => svg.contains(document.activeElement)") == inside
