"""What people write about a run, and whether they want it kept in sight."""

import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give every run an empty note and no star."""
    op.add_column("runs", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.add_column(
        "runs", sa.Column("starred", sa.Boolean, nullable=False, server_default=sa.false())
    )
