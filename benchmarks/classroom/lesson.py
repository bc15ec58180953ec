"""One lesson: everybody comes in, presses Train at about the same time, and stays to the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator
from typing import Any

import psutil

from benchmarks.classroom.figures import describe
from benchmarks.classroom.room import Room
from benchmarks.classroom.student import Notes, Plan, Student
from benchmarks.machine import load
from benchmarks.processes import cpu_seconds
from mnist_core.errors import RunNotFoundError


def hold(room: Room, plan: Plan, number: int) -> dict[str, Any]:
    """Hold a lesson; give what ``figures.describe`` makes of it, and what it cost.

    Args:
        room: where.
        plan: what everybody does.
        number: of the lesson: another one has other moments and moves.
    """
    return asyncio.run(_hold(room, plan, number))


async def _hold(room: Room, plan: Plan, number: int) -> dict[str, Any]:
    before, load_before = len(room.tracebacks()), load()
    began, used = time.perf_counter(), cpu_seconds(psutil.Process())
    students = [
        room.student(room.server.url, plan, plan.sessions * number + each)
        for each in range(plan.sessions)
    ]
    try:
        await asyncio.gather(*(_noting(each.come_in(), each.notes) for each in students))
        present = [each for each in students if each.notes.opened is not None]
        await asyncio.gather(*(_noting(_stay(each), each.notes) for each in present))
        lasted, used = time.perf_counter() - began, cpu_seconds(psutil.Process()) - used
        memory = room.memory()
    finally:
        await asyncio.gather(*(_noting(each.close(), each.notes) for each in students))
    notes = [each.notes for each in students]
    return {
        "load_before": load_before,
        "pause_seconds": plan.pause,
        "cap_seconds": plan.cap,
        "seconds": round(lasted, 1),
        **describe(notes, await asyncio.to_thread(_events_written, room, notes)),
        "tracebacks": room.tracebacks()[before:],
        "memory_megabytes": memory,
        "share_of_a_core_for_all_sessions": round(used / lasted, 3),
    }


async def _stay(student: Student) -> None:
    try:
        async with asyncio.timeout(student.plan.cap):
            await student.take_part()
    except TimeoutError:
        student.notes.has_given_up = True


async def _noting(doing: Awaitable[None], notes: Notes) -> None:
    """Do something; whatever breaks is one session's trouble."""
    try:
        await doing
    except Exception as error:  # noqa: BLE001 - it is counted
        notes.problems += map(repr, _single(error))


def _single(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _single(each)
    else:
        yield error


def _events_written(room: Room, notes: list[Notes]) -> dict[str, int]:
    """Read for each run how many events the store has of it; 0 where it has no such run."""
    runs = [each.run_id for each in notes if each.run_id]
    if not runs:
        return {}
    written = dict.fromkeys(runs, 0)
    with room.server.store() as store:
        for run_id in runs:
            try:
                written[run_id] = store.get_run(run_id).last_seq
            except RunNotFoundError:
                continue
    return written
