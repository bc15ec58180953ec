"""Answers that were handed in, those of them on a class's wall, and tasks that are closed."""

import sqlalchemy as sa
from alembic import op

revision = "013"
down_revision = "012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of answers, of closed tasks, and of the wall."""
    op.create_table(
        "answers",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("member_id", sa.String(12), nullable=False),
        sa.Column("task", sa.String(12), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("run_ids", sa.JSON, nullable=False),
        sa.Column("first_at", sa.Double, nullable=False),
        sa.Column("last_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_answers_class_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_answers_member_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_answers_member_id_task", "answers", ["member_id", "task"], unique=True)
    op.create_index("ix_answers_class_id_task", "answers", ["class_id", "task"])
    op.create_table(
        "closed_tasks",
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("task", sa.String(12), nullable=False),
        sa.Column("closed_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("class_id", "task", name="pk_closed_tasks"),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_closed_tasks_class_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "wall",
        sa.Column("answer_id", sa.String(12), nullable=False),
        sa.Column("class_id", sa.String(12), nullable=False),
        sa.Column("task", sa.String(12), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_wall"),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name="fk_wall_answer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["class_id"], ["classes.id"], name="fk_wall_class_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_wall_class_id_task", "wall", ["class_id", "task"])
