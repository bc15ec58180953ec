"""What runs in a worker process: a run id in, a finished run in the store.

The only way in for jobs and the command line. Imports TensorFlow before anything else of weight,
and neither pandas nor pyarrow: on macOS, TensorFlow can hang in a process that imported them first.
"""

from __future__ import annotations

import functools
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf  # before all else of weight, see above

import mnist_core.runtime  # noqa: F401 - before TensorFlow
from mnist_core.callbacks import PauseRequested, StopRequested, StoreCallback, Supervisor
from mnist_core.checkpoint import Checkpoint
from mnist_core.config import TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import ClaimLostError, MnistError, StoreError, TrainingError
from mnist_core.network import build_model
from mnist_core.packing import pack_predictions
from mnist_core.store import Claim, RunStatus, Store
from mnist_core.training import scale, train

TEST_BATCH = 1000

_log = logging.getLogger(__name__)


def warm() -> int:
    """Make this process ready to train: polite to the pages, and past its first fit.

    Returns:
        the process id.
    """
    tf.get_logger().setLevel(logging.ERROR)  # it warns of a new network's tracing, run after run
    if hasattr(os, "nice"):
        os.nice(5)
    config = TrainingConfig(layers=(4,), batch_size=2, epochs=1)
    model = build_model(config)
    images, labels = np.zeros((4, 28, 28), np.float32), np.zeros(4, np.uint8)
    model.fit(images, labels, batch_size=2, validation_data=(images, labels), verbose=0)
    keras.backend.clear_session()
    return os.getpid()


def run(store_url: str, run_id: str, attempt: int) -> None:
    """Train the claimed run to its end, its pause or its failure, and leave the outcome stored.

    Args:
        store_url: SQLAlchemy URL of the store.
        run_id: the run that was claimed.
        attempt: the claim's number; when another claim has taken over, nothing more is written.

    Raises:
        StoreError: the store can't be read or written, so the outcome is not stored.
    """
    execute(_open_store(store_url), Claim(run_id, attempt))
    keras.backend.clear_session()


def execute(store: Store, claim: Claim, callbacks: Sequence[keras.callbacks.Callback] = ()) -> None:
    """Do the work of ``run`` on an open store, with more Keras callbacks if wanted.

    Raises:
        StoreError: the store can't be read or written, so the outcome is not stored.
    """
    with Supervisor(store, claim) as supervisor:
        try:
            failure = _attempt(store, claim, supervisor, callbacks)
            if failure is not None:
                store.finish(claim, RunStatus.FAILED, error=failure.error, advice=failure.advice)
        except ClaimLostError as error:
            _log.info("%s", error)


class _Failure(NamedTuple):
    """Why a run came to nothing, and what to try, a sentence each."""

    error: str
    advice: str


def _attempt(
    store: Store,
    claim: Claim,
    supervisor: Supervisor,
    callbacks: Sequence[keras.callbacks.Callback],
) -> _Failure | None:
    """Train; put into words what goes wrong, except with the store and the claim themselves."""
    try:
        _train(store, claim, supervisor, callbacks)
    except (ClaimLostError, StoreError):
        raise
    except TrainingError as error:
        return _Failure(str(error), error.advice)
    except MnistError as error:
        return _Failure(str(error), "Change the setting and train again.")
    except (MemoryError, tf.errors.ResourceExhaustedError):
        _log.exception("Run %s ran out of memory", claim.run_id)
        return _Failure(
            "The computer's memory was not enough for this network.",
            "Try fewer nodes, fewer layers or a smaller batch size.",
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the run must end and say so
        _log.exception("Run %s failed", claim.run_id)
        return _Failure(
            f"The training broke off unexpectedly ({type(error).__name__}).",
            "Train again. If it happens twice, the server's log says more.",
        )
    return None


def _train(
    store: Store,
    claim: Claim,
    supervisor: Supervisor,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    run = store.get_run(claim.run_id)
    dataset = _load_dataset(store, run.dataset_digest)
    split = dataset.split(run.config.validation_split, run.config.fraction)
    run.config.check_fits(len(split.y_train))
    saved = store.load_checkpoint(run.id)
    checkpoint = Checkpoint.from_bytes(saved) if saved else None
    model = build_model(run.config)
    store.record(claim, parameters=model.count_params(), summary=model_summary(model))
    progress = StoreCallback(
        store,
        claim,
        supervisor,
        run.config,
        training_digits=len(split.y_train),
        showcase=scale(split.x_val[split.showcase()]),
        checkpoint=checkpoint,
    )
    try:
        train(model, dataset, run.config, [progress, *callbacks], checkpoint=checkpoint)
    except PauseRequested as wish:
        store.pause(
            claim,
            wish.checkpoint.to_bytes(),
            model=model_bytes(model),
            seconds=wish.checkpoint.seconds,
        )
    except StopRequested:
        store.finish(claim, RunStatus.STOPPED, model=model_bytes(model))
    else:
        _finish(store, claim, model, dataset)


def _finish(store: Store, claim: Claim, model: keras.Sequential, dataset: Dataset) -> None:
    x_test = scale(dataset.x_test)
    result = model.evaluate(
        x_test, dataset.y_test, batch_size=TEST_BATCH, verbose=0, return_dict=True
    )
    y_prob = model.predict(x_test, batch_size=TEST_BATCH, verbose=0)
    store.finish(
        claim,
        RunStatus.FINISHED,
        events=[("test", result)],
        test_accuracy=result["accuracy"],
        test_loss=result["loss"],
        predictions=pack_predictions(y_prob),
        model=model_bytes(model),
    )


def model_bytes(model: keras.Sequential) -> bytes:
    """Save a model as the bytes of a ``.keras`` file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def model_summary(model: keras.Sequential) -> str:
    """Give the model summary exactly as Keras prints it."""
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    return "\n".join(lines)


@functools.lru_cache(maxsize=1)
def _open_store(url: str) -> Store:
    return Store(url)


@functools.lru_cache(maxsize=2)
def _load_dataset(store: Store, digest: str) -> Dataset:
    return store.load_dataset(digest)
