"""The digits of a map as one picture, which a browser fetches once and keeps.

Knows nothing of Streamlit. Read only: the test digits of data sets that somebody trained on.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mnist_core.config import SIDE
from mnist_core.data import Dataset
from mnist_core.errors import MnistError
from mnist_core.inspection.projection import choose_digits

COLUMNS: Final = 50
"""Digits in a row of the picture."""

_ADDRESS: Final = "api/map_digits/{}.png"
_KEPT: Final = 4


def sprite_url(digest: str) -> str:
    """Return the address of the picture, as seen from a page.

    It changes with the digits, so it can be kept for good.
    """
    return _ADDRESS.format(digest)


def sprite_routes(load_dataset: Callable[[str], Dataset]) -> list[Route]:
    """Return the route of the pictures.

    Args:
        load_dataset: gives a data set by its digest, or raises an ``MnistError``; is called in a
            thread.
    """
    one_at_a_time = threading.Lock()  # a class asks for the same picture at once

    @lru_cache(maxsize=_KEPT)
    def drawn(digest: str) -> bytes:
        dataset = load_dataset(digest)
        return draw_picture(dataset.x_test[choose_digits(dataset.y_test)])

    def picture(digest: str) -> bytes:
        with one_at_a_time:
            return drawn(digest)

    async def serve(request: Request) -> Response:
        try:
            content = await asyncio.to_thread(picture, request.path_params["digest"])
        except MnistError as error:
            return Response(str(error), status_code=404, media_type="text/plain")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content, media_type="image/png", headers=headers)

    return [Route(f"/{_ADDRESS.format('{digest}')}", serve)]


def draw_picture(images: npt.NDArray[np.uint8]) -> bytes:
    """Put digits side by side, ``COLUMNS`` in a row, white on black, a pixel for a pixel.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink; at least one.

    Returns:
        The bytes of a PNG file in grey.
    """
    rows = -(-len(images) // COLUMNS)
    cells = np.zeros((rows * COLUMNS, SIDE, SIDE), np.uint8)
    cells[: len(images)] = images
    grid = cells.reshape(rows, COLUMNS, SIDE, SIDE).swapaxes(1, 2)
    buffer = io.BytesIO()
    Image.fromarray(grid.reshape(rows * SIDE, COLUMNS * SIDE)).save(buffer, "PNG")
    return buffer.getvalue()
