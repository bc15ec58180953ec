"""Grids, runs that wait behind others, and runs that go on where another ended."""

import sqlalchemy as sa
from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of grids; no run so far is one of many or goes on with another."""
    op.add_column("runs", sa.Column("continued_from", sa.String(12)))
    op.add_column(
        "runs", sa.Column("background", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "grids",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("plan", sa.JSON, nullable=False),
        sa.Column("dataset_digest", sa.String(64), nullable=False),
        sa.Column("dataset_name", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grids"),
        sa.ForeignKeyConstraint(
            ["dataset_digest"], ["datasets.digest"], name="fk_grids_dataset_digest"
        ),
    )
    op.create_index("ix_grids_owner_created_at", "grids", ["owner", "created_at"])
