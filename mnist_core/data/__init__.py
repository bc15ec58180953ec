"""Digits: where they come from, whether they are sound, and how they are split."""

from mnist_core.data.dataset import MNIST_DIGEST, Arrays, Dataset, Split, scale
from mnist_core.data.download import Downloads, Limits, Progress, Remote, RemoteFile
from mnist_core.data.files import MAX_DIGITS, pack_npz, read_npz
from mnist_core.data.shelf import DataShelf, DownloadState, DownloadStatus
from mnist_core.data.sources import load_mnist
from mnist_core.data.splitting import split_indices, split_sizes
from mnist_core.data.statistics import (
    Likeness,
    Pair,
    average_digits,
    average_distances,
    count_digits,
    most_alike,
)

__all__ = [
    "MAX_DIGITS",
    "MNIST_DIGEST",
    "Arrays",
    "DataShelf",
    "Dataset",
    "DownloadState",
    "DownloadStatus",
    "Downloads",
    "Likeness",
    "Limits",
    "Pair",
    "Progress",
    "Remote",
    "RemoteFile",
    "Split",
    "average_digits",
    "average_distances",
    "count_digits",
    "load_mnist",
    "most_alike",
    "pack_npz",
    "read_npz",
    "scale",
    "split_indices",
    "split_sizes",
]
