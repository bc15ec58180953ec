"""Classes, who is in them, at which browser they sit, and which browsers are a teacher's."""

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of classes, members, seats and teachers."""
    op.create_table(
        "classes",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("code", sa.String(5), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("closed_at", sa.Double),
        sa.Column("archived_at", sa.Double),
        sa.Column("needs_approval", sa.Boolean, nullable=False),
        sa.Column("typed_names", sa.Boolean, nullable=False),
        sa.Column("most_epochs", sa.Integer),
        sa.Column("most_nodes", sa.Integer),
        sa.Column("most_runs", sa.Integer),
        sa.Column("task", sa.JSON, nullable=False),
        sa.Column("forget_at", sa.Double),
        sa.Column("forget_runs", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
    )
    op.create_index("ix_classes_code", "classes", ["code"], unique=True)
    op.create_table(
        "members",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("return_code", sa.String(64), nullable=False),
        sa.Column("joined_at", sa.Double, nullable=False),
        sa.Column("approved_at", sa.Double),
        sa.Column("removed_at", sa.Double),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_members_class_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_members_owner", "members", ["owner"], unique=True)
    op.create_index("ix_members_class_id", "members", ["class_id"])
    op.create_table(
        "seats",
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("member_id", sa.String(12), nullable=False),
        sa.Column("sealed_code", sa.String(64), nullable=False),
        sa.Column("taken_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("browser", name="pk_seats"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_seats_member_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "teachers",
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
        sa.Column("since", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("browser", name="pk_teachers"),
    )
