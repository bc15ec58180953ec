"""Runs taken away on Results and brought back on Runs."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.export import archive_bytes, layout
from mnist_core.store import Run, Store
from tests.app.page_helpers import PATIENCE, SAMPLE, words
from tests.unit.export.export_helpers import finished_run, members_of, resealed

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def whole(store: Store) -> Run:
    """A run that has all a worker leaves."""
    return finished_run(store, SAMPLE, owner=None, name="mine")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path / 'elsewhere.db'}") as opened:
        yield opened


def bring_back(app: AppTest, archive: bytes) -> None:
    app.file_uploader(key="brought-file").set_value(("runs.zip", archive, "application/zip")).run()
    assert not app.exception


def test_results_offer_each_file_once(open_page, whole):
    app = open_page("results", run=whole.id)
    assert not app.exception
    assert [each.label for each in app.download_button] == [
        "Download the report (.html)",
        "Download the numbers (.csv)",
        "Download the notebook (.ipynb)",
        "Download the script (.py)",
        "Download the digits (.npz)",
        "Download the model (.keras)",
        "Download everything (.zip)",
    ]


def test_a_run_that_has_not_begun_has_no_model_and_no_numbers_to_take_away(open_page, add_run):
    app = open_page("results", run=add_run().id)
    labels = [each.label for each in app.download_button]
    assert "Download the report (.html)" in labels
    assert "Download the model (.keras)" not in labels
    assert "Download the numbers (.csv)" not in labels


def test_a_run_from_elsewhere_is_this_browsers_and_all_pages_show_it(open_page, store, elsewhere):
    run = finished_run(elsewhere, SAMPLE, name="from elsewhere")
    app = open_page("runs")
    bring_back(app, archive_bytes(elsewhere, [run.id]))

    assert [each.value for each in app.success] == ["1 run brought back."]
    there = store.get_run(run.id)
    assert (there.test_accuracy, there.device) == (run.test_accuracy, "CPU")
    assert there.owner not in (None, run.owner)
    for page in ("train", "results", "mistakes", "inside", "draw"):
        shown = open_page(page, run=run.id)
        assert not shown.exception, page
        assert "Something broke" not in words(shown), page


def test_a_second_time_it_says_that_the_run_is_here(open_page, store, elsewhere):
    run = finished_run(elsewhere, SAMPLE)
    archive = archive_bytes(elsewhere, [run.id])
    app = open_page("runs")
    bring_back(app, archive)
    app = open_page("runs")
    bring_back(app, archive)
    assert "This run is here already." in words(app)
    assert len(store.list_runs()) == 1


@pytest.mark.parametrize(
    ("archive", "refusal"), [(b"PK", "This is no file of runs"), (None, "is not allowed")]
)
def test_a_bad_file_is_refused_in_a_sentence(open_page, store, elsewhere, archive, refusal):
    if archive is None:
        run = finished_run(elsewhere, SAMPLE)
        members = members_of(archive_bytes(elsewhere, [run.id]))
        name = f"{run.id}/{layout.RUN}"
        told = json.loads(members[name])
        told["settings"]["epochs"] = 1000
        members[name] = json.dumps(told).encode()
        archive = resealed(members)
    app = open_page("runs")
    bring_back(app, archive)
    [said] = [each.value for each in app.error]
    assert refusal in said
    assert said.endswith("Nothing was changed.")
    assert store.list_runs() == []


def test_digits_of_ones_own_come_back_with_their_run(open_page, store, elsewhere, tiny):
    run = finished_run(elsewhere, tiny)
    app = open_page("runs")
    bring_back(app, archive_bytes(elsewhere, [run.id]))
    assert store.load_dataset(tiny.digest).name == "tiny.npz"
    shown = open_page("mistakes", run=run.id)
    assert not shown.exception


def test_the_server_takes_as_large_a_file_as_the_page_says(open_page):
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    [uploader] = open_page("runs").get("file_uploader")
    assert uploader.proto.max_upload_size_mb == settings["server"]["maxUploadSize"]


def draw_downloads(times: int = 1) -> None:
    from pages.services.server import get_store
    from pages.views.shared.take_away import render_runs_download

    render_runs_download(get_store().list_runs() * times)


def test_several_runs_go_as_one_zip_or_one_table(store):
    for name in ("one", "two"):
        finished_run(store, SAMPLE, name=name)
    app = AppTest.from_function(draw_downloads).run(timeout=PATIENCE)
    assert not app.exception
    labels = [each.label for each in app.download_button]
    assert labels == ["Download the runs (.zip)", "Download the table (.csv)"]


def test_more_runs_than_a_zip_takes_go_as_a_table(store):
    finished_run(store, SAMPLE)
    app = AppTest.from_function(draw_downloads, args=(layout.MOST_RUNS + 1,)).run(timeout=PATIENCE)
    assert [each.label for each in app.download_button] == ["Download the table (.csv)"]
    assert "Choose fewer of them." in words(app)
