"""What the parts of the store have in common."""

from __future__ import annotations

from collections.abc import Callable

from mnist_core.store.engine import Database


class StorePart:
    """A group of the store's methods; `Store` joins the groups and opens the database.

    Every method raises StoreError where the database can't be read or written. It writes in one
    transaction: then, and after any other error, nothing is changed.
    """

    _database: Database
    _clock: Callable[[], float]
