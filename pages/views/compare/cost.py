"""What accuracy costs: each run as a point over its parameters and its seconds."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.charts import LETTERS, RunPoint, plot_accuracy_against
from mnist_core.formatting import percent
from mnist_core.store import Run
from pages.widgets.projector import sized


def render_cost(runs: Sequence[Run]) -> None:
    """Draw both figures; a click on a point leaves for the run's results."""
    tested = all(run.test_accuracy is not None for run in runs)
    kind = "Test accuracy" if tested else "Validation accuracy"
    accuracies = [run.test_accuracy if tested else run.val_accuracy for run in runs]
    costs = {
        "Parameters": [float(run.config.parameters) for run in runs],
        "Seconds of training": [run.seconds for run in runs],
    }
    st.subheader("What it costs", anchor=False)
    for column, (title, values) in zip(st.columns(2, gap="medium"), costs.items(), strict=True):
        points = [
            RunPoint(letter, run.id, cost, accuracy)
            for letter, run, cost, accuracy in zip(LETTERS, runs, values, accuracies, strict=False)
            if accuracy is not None and cost > 0
        ]
        with column:
            _render_points(points, title, kind)


def _render_points(points: Sequence[RunPoint], title: str, kind: str) -> None:
    if not points:
        st.caption(f"{kind} over {title.lower()}: no run has come so far yet.")
        return
    told = " ".join(
        f"{point.letter}: {percent(point.accuracy)}, {point.cost:,.4g}." for point in points
    )
    event = st.plotly_chart(
        sized(plot_accuracy_against(points, title, kind)),
        key=f"chart-{title}",
        theme=None,
        config={"displayModeBar": False},
        on_select="rerun",
        selection_mode="points",
        alt=f"{kind} over {title.lower()}. {told}",
    )
    for point in event["selection"]["points"]:
        st.switch_page("results.py", query_params={"run": point["customdata"]})
