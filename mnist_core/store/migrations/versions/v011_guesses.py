"""What classes are asked to predict, and what everybody in them predicted."""

import sqlalchemy as sa
from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of rounds of guesses and of guesses."""
    op.create_table(
        "guess_rounds",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sa.Column("run_id", sa.String(12)),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.Column("closed_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_guess_rounds"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_guess_rounds_class_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_guess_rounds_class_id", "guess_rounds", ["class_id"], unique=True)
    op.create_table(
        "guesses",
        sa.Column("round_id", sa.String(12), nullable=False),
        sa.Column("member_id", sa.String(12), nullable=False),
        sa.Column("expected_accuracy", sa.Double, nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("round_id", "member_id", name="pk_guesses"),
        sa.ForeignKeyConstraint(
            ["round_id"], ["guess_rounds.id"], name="fk_guesses_round_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_guesses_member_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_guesses_member_id", "guesses", ["member_id"])
