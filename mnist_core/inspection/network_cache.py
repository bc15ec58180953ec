"""The networks that were looked at last, up to a number of bytes.

Counted in bytes and not in networks: the largest takes as much room as a hundred small ones.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from mnist_core.inspection.network import Network
from mnist_core.inspection.optimizers import TrainingState

Kept = TypeVar("Kept", Network, TrainingState)


class NetworkCache(Generic[Kept]):
    """Networks to look at again without unpacking them; the one not seen for longest goes first.

    Safe to share between threads.
    """

    def __init__(self, most_bytes: int) -> None:
        """Keep nothing yet.

        Args:
            most_bytes: of all networks together. One that is larger than that is kept alone.
        """
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, load: Callable[[], Kept]) -> Kept:
        """Return a network, and load it where it is not kept.

        Args:
            key: names it.
            load: makes it; what it raises comes through, and nothing is kept.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        loaded = load()  # without the lock: nobody waits for the store because of another
        with self._lock:
            network = self._kept.setdefault(key, loaded)  # all who loaded at once share one
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self.bytes_used > self._most_bytes:
                self._kept.popitem(last=False)
            return network

    @property
    def bytes_used(self) -> int:
        """Of all networks that are kept."""
        with self._lock:
            return sum(network.bytes_used for network in self._kept.values())
