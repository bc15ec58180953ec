"""What runs in a worker process: a run id in, a finished run in the store.

The only way in for jobs and the command line. Imports TensorFlow before anything else of weight,
and neither pandas nor pyarrow: on macOS, TensorFlow can hang in a process that imported them first.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import mnist_core.training.lean_import  # noqa: F401 - before all else of weight, see above

# isort: split
import keras
import numpy as np
import tensorflow as tf

from mnist_core import environment
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset, scale
from mnist_core.data.arrays import pack_predictions
from mnist_core.errors import ClaimLostError, MnistError, StoreError, TrainingError
from mnist_core.logs.lines import about_run
from mnist_core.store import LEASE_SECONDS, Claim, Run, RunStatus, Store
from mnist_core.training.callbacks import PauseRequested, StopRequested, StoreCallback, TurnOver
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.devices import device
from mnist_core.training.fit import Trainer, train
from mnist_core.training.model import build_model
from mnist_core.training.parked_runs import ParkedRun, ParkedRuns
from mnist_core.training.saved_model import checkpoint_at_the_end, model_bytes
from mnist_core.training.supervisor import Supervisor
from mnist_core.training.trainer_cache import TrainerCache

_log = logging.getLogger(__name__)
_TRAINERS = TrainerCache()
_PARKED = ParkedRuns()
_HELD: dict[str, Store] = {}


@functools.cache
def warm() -> int:
    """Make this process ready to train: polite to the pages, and past its first fit. Once only.

    Returns:
        the process id.

    Raises:
        WorkerRefusedError: it has no graphics card of its own, and other workers here have.
    """
    device()
    tf.get_logger().setLevel(logging.ERROR)  # it warns of a new network's tracing, run after run
    if hasattr(os, "nice"):
        os.nice(5)
    config = TrainingConfig(layers=(4,), batch_size=2, epochs=1, validation_split=0.5)
    digits = np.zeros((4, 28, 28), np.uint8), np.zeros(4, np.uint8)
    train(build_model(config), Dataset(*digits, *digits, "", "", "", ""), config)
    gc.collect()
    gc.freeze()  # hundreds of thousands of TensorFlow's objects need not be looked at again
    return os.getpid()


def run(store_url: str, run_id: str, attempt: int, worker: str) -> None:
    """Train the claimed run to its end, its pause or its failure, and leave the outcome stored.

    Where others wait, it is trained for a turn; then the worker claims the next one by itself,
    until one comes to an end or nobody waits.

    Args:
        store_url: SQLAlchemy URL of the store.
        run_id: the run that was claimed.
        attempt: the claim's number; when another claim has taken over, nothing more is written.
        worker: the name that it was claimed under, and others will be.

    Raises:
        StoreError: the store can't be read or written, so the outcome is not stored.
    """
    store = _open_store(store_url)
    claim: Claim | None = Claim(run_id, attempt)
    _HELD[worker] = store
    try:
        while claim is not None and execute(store, claim):
            claim = store.claim_next(LEASE_SECONDS, worker)
    finally:
        _HELD.pop(worker, None)


def leave() -> None:
    """Give back what this process holds, as it is about to end: others go on with it.

    From another thread than the one that trains, which loses its claim.
    """
    for worker, store in [*_HELD.items()]:
        with contextlib.suppress(StoreError):
            store.interrupt_worker(worker, counts=False)


def prepare(store_url: str, digest: str, settings: dict[str, Any]) -> None:
    """Compile what a run of these settings will need, so that it can start at once.

    Args:
        store_url: SQLAlchemy URL of the store.
        digest: names the data set.
        settings: as ``TrainingConfig.to_dict`` gives them.

    Raises:
        MnistError: the settings are not allowed or the data set is not in the store.
    """
    config = TrainingConfig.from_dict(settings)
    dataset = _load_dataset(_open_store(store_url), digest)
    _TRAINERS.trainer(config, dataset).compile(config)


def execute(
    store: Store,
    claim: Claim,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    dataset: Dataset | None = None,
) -> bool:
    """Train a claimed run on an open store, as ``run`` does, until it ends or its turn is over.

    Args:
        store: where the run is.
        claim: names it.
        callbacks: more Keras callbacks; they find in the store what was reported so far.
        dataset: the run's digits, for who has them at hand; else they are loaded.

    Returns:
        True where it gave way: others wait for this worker.

    Raises:
        StoreError: the store can't be read or written, so the outcome is not stored.
    """
    with about_run(claim.run_id), Supervisor(store, claim) as supervisor:
        _log.info("Attempt %d begins.", claim.attempt)
        try:
            outcome = _attempt(store, claim, supervisor, callbacks, dataset)
            if isinstance(outcome, ParkedRun):
                checkpoint = outcome.checkpoint
                store.give_way(claim, checkpoint.to_bytes(), seconds=checkpoint.seconds)
                _PARKED.park(claim, outcome)
                _log.info("Its turn is over.")
                return True
            if outcome is not None:
                store.finish(claim, RunStatus.FAILED, error=outcome.error, advice=outcome.advice)
            _log.info("Attempt %d is over.", claim.attempt)
        except ClaimLostError as error:
            _log.info("%s", error)
    return False


class _Failure(NamedTuple):
    """Why a run came to nothing, and what to try, a sentence each."""

    error: str
    advice: str


def _attempt(
    store: Store,
    claim: Claim,
    supervisor: Supervisor,
    callbacks: Sequence[keras.callbacks.Callback],
    dataset: Dataset | None,
) -> ParkedRun | _Failure | None:
    """Train; put into words what goes wrong, except with the store and the claim themselves."""
    try:
        return _train(store, claim, supervisor, callbacks, dataset)
    except (ClaimLostError, StoreError):
        raise
    except TrainingError as error:
        return _Failure(str(error), error.advice)
    except MnistError as error:
        return _Failure(str(error), "Change the setting and train again.")
    except (MemoryError, tf.errors.ResourceExhaustedError):
        _log.exception("The memory was not enough")
        return _Failure(
            "The computer's memory was not enough for this network.",
            "Try fewer nodes, fewer layers or a smaller batch size.",
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the run must end and say so
        _log.exception("The training broke off")
        return _Failure(
            f"The training broke off unexpectedly ({type(error).__name__}).",
            "Train again. If it happens twice, the server's log says more.",
        )


def _train(
    store: Store,
    claim: Claim,
    supervisor: Supervisor,
    callbacks: Sequence[keras.callbacks.Callback],
    dataset: Dataset | None,
) -> ParkedRun | None:
    """Train until the run is over or paused; else return what it goes on with at its next turn."""
    run = store.get_run(claim.run_id)
    if device() not in run.devices:
        store.record(claim, device=device())
    dataset = dataset or _load_dataset(store, run.dataset_digest)
    trainer = _TRAINERS.trainer(run.config, dataset)
    parked = _PARKED.take(claim)
    checkpoint = parked.checkpoint if parked else _checkpoint(store, run, trainer)
    model = parked.model if parked else build_model(run.config)
    if parked is None:
        if run.parameters is None:
            store.record(claim, parameters=model.count_params(), summary=model_summary(model))
        trainer.start_from(model)
    split = trainer.split
    progress = StoreCallback(
        store,
        claim,
        supervisor,
        run.config,
        showcase=scale(split.x_val[split.showcase()]),
        checkpoint=checkpoint,
    )
    try:
        trainer.train(run.config, [progress, *callbacks], checkpoint=checkpoint)
    except PauseRequested as wish:
        trainer.hand_over(model)
        store.pause(
            claim,
            wish.checkpoint.to_bytes(),
            model=model_bytes(model),
            seconds=wish.checkpoint.seconds,
        )
    except TurnOver as turn:
        return ParkedRun(model, turn.checkpoint)
    except StopRequested as wish:
        trainer.hand_over(model)
        store.finish(
            claim,
            RunStatus.STOPPED,
            model=model_bytes(model),
            checkpoint=wish.checkpoint.to_bytes(),
        )
    else:
        trainer.hand_over(model)
        _finish(store, claim, trainer, model, dataset)
    return None


def _checkpoint(store: Store, run: Run, trainer: Trainer) -> Checkpoint | None:
    """Find where a run goes on: at its own checkpoint, or at the end of the one it continues."""
    saved = store.load_checkpoint(run.id)
    if saved is not None:
        return Checkpoint.from_bytes(saved)
    model = store.load_model(run.id) if run.continued_from else None
    if model is None:
        return None
    return checkpoint_at_the_end(
        model,
        run.config,
        store.read_history(run.id),
        steps_per_epoch=run.config.steps_per_epoch(trainer.training_digits),
        seconds=run.seconds,
    )


def _finish(
    store: Store, claim: Claim, trainer: Trainer, model: keras.Sequential, dataset: Dataset
) -> None:
    y_prob = trainer.predict(dataset.x_test)
    result = trainer.score(y_prob, dataset.y_test)
    store.finish(
        claim,
        RunStatus.FINISHED,
        events=[("test", result)],
        test_accuracy=result["accuracy"],
        test_loss=result["loss"],
        predictions=pack_predictions(y_prob),
        model=model_bytes(model),
    )


def model_summary(model: keras.Sequential) -> str:
    """Return the model summary exactly as Keras prints it."""
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    return "\n".join(lines)


@functools.lru_cache(maxsize=1)
def _open_store(url: str) -> Store:
    return Store(url)


@functools.lru_cache(maxsize=2)
def _load_dataset(store: Store, digest: str) -> Dataset:
    return store.load_dataset_once(digest, environment.KEPT_DIGITS_FOLDER)
