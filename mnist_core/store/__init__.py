"""Where runs, their events, epochs, weights and data sets are kept.

Knows nothing of Keras, Dask, Streamlit or pandas.
"""

from mnist_core.store.records import (
    LEASE_SECONDS,
    Claim,
    EpochRecord,
    Event,
    Orders,
    Run,
    RunStatus,
    Situation,
    hash_owner,
)
from mnist_core.store.store import Store

__all__ = [
    "LEASE_SECONDS",
    "Claim",
    "EpochRecord",
    "Event",
    "Orders",
    "Run",
    "RunStatus",
    "Situation",
    "Store",
    "hash_owner",
]
