"""The drawing of a network: Python chooses what it shows and says, the browser lays it out."""

from pathlib import Path
from typing import Final

from pages.widgets.shared.mounting import register_component

MOST_DRAWN: Final = 12
"""Nodes of a layer; of a larger one some are left out."""

network_component = register_component(Path(__file__).parent)
