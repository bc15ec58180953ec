"""A model as the bytes of a ``.keras`` file that any Keras 3 opens, not only one as new as ours.

Each version of Keras writes settings into the file that the versions before refuse, even where
they say nothing. Without those, 3.0.5, 3.3.3, 3.5.0, 3.8.0, 3.11.3 and 3.13.2 were seen to open it.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

import keras

_CONFIG: Final = "config.json"
# Settings that Keras 3.0 does not know, with the value that means what it does anyway.
_LATER_DEFAULTS: Final = {
    "input_axes": None,
    "optional": False,
    "output_axes": None,
    "quantization_config": None,
    "ragged": False,
}


def model_bytes(model: keras.Sequential) -> bytes:
    """Save a model as the bytes of a ``.keras`` file."""
    with tempfile.TemporaryDirectory() as folder:
        written, rewritten = Path(folder) / "written.keras", Path(folder) / "model.keras"
        model.save(written)
        with zipfile.ZipFile(written) as source, zipfile.ZipFile(rewritten, "w") as target:
            for member in source.infolist():
                data = source.read(member)
                if member.filename == _CONFIG:
                    data = json.dumps(_for_older(json.loads(data))).encode()
                target.writestr(member, data)
        return rewritten.read_bytes()


def _for_older(config: Any) -> Any:
    """Leave out of a configuration, however deep, what Keras 3.0 would stumble over."""
    if isinstance(config, list):
        return [_for_older(value) for value in config]
    if not isinstance(config, dict):
        return config
    if config.get("class_name") == "DTypePolicy":
        return config["config"]["name"]
    return {
        key: _for_older(value)
        for key, value in config.items()
        if key not in _LATER_DEFAULTS or value != _LATER_DEFAULTS[key]
    }
