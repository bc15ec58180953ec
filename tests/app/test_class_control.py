"""A class that its teacher leads: paused, brought along, asked to predict; a teacher's rights."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.store import ClassRules, Member, Run, RunStatus, Store, hash_owner
from pages.session import rights
from tests.app.page_helpers import SAMPLE, button, component, words
from tests.unit.export.export_helpers import finished_run
from tests.unit.store.store_helpers import new_run

SECRET = "a secret of twelve"
PAUSED = "Your teacher has paused the class: no run begins or goes on meanwhile."
QUESTION = "Predict first: how many of 100 unseen digits does this network read right?"


@pytest.fixture(autouse=True)
def _at_the_laptop(sit_at) -> None:
    """Nobody else sits there unless a test says so."""


@pytest.fixture
def member(store: Store) -> Member:
    made = store.create_class("7b")
    return store.join_class(made.id, "brave otter", "maple tunnel seven", token="laptop")


@pytest.fixture
def teacher(store: Store, sit_at, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the browser be a teacher's, in no class."""
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner("desk"), SECRET)
    sit_at("desk")


def change_rules(store: Store, member: Member, **rules: object) -> None:
    store.change_class(member.class_id, "7b", ClassRules(**rules))


def open_class(open_page, member: Member) -> AppTest:
    app = open_page("teacher")
    app.query_params["class"] = member.class_id
    app.run()
    assert not app.exception
    return app


def run_in_address(app: AppTest) -> str:
    """AppTest gives a list for what it set itself."""
    run = app.query_params["run"]
    return run if isinstance(run, str) else run[0]


def at(app: AppTest) -> str:
    return app.title[0].value


# ------------------------------------------------------------------------------------- pausing


def test_a_paused_class_can_start_nothing_and_every_page_says_so(open_page, store, member):
    app, stale = open_page("train"), open_page("train")
    button(app, "Train").click().run()
    [run] = store.list_runs()
    store.pause_class(member.class_id)
    app.run()
    assert PAUSED in words(app)
    assert all(button(app, each).disabled for each in ("Train", "One epoch", "Continue"))
    assert not button(app, "Stop").disabled
    assert PAUSED in words(open_page("glossary"))

    button(stale, "Train").click().run()  # which was not grey yet
    assert not stale.exception
    assert f"{PAUSED} Nothing was lost." in words(stale)
    assert [each.status for each in store.list_runs()] == [RunStatus.PAUSED]

    store.resume_class(member.class_id)
    app.run()
    assert PAUSED not in words(app)
    assert store.get_run(run.id).status is RunStatus.QUEUED


def test_who_has_to_be_let_in_is_not_paused_yet(open_page, store: Store):
    made = store.create_class("7b", ClassRules(needs_approval=True))
    store.join_class(made.id, "brave otter", "maple tunnel seven", token="laptop")
    store.pause_class(made.id)
    app = open_page("train")
    assert PAUSED not in words(app)
    assert not button(app, "Train").disabled


def test_a_teacher_pauses_lets_go_on_and_stops(open_page, store, member, teacher):
    run, stranger = new_run(store, member.owner), new_run(store)
    app = open_class(open_page, member)
    button(app, "Pause everybody").click().run()
    assert store.get_run(run.id).status is RunStatus.PAUSED
    assert "paused, 0 of 10 epochs done" in words(app)
    button(app, "Go on").click().run()
    assert store.get_run(run.id).status is RunStatus.QUEUED
    button(app, "Stop").click().run()
    assert store.get_run(run.id).status is RunStatus.STOPPED
    again = new_run(store, member.owner)
    button(app, "Stop them all").click().run()
    assert not app.exception
    assert store.get_run(again.id).status is RunStatus.STOPPED
    assert store.get_run(stranger.id).status is RunStatus.QUEUED


# ------------------------------------------------------------------------------------ bringing


def test_an_open_page_goes_where_the_teacher_calls_once(open_page, store, member):
    run = new_run(store)
    store.call_class(member.class_id, "data")
    app = open_page("train", epochs="5")
    assert at(app) == "Train"  # the call came before this tab was opened
    told = component(app, "class-follower")
    assert told["revision"] == store.class_revision(member.class_id)
    store.call_class(member.class_id, "look_inside", run.id)
    app.run()
    assert not app.exception
    assert at(app) == "Look inside"
    assert run_in_address(app) == run.id
    app.switch_page("glossary.py").run()
    app.run()
    assert at(app) == "Glossary"


def test_who_is_there_already_stays_and_looks_at_the_run(open_page, store, member):
    run = new_run(store)
    app = open_page("train", epochs="5")
    app.slider(key="epochs").set_value(7).run()
    store.call_class(member.class_id, "train", run.id)
    app.run()
    assert not app.exception
    assert run_in_address(app) == run.id
    assert app.slider(key="epochs").value == 7
    assert "You are watching somebody else's run." in words(app)
    assert button(app, "Stop").disabled


@pytest.mark.parametrize("page", ["nowhere", "join", "board", ""])
def test_any_page_may_be_called_and_one_that_is_not_there_moves_nobody(
    open_page, store, member, page
):
    app = open_page("glossary")
    store.call_class(member.class_id, page)
    app.run()
    assert not app.exception
    assert (at(app) == "Glossary") == (page == "nowhere")


def test_nobody_is_moved_by_a_call_to_another_class_or_before_they_joined(
    open_page, store, member, sit_at
):
    sit_at("phone")
    app = open_page("glossary")
    store.call_class(member.class_id, "train")
    store.join_class(member.class_id, "calm koala", "one two three", token="phone")
    app.run()
    assert at(app) == "Glossary"
    store.call_class(store.create_class("8a").id, "train")
    app.run()
    assert at(app) == "Glossary"


def test_a_teacher_brings_everybody_to_a_page_and_a_run(open_page, store, member, teacher):
    run = new_run(store)
    app = open_class(open_page, member)
    app.session_state["bring-along"] = True
    app.run()
    app.selectbox(key="bring-to-page").set_value("mistakes")
    app.selectbox(key="bring-to-run").set_value(run.id)
    button(app, "Bring them").click().run()
    assert not app.exception
    call = store.get_class(member.class_id).call
    assert (call.page, call.run_id) == ("mistakes", run.id)
    assert "Brought to Mistakes" in words(app)


def test_somebody_s_run_is_shown_to_all_without_their_name(
    open_page, store, member, teacher, sit_at
):
    run = new_run(store, member.owner)
    app = open_class(open_page, member)
    store.join_class(member.class_id, "calm koala", "one two three", token="phone")
    sit_at("phone")
    phone = open_page("glossary")
    sit_at("desk")
    button(app, "Show to all").click().run()
    assert "Brought to Train" in words(app)
    sit_at("phone")
    phone.run()
    assert run_in_address(phone) == run.id
    assert member.name not in words(phone)
    assert button(phone, "Stop").disabled


# ---------------------------------------------------------------------------- a prediction first


@pytest.mark.parametrize(
    ("script", "page", "opens"),
    [
        ("results", "results", "Its hardest digit"),
        ("mistakes", "mistakes", "test digits are read wrong"),
        ("inside", "look_inside", ""),
    ],
)
def test_a_page_opens_when_a_result_is_predicted(open_page, store, member, script, page, opens):
    run = finished_run(store, SAMPLE, owner=member.owner, expected_accuracy=None)
    change_rules(store, member, guess_first=(page,))
    app = open_page(script, run=run.id)
    assert QUESTION in words(app)
    [picker] = [each for each in app.selectbox if each.label == "Run"]
    assert "yours" in picker.options[0]
    assert "%" not in picker.options[0]
    assert "Its hardest digit" not in words(app)
    button(app, "Predict").click().run()
    assert "Type a number first" in words(app)
    app.number_input(key=f"prediction-{run.id}").set_value(101.0)
    button(app, "Predict").click().run()
    assert "A prediction of 101 is not possible" in words(app)
    assert QUESTION in words(app)
    app.number_input(key=f"prediction-{run.id}").set_value(95.0)
    button(app, "Predict").click().run()
    assert not app.exception
    assert QUESTION not in words(app)
    assert store.get_run(run.id).expected_accuracy == 0.95
    assert opens in words(app)


def test_only_one_s_own_runs_without_a_prediction_are_closed(open_page, store, member, sit_at):
    change_rules(store, member, guess_first=("results",))
    others, own = (
        finished_run(store, SAMPLE, owner=each, expected_accuracy=None)
        for each in ("f" * 64, member.owner)
    )
    assert QUESTION not in words(open_page("results", run=others.id))
    assert QUESTION not in words(open_page("mistakes", run=own.id))
    assert QUESTION in words(open_page("results", run=own.id))
    sit_at("phone")
    assert QUESTION not in words(open_page("results", run=own.id))


def test_the_rule_is_saved_with_the_others(open_page, store, member, teacher):
    app = open_class(open_page, member)
    app.multiselect(key=f"rules-{member.class_id}-guess-first").set_value(["mistakes"])
    button(app, "Save").click().run()
    assert not app.exception
    assert store.get_class(member.class_id).rules.guess_first == ("mistakes",)


# --------------------------------------------------------------------------- a teacher's rights


@pytest.fixture
def anybodys(store: Store) -> Run:
    return new_run(store, "f" * 64)


def test_a_teacher_stops_anybody_s_run_and_changes_nothing_else_of_it(
    open_page, store, teacher, anybodys
):
    app = open_page("train", run=anybodys.id)
    assert button(app, "Pause").disabled
    button(app, "Stop").click().run()
    assert not app.exception
    assert store.get_run(anybodys.id).status is RunStatus.STOPPED


def test_a_teacher_deletes_anybody_s_run_and_takes_it_back(open_page, store, teacher, anybodys):
    app = open_page("runs")
    app.session_state["chosen-runs"] = [anybodys.id]
    app.run()
    app.button(key="delete-runs").click().run()
    assert not app.exception
    assert store.list_runs() == []
    button(app, "Undo").click().run()
    assert store.list_runs() == [anybodys]


def test_a_teacher_acts_for_the_computer(open_page, store, teacher, monkeypatch):
    monkeypatch.setattr(rights, "is_at_this_computer", lambda: False)
    run = new_run(store, None)
    app = open_page("train", run=run.id)
    button(app, "Pause").click().run()
    assert store.get_run(run.id).status is RunStatus.PAUSED


def test_a_teacher_deletes_anybody_s_digits(open_page, store, teacher):
    store.keep_digits("7b", SAMPLE.x_test[:2], [1, 2], owner="f" * 64)
    app = open_page("my_digits")
    button(app, "Delete").click().run()
    assert not app.exception
    assert store.list_digit_sets() == []


def test_who_was_a_teacher_stops_nobody_s_run_any_more(open_page, store, teacher, anybodys):
    app = open_page("train", run=anybodys.id)
    store.let_teacher_out(hash_owner("desk"))
    button(app, "Stop").click().run()
    assert store.get_run(anybodys.id).status is RunStatus.QUEUED
    assert button(app, "Stop").disabled
