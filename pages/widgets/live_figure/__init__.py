"""The live figure: a run in words, its curves, and what it makes of twenty digits.

The browser side (live_figure.js) watches the run over a WebSocket of its own, so the page's script
runs again only when the run's status changes. It needs no curves from here but those of the run
before.
"""

import html
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.charts import HALVING, PLAIN, PLAIN_IN_WORDS, enlarged, live_figure, style
from mnist_core.charts.live import EPOCHS_SHOWN
from mnist_core.config import GUESSING
from mnist_core.serving.live import plotly_url
from mnist_core.serving.live_words import NO_EPOCH
from mnist_core.store import Run
from pages.widgets.projector import size_factor
from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent)

History = Mapping[str, Sequence[float | None]]
LEGEND_LINE = 28  # letters
LEGEND_LINES = 2
LabelledDigits = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


class PreviousRun(NamedTuple):
    """The run before, or one that was pinned, drawn pale behind.

    Attributes:
        name: what sets it apart, as text.
        history: ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a number an epoch each.
        is_pinned: somebody has chosen it.
    """

    name: str
    history: History
    is_pinned: bool = False


class StatusChange(NamedTuple):
    """What the browser saw before the page did: a run is in another status now."""

    run_id: str
    status: str


def render_live_figure(
    *,
    run: Run | None,
    previous: PreviousRun | None = None,
    digits: LabelledDigits | None = None,
    stale_settings: str | None = None,
    key: str = "chart-live",
) -> StatusChange | None:
    """Draw the live region of a page.

    Args:
        run: the run to watch, as the page knows it; None says what to do first.
        previous: the run before; None draws nothing behind.
        digits: the validation digits whose guesses the run reports, in its order: images,
            uint8 (n, 28, 28), 0 background to 255 ink, and labels, uint8 (n,), 0 to 9.
        stale_settings: which settings the curves belong to, when the sliders have moved since.
        key: the element's key; it must stay the same for the figure to keep its zoom.

    Returns:
        The change that made the page run again, or None.
    """
    result = _component(
        key=key,
        data={
            "run_id": run.id if run else None,
            "status": str(run.status) if run else None,
            "axis": _axis(run.config.epochs if run else EPOCHS_SHOWN),
            "previous": _without_nan(previous.history) if previous else None,
            "previous_names": _in_legend(previous) if previous else None,
            "digits": _encoded(digits) if digits else None,
            "stale_settings": stale_settings,
            "plotly_url": plotly_url(),
            "figure": _figure(size_factor()),
            "accuracy_axes": _accuracy_axes(),
            "plain_in_words": PLAIN_IN_WORDS,
            "guessing": {
                "accuracy": GUESSING,
                "words": f"guessing\n{GUESSING:.0%}".replace("%", " %"),
            },
            "no_epoch": NO_EPOCH,
        },
        on_status_changed_change=_nothing_more,
    )
    return _read_change(result.status_changed)


def _read_change(sent: object) -> StatusChange | None:
    """Take what the browser sent, unless it can't be a change."""
    if not isinstance(sent, dict):
        return None
    run_id, status = sent.get("run_id"), sent.get("status")
    if not isinstance(run_id, str) or not isinstance(status, str):
        return None
    return StatusChange(run_id, status)


def _nothing_more() -> None:
    """Stand for a callback: with one, Streamlit hands the trigger's value out."""


@cache
def _figure(factor: float) -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(enlarged(live_figure(), factor).to_json())
    return figure


@cache
def _accuracy_axes() -> dict[str, Any]:
    return {"halving": HALVING.as_data(), "plain": PLAIN.as_data()}


def _axis(epochs: int) -> dict[str, float]:
    return {
        "epochs": epochs,
        "step": style.epoch_step(epochs),
        "marker_share": style.marker_size(epochs) / style.MARKER_SIZE,
    }


def _in_legend(previous: PreviousRun) -> list[str]:
    """Name its two accuracies as Plotly reads text, in lines that a phone has room for."""
    when = "pinned" if previous.is_pinned else "before"
    lines = textwrap.wrap(
        f"Training {when}: {previous.name}",
        LEGEND_LINE,
        max_lines=LEGEND_LINES,
        placeholder=" …",
    )
    training = "<br>".join(html.escape(line, quote=False) for line in lines)
    return [training, f"Validation {when}"]


def _encoded(digits: LabelledDigits) -> dict[str, Any]:
    images, labels = digits
    return {"pixels": pack_images(images), "labels": labels.tolist()}


def _without_nan(history: History) -> dict[str, list[float | None]]:
    """Put None, which JSON knows, where a value is missing or not finite."""
    return {
        name: [value if value is not None and math.isfinite(value) else None for value in values]
        for name, values in history.items()
    }
