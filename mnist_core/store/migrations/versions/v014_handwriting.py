"""What a class writes by hand: rounds, and their digits."""

import sqlalchemy as sa
from alembic import op

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "handwriting_rounds",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digits", sa.JSON, nullable=False),
        sa.Column("each", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("closed_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_handwriting_rounds"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_handwriting_rounds_class_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_handwriting_rounds_class_id_number",
        "handwriting_rounds",
        ["class_id", "number"],
        unique=True,
    )
    op.create_table(
        "handwriting_digits",
        sa.Column("round_id", sa.String(12), nullable=False),
        sa.Column("member_id", sa.String(12), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("label", sa.Integer, nullable=False),
        sa.Column("image", sa.LargeBinary, nullable=False),
        sa.Column("written_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("round_id", "member_id", "place", name="pk_handwriting_digits"),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["handwriting_rounds.id"],
            name="fk_handwriting_digits_round_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name="fk_handwriting_digits_member_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_handwriting_digits_member_id", "handwriting_digits", ["member_id"])
