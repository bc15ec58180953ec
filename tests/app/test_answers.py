"""Handing in on Train, the teacher's answers, and the wall, as scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.lesson.assignment import Assignment
from mnist_core.lesson.worksheets import WORKSHEETS
from mnist_core.store import Answer, ClassRules, Member, Run, SchoolClass, Store, hash_owner
from tests.app.page_helpers import button, words
from tests.unit.store.store_helpers import epoch_record, new_run

SECRET = "a secret of twelve"
TASK = Assignment("Why is *it* lower?")
ANSWER = "It is *lower*: fewer changes."


@pytest.fixture
def school_class(store: Store, sit_at: object) -> SchoolClass:
    return store.create_class("7b", ClassRules(task=TASK.to_query()))


@pytest.fixture
def otter(store: Store, school_class: SchoolClass) -> Member:
    """Somebody who sits at the laptop."""
    return join(store, school_class, "brave otter", "laptop")


def join(store: Store, school_class: SchoolClass, name: str, token: str) -> Member:
    return store.join_class(school_class.id, name, f"{name} code", token=token)


def trained(store: Store, member: Member) -> Run:
    run = new_run(store, member.owner, lease_seconds=60)
    store.record(run.claim, epoch=epoch_record(0))
    return run


def draft(store: Store, member: Member) -> Run:
    """Leave an answer and its run, as they are before they are handed in."""
    run = trained(store, member)
    store.keep_answer(TASK.key, ANSWER, owner=member.owner)
    store.keep_answer_runs(TASK.key, [run.id], owner=member.owner)
    return run


def hand_in(store: Store, member: Member, answer: str = ANSWER, *run_ids: str) -> Answer:
    return store.hand_in(member.id, TASK.key, TASK.question, answer, run_ids)


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def drawn(app: AppTest) -> str:
    """What is on the page as HTML."""
    return "".join(each.proto.body for each in app.get("html"))


# ---------------------------------------------------------------------------------- handing in


def test_who_is_in_no_class_finds_nothing_to_hand_in(open_page, store, sit_at):
    app = open_page("train", **TASK.to_query())
    assert not [each for each in labels(app) if "Hand in" in each]
    assert "teacher" not in words(app)
    assert "Handed in" not in words(app)


def test_an_answer_is_handed_in_with_a_receipt_and_changed_until_it_is_closed(
    open_page, store, school_class, otter
):
    run = draft(store, otter)
    app = open_page("train", **TASK.to_query())
    assert "with your name in the class" in words(app)
    button(app, "Hand in").click().run()
    assert not app.exception
    [kept] = store.list_answers(school_class.id, TASK.key)
    assert (kept.answer, kept.run_ids, kept.question) == (ANSWER, (run.id,), TASK.question)
    handed_in = f"Handed in {kept.last_at.astimezone():%H:%M}, with 1 run."
    assert f"{handed_in}** You may change it until your teacher closes it." in words(app)
    assert "**Handed in ✓**" in words(app)

    # The words come with the very click, as where somebody types and clicks at once.
    app.text_area[0].set_value("It is higher.").run()
    assert f"{handed_in}** Changed since: hand in again." in words(app)
    app.text_area[0].set_value("It is much higher.")
    button(app, "Hand in again").click().run()
    assert "You may change it until" in words(app)
    [kept] = store.list_answers(school_class.id, TASK.key)
    assert kept.answer == "It is much higher."

    button(app, "Finish my answer").click().run()
    assert "You may change it until" in words(app)
    button(app, "Change my answer").click().run()
    store.close_answers(school_class.id, TASK.key)
    button(app, "Hand in again").click().run()  # on a page that was drawn before
    assert not app.exception
    assert "no answer can be handed in or changed now. Nothing was lost." in words(app)
    assert "Your teacher has closed it." in words(app)
    assert not [each for each in labels(app) if "Hand in" in each]
    assert store.list_answers(school_class.id, TASK.key) == [kept]


def test_without_a_run_or_without_words_nothing_is_handed_in_and_the_page_says_why(
    open_page, store, school_class, otter
):
    app = open_page("train", **TASK.to_query())
    assert "Before you can hand it in or download it: train a network and write" in words(app)
    app.text_area[0].set_value(ANSWER)
    button(app, "Hand in").click().run()
    assert "Train a network first: an answer goes with its runs." in words(app)
    store.keep_answer_runs(TASK.key, [trained(store, otter).id], owner=otter.owner)
    app.switch_page("results.py").run()
    app.switch_page("train.py").run()
    app.text_area[0].set_value("  ")
    button(app, "Hand in").click().run()
    assert not app.exception
    assert "There is no answer yet." in words(app)
    assert store.list_answers(school_class.id, TASK.key) == []


def test_words_of_who_sat_here_before_are_not_handed_in_by_the_next(
    open_page, store, school_class, otter
):
    draft(store, otter)
    app = open_page("train", **TASK.to_query())
    koala = join(store, school_class, "calm koala", "laptop")  # in another tab
    button(app, "Hand in").click().run()
    assert not app.exception
    assert store.list_answers(school_class.id, TASK.key) == []
    assert store.read_answer(koala.id, TASK.key) is None
    assert store.read_draft(TASK.key, owner=otter.owner).answer == ANSWER


def test_the_runs_of_an_answer_stay_its_own_however_many_a_class_starts(
    open_page, store, school_class, otter, monkeypatch
):
    run = draft(store, otter)
    new_run(store, "b" * 64)
    monkeypatch.setattr("pages.views.train.task.RUNS_OFFERED", 1)
    app = open_page("train", **TASK.to_query())
    [chosen] = [each for each in app.multiselect if each.label == "My runs for this answer"]
    assert chosen.value == [run.id]


# ------------------------------------------------------------------------------------- teacher


@pytest.fixture
def teacher(store: Store, monkeypatch: pytest.MonkeyPatch, sit_at) -> Callable[..., AppTest]:
    """Open the answers of the class as its teacher, who sits at a desk."""
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner("desk"), SECRET)

    def open_answers(open_page, school_class: SchoolClass) -> AppTest:
        sit_at("desk")
        app = open_page("teacher")
        app.query_params["class"] = school_class.id
        app.query_params["view"] = "Answers"
        app.run()
        assert not app.exception
        return app

    return open_answers


def test_answers_come_with_names_and_runs_and_who_is_missing_is_named(
    open_page, teacher, store, school_class, otter
):
    app = teacher(open_page, school_class)
    assert "0 of 1 person handed in" in words(app)
    assert "Not yet: brave otter." in words(app)
    run = trained(store, otter)
    hand_in(store, otter, ANSWER, run.id, "f" * 12)
    join(store, school_class, "calm *koala*", "phone")
    app.run()
    assert "1 of 2 people handed in" in words(app)
    assert "Not yet: calm *koala*." in words(app)
    assert "**brave otter** · " in words(app)
    assert ANSWER in words(app)
    assert f"](results?run={run.id})" in words(app)
    assert "A run that is gone (ffff)" in words(app)


def test_every_task_that_was_answered_can_be_chosen(open_page, teacher, store, school_class, otter):
    sheet = Assignment(WORKSHEETS[0].question)
    long = "Why? " * 30
    alike = [Assignment(f"{long}{end}") for end in ("a", "b")]
    for task in (sheet, *alike, Assignment("")):
        store.hand_in(otter.id, task.key, task.question, f"of {task.key}", [])
    app = teacher(open_page, school_class)
    [choice] = [each for each in app.selectbox if each.label == "Task"]
    assert len(choice.options) == len({*choice.options}) == 5
    assert {"Why is *it* lower?", WORKSHEETS[0].title, "A task without a question"} <= {
        *choice.options
    }
    for task in alike:
        app.selectbox(key="answers-task").set_value(task.key).run()
        assert f"of {task.key}" in words(app)


def test_a_class_without_a_task_and_answers_says_so(open_page, teacher, store, sit_at):
    app = teacher(open_page, store.create_class("8a"))
    assert "Nobody has handed in yet." in words(app)


def test_a_teacher_closes_a_task_and_opens_it_again(open_page, teacher, store, school_class):
    app = teacher(open_page, school_class)
    button(app, "Close").click().run()
    assert store.are_answers_closed(school_class.id, TASK.key)
    button(app, "Open it again").click().run()
    assert not app.exception
    assert not store.are_answers_closed(school_class.id, TASK.key)


def test_chosen_answers_are_on_the_wall_for_the_class_and_nobody_else_without_a_name(
    open_page, teacher, store, school_class, otter, sit_at
):
    kept = hand_in(store, otter, "<b>lower</b> & *less*")
    hand_in(store, join(store, school_class, "calm koala", "phone"), "not chosen")
    app = teacher(open_page, school_class)
    app.checkbox(key=f"on-wall-{kept.id}").check().run()
    assert not app.exception
    assert app.checkbox(key=f"on-wall-{kept.id}").value
    for token, query in (
        ("desk", {"class": school_class.id, "task": TASK.key}),
        ("laptop", {}),
        ("phone", {"class": school_class.id}),
    ):
        sit_at(token)
        wall = open_page("wall", **query)
        assert not wall.exception
        assert "<h2" in drawn(wall)
        assert "&lt;b&gt;lower&lt;/b&gt; &amp; *less*" in drawn(wall)
        assert "not chosen" not in drawn(wall)
        on_the_page = drawn(wall) + words(wall)
        assert not [secret for secret in ("brave", otter.id, kept.id) if secret in on_the_page]

    elsewhere = store.create_class("8a")
    join(store, elsewhere, "keen fox", "tablet")
    for token in ("tablet", "nobody's"):
        sit_at(token)
        wall = open_page("wall", **{"class": school_class.id})
        assert "is for its people and its teacher" in words(wall)
        assert "lower" not in drawn(wall)

    hand_in(store, otter, "my teacher is a koala")
    app = teacher(open_page, school_class)
    assert "Changed since: the wall has the words that you chose." in words(app)
    app.checkbox(key=f"on-wall-{kept.id}").uncheck().run()
    assert store.read_wall(school_class.id) == []


def test_an_answer_that_changes_under_the_teachers_hand_is_not_hung_up(
    open_page, teacher, store, school_class, otter
):
    kept = hand_in(store, otter)
    app = teacher(open_page, school_class)
    hand_in(store, otter, "my teacher is a koala")
    app.checkbox(key=f"on-wall-{kept.id}").check().run()
    assert not app.exception
    assert "This answer was changed a moment ago." in words(app)
    assert not app.checkbox(key=f"on-wall-{kept.id}").value
    assert store.read_wall(school_class.id) == []


def test_a_browser_that_was_a_teachers_hangs_up_and_closes_nothing(
    open_page, teacher, store, school_class, otter
):
    kept = hand_in(store, otter)
    for press in (
        lambda app: button(app, "Close").click(),
        lambda app: app.checkbox(key=f"on-wall-{kept.id}").check(),
    ):
        store.let_teacher_in(hash_owner("desk"), SECRET)
        app = teacher(open_page, school_class)
        store.let_teacher_out(hash_owner("desk"))
        press(app).run()
        assert not app.exception
        assert "This browser is not a teacher's any more." in words(app)
        assert "brave otter" not in words(app)
    assert not store.are_answers_closed(school_class.id, TASK.key)
    assert store.read_wall(school_class.id) == []


def test_the_answers_are_given_as_a_zip_as_a_table_and_as_text(
    open_page, teacher, store, school_class, otter
):
    app = teacher(open_page, school_class)
    [closed] = [each for each in app.get("popover") if each.proto.popover.label == "Download"]
    assert closed.proto.popover.disabled
    hand_in(store, otter, "=1+1")
    app.run()
    app.session_state["download-answers"] = True
    app.run()
    assert not app.exception
    assert [each.label for each in app.download_button] == [
        "Download all answers (.zip)",
        "Download the table (.csv)",
    ]
    [table] = [each.value for each in app.code]
    assert "'=1+1" in table
