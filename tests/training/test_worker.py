"""What a worker leaves in a real store: finished, paused, stopped, failed and interrupted runs."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, load_mnist, scale
from mnist_core.data.arrays import unpack_predictions
from mnist_core.errors import ConfigError, StoreError
from mnist_core.export import has_saved_model, load_saved_model
from mnist_core.logs.lines import LineFormatter
from mnist_core.store import Claim, Run, RunStatus, Store
from mnist_core.training import callbacks, supervisor, worker
from mnist_core.training.fit import train
from mnist_core.training.model import build_model
from mnist_core.training.parked_runs import BYTES_KEPT, ParkedRuns
from mnist_core.training.saved_model import model_bytes
from tests.e2e.server import wait_until
from tests.training.training_helpers import (
    OVERFLOWING,
    SMALL,
    STEPS,
    At,
    curve,
    events_of,
    same,
    stored_weights,
    throw,
)

Start = Callable[..., Run]
PROJECT = Path(__file__).parents[2]
PATIENCE = 180.0
LONG = 60.0  # seconds; what waits that long has to be woken up
MEGABYTES = 1_000_000
DROPOUT = SMALL.replace(dropout=0.2)


@pytest.fixture(autouse=True)
def supervisors(monkeypatch: pytest.MonkeyPatch) -> list[supervisor.Supervisor]:
    """The supervisors that workers made, so that tests can wait until orders have arrived."""
    made: list[supervisor.Supervisor] = []

    class Seen(supervisor.Supervisor):
        def __init__(self, store: Store, claim: Claim) -> None:
            super().__init__(store, claim)
            made.append(self)

    monkeypatch.setattr(worker, "Supervisor", Seen)
    monkeypatch.setattr(supervisor, "ORDERS_EVERY", 0.01)
    return made


@pytest.fixture
def wish(supervisors: list[supervisor.Supervisor]) -> Callable[..., Callable[[], None]]:
    """Build an action: do what a person does, and go on when the worker has heard of it."""

    def build(act: Callable[[], Any]) -> Callable[[], None]:
        def action() -> None:
            act()
            supervisors[-1].wait(LONG)

        return action

    return build


class Killed(BaseException):
    """Ends a worker as a signal does: nothing in it gets to say goodbye."""


class Undisturbed(NamedTuple):
    store: Store
    run: Run
    weights: list[np.ndarray]
    curve: list[dict[str, Any]]


@pytest.fixture(scope="module")
def undisturbed(tiny: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """A run with dropout from its start to its end."""
    with Store(f"sqlite:///{tmp_path_factory.mktemp('undisturbed') / 'mnist.db'}") as store:
        store.save_dataset(tiny)
        run = store.create_run(
            DROPOUT, dataset_digest=tiny.digest, dataset_name=tiny.name, lease_seconds=60
        )
        worker.execute(store, run.claim)
        yield Undisturbed(
            store, store.get_run(run.id), stored_weights(store, run.id), curve(store, run.id)
        )


def assert_like(undisturbed: Undisturbed, store: Store, run: Run) -> None:
    after = store.get_run(run.id)
    assert after.status is RunStatus.FINISHED
    assert same(stored_weights(store, run.id), undisturbed.weights)
    assert store.read_history(run.id) == undisturbed.store.read_history(undisturbed.run.id)
    assert after.test_loss == undisturbed.run.test_loss
    assert curve(store, run.id) == undisturbed.curve  # no point twice, none missing
    seqs = [event.seq for event in events_of(store, run.id)]
    assert seqs == [*range(1, len(seqs) + 1)]
    assert store.load_checkpoint(run.id) is None


def assert_equal_runs(store: Store, run: Run, other: Run) -> None:
    """Compare all that two runs came to, bit for bit."""
    after, expected = store.get_run(run.id), store.get_run(other.id)
    assert after.status is expected.status is RunStatus.FINISHED
    assert (after.config, after.test_loss) == (expected.config, expected.test_loss)
    assert (after.step, after.epochs_done) == (expected.step, expected.epochs_done)
    assert same(stored_weights(store, run.id), stored_weights(store, other.id))
    assert store.read_history(run.id) == store.read_history(other.id)
    assert curve(store, run.id) == curve(store, other.id)
    assert store.snapshot_epochs(run.id) == store.snapshot_epochs(other.id)
    assert store.load_predictions(run.id) == store.load_predictions(other.id)


def go_on(store: Store, **more: Any) -> Claim:
    claim = store.claim_next(60)
    assert claim is not None
    worker.execute(store, claim, **more)
    return claim


# --- to the end ---


def test_a_run_ends_finished_with_the_model_that_train_gives(
    undisturbed: Undisturbed, tiny: Dataset
) -> None:
    model = build_model(DROPOUT)
    history = train(model, tiny, DROPOUT).history
    assert undisturbed.run.status is RunStatus.FINISHED
    assert same(undisturbed.weights, model.get_weights())
    assert undisturbed.store.read_history(undisturbed.run.id) == history


def test_a_finished_run_has_its_test_result_and_the_predictions_behind_it(
    undisturbed: Undisturbed, tiny: Dataset
) -> None:
    store, run = undisturbed.store, undisturbed.run
    predictions = store.load_predictions(run.id)
    assert predictions is not None
    y_prob = unpack_predictions(predictions)
    assert y_prob.shape == (100, 10)
    assert run.test_accuracy == pytest.approx((y_prob.argmax(axis=1) == tiny.y_test).mean())
    right = y_prob[np.arange(100), tiny.y_test]
    assert run.test_loss == pytest.approx(-np.log(right).mean(), rel=1e-4)
    [test] = [event.data for event in events_of(store, run.id, "test")]
    assert test == {"accuracy": run.test_accuracy, "loss": run.test_loss}
    assert events_of(store, run.id)[-1].data["status"] == "FINISHED"


def test_the_model_is_summed_up_before_it_learns_in_the_words_of_keras(
    undisturbed: Undisturbed,
) -> None:
    assert undisturbed.run.parameters == DROPOUT.parameters
    summary = undisturbed.store.load_summary(undisturbed.run.id)
    assert summary is not None
    assert 'Model: "digit_reader"' in summary
    assert f"Total params: {DROPOUT.parameters:,}" in summary
    assert "Optimizer params" not in summary
    assert "\x1b" not in summary  # no colours of a terminal


# --- stopped and paused ---


def test_stop_keeps_the_model_as_far_as_it_got(
    store: Store, start: Start, wish: Callable[..., Any]
) -> None:
    run = start(SMALL)
    stop = At(STEPS + 2, wish(lambda: store.request_stop(run.id, None)))

    worker.execute(store, run.claim, [stop])

    after = store.get_run(run.id)
    assert after.status is RunStatus.STOPPED
    assert after.step == STEPS + 3
    assert after.test_accuracy is None
    assert not same(stored_weights(store, run.id), build_model(SMALL).get_weights())


def test_a_run_paused_twice_in_one_epoch_ends_like_an_undisturbed_one(
    store: Store, start: Start, wish: Callable[..., Any], undisturbed: Undisturbed
) -> None:
    run = start(DROPOUT)

    def pause() -> At:
        return At(2, wish(lambda: store.request_pause(run.id, None)))

    worker.execute(store, run.claim, [pause()])
    for _ in range(2):
        paused = store.get_run(run.id)
        assert paused.status is RunStatus.PAUSED
        assert store.load_model(run.id)
        assert store.claim_next(60) is None  # it frees the worker
        store.continue_run(run.id, None)
        go_on(store, callbacks=[pause()] if paused.step == 3 else [])

    assert_like(undisturbed, store, run)


def test_one_epoch_at_a_time_ends_like_an_undisturbed_run(
    store: Store, start: Start, undisturbed: Undisturbed
) -> None:
    run = start(DROPOUT, epoch_limit=1)
    worker.execute(store, run.claim)
    for done in (1, 2):
        paused = store.get_run(run.id)
        assert (paused.status, paused.epochs_done) == (RunStatus.PAUSED, done)
        store.continue_run(run.id, None, epoch_limit=done + 1)
        go_on(store)
    assert_like(undisturbed, store, run)


def test_training_time_counts_on_over_a_pause(store: Store, start: Start) -> None:
    run = start(SMALL.replace(epochs=2), epoch_limit=1)
    worker.execute(store, run.claim)
    before = store.get_run(run.id).seconds
    store.continue_run(run.id, None)
    go_on(store)
    both = sum(epoch.seconds for epoch in store.read_epochs(run.id))
    assert store.get_run(run.id).seconds >= max(both, before) > 0


# --- in turns ---


@pytest.fixture(params=["in memory", "in the store"])
def _states_are_kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    size = {"in memory": BYTES_KEPT, "in the store": 0}[request.param]
    monkeypatch.setattr(worker, "_PARKED", ParkedRuns(size))


def work(store: Store) -> None:
    """Do what a dispatcher with one worker does, until nobody waits."""
    while claim := store.claim_next(60, "a worker"):
        worker.run(store.url, claim.run_id, claim.attempt, "a worker")


@pytest.mark.usefixtures("_states_are_kept")
@pytest.mark.parametrize(
    ("turn_seconds", "turns"), [(LONG, 3), (0.0, 3 * STEPS)], ids=["epochs", "updates"]
)
def test_runs_that_take_turns_end_like_undisturbed_ones(
    store: Store,
    start: Start,
    tiny: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    turn_seconds: float,
    turns: int,
) -> None:
    monkeypatch.setattr(callbacks, "TURN_SECONDS", turn_seconds)
    configs = [DROPOUT, DROPOUT.replace(seed=1, learning_rate=0.01), SMALL.replace(layers=(9, 5))]
    alone = [start(config) for config in configs]
    for run in alone:
        worker.execute(store, run.claim)
    digits = {"dataset_digest": tiny.digest, "dataset_name": tiny.name}
    in_turns = [
        store.create_run(config, **digits, owner=owner * 64)
        for config, owner in zip(configs, "aab", strict=True)
    ]

    work(store)

    for run, other in zip(in_turns, alone, strict=True):
        assert_equal_runs(store, run, other)
        seqs = [event.seq for event in events_of(store, run.id)]
        assert seqs == [*range(1, len(seqs) + 1)]
        said = [event.data["status"] for event in events_of(store, run.id, "status")]
        assert said == ["QUEUED", "RUNNING", "FINISHED"]
        assert store.load_checkpoint(run.id) is None
    # A turn ends within an epoch at each update but its last, and after each epoch but the last;
    # the last run has nobody to give way to.
    assert [store.get_run(run.id).attempt for run in in_turns][:2] == [turns, turns]


def test_a_run_that_another_worker_had_meanwhile_goes_on_from_the_store(
    store: Store, tiny: Dataset, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = {"dataset_digest": tiny.digest, "dataset_name": tiny.name}
    store.save_dataset(tiny)
    run, other = (store.create_run(DROPOUT, **digits, owner=owner * 64) for owner in "ab")
    first = store.claim_next(60, "one")
    assert worker.execute(store, first)
    mine, theirs = worker._PARKED, ParkedRuns()
    store.request_pause(other.id, "b" * 64)
    monkeypatch.setattr(worker, "_PARKED", theirs)
    with pytest.raises(Killed):
        worker.execute(store, store.claim_next(60, "two"), [At(2, throw(Killed()))])
    store.interrupt_worker("two")
    monkeypatch.setattr(worker, "_PARKED", mine)

    assert not worker.execute(store, store.claim_next(60, "one"))

    assert store.get_run(run.id).attempt == 3
    assert_like(undisturbed, store, run)


def test_one_of_many_runs_gives_way_to_single_ones_only(
    store: Store, tiny: Dataset, undisturbed: Undisturbed
) -> None:
    store.save_dataset(tiny)
    digits = {"dataset_digest": tiny.digest, "dataset_name": tiny.name}
    many = {DROPOUT: 360, SMALL: 360}
    store.request_runs(many, **digits, owner="a" * 64)
    first = store.runs_with(many, tiny.digest)[DROPOUT]
    claim = store.claim_next(60, "a worker")
    single = store.create_run(SMALL.replace(epochs=1), **digits)
    assert worker.execute(store, claim)

    behind = store.get_run(first.id)
    assert (behind.status, behind.epochs_done) == (RunStatus.QUEUED, 1)
    assert go_on(store).run_id == single.id
    assert go_on(store).run_id == first.id
    assert_like(undisturbed, store, first)


def test_a_run_stopped_between_turns_has_the_model_that_a_stopped_worker_saves(
    store: Store, start: Start, tiny: Dataset, tmp_path: Path
) -> None:
    paused = start(DROPOUT, epoch_limit=1)
    worker.execute(store, paused.claim)
    digits = {"dataset_digest": tiny.digest, "dataset_name": tiny.name}
    run = store.create_run(DROPOUT, **digits, owner="a" * 64)
    store.create_run(SMALL, **digits, owner="b" * 64)
    assert worker.execute(store, store.claim_next(60, "a worker"))
    assert not has_saved_model(store, store.get_run(run.id))
    store.request_stop(run.id, "a" * 64)

    assert has_saved_model(store, store.get_run(run.id))
    models = []
    for each in (run, paused):
        data = load_saved_model(store, store.get_run(each.id))
        assert data is not None
        (tmp_path / "model.keras").write_bytes(data)
        models.append(keras.saving.load_model(tmp_path / "model.keras"))
    ours, theirs = models
    assert same(ours.get_weights(), theirs.get_weights())
    assert same(
        [variable.numpy() for variable in ours.optimizer.variables],
        [variable.numpy() for variable in theirs.optimizer.variables],
    )


# --- gone on with when it was over ---


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "rmsprop", "sgd"])
def test_more_epochs_give_the_very_run_that_had_them_from_the_start(
    store: Store, start: Start, optimizer: str
) -> None:
    config = DROPOUT.replace(optimizer=optimizer, epochs=2)
    short, long = start(config), start(config.replace(epochs=4))
    for run in (short, long):
        worker.execute(store, run.claim)
    before = store.get_run(short.id)

    more = store.extend_run(short.id, 4, owner=None)
    go_on(store)

    assert_equal_runs(store, more, long)
    assert store.get_run(short.id) == before
    assert store.get_run(more.id).continued_from == short.id
    assert store.get_run(more.id).seconds > before.seconds


def test_a_run_stopped_within_an_epoch_is_gone_on_with_from_that_update(
    store: Store, start: Start, wish: Callable[..., Any], undisturbed: Undisturbed
) -> None:
    run = start(DROPOUT.replace(epochs=2))
    stop = At(STEPS + 3, wish(lambda: store.request_stop(run.id, None)))
    worker.execute(store, run.claim, [stop])
    assert store.get_run(run.id).status is RunStatus.STOPPED

    more = store.extend_run(run.id, DROPOUT.epochs, owner=None)
    steps: list[int] = []
    go_on(store, callbacks=[At(1, lambda: steps.append(store.get_run(more.id).step))])

    assert steps == [STEPS + 5]
    assert_like(undisturbed, store, more)
    assert store.load_checkpoint(run.id)  # others may go on from there, too


def test_a_worker_that_dies_at_once_does_not_spoil_what_it_goes_on_from(
    store: Store, start: Start
) -> None:
    short, long = start(DROPOUT.replace(epochs=1)), start(DROPOUT)
    for run in (short, long):
        worker.execute(store, run.claim)
    more = store.extend_run(short.id, DROPOUT.epochs, owner=None)
    claim = store.claim_next(60)
    with pytest.raises(Killed):  # an epoch later, and before its first checkpoint
        worker.execute(store, claim, [At(STEPS + 2, throw(Killed()))])
    store.interrupt(claim)

    go_on(store)

    assert_equal_runs(store, more, long)


def test_a_model_without_the_state_of_its_optimizer_fails_with_a_sentence(
    store: Store, start: Start
) -> None:
    short = start(SMALL.replace(epochs=1))
    worker.execute(store, short.claim)
    more = store.extend_run(short.id, 2, owner=None)
    claim = store.claim_next(60)
    untrained = model_bytes(build_model(SMALL))
    with sqlite3.connect(store.url.removeprefix("sqlite:///")) as connection:
        change = "UPDATE blobs SET data = ? WHERE run_id = ? AND kind = 'model'"
        connection.execute(change, (untrained, more.id))
    connection.close()

    worker.execute(store, claim)

    failed = store.get_run(more.id)
    assert failed.status is RunStatus.FAILED
    assert "lacks what a training needs" in str(failed.error)
    assert failed.advice == "Train anew, with more epochs."


# --- interrupted ---


@pytest.mark.parametrize(
    ("step", "checkpoints"),
    [
        pytest.param(3, False, id="before its first checkpoint"),
        pytest.param(STEPS + 4, True, id="after an epoch, with work since then to repeat"),
    ],
)
def test_a_run_whose_worker_was_killed_ends_like_an_undisturbed_one(
    store: Store,
    start: Start,
    undisturbed: Undisturbed,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    checkpoints: bool,
) -> None:
    monkeypatch.setattr(callbacks, "CHECKPOINT_AT_EPOCH_END_AFTER", 0.0)
    run = start(DROPOUT)
    with pytest.raises(Killed):
        worker.execute(store, run.claim, [At(step, throw(Killed()))])
    assert store.get_run(run.id).step == step
    assert (store.load_checkpoint(run.id) is not None) == checkpoints

    store.interrupt(run.claim)
    go_on(store)

    assert_like(undisturbed, store, run)


def test_a_long_epoch_is_gone_on_with_from_its_middle(
    store: Store, start: Start, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "FIRST_CHECKPOINT_AFTER", 0.0)
    monkeypatch.setattr(callbacks, "CHECKPOINT_WITHIN_EPOCH_AFTER", 0.0)
    run = start(DROPOUT)
    with pytest.raises(Killed):
        worker.execute(store, run.claim, [At(STEPS + 4, throw(Killed()))])
    store.interrupt(run.claim)
    steps = []
    count = At(1, lambda: steps.append(store.get_run(run.id).step))
    go_on(store, callbacks=[count])
    assert steps == [STEPS + 5]
    assert_like(undisturbed, store, run)


def test_a_worker_that_lost_its_run_leaves_quietly_and_writes_nothing_more(
    store: Store, start: Start, wish: Callable[..., Any]
) -> None:
    run = start(SMALL.replace(batch_size=1, epochs=1))  # a report every 36 updates
    left: dict[str, Any] = {}
    later: list[str] = []

    def lose() -> None:
        store.interrupt(run.claim)
        store.claim_next(60)
        left.update(events=events_of(store, run.id), run=store.get_run(run.id))

    worker.execute(
        store, run.claim, [At(3, wish(lose)), At(4, lambda: later.append("one more update"))]
    )

    assert later == []
    assert events_of(store, run.id) == left["events"]
    assert store.get_run(run.id) == left["run"]
    assert store.get_run(run.id).status is RunStatus.RUNNING


ASLEEP = """
import sys
from mnist_core.training import worker
worker.run(sys.argv[1], sys.argv[2], int(sys.argv[3]), "asleep")
"""


def stand_still(process: subprocess.Popen[bytes], store: Store, run: Run) -> None:
    """Stop a process where it does not hold the store: nobody else could write then."""
    while True:
        process.send_signal(signal.SIGSTOP)
        try:
            store.set_pace(run.id, None, 0.0)
        except StoreError:
            process.send_signal(signal.SIGCONT)
        else:
            return


def test_a_worker_that_stands_still_until_its_run_has_passed_on_leaves_it_alone_when_it_wakes(
    store: Store, start: Start, undisturbed: Undisturbed
) -> None:
    run = start(DROPOUT, pace=10.0)
    claim = [store.url, run.id, str(run.claim.attempt)]
    process = subprocess.Popen([sys.executable, "-c", ASLEEP, *claim], cwd=PROJECT)
    try:
        wait_until(lambda: store.get_run(run.id).step, "its first update")
        stand_still(process, store, run)
        with Store(store.url, clock=lambda: time.time() + 2 * LONG) as later:
            assert later.expire_leases() == [run.id]
        go_on(store)
        ended = store.get_run(run.id), events_of(store, run.id)
        process.send_signal(signal.SIGCONT)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()

    assert (store.get_run(run.id), events_of(store, run.id)) == ended
    assert_like(undisturbed, store, run)


@pytest.mark.parametrize(
    ("method", "limit", "error"),
    [("pause", 1, None), ("finish", None, None), ("finish", None, MemoryError())],
    ids=["pausing", "finishing", "failing"],
)
def test_a_worker_that_lost_its_run_at_the_very_end_leaves_quietly_too(
    store: Store,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    limit: int | None,
    error: Exception | None,
) -> None:
    """Nobody has told it yet: the store alone refuses what it writes."""
    monkeypatch.setattr(supervisor, "ORDERS_EVERY", LONG)
    run = start(SMALL.replace(epochs=2), epoch_limit=limit)
    write = getattr(store, method)

    def lose_and_write(*arguments: Any, **options: Any) -> None:
        store.interrupt(run.claim)
        store.claim_next(60)
        write(*arguments, **options)

    monkeypatch.setattr(store, method, lose_and_write)
    worker.execute(store, run.claim, [At(1, throw(error))] if error else [])

    after = store.get_run(run.id)
    assert (after.status, after.attempt) == (RunStatus.RUNNING, 2)
    assert store.load_model(run.id) is None


# --- failed ---


def test_a_loss_that_overflows_fails_with_a_sentence_and_the_next_run_works(
    store: Store, start: Start
) -> None:
    run = start(OVERFLOWING)
    worker.execute(store, run.claim)
    failed = store.get_run(run.id)
    assert failed.status is RunStatus.FAILED
    assert failed.error is not None
    assert failed.error.startswith("The loss is no longer a number")
    assert failed.advice == "Try a smaller learning rate, such as 0.001."
    said = events_of(store, run.id)[-1].data
    assert (said["status"], said["error"]) == ("FAILED", failed.error)

    following = start(SMALL.replace(epochs=1))
    worker.execute(store, following.claim)
    assert store.get_run(following.id).status is RunStatus.FINISHED


@pytest.mark.parametrize(
    ("error", "sentence", "advice"),
    [
        (MemoryError(), "memory was not enough", "fewer nodes"),
        (RuntimeError("0x7f"), "broke off unexpectedly (RuntimeError).", "Train again."),
        (
            ConfigError("Epochs 0 is not allowed.", "epochs"),
            "Epochs 0 is not",
            "Change the setting",
        ),
    ],
)
def test_whatever_goes_wrong_ends_in_plain_words(
    store: Store, start: Start, error: Exception, sentence: str, advice: str
) -> None:
    run = start(SMALL)
    worker.execute(store, run.claim, [At(2, throw(error))])
    failed = store.get_run(run.id)
    assert failed.status is RunStatus.FAILED
    assert sentence in str(failed.error)
    assert advice in str(failed.advice)
    assert "Traceback" not in str(failed.error)
    assert "0x7f" not in str(failed.error)


def test_what_a_worker_logs_names_the_run(
    store: Store,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(caplog.handler, "formatter", LineFormatter())
    run = start(SMALL)
    worker.execute(store, run.claim, [At(1, throw(RuntimeError("0x7f")))])
    assert f"training.worker run {run.id}: The training broke off\nTraceback" in caplog.text


def test_a_batch_larger_than_the_data_fails_with_the_allowed_range(
    store: Store, start: Start
) -> None:
    run = start(SMALL.replace(batch_size=361))
    worker.execute(store, run.claim)
    failed = store.get_run(run.id)
    assert failed.status is RunStatus.FAILED
    assert "Choose 1 to 360." in str(failed.error)


def test_a_store_that_fails_is_reported_to_the_dispatcher(
    store: Store, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(SMALL)
    full = StoreError("The disk is full.")
    with pytest.raises(StoreError, match="full"):
        worker.execute(store, run.claim, [At(2, throw(full))])
    assert store.get_run(run.id).status is RunStatus.RUNNING  # its lease will run out


# --- in a process of its own ---


@pytest.fixture(scope="module")
def default_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Run, Dataset]]:
    """The default settings on the built-in sample."""
    sample = load_mnist("sample")
    with Store(f"sqlite:///{tmp_path_factory.mktemp('default') / 'mnist.db'}") as store:
        store.save_dataset(sample)
        run = store.create_run(
            TrainingConfig(),
            dataset_digest=sample.digest,
            dataset_name=sample.name,
            lease_seconds=60,
        )
        worker.run(store.url, run.id, run.attempt, "a worker")
        yield store, store.get_run(run.id), sample


def test_a_default_run_on_the_sample_reads_nine_digits_of_ten(
    default_run: tuple[Store, Run, Dataset],
) -> None:
    _, run, _ = default_run
    assert run.status is RunStatus.FINISHED
    assert run.test_accuracy is not None
    assert run.test_accuracy >= 0.91


def test_a_default_run_takes_at_most_five_megabytes(
    default_run: tuple[Store, Run, Dataset],
) -> None:
    store, run, sample = default_run
    predictions_of_all_mnist = (10_000 - len(sample.y_test)) * 10 * 4
    size = store.sizes()[run.id]
    assert 2 * MEGABYTES < size <= 5 * MEGABYTES - predictions_of_all_mnist


OPEN_ANYWHERE = """
import json, sys
import keras, numpy
digits = numpy.load("test.npz")
model = keras.saving.load_model("model.keras")
values = model.evaluate(digits["x"], digits["y"], batch_size=1000, verbose=0, return_dict=True)
strangers = [name for name in sys.modules if name.split(".")[0] == "mnist_core"]
print(json.dumps({"type": type(model).__name__, "strangers": strangers, **values}))
"""


def test_the_saved_model_opens_where_only_keras_is_and_gives_the_same_accuracy(
    default_run: tuple[Store, Run, Dataset], tmp_path: Path
) -> None:
    store, run, sample = default_run
    model = store.load_model(run.id)
    assert model is not None
    (tmp_path / "model.keras").write_bytes(model)
    np.savez(tmp_path / "test.npz", x=scale(sample.x_test), y=sample.y_test)

    command = [sys.executable, "-I", "-c", OPEN_ANYWHERE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert (values["type"], values["strangers"]) == ("Sequential", [])
    assert values["accuracy"] == pytest.approx(run.test_accuracy, rel=1e-6)
    assert values["loss"] == pytest.approx(run.test_loss, rel=1e-5)


WARM = """
import os, sys

class Witness:
    order = []
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow", "pandas", "pyarrow"):
            self.order.append(name)

sys.meta_path.insert(0, Witness())
from mnist_core.training import worker
assert Witness.order[0] == "tensorflow", Witness.order  # else it can hang on macOS
before = os.nice(0) if hasattr(os, "nice") else 0
assert worker.warm() == os.getpid()
assert not hasattr(os, "nice") or os.nice(0) > before
"""


def test_a_worker_loads_tensorflow_first_and_warms_up_politely() -> None:
    done = subprocess.run([sys.executable, "-c", WARM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
