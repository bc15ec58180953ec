"""The steps from a drawing to what the network sees: each shown, explained, and switched off."""

import base64
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st
from PIL import Image

from mnist_core.handwriting.drawing import Prepared, Stage, Step

SOURCE = (
    "The images of MNIST were made like this, too: LeCun, Bottou, Bengio and Haffner, "
    "Gradient-Based Learning Applied to Document Recognition, 1998. Switch a step off and see what "
    "the network then makes of the same drawing."
)
SHOWN_SIDE = 280

_STYLE = Path(__file__).with_name("drawing.css")


def steps_on() -> frozenset[Step]:
    """Return which steps are switched on in this tab."""
    return frozenset(step for step in Step if st.session_state.get(_key(step), True))


def render_steps(prepared: Prepared | None) -> None:
    """Draw every step with its image, its switch and its explanation.

    Args:
        prepared: a drawing after every step; None draws the steps without images.
    """
    st.subheader("From the drawing to what the network sees", anchor=False)
    st.html(_STYLE)
    stages: dict[Step, Stage] = {} if prepared is None else {s.step: s for s in prepared.stages}
    for number, (step, column) in enumerate(zip(Step, st.columns(len(Step)), strict=True), 1):
        with column:
            _render_step(number, step, stages.get(step))
    st.caption(SOURCE)


def render_picture(ink: npt.NDArray[np.float32], description: str) -> None:
    """Draw ink black on white, in sharp pixels.

    Args:
        ink: float32 (h, w), 0 paper to 1 ink.
        description: what stands for the picture where it can't be seen.
    """
    st.html(
        f'<img class="drawing-picture" alt="{description}" '
        f'src="data:image/png;base64,{_as_png(ink)}">'
    )


def _render_step(number: int, step: Step, stage: Stage | None) -> None:
    is_on = step in steps_on()
    if stage is not None:
        render_picture(stage.image, f"The drawing after step {number}")
    st.toggle(f"**{number}. {step.heading}**", value=True, key=_key(step), persist_state="session")
    st.caption(step.explanation if is_on else f"Switched off. {step.without}")


def _key(step: Step) -> str:
    return f"step-{step.name.lower()}"


def _as_png(ink: npt.NDArray[np.float32]) -> str:
    """Write ink as a square PNG in base64, the paper around it white."""
    grey = np.rint(255 - 255 * ink.clip(0, 1)).astype(np.uint8)
    picture = Image.fromarray(grey)
    if max(picture.size) > SHOWN_SIDE:
        picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    side = max(picture.size)
    square = Image.new("L", (side, side), 255)
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    file = io.BytesIO()
    square.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
