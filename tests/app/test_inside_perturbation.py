"""Shake it and the epoch slider of Look inside, as scripts: what answers, and what is said."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_weights
from mnist_core.inspection.perturbations import Perturbation
from mnist_core.store import EpochRecord, Run, RunStatus, Store
from pages.views.inside import epoch_picker
from pages.views.inside.robustness_curve import curve_in_progress
from pages.views.inside.snapshot import Snapshot
from tests.app.page_helpers import SAMPLE, button, nearest_mean, words


@pytest.fixture
def add_run(store: Store) -> Callable[..., Run]:
    """Put a run into the store as a worker leaves it, with the weights of some epochs."""

    def add_run(
        kept: Sequence[int] = (-1, 0, 1, 2),
        status: RunStatus | None = RunStatus.FINISHED,
        *,
        weights: list[np.ndarray] | None = None,
        **settings: object,
    ) -> Run:
        store.save_dataset(SAMPLE)
        run = store.create_run(
            TrainingConfig(**({"layers": (), "epochs": 3} | settings)),
            dataset_digest=SAMPLE.digest,
            dataset_name=SAMPLE.name,
            lease_seconds=60,
        )
        for epoch in range(-1, max(kept) + 1):
            certainty = 0 if epoch < 0 else 2.0**epoch
            record = EpochRecord(epoch, 0.7, 0.5, 0.6 + epoch / 10, 0.6, 1.0)
            packed = pack_weights(nearest_mean(certainty) if weights is None else weights)
            store.record(
                run.claim,
                epoch=record if epoch >= 0 else None,
                snapshot=(epoch, packed) if epoch in kept else None,
            )
        if status is not None:
            store.finish(run.claim, status)
        return store.get_run(run.id)

    return add_run


@pytest.fixture
def open_shake(open_page, add_run) -> Callable[..., AppTest]:
    def open_shake(run: Run | None = None, **query: str) -> AppTest:
        run = run or add_run()
        app = open_page("inside", run=run.id, view="Shake it", **query)
        assert not app.exception
        return app

    return open_shake


def said(app: AppTest) -> str:
    """The guess in large letters."""
    return next(each.value for each in app.subheader if each.value.startswith("It says"))


def charts(app: AppTest) -> list[str]:
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def set_strength(app: AppTest, kind: Perturbation, strength: float) -> AppTest:
    app.slider(key=f"shake-{kind.name.lower()}").set_value(strength).run()
    assert not app.exception
    return app


def complete_curve(run: Run, kind: Perturbation, epoch: int = 2) -> dict[float, float]:
    """Reckon every point as the calls of a browser do."""
    progress = curve_in_progress(Snapshot(run, epoch), kind)
    while not progress.is_complete:
        progress.go_on()
    return progress.points


# --------------------------------------------------------------------------- Shake it


@pytest.mark.parametrize("kind", Perturbation)
def test_every_slider_changes_the_likelihoods_and_putting_it_back_restores_them(open_shake, kind):
    app = open_shake()
    before, guess = charts(app)[0], said(app)
    assert button(app, "Put it back").disabled
    set_strength(app, kind, kind.limit.maximum)
    assert charts(app)[0] != before
    button(app, "Put it back").click().run()
    assert not app.exception
    assert charts(app)[0] == before
    assert said(app) == guess
    assert {slider.value for slider in app.slider} == {0}


def test_a_changed_guess_is_told_with_the_one_before_and_where_it_first_changes(open_shake):
    app = open_shake()
    guess = said(app).removeprefix("It says ")[0]
    set_strength(app, Perturbation.ROTATION, 90)
    assert said(app).endswith(f"Before: {guess}")
    assert "to the right, it says" in words(app)
    assert "for the first time." in words(app)


def test_the_sliders_stay_where_they_are_while_another_view_is_looked_at(open_shake):
    app = set_strength(open_shake(), Perturbation.NOISE, 40)
    app.segmented_control(key="view").set_value("Map").run()
    app.segmented_control(key="view").set_value("Shake it").run()
    assert app.slider(key="shake-noise").value == 40


def test_the_curve_goes_along_with_the_slider_that_was_moved_last(open_shake):
    app = open_shake()
    assert app.segmented_control(key="shake-kind").value is Perturbation.ROTATION
    set_strength(app, Perturbation.COVER, 4)
    assert app.segmented_control(key="shake-kind").value is Perturbation.COVER


def test_the_page_answers_before_the_curve_is_reckoned(open_shake):
    app = open_shake()
    assert len(charts(app)) == 1
    [progress] = app.get("progress")
    assert progress.proto.text == "Reading all 1,000 test digits at 13 strengths: 0 done."


def test_the_curve_is_that_of_all_test_digits_and_tells_where_the_slider_stands(
    open_shake, add_run
):
    run = add_run()
    points = complete_curve(run, Perturbation.ROTATION)
    right = (
        Snapshot(run, 2).network.probabilities(SAMPLE.x_test).argmax(axis=1) == SAMPLE.y_test
    ).sum()
    assert points[0] == right / 1000
    app = open_shake(run)
    plain = f"Left as they are, **{right / 10:.1f} %** of the 1,000 test digits are read right"
    assert plain in words(app)
    assert len(charts(app)) == 2
    set_strength(app, Perturbation.ROTATION, 30)
    assert f"turned 30° to the right, **{100 * points[30]:.1f} %**." in words(app)
    set_strength(app, Perturbation.ROTATION, 40)
    assert "turned 40° to the right, about **" in words(app)


def test_a_network_whose_numbers_overflowed_gets_a_sentence_and_no_curve(open_shake, add_run):
    nothing = [np.full((784, 10), np.nan), np.zeros(10)]
    app = open_shake(add_run(weights=nothing))
    assert "No guess: the network's numbers overflowed" in words(app)
    assert charts(app) == []
    set_strength(app, Perturbation.ROTATION, 30)


def test_a_strength_beyond_the_slider_is_not_taken(open_shake):
    app = open_shake()
    before = charts(app)[0]
    app.slider(key="shake-rotation").set_value(4000).run()
    assert not app.exception
    assert app.slider(key="shake-rotation").value in Perturbation.ROTATION.slider_strengths
    assert charts(app)[0] == before


# --------------------------------------------------------------------------- the epoch slider


def epoch_slider(app: AppTest):
    [slider] = [each for each in app.select_slider if each.label == "Epoch"]
    return slider


def test_the_last_epoch_is_looked_at_first_with_its_accuracy(open_shake):
    app = open_shake()
    assert epoch_slider(app).value == 2
    assert "**After epoch 3 of 3**: validation accuracy 80.0 %." in words(app)


def test_before_the_first_batch_the_network_knows_nothing(open_shake):
    app = open_shake()
    epoch_slider(app).set_value(-1).run()
    assert "**Before the first batch**: the weights are random." in words(app)
    assert "10.0 % sure" in said(app)
    assert app.query_params["epoch"] == "start"


def test_a_link_leads_to_its_epoch_and_a_wrong_one_to_the_last(open_shake, add_run):
    run = add_run()
    assert epoch_slider(open_shake(run, epoch="2")).value == 1
    assert epoch_slider(open_shake(run, epoch="99")).value == 2


def test_the_chosen_epoch_survives_a_change_of_view_and_of_page(open_shake):
    app = open_shake()
    epoch_slider(app).set_value(0).run()
    app.segmented_control(key="view").set_value("Map").run()
    assert epoch_slider(app).value == 0
    app.switch_page("runs.py").run()
    app.switch_page("inside.py").run()
    assert epoch_slider(app).value == 0


def test_the_browsers_back_leads_to_the_epoch_of_its_address(open_shake, monkeypatch):
    app = open_shake()
    epoch_slider(app).set_value(0).run()
    monkeypatch.setattr(epoch_picker, "has_gone_back", lambda: True)
    del app.query_params["epoch"]
    app.run()
    assert epoch_slider(app).value == 2
    app.query_params["epoch"] = "1"  # forward again
    app.run()
    assert epoch_slider(app).value == 0


@pytest.mark.parametrize("outdated", [None, "2"])
def test_an_address_from_before_the_slider_was_moved_does_not_move_it_back(open_shake, outdated):
    app = open_shake()
    epoch_slider(app).set_value(1).run()
    epoch_slider(app).set_value(-1).run()
    del app.query_params["epoch"]
    if outdated:
        app.query_params["epoch"] = outdated
    app.run()  # as when another control was moved before the browser heard of the new address
    assert epoch_slider(app).value == -1
    assert app.query_params["epoch"] == "start"


def test_another_run_begins_at_its_own_last_epoch(open_shake, add_run):
    first, second = add_run(), add_run((-1, 0, 1), epochs=2)
    app = open_shake(first)
    epoch_slider(app).set_value(0).run()
    app.selectbox[0].set_value(second.id).run()
    assert epoch_slider(app).value == 1
    assert "epoch" not in app.query_params


def test_play_begins_again_at_the_end_and_pause_stays_where_it_is(open_shake):
    app = open_shake()
    button(app, "Play").click().run()
    assert epoch_slider(app).value == -1
    assert "The curve is drawn as soon as the epochs stand still." in words(app)
    button(app, "Pause").click().run()
    assert epoch_slider(app).value == -1
    assert button(app, "Play")


def test_moving_the_slider_ends_playing(open_shake):
    app = open_shake()
    button(app, "Play").click().run()
    epoch_slider(app).set_value(1).run()
    assert epoch_slider(app).value == 1
    assert button(app, "Play")


def test_a_run_that_still_trains_brings_its_newest_epoch(open_shake, add_run, store):
    run = add_run((-1, 0), status=None)
    app = open_shake(run)
    assert epoch_slider(app).value == 0
    store.record(run.claim, snapshot=(1, pack_weights(nearest_mean(1))))
    app.run()
    assert epoch_slider(app).value == 1
    epoch_slider(app).set_value(0).run()
    store.record(run.claim, snapshot=(2, pack_weights(nearest_mean(1))))
    app.run()
    assert epoch_slider(app).options == ["start", "1", "2", "3"]
    assert epoch_slider(app).value == 0  # who looks back is left in peace


def test_a_large_network_says_which_epochs_are_kept(open_page, add_run):
    layers = (1024, 1024, 1024, 1024)
    widths = (784, *layers, 10)
    shapes = [s for i, n in itertools.pairwise(widths) for s in ((i, n), (n,))]
    run = add_run((4,), weights=[np.zeros(shape) for shape in shapes], layers=layers, epochs=10)
    app = open_page("inside", run=run.id)
    assert not app.exception
    assert "only the start, one epoch in 5 and the last epoch are kept." in words(app)
