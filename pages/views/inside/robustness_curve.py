"""The accuracy on all test digits while one disturbance grows, reckoned a few points at a time.

Reading 10,000 digits at a dozen strengths takes a second or several. A fragment does a third of a
second of it and asks to be called again: so no slider ever waits for the whole of it.
"""

from __future__ import annotations

import time

import streamlit as st

from mnist_core.charts import plot_robustness
from mnist_core.formatting import percent
from mnist_core.inspection.perturbations import Perturbation
from mnist_core.inspection.robustness import RobustnessCurve, accuracy_when_perturbed
from pages.views.inside.seen import Seen
from pages.widgets.projector import sized

KEPT_CURVES = 64
PORTION = 0.3
PAUSE = 0.1
DRAWN_WITH_THE_PAGE = "shake-curve-drawn-with-the-page"


def render_curve(seen: Seen, kind: Perturbation, strength: float) -> None:
    """Draw the curve, or how far it has come.

    Args:
        seen: the run and the epoch.
        kind: the only disturbance.
        strength: where its slider stands.
    """
    points = _points(seen.run.id, seen.epoch, kind)
    is_complete = len(points) == len(kind.curve_strengths)
    st.session_state[DRAWN_WITH_THE_PAGE] = True
    st.fragment(_render, run_every=None if is_complete else PAUSE)(seen, kind, strength)


def _render(seen: Seen, kind: Perturbation, strength: float) -> None:
    points = _points(seen.run.id, seen.epoch, kind)
    if not st.session_state.pop(DRAWN_WITH_THE_PAGE, False):
        _go_on(seen, kind, points)
        if len(points) == len(kind.curve_strengths):
            st.rerun()  # the whole page: only this ends the calls
    if len(points) < len(kind.curve_strengths):
        _render_progress(seen, kind, len(points))
        return
    strengths = kind.curve_strengths
    accuracy = tuple(points[each] for each in strengths)
    _render_complete(RobustnessCurve(kind, strengths, accuracy, len(seen.dataset.y_test)), strength)


def _go_on(seen: Seen, kind: Perturbation, points: dict[float, float]) -> None:
    """Reckon the next points, those near 0 first, until the portion of time is used up."""
    end = time.monotonic() + PORTION
    images, labels = seen.dataset.x_test, seen.dataset.y_test
    for strength in sorted(kind.curve_strengths, key=abs):
        if strength not in points:
            points[strength] = accuracy_when_perturbed(seen.network, images, labels, kind, strength)
            if time.monotonic() > end:
                return


@st.cache_resource(max_entries=KEPT_CURVES, show_spinner=False)
def _points(run_id: str, epoch: int, kind: Perturbation) -> dict[float, float]:  # noqa: ARG001
    """Return what is reckoned so far, the same for all viewers: accuracy by strength."""
    return {}


def _render_progress(seen: Seen, kind: Perturbation, done: int) -> None:
    count = len(kind.curve_strengths)
    st.progress(
        done / count,
        f"Reading all {len(seen.dataset.y_test):,} test digits at {count} strengths: {done} done.",
    )


def _render_complete(curve: RobustnessCurve, strength: float) -> None:
    st.markdown(_in_words(curve, strength))
    st.plotly_chart(
        sized(plot_robustness(curve, strength)),
        key="chart-shaken-accuracy",
        theme=None,
        config={"displayModeBar": False},
        alt=curve.words(),
    )
    st.download_button(
        "Download as CSV",
        curve.csv(),
        f"{curve.kind.value.replace(' ', '-')}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="The strength and the accuracy of every point of the curve.",
    )


def _in_words(curve: RobustnessCurve, strength: float) -> str:
    plain = (
        f"Left as they are, **{percent(curve.at(0))}** of the {curve.digits:,} test digits are "
        "read right"
    )
    if not strength:
        return f"{plain}. Move the slider, and the diamond goes along the curve."
    about = "" if strength in curve.strengths else "about "
    return f"{plain}; {curve.kind.describe(strength)}, {about}**{percent(curve.at(strength))}**."
