"""How often something secret may be guessed at: by one browser, and by all of them together.

A new cookie is a new browser: so the number of all tries is limited as well. Counted in the memory
of one server.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from mnist_core.errors import TooManyTriesError
from mnist_core.formatting import counted

PER_BROWSER: Final = 10
IN_ALL: Final = 100
SECONDS: Final = 300.0


class Tries:
    """Counts wrong guesses at one kind of secret. Safe for several threads.

    Args:
        per_browser: wrong guesses that one browser has within ``seconds``.
        in_all: those of all browsers together; as many are kept in memory.
        seconds: how long a wrong guess counts.
        clock: seconds, which never go back.
    """

    def __init__(
        self,
        *,
        per_browser: int = PER_BROWSER,
        in_all: int = IN_ALL,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_browser, self._in_all, self._seconds = per_browser, in_all, seconds
        self._clock = clock
        self._wrong: deque[tuple[float, str]] = deque()
        self._one_at_a_time = threading.Lock()

    @contextmanager
    def guess(self, browser: str) -> Iterator[Callable[[], None]]:
        """Let a browser guess once, and give what it calls where the guess was right.

        The guess counts from its beginning on, so that many at once are not more than one after
        the other; a right one is taken back.

        Raises:
            TooManyTriesError: it has to wait first; the sentence says how long.
        """
        mine = self._take(browser)
        right: list[bool] = []
        try:
            yield lambda: right.append(True)
        finally:
            if right:
                with self._one_at_a_time:
                    self._wrong = deque(each for each in self._wrong if each is not mine)

    def _take(self, browser: str) -> tuple[float, str]:
        with self._one_at_a_time:
            now = self._clock()
            while self._wrong and self._wrong[0][0] <= now - self._seconds:
                self._wrong.popleft()
            own = [at for at, who in self._wrong if who == browser]
            for times, most in ((own, self._per_browser), (list(self._times()), self._in_all)):
                if len(times) >= most:
                    raise TooManyTriesError(_wait(times[-most] + self._seconds - now))
            mine = (now, browser)
            self._wrong.append(mine)
            return mine

    def _times(self) -> Iterator[float]:
        return (at for at, _ in self._wrong)


def _wait(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return f"Too many tries. In {counted(minutes, 'minute')} you may try again."
