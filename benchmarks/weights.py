"""What a training comes to, to the last bit: ``python -m benchmarks.weights``.

Prints one line a setting: a digest of the final weights, one of the History, and the last values
of the History for people. A change of the training loop is right when they stay. It uses public
names only, so an older state of the project can be asked by this very file:

    cd older/checkout && PYTHONPATH=. python -P newer/checkout/benchmarks/weights.py
"""

from __future__ import annotations

import argparse
import hashlib
import json
from typing import Any, Final

from benchmarks.arguments import add_data
from mnist_core import TrainingConfig, build_model, load_mnist, train

# isort: split
import keras  # after the project has set what TensorFlow reads

SETTINGS: Final = {
    "plain": {"layers": (128,), "seed": 0},
    "dropout": {"layers": (128,), "seed": 0, "dropout": 0.2},
    # A last batch of 24 digits, and epochs that no chunk divides.
    "uneven": {"layers": (32, 16), "seed": 3, "batch_size": 56, "l2": 0.0001, "optimizer": "sgd"},
}
LEFT_AFTER_REPORTS: Final = 3


class Left(Exception):  # noqa: N818 - a way out, not an error
    """Carries the checkpoint out of a training that is broken off."""

    def __init__(self, checkpoint: Any) -> None:
        super().__init__("left")
        self.checkpoint = checkpoint


class LeaveInTheMiddle(keras.callbacks.Callback):
    """Breaks a training off within its second epoch."""

    def __init__(self) -> None:
        super().__init__()
        self._history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep what the checkpoint needs of the finished epochs."""
        for name, value in (logs or {}).items():
            self._history.setdefault(name, []).append(value)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Leave with the state between two updates."""
        if self._history and batch == LEFT_AFTER_REPORTS:
            raise Left(self.params["fit"].capture(self._history))


def main() -> None:
    """Train with each setting, without a break and with one."""
    parser = argparse.ArgumentParser("python -m benchmarks.weights", description=__doc__)
    add_data(parser)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    dataset = load_mnist(options.data)
    for name, settings in SETTINGS.items():
        config = TrainingConfig(**settings, epochs=options.epochs)
        model = build_model(config)
        report(name, model, train(model, dataset, config))
        try:
            train(build_model(config), dataset, config, [LeaveInTheMiddle()])
        except Left as left:
            model = build_model(config)
            history = train(model, dataset, config, checkpoint=left.checkpoint)
            report(f"{name}, resumed", model, history)


def report(name: str, model: keras.Model, history: keras.callbacks.History) -> None:
    """Print one line."""
    weights = hashlib.sha256()
    for array in model.get_weights():
        weights.update(array.tobytes())
    values = json.dumps([history.epoch, history.history], sort_keys=True)  # floats to the last bit
    course = hashlib.sha256(values.encode())
    last = " ".join(f"{key}={value[-1]:.6f}" for key, value in sorted(history.history.items()))
    print(
        f"{name:17} weights {weights.hexdigest()} history {course.hexdigest()} {last}", flush=True
    )


if __name__ == "__main__":
    main()
