"""Worksheets, links with tasks, and what a task does to the Train page, as scripts."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect

from mnist_core.config import TrainingConfig
from mnist_core.errors import StoreError
from mnist_core.lesson.assignment import Assignment, link
from mnist_core.lesson.worksheets import WORKSHEETS
from mnist_core.store import EpochRecord, Store
from pages.session import draft
from pages.text.markdown import plain
from pages.views.train import task as train_task
from pages.views.train.settings import LABELS, SETTINGS
from tests.app.page_helpers import button, markdown, words

QUESTION = "What happens to the *first* epoch?"


def labels(app: AppTest) -> set[str]:
    kinds = (app.slider, app.select_slider, app.selectbox, app.number_input)
    return {each.label for kind in kinds for each in kind}


def links(app: AppTest) -> list[tuple[str, str, str]]:
    found = [link.proto for link in app.get("page_link")]
    return [(link.label, link.page, link.query_string) for link in found]


@pytest.fixture
def open_train(open_page):
    def open_train(task: Assignment, **more: str) -> AppTest:
        return open_page("train", **(task.to_query() | more))

    return open_train


def test_every_worksheet_has_its_question_and_links_to_both_trainings(open_page):
    app = open_page("worksheets")
    assert not app.exception
    starts = [link for link in links(app) if "training" in link[0]]
    assert len(starts) == 2 * len(WORKSHEETS) == 10
    for number, sheet in enumerate(WORKSHEETS):
        for part in (sheet.question, sheet.compared, sheet.effect):
            assert part in words(app)
        for start, config in zip(
            starts[2 * number : 2 * number + 2], (sheet.baseline, sheet.settings), strict=True
        ):
            assert config.describe() in words(app)
            assert start == (
                start[0],
                "train",
                urlencode(Assignment(sheet.question, config).to_query()),
            )


@pytest.mark.parametrize("sheet", WORKSHEETS, ids=lambda sheet: sheet.key)
def test_a_training_of_a_worksheet_has_its_question_and_its_settings(open_train, store, sheet):
    for config in (sheet.baseline, sheet.settings):
        app = open_train(Assignment(sheet.question, config))
        assert plain(sheet.question) in markdown(app)
        button(app, "Train").click().run()
        assert not app.exception
        assert store.list_runs()[0].config == config


@pytest.mark.parametrize("sheet", WORKSHEETS, ids=lambda sheet: sheet.key)
def test_from_one_training_of_a_worksheet_to_the_other_it_is_one_click(open_train, store, sheet):
    app = open_train(Assignment(sheet.question, sheet.baseline))
    for number, config in ((2, sheet.settings), (1, sheet.baseline)):
        button(app, f"Set up training {number}").click().run()
        button(app, "Train").click().run()
        assert not app.exception
        newest = store.list_runs()[0]
        assert newest.config == config
        store.delete_run(newest.id, newest.owner)


def test_a_question_of_ones_own_has_no_trainings_set_up(open_train):
    app = open_train(Assignment(QUESTION))
    assert not [each for each in app.button if each.label.startswith("Set up")]


def test_the_maker_writes_a_link_that_opens_the_task(open_page, open_train):
    app = open_page("train")
    app.select_slider(key="batch_size").set_value(1000)
    app.slider(key="epochs").set_value(3).run()
    app.switch_page("worksheets.py").run()
    assert "Settings: **128 nodes, batch 1,000, 3 epochs**" in words(app)
    assert not app.code
    app.text_area(key="own_question").set_value(QUESTION)
    app.multiselect(key="own_locked").set_value(["batch_size"])
    app.multiselect(key="own_shown").set_value(["batch_size", "epochs"]).run()
    [address] = [block.value for block in app.code]
    task = Assignment(
        QUESTION,
        TrainingConfig(batch_size=1000, epochs=3),
        frozenset({"batch_size"}),
        frozenset({"batch_size", "epochs"}),
    )
    assert address.endswith(link("/train", task.to_query()))
    assert labels(open_train(task)) == {"Batch size", "Epochs", "My prediction"}


def test_a_locked_control_is_there_but_cannot_be_moved(open_train, store):
    task = Assignment(QUESTION, TrainingConfig(batch_size=1000), frozenset({"batch_size", "nodes"}))
    app = open_train(task)
    assert app.select_slider(key="batch_size").disabled
    assert app.select_slider(key="batch_size").value == 1000
    assert app.select_slider(key="nodes_1").disabled
    assert not app.slider(key="epochs").disabled
    assert "Locked for this task: Nodes, Batch size." in words(app)
    app.slider(key="epochs").set_value(4).run()
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == TrainingConfig(batch_size=1000, epochs=4)


def test_a_locked_control_in_the_address_counts_as_the_task_has_it(open_train, store):
    task = Assignment(QUESTION, TrainingConfig(batch_size=1000), frozenset({"batch_size"}))
    app = open_train(task, batch_size="50", start="batch_size:1000")
    assert app.select_slider(key="batch_size").value == 1000
    button(app, "Train").click().run()
    assert store.list_runs()[0].config.batch_size == 1000


@pytest.mark.parametrize("control", LABELS)
def test_a_control_that_is_not_shown_still_counts(open_train, store, control):
    config = TrainingConfig(
        layers=(64, 32), batch_size=50, epochs=3, activation="tanh", optimizer="sgd",
        learning_rate=0.01, dropout=0.2, l2=0.001, validation_split=0.2, fraction=0.5, seed=3,
    )  # fmt: skip
    app = open_train(Assignment(QUESTION, config, shown=frozenset({control})))
    assert not app.exception
    shown = {"Nodes in layer 1", "Nodes in layer 2"} if control == "nodes" else {LABELS[control]}
    assert labels(app) == shown | {"My prediction"}
    button(app, "Train").click().run()
    assert not app.exception
    assert store.list_runs()[0].config == config


def test_reset_goes_back_to_the_settings_of_the_task(open_train, store):
    app = open_train(Assignment(QUESTION, TrainingConfig(batch_size=1000, epochs=3)))
    app.slider(key="epochs").set_value(9)
    app.select_slider(key="batch_size").set_value(20).run()
    button(app, "Reset settings").click().run()
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == TrainingConfig(batch_size=1000, epochs=3)


def test_the_task_survives_other_pages_and_a_reload(open_page, open_train):
    app = open_train(Assignment(QUESTION, TrainingConfig(batch_size=1000)))
    app.slider(key="epochs").set_value(4).run()
    for path in ("results.py", "train.py"):
        app.query_params.clear()
        app.switch_page(path).run()
    assert plain(QUESTION) in markdown(app)
    assert app.slider(key="epochs").value == 4
    assert app.select_slider(key="batch_size").value == 1000
    kept = {name: app.query_params[name] for name in ("question", "start")}
    anew = open_page("train", **kept, epochs="4", batch_size="1,000")
    assert plain(QUESTION) in markdown(anew)
    assert anew.slider(key="epochs").value == 4
    button(anew, "Reset settings").click().run()
    assert anew.slider(key="epochs").value == TrainingConfig().epochs
    assert anew.select_slider(key="batch_size").value == 1000


def test_the_second_training_of_a_worksheet_begins_with_its_own_settings(open_train):
    first = Assignment(QUESTION, TrainingConfig(batch_size=1000, epochs=3))
    app = open_train(first)
    app.switch_page("worksheets.py").run()
    app.query_params.clear()
    app.query_params.update(Assignment(QUESTION, TrainingConfig(seed=5)).to_query())
    app.switch_page("train.py").run()
    assert app.select_slider(key="batch_size").value == 100
    assert app.slider(key="epochs").value == 10
    assert app.number_input(key="seed").value == 5


def test_putting_the_task_away_brings_every_control_back_where_it_stood(open_train, store):
    config = TrainingConfig(batch_size=1000, epochs=3, seed=4)
    app = open_train(
        Assignment(QUESTION, config, frozenset({"batch_size"}), frozenset({"batch_size"}))
    )
    button(app, "Put the task away").click().run()
    assert plain(QUESTION) not in markdown(app)
    assert not {"question", "locked", "shown", "start"} & set(app.query_params)
    assert not app.select_slider(key="batch_size").disabled
    assert {LABELS[name] for name in SETTINGS} <= labels(app)
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == config


@pytest.mark.parametrize("batch_size", ["1000", "1,000"])
def test_a_link_takes_numbers_as_people_write_them(open_page, batch_size):
    app = open_page("train", batch_size=batch_size, optimizer="sgd")
    assert app.select_slider(key="batch_size").value == 1000
    assert app.selectbox(key="optimizer").value == "sgd"
    assert app.query_params["batch_size"] == "1,000"


def test_a_setting_between_the_stops_of_its_slider_gets_a_stop_of_its_own(open_train, store):
    config = TrainingConfig(layers=(77,), batch_size=70, learning_rate=0.0042, dropout=0.25)
    app = open_train(Assignment(QUESTION, config))
    assert not app.exception
    assert app.select_slider(key="batch_size").value == 70
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == config


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"question": "Why?", "locked": "sauce"}, "“sauce” is no control of the Train page."),
        ({"question": "Why?" * 500}, "At most 1,000 are allowed."),
        ({"question": "Why?", "batch_size": "0"}, "Batch size 0 is not allowed."),
    ],
)
def test_a_link_that_cannot_be_read_says_why_and_the_page_works(open_page, store, query, said):
    app = open_page("train", **query)
    assert not app.exception
    assert "The task in this link can't be read. " in words(app)
    assert said in words(app)
    button(app, "Train").click().run()
    assert len(store.list_runs()) == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"batch_size": "1.000"}, "Batch size must be a whole number, 1 to 10,000; got '1.000'."),
        ({"learning_rate": "0,001"}, "Learning rate must be a number, 0.00001 to 10; got '0,001'."),
        ({"epochs": "ten"}, "Epochs must be a whole number, 1 to 100; got 'ten'."),
        ({"optimizer": "adamw"}, "Optimizer 'adamw' is not allowed."),
        ({"layers": "64,x"}, "“64,x” are no layers. Write layers=64,32"),
        ({"layer": "64", "momentum": "1"}, "knows no setting “layer”, “momentum”."),
    ],
)
def test_what_a_link_says_in_vain_is_named_and_the_page_works(open_page, store, query, said):
    app = open_page("train", **query)
    assert not app.exception
    assert said in words(app)
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == TrainingConfig()


@pytest.mark.parametrize(
    ("query", "config"),
    [
        ({"layers": "64,32"}, TrainingConfig(layers=(64, 32))),
        ({"layers": "(77, 13)"}, TrainingConfig(layers=(77, 13))),
        ({"layers": ""}, TrainingConfig(layers=())),
        ({"batch-size": "70", "Epochs": "3"}, TrainingConfig(batch_size=70, epochs=3)),
        ({"learning_rate": "0.0042", "run": "x", "projector": "1"}, None),
    ],
)
def test_a_link_takes_the_words_of_the_library_and_values_between_stops(
    open_page, store, query, config
):
    app = open_page("train", **query)
    assert "Not all of this link" not in words(app)
    button(app, "Train").click().run()
    assert not app.exception
    assert store.list_runs()[0].config == (config or TrainingConfig(learning_rate=0.0042))


def chosen_runs(app: AppTest) -> Multiselect:
    [found] = [each for each in app.multiselect if each.label == "My runs for this answer"]
    return found


def downloads(app: AppTest) -> list[str]:
    return [each.label for each in app.download_button if "answer" in each.label]


def test_the_download_waits_for_an_answer_and_a_run(open_train, finished):
    task = Assignment(QUESTION)
    app = open_train(task)
    assert "Before you can download it: train a network and write your answer." in words(app)
    app.text_area(key=f"answer-{task.key}").set_value("It is *lower*.").run()
    assert "Before you can download it: train a network." in words(app)
    button(app, "Finish my answer").click().run()
    assert not downloads(app)
    chosen_runs(app).set_value([finished.id]).run()
    app.text_input(key=f"name-{task.key}").set_value("Ada").run()
    button(app, "Finish my answer").click().run()
    assert not app.exception
    assert downloads(app) == ["Download my answer and the runs"]
    assert plain("It is *lower*.") in markdown(app)
    assert not app.text_area
    button(app, "Change my answer").click().run()
    assert app.text_area(key=f"answer-{task.key}").value == "It is *lower*."
    assert app.text_input(key=f"name-{task.key}").value == "Ada"
    app.text_area(key=f"answer-{task.key}").set_value("  ").run()
    assert "Before you can download it: write your answer." in words(app)
    assert not downloads(app)


def test_runs_started_during_the_task_are_added_and_the_answer_stays(open_train):
    task = Assignment(QUESTION)
    app = open_train(task)
    started = []
    for _ in range(2):
        button(app, "Train").click().run()
        started.append(app.query_params["run"])
        button(app, "Stop").click().run()
    app.text_area(key=f"answer-{task.key}").set_value("It is lower.").run()
    for path in ("results.py", "train.py") * 2:
        app.switch_page(path).run()
    assert chosen_runs(app).value == started
    assert app.text_area(key=f"answer-{task.key}").value == "It is lower."


def test_a_run_that_goes_on_keeps_its_name_in_the_choice(open_train, store):
    """A browser tells what is chosen by its name: another name would be no choice."""
    app = open_train(Assignment(QUESTION))
    button(app, "Train").click().run()
    started, names = [app.query_params["run"]], chosen_runs(app).options
    claim = store.claim_next(lease_seconds=60)
    epoch = EpochRecord(0, accuracy=0.8, loss=0.5, val_accuracy=0.8, val_loss=0.6, seconds=1.0)
    store.record(claim, epoch=epoch)
    app.run()
    assert chosen_runs(app).options == names
    assert chosen_runs(app).value == started


def test_an_answer_and_its_runs_are_there_in_another_tab_and_after_a_reload(
    open_page, open_train, store, monkeypatch
):
    monkeypatch.setattr(draft, "owner", lambda: "a" * 64)
    monkeypatch.setattr(train_task, "may_change", lambda _: True)
    [sheet] = [sheet for sheet in WORKSHEETS if sheet.key == "batch-size"]
    task = Assignment(sheet.question, sheet.baseline)
    store.keep_answer(task.key, "It is *lower*.", owner="a" * 64)
    app = open_train(task)
    assert app.text_area(key=f"answer-{task.key}").value == "It is *lower*."
    assert "Restored: you wrote this here before." in words(app)
    assert "Training 1 · Training 2 · **Answer ✓**" in markdown(app)
    button(app, "Train").click().run()
    started = app.query_params["run"]

    again = open_train(Assignment(sheet.question, sheet.settings))
    assert chosen_runs(again).value == [started]
    again.text_area(key=f"answer-{task.key}").set_value("It is higher.").run()
    assert "Restored" not in words(again)
    # Words that Streamlit never heard of, as the page was left with the last key.
    again.switch_page("results.py").run()
    store.keep_answer(task.key, "It is higher, I think.", owner="a" * 64)
    again.switch_page("train.py").run()
    assert again.text_area(key=f"answer-{task.key}").value == "It is higher, I think."
    assert "Restored" not in words(again)


def test_what_of_a_task_is_done_is_ticked(open_train, store, finished, monkeypatch):
    monkeypatch.setattr(draft, "owner", lambda: "a" * 64)
    task = Assignment(QUESTION)
    assert "Training · Answer" in markdown(open_train(task))
    store.keep_answer_runs(task.key, [finished.id], owner="a" * 64)
    assert "**Training ✓** · Answer" in markdown(open_train(task))


def test_without_a_store_for_drafts_the_tab_keeps_them(open_train, store, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    for name in ("read_draft", "keep_answer_runs"):
        monkeypatch.setattr(Store, name, fail)
    task = Assignment(QUESTION)
    app = open_train(task)
    button(app, "Train").click().run()
    app.text_area(key=f"answer-{task.key}").set_value("It is lower.").run()
    for path in ("results.py", "train.py"):
        app.switch_page(path).run()
    assert not app.exception
    assert app.text_area(key=f"answer-{task.key}").value == "It is lower."
    assert len(chosen_runs(app).value) == 1


def test_a_deleted_run_leaves_the_answer(open_train, store, finished):
    task = Assignment(QUESTION)
    app = open_train(task)
    chosen_runs(app).set_value([finished.id]).run()
    store.delete_run(finished.id, None)
    app.run()
    assert not app.exception
    assert chosen_runs(app).value == []


def test_another_question_has_an_answer_of_its_own(open_train):
    one, other = Assignment(QUESTION), Assignment("Why?")
    app = open_train(one)
    app.text_area(key=f"answer-{one.key}").set_value("It is lower.").run()
    app.switch_page("worksheets.py").run()
    app.query_params.clear()
    app.query_params.update(other.to_query())
    app.switch_page("train.py").run()
    assert app.text_area(key=f"answer-{other.key}").value == ""


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("our best", "our best"),
        ("16 nodes, batch 100", "16 nodes, batch 100"),
        ("*a* [b](c)", r"\*a\* \[b\]\(c\)"),
        ("one\n- two\n3. three", "one  \n\\- two  \n3\\. three"),
        ("    no code", "no code"),
        ("a\n===", "a  \n\\==="),
        ("", ""),
    ],
)
def test_what_is_typed_is_escaped_line_by_line(typed: str, written: str):
    assert plain(typed) == written
