"""Digits that people drew and kept, in sets with a name."""

import sqlalchemy as sa
from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of kept digits."""
    op.create_table(
        "kept_digits",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("set_name", sa.String(80), nullable=False),
        sa.Column("label", sa.Integer, nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("founder", sa.String(64), nullable=False),
        sa.Column("kept_at", sa.Double, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_digits"),
    )
    op.create_index(
        "ix_kept_digits_set_name_kept_at_place", "kept_digits", ["set_name", "kept_at", "place"]
    )
