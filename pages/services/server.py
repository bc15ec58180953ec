"""What all pages of one server share: the store of runs and the data set in use."""

import functools

from mnist_core.data import DataShelf
from mnist_core.inspection.network_cache import KeptNetworks
from mnist_core.serving.precompile import Wishes
from mnist_core.serving.tsne_queue import MapDesk
from mnist_core.store import Store

MOST_BYTES_OF_NETWORKS = 128_000_000  # eight of the largest, or three hundred of 128 nodes


@functools.cache
def get_store() -> Store:
    """Open the store once for this process."""
    return Store()


@functools.cache
def get_shelf() -> DataShelf:
    """Return the holder of the data set in use."""
    return DataShelf()


@functools.cache
def get_networks() -> KeptNetworks:
    """Return the networks that were looked at last."""
    return KeptNetworks(MOST_BYTES_OF_NETWORKS)


@functools.cache
def get_map_desk() -> MapDesk:
    """Return the place where maps by t-SNE are asked for."""
    return MapDesk(get_store().url)


@functools.cache
def get_wishes() -> Wishes:
    """Return what the dispatcher is told of the sliders."""
    return Wishes()
