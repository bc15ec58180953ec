"""Numbers, moments and lists as a person reads them: written the same way in every room.

Standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from mnist_core.config import NO_GUESS

NOTHING: Final = "–"
"""Stands where there is no number."""

_LOSS_PLACES: Final = 4
_SMALLEST_LOSS: Final = "0.0001"
_LARGE_LOSS: Final = 100
_ABSURD_LOSS: Final = 1e9
_WIDE: Final = Context(prec=330)  # digits of the largest float


def percent(fraction: float | None) -> str:
    """Write 0.978 as "97.8 %"; where there is no number, a dash."""
    if fraction is None or not math.isfinite(float(fraction) * 100):
        return NOTHING
    return f"{_in_percent(fraction)} %"


def points(fraction: float, other: float) -> Decimal:
    """Subtract two shares as a reader does, who sees them in per cent: as they are written.

    Args:
        fraction: 0 to 1.
        other: what is taken away, 0 to 1.

    Returns:
        Percentage points with one decimal place; below 0 where the first is the smaller one.
    """
    return _in_percent(fraction) - _in_percent(other)


def loss_text(value: float | None) -> str:
    """Write a loss as "0.0812", a large one as "2,300"; where there is no number, a dash."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) >= _LARGE_LOSS:
        return f"{value:,.0f}" if abs(value) < _ABSURD_LOSS else f"{value:.1e}"
    rounded = _rounded(value, _LOSS_PLACES)
    return f"under {_SMALLEST_LOSS}" if value > 0 and not rounded else str(rounded)


def metric_text(name: str, value: float | None) -> str:
    """Write a number of a training by the name that it has in Keras's History: "val_accuracy"."""
    return percent(value) if name.endswith("accuracy") else loss_text(value)


def _in_percent(fraction: float) -> Decimal:
    return _rounded(float(fraction) * 100, 1)


def _rounded(value: float, places: int) -> Decimal:
    """Round as ``toFixed`` does in browsers: a half goes up, and not to the even digit."""
    return Decimal(float(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


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


def about(seconds: float) -> str:
    """Write a guess no finer than it can be: "about 6 s", "about 90 s" or "about 4 min"."""
    for limit, step in ((10, 1), (60, 5), (120, 10)):
        rounded = max(1, step * round(seconds / step))
        if rounded < limit:
            return f"about {rounded} s"
    minutes = round(seconds / 60)
    return f"about {minutes} min" if minutes < 60 else f"about {minutes / 60:.1f} h"


def size(bytes_used: int) -> str:
    """Write a number of bytes as "1.2 GB", "3.4 MB" or "120 kB"."""
    if bytes_used >= 1_000_000_000:
        return f"{bytes_used / 1_000_000_000:.1f} GB"
    if bytes_used >= 1_000_000:
        return f"{bytes_used / 1_000_000:.1f} MB"
    return f"{max(int(bytes_used > 0), round(bytes_used / 1000))} kB"


def counted(number: int, thing: str, things: str = "") -> str:
    """Write 1 and "digit" as "1 digit", 12 as "12 digits", or as what several are called."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


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


def time_of_day(instant: datetime) -> str:
    """Write an instant of today as "10:42", any other with its date."""
    here = instant.astimezone()
    is_today = here.date() == datetime.now(UTC).astimezone().date()
    return f"{here:%H:%M}" if is_today else date_and_time(instant)
