"""The drawing of a network: laid out in Python, drawn as SVG in the browser (network.js).

Both forms go to the browser, wide and upright, and it shows the one that has room.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_core.config import TrainingConfig
from pages.widgets.network_figure.layout import Diagram, layout_network
from pages.widgets.shared.digit_image import pack_images
from pages.widgets.shared.mounting import register_component

_component = register_component(Path(__file__).parent, "network")


def render_network_figure(
    config: TrainingConfig, digit: npt.NDArray[np.uint8], key: str = "chart-network"
) -> None:
    """Draw the network of these settings.

    Args:
        config: the settings.
        digit: uint8 (28, 28), 0 background to 255 ink: the image shown at the input.
        key: the element's key; it must stay the same for the drawing to stay.
    """
    drawing = _drawing(config.layers, config.activation)
    _component(key=key, data=drawing | {"digit": pack_images(digit)})


@lru_cache(maxsize=64)
def _drawing(layers: tuple[int, ...], activation: str) -> dict[str, Any]:
    """Lay out what the settings that can be seen say."""
    config = TrainingConfig(layers=layers, activation=activation)
    wide, upright = layout_network(config), layout_network(config, upright=True)
    return {
        "network": config.describe().partition(",")[0],
        "description": wide.description,
        "wide": _for_browser(wide),
        "upright": _for_browser(upright),
    }


def _for_browser(diagram: Diagram) -> dict[str, Any]:
    """Turn a drawing into what JSON holds, each bundle of edges into one path of SVG."""
    paths = [
        "".join(f"M{a.x:g} {a.y:g}L{b.x:g} {b.y:g}" for a, b in bundle) for bundle in diagram.edges
    ]
    return asdict(diagram) | {
        "picture": diagram.picture._asdict(),
        "layers": [
            asdict(layer)
            | {"texts": [text._asdict() for text in layer.texts], "area": layer.area._asdict()}
            for layer in diagram.layers
        ],
        "edges": paths,
    }
