"""What the board of a class shows: whose runs, which of them compete, curves read once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data.splitting import split_sizes
from mnist_core.errors import ClassNotFoundError
from mnist_core.evaluation.challenges import SMALL_NETWORK
from mnist_core.serving import class_board
from mnist_core.serving.class_board import (
    ClassBoard,
    CurveMemory,
    read_class_board,
    validation_digits,
)
from mnist_core.store import Board, EpochRecord, Member, Run, RunStatus, Store

SMALL = TrainingConfig(layers=(12,), epochs=2)


@pytest.fixture
def ada(store: Store) -> Member:
    made = store.create_class("7b")
    return store.join_class(made.id, "brave otter", "code", token="ada's")


@pytest.fixture
def trained(store: Store, start: Callable[..., Run]) -> Callable[..., Run]:
    """Train a run, as the store sees it, up to these validation accuracies."""

    def trained(*val_accuracy: float, finish: bool = True, **settings: object) -> Run:
        run = start(settings.pop("config", SMALL), **settings)
        for epoch, value in enumerate(val_accuracy):
            store.record(run.claim, epoch=EpochRecord(epoch, 0.9, 0.4, value, 0.5, 1.0))
        if finish:
            store.finish(run.claim, RunStatus.FINISHED, test_accuracy=0.9, test_loss=0.1)
        return store.get_run(run.id)

    return trained


def read(store: Store, ada: Member) -> ClassBoard:
    return read_class_board(store, CurveMemory(), ada.class_id)


def keys(board: ClassBoard) -> set[str]:
    return {entry.key for entry in board.entries(SMALL_NETWORK.key)}


def test_runs_that_go_on_are_shown_and_take_no_part_yet(store: Store, ada, trained) -> None:
    done = trained(0.5, 0.9, owner=ada.owner)
    going_on = trained(0.7, owner=ada.owner, finish=False)
    board = read(store, ada)
    assert {run.id for run in board.shown} == {done.id, going_on.id}
    assert board.curves == {done.id: [0.5, 0.9], going_on.id: [0.7]}
    assert keys(board) == {done.id}
    [place] = board.places[SMALL_NETWORK.key]
    assert place.standings[0].best.person == ada.owner


def test_names_are_told_only_where_they_are_shown(store: Store, ada, trained) -> None:
    run = trained(0.9, owner=ada.owner)
    assert read(store, ada).name_of(run) == ""
    store.show_names(ada.class_id, shown=True)
    assert read(store, ada).name_of(run) == "brave otter"


def test_a_deleted_run_is_not_shown_but_was_tried(store: Store, ada, trained) -> None:
    run = trained(0.9, owner=ada.owner)
    store.delete_run(run.id, ada.owner)
    board = read(store, ada)
    assert board.shown == []
    assert [entry.is_deleted for entry in board.entries(SMALL_NETWORK.key)] == [True]


def board_of(*runs: Run, state: Board | None = None) -> ClassBoard:
    curves = {run.id: [0.9] for run in runs}
    return ClassBoard(state=state or Board(), names={}, runs=runs, curves=curves)


def test_what_can_not_be_compared_takes_no_part(trained) -> None:
    run = trained(0.9)
    others = [
        dataclasses.replace(run, id=f"{number:012x}", **changes)
        for number, changes in enumerate(
            (
                {"continued_from": "0" * 12},
                {"dataset_digest": "other digits"},
                {"status": RunStatus.STOPPED},
                {"val_accuracy": None},
            )
        )
    ]
    twin = dataclasses.replace(run, id="f" * 12)
    assert keys(board_of(run, *others, twin)) == {run.id, twin.id}


def test_after_the_test_digits_were_looked_at_nobody_joins_in(trained) -> None:
    before = trained(0.9)
    looked_at = datetime.now(UTC) + timedelta(hours=1)
    later = dataclasses.replace(before, id="f" * 12, finished_at=looked_at + timedelta(seconds=1))
    open_board = board_of(before, later)
    assert keys(open_board) == {before.id, later.id}
    closed = Board(looked_at={SMALL_NETWORK.key: looked_at})
    assert keys(board_of(before, later, state=closed)) == {before.id}


def test_predictions_are_scored_by_validation(store: Store, ada, trained) -> None:
    run = trained(0.8, owner=ada.owner, expected_accuracy=0.95)
    trained(0.8, owner=ada.owner)
    trained(0.8, owner=ada.owner, expected_accuracy=0.95, finish=False)
    [(scored, score)] = read(store, ada).expectations
    assert scored == run
    assert (score.predicted, score.reached) == (0.95, 0.8)


@pytest.mark.parametrize(("split", "fraction"), [(0.1, 1.0), (0.25, 1.0), (0.1, 0.3), (0.5, 0.01)])
@pytest.mark.parametrize("digits", [4_000, 60_000])
def test_validation_digits_are_counted_as_the_split_counts_them(
    trained, digits: int, split: float, fraction: float
) -> None:
    training, validation = split_sizes(digits, split, fraction)
    config = SMALL.replace(validation_split=split, fraction=fraction)
    run = dataclasses.replace(trained(0.9), config=config, training_digits=training)
    exactly = 0 if fraction == 1.0 else 0.01
    assert validation_digits(run) == pytest.approx(validation, rel=exactly)


def test_a_curve_is_read_again_only_when_it_has_moved(store: Store, trained) -> None:
    asked = []

    class Counting:
        def read_curves(self, run_ids: list[str]) -> dict[str, list[float]]:
            asked.append([*run_ids])
            return store.read_curves(run_ids)

    memory, counting = CurveMemory(), Counting()
    still, moving = trained(0.5), trained(0.6, finish=False)
    none_yet = trained(finish=False)
    for _ in range(2):
        assert memory.read(counting, [still, moving, none_yet]) == {
            still.id: [0.5],
            moving.id: [0.6],
            none_yet.id: [],
        }
    store.record(moving.claim, epoch=EpochRecord(1, 0.9, 0.4, 0.7, 0.5, 1.0))
    moved = store.get_run(moving.id)
    assert memory.read(counting, [still, moved]) == {still.id: [0.5], moved.id: [0.6, 0.7]}
    assert asked == [[still.id, moving.id], [moving.id]]


def test_the_memory_of_curves_does_not_grow_without_end(
    store: Store, trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(class_board, "MOST_CURVES", 2)
    memory, runs = CurveMemory(), [trained(0.5), trained(0.6), trained(0.7)]
    for run in runs:
        assert memory.read(store, [run]) == {run.id: [run.val_accuracy]}
    assert len(memory._known) <= 2


def test_a_class_that_is_gone_has_no_board(store: Store) -> None:
    with pytest.raises(ClassNotFoundError):
        read_class_board(store, CurveMemory(), "0" * 12)
