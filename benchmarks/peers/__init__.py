"""Who is measured: one module a library, none of them imported before it is needed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from benchmarks.peers.base import Peer


class PeerInfo(NamedTuple):
    """What is known about a peer without importing it.

    Attributes:
        title: what the tables say.
        place: the module within this package, and the class in it.
        caches: whether it keeps compiled programs on disk.
        dropout: whether it can do dropout.
    """

    title: str
    place: str
    caches: bool = False
    dropout: bool = True

    def load(self) -> type[Peer]:
        """Import the peer's class.

        Raises:
            ImportError: the peer is not installed.
        """
        module, _, name = self.place.partition(":")
        return getattr(importlib.import_module(f"{__name__}.{module}"), name)


OURS: Final = "ours"
PLAIN: Final = "keras_plain"
FLOOR: Final = "numpy_floor"

PEERS: Final = {
    OURS: PeerInfo("This project", "ours:Ours", caches=True),
    PLAIN: PeerInfo("Keras, plain fit", "keras_fit:KerasPlain"),
    "keras_steps": PeerInfo("Keras, steps_per_execution=60", "keras_fit:KerasSteps"),
    "torch_slices": PeerInfo("PyTorch, slices of one tensor", "torch_loops:TorchSlices"),
    "torch_loader": PeerInfo("PyTorch, DataLoader", "torch_loops:TorchLoader"),
    "jax_scan": PeerInfo("JAX, one jitted scan an epoch", "jax_scan:JaxScan", caches=True),
    "sklearn_mlp": PeerInfo("scikit-learn, MLPClassifier", "sklearn_mlp:SklearnMlp", dropout=False),
    FLOOR: PeerInfo("The floor: matrix products in NumPy", "numpy_floor:NumpyFloor"),
}
