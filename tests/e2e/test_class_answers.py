"""An answer on its way: handed in by a student, read by the teacher, on the wall for all."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from mnist_core.store import RunStatus
from tests.e2e.test_for_everybody import in_light_and_dark
from tests.e2e.train_page import TrainPage, go_by_head


def test_an_answer_from_the_field_to_the_wall(server, new_page):
    with server.store() as store:
        made = store.create_class("7b")
    student, teacher = new_page(), new_page()
    teacher.goto(server.teacher_page(made.id, view="Answers"))
    expect(teacher.get_by_text("Nobody has handed in yet.")).to_be_visible()

    student.goto(f"{server.url}/join?class={made.code}")
    student.get_by_role("button", name="Join", exact=True).click()
    expect(student.get_by_text("What you train is yours")).to_be_visible()
    tab = TrainPage(student, server).open("?question=Why+so%3F&epochs=1&nodes_1=16")
    tab.train()
    run = tab.wait_for_status(RunStatus.FINISHED)
    expect(student.get_by_text("Test accuracy", exact=True)).to_be_visible()
    field = student.get_by_label("My answer", exact=True)
    field.press_sequentially("It learns.")
    tab.press("Hand in")  # without leaving the field before
    expect(student.get_by_text(re.compile(r"Handed in \d\d:\d\d, with 1 run\."))).to_be_visible()
    field.fill("It learns a lot.")
    field.blur()
    expect(student.get_by_text("Changed since: hand in again.")).to_be_visible()
    tab.press("Hand in again")
    expect(student.get_by_text("You may change it until your teacher closes it.")).to_be_visible()
    found = {"train": in_light_and_dark(student)}

    expect(teacher.get_by_text("1 of 1 person handed in")).to_be_visible()
    expect(teacher.get_by_text("It learns a lot.")).to_be_visible()
    student.get_by_role("link", name="The wall of your class").click()
    expect(student.get_by_text("Nothing hangs here yet")).to_be_visible()
    teacher.get_by_text("On the wall").click()
    expect(student.locator(".mnist-wall li")).to_have_text("It learns a lot.")
    found["wall"] = in_light_and_dark(student)

    teacher.locator(".st-key-download-answers").get_by_role("button").click()
    with teacher.expect_download() as waiting:
        teacher.get_by_role("button", name="Download the table (.csv)").click()
    table = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    expect(teacher.get_by_test_id("stCode")).to_contain_text("It learns a lot.")
    assert table.splitlines()[1].endswith(run.id)
    found["answers"] = in_light_and_dark(teacher)
    teacher.keyboard.press("Escape")
    teacher.get_by_role("button", name="Close", exact=True).click()
    expect(teacher.get_by_role("button", name="Open it again")).to_be_visible()
    go_by_head(student, "Train")
    expect(student.get_by_text("Your teacher has closed it.")).to_be_visible()
    expect(student.get_by_role("button", name=re.compile("Hand in"))).to_have_count(0)
    assert not any(found.values()), json.dumps(found, indent=1)
    assert tab.errors == []
