"""Where runs, their events, epochs, weights and data sets are kept.

Knows nothing of Keras, Dask, Streamlit or pandas.
"""

from mnist_core.store.answer_records import Answer, AnsweredTask, WallAnswer
from mnist_core.store.class_records import (
    GUESS_FIRST,
    ROOM_FOR_RUNS,
    Board,
    Call,
    ClassRules,
    Guess,
    GuessRound,
    Member,
    SchoolClass,
    Seat,
)
from mnist_core.store.engine import check_is_here
from mnist_core.store.grid_plan import Axis, GridPlan
from mnist_core.store.housekeeping import Cleaning, Freed, Space
from mnist_core.store.records import (
    LEASE_SECONDS,
    Claim,
    DigitSet,
    DigitSetEntry,
    Draft,
    EpochRecord,
    Event,
    Grid,
    HandwritingRound,
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
from mnist_core.store.transfer import RunContents

__all__ = [
    "GUESS_FIRST",
    "LEASE_SECONDS",
    "ROOM_FOR_RUNS",
    "Answer",
    "AnsweredTask",
    "Axis",
    "Board",
    "Call",
    "Claim",
    "ClassRules",
    "Cleaning",
    "DigitSet",
    "DigitSetEntry",
    "Draft",
    "EpochRecord",
    "Event",
    "Freed",
    "Grid",
    "GridPlan",
    "Guess",
    "GuessRound",
    "HandwritingRound",
    "MapSubject",
    "Member",
    "Orders",
    "Ruling",
    "Run",
    "RunContents",
    "RunStatus",
    "SchoolClass",
    "Seat",
    "Situation",
    "Space",
    "Store",
    "Verdict",
    "WallAnswer",
    "check_is_here",
    "hash_owner",
]
