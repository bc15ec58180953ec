"""A teacher who leads a class: two students' pages pause, go on, follow, and wait for a guess."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from mnist_core.store import ClassRules, RunStatus
from tests.e2e.server import Server, wait_until
from tests.e2e.test_for_everybody import in_light_and_dark
from tests.e2e.train_page import TrainPage, wait_until_settled

PAUSED = "Your teacher has paused the class: no run begins or goes on meanwhile."


def join(page: Page, server: Server, code: str) -> None:
    page.goto(f"{server.url}/join?class={code}")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_text("What you train is yours")).to_be_visible()
    wait_until_settled(page)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    wait_until_settled(page)


def test_a_class_is_paused_brought_along_and_asked_for_a_guess(server, new_page):
    with server.store() as store:
        made = store.create_class("7b")
    teacher, first, second = new_page(), new_page(reduced_motion="reduce"), new_page(width=390)
    join(first, server, made.code)
    join(second, server, made.code)
    first.get_by_role("link", name="Build a network").click()
    tab = TrainPage(first, server).wait_until_open()
    run_id = tab.train()
    tab.set_pace(30)
    tab.wait_for_step(1)
    teacher.goto(server.teacher_page(made.id))
    heading(teacher, "Class 7b")

    teacher.get_by_role("button", name="Pause everybody").click()
    for page in (first, second):
        expect(page.get_by_text(PAUSED)).to_be_visible()
    tab.wait_for_status(RunStatus.PAUSED)
    expect(tab.state()).to_contain_text("with the whole class")
    expect(tab.button("Continue")).to_be_disabled()
    expect(tab.button("One epoch")).to_be_disabled()

    teacher.get_by_role("button", name="Go on").click()
    for page in (first, second):
        expect(page.get_by_text(PAUSED)).to_have_count(0)
    tab.wait_for_status(RunStatus.RUNNING)

    teacher.get_by_role("button", name="Show to all").click()
    heading(second, "Train")
    assert f"run={run_id}" in second.url
    expect(second.get_by_text("You are watching somebody else's run.")).to_be_visible()
    expect(second.get_by_role("button", name="Stop", exact=True)).to_be_disabled()
    expect(teacher.get_by_text("Brought to Train")).to_be_visible()

    found = {"teacher": in_light_and_dark(teacher)}
    teacher.get_by_role("button", name="Bring everybody along").click()
    teacher.get_by_role("combobox", name="Page").click()
    teacher.get_by_role("option", name="Data", exact=True).click()
    wait_until_settled(teacher)
    teacher.get_by_role("button", name="Bring them").click()
    for page in (first, second):
        heading(page, "Data")

    teacher.locator(".st-key-people").get_by_role("button", name="Stop", exact=True).click()
    with server.store() as store:
        wait_until(lambda: store.get_run(run_id).status is RunStatus.STOPPED, "a stopped run")
        store.change_class(made.id, "7b", ClassRules(guess_first=("results",)))
    first.goto(f"{server.url}/results?run={run_id}")
    field = first.get_by_role("spinbutton", name="My prediction")
    field.fill("95")
    field.blur()
    wait_until_settled(first)
    found["guess"] = in_light_and_dark(first)
    first.get_by_role("button", name="Predict", exact=True).click()
    expect(first.get_by_text("Predict first")).to_have_count(0)
    expect(first.get_by_role("button", name="Take away")).to_be_visible()
    with server.store() as store:
        assert store.get_run(run_id).expected_accuracy == 0.95
    assert tab.errors == []
    assert not any(found.values()), json.dumps(found, indent=1)
