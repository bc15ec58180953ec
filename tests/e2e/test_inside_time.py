"""Back in time and shaken: a trained network at every kept epoch, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from mnist_core.config import TrainingConfig
from tests.e2e.server import Server, wait_until
from tests.e2e.train_page import wait_until_settled


def probabilities(page: Page) -> str:
    """What the chart says to those who can't see it."""
    return page.get_by_role("figure", name="The ten likelihoods").get_attribute("aria-label")


def note_epochs(page: Page) -> None:
    """Write down every epoch that the slider comes to."""
    page.get_by_role("slider", name="Epoch").evaluate(
        """(slider) => {
            window.epochs = [slider.ariaValueText];
            const note = () => {
                if (window.epochs.at(-1) !== slider.ariaValueText) {
                    window.epochs.push(slider.ariaValueText);
                }
            };
            new MutationObserver(note).observe(slider, {attributeFilter: ["aria-valuetext"]});
        }"""
    )


def test_a_network_is_taken_back_to_its_start_and_played_to_the_end(
    server: Server, new_page: Callable[..., Page]
):
    [run] = server.train(TrainingConfig(layers=(16,), epochs=3))
    page = new_page(height=768)
    page.goto(f"{server.url}/look_inside?run={run.id}&view=Shake+it")
    expect(page.get_by_text(re.compile(r"After epoch 3 of 3: validation acc"))).to_be_visible()
    expect(page.get_by_role("figure", name="Accuracy on 1,000 test digits")).to_be_visible()
    wait_until_settled(page)
    at_the_end = probabilities(page)

    page.get_by_role("slider", name="Epoch").press("Home")
    expect(page.get_by_text("Before the first batch: the weights are random.")).to_be_visible()
    expect(page).to_have_url(re.compile("epoch=start"))
    wait_until(lambda: probabilities(page) != at_the_end, "the likelihoods before any training")

    page.go_back()
    expect(page.get_by_text("After epoch 3 of 3")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("Before the first batch")).to_be_visible()
    wait_until_settled(page)

    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute("aria-valuetext", "start")
    note_epochs(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text("After epoch 3 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate("window.epochs") == ["start", "1", "2", "3"]
    wait_until(lambda: probabilities(page) == at_the_end, "the likelihoods after the training")

    page.get_by_role("slider", name="Rotation").press("End")
    expect(page.get_by_text("turned 90° to the right, ")).to_be_visible()
    wait_until(lambda: probabilities(page) != at_the_end, "the likelihoods of the turned digit")
    page.get_by_role("button", name="Put it back").click()
    wait_until(lambda: probabilities(page) == at_the_end, "the digit as it was")
