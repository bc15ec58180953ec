"""The page Runs: its table, what narrows it down, and what is done with the chosen runs."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.lesson.assignment import Assignment
from mnist_core.store import Run, Store
from pages.text.markdown import plain
from pages.views.runs.run_table import OPEN_KEY, TABLE_KEY
from tests.app.page_helpers import SAMPLE, button, markdown, words

TYPED = "*best* _of_ [all](x) :red[no] $x$ `y` # <b>"
SOMEBODY = "f" * 64


def new_run(store: Store, owner: str | None = None, **settings: object) -> Run:
    store.save_dataset(SAMPLE)
    return store.create_run(
        TrainingConfig(**settings),
        dataset_digest=SAMPLE.digest,
        dataset_name=SAMPLE.name,
        owner=owner,
    )


def column(app: AppTest, name: str) -> list[object]:
    return app.dataframe[0].value[name].tolist() if app.dataframe else []


def choose(app: AppTest, *rows: int) -> AppTest:
    """Choose rows as a browser does."""
    app.session_state[TABLE_KEY] = {"selection": {"rows": list(rows)}}
    app.session_state["chosen-runs"] = [app.session_state["runs-in-table"][row] for row in rows]
    return app.run()


def test_what_no_run_has_gets_no_column_whatever_is_searched_for(open_page, store, finished):
    assert not {"★", "Name", "Note", "Whose"} & {*open_page("runs").dataframe[0].value}
    store.note_run(finished.id, None, "more nodes next")
    new_run(store, batch_size=1000)
    assert "Note" in open_page("runs", search="batch").dataframe[0].value


def test_the_table_says_what_each_run_was_and_what_came_of_it(open_page, store, finished):
    store.rename_run(finished.id, None, "<b>our best</b>")
    store.note_run(finished.id, None, "more nodes next")
    store.star_run(finished.id, None, starred=True)
    waiting = new_run(store, batch_size=1000)
    table = open_page("runs").dataframe[0].value
    assert table["Name"].tolist() == ["", "<b>our best</b>"]
    assert table["Settings"].tolist() == ["batch 1,000", "16 nodes, 2 epochs"]
    assert table["State"].tolist() == ["waiting, 0 of 10 epochs done", "finished"]
    assert table["Test"].tolist()[1] == 87.5
    assert table["Validation"].isna().tolist() == [True, False]
    assert [list(curve) for curve in table["Curve"]] == [[], [80.0, 90.0]]
    assert table["★"].tolist() == ["", "★"]
    assert table["Note"].tolist() == ["", "more nodes next"]
    store.delete_run(waiting.id, None)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("tanh", ["32 nodes, tanh"]),
        ("BATCH 1,000", ["batch 1,000"]),
        ("32", ["32 nodes, tanh"]),
        ("3", []),  # a part of a number is another number
        ("Fast wait", ["batch 1,000"]),
        ("no such thing", []),
    ],
)
def test_a_search_finds_all_its_words_wherever_they_stand(open_page, store, search, found):
    new_run(store, layers=(32,), activation="tanh")
    store.rename_run(new_run(store, batch_size=1000).id, None, "fastest")
    assert column(open_page("runs", search=search), "Settings") == found


def test_runs_of_others_and_those_without_a_star_can_be_left_out(open_page, store):
    new_run(store, SOMEBODY, seed=1)
    store.star_run(new_run(store, SOMEBODY, seed=2).id, SOMEBODY, starred=True)
    new_run(store, seed=3)
    assert column(open_page("runs"), "Settings") == ["seed 3", "seed 2", "seed 1"]
    assert column(open_page("runs", whose="Mine"), "Settings") == ["seed 3"]
    assert column(open_page("runs", starred="true"), "Settings") == ["seed 2"]
    assert "0 runs of 3" in words(open_page("runs", whose="Mine", starred="true"))


def test_a_tasks_runs_are_shown_by_themselves(open_page, store):
    new_run(store, seed=1)
    task = Assignment("Why?", TrainingConfig(epochs=3))
    app = open_page("")
    app.query_params.update(task.to_query())
    app.switch_page("train.py").run()
    button(app, "Train").click().run()
    app.switch_page("runs.py").run()
    app.segmented_control(key="whose").set_value("This task's").run()
    assert column(app, "Settings") == ["3 epochs"]


def test_deleted_runs_come_back_with_undo_all_of_them(open_page, store):
    runs = [new_run(store, seed=seed) for seed in range(3)]
    app = choose(open_page("runs"), 0, 2)
    assert "2 chosen" in words(app)
    app.button(key="delete-runs").click().run()
    assert [run.id for run in store.list_runs()] == [runs[1].id]
    assert column(app, "Settings") == ["seed 1"]
    button(app, "Undo").click().run()
    assert column(app, "Settings") == ["seed 2", "seed 1", "default"]


def test_what_is_not_there_any_more_does_not_keep_the_others_from_coming_back(open_page, store):
    kept, purged = new_run(store), new_run(store)
    app = choose(open_page("runs"), 0, 1)
    app.button(key="delete-runs").click().run()
    store.restore_run(kept.id, None)
    store.purge_deleted(-1)
    store.delete_run(kept.id, None)
    button(app, "Undo").click().run()
    assert [run.id for run in store.list_runs()] == [kept.id]
    assert purged.id in words(app)


def test_one_chosen_run_gets_a_name_a_note_and_a_star(open_page, store, finished):
    app = choose(open_page("runs"), 0)
    app.text_input(key=f"name-{finished.id}").set_value("our best").run()
    app.text_area(key=f"note-{finished.id}").set_value("more nodes\nnext").run()
    app.button(key="star-runs").click().run()
    run = store.get_run(finished.id)
    assert (run.name, run.note, run.starred) == ("our best", "more nodes next", True)
    assert button(app, "Take the star away")


def test_somebody_elses_run_can_be_chosen_but_not_changed(open_page, store):
    new_run(store, SOMEBODY)
    new_run(store)
    app = choose(open_page("runs"), 1)
    assert "1 chosen, none of them yours to change" in words(app)
    assert app.button(key="delete-runs").disabled
    assert app.button(key="star-runs").disabled
    app = choose(app, 0, 1)
    assert "2 chosen, only 1 of them yours to change" in words(app)
    app.button(key="delete-runs").click().run()
    assert [run.owner for run in store.list_runs()] == [SOMEBODY]


def test_what_is_chosen_stays_so_when_rows_move(open_page, store):
    first = new_run(store, seed=1)
    app = choose(open_page("runs"), 0)
    new_run(store, seed=2)
    app.run()
    assert app.session_state[TABLE_KEY]["selection"]["rows"] == [1]
    app.text_input(key="search").set_value("seed 2").run()
    assert "1 chosen: **128 nodes, batch 100, 10 epochs, seed 1**" in words(app)
    app.button(key="delete-runs").click().run()
    assert first.id not in [run.id for run in store.list_runs()]


def test_two_to_eight_chosen_runs_can_be_compared(open_page, store):
    runs = [new_run(store, seed=seed) for seed in range(9)][::-1]
    app = open_page("runs")
    for count in (2, 8):
        app = choose(app, *range(count))
        [link] = [each for each in app.get("page_link") if each.label == "Compare"]
        assert link.proto.query_string == "runs=" + "%2C".join(run.id for run in runs[:count])
    for count in (1, 9):
        app = choose(app, *range(count))
        assert "Compare" not in [each.label for each in app.get("page_link")]
        assert button(app, "Compare").disabled
    assert "9 chosen, at most 8 can be compared" in words(app)


def test_a_row_leads_to_the_results_of_its_run(open_page, store, finished):
    new_run(store)
    app = open_page("runs")
    app.session_state[OPEN_KEY] = {"row": 1, "label": "Open"}
    app.run()
    assert app.query_params["run"] == finished.id
    assert "Test accuracy 87.5 %" in words(app)


def test_a_name_that_somebody_typed_is_not_read_as_markdown(open_page, store: Store, finished: Run):
    store.rename_run(finished.id, None, TYPED)
    app = choose(open_page("runs"), 0)
    assert f"**{plain(TYPED)}**" in markdown(app)
    assert TYPED not in words(app)
    app.button(key="delete-runs").click().run()
    assert f"Deleted: **{plain(TYPED)}**" in markdown(app)
