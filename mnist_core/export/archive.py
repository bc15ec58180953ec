"""Writing runs as an archive; see ``layout`` for what is in it."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from mnist_core import __version__
from mnist_core.config import SERIES
from mnist_core.data import MNIST_DIGEST, load_mnist, pack_npz
from mnist_core.data.arrays import unpack_predictions
from mnist_core.errors import ArchiveError
from mnist_core.export import layout
from mnist_core.export.keras_file import read_model
from mnist_core.export.saved_model import load_saved_model
from mnist_core.export.tables import runs_csv
from mnist_core.export.told import EVENT_KINDS
from mnist_core.store import Event, Run, Store

_EVENTS_AT_ONCE: Final = 10_000


def export_runs(store: Store, run_ids: Sequence[str], file: Path | str | IO[bytes]) -> None:
    """Write runs as one zip, which ``import_runs`` brings into another store.

    A run that goes on is written as far as it is. Digits go along where neither this program nor
    the download of MNIST has them; who started a run, and its star, do not.

    Args:
        store: where the runs are.
        run_ids: which, each once, at most 200; in this order.
        file: where to; what is there is replaced. A half-written file may be left by an error.

    Raises:
        RunNotFoundError: one of them is not there.
        ArchiveError: there are none or too many of them, or they are too large for one archive.
        StoreError: the store can't be read.
        OSError: the file can't be written.
    """
    if not 1 <= len(run_ids) <= layout.MOST_RUNS:
        raise ArchiveError(
            f"{len(run_ids):,} runs don't go into one file. Choose 1 to {layout.MOST_RUNS}."
        )
    runs = [store.get_run(run_id) for run_id in dict.fromkeys(run_ids)]
    digits = _digits(runs)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as archive:
        members = _Members(archive)
        members.write(layout.TABLE, runs_csv(runs).encode())
        for each in digits:
            if each.carried:
                packed = pack_npz(store.load_dataset(each.digest))
                members.write(layout.digits_member(each.digest), packed)
        for run in runs:
            for name, data in _members_of(store, run):
                members.write(f"{run.id}/{name}", data)
        members.close(
            {
                "format": layout.FORMAT,
                "version": layout.VERSION,
                "program": __version__,
                "datasets": [each._asdict() for each in digits],
                "runs": [run.id for run in runs],
            }
        )


def archive_bytes(store: Store, run_ids: Sequence[str]) -> bytes:
    """Return the same archive as bytes; arguments and errors as for ``export_runs``."""
    buffer = io.BytesIO()
    export_runs(store, run_ids, buffer)
    return buffer.getvalue()


class _Members:
    """Writes members and remembers what the manifest tells of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._files: dict[str, dict[str, Any]] = {}
        self._bytes = 0

    def write(self, name: str, data: bytes) -> None:
        self._bytes += len(data)
        most = layout.most_bytes(name)
        if self._bytes > layout.MOST_BYTES or most is None or len(data) > most:
            raise ArchiveError(
                f"These runs take more than {layout.MOST_BYTES / 1e6:,.0f} MB, which is what one "
                "file has room for. Choose fewer of them."
            )
        self._files[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        self._write(name, data)

    def close(self, manifest: Mapping[str, Any]) -> None:
        self._write(layout.MANIFEST, _json({**manifest, "files": self._files}, indent=1))

    def _write(self, name: str, data: bytes) -> None:
        member = zipfile.ZipInfo(name)
        # Weights hardly get smaller; texts do.
        packed = name.endswith((".json", ".csv", ".txt"))
        member.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._archive.writestr(member, data)


def _digits(runs: Sequence[Run]) -> list[layout.Digits]:
    everywhere = {MNIST_DIGEST, load_mnist("sample").digest}
    names = {run.dataset_digest: run.dataset_name for run in runs}
    return [layout.Digits(digest, name, digest not in everywhere) for digest, name in names.items()]


def _members_of(store: Store, run: Run) -> Iterator[tuple[str, bytes]]:
    yield layout.RUN, _json(_told(run), indent=1)
    epochs = store.read_epochs(run.id)
    history = {name: [_number(getattr(e, name)) for e in epochs] for name in (*SERIES, "seconds")}
    yield layout.HISTORY, _json(history, indent=1)
    yield layout.EVENTS, _json([_event(event) for event in _events(store, run.id)])
    if summary := store.load_summary(run.id):
        yield layout.SUMMARY, summary.encode()
    for epoch in store.snapshot_epochs(run.id):
        yield layout.snapshot_member(epoch), store.load_snapshot(run.id, epoch)
    if predictions := store.load_predictions(run.id):
        yield layout.PREDICTIONS, _npz(unpack_predictions(predictions))
    if model := load_saved_model(store, run):
        weights, optimizer = read_model(model)
        yield layout.WEIGHTS, _npz(*weights)
        if len(optimizer) == len(layout.optimizer_state(run.config)):
            yield layout.OPTIMIZER, _npz(*optimizer)
        yield layout.MODEL, model


def _told(run: Run) -> dict[str, Any]:
    told = {
        name: getattr(run, name)
        for name in (
            *(
                "id",
                "name",
                "note",
                "status",
                "continued_from",
                "dataset_digest",
                "step",
                "seconds",
                "training_digits",
            ),
            *("expected_accuracy", "test_accuracy", "test_loss", "error", "advice", "device"),
        )
    }
    for name in ("created_at", "started_at", "finished_at"):
        instant = getattr(run, name)
        told[name] = None if instant is None else instant.isoformat()
    return told | {"settings": run.config.to_dict()}


def _events(store: Store, run_id: str) -> Iterator[Event]:
    seq = 0
    while events := store.read_events({run_id: seq}, _EVENTS_AT_ONCE):
        seq = events[-1].seq
        yield from (event for event in events if event.kind in EVENT_KINDS)


def _event(event: Event) -> list[Any]:
    return [event.created_at.timestamp(), event.kind, event.data]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _npz(*arrays: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, *(np.asarray(array, order="C") for array in arrays))
    return buffer.getvalue()


def _json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent).encode()
