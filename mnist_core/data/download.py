"""Downloading MNIST: two sources, checksums, time limits, and a file that is whole or not there.

Knows nothing of where else digits may come from.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent import futures
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import numpy as np
import pooch
import requests
import urllib3

from mnist_core.data.dataset import MNIST_DIGEST
from mnist_core.data.files import read_idx, read_npz
from mnist_core.errors import DataError, DownloadError

Progress = Callable[[int, int], None]
"""Told the bytes done and the bytes in all; a second source starts again from 0."""

_CHUNK: Final = 64 * 1024
_LEFT_BEHIND: Final = 3600.0


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server.

    Attributes:
        url: where it is.
        checksum: the algorithm and the value in hex, such as "md5:ec29...".
        size: in bytes.
    """

    url: str
    checksum: str
    size: int


@dataclass(frozen=True)
class Remote:
    """A source of MNIST.

    Attributes:
        files: what has to be downloaded from it.
        pack: makes one .npz file of the downloaded files, beside them, and gives its path.
    """

    files: Sequence[RemoteFile]
    pack: Callable[[Sequence[Path]], Path]

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(self.files[0].url).hostname or self.files[0].url


@dataclass(frozen=True)
class Limits:
    """How long to wait for a source, in seconds.

    Attributes:
        answer: until it answers at all, looking up its name included.
        silence: between two pieces of a file.
        total: until everything has arrived.
    """

    answer: float = 5.0
    silence: float = 8.0
    total: float = 300.0


def _pack_idx(paths: Sequence[Path]) -> Path:
    packed = paths[0].with_name("packed.npz")
    np.savez_compressed(packed, **read_idx(paths)._asdict())
    return packed


_LECUN: Final = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_LECUN_FILES: Final = (
    ("train-images-idx3-ubyte.gz", "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
    ("train-labels-idx1-ubyte.gz", "md5:d53e105ee54ea40749a09fcbcd1e9432", 28_881),
    ("t10k-images-idx3-ubyte.gz", "md5:9fb629c4189551a2d022fa330f9573f3", 1_648_877),
    ("t10k-labels-idx1-ubyte.gz", "md5:ec29112dd5afa0611ce80d1b7f02629c", 4_542),
)
_KERAS_FILE: Final = RemoteFile(
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    11_490_434,
)

REMOTES: Final = (
    Remote([_KERAS_FILE], itemgetter(0)),
    Remote([RemoteFile(_LECUN + name, md5, size) for name, md5, size in _LECUN_FILES], _pack_idx),
)


@dataclass(frozen=True)
class Downloads:
    """Where downloads come from, and where they are kept.

    Attributes:
        folder: keeps ``mnist.npz``; made when it is needed.
        remotes: sources, the best first.
        limits: on the time that each source is given.
        digest: of the arrays that are wanted; the last word on what was downloaded.
    """

    folder: Path
    remotes: Sequence[Remote] = REMOTES
    limits: Limits = Limits()
    digest: str = MNIST_DIGEST

    @property
    def path(self) -> Path:
        """Where the downloaded file is kept."""
        return self.folder / "mnist.npz"

    def fetch(self, progress: Progress | None = None) -> None:
        """Download into ``path``. Safe in several processes at once: the last one wins.

        Args:
            progress: called after each piece, in this thread.

        Raises:
            DownloadError: every source failed, or the file can't be kept; ``path`` is as it was.
        """
        reasons = []
        for remote in self.remotes:
            try:
                self._fetch_from(remote, progress)
            except _SourceError as error:
                reasons.append(f"{remote.host} {error}")
            except OSError as error:
                raise DownloadError(
                    f"A download can't be kept in “{self.folder}” ({error.strerror or error}). "
                    "Make room there, or allow this program to write there."
                ) from error
            else:
                return
        raise DownloadError(
            f"MNIST could not be downloaded: {'; '.join(reasons)}. "
            "Check the connection to the internet and try again."
        )

    def _fetch_from(self, remote: Remote, progress: Progress | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        transfer = _Transfer(self.limits, sum(file.size for file in remote.files), progress)
        with tempfile.TemporaryDirectory(prefix="download-", dir=self.folder) as name:
            folder = Path(name)
            packed = remote.pack([_fetch_file(file, folder, transfer) for file in remote.files])
            self._check(packed)
            packed.chmod(0o644)  # temporary files are for their owner's eyes only
            packed.replace(self.path)

    def _check(self, packed: Path) -> None:
        try:
            digest = read_npz(packed).digest()
        except DataError as error:
            raise _SourceError("sent a file that is not MNIST") from error
        if digest != self.digest:
            raise _SourceError("sent other digits than MNIST's")

    def _sweep(self) -> None:
        """Remove what a process that was killed in the middle of a download left behind."""
        for folder in self.folder.glob("download-*"):
            with contextlib.suppress(OSError):
                if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
                    shutil.rmtree(folder, ignore_errors=True)


class _SourceError(Exception):
    """One source failed; the message goes on from the name of its host."""


def _fetch_file(file: RemoteFile, folder: Path, transfer: _Transfer) -> Path:
    pooch.get_logger().setLevel("WARNING")  # it would tell the terminal about each file
    try:
        path = pooch.retrieve(
            file.url,
            known_hash=file.checksum,
            fname=urlsplit(file.url).path.rpartition("/")[2],
            path=folder,
            downloader=transfer,
        )
    except requests.exceptions.SSLError as error:
        raise _SourceError("has a certificate that this computer does not trust") from error
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise _SourceError("stopped answering") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _SourceError("could not be reached") from error
    except ValueError as error:  # pooch's word for a wrong checksum
        raise _SourceError("sent a wrong file") from error
    return Path(path)


class _Transfer:
    """A downloader for pooch that keeps to time limits, over all files of a source together."""

    def __init__(self, limits: Limits, total: int, progress: Progress | None) -> None:
        self._limits = limits
        self._deadline = time.monotonic() + limits.total
        self._done = 0
        self._total = total
        self._progress = progress

    def __call__(self, url: str, output_file: str, _pooch: object) -> None:
        """Copy to the file what ``url`` sends, each byte as it was sent."""
        with _ask(url, self._limits) as response, Path(output_file).open("wb") as file:
            if response.status_code != requests.codes.ok:
                raise _SourceError(f"refused (HTTP status {response.status_code})")
            while piece := response.raw.read1(_CHUNK, decode_content=False):
                file.write(piece)
                self._count(len(piece))

    def _count(self, size: int) -> None:
        self._done += size
        if time.monotonic() > self._deadline:
            raise _SourceError(f"did not send everything within {self._limits.total:g} seconds")
        if self._done > self._total:
            raise _SourceError("sent a wrong file")
        if self._progress:
            self._progress(self._done, self._total)


def _ask(url: str, limits: Limits) -> requests.Response:
    """Ask for a file and wait for the first line of the answer, no longer than the limit.

    The timeouts of requests hold for each address of a host anew and not at all for looking up
    its name: on a network that swallows packets that adds up to minutes. So the asking goes into
    a thread that may be left alone; it holds no file.
    """
    answer: futures.Future[requests.Response] = futures.Future()

    def ask() -> None:
        try:
            answer.set_result(
                requests.get(
                    url,
                    stream=True,
                    timeout=(limits.answer, limits.silence),
                    headers={"Accept-Encoding": "identity"},
                )
            )
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            answer.set_exception(error)

    threading.Thread(target=ask, name="mnist-download-ask", daemon=True).start()
    futures.wait([answer], limits.answer)
    if not answer.done():
        raise _SourceError(f"did not answer within {limits.answer:g} seconds")
    return answer.result()
