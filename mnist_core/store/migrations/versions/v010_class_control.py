"""A class that its teacher pauses and brings along, and pages that wait for a prediction."""

import sqlalchemy as sa
from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No class so far is paused, called anywhere, or kept from a page."""
    no = sa.false()
    op.add_column("runs", sa.Column("paused_by_class", sa.Boolean, nullable=False, server_default=no))
    op.add_column("classes", sa.Column("guess_first", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("classes", sa.Column("is_paused", sa.Boolean, nullable=False, server_default=no))
    op.add_column("classes", sa.Column("called_at", sa.Double))
    op.add_column("classes", sa.Column("call_page", sa.String(40)))
    op.add_column("classes", sa.Column("call_run", sa.String(12)))
    op.add_column("classes", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
