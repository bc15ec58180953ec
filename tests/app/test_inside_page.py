"""The page Look inside as a script: the view Network in every state of a run, and its words."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

import numpy as np
import pytest

from mnist_core.config import TrainingConfig
from mnist_core.data.arrays import pack_weights
from mnist_core.inspection.network import Network
from mnist_core.inspection.trace import Node
from mnist_core.store import Run, RunStatus, Store
from pages.views.mistakes.digit_dialog import OpenDigit
from pages.views.shared.evaluated_run import evaluate
from pages.views.shared.look_inside import BROUGHT_KEY, SHOWS_BROUGHT_KEY, ShownDigit
from tests.app.page_helpers import SAMPLE, button, component, words

DEPTHS = [(), (16,), (16, 14), (16, 14, 13), (16, 14, 13, 12)]


@pytest.fixture
def add_run(store: Store):
    """Put a run with the weights of one epoch into the store; gives it and its network."""

    def add_run(
        layers: tuple[int, ...] = (16,), activation: str = "relu", *, overflowed: bool = False
    ) -> tuple[Run, Network]:
        store.save_dataset(SAMPLE)
        config = TrainingConfig(layers=layers, activation=activation, epochs=1)
        run = store.create_run(
            config, dataset_digest=SAMPLE.digest, dataset_name=SAMPLE.name, lease_seconds=60
        )
        rng = np.random.default_rng(0)
        widths = (784, *layers, 10)
        weights = []
        for inputs, nodes in itertools.pairwise(widths):
            weights += [rng.normal(size=(inputs, nodes)) * 2 / np.sqrt(inputs), np.zeros(nodes)]
        if overflowed:
            weights[0][:] = np.nan
        snapshot = pack_weights(weights)
        store.record(run.claim, snapshot=(0, snapshot))
        store.finish(run.claim, RunStatus.STOPPED)
        return store.get_run(run.id), Network.from_snapshot(snapshot, config)

    return add_run


@pytest.fixture
def look(open_page):
    """Open the page on a run, with a node chosen."""

    def look(run: Run, node: Node | None = None, **query: str):
        app = open_page("inside", run=run.id, **query)
        if node is not None:
            app.session_state["chosen-node"] = node
            app.run()
        assert not app.exception
        return app

    return look


def says(app) -> str:
    """The sentence above the drawing."""
    [found] = [each.value for each in app.markdown if each.value.startswith("This is ")]
    return found


def in_words(network: Network, image: np.ndarray) -> str:
    [y_prob] = network.probabilities(image[np.newaxis])
    return f"**{y_prob.argmax()}**, {100 * y_prob.max():.1f} % sure"


def trace_sums(network: Network, node: int) -> np.ndarray:
    """What a node of the first layer adds up for every test digit."""
    images = SAMPLE.x_test.reshape(-1, 784) / np.float32(255)
    return images @ network.weights[0][:, node]


def products_of(app) -> tuple[list[Decimal], Decimal]:
    """Read the arithmetic as it is written: the addends, and the sum."""
    [table] = [each.value for each in app.markdown if each.value.startswith("| from")]
    lines = table.replace("−", "-").replace("*", "").splitlines()[2:]
    last = [Decimal(line.split("|")[-2].strip()) for line in lines]
    return last[:-1], last[-1]


def test_without_a_run_the_page_says_what_to_do(open_page):
    app = open_page("inside")
    assert "Train a network first" in words(app)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "elu"])
def test_the_page_says_what_the_network_says_and_what_each_activation_does(
    activation, look, add_run
):
    run, network = add_run(activation=activation)
    app = look(run, Node(0, 3))
    assert says(app).startswith(f"This is test digit number 0, a **{SAMPLE.y_test[0]}**.")
    assert in_words(network, SAMPLE.x_test[0]) in says(app)
    assert {"relu": "ReLU", "elu": "ELU"}.get(activation, activation) in words(app)


@pytest.mark.parametrize("layers", DEPTHS, ids=len)
def test_the_arithmetic_of_a_node_in_every_layer_adds_up_as_it_is_written(layers, look, add_run):
    run, _ = add_run(layers)
    app = look(run)
    for layer in range(len(layers) + 1):
        app.session_state["chosen-node"] = Node(layer, 7)
        app.run()
        assert not app.exception
        addends, total = products_of(app)
        assert sum(addends) == total
        name = "Output 7" if layer == len(layers) else f"Layer {layer + 1}, node 8"
        assert name in [each.value for each in app.subheader]
        assert ("The scale is the same" in words(app)) == (layer == 0)
        assert ("gradient ascent" in words(app)) == (layer > 0)


@pytest.mark.parametrize("layers", [(), (16,), (16, 14)], ids=len)
def test_what_speaks_for_the_answer_is_shown_and_leads_to_its_nodes(layers, look, add_run):
    run, network = add_run(layers)
    app = look(run)
    *_, second, first = np.argsort(network.probabilities(SAMPLE.x_test[:1])[0])
    assert f"**Why {first}?**" in words(app)
    assert f"above that of {second}, the next guess." in words(app)
    assert component(app, "ink-for-the-answer")
    nodes = [each for each in app.button if each.label.startswith(f"layer {len(layers)}, node ")]
    assert bool(nodes) == bool(layers)
    if layers:
        name, _, share = nodes[0].label.partition(": +")
        assert float(share) > 0
        nodes[0].click().run()
        assert name.capitalize() in [each.value for each in app.subheader]


def numbers_of(app, head: str) -> list[list[str]]:
    """Read the cells of the table that begins so."""
    [table] = [each.value for each in app.markdown if each.value.startswith(head)]
    lines = table.replace("−", "-").replace("*", "").splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


@pytest.mark.parametrize("layers", DEPTHS[1:], ids=len)
def test_what_a_node_passes_on_adds_up_in_the_next_node(layers, look, add_run):
    run, network = add_run(layers)
    app = look(run)
    for layer in range(len(layers)):
        values = network.activations(SAMPLE.x_test[:1])[layer][0]
        app.session_state["chosen-node"] = Node(layer, int(values.argmax()))
        app.run()
        rows = numbers_of(app, "| to")
        assert len(rows) == 4
        for _, _, product, rest, total in rows:
            assert Decimal(product) + Decimal(rest) == Decimal(total)
        name, *_, total = rows[0]
        number = int(name.split()[-1])
        is_output = layer + 1 == len(layers)
        app.session_state["chosen-node"] = Node(layer + 1, number if is_output else number - 1)
        app.run()
        assert products_of(app)[1] == Decimal(total)


def test_a_node_that_reports_0_is_said_to_pass_nothing_on(look, add_run):
    run, _ = add_run()
    app = look(run, Node(0, 3))
    app.toggle[1].set_value(True).run()  # the first is the projector's
    assert "it passes nothing on" in words(app)


def test_a_node_that_is_switched_off_changes_the_answer_and_all_can_be_put_back(look, add_run):
    run, network = add_run()
    app = look(run, Node(0, 3), digit="5")
    image = SAMPLE.x_test[5]
    node = int(network.activations(image[np.newaxis])[0][0].argmax())
    app.session_state["chosen-node"] = Node(0, node)
    app.run()
    app.toggle[1].set_value(True).run()  # the first is the projector's
    network.weights[1][node] = 0
    assert in_words(network, image) in says(app)
    assert f"layer 1, node {node + 1} switched off" in words(app)
    app.slider(key="prune").set_value(90).run()
    assert "the weakest 90 % of the weights pruned" in words(app)
    before = [metric.value for metric in app.metric]
    assert len(before) == 2
    button(app, "Put everything back").click().run()
    assert not app.exception
    assert "Changed by hand" not in words(app)
    assert app.slider(key="prune").value == 0
    assert [metric.value for metric in app.metric] == before[:1]


def test_an_activation_is_set_by_hand_and_let_go(look, add_run):
    run, _ = add_run((16, 14))
    app = look(run, Node(1, 2))
    untouched = says(app)
    slider = app.slider(key="activation-1-2")
    slider.set_value(slider.max).run()
    assert f"layer 2, node 3 set to {slider.max:.2f}" in words(app)
    assert says(app) != untouched
    assert f"by hand it is {slider.max:.3f}" in words(app)
    button(app, "As the network computes it").click().run()
    assert says(app) == untouched


def test_pruned_weights_are_counted_and_the_accuracy_follows(look, add_run):
    run, network = add_run()
    app = look(run)
    app.slider(key="prune").set_value(95).run()
    unchanged, changed = app.metric
    right = (network.probabilities(SAMPLE.x_test).argmax(axis=1) == SAMPLE.y_test).mean()
    assert unchanged.value == f"{100 * right:.1f} %"
    assert changed.delta.endswith("digits")


def test_a_digit_that_excites_a_node_can_be_chosen_and_is_marked_when_it_is_looked_at(
    look, add_run
):
    run, network = add_run()
    sums = trace_sums(network, 3)
    exciting = sums.argsort()[::-1][:8].tolist()
    app = look(run, Node(0, 3), digit=str(exciting[1]))
    shown = component(app, "excite-most")
    assert shown["can_choose"]
    assert shown["numbers"] == exciting
    assert shown["chosen"] == exciting[1]
    assert component(app, "excite-least")["can_choose"]


def test_an_output_cannot_be_set_by_hand(look, add_run):
    run, _ = add_run()
    app = look(run, Node(1, 4))
    assert "An output can't be set by hand" in words(app)
    assert len(app.toggle) == 1


def test_a_node_is_closed_again(look, add_run):
    run, _ = add_run()
    app = look(run, Node(0, 3))
    button(app, "Close").click().run()
    assert "Click a node" in words(app)
    assert not [each for each in app.subheader if "node" in each.value]


def test_a_node_that_another_run_does_not_have_is_forgotten(look, add_run):
    run, _ = add_run(())
    app = look(run, Node(0, 12))
    assert "Click a node" in words(app)


def test_a_run_whose_numbers_overflowed_gets_a_sentence(look, add_run):
    run, _ = add_run(overflowed=True)
    app = look(run, Node(0, 3))
    assert "This network's numbers overflowed" in words(app)
    button(app, "One it gets wrong").click().run()
    assert not app.exception


def test_the_next_wrong_digit_is_one(look, add_run):
    run, network = add_run()
    app = look(run)
    wrong = np.flatnonzero(network.probabilities(SAMPLE.x_test).argmax(axis=1) != SAMPLE.y_test)
    for expected in wrong[wrong > 0][:2]:
        button(app, "One it gets wrong").click().run()
        assert f"test digit number {expected}," in says(app)
    button(app, "Another digit").click().run()
    assert re.match(r"This is test digit number \d+, an? ", says(app))


@pytest.mark.parametrize("number", ["1000", "-1", "seven"])
def test_an_address_with_a_digit_that_is_not_there_shows_the_first(number, look, add_run):
    run, _ = add_run()
    assert "test digit number 0," in says(look(run, digit=number))


def test_a_mistake_is_looked_at_inside(open_page, add_run):
    run, network = add_run()
    evaluated = evaluate(run, from_snapshot=True)
    wrong = np.flatnonzero(~evaluated.evaluation.right)
    app = open_page("mistakes", run=run.id)
    button(app, "Let the network read the test digits as it was after epoch 1").click()
    app.session_state["open_digit"] = OpenDigit(evaluated, wrong, 4)
    app.run()
    button(app, "Look inside").click().run()
    assert not app.exception
    assert f"test digit number {wrong[4]}," in says(app)
    assert in_words(network, SAMPLE.x_test[wrong[4]]) in says(app)
    assert run.id in app.query_params["run"]


def test_a_drawing_that_was_brought_along_is_shown_until_a_test_digit_is_chosen(look, add_run):
    run, network = add_run()
    app = look(run)
    drawing = np.roll(SAMPLE.x_test[9], 2, axis=1)
    app.session_state[BROUGHT_KEY] = ShownDigit(drawing, None, "your drawing")
    app.session_state[SHOWS_BROUGHT_KEY] = True
    app.run()
    assert says(app).startswith("This is your drawing. ")
    assert in_words(network, drawing) in says(app)
    app.number_input(key="digit").set_value(3).run()
    assert "test digit number 3," in says(app)
    button(app, "Your drawing").click().run()
    assert says(app).startswith("This is your drawing. ")
    button(app, "Another digit").click().run()
    assert says(app).startswith("This is test digit number ")


def test_a_run_that_waits_is_shown_as_soon_as_it_has_weights(look, store):
    store.save_dataset(SAMPLE)
    config = TrainingConfig(layers=(4,), epochs=1)
    run = store.create_run(config, dataset_digest=SAMPLE.digest, dataset_name=SAMPLE.name)
    app = look(run)
    assert "Its network appears here as soon as training begins." in words(app)
    claim = store.claim_next(60)
    shapes = ((784, 4), (4,), (4, 10), (10,))
    store.record(claim, snapshot=(-1, pack_weights([np.zeros(shape) for shape in shapes])))
    app.run()
    assert not app.exception
    assert says(app).startswith("This is test digit number 0")
