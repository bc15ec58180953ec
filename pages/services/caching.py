"""What the server keeps a result by: a data set by its digest, a run by its id.

For ``st.cache_resource(hash_funcs=BY_NAME)``: all viewers share what was found out once.
"""

from collections.abc import Callable
from typing import Any, Final

from mnist_core.data import Dataset
from mnist_core.store import Run

BY_NAME: Final[dict[str | type[Any], Callable[[Any], Any]]] = {
    Dataset: lambda dataset: dataset.digest,
    Run: lambda run: run.id,
}
