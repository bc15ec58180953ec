"""A process that only trains leaves alone what Keras would import for others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mnist_core.training.lean_import import hidden

WORKER = """
import gc, sys
from mnist_core.training import worker
from mnist_core.training.lean_import import NOT_NEEDED
assert not sys.modules.keys() & set(NOT_NEEDED), sys.modules.keys() & set(NOT_NEEDED)
import scipy  # it is there for whoever wants it later
assert gc.isenabled() and gc.get_freeze_count() > 100_000, gc.get_freeze_count()
"""


def test_a_worker_imports_none_of_the_packages_that_a_training_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKER], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_is_hidden_comes_back_and_what_was_imported_before_stays() -> None:
    sys.modules.pop("this", None)
    with hidden("this", "json"):
        import json  # noqa: F401

        with pytest.raises(ModuleNotFoundError):
            import this  # noqa: F401
    assert "this" not in sys.modules
