"""From Keras's hooks to a real store, and back for what people want."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, scale
from mnist_core.data.arrays import unpack_weights
from mnist_core.errors import ClaimLostError, TrainingError
from mnist_core.store import Run, Store
from mnist_core.training import supervisor
from mnist_core.training.callbacks import PauseRequested, StopRequested, StoreCallback
from mnist_core.training.fit import train
from mnist_core.training.model import build_model
from mnist_core.training.supervisor import Supervisor
from tests.training.training_helpers import OVERFLOWING, SMALL, STEPS, At, events_of, same

Start = Callable[..., Run]
Action = Callable[[Supervisor], None]
LONG = 60.0  # seconds; what waits that long has to be woken up


@pytest.fixture(autouse=True)
def _orders_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "ORDERS_EVERY", 0.01)


def fit(
    store: Store, dataset: Dataset, run: Run, at: int = 0, action: Action = lambda _: None
) -> keras.Sequential:
    """Train a claimed run as a worker does; with `at`, do something after that update."""
    split = dataset.split(run.config.validation_split)
    model = build_model(run.config)
    with Supervisor(store, run.claim) as supervisor:
        progress = StoreCallback(
            store,
            run.claim,
            supervisor,
            run.config,
            showcase=scale(split.x_val[split.showcase()]),
        )
        train(model, dataset, run.config, [progress, At(at, lambda: action(supervisor))])
    return model


def wish(request: Callable[[str, None], None], run: Run) -> Action:
    """Press a button and go on only when the supervisor has heard of it."""

    def action(supervisor: Supervisor) -> None:
        request(run.id, None)
        supervisor.wait(LONG)

    return action


# --- what a run of three epochs leaves in the store ---


class Watched(NamedTuple):
    store: Store
    run: Run
    model: keras.Sequential

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [event.data for event in events_of(self.store, self.run.id, kind)]


@pytest.fixture(scope="module")
def watched(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with Store(f"sqlite:///{tmp_path_factory.mktemp('watched') / 'mnist.db'}") as store:
        store.save_dataset(tiny)
        run = store.create_run(
            SMALL, dataset_digest=tiny.digest, dataset_name=tiny.name, lease_seconds=60
        )
        model = fit(store, tiny, run)
        yield Watched(store, store.get_run(run.id), model)


def test_events_are_numbered_from_one_without_a_gap_in_the_order_of_what_happened(
    watched: Watched,
) -> None:
    events = events_of(watched.store, watched.run.id)
    epoch = ["progress"] * STEPS + ["epoch", "digits"]
    assert [event.kind for event in events] == ["status", "status", "digits", *epoch * 3]
    assert [event.seq for event in events] == [*range(1, len(events) + 1)]


def test_progress_says_where_the_run_is_and_how_it_does(watched: Watched) -> None:
    progress = watched.told("progress")
    assert [data["step"] for data in progress] == [*range(1, 3 * STEPS + 1)]
    assert [data["position"] for data in progress] == [(n + 1) / STEPS for n in range(3 * STEPS)]
    assert [data["epoch"] for data in progress] == [n // STEPS for n in range(3 * STEPS)]
    assert all(0 <= data["accuracy"] <= 1 and data["loss"] > 0 for data in progress)
    assert all(data["digits_per_second"] > 0 for data in progress)


def test_the_points_within_an_epoch_are_means_over_the_batches_since_the_last(
    watched: Watched,
) -> None:
    points = watched.told("progress")[:STEPS]
    sizes = [50] * 7 + [10]
    first_epoch = watched.store.read_epochs(watched.run.id)[0]
    for name in ("accuracy", "loss"):
        mean = sum(size * point[name] for size, point in zip(sizes, points, strict=True)) / 360
        assert mean == pytest.approx(getattr(first_epoch, name), rel=1e-5)
    for size, point in zip(sizes, points, strict=True):
        right = point["accuracy"] * size
        assert right == pytest.approx(round(right), abs=1e-3)  # whole digits of this batch alone


def test_the_epochs_in_the_store_are_the_history_and_watching_changes_nothing(
    watched: Watched, tiny: Dataset
) -> None:
    unwatched = build_model(SMALL)
    history = train(unwatched, tiny, SMALL).history
    assert same(watched.model.get_weights(), unwatched.get_weights())
    assert watched.store.read_history(watched.run.id) == history
    assert [data["val_loss"] for data in watched.told("epoch")] == history["val_loss"]
    assert all(data["seconds"] > 0 for data in watched.told("epoch"))


def test_twenty_validation_digits_are_guessed_before_the_start_and_after_every_epoch(
    watched: Watched,
) -> None:
    told = watched.told("digits")
    assert [data["epoch"] for data in told] == [-1, 0, 1, 2]
    for data in told:
        assert len(data["guesses"]) == len(data["confidence"]) == 20
        assert set(data["guesses"]) <= set(range(10))
        assert all(0.1 <= value <= 1 for value in data["confidence"])
    assert told[0]["guesses"] != told[-1]["guesses"]


def test_snapshots_hold_the_weights_before_the_start_and_after_every_epoch(
    watched: Watched,
) -> None:
    assert watched.store.snapshot_epochs(watched.run.id) == [-1, 0, 1, 2]
    for epoch, model in [(-1, build_model(SMALL)), (2, watched.model)]:
        snapshot = unpack_weights(watched.store.load_snapshot(watched.run.id, epoch))
        for array, exact in zip(snapshot, model.get_weights(), strict=True):
            np.testing.assert_allclose(array, exact, rtol=1e-3, atol=1e-4)


def test_the_run_knows_its_last_step_and_its_time(watched: Watched) -> None:
    assert (watched.run.step, watched.run.epochs_done) == (3 * STEPS, 3)
    epochs = watched.store.read_epochs(watched.run.id)
    assert watched.run.seconds >= sum(epoch.seconds for epoch in epochs)


# --- what happens on the way ---


@pytest.mark.parametrize(("batch_size", "reports"), [(18, 10), (17, 11), (1, 10)])
def test_progress_comes_at_least_ten_times_an_epoch(
    store: Store, tiny: Dataset, start: Start, batch_size: int, reports: int
) -> None:
    config = TrainingConfig(layers=(4,), batch_size=batch_size, epochs=1)
    run = start(config)

    fit(store, tiny, run)

    told = [event.data["step"] for event in events_of(store, run.id, "progress")]
    assert len(told) >= reports >= 10  # on a slow computer more: one every half second
    assert told == sorted(set(told))
    assert told[-1] == config.steps_per_epoch(360)


@pytest.mark.parametrize("step", [1, STEPS + 3])
def test_stop_ends_the_training_after_the_batch(
    store: Store, tiny: Dataset, start: Start, step: int
) -> None:
    run = start(SMALL)

    with pytest.raises(StopRequested):
        fit(store, tiny, run, step, wish(store.request_stop, run))
    assert store.get_run(run.id).step == step + 1


@pytest.mark.parametrize(("step", "place"), [(1, (0, 2)), (STEPS - 1, (1, 0)), (STEPS + 3, (1, 4))])
def test_pause_leaves_with_a_checkpoint_of_that_very_place(
    store: Store, tiny: Dataset, start: Start, step: int, place: tuple[int, int]
) -> None:
    run = start(SMALL)

    with pytest.raises(PauseRequested) as caught:
        fit(store, tiny, run, step, wish(store.request_pause, run))
    checkpoint = caught.value.checkpoint
    assert (checkpoint.epoch, checkpoint.batch) == place
    assert len(checkpoint.history.get("loss", [])) == place[0]
    assert checkpoint.seconds > 0


def test_pause_in_the_last_batch_of_all_lets_the_run_finish(
    store: Store, tiny: Dataset, start: Start
) -> None:
    run = start(SMALL)

    fit(store, tiny, run, 3 * STEPS, wish(store.request_pause, run))
    assert store.get_run(run.id).epochs_done == 3


def test_an_epoch_limit_pauses_when_so_many_epochs_are_complete(
    store: Store, tiny: Dataset, start: Start
) -> None:
    run = start(SMALL, epoch_limit=1)
    with pytest.raises(PauseRequested) as caught:
        fit(store, tiny, run)
    assert (caught.value.checkpoint.epoch, caught.value.checkpoint.batch) == (1, 0)
    assert store.get_run(run.id).epochs_done == 1


def test_an_epoch_takes_at_least_its_pace(store: Store, tiny: Dataset, start: Start) -> None:
    run = start(SMALL.replace(epochs=2), pace=0.5)
    fit(store, tiny, run)
    assert all(epoch.seconds >= 0.5 for epoch in store.read_epochs(run.id))
    # Spread over the epoch, not slept through at its end: the second begins after these guesses.
    second_begins = events_of(store, run.id, "digits")[1].created_at
    last_point = events_of(store, run.id, "progress")[-1].created_at
    assert (last_point - second_begins).total_seconds() >= 0.5 * (STEPS - 1) / STEPS - 0.01


def test_stop_does_not_wait_for_the_pace(store: Store, tiny: Dataset, start: Start) -> None:
    run = start(SMALL, pace=LONG * STEPS)  # a minute after each update

    def stop_after_the_first_point() -> None:
        while not events_of(store, run.id, "progress"):
            threading.Event().wait(0.01)
        store.request_stop(run.id, None)

    person = threading.Thread(target=stop_after_the_first_point)
    began = time.monotonic()
    person.start()
    with pytest.raises(StopRequested):
        fit(store, tiny, run)
    person.join()
    assert time.monotonic() - began < LONG / 2
    assert store.get_run(run.id).step == 1


def test_a_lost_claim_ends_the_training_before_anything_more_is_written(
    store: Store, tiny: Dataset, start: Start
) -> None:
    run = start(SMALL)

    def lose(supervisor: Supervisor) -> None:
        store.interrupt(run.claim)
        store.claim_next(60)
        supervisor.wait(LONG)

    with pytest.raises(ClaimLostError):
        fit(store, tiny, run, STEPS + 3, lose)
    assert store.get_run(run.id).step == STEPS + 3


def test_a_loss_that_is_no_number_ends_the_training_with_advice(
    store: Store, tiny: Dataset, start: Start
) -> None:
    run = start(OVERFLOWING)
    with pytest.raises(TrainingError, match="no longer a number") as caught:
        fit(store, tiny, run)
    assert "smaller learning rate" in caught.value.advice
    assert store.get_run(run.id).step < 36  # before the epoch is over
