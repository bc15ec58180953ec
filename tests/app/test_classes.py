"""Joining a class, being in one, and the teacher's page, as scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.lesson.assignment import Assignment
from mnist_core.lesson.worksheets import WORKSHEETS
from mnist_core.serving.tries import PER_BROWSER
from mnist_core.store import ClassRules, Member, RunStatus, Store, hash_owner
from pages.services import server
from pages.session import person
from tests.app.page_helpers import as_shown, button, words
from tests.unit.store.store_helpers import new_run

SECRET = "a secret of twelve"
CODE = "maple tunnel seven"


@pytest.fixture(autouse=True)
def _nobody_has_tried(sit_at) -> None:
    for tries in (server.get_code_tries, server.get_return_tries, server.get_secret_tries):
        tries.cache_clear()


@pytest.fixture
def teacher(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner("laptop"), SECRET)
    return store


@pytest.fixture
def join(store: Store) -> Callable[..., Member]:
    """Let the browser be somebody's of a new class."""

    def join(token: str = "laptop", **rules) -> Member:
        made = store.create_class("7b", ClassRules(**rules))
        return store.join_class(made.id, "brave otter", CODE, token=token)

    return join


def text_input(app: AppTest, label: str):
    [found] = [each for each in app.text_input if each.label == label]
    return found


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def codes(app: AppTest) -> list[str]:
    return [each.value for each in app.code]


# ------------------------------------------------------------------------------------- joining


def test_without_a_class_no_page_speaks_of_one_but_for_the_way_in(open_page):
    for path in ("train", "results", "runs"):
        app = open_page(path)
        assert "class" not in words(app).lower()
        assert "I am somebody else" not in labels(app)
    home = open_page("home")
    assert "Join a class" in [link.label for link in home.get("page_link")]


def test_somebody_joins_by_a_link_under_a_name_that_is_given(open_page, store: Store):
    made = store.create_class("7b")
    app = open_page("", **{"class": made.code})
    app.switch_page("join.py")
    app.query_params["class"] = made.code
    app.run()
    assert not app.exception
    assert "Class 7b" in words(app)
    first = words(app)
    button(app, "Another one").click().run()
    assert words(app) != first
    button(app, "Join").click().run()
    assert not app.exception
    [member] = store.list_members(made.id)
    assert f"You are **{member.name}** in class **7b**." in words(app)
    assert store.acting_as(hash_owner("laptop")) == member.owner
    [code] = {*codes(app)}
    assert store.return_to_class(made.id, code, token="phone") == member


def test_a_code_is_typed_as_people_write_it_and_a_wrong_one_is_told(open_page, store: Store):
    made = store.create_class("7b")
    app = open_page("join")
    field = text_input(app, "Code of the class")
    field.set_value("ZZZZZ").run()
    assert "There is no such class." in words(app)
    assert "Join" not in labels(app)
    text_input(app, "Code of the class").set_value(f" {made.code.lower()} ").run()
    assert "Class 7b" in words(app)


def test_whoever_guesses_codes_is_made_to_wait_and_a_page_drawn_again_is_no_guess(
    open_page, store: Store
):
    made = store.create_class("7b")
    app = open_page("join")
    text_input(app, "Code of the class").set_value(made.code).run()
    for _ in range(PER_BROWSER + 1):
        app.run()
    for number in range(PER_BROWSER):
        text_input(app, "Code of the class").set_value(f"ZZ{number:03}").run()
        assert "There is no such class." in words(app)
    text_input(app, "Code of the class").set_value(made.code).run()
    assert "Too many tries. In 5 minutes you may try again." in words(app)


def test_a_typed_name_is_offered_where_the_class_allows_it(open_page, store: Store):
    strict, easy = store.create_class("7b"), store.create_class("8a", ClassRules(typed_names=True))
    app = open_page("join")
    text_input(app, "Code of the class").set_value(strict.code).run()
    assert [each.label for each in app.text_input] == ["Code of the class", "Return code"]
    text_input(app, "Code of the class").set_value(easy.code).run()
    text_input(app, "Or a name of your own").set_value("*Ada*\nL").run()
    button(app, "Join").click().run()
    assert [each.name for each in store.list_members(easy.id)] == ["*Ada* L"]
    assert "You are *Ada* L in class" in words(app).replace("**", "")


def test_a_closed_class_lets_only_those_in_who_were_there(open_page, store, join, sit_at):
    member = join()
    [made] = store.list_classes()
    store.close_class(made.id)
    sit_at("phone")
    app = open_page("join")
    text_input(app, "Code of the class").set_value(made.code).run()
    assert "nobody can join it now" in words(app)
    assert "Join" not in labels(app)
    text_input(app, "Return code").set_value("Maple, tunnel - six").run()
    button(app, "Back to my place").click().run()
    assert "Nobody in this class has this return code." in words(app)
    text_input(app, "Return code").set_value("Maple, tunnel - SEVEN").run()
    button(app, "Back to my place").click().run()
    assert "You are **brave otter**" in words(app)
    assert store.acting_as(hash_owner("phone")) == member.owner


def test_who_has_to_be_let_in_waits_on_the_page(open_page, store, join):
    member = join(needs_approval=True)
    app = open_page("join")
    assert "You are brave otter. Your teacher has to let you in" in words(app)
    store.approve_members(member.class_id, [member.id])
    assert "You are **brave otter** in class **7b**." in words(app.run())


# ---------------------------------------------------------------------------------- in a class


def test_runs_belong_to_who_sits_here_and_not_to_the_next_one(open_page, store, join):
    member = join()
    app = open_page("train", epochs="5")
    app.slider(key="epochs").set_value(7).run()  # it stands in the address, bound to the slider
    assert CODE in codes(app)
    button(app, "Train").click().run()
    [run] = store.list_runs()
    assert run.owner == member.owner
    assert not button(app, "Stop").disabled

    button(app, "I am somebody else").click().run()
    assert not app.exception
    assert "Nobody of a class sits at this browser now." in words(app)
    assert "run" not in app.query_params
    app.switch_page("train.py")
    app.query_params["run"] = run.id
    app.run()
    assert button(app, "Stop").disabled
    assert "You are watching somebody else's run." in words(app)
    assert CODE not in codes(app)


def test_a_tab_that_is_open_hears_of_it_with_its_next_click(open_page, store, join):
    join()
    app = open_page("train")
    button(app, "Train").click().run()
    [run] = store.list_runs()
    store.leave_seat(hash_owner("laptop"))  # in another tab
    button(app, "Stop").click().run()
    assert not app.exception
    assert store.get_run(run.id).status is RunStatus.QUEUED
    assert "Nobody of a class sits at this browser now." in words(app)
    assert "watched_run" not in app.session_state


def test_a_page_with_many_runs_asks_once_who_sits_here(
    open_page, store, join, request: pytest.FixtureRequest
):
    member = join()
    for _ in range(3):
        new_run(store, member.owner)
    asked = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        asked.extend([statement] * ("FROM seats" in statement))

    app = open_page("runs")
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    request.addfinalizer(lambda: sa.event.remove(sa.Engine, "before_cursor_execute", note))
    app.run()
    assert len(asked) == 1


def test_sliders_go_as_far_as_the_class_allows(open_page, join):
    join(most_epochs=5, most_nodes=64)
    app = open_page("train", nodes_1="512", epochs="50")
    assert not app.exception
    nodes, epochs = app.select_slider(key="nodes_1"), app.slider(key="epochs")
    assert (nodes.options[-1], nodes.value) == ("64", 64)
    assert (epochs.max, epochs.value) == (5, 5)
    button(app, "As in the original lesson").click().run()
    assert not app.exception
    assert [app.select_slider(key=f"nodes_{layer}").value for layer in (1, 2)] == [64, 64]


def test_the_limits_hold_on_the_server_whatever_a_page_says(open_page, store, join):
    join(most_runs=1)
    app = open_page("train")
    button(app, "Train").click().run()
    app.query_params.clear()
    app.session_state["watched_run"] = None
    app.run()
    button(app, "Train").click().run()
    assert "Your class allows 1 run at once, and 1 of yours is on the way." in words(app)
    assert len(store.list_runs()) == 1


def test_the_task_of_the_class_is_offered_on_train_and_can_be_put_away(open_page, join):
    task = Assignment("Why is *it* so?", TrainingConfig(layers=(32,)), frozenset({"nodes"}))
    join(task=task.to_query())
    app = open_page("train")
    assert as_shown(button(app, "Your class's task").help) == "Why is *it* so?"
    button(app, "Your class's task").click().run()
    assert not app.exception
    assert "Your task. Why is *it* so?" in words(app).replace("**", "")
    assert app.select_slider(key="nodes_1").value == 32
    assert "Your class's task" not in labels(app)
    button(app, "Put the task away").click().run()
    assert "Your class's task" in labels(app)


def test_settings_without_a_question_are_set_by_a_button(open_page, join):
    join(task={"batch_size": "1000"})
    app = open_page("train")
    assert "128 nodes, batch 1,000" in button(app, "Your class's settings").help
    button(app, "Your class's settings").click().run()
    assert app.select_slider(key="batch_size").value == 1000


# ------------------------------------------------------------------------------------- teacher


def test_without_a_secret_on_the_server_nobody_is_let_in(
    open_page, store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("MNIST_TEACHER_SECRET", raising=False)
    store.create_class("7b")
    app = open_page("teacher")
    assert "This server has no secret for teachers." in words(app)
    assert "7b" not in words(app)


def test_the_secret_opens_the_page_and_does_not_stay_in_the_address(
    open_page, store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    app = open_page("teacher")
    app.query_params["secret"] = "another secret"
    app.run()
    assert "This is not the teacher's secret" in words(app)
    assert "secret" not in app.query_params
    app.query_params["secret"] = SECRET
    app.run()
    assert app.title[0].value == "Your classes"
    assert "secret" not in app.query_params
    assert open_page("teacher").title[0].value == "Your classes"  # a reload, another tab
    button(app, "Leave the teacher's page").click().run()
    assert app.title[0].value == "Teacher"


def test_the_secret_may_be_typed_and_not_too_often(open_page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    app = open_page("teacher")
    for _ in range(PER_BROWSER):
        text_input(app, "The teacher's secret").set_value("guessed").run()
        button(app, "Open").click().run()
        assert "This is not the teacher's secret" in words(app)
    text_input(app, "The teacher's secret").set_value(SECRET).run()
    button(app, "Open").click().run()
    assert "Too many tries." in words(app)
    server.get_secret_tries.cache_clear()
    text_input(app, "The teacher's secret").set_value(SECRET).run()
    button(app, "Open").click().run()
    assert app.title[0].value == "Your classes"


def test_a_teacher_opens_a_class_and_closes_it(open_page, teacher: Store):
    app = open_page("teacher")
    text_input(app, "A new class").set_value("7b").run()
    button(app, "Open it").click().run()
    assert not app.exception
    [made] = teacher.list_classes()
    assert app.title[0].value == "Class 7b"
    assert f"/join?class={made.code}" in "".join(each.proto.body for each in app.get("html"))
    assert "Nobody has joined yet." in words(app)
    button(app, "Close").click().run()
    assert not teacher.get_class(made.id).is_open
    assert f"Its code is **{made.code}**." in words(app)
    button(app, "Open").click().run()
    assert teacher.get_class(made.id).is_open


@pytest.fixture
def open_class(open_page, teacher: Store) -> Callable[[], AppTest]:
    """Open the page of the only class there is."""

    def open_class() -> AppTest:
        app = open_page("teacher")
        app.query_params["class"] = teacher.list_classes()[0].id
        app.run()
        assert not app.exception
        return app

    return open_class


def test_a_line_says_who_is_there_and_what_they_do(open_class, open_page, teacher, join, sit_at):
    join("phone", needs_approval=True)
    app = open_class()
    assert "**brave otter** · waits to be let in" in words(app)
    button(app, "Let in").click().run()
    assert "**brave otter** · no run yet" in words(app)
    sit_at("phone")
    button(open_page("train"), "Train").click().run()
    sit_at("laptop")
    assert "128 nodes, batch 100, 10 epochs: waiting, 0 of 10 epochs done" in words(app.run())
    assert "1 person here" in words(app)


def test_a_teacher_renames_and_removes_somebody(open_class, teacher, join):
    member = join("phone")
    app = open_class()
    app.session_state[f"change-{member.id}"] = True
    app.run()
    app.text_input(key=f"new-name-{member.id}").set_value("calm koala").run()
    button(app, "Rename").click().run()
    assert not app.exception
    assert "**calm koala**" in words(app)
    button(app, "Remove from the class").click().run()
    assert "Nobody has joined yet." in words(app)
    assert teacher.acting_as(hash_owner("phone")) == hash_owner("phone")


def test_rules_are_saved_together_or_not_at_all(open_class, teacher, join):
    member = join("phone")
    app = open_class()
    key = f"rules-{member.class_id}"
    app.toggle(key=f"{key}-approval").set_value(True)
    app.number_input(key=f"{key}-epochs").set_value(5)
    app.selectbox(key=f"{key}-task").set_value("Batch size")
    app.date_input(key=f"{key}-day").set_value(date(2030, 7, 1))
    button(app, "Save").click().run()
    assert not app.exception
    rules = teacher.list_classes()[0].rules
    assert (rules.needs_approval, rules.most_epochs, rules.most_nodes) == (True, 5, None)
    [sheet] = [each for each in WORKSHEETS if each.title == "Batch size"]
    assert Assignment.from_query(rules.task) == Assignment(sheet.question, sheet.baseline)
    assert rules.forget_at is not None
    assert rules.forget_at.astimezone().date() == date(2030, 7, 1)

    app.selectbox(key=f"{key}-task").set_value("A link to Train")
    app.text_input(key=f"{key}-link").set_value("https://school.example/train?epochs=500")
    app.number_input(key=f"{key}-epochs").set_value(7)
    button(app, "Save").click().run()
    assert "Epochs 500 is not allowed." in words(app)
    assert teacher.list_classes()[0].rules == rules

    app.text_input(key=f"{key}-link").set_value("https://school.example/train?epochs=3&run=1")
    button(app, "Save").click().run()
    rules = teacher.list_classes()[0].rules
    assert (rules.most_epochs, person.read_task(dict(rules.task))) == (
        7,
        Assignment(settings=TrainingConfig(epochs=3)),
    )


def test_a_class_is_duplicated_archived_and_forgotten(open_class, teacher, join):
    member = join("phone", most_epochs=5)
    app = open_class()
    button(app, "Archive").click().run()
    assert "This class is archived: nobody is in it." in words(app)
    button(app, "Take out of the archive").click().run()
    button(app, "Duplicate").click().run()
    assert not app.exception
    assert "Class 7b (copy)" in words(app)
    app.query_params["class"] = member.class_id
    app.run()
    button(app, "Forget it for good").click().run()
    assert not app.exception
    assert app.title[0].value == "Your classes"
    assert [each.name for each in teacher.list_classes()] == ["7b (copy)"]


def test_a_browser_that_was_a_teachers_changes_nothing_any_more(open_class, teacher, join):
    member = join("phone")
    app = open_class()
    teacher.let_teacher_out(hash_owner("laptop"))
    button(app, "Archive").click().run()
    assert not app.exception
    assert teacher.get_class(member.class_id).archived_at is None
    assert "This browser is not a teacher's any more." in words(app)
    assert "brave otter" not in words(app)
