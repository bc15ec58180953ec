"""The figures as a picture: bars with whiskers, as SVG, which every browser and README shows."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from benchmarks.peers import FLOOR, OURS, PEERS

WIDTH, LABELS, NUMBERS = 900, 270, 110
ROW, HEAD = 24, 44
COLOURS: Final = {OURS: "#0b6e4f", FLOOR: "#b8b8b8"}
OTHER_COLOUR: Final = "#7b93b5"

PANELS: Final = {
    "epoch": "median epoch, training alone",
    "fit_nothing_cached": "whole fit, nothing cached",
}


def draw_bars(summary: Mapping[str, Any]) -> str:
    """Draw what ``summarise`` gave: two panels a work, medians with minimum and maximum.

    Returns:
        a complete SVG document.
    """
    panels, top = [], 0
    for work, peers in summary.items():
        for figure, words in PANELS.items():
            shown = {
                peer: figures[figure]
                for peer, figures in peers.items()
                if figures[figure] and (peer != FLOOR or figure == "epoch")
            }
            if shown:
                panels.append(_panel(f"{work}: {words} (seconds)", shown, top))
                top += HEAD + ROW * len(shown)
    return document(top + ROW // 2, "\n".join(panels))


def document(height: int, content: str) -> str:
    """Put shapes on white paper, as a complete SVG document ``WIDTH`` wide."""
    size = f'width="{WIDTH}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {size} '
        'font-family="sans-serif" font-size="13">\n'
        f'<rect {size} fill="white"/>\n{content}\n</svg>\n'
    )


def _panel(title: str, shown: Mapping[str, Mapping[str, float]], top: int) -> str:
    scale = (WIDTH - LABELS - NUMBERS) / max(spread["max"] for spread in shown.values())
    heading = f'<text x="8" y="{top + HEAD - 14}" font-weight="bold">{escape(title)}</text>'
    bars = [
        _bar(peer, spread, top + HEAD + ROW * position, scale)
        for position, (peer, spread) in enumerate(shown.items())
    ]
    return "\n".join([heading, *bars])


def _bar(peer: str, spread: Mapping[str, float], y: int, scale: float) -> str:
    low, median, high = (LABELS + spread[key] * scale for key in ("min", "median", "max"))
    middle = y + ROW / 2
    colour = COLOURS.get(peer, OTHER_COLOUR)
    return (
        f'<text x="{LABELS - 8}" y="{middle + 4}" text-anchor="end">'
        f"{escape(PEERS[peer].title)}</text>"
        f'<rect x="{LABELS}" y="{y + 4}" width="{median - LABELS:.1f}" height="{ROW - 8}" '
        f'fill="{colour}"/>'
        f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} '
        f'{middle - 4}v8" stroke="#222" fill="none"/>'
        f'<text x="{high + 8:.1f}" y="{middle + 4}">{spread["median"]:.3g}</text>'
    )
