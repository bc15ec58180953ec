"""A handwriting round: the page Write for a class, and the teacher's view of what it wrote."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from mnist_core.store import ClassRules, HandwritingRound, Member, Store, hash_owner
from pages.views.shared.digit_set import CHOSEN
from tests.app.page_helpers import button, component, nearest_mean, sample_digits, words

SECRET = "a secret of twelve"
DOWN = [[0.08, [[0.5, 0.2], [0.5, 0.5], [0.5, 0.8]]]]


@pytest.fixture(autouse=True)
def phone(sit_at) -> None:
    """Sit at the phone."""
    sit_at("phone")


@pytest.fixture
def write(open_page: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Open the page Write by the code of a class."""

    def write(code: str) -> AppTest:
        app = open_page("")
        app.switch_page("write.py")
        app.query_params["class"] = code
        app.run()
        assert not app.exception
        return app

    return write


@pytest.fixture
def member(store: Store) -> Member:
    """Who sits at the browser, in a class of their own."""
    made = store.create_class("7b")
    return store.join_class(made.id, "brave otter", "one two three", token="phone")


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


def title(app: AppTest) -> str:
    [found] = app.title
    return found.value


def how_far(app: AppTest) -> str:
    [found] = app.get("progress")
    return found.proto.text


def keep(app: AppTest, strokes: object = None) -> AppTest:
    """Press the button, with these strokes in the field."""
    [field] = [
        each.proto.id for each in app.get("bidi_component") if "writing-field" in each.proto.id
    ]
    states = [WidgetState(id=button(app, "Keep and next").id, trigger_value=True)]
    if strokes is not None:
        states.append(WidgetState(id=field, json_value=json.dumps({"strokes": strokes})))
    app._run(WidgetStates(widgets=states))
    assert not app.exception
    return app


# ------------------------------------------------------------------------------------------ Write


def test_somebody_with_the_code_joins_first_and_goes_on_to_the_digits(write, store: Store):
    made = store.create_class("7b")
    store.start_handwriting(made.id)
    app = write(made.code)
    assert (title(app), "Class 7b" in words(app)) == ("Write digits", True)
    button(app, "Join").click().run()
    assert not app.exception
    [member] = store.list_members(made.id)
    first = store.list_handwriting(made.id)[0].tasks_of(member.owner)[0]
    assert title(app) == f"Write a{'n' * (first == 8)} {first}"
    assert how_far(app) == "1 of 10"


def test_one_digit_after_the_other_is_kept_with_its_label(write, store: Store, member: Member):
    asked = store.start_handwriting(member.class_id, [1, 7])
    app = write("")
    first, second = asked.tasks_of(member.owner)
    assert (title(app), how_far(app)) == (f"Write a {first}", "1 of 2")
    assert labels(app)[-1] == "Keep and next"
    keep(app, DOWN)
    assert (title(app), how_far(app)) == (f"Write a {second}", "2 of 2")
    keep(app, DOWN)
    assert title(app) == "Thank you"
    assert "2 digits in your hand went to your teacher." in words(app)
    kept = store.read_handwriting(asked.id)
    assert kept.labels.tolist() == [1, 7]
    rows = np.flatnonzero(kept.images[0].any(axis=1))
    assert 18 <= rows[-1] - rows[0] + 1 <= 22  # as MNIST has it
    assert title(write("")) == "Thank you"  # a reload, or another device


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        (None, "The field is empty. Write the 7 first. Nothing was lost."),
        ([], "The field is empty. Write the 7 first. Nothing was lost."),
        ([[0.08, [[5, 5]]]], "The field is empty. Draw a digit, 0 to 9. Nothing was lost."),
        ([[1, [[0, 0], [1, 1], [0, 1], [1, 0]]]], "The field is full of ink"),
        ([["x", 1]], "The drawing did not arrive whole."),
        ({"run_id": 1}, "The drawing did not arrive whole."),
    ],
)
def test_what_is_no_digit_is_refused_in_a_sentence(
    write, store: Store, member: Member, strokes: object, said: str
):
    asked = store.start_handwriting(member.class_id, [7])
    app = keep(write(""), strokes)
    assert said in words(app)
    assert title(app) == "Write a 7"
    assert len(store.read_handwriting(asked.id)) == 0


def test_the_last_one_is_written_again_and_stays_until_then(write, store: Store, member: Member):
    asked = store.start_handwriting(member.class_id, [1, 7])
    first, second = asked.tasks_of(member.owner)
    app = keep(write(""), DOWN)
    before = store.read_handwriting(asked.id)
    button(app, f"Write the {first} again").click().run()
    assert (title(app), how_far(app)) == (f"Write a {first}", "1 of 2")
    button(app, "Leave it as it was").click().run()
    assert title(app) == f"Write a {second}"
    assert store.read_handwriting(asked.id).ids == before.ids
    button(app, f"Write the {first} again").click().run()
    keep(app, [[0.08, [[0.2, 0.5], [0.8, 0.5]]]])
    assert title(app) == f"Write a {second}"
    after = store.read_handwriting(asked.id)
    assert after.labels.tolist() == [first]
    assert (after.images != before.images).any()
    keep(app, DOWN)
    button(app, f"Write the {second} again").click().run()
    assert title(app) == f"Write a {second}"


def test_the_page_waits_for_a_round_and_says_when_one_was_closed(
    write, store: Store, member: Member
):
    app = write("")
    assert "No handwriting round is open in class 7b." in words(app)
    asked = store.start_handwriting(member.class_id, [7])
    app.run()
    assert title(app) == "Write a 7"
    store.close_handwriting(asked.id)
    keep(app, DOWN)
    assert "This handwriting round is closed" in words(app)
    assert title(app) == "Write digits"
    assert len(store.read_handwriting(asked.id)) == 0


def test_a_digit_that_the_teacher_took_out_is_asked_for_again(write, store: Store, member: Member):
    asked = store.start_handwriting(member.class_id, [7])
    app = keep(write(""), DOWN)
    store.take_out_handwriting(asked.id, store.read_handwriting(asked.id).ids)
    app.run()
    assert (title(app), how_far(app)) == ("Write a 7", "1 of 1")


def test_the_link_of_another_class_writes_for_nobody(write, store: Store, member: Member):
    other = store.create_class("8a")
    store.start_handwriting(other.id)
    app = write(other.code)
    assert "you are brave otter in class 7b" in words(app)
    assert "Keep and next" not in labels(app)


def test_who_waits_to_be_let_in_writes_nothing_yet(write, store: Store):
    made = store.create_class("7b", ClassRules(needs_approval=True))
    store.start_handwriting(made.id)
    who = store.join_class(made.id, "calm koala", "one two three", token="phone")
    app = write(made.code)
    assert "Your teacher has to let you in" in words(app)
    assert "Keep and next" not in labels(app)
    store.approve_members(made.id, [who.id])
    assert "Keep and next" in labels(app.run())


# ---------------------------------------------------------------------------------------- teacher


@pytest.fixture
def teacher(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner("phone"), SECRET)
    store.create_class("7b")
    return store


@pytest.fixture
def open_view(open_page, teacher: Store) -> Callable[[], AppTest]:
    def open_view() -> AppTest:
        app = open_page("teacher")
        app.query_params.update({"class": teacher.list_classes()[0].id, "view": "Handwriting"})
        app.run()
        assert not app.exception
        return app

    return open_view


@pytest.fixture
def written(teacher: Store) -> HandwritingRound:
    """A round in which two people wrote digits that a simple network reads, all but one."""
    [made] = teacher.list_classes()
    asked = teacher.start_handwriting(made.id, [0, 1, 7])
    for name in ("brave otter", "calm koala"):
        who = teacher.join_class(made.id, name, f"code of {name}", token=name)
        for place, digit in enumerate(asked.tasks_of(who.owner)):
            is_sloppy = (name, digit) == ("calm koala", 7)
            [image] = sample_digits(1 if is_sloppy else digit)
            teacher.keep_handwriting(asked.id, place, image, owner=who.owner)
    return asked


def tables(app: AppTest) -> dict[str, list[list[str]]]:
    """The tables by what their lines are, each with the names and the counts."""
    return {
        str(each.value.index.name): [[*map(str, each.value.index)], [*each.value["read right"]]]
        for each in app.table
    }


def test_a_round_is_started_with_the_chosen_digits_and_shown_by_its_link(open_view, teacher: Store):
    [made] = teacher.list_classes()
    app = open_view()
    app.segmented_control(key="handwriting-digits").set_value([1, 7])
    app.number_input(key="handwriting-each").set_value(2)
    button(app, "Start").click().run()
    assert not app.exception
    [asked] = teacher.list_handwriting(made.id)
    assert (asked.digits, asked.each, asked.is_open) == ((1, 7), 2, True)
    assert f"/write?class={made.code}" in "".join(each.proto.body for each in app.get("html"))
    assert "0 digits of 0 people" in words(app)
    button(app, "Close the round").click().run()
    assert not teacher.list_handwriting(made.id)[0].is_open
    assert "Nobody has written anything in this round." in words(app)
    button(app, "Start").click().run()
    assert [each.number for each in teacher.list_handwriting(made.id)] == [2, 1]
    assert "0 digits of 0 people" in words(app)  # the new one is shown


def test_without_a_digit_no_round_is_started(open_view, teacher: Store):
    app = open_view()
    app.segmented_control(key="handwriting-digits").set_value([])
    button(app, "Start").click().run()
    assert "Choose at least one digit to write" in words(app)
    assert teacher.list_handwriting(teacher.list_classes()[0].id) == []


def test_digits_come_in_live_without_a_name_and_are_taken_out(
    open_view, teacher: Store, written: HandwritingRound
):
    app = open_view()
    assert "6 digits of 2 people" in words(app)
    grid = component(app, "kept-digits")
    assert grid["captions"] == ["0", "0", "1", "1", "7", "7"]
    assert "otter" not in json.dumps(grid) + words(app)
    assert button(app, "Take it out").disabled
    kept = teacher.read_handwriting(written.id)
    app.session_state[CHOSEN] = kept.ids[4]
    app.run()
    button(app, "Take it out").click().run()
    assert not app.exception
    assert "5 digits of 2 people" in words(app)
    assert kept.ids[4] not in teacher.read_handwriting(written.id).ids
    app.session_state[CHOSEN] = kept.ids[5]
    app.run()
    button(app, "Take out all 3 of whoever wrote it").click().run()
    assert set(teacher.read_handwriting(written.id).owners) == {kept.owners[4]}


def test_a_closed_round_is_read_by_any_run_per_digit_and_per_person(
    open_view, teacher: Store, written: HandwritingRound, add_run
):
    teacher.close_handwriting(written.id)
    app = open_view()
    assert "No network has read them yet." in words(app)
    add_run(nearest_mean())
    app.run()
    assert "Read right 83.3 %" in words(app)
    assert "**5 of 6** by the network as it was after epoch 1." in words(app)
    assert tables(app) == {
        "digit": [["0", "1", "7"], ["2 of 2", "2 of 2", "1 of 2"]],
        "person": [["person 1", "person 2"], ["3 of 3", "2 of 3"]],
    }
    assert app.table[0].value["very probably between"].iloc[0] == "34.2 % and 100.0 %"
    assert "brave otter" not in words(app)
    app.toggle(key="handwriting-names").set_value(True).run()
    assert tables(app)["person"] == [["brave otter", "calm koala"], ["3 of 3", "2 of 3"]]
    downloads = [each.label for each in app.get("download_button")]
    assert downloads == ["Download as a data set (.npz)", "Download as a picture sheet"]


def test_a_round_is_opened_again_and_deleted(open_view, teacher: Store, written: HandwritingRound):
    teacher.close_handwriting(written.id)
    app = open_view()
    button(app, "Open again").click().run()
    assert "6 digits of 2 people" in words(app)
    button(app, "Close the round").click().run()
    assert "6 digits will be gone for good." in words(app)
    button(app, "Delete").click().run()
    assert not app.exception
    assert teacher.list_handwriting(written.class_id) == []
    assert "Everybody writes digits on a phone" in words(app)


def test_a_browser_that_was_a_teachers_changes_no_round(
    open_view, teacher: Store, written: HandwritingRound
):
    app = open_view()
    teacher.let_teacher_out(hash_owner("phone"))
    button(app, "Close the round").click().run()
    assert not app.exception
    assert "This browser is not a teacher's any more." in words(app)
    assert "6 digits" not in words(app)
    assert teacher.open_handwriting(written.class_id) == written
