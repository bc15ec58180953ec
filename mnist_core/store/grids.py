"""Grids that people have started. Their runs are found by their settings, see ``background``."""

from __future__ import annotations

import secrets
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from mnist_core.errors import GridNotFoundError
from mnist_core.store.datasets import check_dataset
from mnist_core.store.grid_plan import GridPlan
from mnist_core.store.part import StorePart
from mnist_core.store.records import Grid
from mnist_core.store.rows import is_run_id, utc
from mnist_core.store.schema import grids

MOST_GRIDS: Final = 100
"""Of one browser; a further one takes the place of its oldest, whose runs stay."""


class GridPart(StorePart):
    """Keeping grids and finding them again."""

    def keep_grid(
        self, plan: GridPlan, *, dataset_digest: str, dataset_name: str, owner: str
    ) -> Grid:
        """Keep a grid, so that it has an address; its runs are asked for by ``request_runs``.

        Raises:
            StoreError: the data set is not in the store; nothing is kept.
        """
        row = {
            "id": secrets.token_hex(6),
            "owner": owner,
            "plan": plan.to_dict(),
            "dataset_digest": dataset_digest,
            "dataset_name": dataset_name,
            "created_at": self._clock(),
        }
        with self._database.write() as connection:
            check_dataset(connection, dataset_digest)
            connection.execute(sa.insert(grids).values(row))
            theirs = sa.select(grids.c.id).where(grids.c.owner == owner)
            kept = theirs.order_by(grids.c.created_at.desc(), grids.c.id).limit(MOST_GRIDS)
            old = sa.and_(grids.c.owner == owner, grids.c.id.not_in(kept))
            connection.execute(sa.delete(grids).where(old))
        return self.get_grid(str(row["id"]))

    def get_grid(self, grid_id: str) -> Grid:
        """Read one grid.

        Raises:
            GridNotFoundError: there is none.
        """
        query = sa.select(grids).where(grids.c.id == grid_id)
        if is_run_id(grid_id):
            with self._database.read() as connection:
                row = connection.execute(query).mappings().one_or_none()
            if row is not None:
                return _from_row(row)
        raise GridNotFoundError

    def list_grids(self, owner: str, limit: int) -> list[Grid]:
        """Read somebody's grids, the newest first."""
        query = (
            sa.select(grids)
            .where(grids.c.owner == owner)
            .order_by(grids.c.created_at.desc(), grids.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_from_row(row) for row in connection.execute(query).mappings()]


def _from_row(row: RowMapping) -> Grid:
    values = {**row, "plan": GridPlan.from_dict(row["plan"]), "created_at": utc(row["created_at"])}
    return Grid(**values)
