"""What a file holds that can't be used as it is, and the line of NumPy that makes it usable.

Knows only what digits should look like. Opens nothing and changes nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from mnist_core.config import CLASSES, PIXELS
from mnist_core.formatting import listed

START_BYTES: Final = 32_768
"""How much of a file tells what it is."""

_SAY: Final = "Mend it with NumPy: "
_NAMED_AT_MOST: Final = 8
_SPLIT_IN_SEVEN: Final = 6  # as MNIST: six parts to learn from, one to test with
_TEST_WORDS: Final = ("test", "t10k", "val", "dev")
_KINDS: Final = (
    (b"\x89HDF", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"MATLAB", "a MATLAB file"),
    (b"\x80", "a pickle, which could run any program"),
)


class Found(NamedTuple):
    """An array as its header describes it.

    Attributes:
        shape: of the array.
        dtype: of its numbers.
        span: the smallest and the largest of its first numbers; None where they are not known.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    span: tuple[float, float] | None = None

    @property
    def holds_images(self) -> bool:
        """Whether each of its rows has as many numbers as a digit has pixels."""
        return len(self.shape) > 1 and math.prod(self.shape[1:]) == PIXELS

    @property
    def holds_labels(self) -> bool:
        """Whether its rows are single numbers, or one of ten marked."""
        return bool(self.shape) and math.prod(self.shape[1:]) in (1, CLASSES)


def mend_images(key: str, found: Found) -> str:
    """Return the line that turns an array into images uint8 (n, 28, 28); empty where none does."""
    shape, kind = found.shape, found.dtype.kind
    span = (0.0, 255.0) if found.dtype == np.uint8 else found.span
    value = key
    if found.holds_images:
        value += ".reshape(-1, 28, 28)" if shape[1:] != (28, 28) else ""
    elif len(shape) == 3 and shape[:2] == (28, 28):
        value += ".transpose(2, 0, 1)"
    elif len(shape) == 4 and shape[1:3] == (28, 28) and shape[3] in (3, 4):
        value, kind = f"{value}[..., :3].mean(axis=3)", "f"
    else:
        return ""
    if kind == "f" or found.dtype != np.uint8:
        scaled = _scaled(value, kind, span)
        if not scaled:
            return ""
        value = f'{scaled}.astype("uint8")'
    return "" if value == key else f"{_SAY}{key} = {value}"


def _scaled(value: str, kind: str, span: tuple[float, float] | None) -> str:
    if kind not in "fiub" or span is None:
        return ""
    low, high = span
    rounded = ".round()" if kind == "f" else ""
    if low >= 0 and 1 < high <= 255:
        return f"{value}{rounded}"
    if 0 <= low <= high <= 1:
        return f"({value} * 255){rounded}"
    return f"(({value} + 1) * 127.5).round()" if low >= -1 and high <= 1 else ""


def mend_labels(key: str, found: Found) -> str:
    """Return the line that turns an array into labels (n,), 0 to 9; empty where none does."""
    shape, kind = found.shape, found.dtype.kind
    if len(shape) > 1 and math.prod(shape) == max(shape) and kind in "iu":
        return f"{_SAY}{key} = {key}.ravel()"
    if len(shape) == 2 and shape[1] == CLASSES and kind in "fiub":
        return f"{_SAY}{key} = {key}.argmax(axis=1)"
    if math.prod(shape) == max(shape, default=0) and kind in "fUS":
        flat = ".ravel()" if len(shape) > 1 else ""
        return f'{_SAY}{key} = {key}{flat}.astype("uint8")'
    return ""


def name_arrays(arrays: Mapping[str, Found], file: str) -> str:
    """Say which arrays a file holds instead of the four, and how to give them their names.

    Args:
        arrays: by the names under which they are in the file.
        file: what the file is called.
    """
    if not arrays:
        return "It holds no arrays."
    shown = [f"{name} {found.shape}" for name, found in arrays.items()]
    if len(shown) > _NAMED_AT_MOST:
        shown = [*shown[:_NAMED_AT_MOST], f"{len(arrays) - _NAMED_AT_MOST} more"]
    return f"It holds {listed(shown)}. {_rename(arrays, file)}".strip()


def _rename(arrays: Mapping[str, Found], file: str) -> str:
    images = [name for name, found in arrays.items() if found.holds_images]
    labels = [name for name, found in arrays.items() if found.holds_labels and name not in images]
    load = f'{_SAY}f = np.load({_quoted(file)}); np.savez("digits.npz", '
    match images, labels:
        case [x], [y]:
            count = arrays[x].shape[0] * _SPLIT_IN_SEVEN // (_SPLIT_IN_SEVEN + 1)
            x, y = _quoted(x), _quoted(y)
            return (
                f"{load}x_train=f[{x}][:{count}], y_train=f[{y}][:{count}], "
                f"x_test=f[{x}][{count}:], y_test=f[{y}][{count}:])"
            )
        case [_, _], [_, _]:
            x_train, x_test = map(_quoted, _training_first(images, arrays))
            y_train, y_test = map(_quoted, _training_first(labels, arrays))
            return (
                f"{load}x_train=f[{x_train}], y_train=f[{y_train}], "
                f"x_test=f[{x_test}], y_test=f[{y_test}])"
            )
    return ""


def _quoted(text: str) -> str:
    """Write a text as Python does, in one line and in the quotes of the lines here."""
    return json.dumps(text, ensure_ascii=False)


def _training_first(names: list[str], arrays: Mapping[str, Found]) -> list[str]:
    def is_test(name: str) -> tuple[bool, int]:
        return any(word in name.lower() for word in _TEST_WORDS), -arrays[name].shape[0]

    return sorted(names, key=is_test)


def name_kind(start: bytes, file: str) -> str:
    """Say what a file is that is no archive of arrays, and how to make one of it.

    Args:
        start: its first ``START_BYTES`` bytes.
        file: what the file is called.

    Returns:
        A sentence or two; empty where it is nothing known.
    """
    if start.startswith(b"\x1f\x8b"):
        with contextlib.suppress(OSError, EOFError), gzip.open(io.BytesIO(start)) as inside:
            if _is_idx(inside.read(4)):
                return _idx(packed=True)
        return "It is a gzip file. Unpack it first."
    if _is_idx(start):
        return _idx(packed=False)
    if start.startswith(b"\x93NUMPY"):
        return (
            "It is one array. "
            f'{_SAY}np.savez("digits.npz", x_train=np.load({_quoted(file)}), y_train=..., ...)'
        )
    for signature, kind in _KINDS:
        if start.startswith(signature):
            return f"It is {kind}."
    return _csv(start, file)


def _is_idx(start: bytes) -> bool:
    return len(start) >= 4 and start[:2] == b"\0\0" and 8 <= start[2] <= 14 and 1 <= start[3] <= 4


def _idx(*, packed: bool) -> str:
    """Name one of MNIST's four original files, and the line that brings them together."""
    arrays = []
    for part, files in (("train", "train"), ("test", "t10k")):
        for key, name, offset, shaped in (
            (f"x_{part}", f"{files}-images-idx3-ubyte", 16, ".reshape(-1, 28, 28)"),
            (f"y_{part}", f"{files}-labels-idx1-ubyte", 8, ""),
        ):
            read = (
                f'np.frombuffer(gzip.open("{name}.gz").read(), np.uint8, offset={offset})'
                if packed
                else f'np.fromfile("{name}", np.uint8, offset={offset})'
            )
            arrays.append(f"{key}={read}{shaped}")
    return (
        "It is an IDX file, one of the four of MNIST. "
        f'{_SAY}{"import gzip; " if packed else ""}np.savez("digits.npz", {", ".join(arrays)})'
    )


def _csv(start: bytes, file: str) -> str:
    try:
        lines = start.decode("ascii").splitlines()
    except UnicodeDecodeError:
        return ""
    if not lines:
        return ""
    first = max(",;\t", key=lines[0].count)
    cells = [cell.strip(' "').lower() for cell in lines[0].split(first)]
    if len(cells) < 2:
        return ""
    headed = not all(cell.replace(".", "", 1).isdigit() for cell in cells)
    if len(cells) != PIXELS + 1:
        # The first line may be longer than what was read of the file.
        count = f"{len(cells)} columns" if len(lines) > 1 else "many columns"
        return f"It is a table of {count}; a label and 784 pixels would be {PIXELS + 1}."
    last = headed and any(word in cells[-1] for word in ("label", "class", "digit"))
    pixels, label = (":-1", "-1") if last else ("1:", "0")
    skip = ", skiprows=1" if headed else ""
    x, y = f"{pixels}].reshape(-1, 28, 28)", f"{label}]"
    return (
        f"It is a table of {PIXELS + 1} columns. {_SAY}"
        f't = np.loadtxt({_quoted(file)}, delimiter="{first}"{skip}).astype("uint8"); '
        f"n = len(t) * {_SPLIT_IN_SEVEN} // {_SPLIT_IN_SEVEN + 1}; "
        f'np.savez("digits.npz", x_train=t[:n, {x}, y_train=t[:n, {y}, '
        f"x_test=t[n:, {x}, y_test=t[n:, {y})"
    )
