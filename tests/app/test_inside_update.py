"""One update in slow motion as a script: what it says is what the arithmetic gives."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.data import split_indices
from mnist_core.data.arrays import pack_weights
from mnist_core.formatting import loss_text
from mnist_core.inspection.backpropagation import backward_pass, forward_pass, penalty
from mnist_core.inspection.network import Network
from mnist_core.inspection.optimizers import OPTIMIZERS, TrainingState
from mnist_core.inspection.trace import Node
from mnist_core.store import Run, RunStatus, Store
from tests.app.page_helpers import SAMPLE, button, component, words

TRAINING, VALIDATION = split_indices(SAMPLE.y_train, 0.1, 1.0)
FIRST = int(TRAINING.min())


@pytest.fixture
def add_run(store: Store) -> Callable[..., tuple[Run, Network]]:
    """Put a run with the weights of three moments into the store; gives the first as a network."""

    def add_run(
        layers: tuple[int, ...] = (16,), factor: float = 1.0, **settings: object
    ) -> tuple[Run, Network]:
        store.save_dataset(SAMPLE)
        config = TrainingConfig(layers=layers, epochs=2, **settings)
        run = store.create_run(
            config, dataset_digest=SAMPLE.digest, dataset_name=SAMPLE.name, lease_seconds=60
        )
        rng = np.random.default_rng(0)
        snapshots = []
        for epoch in (-1, 0, 1):
            weights = []
            for inputs, nodes in itertools.pairwise((784, *layers, 10)):
                scale = factor * np.sqrt(2 / (inputs + nodes))
                weights += [rng.normal(size=(inputs, nodes)) * scale, np.zeros(nodes)]
            snapshots.append(pack_weights(weights))
            store.record(run.claim, snapshot=(epoch, snapshots[-1]))
        store.finish(run.claim, RunStatus.STOPPED)
        return store.get_run(run.id), Network.from_snapshot(snapshots[0], config)

    return add_run


@pytest.fixture
def open_update(open_page) -> Callable[..., AppTest]:
    def open_update(run: Run, digit: int = FIRST, **query: str) -> AppTest:
        query = {"run": run.id, "view": "One update", "training_digit": str(digit)} | query
        app = open_page("inside", **query)
        assert not app.exception
        return app

    return open_update


def updated(
    network: Network, positions: list[int], times: int, optimizer: str = "sgd", rate: float = 0.01
) -> Network:
    """Update as often, by the library alone."""
    images, labels = SAMPLE.x_train[positions], SAMPLE.y_train[positions]
    state = TrainingState(network)
    for _ in range(times):
        passed = forward_pass(state.network, images, labels)
        gradient = backward_pass(state.network, passed, labels)
        state = OPTIMIZERS[optimizer](state, gradient, rate)
    return state.network


def loss_of(network: Network, *positions: int) -> str:
    listed = list(positions)
    return loss_text(forward_pass(network, SAMPLE.x_train[listed], SAMPLE.y_train[listed]).loss)


def metrics(app: AppTest) -> list[str]:
    return [each.value for each in app.metric]


def press(app: AppTest, label: str) -> AppTest:
    button(app, label).click().run()
    assert not app.exception
    return app


def epoch_of(app: AppTest) -> int:
    [slider] = [each for each in app.select_slider if each.label == "Epoch"]
    return slider.value


def test_it_begins_before_the_first_batch_with_likelihood_label_and_loss(add_run, open_update):
    run, network = add_run()
    app = open_update(run)
    label = SAMPLE.y_train[FIRST]
    [y_prob] = network.probabilities(SAMPLE.x_train[[FIRST]])
    assert epoch_of(app) == -1
    assert f"This is training digit number {FIRST}, " in words(app)
    assert f"**{y_prob.argmax()}**, {100 * y_prob.max():.1f} % sure" in words(app)
    expected = f"the label, {label}, a likelihood of {100 * y_prob[label]:.1f} %"
    assert expected in words(app)
    after = updated(network, [FIRST], 1)
    assert metrics(app) == [loss_of(network, FIRST), loss_of(after, FIRST)]


@pytest.mark.parametrize(("name", "optimizer"), [("Gradient descent", "sgd"), ("Adam", "adam")])
def test_the_network_after_eleven_updates_is_that_of_the_optimizer(
    name, optimizer, add_run, open_update
):
    rate = {"sgd": 0.01, "adam": 0.001}[optimizer]
    run, network = add_run()
    app = press(press(open_update(run, by=name), "Update the weights"), "Ten times")
    after = updated(network, [FIRST], 11, optimizer, rate)
    further = updated(network, [FIRST], 12, optimizer, rate)
    assert "After 11 updates by hand, the network says" in words(app)
    assert metrics(app) == [loss_of(after, FIRST), loss_of(further, FIRST)]
    watched = VALIDATION[:200]
    before_right, after_right = (
        each.probabilities(SAMPLE.x_train[watched]).argmax(axis=1) == SAMPLE.y_train[watched]
        for each in (network, after)
    )
    assert (
        f"Of 200 validation digits, the network read {before_right.sum()} right before. "
        f"Now it is **{after_right.sum()}**."
    ) in words(app)
    forgotten = watched[before_right & ~after_right]
    assert len(forgotten)
    assert f"**Forgotten**: {len(forgotten)} that were right before" in words(app)
    shown = component(app, "update-forgotten")
    assert shown["descriptions"][0].startswith(f"training digit number {forgotten[0]:,}, ")


def test_updates_are_taken_back_one_by_one_or_all_at_once(add_run, open_update):
    run, _ = add_run()
    app = open_update(run)
    at_first = metrics(app)
    press(app, "Update the weights")
    once = metrics(app)
    press(app, "Ten times")
    press(press(app, "Start over"), "Update the weights")
    assert metrics(app) == once
    press(press(app, "Again"), "Take back")
    assert metrics(app) == once
    press(app, "Take back")
    assert metrics(app) == at_first
    assert "by hand" not in words(app)


def test_each_optimizer_and_epoch_has_updates_of_its_own(add_run, open_update):
    run, _ = add_run()
    app = press(open_update(run), "Update the weights")
    app.segmented_control(key="by").set_value("Adam").run()
    assert button(app, "Update the weights")
    app.segmented_control(key="by").set_value("Gradient descent").run()
    assert "After 1 update by hand" in words(app)
    [slider] = [each for each in app.select_slider if each.label == "Epoch"]
    slider.set_value(1).run()
    assert button(app, "Update the weights")


def test_the_learning_rate_decides_what_the_loss_will_be(add_run, open_update):
    run, network = add_run()
    app = open_update(run)
    app.select_slider(key="update-rate-sgd").set_value(0.002).run()
    assert not app.exception
    assert metrics(app)[1] == loss_of(updated(network, [FIRST], 1, rate=0.002), FIRST)


def test_the_next_digit_goes_on_from_what_the_one_before_has_done(add_run, open_update):
    run, network = add_run()
    app = press(open_update(run), "Ten times")
    other = int(np.sort(TRAINING)[3])
    app.number_input(key="training_digit").set_value(other).run()
    assert metrics(app)[0] == loss_of(updated(network, [FIRST], 10), other)
    assert "After 10 updates by hand" in words(app)


@pytest.mark.parametrize("by", ["Gradient descent", "Adam"])
@pytest.mark.parametrize("layers", [(), (16,), (16, 14, 13, 12)], ids=len)
def test_the_weights_of_a_node_in_every_layer_add_up_as_they_are_written(
    layers, by, add_run, open_update
):
    run, _ = add_run(layers)
    app = open_update(run, by=by)
    label = int(SAMPLE.y_train[FIRST])
    for layer in range(len(layers) + 1):
        is_output = layer == len(layers)
        app.session_state["update-node"] = Node(layer, label if is_output else 4)
        app.run()
        assert not app.exception
        tables = [each.value for each in app.markdown if each.value.startswith("| from")]
        if not tables:
            assert f"**Layer {layer + 1}, node 5** has no share in the mistake" in words(app)
            continue
        lines = tables[0].replace("−", "-").splitlines()[2:]
        assert lines[-1].startswith("| bias")
        for line in lines:
            before, _, move, after = map(Decimal, line.strip("| ").split(" | ")[1:])
            assert before + move == after


def test_a_batch_is_the_digit_and_the_next_training_digits(add_run, open_update):
    run, network = add_run(l2=0.01)
    app = open_update(run, batch="4")
    positions = np.sort(TRAINING)[:4].tolist()
    shown = component(app, "update-batch")
    assert [re.search(r"number ([\d,]+),", each)[1] for each in shown["descriptions"]] == [
        f"{position:,}" for position in positions
    ]
    assert metrics(app)[0] == loss_of(network, *positions)
    assert f"(L2) adds {loss_text(penalty(network, 0.01))}." in words(app)
    press(app, "Update the weights")
    assert "These are 4 training digits. After 1 update by hand, the network reads" in words(app)


def test_a_digit_that_the_run_did_not_learn_from_is_said_to_be_one(add_run, open_update):
    run, _ = add_run()
    assert "This run did not learn from it." in words(open_update(run, int(VALIDATION[0])))
    assert "This run did not learn from it." not in words(open_update(run))


def test_an_update_that_is_too_large_is_said_and_can_be_taken_back(add_run, open_update):
    run, _ = add_run((16, 14, 13, 12), factor=1e4)
    app = open_update(run)
    at_first = metrics(app)
    app.select_slider(key="update-rate-sgd").set_value(10.0).run()
    assert metrics(app) == [at_first[0], "–"]
    press(app, "Ten times")
    assert "The update was too large" in words(app)
    press(app, "Take back")
    assert metrics(app) == [at_first[0], "–"]


def test_a_run_whose_numbers_overflowed_gets_a_sentence(add_run, open_update):
    run, _ = add_run(factor=np.nan)
    app = open_update(run)
    assert "This network's numbers overflowed" in words(app)
    press(app, "One it gets wrong")


def test_the_next_training_digit_that_it_gets_wrong_is_one(add_run, open_update):
    run, network = add_run()
    in_turn = np.sort(TRAINING)
    y_pred = network.probabilities(SAMPLE.x_train[in_turn]).argmax(axis=1)
    wrong = in_turn[y_pred != SAMPLE.y_train[in_turn]]
    app = open_update(run)
    for expected in wrong[wrong > FIRST][:2]:
        press(app, "One it gets wrong")
        assert f"This is training digit number {expected}, " in words(app)
    press(app, "Another digit")


def test_only_who_has_chosen_an_epoch_keeps_it_in_the_other_views(add_run, open_page):
    run, _ = add_run()
    app = open_page("inside", run=run.id)
    view = app.segmented_control(key="view")
    assert epoch_of(app) == 1
    view.set_value("One update").run()
    assert epoch_of(app) == -1
    assert "epoch" not in app.query_params
    view.set_value("Network").run()
    assert epoch_of(app) == 1
    [slider] = [each for each in app.select_slider if each.label == "Epoch"]
    slider.set_value(0).run()
    view.set_value("One update").run()
    assert epoch_of(app) == 0
    assert app.query_params["epoch"] == "1"


def test_the_pictures_begin_with_the_node_of_the_largest_share(add_run, open_update):
    run, network = add_run()
    app = open_update(run)
    labels = SAMPLE.y_train[[FIRST]]
    passed = forward_pass(network, SAMPLE.x_train[[FIRST]], labels)
    shares = backward_pass(network, passed, labels).biases[0]
    captions = component(app, "update-moves")["captions"]
    assert captions[0] == f"node {np.abs(shares).argmax() + 1}"
    drawing = component(app, "chart-gradient")
    chosen = [node["number"] for node in drawing["layers"][-1]["nodes"] if node["is_chosen"]]
    assert chosen == [labels[0]]  # at first, the output that is most wrong
