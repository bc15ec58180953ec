"""Digits: where they come from, whether they are sound, and how they are split."""

from mnist_core.data.dataset import MNIST_DIGEST, Arrays, Dataset, Split, scale
from mnist_core.data.download import Downloads, Limits, Remote, RemoteFile
from mnist_core.data.files import pack_npz, read_npz, read_npz_bytes
from mnist_core.data.shelf import DataShelf, DownloadStatus
from mnist_core.data.sources import load_mnist
from mnist_core.data.splitting import split_indices
from mnist_core.data.statistics import Likeness, Pair, count_digits

__all__ = [
    "MNIST_DIGEST",
    "Arrays",
    "DataShelf",
    "Dataset",
    "DownloadStatus",
    "Downloads",
    "Likeness",
    "Limits",
    "Pair",
    "Remote",
    "RemoteFile",
    "Split",
    "count_digits",
    "load_mnist",
    "pack_npz",
    "read_npz",
    "read_npz_bytes",
    "scale",
    "split_indices",
]
