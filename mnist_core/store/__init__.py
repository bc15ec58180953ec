"""Where runs, their events, epochs, weights and data sets are kept.

Knows nothing of Keras, Dask, Streamlit or pandas.
"""

from mnist_core.store.grid_plan import Axis, GridPlan
from mnist_core.store.records import (
    LEASE_SECONDS,
    Claim,
    DigitSet,
    DigitSetEntry,
    Draft,
    EpochRecord,
    Event,
    Grid,
    MapSubject,
    Orders,
    Ruling,
    Run,
    RunStatus,
    Situation,
    Verdict,
    hash_owner,
)
from mnist_core.store.store import Store

__all__ = [
    "LEASE_SECONDS",
    "Axis",
    "Claim",
    "DigitSet",
    "DigitSetEntry",
    "Draft",
    "EpochRecord",
    "Event",
    "Grid",
    "GridPlan",
    "MapSubject",
    "Orders",
    "Ruling",
    "Run",
    "RunStatus",
    "Situation",
    "Store",
    "Verdict",
    "hash_owner",
]
