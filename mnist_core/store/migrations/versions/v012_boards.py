"""Boards of classes: whether names are shown, and when test digits were looked at."""

import sqlalchemy as sa
from alembic import op

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; the boards of classes so far are as at first."""
    op.create_table(
        "boards",
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("names_shown", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("class_id", name="pk_boards"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_boards_class_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "test_looks",
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("challenge", sa.String(32), nullable=False),
        sa.Column("looked_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("class_id", "challenge", name="pk_test_looks"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_test_looks_class_id", ondelete="CASCADE"
        ),
    )
