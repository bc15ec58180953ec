"""A model as the bytes of a ``.keras`` file that any Keras 3 opens, not only one as new as ours.

Each version of Keras writes settings into the file that the versions before refuse, even where
they say nothing. Without those, 3.0.5, 3.3.3, 3.5.0, 3.8.0, 3.11.3 and 3.13.2 were seen to open it.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import keras

from mnist_core.config import TrainingConfig
from mnist_core.errors import TrainingError
from mnist_core.training.checkpoint import Checkpoint
from mnist_core.training.model import build_model

_CONFIG: Final = "config.json"
_WEIGHTS: Final = "model.weights.h5"
# Settings that Keras 3.0 does not know, with the value that means what it does anyway.
_LATER_DEFAULTS: Final = {
    "input_axes": None,
    "optional": False,
    "output_axes": None,
    "quantization_config": None,
    "ragged": False,
}


_NOT_WHOLE: Final = (
    "The saved model lacks what a training needs to go on from it: weights and the optimizer's "
    "state after its last epoch."
)
# float32, and as much again twice for Adam; what is said besides takes little.
_BYTES_A_WEIGHT: Final = 12
_MORE_BYTES: Final = 1_000_000
_TRAIN_ANEW: Final = "Train anew, with more epochs."


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


def checkpoint_at_the_end(
    data: bytes,
    config: TrainingConfig,
    history: Mapping[str, Sequence[float]],
    *,
    steps_per_epoch: int,
    seconds: float,
) -> Checkpoint:
    """Read from a saved model where a run that was trained to its end would go on.

    Only numbers are read: into a model that is built here from the settings, so that nothing in
    the file is run.

    Args:
        data: as ``model_bytes`` gives it.
        config: the settings; of another number of epochs, maybe.
        history: ``accuracy``, ``loss``, ``val_accuracy`` and ``val_loss``, a number an epoch each.
        steps_per_epoch: updates of an epoch.
        seconds: of training behind it.

    Raises:
        TrainingError: the file does not hold the weights and the optimizer's state of such a model
            after whole epochs.
    """
    model = build_model(config)
    model.optimizer.build(model.trainable_variables)
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(data)) as source:
            if (
                source.getinfo(_WEIGHTS).file_size
                > _BYTES_A_WEIGHT * config.parameters + _MORE_BYTES
            ):
                raise TrainingError(_NOT_WHOLE, _TRAIN_ANEW)
            model.load_weights(source.extract(_WEIGHTS, folder))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise TrainingError(_NOT_WHOLE, _TRAIN_ANEW) from error
    epochs, rest = divmod(int(model.optimizer.iterations.numpy()), steps_per_epoch)
    if rest or not 0 < epochs <= len(history["loss"]):
        raise TrainingError(_NOT_WHOLE, _TRAIN_ANEW)
    return Checkpoint(
        epoch=epochs,
        batch=0,
        model=[variable.numpy() for variable in model.variables],
        optimizer=[variable.numpy() for variable in model.optimizer.variables],
        history={name: list(values[:epochs]) for name, values in history.items()},
        seconds=seconds,
    )


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
