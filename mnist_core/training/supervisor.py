"""Keeps the claim on a run alive beside its training, and brings back stop, pause and pace.

Knows the store, but neither Keras, workers nor pages.
"""

from __future__ import annotations

import contextvars
import logging
import threading

from mnist_core.errors import ClaimLostError, StoreError
from mnist_core.store import LEASE_SECONDS, Claim, Orders, Store

ORDERS_EVERY = 0.2

_log = logging.getLogger(__name__)


class Supervisor:
    """Renews the lease of a run from a thread, however long one batch takes, and reads its orders.

    Use as a context manager round the training. ``orders`` is always the latest; ``check`` raises
    ``ClaimLostError`` once the run has passed to another worker.
    """

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store, self._claim = store, claim
        self._lost = False
        self._trouble = ""
        self._ended = threading.Event()
        about = contextvars.copy_context()  # so that the thread's lines name the run, too
        self._thread = threading.Thread(
            target=about.run, args=(self._watch,), name="supervisor", daemon=True
        )
        self._wish = threading.Event()
        self.orders = Orders(stop=False, pause=False, pace=0.0, epoch_limit=None)

    def __enter__(self) -> Supervisor:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def check(self) -> None:
        """Raise ``ClaimLostError`` if the run is no longer this worker's."""
        if self._lost:
            raise ClaimLostError(f"Run {self._claim.run_id} has passed to another worker.")

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until somebody presses Stop or Pause."""
        self._wish.wait(seconds)

    def _watch(self) -> None:
        while not self._ended.wait(ORDERS_EVERY):
            self._look()

    def _look(self) -> None:
        try:
            self.orders = self._store.heartbeat(self._claim, LEASE_SECONDS)
            self._trouble = ""
        except ClaimLostError:
            self._lost = True
        except StoreError as error:
            if str(error) != self._trouble:
                _log.warning("The store can't tell just now what is wanted of the run: %s", error)
            self._trouble = str(error)
        if self._lost or self.orders.stop or self.orders.pause:
            self._wish.set()
