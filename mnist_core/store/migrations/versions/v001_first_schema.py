"""First schema: data sets, runs, their events, epochs and blobs, and the dispatchers."""

import sqlalchemy as sa
from alembic import op

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _make_datasets()
    _make_runs()
    _make_events()
    _make_epochs()
    _make_blobs()
    _make_dispatchers()


def _make_datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("arrays", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_datasets"),
    )


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sa.Column("dataset_digest", sa.String(64), nullable=False),
        sa.Column("dataset_name", sa.Text, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("queued_at", sa.Double, nullable=False),
        sa.Column("started_at", sa.Double),
        sa.Column("finished_at", sa.Double),
        sa.Column("deleted_at", sa.Double),
        sa.Column("pace", sa.Double, nullable=False),
        sa.Column("prediction", sa.Double),
        sa.Column("epoch_limit", sa.Integer),
        sa.Column("stop_requested", sa.Boolean, nullable=False),
        sa.Column("pause_requested", sa.Boolean, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.Double),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("epochs_done", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("digits_epoch", sa.Integer, nullable=False),
        sa.Column("last_seq", sa.BigInteger, nullable=False),
        sa.Column("event_bytes", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("parameters", sa.Integer),
        sa.Column("training_digits", sa.Integer),
        sa.Column("accuracy", sa.Double),
        sa.Column("loss", sa.Double),
        sa.Column("val_accuracy", sa.Double),
        sa.Column("val_loss", sa.Double),
        sa.Column("test_accuracy", sa.Double),
        sa.Column("test_loss", sa.Double),
        sa.Column("error", sa.Text),
        sa.Column("advice", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(
            ["dataset_digest"], ["datasets.digest"], name="fk_runs_dataset_digest"
        ),
    )
    op.create_index("ix_runs_status_queued_at", "runs", ["status", "queued_at"])
    op.create_index("ix_runs_created_at", "runs", ["created_at"])


def _make_events() -> None:
    op.create_table(
        "events",
        sa.Column("run_id", sa.String(12), nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "seq", name="pk_events"),
        _of_a_run("events"),
        sqlite_with_rowid=False,
    )


def _make_epochs() -> None:
    op.create_table(
        "epochs",
        sa.Column("run_id", sa.String(12), nullable=False),
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("accuracy", sa.Double),
        sa.Column("loss", sa.Double),
        sa.Column("val_accuracy", sa.Double),
        sa.Column("val_loss", sa.Double),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "epoch", name="pk_epochs"),
        _of_a_run("epochs"),
    )


def _make_blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("run_id", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("epoch", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "kind", "epoch", name="pk_blobs"),
        _of_a_run("blobs"),
    )


def _make_dispatchers() -> None:
    op.create_table(
        "dispatchers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("workers", sa.Integer, nullable=False),
        sa.Column("workers_ready", sa.Integer, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dispatchers"),
    )


def _of_a_run(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["run_id"], ["runs.id"], name=f"fk_{table}_run_id", ondelete="CASCADE"
    )
