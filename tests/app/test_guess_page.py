"""Guess together: by devices of a class, before the teacher's projector, and by raised hands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.store import ClassRules, Member, RunStatus, SchoolClass, Store, hash_owner
from tests.app.page_helpers import as_shown, button, component, words

SECRET = "a secret of twelve"
TEACHER = "token of a teacher"


@pytest.fixture
def open_as(open_page) -> Callable[..., AppTest]:
    """Open a page in the browser that has a token."""

    def open_as(token: str, path: str, **query: str) -> AppTest:
        app = open_page("")
        app.session_state["visit_token"] = token
        app.switch_page(f"{path}.py")
        app.query_params.update(query)
        app.run()
        assert not app.exception
        return app

    return open_as


@pytest.fixture
def school_class(store: Store, monkeypatch: pytest.MonkeyPatch) -> SchoolClass:
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner(TEACHER), SECRET)
    return store.create_class("7b", ClassRules(task={"epochs": "3"}))


@pytest.fixture
def otter(store: Store, school_class: SchoolClass) -> Member:
    return join(store, school_class, "brave otter")


@pytest.fixture
def open_view(open_as, school_class: SchoolClass) -> Callable[[], AppTest]:
    """Open the teacher's view of what the class guesses."""
    return lambda: open_as(TEACHER, "teacher", **{"class": school_class.id, "view": "Guesses"})


def join(store: Store, school_class: SchoolClass, name: str) -> Member:
    return store.join_class(school_class.id, name, f"{name} code", token=name)


def send(app: AppTest, percent: float) -> AppTest:
    [field] = app.number_input
    field.set_value(percent)
    [sender] = [each for each in app.button if each.label in ("Send", "Change it")]
    sender.click().run()
    assert not app.exception
    return app


def finish(store: Store, accuracy: float) -> None:
    claim = store.claim_next(30)
    assert claim is not None
    store.finish(claim, RunStatus.FINISHED, test_accuracy=accuracy, test_loss=0.1, model=b"PK")


def has_histogram(app: AppTest) -> bool:
    return bool(app.get("plotly_chart"))


# ------------------------------------------------------------------------------------- a class


def test_a_class_guesses_and_one_run_decides(store, school_class, otter, open_as, open_view):
    koala = join(store, school_class, "calm koala")
    student = open_as("brave otter", "guess")
    assert "Your class is asked nothing at the moment." in words(student)

    teacher = open_view()
    button(teacher, "Ask the class").click().run()
    assert not teacher.exception
    assert "128 nodes, batch 100, 10 epochs" in words(teacher)
    assert "Predictions 0 of 2" in words(teacher)

    send(student.run(), 99)
    send(student, 95)
    [sent] = student.success
    assert "Sent: 95.0 %. You can change it" in as_shown(sent.value)
    store.give_guess(store.read_guess_round(school_class.id).id, 0.3, owner=koala.owner)
    assert "Predictions 2 of 2" in words(teacher.run())
    assert not has_histogram(teacher)
    assert "95.0 %" not in words(teacher)

    button(teacher, "Close and train").click().run()
    assert not teacher.exception
    [run] = store.list_runs()
    assert (run.owner, run.config) == (hash_owner(TEACHER), TrainingConfig())
    assert component(teacher, "chart-live")["run_id"] == run.id
    assert has_histogram(teacher)
    assert "Yours is 95.0 %. It trains in front" in words(student.run())
    assert not student.number_input

    finish(store, 0.93)
    score = "1 of 2 predictions was close, within 3 points."
    assert score in words(teacher.run())
    assert "brave otter" not in words(teacher)
    teacher.toggle(key=f"nearest-{store.read_guess_round(school_class.id).id}").set_value(True)
    assert "Nearest: **brave otter**" in words(teacher.run())
    student.run()
    assert "Test accuracy 93.0 %" in words(student)
    assert "You predicted 95.0 %: it is 2.0 points less. Close!" in words(student)
    assert f"Your class: {score}" in words(student)
    assert "koala" not in words(student)


def test_the_histogram_may_stand_before_it_trains(store, school_class, otter, open_view):
    teacher = open_view()
    button(teacher, "Ask the class").click().run()
    button(teacher, "Close").click().run()
    assert has_histogram(teacher)
    assert store.list_runs() == []
    button(teacher, "Train").click().run()
    finish(store, 0.93)
    assert "Nobody sent a prediction." in words(teacher.run())


def test_the_network_is_the_classs_task_or_comes_by_a_link(store, school_class, open_view):
    teacher = open_view()
    choice = teacher.radio(key="guesses-network")
    choice.set_value("The class's task").run()
    button(teacher, "Ask the class").click().run()
    assert store.read_guess_round(school_class.id).config == TrainingConfig(epochs=3)

    teacher.radio(key="guesses-network").set_value("A link to Train").run()
    link = teacher.text_input(key="guesses-link")
    link.set_value("http://school.example/train?epochs=500").run()
    button(teacher, "Ask the class").click().run()
    assert "Epochs 500 is not allowed." in words(teacher)
    teacher.text_input(key="guesses-link").set_value("/train?layers=64,32&epochs=2").run()
    button(teacher, "Ask the class").click().run()
    assert store.read_guess_round(school_class.id).config == TrainingConfig(
        layers=(64, 32), epochs=2
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [(None, "Type a number first"), (101, "of 100 digits, 0 to 100 can be right")],
)
def test_what_is_no_number_of_digits_is_told(store, school_class, otter, open_as, typed, sentence):
    asked = store.ask_for_guesses(school_class.id, TrainingConfig())
    student = send(open_as("brave otter", "guess"), typed)
    assert sentence in words(student)
    assert store.count_guesses(asked.id) == 0


def test_what_comes_too_late_is_told(store, school_class, otter, open_as):
    asked = store.ask_for_guesses(school_class.id, TrainingConfig())
    student = send(open_as("brave otter", "guess"), 90)
    store.close_guesses(asked.id)
    send(student, 95)
    assert "Predictions are closed. What was sent before counts." in words(student)
    assert "Yours is 90.0 %." in words(student)


def test_who_has_to_be_let_in_is_told_so(store, open_as):
    made = store.create_class("7b", ClassRules(needs_approval=True))
    join(store, made, "brave otter")
    store.ask_for_guesses(made.id, TrainingConfig())
    student = open_as("brave otter", "guess")
    assert "Your teacher has to let you in first." in words(student)
    assert not student.number_input


def test_a_browser_that_was_a_teachers_asks_and_closes_nothing(store, school_class, open_view):
    teacher = open_view()
    button(teacher, "Ask the class").click().run()
    asked = store.read_guess_round(school_class.id)
    for label in ("Close and train", "Close", "Ask the class"):
        teacher = open_view()
        store.let_teacher_out(hash_owner(TEACHER))
        button(teacher, label).click().run()
        assert "This browser is not a teacher's any more." in words(teacher)
        store.let_teacher_in(hash_owner(TEACHER), SECRET)
    assert store.read_guess_round(school_class.id) == asked
    assert store.list_runs() == []


# ------------------------------------------------------------------------------- raised hands


def test_hands_are_counted_and_scored_without_a_class(open_page, store):
    app = open_page("guess", hands="2.x.-1")
    assert not app.exception
    assert "128 nodes, batch 100, 10 epochs" in words(app)
    assert app.number_input(key="hands-1").value == 2
    app.number_input(key="hands-4").set_value(3).run()
    assert "hand" not in words(app).replace("Count the hands", "")
    button(app, "Train").click().run()
    assert not app.exception
    [run] = store.list_runs()
    assert component(app, "chart-live")["run_id"] == run.id
    finish(store, 0.93)
    score = "3 of 5 hands were right: 90 to 95 %. The middle hand said 90 to 95 %."
    assert score in words(app.run())

    app.switch_page("home.py").run()
    app.switch_page("guess.py").run()
    assert score in words(app)
    button(app, "Ask again").click().run()
    assert [each.value for each in app.number_input] == [0] * 7
    assert component(app, "chart-live") is None


def test_the_network_is_the_one_that_stands_on_train(open_page, store):
    app = open_page("train")
    app.slider(key="epochs").set_value(7).run()
    app.switch_page("guess.py").run()
    assert "128 nodes, batch 100, 7 epochs" in words(app)
    button(app, "Train").click().run()
    assert [run.config.epochs for run in store.list_runs()] == [7]


def test_a_run_that_is_gone_is_told_and_one_may_ask_again(open_page, store):
    app = open_page("guess", decided_by="*nonsense*")
    assert not app.exception
    assert "There is no run “*nonsense*”." in words(app)
    assert "decided_by" not in app.query_params
    button(app, "Train")
