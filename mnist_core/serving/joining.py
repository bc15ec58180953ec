"""Whether a worker from elsewhere may train for a dashboard: the same versions, the same store.

Looked at in the worker's process before TensorFlow is loaded there. Knows neither Dask nor Keras.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import importlib.metadata
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from mnist_core import __version__
from mnist_core.errors import StoreError, WorkerRefusedError
from mnist_core.store import Store, check_is_here

_PACKAGE: Final = Path(__file__).resolve().parents[1]

_log = logging.getLogger(__name__)


class Hidden(str):
    """Text that no log shows: Dask writes what a task was given beside what went wrong with it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "‹hidden›"


def call(name: str, *arguments: Any) -> Any:
    """Call a function by its name, "package.module:function", in the process this runs in."""
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)(*arguments)


@functools.cache
def versions() -> Mapping[str, str]:
    """Return what the numbers of a run depend on, and its version here.

    This program's holds a digest of its source: two checkouts may have the same number.
    """
    return {
        "this program": f"{__version__}, source {_source_digest()[:12]}",
        "Keras": _version_of("keras"),
        "TensorFlow": _version_of("tensorflow", "tensorflow-cpu"),
    }


def join(expected: Mapping[str, str], store_url: str, warm: str) -> Any:
    """Make a worker ready for a dashboard; the worker's terminal says what came of it.

    Args:
        expected: ``versions`` of the dashboard.
        store_url: where the runs are.
        warm: name of the function that warms the worker up.

    Raises:
        WorkerRefusedError: it has other versions, can't open that store, or has no graphics card of
            its own beside others that have. The worker is left as it was; another dashboard may
            take it, or the same one later.
    """
    try:
        check_versions(expected)
        _check_store(store_url)
        result = call(warm)
    except WorkerRefusedError as error:
        _say_refused(str(error))
        raise
    _log.warning("Ready to train, with %s.", _listed(versions()))
    return result


@functools.cache
def _say_refused(why: str) -> None:
    """Say it once, however often a dashboard asks whether this worker fits by now."""
    _log.error("The dashboard refuses this worker: %s", why)


def check_versions(expected: Mapping[str, str]) -> None:
    """Make sure that a run trained here has the numbers that it would have over there.

    Raises:
        WorkerRefusedError: a version is another one.
    """
    mine = versions()
    other = {name: mine.get(name, "none") for name in expected if mine.get(name) != expected[name]}
    if other:
        there = {name: expected[name] for name in other}
        raise WorkerRefusedError(
            f"it has {_listed(other)}, and the dashboard has {_listed(there)}, so its numbers "
            "would differ. Install the same on both (git pull, requirements.lock), and start the "
            "worker again."
        )


def _check_store(url: str) -> None:
    try:
        check_is_here(url)
        Store(url).close()
    except StoreError as error:
        raise WorkerRefusedError(f"it can't use the dashboard's store. {error}") from error


def _version_of(*names: str) -> str:
    """Return the version of the first of these packages that is installed, or "none"."""
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return "none"


def _listed(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in found.items())


def _source_digest() -> str:
    """Hash the text of every module, whatever ends its lines."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        name = path.relative_to(_PACKAGE).as_posix()
        digest.update(f"{name}\0{path.read_text(encoding='utf-8')}\0".encode())
    return digest.hexdigest()
