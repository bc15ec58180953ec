"""The data set that a server has in use, and the one download that may replace it.

Knows nothing of pages: they read its state when they are drawn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mnist_core.data.dataset import Dataset
from mnist_core.data.sources import load_mnist, peculiarity_of
from mnist_core.errors import DataError, MnistError

_logger = logging.getLogger(__name__)


class DownloadStatus(StrEnum):
    """What became of the last attempt to download MNIST."""

    IDLE = "IDLE"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class DownloadState:
    """A moment of a download.

    Attributes:
        status: IDLE before the first attempt.
        bytes_done: how much has arrived.
        bytes_total: how much there will be; 0 while that is not known.
        error: why it FAILED, in a sentence.
    """

    status: DownloadStatus = DownloadStatus.IDLE
    bytes_done: int = 0
    bytes_total: int = 0
    error: str = ""


class DataShelf:
    """Holds the data set in use. Safe to share between threads.

    Args:
        load: as ``load_mnist``, which tests replace by one with a server of their own.
    """

    def __init__(self, load: Callable[..., Dataset] = load_mnist) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._current: Dataset | None = None
        self._download = DownloadState()
        self._problem = self._peculiarity = ""

    @property
    def current(self) -> Dataset:
        """The data set in use; loaded at first use, from this computer only.

        Where ``MNIST_PATH`` names a file that can't be used, it is the built-in sample, and
        ``problem`` says why.
        """
        with self._lock:
            if self._current is None:
                try:
                    self._current = self._load("auto", download=False)
                except DataError as error:
                    self._problem = f"{error} The built-in sample is in use instead."
                    _logger.warning("%s", self._problem)
                    self._current = self._load("sample")
                self._peculiarity = peculiarity_of(self._current)
            return self._current

    @property
    def problem(self) -> str:
        """Why the data set that was asked for is not in use, in a sentence; empty where it is."""
        return self._problem

    @property
    def peculiarity(self) -> str:
        """How the digits in use look unlike MNIST's, in a sentence; empty where they don't."""
        return self._peculiarity

    @property
    def download(self) -> DownloadState:
        """The state of the last download."""
        return self._download

    def start_download(self) -> threading.Thread | None:
        """Begin to get all of MNIST in the background, unless that is already going on.

        When it succeeds, ``current`` becomes the full MNIST; until then, and when it fails,
        the data in use stays in use.

        Returns:
            The thread at work, or None when another one already is.
        """
        with self._lock:
            if self._download.status is DownloadStatus.RUNNING:
                return None
            self._download = DownloadState(DownloadStatus.RUNNING)
        # A server that is told to end does not wait for a slow network.
        thread = threading.Thread(target=self._run_download, name="mnist-download", daemon=True)
        thread.start()
        return thread

    def _run_download(self) -> None:
        try:
            dataset = self._load("full", progress=self._report)
        except MnistError as error:
            self._download = DownloadState(DownloadStatus.FAILED, error=str(error))
        except Exception:
            _logger.exception("The download of MNIST failed in a way nobody thought of.")
            self._download = DownloadState(
                DownloadStatus.FAILED, error="The download failed. The server's log says why."
            )
        else:
            with self._lock:
                self._current, self._problem, self._peculiarity = dataset, "", ""
                total = self._download.bytes_total
                self._download = DownloadState(DownloadStatus.DONE, total, total)

    def _report(self, bytes_done: int, bytes_total: int) -> None:
        self._download = DownloadState(DownloadStatus.RUNNING, bytes_done, bytes_total)
