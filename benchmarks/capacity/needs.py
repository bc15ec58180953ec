"""What a number of students needs: arithmetic from what was measured, and nothing else."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mnist_core.serving.sockets import MOST_OF_ALL
from mnist_core.store.limits import MOST_RUNS_OF_ALL

STUDENTS: Final = (30, 200, 2_000, 20_000)
PATIENCE_SECONDS: Final = 300  # everybody presses Train at once: the last run is done by then
PAUSE_SECONDS: Final = 20  # between two moves of a slider, as in benchmarks.classroom
HANDING_IN_SECONDS: Final = 60  # within which everybody hands an answer in
SOCKETS_OF_A_TAB: Final = 2  # Streamlit's own, and that of live events
LATEST_SECONDS: Final = 1.0  # an event that arrives later than that is late
DATABASES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Measured:
    """What one computer did, by ``results/classroom.json`` and ``results/capacity.json``.

    Attributes:
        sessions: of the class that was measured as a whole.
        run_seconds: of the whole computer for each run.
        run_events: that a run tells of itself.
        pages: runs of a page's script a second, of one dashboard.
        delivered: events a second that one dashboard brings to browsers in time.
        events, answers: writes a second, by the database.
    """

    sessions: int
    run_seconds: float
    run_events: float
    pages: float
    delivered: float
    events: Mapping[str, float]
    answers: Mapping[str, float]


def gather(capacity: Mapping[str, Any], classroom: Mapping[str, Any]) -> Measured:
    """Read the figures that the arithmetic needs from what the two benchmarks have kept."""
    sessions = min(classroom, key=int)
    lessons = classroom[sessions]["dashboard"]["lessons"]
    watching = [each for _, each in by_count(capacity["watching"]) if each.get("delay_seconds")]
    in_time = [each for each in watching if each["delay_seconds"]["p95"] <= LATEST_SECONDS]
    return Measured(
        sessions=int(sessions),
        run_seconds=statistics.median(
            each["last_run_seconds"] / each["runs_done"] for each in lessons
        ),
        run_events=statistics.median(each["events_heard"] / each["runs_done"] for each in lessons),
        pages=max(each["runs_a_second"] for _, each in by_count(capacity["pages"])),
        delivered=max((each["delivered_a_second"] for each in in_time), default=0.0),
        events={name: _most(capacity, name, "an event") for name in DATABASES},
        answers={name: _most(capacity, name, "an answer handed in") for name in DATABASES},
    )


def by_count(part: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each number, the smallest first, and what was measured with it."""
    return ((count, part[count]) for count in sorted(filter(str.isdigit, part), key=int))


def _most(capacity: Mapping[str, Any], database: str, operation: str) -> float:
    """Return the writes a second of the largest number of writers."""
    *_, (_, most) = by_count(capacity["writes"][database][operation])
    return float(most["a_second"])


@dataclass(frozen=True)
class Bound:
    """Something that one computer, one dashboard or one store has so much of.

    Attributes:
        what: it is.
        there_is: how it is written.
        takes: of it one student, how it is written.
        students: that it does for.
    """

    what: str
    there_is: str
    takes: str
    students: float


def bounds(measured: Measured) -> list[Bound]:
    """Return what gives way, first what does so first."""
    events = measured.run_events / PATIENCE_SECONDS
    found = [
        Bound(
            "training, on one computer",
            f"{PATIENCE_SECONDS} s",
            f"{measured.run_seconds:.2f} s",
            PATIENCE_SECONDS / measured.run_seconds,
        ),
        Bound(
            "sockets of one dashboard (its own limit)",
            f"{MOST_OF_ALL:,}",
            str(SOCKETS_OF_A_TAB),
            MOST_OF_ALL / SOCKETS_OF_A_TAB,
        ),
        Bound(
            "runs that wait or train in one store (its own limit)",
            f"{MOST_RUNS_OF_ALL:,}",
            "1",
            MOST_RUNS_OF_ALL,
        ),
        Bound(
            "runs of a page's script, of one dashboard",
            f"{measured.pages:.0f} a second",
            f"1 in {PAUSE_SECONDS} s",
            measured.pages * PAUSE_SECONDS,
        ),
        Bound(
            "events delivered by one dashboard",
            f"{measured.delivered:,.0f} a second",
            f"{measured.run_events:.0f} in {PATIENCE_SECONDS} s",
            measured.delivered / events,
        ),
    ]
    for name, title in DATABASES.items():
        found += [
            Bound(
                f"events written, {title}",
                f"{measured.events[name]:,.0f} a second",
                f"{measured.run_events:.0f} in {PATIENCE_SECONDS} s",
                measured.events[name] / events,
            ),
            Bound(
                f"answers handed in, {title}",
                f"{measured.answers[name]:,.0f} a second",
                f"1 in {HANDING_IN_SECONDS} s",
                measured.answers[name] * HANDING_IN_SECONDS,
            ),
        ]
    return sorted(found, key=lambda bound: bound.students)


@dataclass(frozen=True)
class Need:
    """What so many students need, if everything that was measured simply multiplies.

    Attributes:
        students: who press Train at once.
        computers: that train, such as the one that was measured.
        done_after: seconds until the last run is done.
        dashboards: by each of what a dashboard has so much of.
        stores: of which each takes as many runs as it may.
        events: written a second, in all stores.
    """

    students: int
    computers: int
    done_after: float
    dashboards: Mapping[str, int]
    stores: int
    events: float

    @property
    def most_dashboards(self) -> int:
        """How many dashboards do for everything."""
        return max(self.dashboards.values())


def need(students: int, measured: Measured) -> Need:
    """Multiply what one student takes, and divide by what one of each has."""
    computers = math.ceil(students * measured.run_seconds / PATIENCE_SECONDS)
    done_after = students * measured.run_seconds / computers
    events = students * measured.run_events / done_after
    return Need(
        students=students,
        computers=computers,
        done_after=done_after,
        dashboards={
            "sockets": math.ceil(students * SOCKETS_OF_A_TAB / MOST_OF_ALL),
            "pages": math.ceil(students / PAUSE_SECONDS / measured.pages),
            "events": math.ceil(events / measured.delivered),
        },
        stores=math.ceil(students / MOST_RUNS_OF_ALL),
        events=events,
    )
