"""Tell ink from paper: by brightness and by colour, in shadows and in uneven light."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_erosion, gaussian_filter, maximum_filter, minimum_filter
from skimage.filters import threshold_otsu
from skimage.filters.rank import median
from skimage.morphology import reconstruction

from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import Floats, Mask, measure_line_width
from mnist_core.handwriting.pixels import brightness, resized, shrunk

FAINTEST: Final = 0.06
"""How much ink there must be at a pixel, from 0 to 1, to stand out from the paper's noise."""


def find_ink(colour: Floats, sheet: Mask | None = None) -> Floats:
    """Measure how much each pixel stands out from the paper around it.

    Whichever is darker, ink or paper, and whatever their colours: ink as bright as its paper stands
    out by its colour. Shadows, with soft edges and with hard ones, are paper.

    Args:
        colour: float32 (h, w, 3), 0 to 1.
        sheet: bool (h, w), where there is paper; None for everywhere.

    Returns:
        float32 (h, w), 0 paper to 1 black ink on white. What is below ``FAINTEST`` is noise.

    Raises:
        DrawingError: nothing stands out from the paper.
    """
    sheet = np.ones(colour.shape[:2], bool) if sheet is None else sheet
    colour = _without_noise(colour)
    light = brightness(colour)
    if not is_dark_on_light(light, sheet):
        light = 1 - light
    darkness = _scaled(_darkness(light, sheet), sheet, _FAINTEST_GREY)
    tint = _scaled(_tint(colour, darkness, sheet), sheet, _FAINTEST_COLOUR)
    needed = ((2 * _STRONG - maximum_filter(darkness, _BLUR)) / _STRONG).clip(0, 1)
    ink = np.maximum(darkness, tint * needed) * sheet
    if ink.max() < 2 * FAINTEST:
        raise DrawingError(
            "No ink stands out from the paper here. Take the picture closer, with more light, or "
            "write with a darker pen."
        )
    found: Floats = ink.clip(0, 1)
    return found


def is_dark_on_light(light: Floats, sheet: Mask | None = None) -> bool:
    """Check whether the ink is darker than the paper.

    Where a picture has two greys and one of them is all around it, that one is paper. Elsewhere ink
    takes up less than half of the room around it, so a local median shows the paper, shadows and
    all; ink is what differs most from it.

    Args:
        light: float32 (h, w), 0 black to 1 white.
        sheet: bool (h, w), where there is paper; None for everywhere.
    """
    small = np.rint(255 * shrunk(light, _SMALL).clip(0, 1)).astype(np.uint8)
    covers = np.ones(small.shape, np.uint8)
    if sheet is not None:
        covers = (resized(sheet.astype(np.float32), *small.shape) > 0.5).astype(np.uint8)
    inside = small[covers > 0]
    threshold = threshold_otsu(inside)
    rim = small[(covers > 0) & ~binary_erosion(covers, iterations=2)] > threshold
    if _parted(inside, threshold) > _TWO_GREYS and not _MIXED < rim.mean() < 1 - _MIXED:
        return bool(rim.mean() > 0.5)
    around = np.ones((max(small.shape) // 2 + 1,) * 2, np.uint8)
    away = median(small, around, mask=covers).astype(float) - small
    away[covers == 0] = 0
    return float((away.clip(0) ** 2).sum()) >= float(((-away).clip(0) ** 2).sum())


_TWO_GREYS: Final = 0.85  # of all differences in brightness: that between two greys
_MIXED: Final = 0.1  # of the edge of a picture: so much has another grey than the rest
_SMALL: Final = 200  # pixels of the longer side that are enough to see what is paper
_WINDOW: Final = 0.35  # of the longer side: wider than any stroke
_STROKES: Final = 4  # times the width of a stroke: a window that is wide enough for it
_LEAST_WINDOW: Final = 25  # pixels
_DEEP: Final = 0.45  # of the paper's brightness: no shadow inside a sheet is so dark
_DARKEST: Final = 0.25  # of full light: on darker paper noise would look like ink
_FAINTEST_GREY: Final = 0.06  # of the paper's brightness
_FAINTEST_COLOUR: Final = 0.09
_NOISE_KEPT_OUT: Final = 4.5  # standard deviations
_NOISY: Final = 0.012  # standard deviation of the noise from which on a picture is smoothed
_DIMMEST: Final = 0.4  # of full light: what is darker has less colour than noise
_STRONG: Final = 0.2  # darkness beside which colour adds nothing: it is blurred in most files
_BLUR: Final = 17  # pixels


def _parted(values: npt.NDArray[np.uint8], threshold: float) -> float:
    """Return which share of the variance lies between what is above and below a threshold.

    Source: Otsu 1979, A Threshold Selection Method from Gray-Level Histograms.
    """
    above = values > threshold
    share, variance = float(above.mean()), float(values.var())
    if not 0 < share < 1:
        return 0.0
    apart = float(values[above].mean()) - float(values[~above].mean())
    return share * (1 - share) * apart**2 / variance


def _without_noise(colour: Floats) -> Floats:
    """Smooth a noisy picture; a sharp one may have lines of a single pixel."""
    if min(colour.shape[:2]) < _SMALL:
        return colour
    light = brightness(colour)
    second = (
        light[1:-1, 1:-1]
        - (light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]) / 4
    )
    noise = 1.4826 * float(np.median(np.abs(second))) / np.sqrt(1.25)
    return gaussian_filter(colour, (0.8, 0.8, 0)) if noise > _NOISY else colour


def _darkness(light: Floats, sheet: Mask) -> Floats:
    """Return how much darker each pixel is than the paper, as a share of the paper's brightness."""
    side = max(light.shape)
    first = _closed(light, sheet, round(_WINDOW * side))
    rough = _below(light, first)
    rough = shrunk(rough, 3 * _SMALL)
    ink: Mask = rough > max(2 * FAINTEST, float(rough.max()) / 3)
    stroke = measure_line_width(ink) * side / max(ink.shape) if ink.any() else side
    window = int(np.clip(_STROKES * stroke, _LEAST_WINDOW, _WINDOW * side))
    paper = np.maximum(_closed(light, sheet, window), _filled(light, sheet))
    return _below(light, paper)


def _below(light: Floats, paper: Floats) -> Floats:
    return ((paper - light) / np.maximum(paper, np.float32(_DARKEST))).clip(0, 1)


def _closed(light: Floats, sheet: Mask, window: int) -> Floats:
    """Fill what is dark and narrower than a window; what is wider, a shadow, keeps its edge.

    What lies outside the sheet or the picture counts neither as dark nor as bright.
    """
    size = 2 * (window // 2) + 1
    brightest = maximum_filter(np.where(sheet, light, 0), size, mode="constant", cval=0)
    paper: Floats = minimum_filter(np.where(sheet, brightest, 1), size, mode="constant", cval=1)
    return paper


def _filled(light: Floats, sheet: Mask) -> Floats:
    """Fill what is very dark and does not reach the edge, however wide it is; elsewhere 0."""
    small = shrunk(light, _SMALL)
    covers = resized(sheet.astype(np.float32), *small.shape) > 0.5
    level = np.where(covers, small, 0)
    seed = np.ones_like(level)
    seed[[0, -1]], seed[:, [0, -1]] = level[[0, -1]], level[:, [0, -1]]
    full = reconstruction(seed, level, method="erosion").astype(np.float32)
    deep = (full - level > _DEEP * full) & covers
    filled = maximum_filter(np.where(deep, full, 0), 3)
    large = resized(filled, *light.shape)
    return np.where(resized(deep.astype(np.float32), *light.shape) > 0, large, 0)


def _tint(colour: Floats, darkness: Floats, sheet: Mask) -> Floats:
    """Return how far each pixel's colour is from that of the paper, whatever its brightness."""
    light = np.maximum(brightness(colour), np.float32(_DIMMEST))[..., np.newaxis]
    share: Floats = (colour / light).astype(np.float32)
    paper = _colour_of_paper(share, sheet & (darkness < FAINTEST))
    away = share - paper
    # What only makes the paper darker or brighter is no colour.
    shade = paper + np.float32(0.05)  # black paper has none
    along = (away * shade).sum(axis=2, keepdims=True) / (shade * shade).sum(axis=2, keepdims=True)
    distance: Floats = np.linalg.norm(away - along * shade, axis=2) / np.sqrt(np.float32(2))
    return distance


def _colour_of_paper(share: Floats, paper: Mask) -> Floats:
    """Fit colours that change evenly from one side to the other, as lamps and windows make them."""
    height, width = paper.shape
    step = max(1, max(paper.shape) // 80)
    down, right = np.mgrid[0:height:step, 0:width:step]
    used = paper[::step, ::step].ravel()
    if used.sum() < 50:
        used[:] = True
    places = np.stack([np.ones(down.size), down.ravel() / height, right.ravel() / width], axis=1)
    values = share[::step, ::step].reshape(-1, 3)
    middle = np.median(values[used], axis=0)
    off = np.abs(values - middle).sum(axis=1)
    for _ in range(3):
        near = used & (off <= np.median(off[used]) * 2 + 1e-3)
        plane = np.linalg.lstsq(places[near], values[near], rcond=None)[0]
        off = np.abs(values - places @ plane).sum(axis=1)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, np.newaxis, np.newaxis]
    columns = np.linspace(0, 1, width, dtype=np.float32)[np.newaxis, :, np.newaxis]
    flat = plane.astype(np.float32)
    fitted: Floats = flat[0] + rows * flat[1] + columns * flat[2]
    return fitted


def _scaled(values: Floats, sheet: Mask, faintest: float) -> Floats:
    """Take the paper's own level off and scale, so that noise lies below ``FAINTEST``."""
    some = values[sheet][::7]
    paper = some[some <= threshold_otsu(some)] if np.ptp(some) > 0 else some
    counts, edges = np.histogram(paper, 50)
    level = float(edges[np.argmax(counts)])
    noise = 1.4826 * float(np.median(np.abs(paper - level)))
    floor = max(faintest, _NOISE_KEPT_OUT * noise)
    scaled: Floats = ((values - np.float32(level)) * np.float32(FAINTEST / floor)).clip(0, 1)
    return scaled
