"""How the dispatcher names the functions that workers run."""

from __future__ import annotations

from mnist_core.serving.joining import call


def test_a_function_is_called_by_its_name():
    assert call("math:sqrt", 9.0) == 3.0
