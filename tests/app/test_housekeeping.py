"""House-keeping on Runs: told before it is done, one's own runs only."""

from __future__ import annotations

import pytest

from mnist_core.store import Cleaning, hash_owner
from pages.session import browser
from pages.views.runs import housekeeping
from tests.app.page_helpers import SAMPLE, button, words
from tests.unit.export.export_helpers import BEN, finished_run

ME = hash_owner("me")


@pytest.fixture
def open_housekeeping(open_page, monkeypatch):
    """Open the page as the browser whose runs are mine, the part unfolded."""
    for module in (browser, housekeeping):
        monkeypatch.setattr(module, "owner", lambda: ME)

    def open_housekeeping():
        app = open_page("runs")
        app.session_state["housekeeping"] = True
        app.run()
        assert not app.exception
        return app

    return open_housekeeping


def test_what_would_become_free_is_told_and_deleted_on_a_second_click(open_housekeeping, store):
    finished_run(store, SAMPLE, owner=ME)
    bens = finished_run(store, SAMPLE, owner=BEN)
    app = open_housekeeping()
    assert "You have nothing that is as old as that." in words(app)

    app.number_input(key="cleaning-days").set_value(0).run()
    assert "1 run of yours:" in words(app)
    assert len(store.list_runs()) == 2

    button(app, "Delete for good").click().run()
    assert not app.exception
    assert [run.id for run in store.list_runs()] == [bens.id]
    [done] = [each.value for each in app.success]
    assert "of 1 run deleted. The store is" in done
    assert "No run here is yours." in words(app)


def test_models_go_and_the_runs_stay(open_housekeeping, store):
    mine = finished_run(store, SAMPLE, owner=ME)
    app = open_housekeeping()
    app.number_input(key="cleaning-days").set_value(0)
    app.selectbox(key="cleaning-what").set_value("Models to download").run()
    button(app, "Delete for good").click().run()
    assert not store.has_model(mine.id)
    assert store.get_run(mine.id) == mine


def test_it_is_counted_only_when_somebody_looks(open_page, store, monkeypatch):
    finished_run(store, SAMPLE)
    monkeypatch.setattr(type(store), "space", lambda *_: 1 / 0)
    assert not open_page("runs").exception


def test_every_kind_has_its_words():
    assert set(housekeeping.WHAT.values()) == set(housekeeping.STAYS) == set(Cleaning)
