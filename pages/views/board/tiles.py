"""The newest runs of a class as tiles, a small curve each."""

import base64
import html

import streamlit as st

from mnist_core.charts import (
    HALVING,
    Scale,
    common_scale,
    scale_words,
    small_curve_svg,
    small_curve_words,
)
from mnist_core.formatting import percent
from mnist_core.serving.class_board import ClassBoard
from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.session.browser import is_mine
from pages.text import message

TILES = 30

# One element for all of them: a hundred browsers ask for it again every few seconds.
_TILE = (
    '<li>{head}<img src="data:image/svg+xml;base64,{picture}" alt="{words}">'
    "<p><b>{accuracy}</b> {state}</p></li>"
)


def render_tiles(board: ClassBoard) -> None:
    """Draw the newest runs, without a name unless the teacher shows them."""
    runs = board.shown[:TILES]
    if not runs:
        message.info("Nobody has trained yet. Each run appears here by itself.")
        return
    scale = common_scale(board.curves[run.id] for run in runs)
    tiles = "".join(_tile(run, board, scale) for run in runs)
    st.html(f'<ul class="class-runs">{tiles}</ul>')
    older = len(board.shown) - len(runs)
    more = f" {older:,} older runs are not shown." if older else ""
    st.caption(f"Validation accuracy, epoch by epoch. {scale_words(scale)}{more}")


def _tile(run: Run, board: ClassBoard, scale: Scale | None) -> str:
    curve = board.curves[run.id]
    picture = small_curve_svg(curve, scale, accuracy_axis=HALVING)  # one bad run flattens no other
    name, settings = (html.escape(words) for words in (board.name_of(run), run.config.describe()))
    mine = " (yours)" if is_mine(run) else ""
    head = f"<strong>{name}{mine}</strong><p>{settings}</p>" if name else f"<p>{settings}{mine}</p>"
    return _TILE.format(
        head=head,
        picture=base64.b64encode(picture.encode()).decode(),
        words=small_curve_words(curve),
        accuracy=percent(run.val_accuracy),
        state=state(run),
    )
