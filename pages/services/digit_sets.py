"""The sets of kept digits: their names, remembered because every stroke asks for them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from mnist_core.store import Store
from pages.services.server import get_store

SECONDS_KNOWN = 60.0  # a set that another server began can be typed meanwhile


def set_names() -> list[str]:
    """Return the names of the sets that there are."""
    return _names(get_store())


@st.cache_data(hash_funcs={Store: lambda store: store.url}, ttl=SECONDS_KNOWN, show_spinner=False)
def _names(store: Store) -> list[str]:
    return [each.name for each in store.list_digit_sets()]


def keep_digits(
    name: str, images: npt.NDArray[np.uint8], labels: Sequence[int], *, owner: str
) -> int:
    """Keep digits in a set, which may be new; see :meth:`Store.keep_digits`."""
    size = get_store().keep_digits(name, images, labels, owner=owner)
    _names.clear()
    return size


def delete_digits(name: str, ids: Sequence[str], *, owner: str) -> None:
    """Delete digits, and their set with the last one; see :meth:`Store.delete_digits`."""
    get_store().delete_digits(name, ids, owner=owner)
    _names.clear()
