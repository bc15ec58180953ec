"""The clock that everybody goes by who uses a store from several computers: the database's.

Leases and turns are told by times. The clocks of a school's computers may be minutes apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from mnist_core.errors import StoreError

ASK_SECONDS: Final = 60.0
"""How long the last answer is used."""
_A_JUMP: Final = 0.5


class DatabaseClock:
    """Seconds since 1970 in UTC by another computer's clock. Safe for threads.

    It is asked once a minute, and again where this computer's clock was set or the computer slept.
    While it can't be asked, the last difference holds.

    Args:
        ask: returns what its clock says now; may raise StoreError.
    """

    def __init__(self, ask: Callable[[], float]) -> None:
        self._ask = ask
        self._ahead, self._asked_at, self._set_at = 0.0, float("-inf"), 0.0

    def __call__(self) -> float:
        """Return what the other clock says now."""
        now, steady = time.time(), time.monotonic()
        was_set = abs(now - steady - self._set_at) > _A_JUMP
        if was_set or steady - self._asked_at > ASK_SECONDS:
            self._asked_at, self._set_at = steady, now - steady
            try:
                theirs = self._ask()
            except StoreError:  # whoever wanted to know the time hears of it at once
                return now + self._ahead
            after = time.time()
            self._ahead = theirs - (now + after) / 2
            now = after
        return now + self._ahead
