"""The same tests on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Iterator
from multiprocessing.pool import Pool
from pathlib import Path

import psycopg
import pytest

from mnist_core.store import Store
from tests.postgresql import postgresql_server
from tests.unit.store.store_helpers import Clock


@pytest.fixture(scope="session")
def postgresql() -> Iterator[psycopg.Connection]:
    """A server, with a database “newest” that has all tables and nothing in them."""
    with (
        postgresql_server() as address,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        connection.execute("CREATE DATABASE newest")
        Store(_address(connection, "newest")).close()
        yield connection


def _address(server: psycopg.Connection, database: str) -> str:
    return f"postgresql://{server.info.user}@/{database}?host={server.info.host}"


@pytest.fixture
def postgresql_url(postgresql: psycopg.Connection) -> Iterator[str]:
    postgresql.execute("CREATE DATABASE test TEMPLATE newest")
    yield _address(postgresql, "test")
    postgresql.execute("DROP DATABASE test WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path, empty_store: Path) -> str:
    (tmp_path / "var").mkdir()
    return f"sqlite:///{shutil.copy(empty_store, tmp_path / 'var' / 'mnist.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that nobody has opened yet: it has no tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'var' / 'mnist.db'}"
        return
    server = request.getfixturevalue("postgresql")
    server.execute("CREATE DATABASE new")
    yield _address(server, "new")
    server.execute("DROP DATABASE new WITH (FORCE)")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with Store(url, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def processes() -> Iterator[Pool]:
    """Four real processes, started from nothing as workers are."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        yield pool
