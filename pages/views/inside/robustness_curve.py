"""The accuracy on all test digits while one disturbance grows, reckoned a few points at a time.

Reading 10,000 digits at a dozen strengths takes a second or several. A fragment does a third of a
second of it each time the browser asks for more: so no slider ever waits for the whole of it.
"""

import time
from dataclasses import dataclass, field

import streamlit as st

from mnist_core.charts import plot_robustness
from mnist_core.formatting import percent
from mnist_core.inspection.perturbations import Perturbation
from mnist_core.inspection.robustness import RobustnessCurve, accuracy_when_perturbed
from pages.services.caching import BY_NAME
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.chart import render_chart
from pages.widgets.ask_again import is_asked_again, render_ask_again

KEPT_CURVES = 64
PORTION = 0.3  # seconds
MORE = "shake-curve-more"


@dataclass(frozen=True, eq=False)
class CurveInProgress:
    """A curve as far as it has come.

    Attributes:
        snapshot: the run and the epoch.
        kind: the only disturbance.
        points: the accuracy by strength, 0 to 1.
    """

    snapshot: Snapshot
    kind: Perturbation
    points: dict[float, float] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every strength has its point."""
        return len(self.points) == len(self.kind.curve_strengths)

    def go_on(self) -> None:
        """Reckon the next points, those near 0 first, until the portion of time is used up."""
        end = time.monotonic() + PORTION
        network, kind = self.snapshot.network, self.kind
        images, labels = self.snapshot.dataset.x_test, self.snapshot.dataset.y_test
        for strength in sorted(kind.curve_strengths, key=abs):
            if strength not in self.points:
                accuracy = accuracy_when_perturbed(network, images, labels, kind, strength)
                self.points[strength] = accuracy
                if time.monotonic() > end:
                    return

    def curve(self) -> RobustnessCurve:
        """Return the curve once it is complete."""
        strengths = self.kind.curve_strengths
        accuracy = tuple(self.points[each] for each in strengths)
        return RobustnessCurve(self.kind, strengths, accuracy, len(self.snapshot.dataset.y_test))


@st.cache_resource(hash_funcs=BY_NAME, max_entries=KEPT_CURVES, show_spinner=False)
def curve_in_progress(snapshot: Snapshot, kind: Perturbation) -> CurveInProgress:
    """Return what is reckoned so far, the same for all viewers."""
    return CurveInProgress(snapshot, kind)


@st.fragment
def render_curve(snapshot: Snapshot, kind: Perturbation, strength: float) -> None:
    """Draw the curve, or how far it has come.

    Args:
        snapshot: the run and the epoch.
        kind: the only disturbance.
        strength: where its slider stands.
    """
    progress = curve_in_progress(snapshot, kind)
    if is_asked_again(MORE):
        progress.go_on()
    if progress.is_complete:
        _render_complete(progress.curve(), strength)
        return
    done, count = len(progress.points), len(kind.curve_strengths)
    digits = len(snapshot.dataset.y_test)
    st.progress(
        done / count, f"Reading all {digits:,} test digits at {count} strengths: {done} done."
    )
    render_ask_again(MORE)


def _render_complete(curve: RobustnessCurve, strength: float) -> None:
    st.markdown(_in_words(curve, strength))
    render_chart(plot_robustness(curve, strength), key="chart-shaken-accuracy", alt=curve.words())
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
