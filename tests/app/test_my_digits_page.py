"""The page My digits as a script, and the way a drawing gets there from the page Draw."""

from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from mnist_core.handwriting.drawing import Step
from mnist_core.store import Store
from pages.session import rights
from pages.session.browser import owner
from pages.views.my_digits import digit_sets
from pages.views.shared.digit_set import CHOSEN
from tests.app.page_helpers import button, nearest_mean, picture, sample_digits, words

STRANGER = "f" * 64


@pytest.fixture
def me(monkeypatch: pytest.MonkeyPatch) -> str:
    """The browser that looks: AppTest has no cookies, so every run of a script would be another."""
    for module in (digit_sets, rights):
        monkeypatch.setattr(module, "owner", lambda: "a" * 64)
    return "a" * 64


@pytest.fixture
def class_7b(store: Store) -> None:
    """A set to choose: AppTest can't type the name of a new one."""
    store.keep_digits("class 7b", np.stack(sample_digits(8)), [8], owner=STRANGER)


def keep(app: AppTest, name: str | None, label: int | None) -> AppTest:
    if name is not None:
        app.selectbox(key="keeping-set").set_value(name)
    if label is not None:
        [choice] = [each for each in app.segmented_control if each.label == "It is a"]
        choice.set_value(label)
    button(app, "Keep this digit").click()
    app.run()
    assert not app.exception
    return app


# ------------------------------------------------------------------------------- keeping, on Draw


def test_a_digit_is_kept_with_every_step_done_whatever_is_switched_off(
    upload, store: Store, class_7b
):
    app = upload(picture(3))
    for step in (Step.CENTRE, Step.SCALE):
        app.toggle(key=f"step-{step.name.lower()}").set_value(False)
    app.run()
    keep(app, "class 7b", 3)
    kept = store.read_digit_set("class 7b")
    assert kept.labels.tolist() == [8, 3]
    assert "Kept. “class 7b” has 2 digits now." in [each.value for each in app.success]
    rows = np.flatnonzero(kept.images[1].any(axis=1))
    assert 18 <= rows[-1] - rows[0] + 1 <= 22  # scaled into 20 pixels


def test_a_second_click_keeps_no_second_one(upload, store: Store, class_7b):
    app = keep(upload(picture(3)), "class 7b", 3)
    button(app, "Keep this digit").click()
    app.run()
    assert "This is kept already." in [each.value for each in app.success]
    assert len(store.read_digit_set("class 7b")) == 2


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [(None, 3, "A set needs a name"), ("class 7b", None, "Say which digit it is")],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    upload, store: Store, class_7b, name, label, said
):
    app = keep(upload(picture(3)), name, label)
    assert said in words(app)
    assert "Nothing was kept." in words(app)
    assert len(store.read_digit_set("class 7b")) == 1


def test_all_digits_of_a_picture_are_kept_but_for_those_left_out(upload, store: Store, class_7b):
    app = upload(picture(0, 1, 7))
    app.selectbox(key="keeping-set").set_value("class 7b")

    def keep_all(typed: str) -> None:
        [labels] = [each for each in app.text_input if each.label == "What they are, in this order"]
        labels.set_value(typed)
        button(app, "Keep these digits").click()
        app.run()
        assert not app.exception

    for typed in ("01", "01x", "0127"):
        keep_all(typed)
        assert "for each of the 3 that were found" in words(app)
    keep_all("0 - 2")
    assert store.read_digit_set("class 7b").labels.tolist() == [8, 0, 2]


def test_the_network_s_guesses_are_offered_as_labels(upload, store: Store, class_7b):
    app = upload(picture(0, 1, 7))
    app.selectbox(key="keeping-set").set_value("class 7b")
    button(app, "Keep these digits").click()
    app.run()
    assert store.read_digit_set("class 7b").labels.tolist() == [8, 0, 1, 7]


def test_many_strokes_ask_once_for_the_digit_sets_and_keeping_one_asks_again(
    upload, store: Store, class_7b, request: pytest.FixtureRequest
):
    read = []

    def note(connection, cursor, statement, *rest) -> None:
        read.extend([statement] * ("kept_digits" in statement))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    request.addfinalizer(lambda: sa.event.remove(sa.Engine, "before_cursor_execute", note))
    app = upload(picture(3))
    for is_on in (False, True, False):
        app.toggle(key=f"step-{Step.CENTRE.name.lower()}").set_value(is_on).run()
    assert len(read) == 1
    assert app.selectbox(key="keeping-set").options == ["class 7b"]
    store.keep_digits("class 8a", np.stack(sample_digits(8)), [8], owner=STRANGER)
    keep(app, "class 7b", 3)
    assert app.selectbox(key="keeping-set").options == ["class 7b", "class 8a"]


def test_a_deleted_set_is_offered_no_more(upload, open_page, store: Store, me):
    store.keep_digits("7b", np.stack(sample_digits(0)), [0], owner=me)
    assert upload(picture(3)).selectbox(key="keeping-set").options == ["7b"]
    button(open_page("my_digits"), "Delete").click().run()
    assert upload(picture(3)).selectbox(key="keeping-set").options == []


def test_nothing_is_kept_without_being_asked(upload, store: Store):
    app = upload(picture(0, 1, 7))
    assert "is not kept" in words(app)
    assert store.list_digit_sets() == []


# --------------------------------------------------------------------------------- the page itself


def test_without_digits_the_page_says_how_to_get_some(open_page):
    app = open_page("my_digits")
    assert not app.exception
    assert "No digits are kept yet." in words(app)
    assert [link.value for link in app.get("page_link")] == ["Draw a digit"]


def test_a_set_is_read_by_the_network_of_a_run(open_page, add_run, store: Store):
    add_run(nearest_mean())
    store.keep_digits("7b", np.stack(sample_digits(0, 1, 7)), [0, 1, 2], owner=STRANGER)
    app = open_page("my_digits")
    assert not app.exception
    assert "Read right 66.7 %" in words(app)
    assert "**2 of 3** by the network as it was after epoch 1." in words(app)


def test_a_set_can_be_looked_at_before_there_is_a_network(open_page, store: Store):
    store.keep_digits("7b", np.stack(sample_digits(0)), [0], owner=STRANGER)
    app = open_page("my_digits")
    assert not app.exception
    assert "No network has read them yet." in words(app)


def test_the_founder_deletes_a_set_and_the_page_goes_on_with_another(open_page, store: Store, me):
    for name in ("old", "new"):
        store.keep_digits(name, np.stack(sample_digits(0)), [0], owner=me)
    app = open_page("my_digits")
    app.selectbox(key="digit-set").set_value("old").run()
    button(app, "Delete").click()
    app.run()
    assert not app.exception
    assert [each.name for each in store.list_digit_sets()] == ["new"]
    assert "1 digit will be gone for good." in words(app)  # of the other set


def test_people_are_offered_to_delete_only_what_they_may(open_page, store: Store, me):
    store.keep_digits("7b", np.stack(sample_digits(0)), [0], owner=STRANGER)
    app = open_page("my_digits")
    assert [each.label for each in app.button] == ["Look inside"]
    store.keep_digits("7b", np.stack(sample_digits(1, 7)), [1, 7], owner=me)
    app.run()
    button(app, "Delete").click()
    app.run()
    assert store.read_digit_set("7b").owners == (STRANGER,)


def test_a_digit_of_somebody_else_is_not_deleted_by_a_forged_click(
    open_page, store: Store, me, monkeypatch: pytest.MonkeyPatch
):
    store.keep_digits("7b", np.stack(sample_digits(0)), [0], owner=me)
    app = open_page("my_digits")
    for module in (digit_sets, rights):
        monkeypatch.setattr(module, "owner", owner)  # another browser by now
    button(app, "Delete").click()
    app.run()
    assert not app.exception
    assert "whoever drew it" in words(app)
    assert len(store.read_digit_set("7b")) == 1


def test_a_chosen_digit_is_taken_into_the_network(open_page, add_run, store: Store, me):
    add_run(nearest_mean())
    store.keep_digits("7b", np.stack(sample_digits(0, 1)), [0, 1], owner=STRANGER)
    app = open_page("my_digits")
    assert "Click a digit, then look inside" in words(app)
    assert button(app, "Look inside").disabled
    app.session_state[CHOSEN] = store.read_digit_set("7b").ids[1]
    app.run()
    assert "Digit 2, a 1, guessed 1, " in words(app)
    assert "Click a digit, then look inside" not in words(app)
    assert "drawn in another browser" in words(app)
    button(app, "Look inside").click()
    app.run()
    app.switch_page("inside.py").run()
    assert not app.exception
    assert "This is kept digit number 2, a **1**." in words(app)
