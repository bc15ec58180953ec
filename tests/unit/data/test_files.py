"""Files that nobody has checked yet: each bad one ends in one clear sentence."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_core.data import Arrays, Dataset, pack_npz, read_npz
from mnist_core.data.files import MAX_DIGITS
from mnist_core.errors import DataError

Write = Callable[..., Path]


def refusal(path: Path) -> str:
    """Read a file that must be refused, and give the sentence without the path."""
    with pytest.raises(DataError) as caught:
        read_npz(path)
    start = f"“{path}” can't be used: "
    assert str(caught.value).startswith(start)
    return str(caught.value).removeprefix(start)


def npy(shape: tuple[int, ...], dtype: str = "|u1", content: bytes = b"") -> bytes:
    """An array's header, whatever it claims, and then any bytes."""
    file = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + content


def replace_member(
    path: Path, key: str, content: bytes, compression: int = zipfile.ZIP_DEFLATED
) -> Path:
    """Write the same .npz again with other bytes for one array."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, old in members.items():
            archive.writestr(name, content if name == f"{key}.npy" else old)
    return path


def test_a_sound_file_is_read_as_it_is(npz: Write, few: Arrays):
    for read, written in zip(read_npz(npz()), few, strict=True):
        np.testing.assert_array_equal(read, written)
        assert read.dtype == np.uint8


def test_packed_digits_are_read_back_as_they_were(tmp_path: Path, few: Arrays):
    path = tmp_path / "digits.npz"
    path.write_bytes(pack_npz(Dataset.from_arrays(few, name="few", source="from a test")))
    for read, packed in zip(read_npz(path), few, strict=True):
        np.testing.assert_array_equal(read, packed)
        assert read.dtype == packed.dtype


@pytest.mark.parametrize("dtype", ["int64", ">i4", "uint16", "int8"])
def test_labels_of_any_whole_number_type_become_uint8(npz: Write, few: Arrays, dtype: str):
    read = read_npz(npz(y_train=few.y_train.astype(dtype)))
    assert read.digest() == few.digest()


def test_column_major_and_uncompressed_files_are_read_too(tmp_path: Path, few: Arrays):
    path = tmp_path / "plain.npz"
    np.savez(path, **few._replace(x_train=np.asfortranarray(few.x_train))._asdict())
    read = read_npz(path)
    assert read.digest() == few.digest()
    assert read.x_train.flags.c_contiguous


def test_further_arrays_are_never_looked_at(npz: Write, few: Arrays):
    assert read_npz(npz(notes=np.array([{"a": 1}], dtype=object))).digest() == few.digest()


def test_a_missing_file(tmp_path: Path):
    assert refusal(tmp_path / "no.npz") == "there is no such file."


def test_a_folder(tmp_path: Path):
    assert refusal(tmp_path) == "it is a folder. Name the .npz file inside it."


def test_a_path_through_a_file(npz: Write):
    assert refusal(npz() / "digits.npz") == "it can't be read (Not a directory)."


def test_a_device_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.npz")
    assert refusal(tmp_path / "pipe.npz") == "it is not a file on a disk."


@contextmanager
def as_somebody_without_rights() -> Iterator[None]:
    """Root may read everything, so become nobody for a moment where the tests run as root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_file_without_permission_to_read(npz: Write):
    path = npz()
    path.chmod(0o000)
    with as_somebody_without_rights():
        message = refusal(path)
    assert message == "this program has no permission to read it."


def test_an_empty_file(tmp_path: Path):
    (tmp_path / "empty.npz").touch()
    assert refusal(tmp_path / "empty.npz").startswith("it is empty. An .npz file of digits holds")


def test_something_else_than_an_npz_file(tmp_path: Path):
    (tmp_path / "photo.npz").write_bytes(b"\x89PNG and so on")
    assert refusal(tmp_path / "photo.npz").startswith("it is not an .npz file.")


def test_a_pickle_is_not_opened(tmp_path: Path):
    np.save(tmp_path / "one.npy", np.array([print], dtype=object), allow_pickle=True)
    assert refusal(tmp_path / "one.npy").startswith("it is not an .npz file.")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file(npz: Write, share: float):
    path = npz()
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal(path) == "it is damaged or not complete. Get it again."


def test_a_file_with_a_flipped_byte_in_the_images(npz: Write):
    path = npz()
    content = bytearray(path.read_bytes())
    content[3000] ^= 0xFF
    path.write_bytes(content)
    assert refusal(path) == "x_train is damaged or not complete. Get the file again."


@pytest.mark.parametrize("key", ["x_train", "y_test"])
def test_pickled_objects_are_never_loaded(npz: Write, key: str):
    message = refusal(npz(**{key: np.array([1, "a", None], dtype=object)}))
    assert message.startswith(f"{key} holds pickled Python objects")


@pytest.mark.parametrize("key", Arrays._fields)
def test_a_missing_array(npz: Write, key: str):
    message = refusal(npz(**{key: None}))
    assert message.startswith(
        f"{key} is missing. An .npz file of digits holds x_train, y_train, x_test and y_test. "
        "It holds "
    )
    assert "y_train (40,)" in message or key == "y_train"


@pytest.mark.parametrize("shape", [(40, 784), (40, 28, 27), (40, 28, 28, 1), ()])
def test_images_of_a_wrong_shape(npz: Write, shape: tuple[int, ...]):
    message = refusal(npz(x_train=np.zeros(shape, np.uint8)))
    assert message.startswith(
        f"x_train has the shape {shape}; images have the shape (number of digits, 28, 28)."
    )


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "<U1", "datetime64[s]"])
def test_images_of_a_wrong_type(npz: Write, dtype: str):
    message = refusal(npz(x_test=np.zeros((20, 28, 28), dtype)))
    assert message.startswith("x_test holds numbers of type ")
    assert "; images are uint8, whole numbers from 0 to 255." in message


@pytest.mark.parametrize("dtype", ["float64", "bool", "<U1"])
def test_labels_of_a_wrong_type(npz: Write, dtype: str):
    message = refusal(npz(y_train=np.zeros(40, dtype)))
    assert "; labels are whole numbers from 0 to 9." in message


def test_labels_in_a_table(npz: Write):
    message = refusal(npz(y_train=np.eye(40, 10, dtype=np.uint8)))
    assert message.startswith("y_train has the shape (40, 10); labels have the shape (number of ")


@pytest.mark.parametrize(("dtype", "label"), [("uint8", 10), ("int8", -1), ("int64", 258)])
def test_a_label_that_is_no_digit(npz: Write, dtype: str, label: int):
    labels = np.zeros(20, dtype)
    labels[7] = label
    message = refusal(npz(y_test=labels))
    assert message == f"y_test holds the label {label}; labels are whole numbers from 0 to 9."


def test_more_images_than_labels(npz: Write, few: Arrays):
    message = refusal(npz(y_train=few.y_train[:39]))
    assert message == (
        "x_train holds 40 images but y_train holds 39 labels; every image needs one label."
    )


@pytest.mark.parametrize(("training", "test"), [(0, 20), (1, 20), (40, 0)])
def test_too_few_digits(npz: Write, few: Arrays, training: int, test: int):
    train = {"x_train": few.x_train[:training], "y_train": few.y_train[:training]}
    message = refusal(npz(**train, x_test=few.x_test[:test], y_test=few.y_test[:test]))
    assert message == (
        f"it holds {training} training and {test} test digits; "
        "at least 2 training digits and 1 test digit are needed."
    )


def test_too_many_digits_in_a_small_file(npz: Write, few: Arrays):
    digits = MAX_DIGITS - 19
    path = npz(x_train=np.zeros((digits, 28, 28), np.uint8), y_train=np.zeros(digits, np.uint8))
    assert refusal(path) == "it holds too many digits; up to 200,000 are allowed."


def test_a_file_that_is_large_on_the_disk(tmp_path: Path):
    path = tmp_path / "large.npz"
    with path.open("wb") as file:
        file.truncate(2 * 10**9)
    assert refusal(path) == "it is 2,000 MB large; up to 159 MB are allowed."


def test_a_zip_bomb_is_refused_before_it_takes_memory(npz: Write):
    path = replace_member(npz(), "x_train", npy((400_000, 28, 28), content=bytes(313_600_000)))
    tracemalloc.start()
    message = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message == "it holds too many digits; up to 200,000 are allowed."
    assert peak < 5_000_000


def test_a_header_that_claims_more_than_there_is_takes_no_memory(npz: Write):
    path = replace_member(npz(), "x_train", npy((10**15, 28, 28), content=b"few"))
    assert refusal(path) == "x_train is damaged or not complete. Get the file again."


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_compression_that_npz_files_do_not_use(npz: Write, few: Arrays, method: int):
    path = replace_member(npz(), "x_train", npy((1, 28, 28)), method)
    assert refusal(path) == "x_train is compressed in a way that .npz files don't use."


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no numpy",
        npy((-40, 28, 28)),
        npy((40, 28, 28)).replace(b"shape", b"shade"),
        npy((40, 28, 28)).replace(b"{", b"("),
        b"\x93NUMPY\x01\x00\xff\xff" + b"-" * 70_000,
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}",
        b"\x93NUMPY\x01\x00\x10\x08" + b"-" * 0x810,
        b"\x93NUMPY\x01\x00\x10\x00{[]: 1}         ",
        b"\x93NUMPY\x09\x00\x10\x00{}",
    ],
)
def test_a_header_that_makes_no_sense(npz: Write, content: bytes):
    path = replace_member(npz(), "x_train", content)
    assert refusal(path) == "x_train is damaged or not complete. Get the file again."


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.dictionaries(st.integers(0, 1_000_000), st.binary(min_size=1, max_size=4)))
def test_any_damage_ends_in_the_true_digits_or_a_sentence(npz: Write, few: Arrays, places):
    path = npz(x_train=few.x_train[:2], y_train=few.y_train[:2])
    content = bytearray(path.read_bytes())
    for place, damage in places.items():
        start = place % len(content)
        content[start : start + len(damage)] = damage
    path.write_bytes(content)
    try:
        arrays = read_npz(path)
    except DataError:  # anything else fails the test
        return
    assert arrays.y_train.max() <= 9
    assert arrays.x_train.shape == (2, 28, 28)
