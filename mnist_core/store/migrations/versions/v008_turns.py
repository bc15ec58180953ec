"""Runs that take turns: who trains one, when its turn began, how its last one ended."""

import sqlalchemy as sa
from alembic import op

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No run so far has had a turn: they stand in the order in which they came."""
    op.add_column("runs", sa.Column("worker", sa.String(64)))
    op.add_column("runs", sa.Column("turn_began_at", sa.Double))
    op.add_column("runs", sa.Column("turn_ended_at", sa.Double))
    op.add_column("runs", sa.Column("turn_seconds", sa.Double))
    op.create_index("ix_runs_owner_turn_ended_at", "runs", ["owner", "turn_ended_at"])
