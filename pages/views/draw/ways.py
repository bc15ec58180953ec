"""Three ways to bring a digit before the network: draw it, upload a picture, photograph it.

A drawing and a picture are in the memory of this tab's session only; a digit is stored when a
person says so.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.errors import DrawingError, MnistError
from mnist_core.formatting import moment
from mnist_core.handwriting.drawing import FIELD
from mnist_core.handwriting.photo import Photo, read_photo
from mnist_core.handwriting.picture import ENDINGS, FORMATS_IN_WORDS, MOST_BYTES
from mnist_core.inspection.network import Network
from mnist_core.store import Run
from pages.services.networks import network_at, newest_snapshot
from pages.session.address import may_use_camera
from pages.text import message
from pages.views.draw.keep_digits import render_keeping
from pages.views.draw.marked_picture import render_marked_picture
from pages.views.draw.preprocessing import render_picture, render_steps, steps_on
from pages.views.draw.reading import Reading, read
from pages.views.shared.look_inside import render_look_inside
from pages.views.shared.probabilities import render_probabilities
from pages.widgets.digit_grid import render_digit_grid
from pages.widgets.drawing_canvas import render_drawing_canvas
from pages.widgets.upload_trouble import render_upload_trouble

NOTHING_IS_KEPT = (
    "What you draw, upload or photograph is not kept: the server looks at it, writes it down "
    "nowhere, and has forgotten it when this tab is closed. Only with “Keep it” are the 28 × 28 "
    "pixels of a digit kept on this server, until they are deleted on the page My digits."
)
CANVAS_LABEL = (
    "Field to draw a digit in, with the mouse, a finger or a pen. If you can't draw here, choose "
    "Upload above and send a picture of a digit."
)
NO_CAMERA = (
    "No camera here: a browser allows it only on pages that come over HTTPS or from your own "
    "computer (localhost), and this page is neither. Upload a picture instead. On a phone, the "
    "button below offers the camera, too."
)
HOW_TO_UPLOAD = (
    "Write digits on paper, take a picture, and choose its file here. Each digit is found and read."
)
ALLOWED = (
    f"{FORMATS_IN_WORDS}, at most {MOST_BYTES // 1_000_000} MB. Dark digits on light paper or "
    "light ones on dark, in any colour; ruled paper, a shadow and a table do no harm."
)
PICTURE_LABEL = "A picture with one digit or several"
COLUMN_WIDTHS = (4, 5, 3)  # on a phone one below the other: the answer comes right after the field


@st.fragment
def render_canvas(run: Run) -> None:
    """Draw the field, and what the network makes of the drawing after each stroke."""
    field, said, seen = st.columns(COLUMN_WIDTHS, gap="medium")
    with field:
        drawing, problem = _drawn()
    if drawing is None:
        with said:
            if problem:
                message.info("{problem}", problem=problem)
            else:
                message.info("Draw a digit, 0 to 9. The answer comes after each stroke.")
        render_steps(None)
        return
    newest = _newest_network(run)
    if newest is None:
        return
    network, epoch = newest
    [found] = read(network, [drawing], steps_on())
    with said:  # first of all: this is what one waits for
        _render_said(found, epoch)
    with seen:
        _render_seen(found)
        render_keeping([found])
    render_steps(found.prepared)


def render_upload(run: Run) -> None:
    """Draw the way from a file to its digits."""
    with st.container(key="upload"):
        st.caption(HOW_TO_UPLOAD)
        file = st.file_uploader(
            PICTURE_LABEL,
            ENDINGS,
            key="picture",
            help=ALLOWED,
            max_upload_size=MOST_BYTES // 1_000_000,
        )
        render_upload_trouble(has_file=file is not None, key="upload-trouble")
    _render_file(run, file)


def render_camera(run: Run) -> None:
    """Draw the way from the camera to its digits; without one, offer the upload."""
    if not may_use_camera():
        message.warning(NO_CAMERA)
        render_upload(run)
        return
    st.caption("Hold the sheet straight, with light from the side. Several digits may be on it.")
    _render_file(run, st.camera_input("Photograph a digit", key="photo", width=640))


WAYS: Mapping[str, Callable[[Run], None]] = MappingProxyType(
    {"Draw": render_canvas, "Upload": render_upload, "Camera": render_camera}
)


def _drawn() -> tuple[npt.NDArray[np.float32] | None, str]:
    """Return what is drawn, or why it can't be read."""
    try:
        return render_drawing_canvas(CANVAS_LABEL, key="drawing-canvas"), ""
    except DrawingError as error:
        return None, str(error)


def _render_file(run: Run, file: Any) -> None:
    if file is None:
        return
    try:
        with st.spinner("Reading the picture. Where many are sent at once, it waits its turn."):
            photo = read_photo(file.getvalue())
    except DrawingError as error:
        message.error("{error}", error=error)
        return
    if photo.problem:
        message.error("{problem}", problem=photo.problem)
        render_marked_picture(photo)
        return
    _render_digits(run, photo, file.file_id)


@st.fragment
def _render_digits(run: Run, photo: Photo, picture: str) -> None:
    """Draw the digits of a picture, and one of them in full.

    Args:
        run: who reads them.
        photo: with its digits.
        picture: what the picture is called; another one begins at its first digit.
    """
    newest = _newest_network(run)
    if newest is None:
        return
    network, epoch = newest
    digits = photo.digits
    readings = read(network, [digit.drawing for digit in digits], steps_on())
    chosen = 0
    if len(digits) > 1:
        chosen = _render_choice(readings, f"chosen-{picture}")
    field, said, seen = st.columns(COLUMN_WIDTHS, gap="medium")
    with field:
        st.markdown("**As it was found**" if len(digits) == 1 else f"**Digit {chosen + 1}**")
        render_picture(digits[chosen].drawing, "The digit as it was cut out of the picture")
    with said:
        _render_said(readings[chosen], epoch)
    with seen:
        _render_seen(readings[chosen])
        render_keeping(readings)
    st.markdown("**Where it was found**" if len(digits) == 1 else "**Where they were found**")
    render_marked_picture(photo, chosen)
    render_steps(readings[chosen].prepared)


def _render_choice(readings: Sequence[Reading], key: str) -> int:
    """Draw all digits with their guesses, and give the position of the chosen one."""
    chosen: int = st.session_state.get(key, 0)
    guesses = [each.guess for each in readings]
    st.subheader(f"{len(readings)} digits found: {', '.join(guesses)}", anchor=False)
    render_digit_grid(
        np.stack([each.image for each in readings]),
        guesses,
        [f"digit {number}, {each.describe()}" for number, each in enumerate(readings, 1)],
        label="The digits of the picture; choose one to see it in full",
        key="found-digits",
        chosen=chosen,
        on_choose=lambda position: st.session_state.update({key: position}),
        picture_size=4,
    )
    return chosen


def _render_seen(found: Reading) -> None:
    """Draw the 28 × 28 pixels, white on black as MNIST shows them."""
    st.markdown("**What the network sees**")
    render_digit_grid(
        found.image[np.newaxis],
        [f"{FIELD} × {FIELD}"],
        [f"what the network sees, {found.describe()}"],
        label="What the network sees",
        key="seen",
        picture_size=12,
    )
    st.caption("Ink is white and paper black, as in every image of MNIST.")


def _render_said(found: Reading, epoch: int) -> None:
    """Draw the guess of the network of that epoch and the ten likelihoods."""
    if found.problem:
        message.warning("{problem}", problem=found.problem)
        return
    st.subheader(found.in_words(), anchor=False)
    render_probabilities(found.y_prob, None, "chart-drawing-likelihoods")
    whose = f"Read by the network as it was {moment(epoch)}."
    st.caption(f"{found.second_in_words()} {whose}".strip())
    render_look_inside(found.image, None, "your drawing")


def _newest_network(run: Run) -> tuple[Network, int] | None:
    """Return the network of a run as it is by now, and its epoch; where it is gone, say so."""
    try:
        epoch = newest_snapshot(run)
        if epoch is not None:
            return network_at(run, epoch), epoch
    except MnistError as error:
        message.warning("{error}", error=error)
        return None
    message.warning("This run was deleted, and its network with it. Choose another run.")
    return None
