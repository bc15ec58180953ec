"""Opening a database and its transactions: what SQLite and PostgreSQL each need, errors in words.

Knows nothing of runs or tables.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from mnist_core import environment
from mnist_core.errors import StoreError
from mnist_core.store import faults
from mnist_core.store.clock import DatabaseClock

RESERVED_BYTES: Final = 200_000_000
"""Free space on the disk of an SQLite store that is left to what is under way already."""

_RETRY_SECONDS: Final = 0.02
_SYNCHRONOUS: Final = "synchronous"
_PASSWORDS: Final = ("password", "sslpassword")
"""What libpq takes for passwords behind an address's question mark, where nothing hides them."""

_log = logging.getLogger(__name__)


class Database:
    """One database, opened once a process; its transactions may run in any thread.

    Attributes:
        url: absolute, with its password, so that another process opens the same.
        settle: called before each transaction: what has to be written before it, is.
    """

    def __init__(self, url: str | None, busy_timeout: float) -> None:
        address = _resolve(url)
        self.url = address.render_as_string(hide_password=False)
        self.settle: Callable[[], None] = lambda: None
        self._where = (
            address.database or ""
            if address.get_backend_name() == "sqlite"
            else address.difference_update_query(_PASSWORDS).render_as_string()
        )
        with self._errors_in_words():
            if address.get_backend_name() == "sqlite":
                self._engine = _sqlite_engine(address, busy_timeout)
            else:
                self._engine = _postgresql_engine(address, busy_timeout)
        self._file = Path(self._where) if address.get_backend_name() == "sqlite" else None
        self._identity = self._file and _identity_of(self._file)
        self._writer = self._engine.execution_options(immediate=True)
        self._careful_writer = self._engine.execution_options(immediate=True, on_disk=True)
        # Kept apart: a connection's number says nothing of what it writes itself.
        self._observer: PoolProxiedConnection | None = None

    @property
    def is_file(self) -> bool:
        """Whether it lies on a disk of this computer, in one file."""
        return self._file is not None

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a transaction that only reads."""
        self.settle()
        with self._errors_in_words(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, on_disk: bool = False) -> Iterator[sa.Connection]:
        """Yield a transaction that writes: all of it when the block ends well, else none of it.

        Args:
            on_disk: wait until the disk has it, so that not even a power cut takes it back. SQLite
                loses the last moments then, otherwise; PostgreSQL always waits.

        Raises:
            StoreError: the file is another one than was opened, or none. SQLite would go on
                writing into what nobody finds any more.
        """
        self.settle()
        if self._file and _identity_of(self._file) != self._identity:
            raise StoreError(
                f"The file {self._file} was deleted, moved or replaced while the program runs, so "
                "nothing was saved. Put it back, or start the program again with what is there."
            )
        writer = self._careful_writer if on_disk else self._writer
        with self._errors_in_words(), writer.begin() as connection:
            yield connection

    def clock(self) -> Callable[[], float]:
        """Return the clock of all who use this database: its own, or that of their computer."""
        return time.time if self.is_file else DatabaseClock(self._time)

    def _time(self) -> float:
        """Ask a PostgreSQL server for its time, whatever else waits to be written."""
        query = sa.select(sa.extract("epoch", sa.func.clock_timestamp()))
        with self._errors_in_words(), self._engine.connect() as connection:
            return float(connection.execute(query).scalar_one())

    def data_version(self) -> int | None:
        """Return a number that changes with every commit, whoever's it is; None in PostgreSQL.

        Costs microseconds: SQLite reads it in memory that the processes share. For one thread.
        """
        if self._engine.dialect.name != "sqlite":
            return None
        with self._errors_in_words():
            if self._observer is None:
                self._observer = self._engine.raw_connection()
            version: int = self._observer.cursor().execute("PRAGMA data_version").fetchone()[0]
            return version

    def check_disk(self) -> None:
        """Make sure that there is room to begin something that will grow.

        So the runs that were accepted can end although somebody fills the disk. The disk of a
        PostgreSQL server is not seen from here.

        Raises:
            StoreError: the disk is nearly full.
        """
        if self._file is None:
            return
        try:
            free = shutil.disk_usage(self._file.parent).free
        except OSError:  # the next write says what is wrong
            return
        if free < RESERVED_BYTES:
            raise StoreError(
                f"The disk has {free // 1_000_000:,} MB left, which are kept for what is under way "
                "already. Delete old runs, or make room on the disk, and try again."
            )

    def size(self) -> tuple[int, int]:
        """Return how many bytes the database takes, and how many of them are unused.

        PostgreSQL does not say what is unused: 0.
        """
        with self.read() as connection:
            if connection.dialect.name != "sqlite":
                query = sa.text("SELECT pg_database_size(current_database())")
                return int(connection.execute(query).scalar_one()), 0
            page, pages, unused = (
                int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("page_size", "page_count", "freelist_count")
            )
            return page * pages, page * unused

    def compact(self, tables: Iterable[str]) -> None:
        """Give back to the disk what is unused; everybody who writes has to wait meanwhile.

        SQLite writes the file anew, for which the disk needs room once more. PostgreSQL does so
        with each of these tables, which nobody can read in that time.
        """
        self.settle()
        with self._errors_in_words(), closing(self._engine.raw_connection()) as raw:
            cursor = raw.cursor()
            if self._engine.dialect.name == "sqlite":
                cursor.execute("VACUUM")
                # The new pages are in the write-ahead log until they are copied into the file.
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                return
            raw.rollback()
            driver: Any = raw.driver_connection
            driver.autocommit = True
            try:
                for table in tables:
                    cursor.execute(f"VACUUM FULL {table}")
            finally:
                driver.autocommit = False

    def close(self) -> None:
        """Close the connections. A later call would open new ones."""
        if self._observer is not None:
            self._observer.close()
            self._observer = None
        self._engine.dispose()

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(faults.in_words(error, self._where)) from error


def check_is_here(url: str) -> None:
    """Make sure that a store which is a file is on this computer; opening would make a new one.

    Raises:
        StoreError: there is no such file.
    """
    address = _resolve(url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).is_file():
        raise StoreError(
            "It is a file, and this computer does not have it. For workers on other computers, set "
            "MNIST_STORE_URL to PostgreSQL where the dashboard runs."
        )


def upsert(
    connection: sa.Connection, table: sa.Table, keys: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Insert a row, or change these values of the row that has these keys already."""
    row = insert(connection, table).values(**keys, **values)
    connection.execute(row.on_conflict_do_update(index_elements=list(keys), set_=values))


def insert_if_new(
    connection: sa.Connection, table: sa.Table, keys: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Insert a row, or leave the row as it is that has these keys already."""
    row = insert(connection, table).values(**keys, **values)
    connection.execute(row.on_conflict_do_nothing(index_elements=list(keys)))


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that says what happens to a row that is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _resolve(url: str | None) -> sa.URL:
    text = url or environment.store_url()
    if not text:
        return _absolute(sa.URL.create("sqlite", database=str(environment.STORE_FILE)))
    # Both short forms must mean psycopg 3, whatever SQLAlchemy's own default is.
    scheme, colon, rest = text.partition("://")
    scheme = "postgresql+psycopg" if scheme in ("postgres", "postgresql") else scheme
    try:
        address = sa.make_url(scheme + colon + rest)
        backend = address.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(
            "The store's address can't be understood. "
            "Write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    if "@" in (address.host or ""):  # the rest of the password, which no sentence may show
        raise StoreError("The store's address has two @. Write %40 for one in the password.")
    if backend == "sqlite":
        return _absolute(address)
    if backend == "postgresql":
        return address
    raise StoreError(f"A store is kept in sqlite or postgresql; “{backend}” does not do.")


def _absolute(address: sa.URL) -> sa.URL:
    """Name the file in full: a worker may start in another folder."""
    if address.database in (None, "", ":memory:"):
        raise StoreError("The store must be a file: several processes read and write it.")
    file = environment.expand_home(str(address.database), StoreError)
    try:
        return address.set(database=str(file.resolve()))
    except (OSError, ValueError) as error:  # a NUL in it, a loop of links
        raise StoreError(f"The store's address names no file: {error}.") from None


def _identity_of(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; None where there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _sqlite_engine(address: sa.URL, busy_timeout: float) -> sa.Engine:
    folder = Path(str(address.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} for the store can't be made: {error.strerror}."
        ) from error
    engine = sa.create_engine(address, connect_args={"timeout": busy_timeout})
    sa.event.listen(engine, "connect", _set_up_sqlite_connection)
    sa.event.listen(engine, "begin", _begin_on_sqlite)
    try:
        _use_write_ahead_log(engine, busy_timeout)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _set_up_sqlite_connection(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own idea of when a transaction begins is too late: see _begin_on_sqlite.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_on_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another one wrote in
    # between, whatever the timeout. IMMEDIATE waits for its turn at the start instead.
    options = connection.get_execution_options()
    if options.get("immediate", False):
        # With a write-ahead log NORMAL is safe against a crash of any program.
        mode = "FULL" if options.get("on_disk", False) else "NORMAL"
        if connection.info.get(_SYNCHRONOUS) != mode:
            connection.exec_driver_sql(f"PRAGMA synchronous = {mode}")
            connection.info[_SYNCHRONOUS] = mode
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def _use_write_ahead_log(engine: sa.Engine, busy_timeout: float) -> None:
    """Switch the file over, once; SQLite itself does not wait here for others that do the same."""
    give_up = time.monotonic() + busy_timeout
    with closing(engine.raw_connection()) as raw:
        while True:
            last_try = time.monotonic() > give_up
            try:
                mode = raw.cursor().execute("PRAGMA journal_mode = WAL").fetchone()[0]
            except sqlite3.OperationalError as error:
                if last_try or not faults.is_busy(error):
                    raise
            else:
                _note_journal(mode, str(engine.url.database))
                return
            time.sleep(_RETRY_SECONDS)


def _note_journal(mode: str, file: str) -> None:
    """Log that a file has no write-ahead log: SQLite says so only in its answer."""
    if mode.lower() != "wal":
        _log.warning(
            "The drive of %s lets SQLite keep no write-ahead log, as network drives don't: pages "
            "may have to wait for workers. Set MNIST_STORE_URL to a file on a disk of this "
            "computer, or to PostgreSQL.",
            file,
        )


def _postgresql_engine(address: sa.URL, busy_timeout: float) -> sa.Engine:
    try:
        engine = sa.create_engine(
            address,
            pool_pre_ping=True,
            # A pooler may hand each transaction to another session, which knows no such statement.
            connect_args={"connect_timeout": 10, "prepare_threshold": None},
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"A store in PostgreSQL needs the Python package “{error.name}”. Install it first."
        ) from error

    def limit_waiting(connection: sa.Connection) -> None:
        # Not as an option of the connection: poolers such as PgBouncer refuse those.
        if connection.get_execution_options().get("immediate", False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(busy_timeout * 1000)}")

    sa.event.listen(engine, "begin", limit_waiting)
    return engine
