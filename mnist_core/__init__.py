"""Train fully connected networks to read digits, and look at how they learn.

Importing this package is quick: what needs Keras is loaded at first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_core.charts import plot_accuracy_and_loss
    from mnist_core.config import TrainingConfig
    from mnist_core.data import Dataset, load_mnist
    from mnist_core.errors import MnistError
    from mnist_core.export import export_runs, import_runs, run_notebook, run_report
    from mnist_core.store import Store
    from mnist_core.training.fit import train
    from mnist_core.training.model import build_model

__version__ = "0.1.0"

__all__ = [
    "Dataset",
    "MnistError",
    "Store",
    "TrainingConfig",
    "build_model",
    "export_runs",
    "import_runs",
    "load_mnist",
    "plot_accuracy_and_loss",
    "run_notebook",
    "run_report",
    "train",
]

_HOMES = {
    "Dataset": "data",
    "MnistError": "errors",
    "TrainingConfig": "config",
    "build_model": "training.model",
    "Store": "store",
    "export_runs": "export",
    "import_runs": "export",
    "load_mnist": "data",
    "plot_accuracy_and_loss": "charts",
    "run_notebook": "export",
    "run_report": "export",
    "train": "training.fit",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module at first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mnist_core' has no attribute {name!r}")
    if _HOMES[name].startswith("training"):
        importlib.import_module("mnist_core.training.tensorflow_env")
    value = getattr(importlib.import_module(f"mnist_core.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
