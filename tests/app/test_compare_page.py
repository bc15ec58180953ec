"""The page Compare: which runs it shows, their settings, and what its figure is given."""

from __future__ import annotations

import pytest

from mnist_core.charts import HALVING, PLAIN
from mnist_core.store import EpochRecord, Run, RunStatus, Store
from tests.app.page_helpers import SAMPLE, component, words

NAME = "<b>x</b> [y](z) :red[n] א"


@pytest.fixture
def other(store: Store, finished: Run) -> Run:
    """A run like the finished one, with larger batches; it is still going on."""
    run = store.create_run(
        finished.config.replace(batch_size=1000, epochs=3),
        dataset_digest=SAMPLE.digest,
        dataset_name=SAMPLE.name,
        owner="f" * 64,
        training_digits=3600,
        lease_seconds=60,
    )
    store.record(run.claim, events=[("note", {})], epoch=EpochRecord(0, 0.4, 2.0, 0.5, 1.9, 0.5))
    return store.get_run(run.id)


def test_without_runs_it_says_how_to_choose_some(open_page, finished):
    for query in ({}, {"runs": finished.id}):
        app = open_page("compare", **query)
        assert not app.exception
        assert "Choose two to eight runs here" in words(app)


def test_the_figure_gets_every_run_as_it_is_by_now(open_page, finished, other, store):
    store.rename_run(other.id, "f" * 64, NAME)
    app = open_page("compare", runs=f"{other.id},{finished.id}")
    data = component(app, "chart-comparison")
    first, second = data["runs"]
    assert [first["id"], second["id"]] == [other.id, finished.id]
    assert (first["name"], first["status"], first["steps"]) == (NAME, "RUNNING", 4)
    assert first["seq"] == store.get_run(other.id).last_seq
    assert second["history"]["val_accuracy"] == [0.8, 0.9]
    assert second["history"]["seconds"] == [1.0, 1.0]
    assert second["words"] == {"state": "finished", "val_accuracy": "90.0 %"}
    assert (data["metric"], data["by"]) == ("val_accuracy", "epochs")
    assert data["axis"]["title"] == HALVING.title
    assert data["alt"] == (
        "Validation accuracy over epochs. A: 50.0 % after epoch 1. B: 90.0 % after epoch 2."
    )


def test_number_digits_and_what_it_runs_over_stand_in_the_address(open_page, finished, other):
    runs = f"{finished.id},{other.id}"
    app = open_page("compare", runs=runs, metric="Loss", digits="Training", over="Seconds")
    data = component(app, "chart-comparison")
    assert (data["metric"], data["by"], data["axis"]) == ("loss", "seconds", None)
    assert data["figure"]["data"][0]["x"] == [1.0, 2.0]
    app.segmented_control(key="metric").set_value("Accuracy").run()
    app.toggle(key="plain-accuracy").set_value(True).run()
    axis = component(app, "chart-comparison")["axis"]
    assert axis["title"] == PLAIN.title


def test_settings_are_marked_where_they_differ_and_the_others_can_be_left_out(
    open_page, finished, other
):
    app = open_page("compare", runs=f"{finished.id},{other.id}")
    table = app.table[0].value
    assert table.loc["≠ Batch size"].tolist() == ["**100**", "**1,000**"]
    assert table.loc["Layers"].tolist() == ["16 nodes"] * 2
    app.toggle(key="differing").set_value(True).run()
    assert list(app.table[0].value.index)[:3] == ["≠ Batch size", "≠ Epochs", "Parameters"]


def test_one_difference_is_said_in_a_sentence(open_page, store, finished):
    run = store.create_run(
        finished.config.replace(batch_size=1000),
        dataset_digest=SAMPLE.digest,
        dataset_name=SAMPLE.name,
        lease_seconds=60,
    )
    store.finish(run.claim, RunStatus.FINISHED, test_accuracy=0.8, test_loss=1.0, model=b"PK")
    text = words(open_page("compare", runs=f"{finished.id},{run.id}"))
    assert "The same but for the batch size: 100 gives 87.5 %, 1,000 gives 80.0 %." in text


def test_runs_that_are_gone_are_said_to_be_and_the_others_shown(open_page, store, finished, other):
    app = open_page("compare", runs=f"{finished.id},0123456789ab,{other.id},<script>")
    assert "2 of the runs in this link are not there any more" in words(app)
    assert len(component(app, "chart-comparison")["runs"]) == 2


def test_of_more_than_eight_runs_the_first_eight_are_shown(open_page, store, finished):
    ids = [finished.id] + [
        store.create_run(
            finished.config.replace(seed=seed),
            dataset_digest=SAMPLE.digest,
            dataset_name=SAMPLE.name,
        ).id
        for seed in range(8)
    ]
    app = open_page("compare", runs=",".join(ids))
    assert "At most 8 runs can be compared" in words(app)
    assert [each["id"] for each in component(app, "chart-comparison")["runs"]] == ids[:8]
    assert app.query_params["runs"] == ",".join(ids[:8])


def test_a_run_that_goes_on_keeps_its_name_in_the_choice(open_page, finished, other, store):
    """A browser tells what is chosen by its name: another name would be no run at all."""
    app = open_page("compare", runs=f"{finished.id},{other.id}")
    names = app.multiselect(key="compared").options
    epoch = EpochRecord(1, accuracy=0.9, loss=0.4, val_accuracy=0.85, val_loss=0.5, seconds=1.0)
    store.record(other.claim, epoch=epoch)
    app.run()
    assert app.multiselect(key="compared").options == names


def test_what_is_chosen_here_stands_in_the_address_and_stays_from_page_to_page(
    open_page, finished, other
):
    app = open_page("compare", runs=finished.id)
    app.multiselect(key="compared").set_value([finished.id, other.id]).run()
    assert app.query_params["runs"] == f"{finished.id},{other.id}"
    app.switch_page("glossary.py").run()
    app.query_params.clear()
    app.switch_page("compare.py").run()
    assert [each["id"] for each in component(app, "chart-comparison")["runs"]] == [
        finished.id,
        other.id,
    ]
