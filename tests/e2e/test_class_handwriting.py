"""A handwriting round: on a phone by finger, and on the teacher's page while it comes in."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_weights
from mnist_core.store import RunStatus, Store
from tests.app.page_helpers import SAMPLE, nearest_mean
from tests.e2e.test_draw import CANVAS, ONE, PHONE, ZERO, draw_by_finger
from tests.e2e.test_for_everybody import in_light_and_dark
from tests.e2e.train_page import wait_until_at_rest


def add_run(store: Store) -> None:
    """Put a run with a simple network into the store, as a worker leaves it."""
    store.save_dataset(SAMPLE)
    run = store.create_run(
        TrainingConfig(layers=(), epochs=1),
        dataset_digest=SAMPLE.digest,
        dataset_name=SAMPLE.name,
        lease_seconds=60,
    )
    store.record(run.claim, snapshot=(0, pack_weights(nearest_mean())))
    store.finish(run.claim, RunStatus.STOPPED)


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", name=words, level=1)).to_be_visible()
    wait_until_at_rest(page)


def without_streamlits_own_list(phone: Page) -> list[dict[str, Any]]:
    """Let axe look at a page of a phone as if it were wide.

    On a narrow one, Streamlit's own list of pages is none to axe.
    """
    phone.set_viewport_size({"width": 1366, "height": PHONE["height"]})
    expect(phone.get_by_test_id("stSidebarNavItems")).to_have_count(0)
    found = in_light_and_dark(phone)
    phone.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    wait_until_at_rest(phone)
    return found


def test_a_class_writes_on_phones_and_a_network_reads_it(server, new_page):
    with server.store() as store:
        add_run(store)
        made = store.create_class("7b")
    teacher, phone = new_page(), new_page(**PHONE)
    view = server.teacher_page(made.id, view="Handwriting")
    found = {}

    teacher.goto(view)
    expect(teacher.get_by_role("button", name="Start")).to_be_visible()
    found["start"] = in_light_and_dark(teacher)
    phone.goto(f"{server.url}/write?class={made.code}")
    phone.get_by_role("button", name="Join", exact=True).click()
    expect(phone.get_by_text("No handwriting round is open in class 7b")).to_be_visible()
    with server.store() as store:
        asked = store.start_handwriting(made.id, [0, 1])
        [member] = store.list_members(made.id)
    teacher.goto(view)
    expect(teacher.get_by_text(f"/write?class={made.code}")).to_be_visible()
    expect(teacher.get_by_role("heading", name="0 digits of 0 people")).to_be_visible()

    for number, digit in enumerate(asked.tasks_of(member.owner), 1):
        title(phone, f"Write a {digit}")
        expect(phone.get_by_text(f"{number} of 2")).to_be_visible()
        keep = phone.get_by_role("button", name="Keep and next")
        for part in (phone.locator(CANVAS), keep):  # both in sight, without scrolling
            box = part.bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= PHONE["height"]
        if number == 1:
            found["write"] = without_streamlits_own_list(phone)
        before = phone.locator(CANVAS).bounding_box()
        draw_by_finger(phone, (ZERO, ONE)[digit])
        assert phone.locator(CANVAS).bounding_box() == before  # the finger draws: nothing scrolls
        keep.click()
    title(phone, "Thank you")

    expect(teacher.get_by_role("heading", name="2 digits of 1 person")).to_be_visible()
    found["open"] = in_light_and_dark(teacher)
    teacher.get_by_role("button", name="Close the round").click()
    expect(teacher.get_by_text("2 of 2 by the network")).to_be_visible()
    found["closed"] = in_light_and_dark(teacher)
    assert not any(found.values()), json.dumps(found, indent=1)
