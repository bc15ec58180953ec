"""What the parts of the store have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from mnist_core.store.engine import Database


class StorePart:
    """A group of the store's methods; `Store` joins the groups and opens the database.

    Every method raises StoreError where the database can't be read or written. It writes in one
    transaction: then, and after any other error, nothing is changed.
    """

    _database: Database
    _clock: Callable[[], float]

    def _rows(self, query: sa.Select[Any]) -> Sequence[Any]:
        """Return the rows that a query finds, named tuples of its columns."""
        with self._database.read() as connection:
            return connection.execute(query).all()

    def _value(self, query: sa.Select[Any]) -> Any:
        """Return the one value that a query finds; None where it finds none."""
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()
