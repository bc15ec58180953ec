"""On what a worker trains. Cards are made up here; the last tests need a real one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tensorflow as tf

from mnist_core import environment
from mnist_core.errors import WorkerRefusedError
from mnist_core.store import Run, Store
from mnist_core.training import worker
from mnist_core.training.devices import CPU, card_of, device, take_device
from tests.training.training_helpers import SMALL

PROJECT = Path(__file__).parents[2]
TRAIN = ("-m", "mnist_core", "train", "--data", "sample", "--layers", "8", "--epochs", "2")


class Cards:
    """What ``tf.config`` says and is told on a computer with these cards.

    Args:
        names: of the cards.
        is_late: whether TensorFlow computes already.
    """

    def __init__(self, *names: str, is_late: bool = False) -> None:
        self._names, self._is_late = names, is_late
        self.visible: list[str] | None = None
        self.growing: list[str] = []
        self.is_deterministic = False
        self.experimental = self

    def list_physical_devices(self, kind: str) -> list[str]:
        assert kind == "GPU"
        return [*self._names]

    def set_visible_devices(self, devices: list[str], kind: str) -> None:
        if self._is_late:
            raise RuntimeError("Visible devices cannot be modified after being initialized")
        assert kind == "GPU"
        self.visible = devices

    def set_memory_growth(self, card: str, enable: bool) -> None:
        if enable:
            self.growing.append(card)

    def enable_op_determinism(self) -> None:
        self.is_deterministic = True

    def get_device_details(self, card: str) -> dict[str, Any]:
        return {"device_name": f"Maker {card}"} if card else {}


def test_what_is_made_up_here_is_there_in_tensorflow() -> None:
    told = {name for name in vars(Cards) if not name.startswith("_")}
    at_first = {"list_physical_devices", "set_visible_devices"}
    assert all(hasattr(tf.config, name) for name in at_first)
    assert all(hasattr(tf.config.experimental, name) for name in told - at_first)


@pytest.mark.parametrize("place", [0, 1])
def test_each_worker_has_a_card_of_its_own_and_takes_no_more_memory_than_it_needs(
    place: int,
) -> None:
    cards = Cards("a", "b")
    assert take_device(place, cards) == ("Maker a", "Maker b")[place]
    assert cards.visible == cards.growing == [("a", "b")[place]]
    assert cards.is_deterministic


@pytest.mark.parametrize("place", [0, 7])
def test_without_a_card_all_train_on_the_cpu_and_nothing_is_set(place: int) -> None:
    cards = Cards()
    assert take_device(place, cards) == CPU
    assert (cards.visible, cards.growing, cards.is_deterministic) == (None, [], False)


def test_more_workers_than_cards_are_refused_rather_than_compute_other_numbers() -> None:
    with pytest.raises(WorkerRefusedError, match=r"and this one has 2\. Start 2 there"):
        card_of(2, ["a", "b"])


def test_a_card_without_a_name_and_one_that_is_in_use_already_are_taken_as_they_are() -> None:
    assert take_device(0, Cards("")) == "GPU"
    late = Cards("a", "b", is_late=True)
    assert take_device(0, late) == "Maker a"
    assert late.visible is None


def test_a_run_says_on_what_it_was_trained(store: Store, start: Callable[..., Run]) -> None:
    run = start(SMALL.replace(epochs=1))
    worker.execute(store, run.claim)
    assert store.get_run(run.id).devices == [device()]


def test_a_run_that_goes_on_elsewhere_says_so(
    store: Store, start: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(SMALL.replace(epochs=1))
    store.record(run.claim, device="Maker a")
    monkeypatch.setattr(worker, "device", lambda: CPU)
    worker.execute(store, run.claim)
    assert store.get_run(run.id).devices == ["Maker a", CPU]


@pytest.mark.gpu
def test_on_a_card_the_same_settings_give_the_same_numbers(tmp_path: Path) -> None:
    losses = []
    for name in ("one.db", "other.db"):
        url = f"sqlite:///{tmp_path / name}"
        done = subprocess.run(
            [sys.executable, *TRAIN, "--json"],
            cwd=PROJECT,
            env=environment.inherited({"MNIST_STORE_URL": url}),
            capture_output=True,
            text=True,
            check=True,
        )
        losses.append(json.loads(done.stdout.splitlines()[-1])["test_loss"])
        with Store(url) as store:
            [run] = store.list_runs(limit=1)
            assert run.devices != [CPU]
    assert losses[0] == losses[1]
