"""A watched run in sentences, over the events of a real store."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.serving.live_words import LiveWords
from mnist_core.store import Claim, EpochRecord, RunStatus, Situation, Store
from tests.unit.store.store_helpers import tiny_dataset

DIGITS = 32  # one update an epoch tells too little
CONFIG = TrainingConfig(epochs=3, batch_size=8)
TRAINER: dict[str, Any] = {
    "server_alive": True,
    "workers": 1,
    "workers_ready": 1,
    "queue_position": None,
}


class Watched:
    """A run, and the words of somebody who has watched it from the start."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self.store = store
        dataset = tiny_dataset()
        store.save_dataset(dataset)
        self.run_id = store.create_run(
            CONFIG,
            dataset_digest=dataset.digest,
            dataset_name=dataset.name,
            training_digits=DIGITS,
            **settings,
        ).id
        self._seen = 0
        self._early = self._new_words()

    def begin(self) -> Claim:
        claim = self.store.claim_next(lease_seconds=60)
        assert claim is not None
        return claim

    def progress(self, claim: Claim, step: int, speed: int) -> None:
        data = {"epoch": (step - 1) // 4, "step": step, "position": step / 4}
        data |= {"accuracy": 0.5, "loss": 1.0, "digits_per_second": speed}
        self.store.record(claim, events=[("progress", data)], step=step)

    def epoch(
        self, claim: Claim, epoch: int, val_accuracy: float = 0.9, accuracy: float = 0.8
    ) -> None:
        record = EpochRecord(epoch, accuracy, 0.4, val_accuracy, 0.3, 1.0)
        self.store.record(claim, events=[("epoch", vars(record).copy())], epoch=record)

    def told(self, **situation: Any) -> Mapping[str, str]:
        """Give the words of who was there; who comes now must hear the same, but for the speed."""
        early = self._now(self._early, situation)
        late = self._now(self._new_words(), situation)
        assert early | {"state": ""} == late | {"state": ""}
        assert early["state"].startswith(late["state"])
        return early

    def _new_words(self) -> LiveWords:
        return LiveWords(self.store.get_run(self.run_id), self.store.read_history(self.run_id))

    def _now(self, words: LiveWords, situation: Mapping[str, Any]) -> dict[str, str]:
        run = self.store.get_run(self.run_id)
        for event in self.store.read_events({self.run_id: self._seen}, 1000):
            if words is self._early:
                words.take(event)
                self._seen = event.seq
        known = {
            "status": run.status,
            "last_seq": run.last_seq,
            "epoch_limit": run.epoch_limit,
            "stop_requested": run.stop_requested,
            "pause_requested": run.pause_requested,
        }
        words.situation = Situation(**TRAINER | known | situation)
        return words.now()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with Store(f"sqlite:///{tmp_path / 'runs.db'}") as store:
        yield Watched(store)


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ({"server_alive": False}, "No trainer is running at the moment. The run keeps its place"),
        ({"workers": 0, "workers_ready": 0}, "No trainer is running at the moment."),
        ({"workers": 0, "problem": "No X."}, "No trainer is running at the moment. No X. The run"),
        ({"workers_ready": 0}, "The trainer is warming up: about ten seconds."),
        ({"queue_position": 1}, "Waiting: 1st in the queue"),
        ({"queue_position": 2}, "Waiting: 2nd in the queue"),
        ({"queue_position": 3}, "Waiting: 3rd in the queue"),
        ({"queue_position": 4}, "Waiting: 4th in the queue"),
        ({"queue_position": 11}, "Waiting: 11th in the queue"),
        ({"queue_position": 12}, "Waiting: 12th in the queue"),
        ({"queue_position": 13}, "Waiting: 13th in the queue"),
        ({"queue_position": 21}, "Waiting: 21st in the queue"),
        ({"queue_position": 112}, "Waiting: 112th in the queue"),
        ({}, "Waiting for a trainer."),
    ],
)
def test_a_waiting_run_says_what_it_waits_for(
    watched: Watched, situation: dict[str, Any], said: str
) -> None:
    assert watched.told(**situation)["state"].startswith(said)


def test_a_training_says_its_epoch_and_how_fast_it_goes(watched: Watched) -> None:
    claim = watched.begin()
    assert watched.told()["state"] == "Starting: the first digits are on their way."

    watched.progress(claim, step=1, speed=12_000)
    assert watched.told()["state"] == "Epoch 1 of 3, 12,000 digits a second"
    watched.progress(claim, step=4, speed=900)
    assert watched.told()["state"] == "Epoch 1 of 3, 900 digits a second"
    watched.epoch(claim, 0)
    assert watched.told()["state"] == "Epoch 2 of 3, 900 digits a second"
    watched.epoch(claim, 1)
    watched.epoch(claim, 2)
    told = watched.told()
    assert told["state"] == "All epochs are done. Now come the test digits."
    assert told["epoch"] == "Epoch 3 of 3"


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        (
            {"queue_position": 4, "next_turn_in": 6.2, "done_in": 92.0},
            "Next turn in about 6 s; done in about 90 s.",
        ),
        ({"queue_position": 1, "next_turn_in": 0.0}, "Next turn in about 1 s."),
        ({"queue_position": 4}, "Others have their turn; the next one comes by itself."),
        ({"done_in": 250.0}, "Training now; done in about 4 min."),
        (
            {"queue_position": 4, "next_turn_in": 6.2, "workers": 0},
            "No trainer is running at the moment. The run goes on by itself from where it was.",
        ),
    ],
)
def test_a_run_that_takes_turns_says_when_its_next_one_comes(
    watched: Watched, situation: dict[str, Any], said: str
) -> None:
    claim = watched.begin()
    watched.progress(claim, step=4, speed=900)
    watched.epoch(claim, 0)
    assert watched.told(**situation)["state"] == f"Epoch 2 of 3. {said}"


def test_a_run_that_waits_for_its_first_turn_says_when_it_comes(watched: Watched) -> None:
    told = watched.told(queue_position=3, next_turn_in=14.0, done_in=118.0)
    words = "Waiting: 3rd in the queue. Next turn in about 15 s; done in about 2 min."
    assert told["state"] == words


def test_between_turns_a_wish_is_said_before_the_time(watched: Watched) -> None:
    claim = watched.begin()
    watched.progress(claim, step=4, speed=900)
    told = watched.told(queue_position=3, next_turn_in=14.0, stop_requested=True)
    assert told["state"].startswith("Stopping.")


def test_complete_epochs_are_told_with_their_accuracy_and_curves(watched: Watched) -> None:
    assert watched.told()["val_accuracy"] == "–"
    assert watched.told()["complete"] == ""
    assert watched.told()["curves"] == "No epoch is complete yet."
    claim = watched.begin()
    watched.epoch(claim, 0, 0.25)
    watched.epoch(claim, 1, 0.978)

    told = watched.told()
    assert told["val_accuracy"] == "97.8 %"
    assert told["complete"] == "Epoch 2: validation accuracy 97.8 %"
    rise = "Validation accuracy rises from 25.0 % in epoch 1 to 97.8 % in epoch 2."
    assert rise in told["curves"]


def test_an_accuracy_that_is_no_number_is_a_dash(watched: Watched) -> None:
    watched.epoch(watched.begin(), 0, float("nan"))

    assert watched.told()["val_accuracy"] == "–"
    assert watched.told()["compared"] == ""


@pytest.mark.parametrize(
    ("accuracies", "said"),
    [
        ([(0.8, 0.9)], ["80.0 %, 10.0 points lower."]),
        ([(0.9, 0.9)], ["90.0 %, the same."]),
        # As the numbers are shown, though 97.76 and 96.04 are 1.7 points apart.
        ([(0.9776, 0.9604)], ["97.8 %, 1.8 points higher."]),
        (
            [(0.9, 0.95), (0.996, 0.978)],
            ["99.6 %, 1.8 points higher.", "No validation was better."],
        ),
        (
            [(0.9, 0.9), (0.9, 0.92), (1.0, 0.91)],
            ["100.0 %, 9.0 points higher.", "Best validation: 92.0 %, in epoch 2."],
        ),
        (
            [(0.9, float("nan")), (0.9, 0.9)],
            ["90.0 %, the same.", "No validation was better."],
        ),
    ],
)
def test_training_and_the_best_validation_are_compared_with_the_last_one(
    watched: Watched, accuracies: list[tuple[float, float]], said: list[str]
) -> None:
    assert watched.told()["compared"] == ""
    claim = watched.begin()
    for epoch, (accuracy, val_accuracy) in enumerate(accuracies):
        watched.epoch(claim, epoch, val_accuracy, accuracy)

    assert watched.told()["compared"] == f"Training: {' '.join(said)}"


def test_the_last_number_of_each_curve_is_told(watched: Watched) -> None:
    curves = ("accuracy", "val_accuracy", "loss", "val_loss")
    assert [watched.told()[name] for name in curves] == ["–"] * 4
    watched.epoch(watched.begin(), 0)

    assert [watched.told()[name] for name in curves] == ["80.0 %", "90.0 %", "0.4000", "0.3000"]


def test_what_a_person_wants_is_said_before_the_worker_does_it(watched: Watched) -> None:
    watched.progress(watched.begin(), step=1, speed=1)
    watched.store.request_pause(watched.run_id, None)
    assert watched.told()["state"] == "Pausing."
    watched.store.request_stop(watched.run_id, None)
    assert watched.told()["state"] == "Stopping. The network is kept as far as it got."


@pytest.mark.parametrize(
    ("steps", "epochs", "place"),
    [(0, 0, "before the first epoch"), (4, 1, "after epoch 1 of 3"), (6, 1, "in epoch 2 of 3")],
)
@pytest.mark.parametrize("stops", [False, True])
def test_a_run_that_rests_says_where(
    watched: Watched, steps: int, epochs: int, place: str, stops: bool
) -> None:
    claim = watched.begin()
    for step in range(1, steps + 1):
        watched.progress(claim, step, speed=1)
    for epoch in range(epochs):
        watched.epoch(claim, epoch)
    if stops:
        watched.store.finish(claim, RunStatus.STOPPED)
        said = f"Stopped {place}. The network is kept as far as it got."
    else:
        watched.store.pause(claim, b"checkpoint")
        said = f"Paused {place}. Press Continue to go on."

    assert watched.told()["state"] == said
    if not stops:
        with_all = watched.told(paused_by_class=True)["state"]
        assert with_all == f"Paused {place}, with the whole class: it goes on by itself."


def test_a_finished_run_says_its_test_accuracy(watched: Watched) -> None:
    claim = watched.begin()
    watched.epoch(claim, 0)
    test = {"accuracy": 0.9312, "loss": 0.2}
    watched.store.finish(
        claim, RunStatus.FINISHED, events=[("test", test)], test_accuracy=0.9312, test_loss=0.2
    )

    assert watched.told()["state"] == "Finished: 1 epoch. Test accuracy 93.1 %."


def test_a_failed_run_says_why_and_what_to_try(watched: Watched) -> None:
    claim = watched.begin()
    watched.store.finish(claim, RunStatus.FAILED, error="It broke.", advice="Try less.")

    assert watched.told()["state"] == "The run failed. It broke. Try less."


def test_a_run_whose_worker_is_gone_says_that_it_goes_on(watched: Watched) -> None:
    watched.store.interrupt(watched.begin())

    words = "The worker stopped. The run goes on by itself from where it was"
    assert watched.told()["state"] == f"{words}."
    assert watched.told(workers=0)["state"] == f"{words}, as soon as a trainer is there."


def test_an_event_is_newer_than_a_situation_that_was_read_before_it(watched: Watched) -> None:
    before = watched.store.get_run(watched.run_id)
    watched.begin()

    told = watched.told(status=before.status, last_seq=before.last_seq)

    assert told["state"] == "Starting: the first digits are on their way."
