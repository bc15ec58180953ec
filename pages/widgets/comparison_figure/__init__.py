"""The comparison figure: several runs over each other, each as it is by now.

The browser side (comparison_figure.js) gets the figure from charts/comparison.py and watches the
runs that are going on over one WebSocket: what it hears goes on with their curves.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_core.charts import AccuracyAxis, ComparedRun, enlarged, style
from mnist_core.formatting import metric_text
from mnist_core.serving.live import plotly_url
from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.widgets.projector import size_factor
from pages.widgets.shared.mounting import register_component

if TYPE_CHECKING:
    import plotly.graph_objects as go

_component = register_component(Path(__file__).parent)


def render_comparison_figure(
    runs: Sequence[Run],
    compared: Sequence[ComparedRun],
    figure: go.Figure,
    *,
    metric: str,
    by: str,
    axis: AccuracyAxis | None,
    alt: str,
    key: str = "chart-comparison",
) -> None:
    """Draw the curves with a line about each run below; the page runs again when one has ended.

    Args:
        runs: as the store had them before their epochs were read.
        compared: the same runs as the figure has them.
        figure: of ``plot_comparison``.
        metric: which number it draws.
        by: what it draws it over.
        axis: how high accuracies are drawn; None for a loss.
        alt: the figure in words.
        key: the element's key; it must stay the same for the figure to keep its zoom.
    """
    _component(
        key=key,
        data={
            "plotly_url": plotly_url(),
            "figure": json.loads(enlarged(figure, size_factor()).to_json()),
            "metric": metric,
            "by": by,
            "axis": axis.as_data() if axis else None,
            "alt": alt,
            "runs": [
                _as_data(place, run, each, metric)
                for place, (run, each) in enumerate(zip(runs, compared, strict=True))
            ],
        },
        on_status_changed_change=_nothing_more,
    )


def _nothing_more() -> None:
    """Stand for a callback: with one, the page runs again."""


def _as_data(place: int, run: Run, compared: ComparedRun, metric: str) -> dict[str, Any]:
    history = {name: list(map(_finite, values)) for name, values in compared.history.items()}
    last = history[metric][-1] if history[metric] else None
    return {
        "id": run.id,
        "name": compared.name,
        "colour": style.RUN_COLOURS[place],
        "status": str(run.status),
        "seq": run.last_seq,
        "epochs": run.config.epochs,
        "steps": compared.steps_per_epoch,
        "history": {**history, "seconds": list(compared.seconds)},
        "words": {"state": state(run), metric: metric_text(metric, last)},
    }


def _finite(value: float | None) -> float | None:
    """Put None, which JSON knows, where a value is missing or not finite."""
    return value if value is not None and math.isfinite(value) else None
