"""A picture with what was found on it: a numbered box around each digit, a grey one elsewhere."""

import base64
import io
from collections import Counter
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from mnist_core.charts import style
from mnist_core.formatting import counted, listed
from mnist_core.handwriting.photo import FoundDigit, LeftOut, Photo

SHOWN_WIDTH = 800
NOT_READ = "#808080"


def render_marked_picture(photo: Photo, chosen: int | None = None) -> None:
    """Draw the picture as it was read.

    Args:
        photo: with what was found on it.
        chosen: the digit whose box is drawn thicker.
    """
    alt = f"Your picture; {counted(len(photo.digits), 'digit')} marked on it"
    picture = _as_jpeg(_marked(photo, chosen))
    st.html(
        '<img style="max-width: 100%; height: auto" data-testid="marked-picture" '
        f'alt="{alt}" src="data:image/jpeg;base64,{picture}">'
    )
    if said := describe(photo):
        st.caption(said)


def describe(photo: Photo) -> str:
    """Say what was done with a picture, and what on it was left out."""
    said = []
    if photo.has_table:
        said.append("Only the sheet was looked at, not the table around it.")
    if photo.lines:
        said.append(f"{counted(photo.lines, 'ruled line')} were taken out.")
    if reasons := Counter(each.reason for each in photo.left_out):
        named = [f"{reason} ({number})" for reason, number in reasons.items()]
        said.append(f"Left out, in grey: {listed(named)}.")
    return " ".join(said)


def _marked(photo: Photo, chosen: int | None) -> Image.Image:
    picture = Image.fromarray(photo.picture)
    factor = min(1.0, SHOWN_WIDTH / max(picture.size))
    picture = picture.resize([max(1, round(side * factor)) for side in picture.size])
    pencil = ImageDraw.Draw(picture)
    for each in photo.left_out:
        pencil.rectangle(_box(each, factor), outline=NOT_READ, width=2)
    for place, digit in enumerate(photo.digits):
        box = _box(digit, factor)
        pencil.rectangle(box, outline=style.TRAINING, width=4 if place == chosen else 2)
        _write_number(pencil, str(place + 1), box)
    return picture


def _box(one: FoundDigit | LeftOut, factor: float) -> Sequence[float]:
    frame = np.array([one.left, one.top, one.left + one.width, one.top + one.height]) * factor
    return [*(frame[:2] - 3).tolist(), *(frame[2:] + 3).tolist()]


def _write_number(pencil: ImageDraw.ImageDraw, number: str, box: Sequence[float]) -> None:
    """Write white on the colour of the box, above its corner or, at the top, inside it."""
    place = (box[0], box[1] - 16 if box[1] >= 16 else box[1])
    extent = pencil.textbbox((place[0] + 3, place[1] + 1), number, font_size=14)
    pencil.rectangle((place[0], place[1], extent[2] + 3, place[1] + 16), fill=style.TRAINING)
    pencil.text((place[0] + 3, place[1] + 1), number, fill="white", font_size=14)


def _as_jpeg(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return base64.b64encode(file.getvalue()).decode()
