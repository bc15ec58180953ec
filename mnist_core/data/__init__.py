"""Digits: where they come from, whether they are sound, and how they are split."""

from mnist_core.data.dataset import MNIST_DIGEST, Arrays, Dataset, Split
from mnist_core.data.download import Downloads, Limits, Progress, Remote, RemoteFile
from mnist_core.data.files import MAX_DIGITS, read_npz
from mnist_core.data.shelf import DataShelf, DownloadState, DownloadStatus
from mnist_core.data.sources import load_mnist
from mnist_core.data.splitting import split_indices, split_sizes

__all__ = [
    "MAX_DIGITS",
    "MNIST_DIGEST",
    "Arrays",
    "DataShelf",
    "Dataset",
    "DownloadState",
    "DownloadStatus",
    "Downloads",
    "Limits",
    "Progress",
    "Remote",
    "RemoteFile",
    "Split",
    "load_mnist",
    "read_npz",
    "split_indices",
    "split_sizes",
]
