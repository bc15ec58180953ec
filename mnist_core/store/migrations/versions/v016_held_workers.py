"""Which server gives runs to a worker that several of them reach."""

import sqlalchemy as sa
from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the servers take their workers within seconds."""
    op.create_table(
        "held_workers",
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("dispatcher", sa.String(64), nullable=False),
        sa.Column("held_until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("worker", name="pk_held_workers"),
    )
