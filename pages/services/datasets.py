"""The data that runs were trained on, loaded once for all viewers."""

import functools

from mnist_core.data import Dataset
from pages.services.server import get_shelf, get_store


@functools.lru_cache(maxsize=4)
def run_dataset(digest: str) -> Dataset:
    """Return the data a run was trained on, also after the data in use has changed."""
    current = get_shelf().current
    return current if current.digest == digest else get_store().load_dataset(digest)
