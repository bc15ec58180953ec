"""Draws one map by t-SNE, in a process of its own: ``python -m mnist_core.serving.tsne``.

The only module that imports scikit-learn. It reads one line of JSON, what to draw and into which
store, and prints how far it is, as scikit-learn tells it. When its standard input closes, whoever
asked for the map has gone, and it ends at once.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, Final

import numpy as np
from sklearn.manifold import TSNE

from mnist_core.data.splitting import Indices
from mnist_core.errors import EvaluationError, MnistError
from mnist_core.inspection.network import Floats, Network, input_values
from mnist_core.inspection.projection import (
    choose_digits,
    draw_principal_map,
    features_of,
    fit_in_square,
    pack_map,
    reduce_features,
    unpack_map,
)
from mnist_core.serving.tsne_queue import TSNE_STEPS
from mnist_core.store import MapSubject, Store

PERPLEXITY: Final = 30
"""Roughly how many neighbours a point holds on to; scikit-learn's own number."""

COMPONENTS: Final = 50
"""The features are reduced to so many by PCA first, as van der Maaten and Hinton 2008 do."""

FEWEST: Final = 10
"""With fewer digits there is nothing to see."""

_START_SPREAD: Final = 1e-4  # of the start positions, as scikit-learn has it for init="pca"
_NICE: Final = 5  # as politely as those that train
_FAILED: Final = 1


def draw_tsne_map(features: Floats) -> Floats:
    """Move points about until those that were alike lie together.

    Starts from the map of PCA and is reproducible: the same features give the same map.

    Args:
        features: float32 (n, d).

    Returns:
        float32 (n, 2), -1 to 1, as large as fits.

    Raises:
        EvaluationError: a number overflowed, all digits are alike, or there are too few.

    Source: van der Maaten and Hinton 2008, Visualizing data using t-SNE.
    """
    if len(features) < FEWEST:
        raise EvaluationError(
            f"There are {len(features)} digits. A map by t-SNE takes {FEWEST} or more."
        )
    start = draw_principal_map(features).positions
    embedding = TSNE(
        perplexity=min(PERPLEXITY, (len(features) - 1) / 3),
        max_iter=TSNE_STEPS,
        init=start / start[:, 0].std() * np.float32(_START_SPREAD),
        random_state=0,
        n_jobs=1,
        verbose=2,  # prints how far it is
    )
    return fit_in_square(embedding.fit_transform(reduce_features(features, COMPONENTS)))


def draw_into(store: Store, subject: MapSubject) -> None:
    """Draw a map and keep it in the store, unless it is there by now.

    Raises:
        MnistError: the run, its weights or its digits are not there, or there is no such map.
    """
    digits, features = load_features(store, subject)
    kept = store.load_map(subject)
    if kept is not None and unpack_map(kept, digits) is not None:
        return
    store.save_map(subject, pack_map(digits, draw_tsne_map(features)))


def load_features(store: Store, subject: MapSubject) -> tuple[Indices, Floats]:
    """Load what is to be drawn: intp (n,) which test digits, float32 (n, d) their features."""
    dataset = store.load_dataset(subject.dataset_digest)
    digits = choose_digits(dataset.y_test)
    images = dataset.x_test[digits]
    if subject.run_id is None:
        return digits, input_values(images)
    config = store.get_run(subject.run_id).config
    weights = store.load_snapshot(subject.run_id, subject.epoch)
    return digits, features_of(images, Network.from_snapshot(weights, config), subject.layer)


def main() -> int:
    """Do what standard input asks for.

    Returns:
        the exit status: 0 drawn and kept, 1 not, for the reason that was printed as JSON.
    """
    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        with Store(asked["store_url"]) as store:
            draw_into(store, MapSubject(**asked["subject"]))
    except MnistError as error:
        print(json.dumps({"error": str(error)}))  # noqa: T201 - the other process reads it
        return _FAILED
    return 0


def _end_with_the_asker() -> None:
    sys.stdin.read()
    os._exit(_FAILED)


if __name__ == "__main__":
    sys.exit(main())
