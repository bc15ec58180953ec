"""Bring a database to the newest schema, safe when several processes start at once."""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from mnist_core.errors import StoreError
from mnist_core.store.engine import Database

_MIGRATIONS: Final = Path(__file__).parent / "migrations"

# Any number will do that nobody else uses in the same database.
_ADVISORY_LOCK: Final = 28_281_998

# Alembic keeps the migration it is at in module globals: one thread at a time.
_one_thread = threading.Lock()


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, all in one transaction.

    Raises:
        StoreError: the database can't be written, or a newer program made it; it is left as
            it was.
    """
    if is_newest(database):
        return
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with _one_thread, database.write() as connection:
        # On SQLite the transaction itself is the lock: it began IMMEDIATE.
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                "This store was made by a newer version of the program. "
                "Update the program to open it."
            ) from error


def is_newest(database: Database) -> bool:
    """Check whether the tables are those of this program: one look at a table of one row."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _newest()


@functools.cache
def _newest() -> str | None:
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()
