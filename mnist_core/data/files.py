"""Reading digits from files that nobody has checked yet.

Whatever a file holds, it ends in arrays that are digits or in a ``DataError`` with one sentence.
Sizes are checked before memory is taken for them, and nothing is ever unpickled. Knows nothing of
where files come from.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import stat
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from mnist_core.config import CLASSES, PIXELS
from mnist_core.data import mending
from mnist_core.data.arrays import BROKEN, Header, parse_header
from mnist_core.data.dataset import Arrays, Dataset, Pixels
from mnist_core.data.zip_directory import PLAIN_METHODS
from mnist_core.errors import DataError
from mnist_core.formatting import listed

MAX_DIGITS: Final = 200_000
MIN_TRAINING_DIGITS: Final = 2

_LARGEST_HEADER: Final = 4096
_LARGEST_FILE: Final = MAX_DIGITS * (PIXELS + 8) + 1_000_000
_LARGEST_ON_DISK: Final = 8 * _LARGEST_FILE  # as float64, which are told how to become uint8
_ARRAYS_AT_MOST: Final = 50
_PEEK_BYTES: Final = 1_000_000
_NEEDED: Final = "An .npz file of digits holds x_train, y_train, x_test and y_test."


def read_npz(path: Path) -> Arrays:
    """Read and check a file of digits.

    Images must be uint8 (n, 28, 28); labels any whole numbers 0 to 9, which become uint8.

    Raises:
        DataError: the file can't be read or holds something else; the message says what is
            wrong and what is allowed.
    """
    try:
        _check_file(path)
        with _open_archive(path) as archive:
            return _read_digits(archive, path.name)
    except DataError as error:
        raise DataError(f"“{path}” can't be used: {error}") from error


def read_npz_bytes(data: bytes, name: str) -> Arrays:
    """Read and check digits as ``read_npz`` does, from the bytes of a file.

    Args:
        data: what ``pack_npz`` packed, or anything else.
        name: what the file is called in a refusal.

    Raises:
        DataError: it can't be read or holds something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_digits(archive, name)
    except DataError as error:
        raise DataError(f"“{name}” can't be used: {error}") from error
    except BROKEN as error:
        raise DataError(f"“{name}” can't be used: it is damaged or not complete.") from error


def _read_digits(archive: zipfile.ZipFile, name: str) -> Arrays:
    _check_names(archive, name)
    headers = {key: _read_header(archive, key) for key in Arrays._fields}
    _check_headers(archive, headers)
    return Arrays(*(_read_array(archive, key, headers[key]) for key in headers))


def pack_npz(dataset: Dataset) -> bytes:
    """Pack digits as the bytes of an .npz file, which ``read_npz`` and NumPy read."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{key: getattr(dataset, key) for key in Arrays._fields})
    return buffer.getvalue()


def read_idx(paths: Sequence[Path]) -> Arrays:
    """Read MNIST's four original files, whose checksums have been compared already.

    Args:
        paths: gzip files of training images, training labels, test images and test labels.
    """
    return Arrays(*(_read_idx_array(path) for path in paths))


def _read_idx_array(path: Path) -> Pixels:
    with gzip.open(path) as file:
        dimensions = file.read(4)[3]
        shape = np.frombuffer(file.read(4 * dimensions), dtype=">u4").astype(int)
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(shape)


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise DataError("there is no such file.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    if stat.S_ISDIR(status.st_mode):
        raise DataError("it is a folder. Name the .npz file inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise DataError("it is not a file on a disk.")
    if status.st_size == 0:
        raise DataError(f"it is empty. {_NEEDED}")
    if status.st_size > _LARGEST_ON_DISK:
        raise DataError(
            f"it is {status.st_size / 1e6:,.0f} MB large; "
            f"up to {_LARGEST_FILE / 1e6:,.0f} MB are allowed."
        )


def _unreadable(error: Exception) -> DataError:
    if isinstance(error, PermissionError):
        return DataError("this program has no permission to read it.")
    reason = error.strerror if isinstance(error, OSError) else error
    return DataError(f"it can't be read ({reason}).")


def _open_archive(path: Path) -> zipfile.ZipFile:
    try:
        with path.open("rb") as file:
            start = file.read(mending.START_BYTES)
        return zipfile.ZipFile(path)
    except BROKEN as error:
        if isinstance(error, OSError):
            raise _unreadable(error) from error
        if start.startswith(b"PK"):
            raise DataError("it is damaged or not complete. Get it again.") from error
        raise _with_mending(
            f"it is not an .npz file. {_NEEDED}", mending.name_kind(start, path.name)
        ) from error


def _with_mending(sentence: str, *mends: str) -> DataError:
    return DataError(" ".join(filter(None, (sentence, *mends))))


def _check_names(archive: zipfile.ZipFile, file: str) -> None:
    names = archive.namelist()
    for key in Arrays._fields:
        if names.count(f"{key}.npy") > 1:
            raise DataError(f"it holds {key} twice. Leave one of them.")
    missing = [key for key in Arrays._fields if f"{key}.npy" not in names]
    if missing:
        arrays = [name.removesuffix(".npy") for name in names if name.endswith(".npy")]
        found = {}
        for key in arrays[:_ARRAYS_AT_MOST]:
            with contextlib.suppress(DataError):
                header = _read_header(archive, key)
                found[key] = mending.Found(header.shape, header.dtype)
        raise _with_mending(
            f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing. {_NEEDED}",
            mending.name_arrays(found, file),
        )


def _read_header(archive: zipfile.ZipFile, key: str) -> Header:
    member = archive.getinfo(f"{key}.npy")
    if member.compress_type not in PLAIN_METHODS:
        raise DataError(f"{key} is compressed in a way that .npz files don't use.")
    try:
        with archive.open(member) as file:
            header = parse_header(file.read(_LARGEST_HEADER))
    except BROKEN as error:
        raise _damaged(key) from error
    if header.dtype.hasobject:
        raise DataError(
            f"{key} holds pickled Python objects, which could run any program. "
            "Only plain numbers are allowed."
        )
    if header.offset + header.size != member.file_size:
        raise _damaged(key)
    return header


def _damaged(key: str) -> DataError:
    return DataError(f"{key} is damaged or not complete. Get the file again.")


def _too_many() -> DataError:
    return DataError(f"it holds too many digits; up to {MAX_DIGITS:,} are allowed.")


def _check_headers(archive: zipfile.ZipFile, headers: Mapping[str, Header]) -> None:
    for part in ("train", "test"):
        _check_images(archive, f"x_{part}", headers[f"x_{part}"])
        _check_labels(f"y_{part}", headers[f"y_{part}"])
        if max(headers[f"x_{part}"].size, headers[f"y_{part}"].size) > _LARGEST_FILE:
            raise _too_many()
        images, labels = headers[f"x_{part}"].shape[0], headers[f"y_{part}"].shape[0]
        if images != labels:
            raise DataError(
                f"x_{part} holds {images:,} images but y_{part} holds {labels:,} labels; "
                "every image needs one label."
            )
    training, test = headers["y_train"].shape[0], headers["y_test"].shape[0]
    if training < MIN_TRAINING_DIGITS or test == 0:
        raise DataError(
            f"it holds {training} training and {test} test digits; at least "
            f"{MIN_TRAINING_DIGITS} training digits and 1 test digit are needed."
        )
    if training + test > MAX_DIGITS:
        raise _too_many()


def _check_images(archive: zipfile.ZipFile, key: str, header: Header) -> None:
    if len(header.shape) == 3 and header.shape[1:] == (28, 28) and header.dtype == np.uint8:
        return
    span = None if header.dtype == np.uint8 else _span(archive, key, header)
    mend = mending.mend_images(key, mending.Found(header.shape, header.dtype, span))
    if header.dtype != np.uint8:
        held = "" if span is None else f", from {span[0]:g} to {span[1]:g}"
        raise _with_mending(
            f"{key} holds numbers of type {header.dtype}{held}; images are uint8, "
            "whole numbers from 0 to 255.",
            mend,
        )
    raise _with_mending(
        f"{key} has the shape {header.shape}; images have the shape (number of digits, 28, 28).",
        mend,
    )


def _span(archive: zipfile.ZipFile, key: str, header: Header) -> tuple[float, float] | None:
    """Return the smallest and the largest of an array's first numbers, however long it is."""
    if header.dtype.kind not in "fiub":
        return None
    try:
        with archive.open(f"{key}.npy") as file:
            file.seek(header.offset)
            start = file.read(_PEEK_BYTES - _PEEK_BYTES % header.dtype.itemsize)
        numbers = np.frombuffer(start, header.dtype).astype(float)
    except BROKEN:
        return None
    if not numbers.size or not np.isfinite(numbers).all():
        return None
    return float(numbers.min()), float(numbers.max())


def _check_labels(key: str, header: Header) -> None:
    mend = mending.mend_labels(key, mending.Found(header.shape, header.dtype))
    if header.dtype.kind not in "iu":
        raise _with_mending(
            f"{key} holds values of type {header.dtype}; labels are whole numbers from 0 to 9.",
            mend,
        )
    if len(header.shape) != 1:
        raise _with_mending(
            f"{key} has the shape {header.shape}; labels have the shape (number of digits,).", mend
        )


def _read_array(archive: zipfile.ZipFile, key: str, header: Header) -> Pixels:
    try:
        with archive.open(f"{key}.npy") as file:
            file.seek(header.offset)
            flat = np.frombuffer(file.read(header.size), dtype=header.dtype)
    except BROKEN as error:
        raise _damaged(key) from error
    if flat.nbytes != header.size:
        raise _damaged(key)
    order: Literal["F", "C"] = "F" if header.fortran_order else "C"
    array = np.ascontiguousarray(flat.reshape(header.shape, order=order))
    return array if array.ndim > 1 else _small_labels(key, array)


def _small_labels(key: str, labels: npt.NDArray[Any]) -> Pixels:
    wrong = labels[(labels < 0) | (labels >= CLASSES)]
    if len(wrong):
        raise DataError(f"{key} holds the label {wrong[0]}; labels are whole numbers from 0 to 9.")
    return labels.astype(np.uint8)
