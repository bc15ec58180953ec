"""Maps of a data set's pixels; those of layers are among the blobs of their run."""

import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of pixel maps."""
    op.create_table(
        "pixel_maps",
        sa.Column("dataset_digest", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("dataset_digest", name="pk_pixel_maps"),
        sa.ForeignKeyConstraint(
            ["dataset_digest"], ["datasets.digest"], name="fk_pixel_maps_dataset_digest"
        ),
    )
