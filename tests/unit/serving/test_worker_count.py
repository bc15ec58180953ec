"""How many workers there are, and how their functions are named."""

from __future__ import annotations

import os

import pytest

from mnist_core.errors import MnistError
from mnist_core.serving.dispatcher import call, worker_count


@pytest.mark.parametrize("text", ["0", "65", "two", "-1", "1.5"])
def test_a_wrong_number_of_workers_is_refused_with_what_is_allowed(monkeypatch, text):
    monkeypatch.setenv("MNIST_WORKERS", text)
    with pytest.raises(MnistError, match="Choose a whole number from 1 to 64"):
        worker_count()


def test_without_a_wish_there_is_one_worker_for_two_cores(monkeypatch):
    monkeypatch.delenv("MNIST_WORKERS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert worker_count() == 4
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert worker_count() == 1


def test_a_function_is_called_by_its_name():
    assert call("math:sqrt", 9.0) == 3.0
