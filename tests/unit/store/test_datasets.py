from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from mnist_core.data import Arrays, Dataset
from mnist_core.data.kept import keep
from mnist_core.errors import StoreError
from mnist_core.store import Store
from mnist_core.store.schema import datasets
from tests.unit.store.store_helpers import in_threads, tiny_dataset


def test_a_data_set_comes_back_as_it_was(store: Store) -> None:
    saved = tiny_dataset()
    assert not store.has_dataset(saved.digest)
    store.save_dataset(saved)
    assert store.has_dataset(saved.digest)
    loaded = store.load_dataset(saved.digest)
    for name in Arrays._fields:
        assert getattr(loaded, name).dtype == np.uint8
        np.testing.assert_array_equal(getattr(loaded, name), getattr(saved, name))
    for name in ("name", "digest", "source", "licence"):
        assert getattr(loaded, name) == getattr(saved, name)


def test_the_same_digits_are_kept_once_whoever_saves_them(store: Store, url: str) -> None:
    in_threads(4, lambda _: store.save_dataset(tiny_dataset()))
    store.save_dataset(tiny_dataset(seed=1))
    engine = sa.create_engine(store.url)
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(datasets)) == 2
    engine.dispose()


def test_an_unknown_data_set_is_an_error_in_words(store: Store) -> None:
    with pytest.raises(StoreError, match="does not have the digits"):
        store.load_dataset("0" * 64)


@pytest.mark.parametrize("damage", ["swapped", "torn", "nonsense"])
def test_damaged_digits_are_not_trained_on(store: Store, damage: str) -> None:
    good, other = tiny_dataset(), tiny_dataset(seed=1)
    store.save_dataset(good)
    store.save_dataset(other)
    engine = sa.create_engine(store.url)
    with engine.begin() as connection:
        read = sa.select(datasets.c.arrays).where(datasets.c.digest == other.digest)
        arrays = connection.scalar(read)
        arrays = {"swapped": arrays, "torn": arrays[:200], "nonsense": b"?"}[damage]
        change = sa.update(datasets).where(datasets.c.digest == good.digest)
        connection.execute(change.values(arrays=arrays))
    engine.dispose()
    with pytest.raises(StoreError, match="damaged"):
        store.load_dataset(good.digest)


def test_a_worker_elsewhere_gets_the_digits_once_and_checks_what_it_has(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, folder = tiny_dataset(), tmp_path / "digits"
    store.save_dataset(saved)
    fetched, load_dataset = [], store.load_dataset
    monkeypatch.setattr(
        store, "load_dataset", lambda digest: fetched.append(digest) or load_dataset(digest)
    )

    def load() -> Dataset:
        return store.load_dataset_once(saved.digest, folder)

    assert load().source == load().source == saved.source
    if store.url.startswith("sqlite"):  # it is on this computer already
        assert len(fetched) == 2
        assert not folder.exists()
        return
    assert len(fetched) == 1
    [file] = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-400])
    np.testing.assert_array_equal(load().x_train, saved.x_train)
    keep(folder, tiny_dataset(seed=1))
    [other] = set(folder.iterdir()) - {file}
    other.replace(file)
    np.testing.assert_array_equal(load().x_train, saved.x_train)
    assert len(fetched) == 3
