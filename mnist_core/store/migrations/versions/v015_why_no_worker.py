"""Why a server has no workers, in a sentence: its pages and those of others say so."""

import sqlalchemy as sa
from alembic import op

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the servers so far have no trouble."""
    problem = sa.Column("problem", sa.String(200), nullable=False, server_default="")
    op.add_column("dispatchers", problem)
