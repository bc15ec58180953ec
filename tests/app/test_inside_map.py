"""The map of the page Look inside as a script: every layer, epoch and state of a t-SNE."""

from __future__ import annotations

import itertools

import numpy as np
import psutil
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_weights
from mnist_core.inspection.projection import choose_digits, pack_map
from mnist_core.store import MapSubject, Run, RunStatus, Store
from pages.services import server
from pages.views.shared.look_inside import BROUGHT_KEY, SHOWS_BROUGHT_KEY, ShownDigit
from tests.app.page_helpers import SAMPLE, button, words
from tests.e2e.server import wait_until

DIGITS = choose_digits(SAMPLE.y_test)


@pytest.fixture
def add_run(store: Store):
    """Put a run with weights of three moments into the store; the last ones times a factor."""

    def add_run(layers: tuple[int, ...] = (8,), last_factor: float = 1.0) -> Run:
        store.save_dataset(SAMPLE)
        run = store.create_run(
            TrainingConfig(layers=layers, epochs=2),
            dataset_digest=SAMPLE.digest,
            dataset_name=SAMPLE.name,
            lease_seconds=60,
        )
        rng = np.random.default_rng(0)
        widths = (784, *layers, 10)
        shapes = [s for i, n in itertools.pairwise(widths) for s in ((i, n), (n,))]
        for epoch, factor in ((-1, 1.0), (0, 1.0), (1, last_factor)):
            weights = [rng.normal(size=shape, scale=0.1) * factor for shape in shapes]
            store.record(run.claim, snapshot=(epoch, pack_weights(weights)))
        store.finish(run.claim, RunStatus.FINISHED, test_accuracy=0.1, test_loss=0.5)
        return store.get_run(run.id)

    return add_run


@pytest.fixture
def open_map(open_page):
    def open_map(run: Run):
        return open_page("inside", run=run.id, view="Map")

    return open_map


def choose(app, label: str, value: str):
    [control] = [each for each in app.segmented_control if each.label == label]
    control.set_value(value).run()
    assert not app.exception
    return app


def test_every_layer_and_epoch_says_how_well_it_parts_the_digits(open_map, add_run):
    app = open_map(add_run(layers=(8, 6)))
    for layer in ("Pixels", "Layer 1", "Layer 2", "Output"):
        choose(app, "Of", layer)
        assert "Of a digit's ten nearest neighbours on the map" in words(app)
        assert f"of {len(DIGITS):,} digits that the network reads wrong" in words(app)
        assert not app.error
    compared = [each.value for each in app.markdown if each.value.startswith("From layer to layer")]
    assert all(name in compared[0] for name in ("Pixels **", "Layer 1 **", "Layer 2 **", "Output"))
    app.select_slider[0].set_value(-1).run()
    assert not app.error
    assert "Of a digit's ten nearest neighbours on the map" in words(app)


def test_a_layer_that_overflowed_says_so_and_the_pixels_are_still_there(open_map, add_run):
    app = open_map(add_run(last_factor=np.nan))
    choose(app, "Of", "Output")
    assert "The numbers of this layer overflowed" in words(app)
    choose(app, "Of", "Pixels")
    assert "Of a digit's ten nearest neighbours" in words(app)
    choose(app, "Of", "Output")
    app.select_slider[0].set_value(0).run()
    assert "overflowed" not in words(app)
    assert not app.exception


def test_a_layer_of_one_node_is_a_line(open_map, add_run):
    app = choose(open_map(add_run(layers=(1,))), "Of", "Layer 1")
    assert "the map is a line" in words(app)
    assert not app.error


def test_without_hidden_layers_there_are_pixels_and_output(open_map, add_run):
    app = open_map(add_run(layers=()))
    [control] = [each for each in app.segmented_control if each.label == "Of"]
    assert control.options == ["Pixels", "Output"]
    choose(app, "Of", "Output")
    assert not app.error


def test_the_map_opens_on_the_last_layer(open_map, add_run):
    assert "Map by PCA of the output layer after epoch 2" in words(open_map(add_run()))


def test_another_run_without_the_chosen_layer_shows_one_it_has(open_map, add_run):
    short, long = add_run(), add_run(layers=(8, 6))
    app = choose(open_map(long), "Of", "Layer 2")
    app.selectbox[0].set_value(short.id).run()
    assert not app.exception
    assert "Of a digit's ten nearest neighbours on the map" in words(app)


def test_a_map_by_t_sne_is_asked_for_watched_and_taken_back(open_map, add_run):
    run = add_run()
    app = choose(choose(open_map(run), "Of", "Layer 1"), "How", "t-SNE")
    button(app, "Draw the map by t-SNE").click().run()
    subject = MapSubject(run.dataset_digest, run.id, epoch=1, layer=1)
    desk = server.get_tsne_queue()
    assert desk.progress(subject) is not None
    again = choose(choose(open_map(run), "Of", "Layer 1"), "How", "t-SNE")  # another tab
    assert "Somebody else asked for it" in words(again)
    pid = wait_until(lambda: desk.process_id(subject), "the process that draws")
    process = psutil.Process(pid)
    button(app, "Cancel").click().run()
    assert desk.progress(subject) is None
    process.wait(120)
    assert button(app, "Draw the map by t-SNE")


def test_a_kept_map_by_t_sne_is_found_by_everybody(open_map, add_run, store):
    run = add_run()
    angles = SAMPLE.y_test[DIGITS] * 0.6
    rings = (
        np.stack([np.cos(angles), np.sin(angles)], axis=1) + np.arange(len(DIGITS))[:, None] / 1e6
    )
    store.save_map(MapSubject(run.dataset_digest), pack_map(DIGITS, rings))
    app = choose(choose(open_map(run), "Of", "Pixels"), "How", "t-SNE")
    assert "Map by t-SNE of the pixels" in words(app)
    assert "10.0 are the same digit" in words(app)
    assert not [each for each in app.button if each.label.startswith("Draw the map")]
    choose(app, "Of", "Layer 1")
    assert "Map by PCA of layer 1 after epoch 2" in words(app)
    assert button(app, "Draw the map by t-SNE")


def test_a_digit_without_a_place_on_a_map_by_t_sne_is_told_by_the_one_most_like_it(
    open_map, add_run, store
):
    run = add_run()
    store.save_map(MapSubject(run.dataset_digest), pack_map(DIGITS, np.eye(len(DIGITS), 2)))
    image = SAMPLE.x_test[5].copy()
    image[0, 0] = 9
    app = choose(open_map(run), "Of", "Pixels")
    app.session_state[BROUGHT_KEY] = ShownDigit(image, None, "your drawing")
    app.session_state[SHOWS_BROUGHT_KEY] = True
    app.run()
    assert "In the ring: **your drawing**." in words(app)
    choose(app, "How", "t-SNE")
    assert "**Your drawing** is not one of the digits on this map." in words(app)
    assert "In the ring: number 5, the one most like it here." in words(app)


def test_the_digit_on_the_page_is_opened_in_network(open_map, add_run):
    app = open_map(add_run())
    app.number_input(key="digit").set_value(7).run()
    assert "test digit number 7" in words(app)
    button(app, "Open it in Network").click().run()
    assert app.segmented_control(key="view").value == "Network"
    assert app.number_input(key="digit").value == 7
    assert not app.exception
