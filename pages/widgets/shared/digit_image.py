"""What components that show digits share: images on their way to the browser, and its script."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pages.widgets.shared.mounting import register_component

_SHARED_SCRIPT = Path(__file__).with_suffix(".js")


def pack_images(images: npt.NDArray[np.uint8]) -> str:
    """Write images as the browser's script unpacks them: their bytes in base64.

    Args:
        images: uint8 (n, 28, 28), 0 background to 255 ink.
    """
    return base64.b64encode(np.ascontiguousarray(images, dtype=np.uint8).tobytes()).decode()


def digit_component(name: str, folder: Path, stem: str | None = None) -> Any:
    """Register a component that shows digits.

    Args:
        name: the component's name.
        folder: where its HTML, CSS and JS are.
        stem: what these three files are called; None is as the component.
    """
    script = _SHARED_SCRIPT.read_text(encoding="utf-8")
    return register_component(name, folder, stem or name, shared_script=script)
