"""Files as people have them: the refusal says what was found, and its line of NumPy mends it."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_core.data import Arrays, read_npz
from mnist_core.errors import DataError

Write = Callable[..., Path]
LINE = "Mend it with NumPy: "


def mended(path: Path, arrays: dict[str, Any] | None = None) -> Arrays:
    """Read a file that is refused, again and again after the line of the refusal was run."""
    for _ in range(5):
        try:
            return read_npz(path)
        except DataError as error:
            line = str(error).split(LINE)[1]
        names: dict[str, Any] = {"np": np, **(arrays or {})}
        exec(line, names)
        if arrays is None:
            path = Path("digits.npz").absolute()
        else:
            arrays = {key: names[key] for key in arrays}
            np.savez(path, **arrays)
    raise AssertionError(f"nothing mends {path}")


@pytest.mark.parametrize(
    "change",
    [
        lambda a: {"y_train": a.y_train[:, np.newaxis]},
        lambda a: {"y_train": a.y_train[np.newaxis], "y_test": a.y_test[:, np.newaxis].astype(int)},
        lambda a: {"y_train": np.eye(10)[a.y_train], "y_test": np.eye(10, dtype=bool)[a.y_test]},
        lambda a: {"y_train": a.y_train.astype("float32"), "y_test": a.y_test.astype("<U1")},
        lambda a: {"y_train": a.y_train[:, np.newaxis].astype("float32")},
        lambda a: {"y_train": a.y_train.astype("S1")},
        lambda a: {"x_train": a.x_train.reshape(40, 784), "x_test": a.x_test.reshape(20, 784)},
        lambda a: {"x_train": a.x_train[..., np.newaxis], "x_test": a.x_test[:, np.newaxis]},
        lambda a: {"x_train": a.x_train.transpose(1, 2, 0)},
        lambda a: {"x_train": np.repeat(a.x_train[..., np.newaxis], 3, axis=3)},
        lambda a: {"x_train": a.x_train / 255, "x_test": (a.x_test / 255).astype("float32")},
        lambda a: {"x_train": a.x_train.astype(float), "x_test": a.x_test.astype("int64")},
        lambda a: {"x_train": a.x_train / 127.5 - 1},
        lambda a: {"x_train": (a.x_train / 255).astype("float32").reshape(40, 1, 784)},
    ],
)
def test_the_line_for_an_array_mends_it(npz: Write, few: Arrays, change: Any) -> None:
    arrays = few._asdict() | change(few)

    for read, written in zip(mended(npz(**arrays), arrays), few, strict=True):
        np.testing.assert_array_equal(read, written)


@pytest.mark.parametrize(
    "names",
    [
        ("arr_0", "arr_1", "arr_2", "arr_3"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("X", "Y", "X_t10k", 'a "name"'),
    ],
)
def test_arrays_of_other_names_get_theirs(
    tmp_path: Path, few: Arrays, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez("other.npz", **dict(zip(names, few, strict=True)))

    assert mended(tmp_path / "other.npz").digest() == few.digest()


def test_test_digits_are_known_by_their_name_before_their_number(
    tmp_path: Path, few: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    named = {"test": few.x_train, "test_labels": few.y_train}
    np.savez("other.npz", **named, train=few.x_test, train_labels=few.y_test)

    np.testing.assert_array_equal(mended(tmp_path / "other.npz").y_test, few.y_train)


def test_a_single_set_is_split_as_mnist_is(
    tmp_path: Path, few: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez("one.npz", data=few.x_train.reshape(40, 784), target=few.y_train)
    with pytest.raises(DataError, match=r"data \(40, 784\) and target \(40,\)"):
        read_npz(tmp_path / "one.npz")

    np.savez("one.npz", data=few.x_train, target=few.y_train)
    read = mended(tmp_path / "one.npz")
    assert (len(read.y_train), len(read.y_test)) == (34, 6)


@pytest.mark.parametrize(
    ("label_last", "head", "separator"),
    [(False, True, ","), (False, False, ";"), (True, True, "\t")],
)
def test_a_table_of_pixels_becomes_digits(
    tmp_path: Path,
    few: Arrays,
    monkeypatch: pytest.MonkeyPatch,
    label_last: bool,
    head: bool,
    separator: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    pixels, labels = few.x_train.reshape(40, 784), few.y_train[:, np.newaxis]
    parts = (pixels, labels) if label_last else (labels, pixels)
    names = [f"pixel{number}" for number in range(784)]
    columns = [*names, "label"] if label_last else ["label", *names]
    np.savetxt(
        "digits.csv",
        np.hstack(parts),
        fmt="%d",
        delimiter=separator,
        header=separator.join(columns) if head else "",
        comments="",
    )

    read = mended(tmp_path / "digits.csv")
    np.testing.assert_array_equal(np.concatenate([read.x_train, read.x_test]), few.x_train)
    np.testing.assert_array_equal(np.concatenate([read.y_train, read.y_test]), few.y_train)


@pytest.mark.parametrize("packed", [False, True])
def test_the_four_files_of_mnist_become_one(
    tmp_path: Path,
    few: Arrays,
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    for part, images, labels in (
        ("train", few.x_train, few.y_train),
        ("t10k", few.x_test, few.y_test),
    ):
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            content = head + array.tobytes()
            name = f"{part}-{kind}-ubyte" + (".gz" if packed else "")
            Path(name).write_bytes(gzip.compress(content) if packed else content)

    first = tmp_path / f"train-images-idx3-ubyte{'.gz' if packed else ''}"
    assert mended(first).digest() == few.digest()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (gzip.compress(b"anything", mtime=0), "It is a gzip file. Unpack it first."),
        (
            b"\x93NUMPY\x01\x00",
            'It is one array. Mend it with NumPy: np.savez("digits.npz", x_train',
        ),
        (b"\x89HDF\r\n", "It is an HDF5 file."),
        (b"\x80\x04\x95", "It is a pickle, which could run any program."),
        (b"MATLAB 5.0 MAT-file", "It is a MATLAB file."),
        (b"PAR1", "It is a Parquet file."),
        (b"a,b,c\n1,2,3\n", "It is a table of 3 columns; a label and 784 pixels would be 785."),
        (b"1," * 40_000, "It is a table of many columns"),
    ],
)
def test_what_no_line_mends_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataError, match=r"it is not an \.npz file\.") as caught:
        read_npz(tmp_path / "file")

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "values", [np.linspace(-0.42, 2.82, 784), np.full(784, np.nan), np.full(784, 1e9)]
)
def test_numbers_that_nothing_is_known_of_get_no_line(npz: Write, values: np.ndarray) -> None:
    path = npz(x_train=np.tile(values, (40, 1)).reshape(40, 28, 28))
    with pytest.raises(DataError, match="holds numbers of type float64") as caught:
        read_npz(path)

    assert LINE not in str(caught.value)
    assert "from -0.42 to 2.82" in str(caught.value) or abs(values[0]) != 0.42


def test_an_array_that_is_there_twice_is_refused(npz: Write, few: Arrays) -> None:
    path = npz()
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("x_train.npy", b"other digits")

    with pytest.raises(DataError, match="it holds x_train twice"):
        read_npz(path)


def test_all_of_mnist_as_floats_is_told_what_to_do_and_takes_no_memory(npz: Write) -> None:
    path = npz(x_train=np.broadcast_to(np.float32(0.5), (60_000, 28, 28)))
    with pytest.raises(DataError, match=r"\* 255\)\.round\(\)"):
        read_npz(path)
