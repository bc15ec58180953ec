"""A class in three browsers: the teacher's, a student's, and the one the student comes back at."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from mnist_core.store import RunStatus
from tests.e2e.server import Server, wait_until
from tests.e2e.test_for_everybody import in_light_and_dark
from tests.e2e.train_page import TrainPage, wait_until_settled

YOURS = re.compile("· yours$")


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    wait_until_settled(page)


def open_class(page: Page, server: Server) -> str:
    """Open a class as a teacher, one by one let in; gives the link by which people join."""
    page.goto(server.teacher_page())
    heading(page, "Your classes")
    expect(page).to_have_url(f"{server.url}/teacher")
    page.get_by_label("A new class").fill("7b")
    page.get_by_role("button", name="Open it").click()
    heading(page, "Class 7b")
    page.get_by_text("Rules and task").click()
    page.get_by_text("I let people in one by one").click()
    page.get_by_role("button", name="Save").click()
    with server.store() as store:
        wait_until(lambda: store.list_classes()[0].rules.needs_approval, "the rules")
        made = store.list_classes()[0]
    link = page.get_by_text("/join?class=").inner_text()
    assert link.endswith(f"/join?class={made.code}")
    return f"{server.url}/join?{urlsplit(link).query}"


def open_return(page: Page) -> None:
    """Open what is for those who come back, once the page is whole: while it is drawn it closes."""
    page.get_by_text("I was here before").wait_for()
    wait_until_settled(page)
    page.get_by_text("I was here before").click()


def test_a_lesson_from_joining_to_a_class_that_is_forgotten(server, new_page):
    teacher, student, phone = new_page(), new_page(reduced_motion="reduce"), new_page(width=390)
    link = open_class(teacher, server)

    student.goto(link)
    expect(student.get_by_role("heading", name="Class 7b")).to_be_visible()
    student.get_by_role("button", name="Join", exact=True).click()
    expect(student.get_by_text("Your teacher has to let you in: this page goes on")).to_be_visible()
    teacher.get_by_role("button", name="Let in").click()
    expect(student.get_by_text("What you train is yours")).to_be_visible()
    wait_until_settled(student)
    code = student.locator(".st-key-join [data-testid=stCode]").inner_text().strip()
    with server.store() as store:
        made = store.list_classes()[0].id
        [member] = store.list_members(made)

    student.get_by_role("link", name="Build a network").click()
    tab = TrainPage(student, server).wait_until_open()
    tab.set_slider("Epochs", "2")
    tab.train()
    run = tab.wait_for_status(RunStatus.FINISHED)
    assert run.owner == member.owner
    expect(teacher.get_by_text("2 epochs: finished")).to_be_visible()
    assert tab.errors == []

    phone.goto(link)
    open_return(phone)
    phone.get_by_label("Return code").fill(code.upper())
    phone.get_by_label("Return code").blur()
    wait_until_settled(phone)
    phone.get_by_role("button", name="Back to my place").click()
    expect(phone.get_by_text("What you train is yours")).to_be_visible()
    phone.goto(f"{server.url}/results")
    expect(phone.get_by_role("combobox", name="Run")).to_have_value(YOURS)

    student.get_by_role("button", name=f"{member.name}, class 7b").click()
    student.get_by_role("button", name="I am somebody else").click()
    heading(student, "Join a class")
    student.goto(f"{server.url}/results?run={run.id}")
    heading(student, "Results")
    expect(student.get_by_role("combobox", name="Run")).not_to_have_value(YOURS)
    expect(student.get_by_role("button", name=f"{member.name}, class 7b")).to_have_count(0)
    student.go_back()
    student.go_back()
    expect(student.get_by_text(code)).to_have_count(0)

    teacher.get_by_role("button", name="Forget this class").click()
    teacher.get_by_role("button", name="Forget it for good").click()
    heading(teacher, "Your classes")
    phone.reload()
    heading(phone, "Results")
    expect(phone.get_by_role("button", name=f"{member.name}, class 7b")).to_have_count(0)
    with server.store() as store:
        assert made not in [each.id for each in store.list_classes()]
        assert store.get_run(run.id).status is RunStatus.FINISHED


def test_axe_finds_nothing_serious_on_the_pages_of_a_class(server, new_page):
    with server.store() as store:
        made = store.create_class("8a")
        store.join_class(made.id, "calm koala", "one two three", token="elsewhere")
    student, teacher = new_page(), new_page()
    student.goto(f"{server.url}/join?class={made.code}")
    open_return(student)
    student.get_by_label("Return code").wait_for()
    found = {"join": in_light_and_dark(student)}
    student.get_by_role("button", name="Join", exact=True).click()
    heading(student, "Your place in the class")
    student.locator(".st-key-who").get_by_role("button").click()
    student.get_by_role("button", name="I am somebody else").wait_for()
    found["place"] = in_light_and_dark(student)
    teacher.goto(server.teacher_page(made.id))
    heading(teacher, "Class 8a")
    teacher.get_by_text("Rules and task").click()
    teacher.get_by_role("button", name="Save").wait_for()
    found["teacher"] = in_light_and_dark(teacher)
    assert not any(found.values()), json.dumps(found, indent=1)
