"""Every environment variable and every folder of the project: read, checked, described here only.

Each variable is read when it is asked for, never kept. A wrong value raises one sentence; a server,
which has to start whatever was typed, calls ``set_wrong_aside`` first. Standard library only.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import reprlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from mnist_core.errors import EnvironmentVariableError, MnistError

PROJECT: Final = Path(__file__).resolve().parents[1]
"""The checkout: processes start in it, so that they find the packages."""

STORE_FILE: Final = PROJECT / "var" / "mnist.db"
DOWNLOAD_FOLDER: Final = PROJECT / "var" / "data"
COMPILATION_FOLDER: Final = PROJECT / "var" / "compiled"
KEPT_DIGITS_FOLDER: Final = PROJECT / "var" / "digits"

LAST_PORT: Final = 65_535
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
MOST_WORKERS: Final = 64
PLACE: Final = "MNIST_WORKER_PLACE"
"""Set by the program itself for its workers, see ``worker_place``."""
SHORTEST_SECRET: Final = 12

_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"", "0", "false", "no", "off"})
_STORE_URL: Final = re.compile(
    r"sqlite(\+\w+)?:///(?P<file>(?!:memory:).+)|postgres(ql)?(\+\w+)?://.+", re.DOTALL
)
_SCHEDULER_ADDRESS: Final = re.compile(
    r"((tcp|tls)://)?([\w-]{1,63}(\.[\w-]{1,63})*|\[[0-9a-f:.]+\]):(?P<port>[0-9]{1,5})",
    re.ASCII | re.IGNORECASE,
)


def mnist_path() -> Path | None:
    """Return the .npz of digits that ``MNIST_PATH`` names; None where it names none."""
    return _folder_or_file("MNIST_PATH")


def keras_copy() -> Path | None:
    """Return where Keras keeps MNIST: in ``KERAS_HOME``, or in ``.keras`` at home.

    Returns:
        None where neither is known, as in a container whose user has no home.
    """
    folder = _folder_or_file("KERAS_HOME")
    if folder is None:
        with contextlib.suppress(RuntimeError):
            folder = Path.home() / ".keras"
    return folder and folder / "datasets" / "mnist.npz"


def is_offline() -> bool:
    """Check whether ``MNIST_OFFLINE`` forbids to download."""
    text = _read("MNIST_OFFLINE")
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise _wrong("MNIST_OFFLINE", f" is {reprlib.repr(text)}. Write 1 to download nothing, or 0.")


def store_url() -> str | None:
    """Return SQLAlchemy's URL of the store, ``MNIST_STORE_URL``; None for ``STORE_FILE``.

    Whether there is a database is not looked at. No message holds the URL: it may have a password.
    """
    text = _read("MNIST_STORE_URL")
    found = _STORE_URL.fullmatch(text)
    if found and found["file"]:
        _expanded("MNIST_STORE_URL", found["file"])
    if text and not found:
        raise _wrong(
            "MNIST_STORE_URL",
            " can't be understood. Write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
        )
    return text or None


def worker_count() -> int:
    """Return how many workers a server starts: ``MNIST_WORKERS``, or one per two cores.

    Two at least where there are two cores: one training by itself leaves half of the second idle.
    """
    text = _read("MNIST_WORKERS")
    if not text:
        cores = os.cpu_count() or 1
        return min(cores, max(2, cores // 2))
    return _whole_number("MNIST_WORKERS", text, MOST_WORKERS)


def worker_place() -> int:
    """Return which of the workers that were started together this process is, from 0.

    Whoever starts them says so by ``PLACE``; any other process is the first one.
    """
    text = _read(PLACE)
    return int(text) if re.fullmatch("[0-9]{1,2}", text) else 0


def scheduler_address() -> str | None:
    """Return the Dask scheduler of ``DASK_SCHEDULER_ADDRESS``; None to start workers here."""
    text = _read("DASK_SCHEDULER_ADDRESS")
    return checked_scheduler_address(text, "DASK_SCHEDULER_ADDRESS") if text else None


def checked_scheduler_address(text: str, name: str = "The scheduler's address") -> str:
    """Return the address of a Dask scheduler as it was written, if it can be one.

    Raises:
        EnvironmentVariableError: it is none; ``name`` is what the sentence calls it.
    """
    found = _SCHEDULER_ADDRESS.fullmatch(text)
    if not (found and 1 <= int(found["port"]) <= LAST_PORT):
        raise _wrong(name, f" is {reprlib.repr(text)}. Write tls://HOST:PORT, or tcp://.")
    return text


def certificates() -> Path | None:
    """Return the folder of a lab's certificates, ``MNIST_CERTIFICATES``; None where there is none.

    What is in it is not looked at.
    """
    folder = _folder_or_file("MNIST_CERTIFICATES")
    is_folder = False
    with contextlib.suppress(OSError):  # who may not look can't use them
        is_folder = folder is not None and folder.is_dir()
    if folder is not None and not is_folder:
        raise _wrong(
            "MNIST_CERTIFICATES",
            f" names “{folder}”, which is no folder that can be read. Name the one that “python -m "
            "mnist_core certificates FOLDER” made.",
        )
    return folder


def compilation_cache() -> Path | None:
    """Return where compiled training loops are kept; None where they are not to be kept.

    ``MNIST_COMPILATION_CACHE`` names the folder, made when needed; set and empty, it is nowhere.
    """
    if "MNIST_COMPILATION_CACHE" not in os.environ:
        return COMPILATION_FOLDER
    folder = _folder_or_file("MNIST_COMPILATION_CACHE")
    with contextlib.suppress(OSError):  # who may not look can't tell; nothing will be kept there
        if folder is not None and folder.is_file():
            raise _wrong("MNIST_COMPILATION_CACHE", f" names “{folder}”, a file. Name a folder.")
    return folder


def teacher_secret() -> str | None:
    """Return what opens the teacher's page, ``MNIST_TEACHER_SECRET``; None where nothing does.

    No message holds it.
    """
    text = _read("MNIST_TEACHER_SECRET")
    if text and (len(text) < SHORTEST_SECRET or not text.isprintable()):
        raise _wrong(
            "MNIST_TEACHER_SECRET",
            f" is too easy to guess. Choose {SHORTEST_SECRET} characters or more, all on one line.",
        )
    return text or None


def log_level() -> int:
    """Return from which level on the program logs, ``MNIST_LOG_LEVEL``; ``logging.WARNING`` unset.

    Returns:
        A level of Python's ``logging``.
    """
    text = _read("MNIST_LOG_LEVEL").lower() or "warning"
    if text not in LOG_LEVELS:
        raise _wrong(
            "MNIST_LOG_LEVEL", f" is {reprlib.repr(text)}. Choose one of {', '.join(LOG_LEVELS)}."
        )
    return logging.getLevelNamesMapping()[text.upper()]


def metrics_port() -> int | None:
    """Return on which port of this computer a server tells its metrics, ``MNIST_METRICS_PORT``.

    Returns:
        None where it tells none.
    """
    text = _read("MNIST_METRICS_PORT")
    return _whole_number("MNIST_METRICS_PORT", text, LAST_PORT) if text else None


VARIABLES: Final[Mapping[str, Callable[[], object]]] = {
    "MNIST_PATH": mnist_path,
    "MNIST_OFFLINE": is_offline,
    "MNIST_STORE_URL": store_url,
    "MNIST_WORKERS": worker_count,
    "DASK_SCHEDULER_ADDRESS": scheduler_address,
    "MNIST_CERTIFICATES": certificates,
    "MNIST_COMPILATION_CACHE": compilation_cache,
    "KERAS_HOME": keras_copy,
    "MNIST_TEACHER_SECRET": teacher_secret,
    "MNIST_LOG_LEVEL": log_level,
    "MNIST_METRICS_PORT": metrics_port,
}
"""What reads each variable; each raises ``EnvironmentVariableError`` for a wrong value."""

# What holds where a value was wrong: other than the default where the default could do harm.
_INSTEAD: Final[Mapping[str, tuple[str | None, str]]] = {
    "MNIST_PATH": (None, "It is left out."),
    "MNIST_OFFLINE": ("1", "Until then nothing is downloaded."),
    "MNIST_WORKERS": (None, "Until then there is one worker per two cores, and two at least."),
    "DASK_SCHEDULER_ADDRESS": (None, "Until then the server starts workers of its own."),
    "MNIST_CERTIFICATES": (None, "Until then no scheduler that asks for them can be reached."),
    "MNIST_COMPILATION_CACHE": (None, f"Until then it is {COMPILATION_FOLDER}."),
    "KERAS_HOME": (None, "Until then Keras's copy is looked for at home."),
    "MNIST_TEACHER_SECRET": (None, "Until then nobody can open the teacher's page."),
    "MNIST_LOG_LEVEL": (None, "Until then it is warning."),
    "MNIST_METRICS_PORT": (None, "Until then there are no metrics."),
}


def check() -> None:
    """Check every variable.

    Raises:
        EnvironmentVariableError: for the first one that is wrong.
    """
    for read in VARIABLES.values():
        read()


def set_wrong_aside() -> tuple[str, ...]:
    """Put what is harmless in the place of each wrong value, for this process and its children.

    Returns:
        A sentence or two for each: what is wrong, what is allowed, what holds instead.

    Raises:
        EnvironmentVariableError: the store's address is wrong. No other will do for it: runs
            would be kept where nobody looks for them.
    """
    told = []
    for name, read in VARIABLES.items():
        try:
            read()
        except EnvironmentVariableError as error:
            if name not in _INSTEAD:
                raise
            value, words = _INSTEAD[name]
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
            told.append(f"{error} {words}")
    return tuple(told)


def inherited(changes: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a child process: this one's, with changes."""
    return {**os.environ, **changes}


def expand_home(path: str | Path, refusal: type[MnistError]) -> Path:
    """Return a path with the home folder in the place of ``~`` or ``~user``.

    Args:
        path: as a person wrote it.
        refusal: the error to raise where there is no such home.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise refusal(
            f"“{path}” can't be found: there is no such home folder. Write the path in full."
        ) from None


def _read(name: str) -> str:
    # Windows' "set NAME=1 && ..." leaves a blank at the end.
    return os.environ.get(name, "").strip()


def _whole_number(name: str, text: str, most: int) -> int:
    number = int(text) if re.fullmatch(f"[0-9]{{1,{len(str(most))}}}", text) else 0
    if not 1 <= number <= most:
        raise _wrong(name, f" is {reprlib.repr(text)}. Choose a whole number from 1 to {most}.")
    return number


def _folder_or_file(name: str) -> Path | None:
    text = _read(name)
    return _expanded(name, text) if text else None


def _expanded(name: str, text: str) -> Path:
    try:
        return expand_home(text, MnistError)
    except MnistError as error:
        raise _wrong(name, f": {error}") from None


def _wrong(name: str, what: str) -> EnvironmentVariableError:
    # One line that every terminal and page can show, whatever bytes the variable holds.
    line = " ".join(f"{name}{what}".split())
    return EnvironmentVariableError(line.encode(errors="backslashreplace").decode())
