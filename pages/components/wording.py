"""Numbers, states and what people typed, as a person reads them: the same on every page."""

import re
from collections.abc import Sequence

from mnist_core import measuring
from mnist_core.inference import NO_GUESS
from mnist_core.store import Run, RunStatus

STATUS_WORDS = {
    RunStatus.QUEUED: "waiting",
    RunStatus.RUNNING: "training",
    RunStatus.PAUSED: "paused",
    RunStatus.FINISHED: "finished",
    RunStatus.STOPPED: "stopped",
    RunStatus.FAILED: "failed",
    RunStatus.INTERRUPTED: "going on soon",
}

SIGNS = frozenset(r"\`*_{}[]()<>#+!|~$:&")
LINE_START = re.compile(r"^(?=[-=])|(?<=^\d)(?=\.)|(?<=^\d\d)(?=\.)")


def plain(typed: str) -> str:
    """Keep what somebody typed from being read as Markdown; a new line stays a new line."""
    escaped = "".join(f"\\{sign}" if sign in SIGNS else sign for sign in typed)
    return "  \n".join(LINE_START.sub(r"\\", line.strip()) for line in escaped.splitlines())


def percent(fraction: float | None) -> str:
    """Write 0.978 as "97.8 %", and nothing as a dash."""
    return "–" if fraction is None else measuring.percent(fraction)


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


def state(run: Run) -> str:
    """Say in words where a run is: "training, epoch 3 of 10"."""
    words = STATUS_WORDS[run.status]
    if run.status.is_over and run.status is not RunStatus.STOPPED:
        return words
    return f"{words}, {run.epochs_done} of {run.config.epochs} epochs done"


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


def guessed(guess: int) -> str:
    """Write a guess; a question mark where the network's numbers overflowed."""
    return "?" if guess == NO_GUESS else str(guess)


def counted(number: int, thing: str) -> str:
    """Write 1 and "digit" as "1 digit", 12 as "12 digits"."""
    return f"{number:,} {thing}{'s' * (number != 1)}"


def listed(words: Sequence[str]) -> str:
    """Name several things: "one", "one and two", "one, two and three"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def moment(epoch: int) -> str:
    """Name the end of an epoch that counts from 0, "after epoch 3"; -1 is before the first."""
    return "before the first batch" if epoch < 0 else f"after epoch {epoch + 1}"


def accuracy(run: Run) -> str:
    """Give the run's best known accuracy with its kind."""
    if run.test_accuracy is not None:
        return f"{percent(run.test_accuracy)} test"
    if run.val_accuracy is not None:
        return f"{percent(run.val_accuracy)} validation"
    return "–"


def in_short(run: Run) -> str:
    """Name a run in a list: its name or settings, its accuracy, its start, and part of its id.

    The id tells apart what a class has started with the same settings in the same minute: a list
    to choose from takes two runs of the same words for one.
    """
    started = f"{run.created_at.astimezone():%d %b, %H:%M}"
    return f"{run.label} · {accuracy(run)} · {started} · {run.id[:4]}"
