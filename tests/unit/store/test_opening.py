from __future__ import annotations

import sqlite3
import subprocess
import sys
from multiprocessing.pool import Pool
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine

from mnist_core.errors import StoreError
from mnist_core.store import Store, faults
from mnist_core.store.engine import _note_journal
from mnist_core.store.schema import metadata
from tests.unit.store.store_helpers import new_run, open_and_count


def test_several_processes_may_open_a_fresh_store_at_once(new_url: str, processes: Pool) -> None:
    assert processes.map(open_and_count, [new_url] * 8, chunksize=1) == [0] * 8
    with Store(new_url) as store:
        new_run(store)
        assert processes.map(open_and_count, [new_url] * 4, chunksize=1) == [1] * 4


def test_the_migrations_lead_to_the_schema_of_the_code(new_url: str) -> None:
    with Store(new_url) as store:
        engine = sa.create_engine(store.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_runs_are_there_after_closing_and_opening_again(new_url: str) -> None:
    with Store(new_url) as store:
        run = new_run(store)
    with Store(new_url) as store:
        assert store.get_run(run.id) == run


def test_a_store_of_a_newer_program_is_left_alone(url: str) -> None:
    with Store(url) as store:
        address = store.url
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'future'"))
    with pytest.raises(StoreError, match="newer version"):
        Store(url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "future"
    engine.dispose()


def test_the_environment_names_the_store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_STORE_URL", sqlite_url)
    with Store() as store:
        assert store.url == sqlite_url


def test_a_relative_path_is_made_absolute_for_processes_in_other_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Store("sqlite:///some folder/runs.db") as store:
        run = new_run(store)
        assert (tmp_path / "some folder" / "runs.db").is_file()
        monkeypatch.chdir("/")
        with Store(store.url) as again:
            assert again.get_run(run.id) == run


@pytest.mark.parametrize("address", ["nonsense", "mysql://host/name", "sqlite://", "://", "a://b"])
def test_an_address_that_can_not_be_a_store_is_refused_in_words(address: str) -> None:
    with pytest.raises(StoreError, match=r"store"):
        Store(address)


def test_an_address_with_a_nul_in_it_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="names no file"):
        Store(f"sqlite:///{tmp_path}/a\0b.db")


def test_postgresql_is_opened_without_options_that_a_pooler_refuses(postgresql_url: str) -> None:
    seen: list[dict[str, object]] = []

    def note(
        _dialect: object, _record: object, _arguments: object, options: dict[str, object]
    ) -> None:
        seen.append(options)

    sa.event.listen(Engine, "do_connect", note)
    try:
        Store(postgresql_url).close()
    finally:
        sa.event.remove(Engine, "do_connect", note)
    assert seen
    assert all("options" not in each and each["prepare_threshold"] is None for each in seen)


@pytest.mark.parametrize(("mode", "lines"), [("wal", 0), ("delete", 1), ("memory", 1)])
def test_a_drive_without_a_write_ahead_log_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture, mode: str, lines: int
) -> None:
    _note_journal(mode, "/net/runs.db")
    assert len(caplog.records) == lines
    assert all("MNIST_STORE_URL" in record.message for record in caplog.records)


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_IOERR_LOCK]
)
def test_a_drive_that_does_not_lock_names_the_variable_to_set(code: int) -> None:
    error = sqlite3.OperationalError("locking protocol")
    error.sqlite_errorcode = code
    said = faults.in_words(error, "/net/runs.db")
    assert said.startswith("/net/runs.db lies on a drive that does not lock files")
    assert "MNIST_STORE_URL" in said


def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Grandma, " * 100)
    with pytest.raises(StoreError, match="not a store of this program"):
        Store(f"sqlite:///{path}")
    assert path.read_text() == "Dear Grandma, " * 100


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"folder .*file.* can't be made"):
        Store(f"sqlite:///{tmp_path / 'file' / 'mnist.db'}")


def test_a_folder_instead_of_a_file_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be opened"):
        Store(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="needs a folder not even root writes to"
)
def test_a_folder_that_may_not_be_written_to_is_an_error_in_words() -> None:
    with pytest.raises(StoreError, match="can't be opened"):
        Store("sqlite:////proc/self/mnist.db")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("anna:secret@127.0.0.1:1/mnist", "can't be reached"),
        ("127.0.0.1:1/mnist?user=anna&password=secret", "can't be reached"),
        ("anna:very@secret@127.0.0.1:1/mnist", "Write %40 for one in the password."),
    ],
)
def test_a_database_that_can_not_be_opened_keeps_its_password_to_itself(
    address: str, said: str
) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        Store(f"postgresql://{address}")
    assert "secret" not in str(refused.value)


def test_the_store_loads_neither_tensorflow_nor_pandas() -> None:
    code = (
        "import sys, mnist_core.store;"
        "print([name for name in ('tensorflow', 'keras', 'pandas', 'pyarrow', 'streamlit', 'dask')"
        " if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
