"""What all pages of one server share: the store of runs, the data set in use, what was mistyped."""

import functools
import logging

from mnist_core import environment
from mnist_core.data import DataShelf
from mnist_core.inspection.network import Network
from mnist_core.inspection.network_cache import NetworkCache
from mnist_core.inspection.optimizers import TrainingState
from mnist_core.serving.metrics import Metrics
from mnist_core.serving.precompile import PrecompileRequests
from mnist_core.serving.store_health import StoreHealth
from mnist_core.serving.tries import Tries
from mnist_core.serving.tsne_queue import TsneQueue
from mnist_core.store import Store

MOST_BYTES_OF_NETWORKS = 128_000_000  # eight of the largest, or three hundred of 128 nodes


@functools.cache
def get_wrong_variables() -> tuple[str, ...]:
    """Set wrong environment variables aside, once for this process, and tell what was wrong."""
    sentences = environment.set_wrong_aside()
    for sentence in sentences:
        logging.getLogger(__name__).warning(sentence)
    return sentences


@functools.cache
def get_store() -> Store:
    """Open the store once for this process."""
    return Store()


@functools.cache
def get_store_health() -> StoreHealth:
    """Return what is known of the store's troubles."""
    return StoreHealth()


@functools.cache
def get_metrics() -> Metrics:
    """Return what this server counts."""
    return Metrics()


@functools.cache
def get_shelf() -> DataShelf:
    """Return the holder of the data set in use."""
    return DataShelf()


@functools.cache
def get_networks() -> NetworkCache[Network]:
    """Return the networks that were looked at last."""
    return NetworkCache(MOST_BYTES_OF_NETWORKS)


@functools.cache
def get_training_states() -> NetworkCache[TrainingState]:
    """Return the networks that were last updated by hand, as the updates left them."""
    return NetworkCache(MOST_BYTES_OF_NETWORKS)


@functools.cache
def get_tsne_queue() -> TsneQueue:
    """Return the place where maps by t-SNE are asked for."""
    return TsneQueue(get_store().url)


@functools.cache
def get_precompile_requests() -> PrecompileRequests:
    """Return what the dispatcher is told of the sliders."""
    return PrecompileRequests()


@functools.cache
def get_projecting_browsers() -> set[str]:
    """Return the browsers, by the hashes of their tokens, that show a projector."""
    return set()


@functools.cache
def get_code_tries() -> Tries:
    """Return how often codes of classes were mistyped, or guessed at."""
    return Tries()


@functools.cache
def get_return_tries() -> Tries:
    """Return how often return codes were mistyped, or guessed at."""
    return Tries()


@functools.cache
def get_secret_tries() -> Tries:
    """Return how often the teacher's secret was mistyped, or guessed at."""
    return Tries()
