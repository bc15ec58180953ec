"""One session's lesson: open the page, move a slider, train, and what comes after."""

from __future__ import annotations

import asyncio
import random
import time
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from benchmarks.classroom.tab import Tab
from benchmarks.classroom.watch import Heard, Watch

COMING_SECONDS: Final = 0.3  # for each session: thirty come within nine seconds
MOVES_BEFORE: Final = 3  # of the slider
QUIETEST_PAUSE: Final = 20.0  # with which these are a second or two apart
PRESSING_SECONDS: Final = 2.0  # within which everybody presses Train


@dataclass(frozen=True)
class Plan:
    """What a lesson is like.

    Attributes:
        sessions: how many take part.
        pause: seconds between two moves of a slider while one's run goes on; None moves none.
        epochs: of each run.
        cap: seconds after which nobody waits any longer.
    """

    sessions: int
    pause: float | None
    epochs: int
    cap: float


@dataclass
class Notes:
    """What one session saw; moments are those of ``time.perf_counter``, all else is seconds.

    Attributes:
        opened: until the page was there.
        clicked: the moment of the click on Train.
        heard: what arrived of the run.
        ended: the moment at which the run was over.
        run_id: of the run, where the server has such a thing.
        answers: of the slider while the run went on.
        is_unanswered: whether a move of the slider had no answer when the lesson was over.
        has_given_up: whether the run was not over when nobody waited any longer.
        opened_mistakes, read_drawing: until the page Mistakes was there, and until a drawing was
            read.
        problems: all that went wrong.
    """

    opened: float | None = None
    clicked: float | None = None
    heard: list[Heard] = field(default_factory=list)
    ended: float | None = None
    run_id: str = ""
    answers: list[float] = field(default_factory=list)
    is_unanswered: bool = False
    has_given_up: bool = False
    opened_mistakes: float | None = None
    read_drawing: float | None = None
    problems: list[str] = field(default_factory=list)


class Student(ABC):
    """One session; ``close`` ends it, whatever became of it.

    Args:
        url: of the server.
        plan: of the lesson.
        number: decides about moments and moves.
    """

    slider: str
    """The name of the slider that is moved."""

    stops: tuple[str, ...]
    """Where it is moved to."""

    default: str
    """Where it stands when Train is pressed."""

    def __init__(self, url: str, plan: Plan, number: int) -> None:
        self.plan, self.notes = plan, Notes()
        self._url = url
        self._chance = random.Random(number)
        self._stack = AsyncExitStack()
        self._tab: Tab | None = None
        self._over = asyncio.Event()

    @property
    def tab(self) -> Tab:
        """Its tab, once it has come in."""
        assert self._tab is not None
        return self._tab

    async def come_in(self) -> None:
        """Open the page and play with the slider, which stands as it was at the end."""
        await asyncio.sleep(self._chance.uniform(0, COMING_SECONDS * self.plan.sessions))
        began = time.perf_counter()
        self._tab = await self._stack.enter_async_context(self.open_page())
        self.notes.opened = time.perf_counter() - began
        for _ in range(MOVES_BEFORE):
            pause = self.plan.pause or QUIETEST_PAUSE
            await asyncio.sleep(pause * self._chance.uniform(0.05, 0.1))
            await self.tab.slide(self.slider, self._chance.choice(self.stops))
        await self.tab.slide(self.slider, self.default)

    async def take_part(self) -> None:
        """Press Train and stay until the run is over, then do what comes after."""
        await asyncio.sleep(self._chance.uniform(0, PRESSING_SECONDS))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._move_now_and_then())
            try:
                await self.train()
            finally:
                self._over.set()
        await self.come_to_an_end()

    async def close(self) -> None:
        """Leave, and take along what the tab has seen of trouble."""
        await self._stack.aclose()
        if self._tab is not None:
            self.notes.problems += self._tab.problems

    @abstractmethod
    def open_page(self) -> AbstractAsyncContextManager[Tab]:
        """Open the page to train on."""

    @abstractmethod
    async def train(self) -> None:
        """Press Train, note what arrives, and return when the run is over."""

    @abstractmethod
    async def come_to_an_end(self) -> None:
        """Do what is done after a run."""

    async def _move_now_and_then(self) -> None:
        while not await self._is_over_after(self._pause()):
            self.notes.is_unanswered = True
            stop = self._chance.choice(self.stops)
            self.notes.answers.append(await self.tab.slide(self.slider, stop))
            self.notes.is_unanswered = False

    def _pause(self) -> float | None:
        pause = self.plan.pause
        return None if pause is None else pause * self._chance.uniform(0.5, 1.5)

    async def _is_over_after(self, seconds: float | None) -> bool:
        try:
            return await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return False


class DashboardStudent(Student):
    """A session of the dashboard: it watches its run live, looks at mistakes and draws."""

    slider = "Nodes in layer 1"
    stops = ("64", "100", "160", "200", "256")
    default = "128"
    _told = 0  # the last event that the page was told of

    def open_page(self) -> AbstractAsyncContextManager[Tab]:
        """Open Train by a link with its epochs."""
        return Tab.opened(self._url, "train", f"epochs={self.plan.epochs}")

    async def train(self) -> None:
        """Press Train and follow the run until the page knows of its end."""
        self.notes.clicked = time.perf_counter()
        await self.tab.press("Train")
        self.notes.run_id = self.tab.query["run"]
        watch = Watch(self.tab, self.notes.run_id)
        self.notes.heard = watch.heard
        async with asyncio.TaskGroup() as group:
            following = group.create_task(watch.follow())
            while not (watch.is_complete and self._page_knows(watch)):
                await watch.news.wait()
                watch.news.clear()
                await self._tell_page(watch)
            following.cancel()
        self.notes.ended = watch.ended
        self.notes.problems += ["The live socket was lost."] * watch.lost

    async def come_to_an_end(self) -> None:
        """Open Mistakes, then Draw, and send a drawing."""
        self.notes.opened_mistakes = await self.tab.visit("mistakes")
        self.tab.data("confusion_matrix")
        await self.tab.visit("draw")
        self.notes.read_drawing = await self.tab.state("drawing_canvas", strokes=SEVEN)
        self.tab.data("digit_grid")  # what the network sees

    async def _tell_page(self, watch: Watch) -> None:
        """Let the page run again, once, where its run has another state than it knows."""
        is_news = watch.is_caught_up and watch.status_seq != self._told
        if is_news and not self._page_knows(watch):
            self._told = watch.status_seq
            change = {"run_id": self.notes.run_id, "status": watch.status}
            await self.tab.tell("live_figure", "status_changed", change)

    def _page_knows(self, watch: Watch) -> bool:
        return self.tab.data("live_figure")["status"] == watch.status


class PlainStudent(Student):
    """A session of the page that fits within its script: a new chart is all that one sees."""

    slider = "Nodes"
    stops = ("64", "100", "160", "200", "256")
    default = "128"

    def open_page(self) -> AbstractAsyncContextManager[Tab]:
        """Open the only page there is."""
        return Tab.opened(self._url)

    async def train(self) -> None:
        """Press Train and wait until a script is done: with the test accuracy, or without it.

        Without it, the slider has ended the run: a page has one script at a time.
        """
        over = asyncio.Event()

        def note(kind: str) -> None:
            now = time.perf_counter()
            if kind == "vega_lite_chart":
                self.notes.heard.append(Heard(len(self.notes.heard) + 1, "progress", now))
            elif kind == "metric":
                self.notes.ended = now

        self.tab.on_element, self.tab.on_finish = note, over.set
        self.notes.clicked = time.perf_counter()
        await self.tab.press_and_go_on("Train")
        await over.wait()

    async def come_to_an_end(self) -> None:
        """Stay: there is no other page."""


SEVEN: Final = [
    [0.09, [[0.3, 0.25], [0.5, 0.24], [0.7, 0.25], [0.6, 0.45], [0.5, 0.65], [0.42, 0.85]]]
]
"""Strokes as the drawing canvas sends them: its width, then points from 0 to 1."""
