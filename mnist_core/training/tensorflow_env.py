"""How TensorFlow runs in a process; to be imported before TensorFlow itself.

Makes it Keras's backend, turns its log down and gives XLA a folder in which compiled functions are
kept, so that a network of a shape that was trained before starts in a fraction of the time.
``MNIST_COMPILATION_CACHE`` names another folder; empty, nothing is kept.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Final

from mnist_core import environment

MOST_FILES: Final = 300  # about 100 MB


def prepare() -> None:
    """Set what TensorFlow and Keras read from the environment when they are imported.

    What is set already stays, except for another backend. Later than the first import it has no
    effect.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    base = environment.compilation_cache()
    flags = os.environ.get("TF_XLA_FLAGS", "")
    if base is None or "persistent_cache_directory" in flags:
        return
    folder = base / _machine_code()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_oldest(folder)
    except OSError:
        return  # a full disk or a folder of somebody else's: compile anew each time
    # Without quotes TensorFlow reads a path up to its first blank, and writes there.
    quoted = str(folder).replace("\\", r"\\").replace('"', r"\"")
    os.environ["TF_XLA_FLAGS"] = f'{flags} --tf_xla_persistent_cache_directory="{quoted}"'.strip()


def _machine_code() -> str:
    """Name what compiled code depends on: TensorFlow's version and this kind of processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        abilities = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        abilities = platform.processor()
    digest = hashlib.sha256(f"{platform.machine()} {abilities}".encode()).hexdigest()[:12]
    return f"tensorflow-{importlib.metadata.version('tensorflow')}-{digest}"


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in files[: max(0, len(files) - MOST_FILES)]:
        path.unlink(missing_ok=True)


prepare()
