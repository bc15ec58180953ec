"""Bringing runs back out of an archive that anybody may have made.

Everything is checked before anything is written: the zip's own list, the size and the SHA-256 of
each member, type and shape of each array, each number and each text. One member at a time is in
memory. Nothing is unpacked to the disk, nothing is unpickled, and no model is opened: it is written
anew from its weights.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from mnist_core.data import MNIST_DIGEST, Dataset, load_mnist, read_npz_bytes
from mnist_core.data.arrays import pack_predictions, pack_weights
from mnist_core.data.dataset import FULL_NAME, SAMPLE_NAME
from mnist_core.errors import ArchiveError, DataError
from mnist_core.export import layout, told
from mnist_core.export.keras_file import write_model
from mnist_core.export.reading import DAMAGED, OpenArchive, opened
from mnist_core.formatting import counted
from mnist_core.store import RunContents, Store

FindDataset = Callable[[str], Dataset | None]
"""From a digest to the digits, where this computer has them."""


class BroughtBack(NamedTuple):
    """What became of the runs in an archive.

    Attributes:
        added: the ids of those that are new here.
        known: the ids of those that were here already, which stay as they are.
    """

    added: list[str]
    known: list[str]

    @property
    def sentence(self) -> str:
        """What was done, for a person."""
        if not self.added:
            here = "This run is" if len(self.known) == 1 else f"All {len(self.known)} runs are"
            return f"{here} here already."
        words = f"{counted(len(self.added), 'run')} brought back."
        if self.known:
            words += f" {counted(len(self.known), 'run')} of the file were here already."
        return words


def import_runs(
    store: Store,
    file: Path | str | IO[bytes],
    *,
    owner: str | None = None,
    find_dataset: FindDataset | None = None,
) -> BroughtBack:
    """Bring runs back from a file that ``export_runs`` has written, all of them or none.

    They keep their ids; those that are in the store already stay as they are.

    Args:
        store: where they go.
        file: a path, or a file that is open for reading and can be read from any place.
        owner: hash of the token of the browser that may change them; None for the computer itself.
        find_dataset: finds digits that neither the file nor the store has. By default the sample
            of this program and MNIST, which may be downloaded.

    Raises:
        ArchiveError: the file is not such a file, is damaged, or was made by a newer program; or
            the digits of a run are not here. Nothing is changed.
        StoreError: the store can't be written; nothing is changed.
    """
    with opened(file) as archive:
        archive.check()
        runs = archive.manifest.runs
        known = store.known_runs(runs, owner)
        wanted = [_Folder(archive, run_id) for run_id in runs if run_id not in known]
        digits = {
            each.digest: told.Digits(each.name, len(each.y_test))
            for each in _datasets(store, archive, find_dataset)
        }
        for folder in wanted:  # before anything is written
            folder.contents(digits)
        added = store.add_runs(
            (folder.contents(digits) for folder in wanted),
            owner=owner,
            datasets=_datasets(store, archive, find_dataset) if wanted else (),
        )
    return BroughtBack(added, [run_id for run_id in runs if run_id not in added])


def _datasets(store: Store, archive: OpenArchive, find: FindDataset | None) -> Iterator[Dataset]:
    """Find the digits of the runs: in the store, on this computer, in the file."""
    for each in archive.manifest.datasets:
        member = layout.digits_member(each.digest)
        if store.has_dataset(each.digest):
            yield store.load_dataset(each.digest)
        elif each.carried and archive.has(member):
            yield _carried(archive, member, each)
        elif dataset := (find or _find_dataset)(each.digest):
            yield dataset
        elif each.digest == MNIST_DIGEST:
            raise ArchiveError(
                "These runs were trained on all of MNIST, which is not here yet. Get it first (the "
                "foot of each page says how; or set MNIST_PATH), then bring the runs back."
            )
        else:
            raise ArchiveError(
                f"These runs were trained on “{each.name}”, and its digits are neither here nor in "
                "the file."
            )


def _find_dataset(digest: str) -> Dataset | None:
    for source in ("sample", "auto"):
        dataset = load_mnist(source)
        if dataset.digest == digest:
            return dataset
    return None


def _carried(archive: OpenArchive, member: str, digits: layout.Digits) -> Dataset:
    data = archive.read(member)
    try:
        arrays = read_npz_bytes(data, member)
    except DataError as error:
        raise ArchiveError(str(error)) from error
    if arrays.digest() != digits.digest:
        raise ArchiveError(DAMAGED.format(f": {member} holds other digits"))
    # By its name a data set is taken for MNIST or its sample, whose digests are others.
    known = digits.name in {FULL_NAME, SAMPLE_NAME}
    name = "Digits that came with a run" if known else digits.name
    return Dataset.from_arrays(arrays, name=name, source="brought back with a run")


class _Folder:
    """The members of one run."""

    def __init__(self, archive: OpenArchive, run_id: str) -> None:
        self._archive, self._folder = archive, f"{run_id}/"

    def contents(self, digits: Mapping[str, told.Digits]) -> RunContents:
        """Read and check the whole run."""
        run = told.read_run(self._json(layout.RUN), self._folder + layout.RUN, digits)
        if f"{run.id}/" != self._folder:
            raise ArchiveError(DAMAGED.format(f": {self._folder} holds another run"))
        epochs = told.read_epochs(self._json(layout.HISTORY), self._folder + layout.HISTORY, run)
        events = told.read_events(self._json(layout.EVENTS), self._folder + layout.EVENTS, run)
        return dataclasses.replace(
            run,
            epochs=epochs,
            events=events,
            summary=self._summary(),
            model=self._model(run),
            predictions=self._predictions(digits[run.dataset_digest].test_digits),
            snapshots=dict(self._snapshots(run)),
        )

    def _has(self, member: str) -> bool:
        return self._archive.has(self._folder + member)

    def _json(self, member: str) -> Any:
        name = self._folder + member
        if not self._has(member):
            raise ArchiveError(DAMAGED.format(f": {name} is missing"))
        return told.read_json(self._archive.read(name), name)

    def _arrays(self, member: str, shapes: layout.Shapes) -> list[Any]:
        return self._archive.arrays(self._folder + member, shapes)

    def _summary(self) -> str | None:
        if not self._has(layout.SUMMARY):
            return None
        name = self._folder + layout.SUMMARY
        return told.read_text(self._archive.read(name), name)

    def _model(self, run: RunContents) -> bytes | None:
        if self._has(layout.MODEL):  # compared, and left alone
            self._archive.read(self._folder + layout.MODEL)
        if not self._has(layout.WEIGHTS):
            return None
        weights = self._arrays(layout.WEIGHTS, layout.weights(run.config))
        optimizer = []
        if self._has(layout.OPTIMIZER):
            optimizer = self._arrays(layout.OPTIMIZER, layout.optimizer_state(run.config))
        return write_model(run.config, weights, optimizer)

    def _predictions(self, test_digits: int) -> bytes | None:
        if not self._has(layout.PREDICTIONS):
            return None
        [y_prob] = self._arrays(layout.PREDICTIONS, layout.predictions(test_digits))
        return pack_predictions(y_prob)

    def _snapshots(self, run: RunContents) -> Iterator[tuple[int, bytes]]:
        for epoch in range(-1, run.config.epochs):
            member = layout.snapshot_member(epoch)
            if self._has(member):
                shapes = layout.weights(run.config, np.float16)
                yield epoch, pack_weights(self._arrays(member, shapes))
