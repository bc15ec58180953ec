"""Numbers, moments and lists as a person reads them: written the same way in every room.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mnist_core.config import NO_GUESS


def percent(fraction: float | None) -> str:
    """Write 0.978 as "97.8 %", and nothing as a dash."""
    return "–" if fraction is None else f"{fraction * 100:.1f} %"


def duration(seconds: float) -> str:
    """Write seconds as "under a second", "12 s", "3 min 20 s" or "2 h 5 min"."""
    if seconds < 1:
        return "under a second"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def size(bytes_used: int) -> str:
    """Write a number of bytes as "3.4 MB" or "120 kB"."""
    if bytes_used >= 1_000_000:
        return f"{bytes_used / 1_000_000:.1f} MB"
    return f"{max(1, round(bytes_used / 1000))} kB"


def counted(number: int, thing: str) -> str:
    """Write 1 and "digit" as "1 digit", 12 as "12 digits"."""
    return f"{number:,} {thing}{'s' * (number != 1)}"


def listed(words: Sequence[str]) -> str:
    """Name several things: "one", "one and two", "one, two and three"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def moment(epoch: int) -> str:
    """Name the end of an epoch that counts from 0, "after epoch 3"; -1 is before the first."""
    return "before the first batch" if epoch < 0 else f"after epoch {epoch + 1}"


def epochs_named(epochs: Sequence[int]) -> str:
    """Name epochs that count from 0: "epoch 3", "epochs 3, 5 and 8 to 10"."""
    stretches: list[list[int]] = []
    for epoch in epochs:
        if stretches and epoch == stretches[-1][-1] + 1:
            stretches[-1].append(epoch)
        else:
            stretches.append([epoch])
    words = [
        str(each[0] + 1) if len(each) == 1 else f"{each[0] + 1} to {each[-1] + 1}"
        for each in stretches
    ]
    return f"epoch{'s' * (len(epochs) != 1)} {listed(words)}"


def article(digit: int) -> str:
    """Name the article that a spoken digit takes: an 8, a 7."""
    return "an" if digit == 8 else "a"


def guessed(guess: int) -> str:
    """Write a guess; a question mark where the network's numbers overflowed."""
    return "?" if guess == NO_GUESS else str(guess)


def capitalized(words: str) -> str:
    """Write the first letter large and leave the rest: "t-SNE of MNIST" as "T-SNE of MNIST"."""
    return words[:1].upper() + words[1:]


def date_and_time(instant: datetime) -> str:
    """Write an instant as the clock on the wall shows it: "27 Nov 2026, 09:30"."""
    return f"{instant.astimezone():%d %b %Y, %H:%M}"
