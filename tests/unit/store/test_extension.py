"""A run that goes on where another ended: what it takes over, and what is refused."""

from __future__ import annotations

import pytest

from mnist_core.errors import ConfigError, RunNotFoundError, RunStateError
from mnist_core.store import Claim, Run, RunStatus, Store
from tests.unit.store.store_helpers import (
    ANNA,
    BEN,
    claimed_run,
    epoch_record,
    events_of,
    new_run,
    progress,
    statuses,
)


def ended(store: Store, status: RunStatus = RunStatus.FINISHED) -> tuple[Run, Claim]:
    """A run of ten epochs, of which two are done."""
    run_id, claim = claimed_run(store)
    for epoch in range(2):
        store.record(
            claim,
            events=[progress(epoch + 1), ("epoch", {"epoch": epoch})],
            epoch=epoch_record(epoch),
            snapshot=(epoch, b"snapshot %d" % epoch),
            seconds=epoch + 1.0,
            parameters=101_770,
            summary="Model",
        )
    finished = status is RunStatus.FINISHED
    store.finish(
        claim,
        status,
        events=[("test", {"accuracy": 0.9, "loss": 0.4})] if finished else [],
        model=b"model",
        checkpoint=None if finished else b"checkpoint",
        test_accuracy=0.9 if finished else None,
    )
    return store.get_run(run_id), claim


def test_the_new_run_takes_over_curves_and_weights_and_the_old_one_stays(store: Store) -> None:
    old, _ = ended(store)
    new = store.extend_run(old.id, 12, owner=BEN)

    assert store.get_run(old.id) == old
    assert (new.status, new.owner, new.continued_from) == (RunStatus.QUEUED, BEN, old.id)
    assert new.config == old.config.replace(epochs=12)
    assert (new.epochs_done, new.step, new.seconds) == (2, 2, 2.0)
    assert (new.test_accuracy, new.started_at, new.finished_at) == (None, None, None)
    assert store.read_epochs(new.id) == store.read_epochs(old.id)
    assert store.snapshot_epochs(new.id) == [0, 1]
    assert store.load_snapshot(new.id, 1) == b"snapshot 1"
    assert (store.load_model(new.id), store.load_summary(new.id)) == (b"model", "Model")
    assert store.load_predictions(new.id) is None
    assert events_of(store, new.id, "progress") == events_of(store, old.id, "progress")
    assert events_of(store, new.id, "test") == []
    assert statuses(store, new.id) == ["QUEUED"]


def test_it_lives_on_when_the_old_run_is_removed(store: Store) -> None:
    old, _ = ended(store)
    new = store.extend_run(old.id, 12, owner=ANNA)
    store.delete_run(old.id, ANNA)
    store.purge_deleted(0)
    assert store.claim_next(60) == Claim(new.id, 1)
    assert store.load_model(new.id) == b"model"


def test_a_stopped_run_is_gone_on_with_from_its_checkpoint(store: Store) -> None:
    old, _ = ended(store, RunStatus.STOPPED)
    new = store.extend_run(old.id, old.config.epochs, owner=ANNA)
    assert store.load_checkpoint(new.id) == b"checkpoint"
    assert store.load_model(new.id) is None
    assert store.load_checkpoint(old.id) == b"checkpoint"


@pytest.mark.parametrize(
    ("epochs", "said"),
    [
        (2, r"2 epochs in all are not allowed: this run has 2 already\. Choose 3 to 100\."),
        (-1, "Choose 3 to 100"),
        (101, "101 epochs in all are not allowed"),
    ],
)
def test_numbers_of_epochs_that_are_not_allowed_are_refused(
    store: Store, epochs: int, said: str
) -> None:
    old, _ = ended(store)
    with pytest.raises(ConfigError, match=said):
        store.extend_run(old.id, epochs, owner=ANNA)
    assert [run.id for run in store.list_runs()] == [old.id]


def test_a_run_that_is_not_over_or_failed_is_refused(store: Store) -> None:
    failed, _ = ended(store, RunStatus.FAILED)
    for run in (failed, new_run(store)):
        with pytest.raises(RunStateError, match="finished or was stopped"):
            store.extend_run(run.id, 12, owner=ANNA)
    with pytest.raises(RunNotFoundError):
        store.extend_run("0" * 12, 12, owner=ANNA)


def test_a_run_that_was_stopped_before_it_began_has_nothing_to_go_on_from(store: Store) -> None:
    waiting = new_run(store)
    store.request_stop(waiting.id, ANNA)
    with pytest.raises(RunStateError, match=r"is not kept, .* Train it anew"):
        store.extend_run(waiting.id, 12, owner=ANNA)
