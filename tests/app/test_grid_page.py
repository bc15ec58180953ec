"""The page Grid: what is started, what is refused, and how a grid is steered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.store import RunStatus, Store
from tests.app.page_helpers import button, component, words


@pytest.fixture
def new_grid(open_page) -> Callable[..., AppTest]:
    """Open the page with four small trainings chosen."""

    def new_grid(sizes: str = "50 100", layers: str = "none 16") -> AppTest:
        app = open_page("grid")
        app.text_input(key="grid-rows-batch_size").set_value(sizes)
        app.text_input(key="grid-columns-layers").set_value(layers).run()
        assert not app.exception
        return app

    return new_grid


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button if not each.disabled]


def finish(store: Store, *, accuracy: float) -> str:
    claim = store.claim_next(60)
    assert claim is not None
    store.finish(claim, RunStatus.FINISHED, test_accuracy=accuracy)
    return claim.run_id


def texts(app: AppTest) -> list[list[str]]:
    shown = component(app, "heat-map")
    assert shown is not None
    return [[cell["text"] for cell in row] for row in shown["cells"]]


def test_a_grid_says_what_it_will_take_and_starts(new_grid, store) -> None:
    app = new_grid()
    assert "4 runs, about" in words(app)
    assert "All else is as it stands on Train: 10 epochs." in words(app)
    button(app, "Start the grid").click().run()

    assert not app.exception
    assert app.title[0].value == "Batch size × layers"
    assert app.query_params["grid"]
    runs = store.list_runs()
    assert {(run.config.batch_size, run.config.layers) for run in runs} == {
        (50, ()),
        (50, (16,)),
        (100, ()),
        (100, (16,)),
    }
    assert all(run.background for run in runs)
    shown = component(app, "heat-map")
    assert shown["rows"] == ["Batch size", ["50", "100"]]
    assert shown["columns"] == ["Layers", ["no hidden layer", "16 nodes"]]
    assert texts(app) == [["waiting"] * 2] * 2


def test_cells_fill_with_accuracies_that_lead_to_their_runs(new_grid, store) -> None:
    app = button(new_grid(), "Start the grid").click().run()
    first = finish(store, accuracy=0.9)
    finish(store, accuracy=0.95)
    finish(store, accuracy=0.945)
    app.run()

    assert texts(app) == [["90.0 %", "95.0 %"], ["94.5 %", "waiting"]]
    cells = component(app, "heat-map")["cells"]
    assert cells[0][0]["address"] == f"results?run={first}"
    assert (cells[0][0]["shade"], cells[0][1]["shade"], cells[1][1]["shade"]) == (0, 1, None)
    assert [cell["is_framed"] for row in cells for cell in row] == [False, True, True, False]
    assert "3 of 4 runs finished." in words(app)
    assert "Highest: 95.0 %, with 16 nodes, batch 50, 10 epochs. 1 other cell can't be told" in (
        words(app)
    )


def test_a_grid_is_paused_gone_on_with_and_stopped(new_grid, store) -> None:
    app = button(new_grid(), "Start the grid").click().run()
    finish(store, accuracy=0.9)
    app.run()
    assert labels(app) == ["Pause", "Stop"]
    button(app, "Pause").click().run()
    assert texts(app) == [["90.0 %", "paused"], ["paused", "paused"]]
    assert labels(app) == ["Go on"]
    button(app, "Go on").click().run()
    assert texts(app) == [["90.0 %", "waiting"], ["waiting", "waiting"]]
    button(app, "Stop").click().run()
    assert texts(app) == [["90.0 %", "–"], ["–", "–"]]
    assert len(store.list_runs()) == 1
    button(app, "Go on").click().run()
    assert texts(app) == [["90.0 %", "waiting"], ["waiting", "waiting"]]


def test_a_cell_that_failed_is_not_tried_again(new_grid, store) -> None:
    app = button(new_grid(), "Start the grid").click().run()
    store.finish(store.claim_next(60), RunStatus.FAILED, error="Overflow.", advice="Less.")
    button(app, "Stop").click().run()
    button(app, "Go on").click().run()
    assert texts(app) == [["failed", "waiting"], ["waiting", "waiting"]]


def test_ones_own_grids_are_found_again_and_others_may_only_watch(new_grid, open_page) -> None:
    app = button(new_grid(), "Start the grid").click().run()
    grid = app.query_params["grid"]
    other = open_page("grid", grid=grid)  # another browser: it has another token
    assert "This is somebody else's grid: you can watch it, but not change it." in words(other)
    assert labels(other) == []
    del app.query_params["grid"]
    app.run()
    [link] = [each for each in app.get("page_link") if "Batch size × layers" in each.label]
    assert f"grid={grid}" in link.query_string


@pytest.mark.parametrize(
    ("sizes", "layers", "said"),
    [
        ("1 2 3 4 5 6 7", "none", "7 values of one setting are not allowed. Choose 1 to 6."),
        ("", "none", "0 values of one setting are not allowed."),
        ("100000", "none", "Batch size 100,000 is not allowed. Choose 1 to 10,000."),
        ("5000", "none", "this run has only 3,600 training digits."),
        ("ten", "none", "Batch size must be a whole number, 1 to 10,000; got 'ten'."),
        ("10", "5000", "5,000 nodes in layer 1 are not allowed. Choose 1 to 1,024."),
        ("10", "<b>x</b>", "Hidden layers are whole numbers of nodes"),
    ],
)
def test_values_that_are_not_allowed_are_refused(new_grid, store, sizes, layers, said) -> None:
    app = new_grid(sizes, layers)
    assert said in words(app)
    assert "Nothing was started." in words(app)
    assert "Start the grid" not in labels(app)
    assert store.list_runs() == []


def test_the_same_setting_twice_is_refused(open_page) -> None:
    app = open_page("grid")
    app.selectbox(key="grid-columns").set_value("batch_size").run()
    assert "A grid needs two different settings. Nothing was started." in words(app)


def test_an_address_of_no_grid_offers_a_new_one(open_page) -> None:
    app = open_page("grid", grid="nonsense")
    assert "There is no such grid. The address may be mistyped." in words(app)
    assert "Start the grid" in labels(app)
