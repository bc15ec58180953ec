"""TensorFlow and Keras for a process that only trains; import this before either.

Keras imports scikit-learn, SciPy, pandas and pyarrow wherever they are installed, to take what they
give. A training never does, and without them its process starts in little more than half the time.
Nor could TensorFlow hang on macOS, as it can in a process that imported the last two before it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Final

import mnist_core.training.tensorflow_env  # noqa: F401 - before TensorFlow
from mnist_core.training.collector import collector_off

NOT_NEEDED: Final = ("sklearn", "scipy", "pandas", "pyarrow")


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Let packages look as if they were not installed, those apart that are imported already."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    hiding = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hiding))
    try:
        yield
    finally:
        for name in hiding:
            del sys.modules[name]


with collector_off(), hidden(*NOT_NEEDED):
    import tensorflow  # noqa: F401

    # isort: split
    import keras  # noqa: F401

    gc.freeze()  # what was imported stays: the collector need never look at it
