"""Shake it: sliders that disturb a digit, and what the network then says of it."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.formatting import capitalized
from mnist_core.inspection.network import has_guess
from mnist_core.inspection.perturbations import Perturbation, perturb
from mnist_core.inspection.robustness import Change, first_changes
from pages.text import message
from pages.views.inside.epoch_picker import is_moving
from pages.views.inside.robustness_curve import render_curve
from pages.views.inside.snapshot import Snapshot
from pages.views.shared.look_inside import ShownDigit
from pages.views.shared.probabilities import guess_in_words, render_probabilities
from pages.widgets.digit_grid import render_digit_grid

ON_THE_SLIDERS = (
    Perturbation.NOISE,
    Perturbation.ROTATION,
    Perturbation.SHIFT_RIGHT,
    Perturbation.SHIFT_DOWN,
    Perturbation.THICKNESS,
    Perturbation.COVER,
)
KIND = "shake-kind"
FIRST_KIND = Perturbation.ROTATION
NOTHING_TO_SHAKE = (
    "No guess: the network's numbers overflowed. There is nothing to shake in this one."
)


@st.fragment
def render_perturbation(snapshot: Snapshot, shown: ShownDigit) -> None:
    """Draw the digit before and after, the sliders, the likelihoods, and the curve below."""
    # On a phone they stand below each other: the digit stays in sight while a slider is moved.
    images, sliders, probabilities = st.columns([3, 4, 4], gap="medium")
    with sliders:
        strengths = _render_sliders()
    perturbed = perturb(shown.image[np.newaxis], strengths)[0]
    before, after = snapshot.network.probabilities(np.stack([shown.image, perturbed]))
    with images:
        _render_images(shown, perturbed)
        if has_guess(after):
            st.subheader(_in_words(before, after), anchor=False)
        else:
            message.warning(NOTHING_TO_SHAKE)
    if not has_guess(before):
        return
    with probabilities:
        render_probabilities(after, shown.true, "chart-shaken-likelihoods")
    st.subheader("The whole test set, shaken by one of these alone", anchor=False)
    kind = _pick_kind()
    with images:
        st.markdown(_tipping_points(snapshot, shown, kind, strengths))
    if is_moving(snapshot.run):
        st.caption("The curve is drawn as soon as the epochs stand still.")
    else:
        render_curve(snapshot, kind, strengths[kind])


def _render_sliders() -> dict[Perturbation, float]:
    columns = st.columns(2)
    strengths = {}
    for number, kind in enumerate(ON_THE_SLIDERS):
        with columns[number % 2]:
            strengths[kind] = _render_slider(kind)
    st.button(
        "Put it back",
        on_click=_put_back,
        disabled=not any(strengths.values()),
        icon=":material/undo:",
        help="All sliders to 0: the digit as it was.",
    )
    return strengths


def _render_slider(kind: Perturbation) -> float:
    low, high = kind.limit
    is_whole = float(kind.step).is_integer()
    number = int if is_whole else float
    return st.slider(
        f"{kind.label} ({kind.unit})",
        number(low),
        number(high),
        number(0),
        number(kind.step),
        format="%d" if is_whole else "%.1f",
        key=_key(kind),
        help=kind.explanation,
        on_change=st.session_state.update,
        args=({KIND: kind},),
        persist_state="session",
    )


def _pick_kind() -> Perturbation:
    """Draw the choice of a curve; it goes along with the slider that was moved last."""
    st.session_state.setdefault(KIND, FIRST_KIND)
    picked = st.segmented_control(
        "Shaken by",
        ON_THE_SLIDERS,
        format_func=lambda kind: kind.label,
        required=True,
        key=KIND,
        persist_state="session",
    )
    return picked or FIRST_KIND


def _put_back() -> None:
    for kind in Perturbation:
        st.session_state[_key(kind)] = 0


def _key(kind: Perturbation) -> str:
    return f"shake-{kind.name.lower()}"


def _render_images(shown: ShownDigit, perturbed: npt.NDArray[np.uint8]) -> None:
    pictures = {"before": (shown.image, "as it is"), "shaken": (perturbed, "shaken")}
    with st.container(horizontal=True):
        for caption, (image, words) in pictures.items():
            render_digit_grid(
                image[np.newaxis],
                [caption],
                [f"{shown.name}, {words}"],
                label=f"The digit {words}",
                key=f"digit-{caption}",
                picture_size=11,
            )


def _in_words(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> str:
    said = guess_in_words(after)
    return said if after.argmax() == before.argmax() else f"{said}. Before: {before.argmax()}"


def _tipping_points(
    snapshot: Snapshot,
    shown: ShownDigit,
    kind: Perturbation,
    strengths: Mapping[Perturbation, float],
) -> str:
    """Name the places of this slider where the guess changes, while the others stay."""
    others = {**strengths, kind: 0.0}
    changes = first_changes(snapshot.network, shown.image, kind, others)
    if not changes:
        return f"However far “{kind.label}” goes, it says the same."
    return " ".join(_change_words(kind, change) for change in changes)


def _change_words(kind: Perturbation, change: Change) -> str:
    done = kind.describe(change.strength)
    guess = "it has no guess" if change.guess is None else f"it says {change.guess}"
    return f"{capitalized(done)}, {guess} for the first time."
