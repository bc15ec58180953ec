"""From a database's error to a sentence for a person."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy import exc

_FULL: Final = "The disk is full, so nothing was saved. Free some space and try again."
_BUSY: Final = (
    "The store is busy: another program has kept it locked for too long, so nothing was saved. "
    "Try again in a moment."
)
_READ_ONLY: Final = "{where} may not be written to. Allow writing there, or choose another place."
_NOT_OPEN: Final = "{where} can't be opened. Check that its folder is there and may be written to."
_NOT_A_STORE: Final = (
    "{where} is not a store of this program, or it is damaged. "
    "Move the file away, and the program makes a new one."
)
_DISK_TROUBLE: Final = "The disk that holds {where} reports an error, so nothing was saved."
_NETWORK: Final = (
    "{where} lies on a drive that does not lock files as SQLite needs it, as network drives do, so "
    "nothing was saved. Set MNIST_STORE_URL to a file on a disk of this computer, or to PostgreSQL."
)
_UNREACHABLE: Final = "The database {where} can't be reached. Check its address and that it runs."

# https://www.sqlite.org/rescode.html; the low byte is the kind of error.
_SQLITE_IN_FULL: Final = dict.fromkeys(
    (
        sqlite3.SQLITE_IOERR_LOCK,
        sqlite3.SQLITE_IOERR_RDLOCK,
        sqlite3.SQLITE_IOERR_SHMLOCK,
        sqlite3.SQLITE_IOERR_SHMMAP,
        sqlite3.SQLITE_IOERR_SHMOPEN,
        sqlite3.SQLITE_IOERR_UNLOCK,
    ),
    _NETWORK,
)
_SQLITE: Final = {
    sqlite3.SQLITE_PROTOCOL: _NETWORK,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _NOT_OPEN,
    sqlite3.SQLITE_NOTADB: _NOT_A_STORE,
    sqlite3.SQLITE_CORRUPT: _NOT_A_STORE,
    sqlite3.SQLITE_IOERR: _DISK_TROUBLE,
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL: Final = {
    "53100": _FULL,
    "55P03": _BUSY,
    "40P01": _BUSY,
    "25006": _READ_ONLY,
    "42501": _READ_ONLY,
    "58030": _DISK_TROUBLE,
    "57P01": _UNREACHABLE,
    "57P02": _UNREACHABLE,
    "57P03": _UNREACHABLE,
}


def is_busy(error: Exception) -> bool:
    """Check whether somebody else held the lock that this needed."""
    return _pattern(error) is _BUSY


def in_words(error: Exception, where: str) -> str:
    """Put into words what happened and what to do.

    Args:
        error: SQLAlchemy's or the driver's.
        where: the store's address, without its password.
    """
    pattern = _pattern(error)
    if pattern is None:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[:1]
        return f"The store {where} reports an error, so nothing was saved: {' '.join(cause)}"
    return pattern.format(where=where)


def _pattern(error: Exception) -> str | None:
    if isinstance(error, exc.TimeoutError):
        return _BUSY
    cause = getattr(error, "orig", None) or error
    sqlite_code = getattr(cause, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return _SQLITE_IN_FULL.get(sqlite_code, _SQLITE.get(sqlite_code & 0xFF))
    state = getattr(cause, "sqlstate", None)
    if state is None and isinstance(error, exc.OperationalError):
        return _UNREACHABLE
    return _POSTGRESQL.get(state or "")
