"""What people say of test digits that networks read wrong."""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of verdicts."""
    op.create_table(
        "verdicts",
        sa.Column("dataset_digest", sa.String(64), nullable=False),
        sa.Column("digit", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("ruling", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("dataset_digest", "digit", "owner", name="pk_verdicts"),
        sa.ForeignKeyConstraint(
            ["dataset_digest"], ["datasets.digest"], name="fk_verdicts_dataset_digest"
        ),
    )
