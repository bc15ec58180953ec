"""The board of a class as a script: who may look, what it gives away, and what it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.evaluation.challenges import QUICK_LEARNER, SMALL_NETWORK
from mnist_core.store import ClassRules, EpochRecord, Member, Run, RunStatus, Store, hash_owner
from pages.services import server
from pages.services.board import read_board
from tests.app.page_helpers import words

SECRET = "a secret of twelve"
TEST = 0.876


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    read_board.clear()
    server.get_secret_tries.cache_clear()


@pytest.fixture
def people(store: Store) -> list[Member]:
    """Three people of a class, at browsers of their own."""
    made = store.create_class("7b")
    return [
        store.join_class(made.id, name, f"code of {name}", token=name)
        for name in ("brave otter", "calm <b>koala", "shy newt")
    ]


@pytest.fixture
def train(store: Store) -> Callable[..., Run]:
    """Let a run end as a worker does."""

    def train(
        owner: str,
        *val_accuracy: float,
        config: TrainingConfig = TrainingConfig(layers=(12,), epochs=1),  # noqa: B008
        **settings: object,
    ) -> Run:
        dataset = load_mnist("sample")
        store.save_dataset(dataset)
        run = store.create_run(
            config,
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
            owner=owner,
            training_digits=3600,
            lease_seconds=60,
            **settings,
        )
        for epoch, value in enumerate(val_accuracy):
            store.record(run.claim, epoch=EpochRecord(epoch, 0.9, 0.4, value, 0.5, 1.0))
        store.finish(run.claim, RunStatus.FINISHED, test_accuracy=TEST, test_loss=0.5)
        return store.get_run(run.id)

    return train


@pytest.fixture
def teacher(store: Store, sit_at, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sit at the teacher's browser."""
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner("desk"), SECRET)
    sit_at("desk")


@pytest.fixture
def open_board(open_page, people) -> Callable[..., AppTest]:
    def open_board(view: str = "Runs", **query: str) -> AppTest:
        app = open_page("").switch_page("board.py")
        app.query_params.clear()
        app.query_params.update({"class": people[0].class_id, "view": view} | query)
        app.run()
        assert not app.exception
        return app

    return open_board


def everything(app: AppTest) -> str:
    """All that browsers get of the page, tiles and figures included."""
    return "\n".join([words(app), html(app), *(str(each.proto) for each in app.main)])


def html(app: AppTest) -> str:
    return "\n".join(each.proto.body for each in app.get("html"))


# ------------------------------------------------------------------------------- who may look


def test_a_board_is_for_its_people_and_its_teacher(open_board, people, sit_at, store, monkeypatch):
    refused = "A board is for the people of its class and for their teacher."
    assert refused in words(open_board())
    sit_at("brave otter")
    assert "Board of class 7b" in words(open_board())
    assert refused in words(open_board(**{"class": store.create_class("8a").id}))
    sit_at("desk")
    monkeypatch.setenv("MNIST_TEACHER_SECRET", SECRET)
    store.let_teacher_in(hash_owner("desk"), SECRET)
    assert "Board of class 7b" in words(open_board())
    assert refused in words(open_board(**{"class": "0" * 12}))


def test_who_still_waits_to_be_let_in_does_not_look(open_board, people, sit_at, store):
    store.change_class(people[0].class_id, "7b", ClassRules(needs_approval=True))
    store.join_class(people[0].class_id, "new newt", "another code", token="new")
    sit_at("new")
    assert "A board is for the people" in words(open_board())


def test_people_find_their_own_board_without_its_address(open_page, people, sit_at):
    sit_at("shy newt")
    assert "Board of class 7b" in words(open_page("board"))


def test_who_leaves_sees_the_board_no_more(open_board, people, sit_at, store, train):
    train(people[0].owner, 0.5)
    sit_at("brave otter")
    app = open_board()
    assert "class-runs" in html(app)
    store.leave_seat(hash_owner("brave otter"))
    app.run()
    assert not app.exception
    assert "class-runs" not in html(app)


# --------------------------------------------------------------------------------- anonymity


@pytest.mark.parametrize("view", ["Runs", "Predictions", "Challenges"])
def test_nothing_on_it_tells_whose_a_run_is_until_the_teacher_shows_names(
    open_board, people, train, teacher, store, view
):
    runs = [
        train(member.owner, 0.9, expected_accuracy=0.8, name=f"run of {member.name}")
        for member in people
    ]
    hidden = everything(open_board(view))
    for member, run in zip(people, runs, strict=True):
        for secret in (member.name, "koala", member.owner, member.id, run.id, "run of"):
            assert secret not in hidden
    store.show_names(people[0].class_id, shown=True)
    read_board.clear()
    shown = everything(open_board(view))
    assert "brave otter" in shown
    assert "<b>koala" not in html(open_board(view))


def test_the_switch_shows_names_to_all_and_hides_them_again(
    open_board, people, train, teacher, store, sit_at
):
    train(people[0].owner, 0.9)
    app = open_board()
    for shown in (True, False):
        app.toggle(key=f"names-of-{people[0].class_id}").set_value(shown).run()
        assert store.read_board(people[0].class_id).names_shown is shown
        assert ("brave otter" in html(app)) is shown
    sit_at("shy newt")
    app = open_board()
    assert [each.label for each in app.toggle] == ["Projector"]


def test_a_browser_that_was_a_teachers_shows_no_names(open_board, people, teacher, store):
    app = open_board()
    store.let_teacher_out(hash_owner("desk"))
    app.toggle(key=f"names-of-{people[0].class_id}").set_value(True).run()
    assert not app.exception
    assert not store.read_board(people[0].class_id).names_shown


def test_on_their_own_device_people_find_their_own_run(open_board, people, train, sit_at):
    for member in people:
        train(member.owner, 0.9)
    sit_at("shy newt")
    assert html(open_board()).count("(yours)") == 1
    assert words(open_board("Challenges")).count("(yours)") == 1


# -------------------------------------------------------------------------------------- runs


def test_each_run_has_a_tile_with_its_state_and_accuracy(open_board, people, train, teacher):
    assert "Nobody has trained yet." in words(open_board())
    train(people[0].owner, 0.5, 0.9, config=TrainingConfig(layers=(12,), epochs=2))
    read_board.clear()
    tiles = html(open_board())
    assert "12 nodes, batch 100, 2 epochs" in tiles
    assert "<b>90.0 %</b> finished" in tiles
    assert 'alt="Validation accuracy rose from 50.0 % to 90.0 % in 2 epochs"' in tiles


def test_predictions_stand_against_what_was_reached(open_board, people, train, teacher):
    train(people[0].owner, 0.9)
    assert "No run with a prediction is finished yet." in words(open_board("Predictions"))
    train(people[1].owner, 0.9, expected_accuracy=0.5)
    read_board.clear()
    app = open_board("Predictions")
    told = "Of 1 prediction, 0 were close. 1 run came out better than predicted, 0 worse."
    assert told in words(app)
    assert len(app.get("plotly_chart")) == 1


# -------------------------------------------------------------------------------- challenges


def test_ties_are_called_ties_and_the_rest_stands_behind(open_board, people, train, teacher):
    assert words(open_board("Challenges")).count("Nobody has got there yet.") == 2
    for member, value in zip(people, (0.94, 0.93, 0.5), strict=True):
        train(member.owner, value)
    train(people[0].owner, 0.8)
    train(people[2].owner, 0.99, config=TrainingConfig(layers=(128,), epochs=1))
    read_board.clear()
    told = words(open_board("Challenges"))
    small, quick = told.split(QUICK_LEARNER.goal)
    assert "Place 1: a tie of 2" in small
    assert "94.0 %** with 12 nodes, batch 100, 1 epoch, best of 2 runs" in small
    assert "Place 3" in small
    assert "128 nodes" not in small
    assert "3,600 digits** with 128 nodes" in quick


def test_test_digits_are_looked_at_once_by_the_teacher_and_then_it_is_over(
    open_board, people, train, teacher, store, sit_at
):
    first = train(people[0].owner, 0.94)
    class_id = people[0].class_id
    app = open_board("Challenges")
    assert "87.6 %" not in everything(app)
    look = f"look-{SMALL_NETWORK.key}"
    app.button(key=look).click().run()
    assert not app.exception
    assert set(store.read_board(class_id).looked_at) == {SMALL_NETWORK.key}
    assert "test 87.6 %" in words(app)
    assert "Over since" in words(app)
    assert look not in [each.key for each in app.button]

    late = train(people[1].owner, 0.99)
    assert late.finished_at > first.finished_at
    read_board.clear()
    small, quick = words(open_board("Challenges")).split(QUICK_LEARNER.goal)
    assert "99.0 %" not in small
    assert "3,600 digits" in quick
    assert "test" not in quick.split("digits**")[1].split("\n")[0]

    sit_at("shy newt")
    app = open_board("Challenges")
    assert "test 87.6 %" in words(app)
    assert "Look at the test digits" not in [each.label for each in app.button]


def test_a_browser_that_was_a_teachers_looks_at_no_test_digits(
    open_board, people, train, teacher, store
):
    train(people[0].owner, 0.94)
    app = open_board("Challenges")
    store.let_teacher_out(hash_owner("desk"))
    app.button(key=f"look-{SMALL_NETWORK.key}").click().run()
    assert not app.exception
    assert store.read_board(people[0].class_id).looked_at == {}


def test_nothing_can_be_looked_at_before_somebody_has_a_place(open_board, teacher):
    app = open_board("Challenges")
    labelled = [each for each in app.button if each.label == "Look at the test digits"]
    assert [each.disabled for each in labelled] == [True, True]


def test_the_page_of_the_class_leads_to_its_board(open_page, people, teacher):
    app = open_page("teacher")
    app.query_params["class"] = people[0].class_id
    app.run()
    assert "Board for the projector" in [link.label for link in app.get("page_link")]
