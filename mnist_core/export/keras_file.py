"""The numbers of a ``.keras`` file without Keras: read from one of ours, or written as a new one.

A file from elsewhere is never read here: a ``.keras`` file can carry programs. Who brings a run
back gets a new file, written from its numbers.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import h5py
import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES, PIXELS, SIDE, TrainingConfig

Array = npt.NDArray[Any]

_WEIGHTS: Final = "model.weights.h5"
_OPTIMIZER: Final = "optimizer/vars"


def read_model(data: bytes) -> tuple[list[Array], list[Array]]:
    """Read weights and the optimizer's state from a model that this program has saved.

    Args:
        data: the bytes of the ``.keras`` file.

    Returns:
        float32 kernel and bias of each layer, then the optimizer's variables; both in Keras's
        order, and the second empty where the file has none.
    """
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        h5py.File(io.BytesIO(archive.read(_WEIGHTS)), "r") as file,
    ):
        weights = []
        for number in range(len(file["layers"])):
            group = file.get(f"layers/{_numbered('dense', number)}/vars")
            weights += _arrays(group)
        return weights, _arrays(file.get(_OPTIMIZER))


def write_model(
    config: TrainingConfig, weights: Sequence[Array], optimizer: Sequence[Array] = ()
) -> bytes:
    """Write a network as the bytes of a ``.keras`` file that Keras 3 opens.

    Args:
        config: the settings of its run.
        weights: float32 kernel and bias of each layer, hidden ones first.
        optimizer: the optimizer's variables; without them the model is not compiled.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        metadata = {
            "keras_version": importlib.metadata.version("keras"),
            "date_saved": f"{datetime.now(UTC):%Y-%m-%d@%H:%M:%S}",
        }
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", json.dumps(_model(config, compiled=bool(optimizer))))
        archive.writestr(_WEIGHTS, _weights_file(config, weights, optimizer))
    return buffer.getvalue()


def _arrays(group: Any) -> list[Array]:
    if group is None:
        return []
    return [group[str(number)][()] for number in range(len(group))]


def _numbered(kind: str, number: int) -> str:
    """Name a layer as Keras does in its files: dense, dense_1, dense_2 ..."""
    return f"{kind}_{number}" if number else kind


def _weights_file(
    config: TrainingConfig, weights: Sequence[Array], optimizer: Sequence[Array]
) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_group("vars")
        for number, name in enumerate(_dense_names(config)):
            group = file.create_group(f"layers/{_numbered('dense', number)}/vars")
            group.attrs["name"] = name
            for place, array in enumerate(weights[2 * number : 2 * number + 2]):
                group[str(place)] = array
        for number in range(len(config.layers) if config.dropout else 0):
            file.create_group(f"layers/{_numbered('dropout', number)}/vars")
        file.create_group("layers/flatten/vars")
        if optimizer:
            group = file.create_group(_OPTIMIZER)
            for place, array in enumerate(optimizer):
                group[str(place)] = array
    return buffer.getvalue()


def _dense_names(config: TrainingConfig) -> list[str]:
    return [*(f"layer_{number}" for number in range(1, len(config.layers) + 1)), "likelihoods"]


def _model(config: TrainingConfig, *, compiled: bool) -> dict[str, Any]:
    shape = [None, SIDE, SIDE]
    layers = [
        _layer("InputLayer", "pixels", batch_shape=shape, dtype="float32", sparse=False),
        _layer("Flatten", "flatten", shape, dtype="float32", data_format="channels_last"),
    ]
    # As the program builds it: two seeds a hidden layer, one for the last.
    seeds = np.random.SeedSequence(config.seed).generate_state(2 * len(config.layers) + 1)
    widths = (PIXELS, *config.layers, CLASSES)
    for number, name in enumerate(_dense_names(config)):
        layers.append(
            _dense(config, name, widths[number], widths[number + 1], int(seeds[2 * number]))
        )
        if config.dropout and number < len(config.layers):
            layers.append(
                _layer(
                    "Dropout",
                    f"dropout_{number + 1}",
                    dtype="float32",
                    rate=config.dropout,
                    seed=int(seeds[2 * number + 1]),
                    noise_shape=None,
                )
            )
    model = _object(
        "keras",
        "Sequential",
        name="digit_reader",
        trainable=True,
        dtype="float32",
        layers=layers,
        build_input_shape=shape,
    ) | {"build_config": {"input_shape": shape}}
    if compiled:
        model["compile_config"] = {
            "optimizer": _optimizer(config),
            "loss": "sparse_categorical_crossentropy",
            "loss_weights": None,
            "metrics": ["accuracy"],
            "weighted_metrics": None,
            "run_eagerly": False,
            "steps_per_execution": 1,
            "jit_compile": False,
        }
    return model


def _dense(config: TrainingConfig, name: str, inputs: int, nodes: int, seed: int) -> dict[str, Any]:
    regularizer = _object("keras.regularizers", "L2", l2=config.l2) if config.l2 else None
    return _layer(
        "Dense",
        name,
        [None, inputs],
        dtype="float32",
        units=nodes,
        activation="softmax" if name == "likelihoods" else config.activation,
        use_bias=True,
        kernel_initializer=_object("keras.initializers", "GlorotUniform", seed=seed),
        bias_initializer=_object("keras.initializers", "Zeros"),
        kernel_regularizer=regularizer,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
    )


def _optimizer(config: TrainingConfig) -> dict[str, Any]:
    name = {"adam": "Adam", "rmsprop": "RMSprop"}.get(config.optimizer, "SGD")
    momentum = {"momentum": 0.9} if config.optimizer == "momentum" else {}
    rate = config.learning_rate
    return _object("keras.optimizers", name, name=config.optimizer, learning_rate=rate, **momentum)


def _layer(
    kind: str, name: str, input_shape: list[int | None] | None = None, **settings: Any
) -> dict[str, Any]:
    trainable = {} if kind == "InputLayer" else {"trainable": True}
    layer = _object("keras.layers", kind, name=name, **trainable, **settings)
    return layer | ({"build_config": {"input_shape": input_shape}} if input_shape else {})


def _object(module: str, kind: str, **config: Any) -> dict[str, Any]:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}
