"""On what this process trains: a graphics card of its own where TensorFlow sees any, or the CPU.

One trainer a card: a second one would take turns with the first on it, and slow both down. Knows
TensorFlow, and has to be asked before it computes anything: then its devices are fixed.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import tensorflow as tf

from mnist_core import environment
from mnist_core.errors import WorkerRefusedError

CPU: Final = "CPU"
_NAMELESS: Final = "GPU"

Card = TypeVar("Card")


@functools.cache
def device() -> str:
    """Take the device of this process, once, and return its name: "CPU", or a card's.

    Raises:
        WorkerRefusedError: all cards of the computer are other workers'.
    """
    return take_device(environment.worker_place(), tf.config)


def card_of(place: int, cards: Sequence[Card]) -> Card | None:
    """Return the card that a worker trains on.

    Args:
        place: which of its computer's workers it is, from 0.
        cards: those that TensorFlow sees.

    Returns:
        None where there are no cards: all train on the CPU.

    Raises:
        WorkerRefusedError: there are cards, but fewer than workers. On the CPU beside them it would
            compute other numbers.
    """
    if not cards:
        return None
    if place >= len(cards):
        count = len(cards)
        raise WorkerRefusedError(
            f"each graphics card of a computer trains for one worker, and this one has {count}. "
            f"Start {count} there (MNIST_WORKERS, --processes)."
        )
    return cards[place]


def take_device(place: int, config: Any) -> str:
    """Let TensorFlow use one card, no more of its memory than it needs, and the same order of sums.

    Args:
        place: which of its computer's workers this process is, from 0.
        config: ``tf.config``.

    Returns:
        The device's name, as its maker calls it.

    Raises:
        WorkerRefusedError: as ``card_of`` does.

    Source: TensorFlow's guides "Use a GPU" and "Determinism".
    """
    card = card_of(place, config.list_physical_devices("GPU"))
    if card is None:
        return CPU
    # Somebody's own program may have set TensorFlow to work before: it stays as it is.
    with contextlib.suppress(RuntimeError):
        config.set_visible_devices([card], "GPU")
        config.experimental.set_memory_growth(card, enable=True)
    config.experimental.enable_op_determinism()
    name: str = config.experimental.get_device_details(card).get("device_name", "")
    return name or _NAMELESS
