"""On what a run was trained: numbers are the same on the same kind of device only."""

import sqlalchemy as sa
from alembic import op

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say nothing of the runs so far."""
    op.add_column("runs", sa.Column("device", sa.String(200)))
