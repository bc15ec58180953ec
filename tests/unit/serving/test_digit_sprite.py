"""The digits of a map as one picture over HTTP."""

from __future__ import annotations

import asyncio
import io

import httpx
import numpy as np
from PIL import Image
from starlette.applications import Starlette

from mnist_core.data import Dataset
from mnist_core.errors import StoreError
from mnist_core.inspection.projection import choose_digits
from mnist_core.serving.digit_sprite import COLUMNS, sprite_routes, sprite_url


def fetch(tiny: Dataset, address: str) -> httpx.Response:
    def load(digest: str) -> Dataset:
        if digest != tiny.digest:
            raise StoreError("The store does not have the digits of this run.")
        return tiny

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=sprite_routes(load)))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.get(address)

    return asyncio.run(get())


def test_the_picture_holds_the_digits_of_the_map_in_their_order(tiny: Dataset) -> None:
    answer = fetch(tiny, sprite_url(tiny.digest))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    digits = choose_digits(tiny.y_test)
    assert picture.shape == (-(-len(digits) // COLUMNS) * 28, COLUMNS * 28)
    for place in (0, 7, COLUMNS, len(digits) - 1):
        row, column = divmod(place, COLUMNS)
        cell = picture[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28]
        np.testing.assert_array_equal(cell, tiny.x_test[digits[place]])


def test_digits_that_nobody_trained_on_are_not_found(tiny: Dataset) -> None:
    answer = fetch(tiny, sprite_url("0" * 64))
    assert answer.status_code == 404
    assert "does not have the digits" in answer.text
