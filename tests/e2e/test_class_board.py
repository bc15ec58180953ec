"""The board of a class in two browsers: the teacher's, on the projector, and a student's."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.serving.browser_token import COOKIE
from mnist_core.store import EpochRecord, RunStatus
from tests.e2e.test_for_everybody import in_light_and_dark
from tests.e2e.train_page import wait_until_settled

STUDENT = "the token of a student"


def choose(page: Page, view: str) -> None:
    page.get_by_role("radio", name=view).click()
    expect(page.get_by_role("radio", name=view)).to_be_checked()
    wait_until_settled(page)


def test_a_run_arrives_on_the_board_and_a_challenge_ends(server, new_page):
    teacher, student = new_page(width=1920), new_page(reduced_motion="reduce", locale="en")
    with server.store() as store:
        made = store.create_class("7b")
        member = store.join_class(made.id, "brave otter", "one two three", token=STUDENT)
        dataset = load_mnist("sample")
        store.save_dataset(dataset)
    student.context.add_cookies([{"name": COOKIE, "value": STUDENT, "url": server.url}])
    teacher.goto(server.teacher_page(made.id, projector="1"))
    teacher.get_by_role("link", name="Board for the projector").click()
    student.goto(f"{server.url}/board")
    for page in (teacher, student):
        expect(page.get_by_text("Nobody has trained yet.")).to_be_visible()

    with server.store() as store:
        run = store.create_run(
            TrainingConfig(layers=(12,), epochs=2),
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
            owner=member.owner,
            expected_accuracy=0.9,
            training_digits=3600,
            lease_seconds=600,
        )
        store.record(run.claim, epoch=EpochRecord(0, 0.9, 0.4, 0.5, 0.5, 1.0))
        for page in (teacher, student):
            expect(page.get_by_text("50.0 % training, 1 of 2 epochs done")).to_be_visible()
        store.record(run.claim, epoch=EpochRecord(1, 0.9, 0.4, 0.95, 0.5, 1.0))
        store.finish(run.claim, RunStatus.FINISHED, test_accuracy=0.876, test_loss=0.5)
    expect(teacher.get_by_text("95.0 % finished")).to_be_visible()

    expect(student.get_by_text("brave otter", exact=True)).to_have_count(0)
    teacher.get_by_text("Names", exact=True).click()
    expect(student.get_by_text("brave otter (yours)", exact=True)).to_be_visible()
    found = {"Runs": in_light_and_dark(teacher)}

    choose(teacher, "Predictions")
    expect(teacher.get_by_text("Of 1 prediction, 0 were close.")).to_be_visible()
    found["Predictions"] = in_light_and_dark(teacher)

    choose(student, "Challenges")
    expect(student.get_by_text("brave otter: 7,200 digits")).to_be_visible()
    choose(teacher, "Challenges")
    teacher.get_by_role("button", name="Small network: look at the test digits").click()
    expect(teacher.get_by_text("This ends Small network for good.")).to_be_visible()
    found["Challenges"] = in_light_and_dark(teacher)
    expect(student.get_by_text("87.6 %")).to_have_count(0)
    teacher.get_by_role("button", name="Look at the test digits", exact=True).click()
    for page in (teacher, student):
        expect(page.get_by_text("test 87.6 %")).to_be_visible()
    assert not any(found.values()), json.dumps(found, indent=1)
