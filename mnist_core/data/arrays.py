"""Arrays as bytes, and back: no pickled objects, no memory for what is not there."""

from __future__ import annotations

import io
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_core.data.zip_directory import PLAIN_METHODS, check_directory

_LARGEST = np.finfo(np.float16).max
_MOST_OF_A_HEADER: Final = 4096
_MOST_OF_A_DIRECTORY: Final = 10_000

# What zipfile, zlib and NumPy's header parser raise for bytes that make no sense to them.
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
    EOFError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class Header(NamedTuple):
    """What an array claims to be, before its bytes are read."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    offset: int

    @property
    def size(self) -> int:
        """Bytes of the array without the header."""
        return int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize


def pack_weights(weights: list[npt.NDArray[Any]]) -> bytes:
    """Pack weights as float16: enough to look at a network, too coarse to train it on."""
    buffer = io.BytesIO()
    # A network whose training runs away may hold weights that float16 can't: show the largest.
    np.savez(buffer, *[array.clip(-_LARGEST, _LARGEST).astype(np.float16) for array in weights])
    return buffer.getvalue()


def unpack_weights(data: bytes) -> list[npt.NDArray[np.float32]]:
    """Unpack what ``pack_weights`` packed: float32, in Keras's order (kernel, bias, kernel ...)."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return [archive[f"arr_{index}"].astype(np.float32) for index in range(len(archive.files))]


def pack_predictions(y_prob: npt.NDArray[np.float32]) -> bytes:
    """Pack the likelihoods of many digits, float32 (n, 10), bit for bit."""
    buffer = io.BytesIO()
    np.save(buffer, y_prob.astype(np.float32, copy=False), allow_pickle=False)
    return zlib.compress(buffer.getvalue(), 1)


def unpack_predictions(data: bytes) -> npt.NDArray[np.float32]:
    """Unpack what ``pack_predictions`` packed: float32 (n, 10)."""
    y_prob: npt.NDArray[np.float32] = np.load(io.BytesIO(zlib.decompress(data)), allow_pickle=False)
    return y_prob


def parse_header(start: bytes) -> Header:
    """Read the header of an array in NumPy's format, from its first bytes.

    Raises:
        ValueError, or another of ``BROKEN``: it is none.
    """
    file = io.BytesIO(start)
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, fortran_order, dtype = np.lib.format.read_array_header_2_0(file)
    if any(length < 0 for length in shape):
        raise ValueError(shape)
    return Header(shape, fortran_order, dtype, file.tell())


def read_arrays(
    data: bytes, expected: Mapping[str, tuple[np.dtype[Any], tuple[int, ...]]]
) -> dict[str, npt.NDArray[Any]]:
    """Read an .npz file that holds just these arrays, whoever has made it.

    Memory is taken for what is expected and for no more.

    Args:
        data: the bytes of the file.
        expected: type and shape of each array by its name.

    Raises:
        ValueError, or another of ``BROKEN``: the file is damaged or holds something else.
    """
    file = io.BytesIO(data)
    check_directory(file, _MOST_OF_A_DIRECTORY)
    with zipfile.ZipFile(file) as archive:
        names = [f"{name}.npy" for name in expected]
        if sorted(archive.namelist()) != sorted(names):
            raise ValueError("other arrays than expected")
        return {name: _read_array(archive, name, *expected[name]) for name in expected}


def _read_array(
    archive: zipfile.ZipFile, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    member = archive.getinfo(f"{name}.npy")
    size = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if member.compress_type not in PLAIN_METHODS:
        raise ValueError(f"{name} is compressed as NumPy never does")
    if not size < member.file_size <= size + _MOST_OF_A_HEADER:
        raise ValueError(f"{name} has another size")
    content = archive.read(member)
    header = parse_header(content[:_MOST_OF_A_HEADER])
    found = (header.dtype, header.shape, header.fortran_order, len(content) - header.offset)
    if found != (dtype, shape, False, size):
        raise ValueError(f"{name} has another type or shape")
    return np.frombuffer(content, dtype, offset=header.offset).reshape(shape)
