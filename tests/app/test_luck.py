"""Is it luck? What is said of two runs, and what is queued for five seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_predictions
from mnist_core.store import Run, RunStatus, Store, hash_owner
from tests.app.page_helpers import PATIENCE, SAMPLE, button, words

BASE = TrainingConfig(layers=(16,), epochs=1)
OTHER = BASE.replace(batch_size=1000)
TESTED = len(SAMPLE.y_test)


def page() -> None:
    import streamlit as st

    from pages.services.server import get_store
    from pages.views.compare.luck import render_luck

    render_luck(*map(get_store().get_run, st.query_params["runs"].split(",")))


@pytest.fixture
def show(store: Store) -> Callable[..., AppTest]:
    def show(first: Run, second: Run) -> AppTest:
        app = AppTest.from_function(page, default_timeout=PATIENCE)
        app.query_params["runs"] = f"{first.id},{second.id}"
        app.run()
        assert not app.exception
        return app

    return show


@pytest.fixture
def add(store: Store) -> Callable[..., Run]:
    """Put a run into the store that reads the first so many test digits wrong."""

    def add(config: TrainingConfig, wrong: int | None = None, digest: str = SAMPLE.digest) -> Run:
        store.save_dataset(SAMPLE)
        run = store.create_run(
            config, dataset_digest=digest, dataset_name=SAMPLE.name, lease_seconds=60
        )
        if wrong is None:
            return run
        guesses = SAMPLE.y_test.astype(int)
        guesses[:wrong] = (guesses[:wrong] + 1) % 10
        y_prob = np.eye(10, dtype=np.float32)[guesses]
        accuracy = 1 - wrong / TESTED
        packed = pack_predictions(y_prob)
        store.finish(run.claim, RunStatus.FINISHED, test_accuracy=accuracy, predictions=packed)
        return store.get_run(run.id)

    return add


def test_test_digits_and_seeds_are_told_apart(show, add) -> None:
    text = words(show(add(BASE, wrong=20), add(OTHER, wrong=50)))

    assert "Of 1,000 test digits, 30 are read right by A only and 0 by B only" in text
    assert "whether the settings do, other seeds tell." in text
    assert "Both begin with the same start weights and see the digits in the same order." in text
    assert "One seed tells nothing" in text


def test_what_is_missing_for_five_seeds_is_queued_with_the_same_seeds(show, add, store) -> None:
    first, second = add(BASE, wrong=20), add(OTHER, wrong=50)
    add(BASE.replace(seed=7), wrong=20)
    app = show(first, second)
    assert "Trains 7 more runs, about" in words(app)
    button(app, "Try both with five seeds").click().run()

    waiting = [run for run in store.list_runs() if run.status is RunStatus.QUEUED]
    assert all(run.background for run in waiting)
    queued = sorted((run.config.batch_size, run.config.seed) for run in waiting)
    assert queued == [*((100, seed) for seed in (1, 2, 3)), *((1000, s) for s in (1, 2, 3, 7))]
    assert "3 of 10 runs are finished." in words(app)
    button(app, "Stop the others").click().run()
    assert len(store.list_runs()) == 3
    assert button(app, "Try both with five seeds")


def test_five_pairs_are_weighed_and_nothing_more_is_offered(show, add) -> None:
    runs = [
        add(config.replace(seed=seed), wrong=wrong + seed)
        for seed in range(5)
        for config, wrong in ((BASE, 20), (OTHER, 50))
    ]
    app = show(runs[0], runs[1])

    assert "With 5 seeds, A (batch 100) was better five times and B (batch 1,000) never." in words(
        app
    )
    assert "All five the same way happens by luck once in 16: a hint" in words(app)
    assert [each.label for each in app.button] == []


@pytest.mark.parametrize(
    ("seed", "said"),
    [(3, "what is different between them is luck"), (0, "they are one and the same")],
)
def test_the_same_settings_need_no_seeds(show, add, seed: int, said: str) -> None:
    app = show(add(BASE, wrong=20), add(BASE.replace(seed=seed), wrong=21))
    assert said in words(app)
    assert [each.label for each in app.button] == []


def test_runs_without_a_test_say_when_it_can_be_told(show, add) -> None:
    text = words(show(add(BASE), add(OTHER, wrong=3)))
    assert "This can be told when both have had their test." in text
    assert "No seed has been trained with both settings yet." in text


def test_a_run_that_was_stopped_has_no_test_to_wait_for(show, add, store) -> None:
    stopped = add(BASE)
    store.finish(stopped.claim, RunStatus.STOPPED)
    assert "One of the two never came to its test." in words(show(stopped, add(OTHER, wrong=3)))


def test_too_many_at_once_are_refused_with_a_sentence(show, add, store) -> None:
    app = show(add(BASE, wrong=20), add(OTHER, wrong=50))
    app.session_state["visit_token"] = "anna"
    store.request_runs(
        {BASE.replace(seed=1000 + seed): 3600 for seed in range(60)},
        dataset_digest=SAMPLE.digest,
        dataset_name=SAMPLE.name,
        owner=hash_owner("anna"),
    )
    button(app, "Try both with five seeds").click().run()
    assert "8 more runs, and 60 of yours are on their way already. At most 64" in words(app)
