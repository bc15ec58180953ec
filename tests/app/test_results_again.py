"""Again from here, on the page Results: more epochs for a run that is over."""

from __future__ import annotations

import pytest

from mnist_core.config import TrainingConfig
from mnist_core.store import RunStatus
from tests.app.page_helpers import SAMPLE, button, words


def test_more_epochs_are_a_new_run_that_is_watched_on_train(open_page, store, finished) -> None:
    app = open_page("results", run=finished.id)
    [field] = [each for each in app.number_input if each.label == "Epochs in all"]
    assert field.value == 4
    field.set_value(5)
    button(app, "Train on").click().run()

    assert not app.exception
    [more] = [run for run in store.list_runs() if run.id != finished.id]
    assert (more.config.epochs, more.continued_from) == (5, finished.id)
    assert app.query_params["run"] == more.id
    assert app.title[0].value == "Train"
    app.switch_page("results.py").run()
    [link] = [each for each in app.get("page_link") if "that it goes on from" in each.label]
    assert link.query_string == f"run={finished.id}"
    assert "Train on" not in [each.label for each in app.button]


@pytest.mark.parametrize("epochs", [2, 101])
def test_epochs_that_are_not_allowed_are_refused_with_a_sentence(
    open_page, store, finished, epochs
) -> None:
    app = open_page("results", run=finished.id)
    app.number_input(key=f"epochs_in_all-{finished.id}").set_value(epochs)
    button(app, "Train on").click().run()
    assert f"{epochs} epochs in all are not allowed: this run has 2 already." in words(app)
    assert len(store.list_runs()) == 1


def test_a_run_whose_state_is_not_kept_says_so(open_page, store) -> None:
    store.save_dataset(SAMPLE)
    run = store.create_run(
        TrainingConfig(epochs=1), dataset_digest=SAMPLE.digest, dataset_name=SAMPLE.name
    )
    store.request_stop(run.id, None)
    app = open_page("results", run=run.id)
    button(app, "Train on").click().run()
    assert "is not kept, so nothing can go on from there. Train it anew" in words(app)
    assert store.get_run(run.id).status is RunStatus.STOPPED
