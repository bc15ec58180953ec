"""Where digits come from: the order in which places are tried, and the words for each.

The order: the file that ``MNIST_PATH`` names, Keras's own copy, an earlier download, a download,
the sample that comes with the program.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mnist_core import environment
from mnist_core.data.dataset import FULL_NAME, SAMPLE_NAME, Dataset
from mnist_core.data.download import Downloads, Progress
from mnist_core.data.files import read_npz
from mnist_core.data.peculiarities import peculiarity
from mnist_core.errors import DataError, DownloadError

SAMPLE_PATH: Final = Path(__file__).with_name("sample") / "mnist_sample.npz"
DOWNLOADS: Final = Downloads(folder=environment.DOWNLOAD_FOLDER)

_logger = logging.getLogger(__name__)


def load_mnist(
    source: str | Path = "auto",
    *,
    download: bool = True,
    progress: Progress | None = None,
    downloads: Downloads = DOWNLOADS,
) -> Dataset:
    """Load digits from the first place that has them. Nothing is kept in memory in between.

    Args:
        source: "auto" tries ``MNIST_PATH``, Keras's copy, an earlier download, a download and
            the built-in sample, in this order; "full" does the same for all of MNIST only;
            "sample" is the built-in sample; anything else is the path of an .npz file.
        download: False never uses the network, nor does ``MNIST_OFFLINE``.
        progress: told the bytes done and the bytes in all while downloading, in this thread.
        downloads: where downloads come from and are kept.

    Raises:
        DataError: the file that was named, here or by ``MNIST_PATH``, can't be used.
        EnvironmentVariableError: a variable that had to be read holds what is not allowed.
        DownloadError: "full" was asked for, is not on this computer and can't be downloaded.

    Example:
        >>> dataset = load_mnist("sample")
        >>> dataset.x_train.shape, dataset.x_train.dtype, dataset.y_test.shape
        ((4000, 28, 28), dtype('uint8'), (1000,))
    """
    match source:
        case "auto":
            if named := environment.mnist_path():
                return _load_named(named)
            try:
                return _load_full(download=download, progress=progress, downloads=downloads)
            except DownloadError as error:
                _logger.info("Using the built-in sample. %s", error)
                return load_mnist("sample")
        case "full":
            return _load_full(download=download, progress=progress, downloads=downloads)
        case "sample":
            return _load_file(SAMPLE_PATH, "carried by this program", name=SAMPLE_NAME)
        case "":
            raise DataError("No data is named. Write auto, sample or the path of an .npz file.")
        case _:
            path = environment.expand_home(source, DataError)
            return _load_own(path, "from a file of your own")


def _load_named(path: Path) -> Dataset:
    try:
        return _load_own(path, "from the file that MNIST_PATH names")
    except DataError as error:
        raise DataError(f"{error} MNIST_PATH names this file: change it or remove it.") from error


def _load_full(*, download: bool, progress: Progress | None, downloads: Downloads) -> Dataset:
    for dataset in _on_this_computer(downloads):
        if dataset.digest == downloads.digest:
            return dataset
        _logger.info("Leaving out the digits %s: they are not all of MNIST.", dataset.source)
    if not download or environment.is_offline():
        raise DownloadError(
            "The full MNIST is not on this computer, and downloading it is switched off."
        )
    downloads.fetch(progress)
    return _load_download(downloads.path)


def _on_this_computer(downloads: Downloads) -> Iterator[Dataset]:
    """Load each copy that is there, one after the other; a broken one is left out."""
    if named := environment.mnist_path():
        with _skipping_broken():
            yield _load_named(named)
    with _skipping_broken():
        if (copy := environment.keras_copy()) and copy.exists():
            yield _load_file(copy, "from Keras's copy on this computer")
    with _skipping_broken():
        if downloads.path.exists():
            yield _load_download(downloads.path)


@contextmanager
def _skipping_broken() -> Iterator[None]:
    try:
        yield
    except (DataError, OSError) as error:
        _logger.warning("A copy of MNIST is left out. %s", error)


def _load_download(path: Path) -> Dataset:
    day = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone()
    return _load_file(path, f"downloaded on {day.day} {day:%B %Y}")


def _load_own(path: Path, source: str) -> Dataset:
    dataset = _load_file(path, source)
    if unlike := peculiarity_of(dataset):
        _logger.warning("%s", unlike)
    return dataset


def peculiarity_of(dataset: Dataset) -> str:
    """Say in a sentence or two how digits look unlike MNIST's, such as on their side."""
    if dataset.name in {FULL_NAME, SAMPLE_NAME}:
        return ""
    return peculiarity(dataset, load_mnist("sample"))


def _load_file(path: Path, source: str, name: str | None = None) -> Dataset:
    return Dataset.from_arrays(read_npz(path), name=name or path.name, source=source)
