"""What all pages of one server share: the store of runs and the data set in use."""

import functools

from mnist_core.data import DataShelf
from mnist_core.store import Store


@functools.cache
def get_store() -> Store:
    """Open the store once for this process."""
    return Store()


@functools.cache
def get_shelf() -> DataShelf:
    """Give the holder of the data set in use."""
    return DataShelf()
