"""Runs of a page's script: how many a second one server does, and what a tab costs it."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from benchmarks.capacity.sockets import SLIDER, STOPS
from benchmarks.classroom.figures import spread
from benchmarks.classroom.tab import Tab
from benchmarks.processes import Meter
from tests.e2e.server import Server


def measure_pages(server: Server, counts: Sequence[int], seconds: float) -> dict[str, Any]:
    """Measure a server with ever more tabs on Train, each of which moves a slider without a pause.

    Args:
        server: it runs, and nobody trains.
        counts: numbers of tabs, each larger than the one before.
        seconds: how long each number is measured.

    Returns:
        by the number of tabs what there was.
    """
    return asyncio.run(_measure(server, counts, seconds))


async def _measure(server: Server, counts: Sequence[int], seconds: float) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(Tab.opened(server.url, "train"))]
        await tabs[0].slide(SLIDER, STOPS[0])  # what the first page of a server loads is there
        measured = {}
        for count in counts:
            while len(tabs) < count:
                tabs.append(await stack.enter_async_context(Tab.opened(server.url, "train")))
            measured[str(count)] = await _look(server, tabs, seconds)
    return measured


async def _look(server: Server, tabs: Sequence[Tab], seconds: float) -> dict[str, Any]:
    meter = Meter(server.pid)
    answers = await asyncio.gather(*(_slide_until(tab, meter.began + seconds) for tab in tabs))
    lasted, costs = meter.read()
    every = list(itertools.chain.from_iterable(answers))
    return {
        "runs_a_second": round(len(every) / lasted, 1),
        "slider_seconds": spread(every),
        **costs,
        "problems": sum(len(tab.problems) for tab in tabs),
    }


async def _slide_until(tab: Tab, end: float) -> list[float]:
    answers = []
    for stop in itertools.cycle(STOPS):
        answers.append(await tab.slide(SLIDER, stop))
        if time.perf_counter() >= end:
            break
    return answers
