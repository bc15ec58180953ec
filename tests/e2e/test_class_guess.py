"""A class guesses in three browsers: two students' devices, and the teacher's projector."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from mnist_core.serving.browser_token import COOKIE
from tests.e2e.test_for_everybody import in_light_and_dark
from tests.e2e.train_page import FIGURE, wait_until_settled


def send(page: Page, percent: str) -> None:
    page.get_by_role("spinbutton", name="My prediction").fill(percent)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(f"Sent: {percent}.0 %.")).to_be_visible()


def test_devices_guess_and_the_run_decides_before_all(server, new_page):
    teacher, *students = new_page(), new_page(width=390), new_page(reduced_motion="reduce")
    with server.store() as store:
        made = store.create_class("7b")
        for name, page in zip(("otter", "koala"), students, strict=True):
            page.context.add_cookies([{"name": COOKIE, "value": name, "url": server.url}])
            store.join_class(made.id, name, f"code of {name}", token=name)
    for page in students:
        page.goto(f"{server.url}/guess")
        expect(page.get_by_text("Your class is asked nothing at the moment.")).to_be_visible()

    teacher.goto(server.teacher_page(made.id, view="Guesses"))
    teacher.get_by_role("button", name="Ask the class").click()
    send(students[0], "20")
    send(students[1], "92")
    expect(teacher.get_by_text("2 of 2")).to_be_visible()
    expect(teacher.get_by_role("figure")).to_have_count(0)
    found = {"asked": in_light_and_dark(students[1])}

    teacher.get_by_role("button", name="Close and train").click()
    teacher.locator(f"{FIGURE} .plot-container").wait_for()
    histogram = teacher.get_by_role("figure", name=re.compile("^2 predictions of the test"))
    expect(histogram).to_have_accessible_name(re.compile(r"1 for under 50 %.* It is \d\d\.\d %"))
    expect(teacher.get_by_text("of 2 predictions was close")).to_be_visible()
    for page, percent, other in zip(students, ("20.0", "92.0"), ("koala", "otter"), strict=True):
        expect(page.get_by_text(f"You predicted {percent} %: it is")).to_be_visible()
        expect(page.get_by_text(other)).to_have_count(0)
    teacher.get_by_text("Name who was nearest").click()
    expect(teacher.get_by_text("Nearest: koala")).to_be_visible()
    wait_until_settled(teacher)
    found |= {"scored": in_light_and_dark(students[1]), "projector": in_light_and_dark(teacher)}
    assert not any(found.values()), json.dumps(found, indent=1)
