"""The network that settings build: how many nodes and parameters each layer has, and why."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES, PIXELS, TrainingConfig
from mnist_core.formatting import counted
from pages.widgets.network_figure.component import MOST_DRAWN, network_component
from pages.widgets.shared.digit_image import pack_images


def render_network_figure(
    config: TrainingConfig, digit: npt.NDArray[np.uint8], key: str = "chart-network"
) -> None:
    """Draw the network of these settings.

    Args:
        config: the settings.
        digit: uint8 (28, 28), 0 background to 255 ink: the image shown at the input.
        key: the element's key; it must stay the same for the drawing to stay.
    """
    network_component(key=key, data=network_in_words(config) | {"digit": pack_images(digit)})


def network_in_words(config: TrainingConfig) -> dict[str, Any]:
    """Return what the drawing of a network says, layer by layer."""
    widths = (PIXELS, *config.layers, CLASSES)
    layers = [_layer(config, position, nodes) for position, nodes in enumerate(widths)]
    total = f"{config.parameters:,} parameters"
    if config.layers:
        addends = " + ".join(f"{parameters:,}" for parameters in config.layer_parameters)
        total = f"{addends} = {total}"
    all_layers = " ".join(f"{layer['words']}." for layer in layers)
    return {
        "title": f"Your network: {config.describe().partition(',')[0]}",
        "description": f"{all_layers} Every node is connected to every node of the next layer. "
        f"In all: {total}.",
        "caption": total,
        "layers": layers,
    }


def _layer(config: TrainingConfig, position: int, nodes: int) -> dict[str, Any]:
    is_output = position == len(config.layers) + 1
    name = "Output" if is_output else f"Layer {position}" if position else "Input"
    if position:
        inputs = (PIXELS, *config.layers)[position - 1]
        parameters = f"{config.layer_parameters[position - 1]:,}"
        biases = f"{nodes:,} {'bias' if nodes == 1 else 'biases'}"
        arithmetic = f"{inputs:,} × {nodes:,} weights + {biases} = {parameters}"
        activation = "softmax" if is_output else config.activation
        count = counted(nodes, "node")
        wide = [[name, activation], [count, parameters, "parameters"]]
        upright = [name, f"{count}, {activation}", f"{parameters} parameters"]
    else:
        arithmetic = f"28 × 28 pixels = {nodes} numbers, nothing to learn"
        wide, upright = [[name], [f"{nodes} pixels"]], [name, f"{nodes} pixels"]
    drawn = range(min(nodes, MOST_DRAWN))
    return {
        "words": f"{name}: {arithmetic}",
        "texts": {"wide": wide, "upright": upright},
        "nodes": [{"label": str(number) if is_output else ""} for number in drawn],
        "has_dots": nodes > MOST_DRAWN,
    }
