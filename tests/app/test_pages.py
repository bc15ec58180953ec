"""The pages as scripts: what they show in each state of the store. No browser, no workers."""

from __future__ import annotations

import ast
import json
import re
import urllib.request

import pytest
from streamlit.proto.Metric_pb2 import Metric as MetricProto
from streamlit.testing.v1 import AppTest

from mnist_core.config import TrainingConfig
from mnist_core.data import load_mnist
from mnist_core.lesson.keras_code import lesson_code, run_script
from mnist_core.serving.live import LiveHub
from mnist_core.store import EpochRecord, Run, RunStatus, Store
from pages.services import server
from pages.session.watched_run import RUNS_OFFERED
from tests.app.page_helpers import button, component, words
from tests.e2e.server import free_port


@pytest.mark.parametrize(
    ("path", "invitation", "way_on"),
    [
        ("", "No run yet: open **Build a network**, and press **Train** there.", "Build a network"),
        ("data", "This is **training digit number 0, a 6**.", "Next: build a model"),
        ("results", "No run yet. Train a network first: its results", "Train a network"),
        ("mistakes", "No run yet. Train a network first: what it gets", "Train a network"),
        ("inside", "No run yet. Train a network first: then its nodes", "Train a network"),
        ("draw", "No run yet. Train a network first: then it reads", "Train a network"),
        ("my_digits", "No digits are kept yet. Train a network,", "Draw a digit"),
        ("worksheets", "**Guess** before you press Train.", "First training"),
        ("runs", "No run yet. Train a network, and it is listed", "Train a network"),
    ],
)
def test_an_empty_store_says_what_to_do_and_leads_on(open_page, path, invitation, way_on):
    app = open_page(path)
    assert not app.exception
    assert invitation in words(app)
    assert way_on in [link.label for link in app.get("page_link")]


@pytest.mark.parametrize("path", ["", "data", "train", "results", "mistakes", "draw", "runs"])
def test_every_page_says_which_digits_are_in_use(open_page, path):
    text = words(open_page(path))
    assert "Built-in sample, 5,000 digits: connect once to get all 70,000." in text
    assert "CC BY-SA 3.0" in text


@pytest.mark.parametrize("path", ["", "data", "train", "results"])
def test_a_finished_run_is_shown(open_page, finished, path):
    app = open_page(path, run=finished.id)
    assert not app.exception
    if path not in ("", "data"):
        assert "87.5 %" in words(app)


def test_the_run_stays_in_the_url_from_page_to_page(open_page, finished):
    app = open_page("train", run=finished.id)
    for path in ("runs", "results", "home", "data", "train"):
        app.query_params.clear()
        app.switch_page(f"{path}.py").run()
        assert app.query_params["run"] == finished.id


def test_the_picker_names_ones_own_runs_first_and_those_of_others_newest_first(
    open_page, store, finished
):
    app = open_page("train")
    button(app, "Train").click().run()
    [mine] = [run for run in store.list_runs() if run.id != finished.id]
    newest = copy_of(store, finished, owner="somebody")
    app.switch_page("results.py").run()
    [picker] = app.selectbox
    assert [name.split(" · ")[-1] for name in picker.options] == [
        "yours",
        newest.id[:4],
        finished.id[:4],
    ]
    assert mine.id[:4] in picker.options[0]
    assert "Your own runs come first." in picker.help


def test_the_picker_offers_the_newest_runs_and_always_the_watched_one(open_page, store, finished):
    newest = [copy_of(store, finished) for _ in range(RUNS_OFFERED)][::-1]
    [picker] = open_page("results", run=finished.id).selectbox
    assert picker.value == finished.id
    assert [name[-4:] for name in picker.options] == [run.id[:4] for run in (*newest, finished)]
    assert "older ones are opened from the page Runs" in picker.help


@pytest.mark.parametrize("path", ["results", "mistakes", "inside", "draw"])
def test_nobody_is_shown_somebody_elses_run_unasked(open_page, store, finished, path):
    store.delete_run(finished.id, None)
    other = copy_of(store, finished, owner="somebody")
    app = open_page(path)
    assert not app.exception
    picker = app.selectbox[0]
    assert picker.value is None
    assert [name.split(" · ")[-1] for name in picker.options] == [other.id[:4]]
    assert "run" not in app.query_params
    assert "No run of your own yet." in words(app)
    assert "Or choose somebody else's above." in words(app)
    picker.set_value(other.id).run()
    assert app.query_params["run"] == other.id
    assert "No run of your own yet." not in words(app)


def test_without_a_run_in_the_address_ones_own_latest_is_shown(open_page, store, finished):
    app = open_page("train")
    button(app, "Train").click().run()
    [mine] = [run for run in store.list_runs() if run.id != finished.id]
    for number in range(RUNS_OFFERED):
        copy_of(store, finished, owner=f"somebody {number}")
    del app.session_state["watched_run"]
    app.query_params.clear()
    app.switch_page("results.py").run()
    assert app.selectbox[0].value == mine.id
    assert app.query_params["run"] == mine.id


def test_one_of_many_runs_is_neither_opened_unasked_nor_a_card_on_home(open_page, store, finished):
    store.delete_run(finished.id, None)
    app = open_page("train")
    button(app, "Train").click().run()
    [mine] = store.list_runs()
    wanted = {mine.config.replace(seed=seed): 3600 for seed in (1, 2)}
    digits = {"dataset_digest": mine.dataset_digest, "dataset_name": mine.dataset_name}
    store.request_runs(wanted, **digits, owner=mine.owner)
    del app.session_state["watched_run"]
    app.query_params.clear()
    app.switch_page("results.py").run()
    assert app.query_params["run"] == mine.id
    app.switch_page("home.py").run()
    assert [link.label[:6] for link in app.get("page_link")].count("Watch ") == 1


def test_a_run_that_is_nobodys_is_shown_where_there_is_none_of_ones_own(open_page, store, finished):
    copy_of(store, finished, owner="somebody")
    assert open_page("results").selectbox[0].value == finished.id


def test_only_whoever_made_a_prediction_is_told_what_came_of_it_as_you(open_page, store):
    app = open_page("train")
    app.number_input(key="prediction").set_value(20.0).run()
    button(app, "Train").click().run()
    [run] = store.list_runs()
    claim = store.claim_next(60)
    store.finish(claim, RunStatus.FINISHED, test_accuracy=0.963, test_loss=0.1)
    assert "You predicted 20.0 %: it is 76.3 points more." in words(app.run())
    assert app.metric[0].delta == "+76.3 points to your prediction"
    assert is_praised(app) is False
    app.switch_page("results.py").run()
    assert "You predicted 20.0 %" in words(app)
    for path in ("train", "results"):
        newcomer = open_page(path, run=run.id)
        assert "Whoever trained it predicted 20.0 %: it is 76.3 points more." in words(newcomer)
        assert not re.search(r"You predicted|your prediction", words(newcomer))
        assert all("your" not in metric.delta for metric in newcomer.metric)


def is_praised(app: AppTest) -> bool:
    """Check whether the difference to the prediction is green."""
    return app.metric[0].proto.color == MetricProto.MetricColor.GREEN


def test_a_prediction_that_came_true_is_praised(open_page, store):
    app = open_page("train")
    app.number_input(key="prediction").set_value(95.0).run()
    button(app, "Train").click().run()
    store.finish(store.claim_next(60), RunStatus.FINISHED, test_accuracy=0.945, test_loss=0.1)
    assert is_praised(app.run()) is True


def copy_of(store: Store, run: Run, owner: str | None = None) -> Run:
    """A run of the same settings in the queue."""
    return store.create_run(
        run.config, dataset_digest=run.dataset_digest, dataset_name=run.dataset_name, owner=owner
    )


def test_results_show_what_the_run_came_to(open_page, finished):
    text = words(open_page("results", run=finished.id))
    assert "**875 of 1,000** digits it had never seen were read right." in text
    assert "Whoever trained it predicted 90.0 %: it is 2.5 points less." in text
    assert "Test loss 0.5000" in text
    assert "Trained on: CPU." in text
    assert "**white ink on black**" in text  # how to use the model that can be taken away
    assert "Keras 3.0 or newer" in text


def test_each_run_of_a_page_is_counted(open_page, store):
    port = free_port()
    with server.get_metrics().served(port, store, LiveHub(store)):
        open_page("train")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            told = answer.read().decode()
    assert re.search(r'^mnist_page_runs_total\{page="train"\} [1-9]', told, re.MULTILINE)


def test_a_layer_that_comes_back_brings_its_nodes(open_page):
    app = open_page("train")
    app.select_slider(key="nodes_1").set_value(5).run()
    app.slider(key="hidden_layers").set_value(0).run()
    app.slider(key="hidden_layers").set_value(1).run()
    nodes = app.select_slider(key="nodes_1")
    # A browser that has just taken the slider away knows the value no more: it has to be told.
    assert (nodes.value, nodes.proto.set_value) == (5, True)
    # From then on the browser knows better than the server, which hears of a move a moment later.
    app.slider(key="epochs").set_value(3).run()
    assert not app.select_slider(key="nodes_1").proto.set_value


def test_the_network_of_the_original_lesson_is_one_click(open_page, store):
    app = open_page("train")
    app.slider(key="epochs").set_value(3).run()
    button(app, "As in the original lesson").click().run()
    button(app, "Train").click().run()
    assert not app.exception
    assert store.list_runs()[0].config == TrainingConfig(layers=(500, 300))


def test_train_puts_a_run_with_the_chosen_settings_into_the_queue(open_page, store):
    app = open_page("train")
    app.slider(key="hidden_layers").set_value(2).run()
    app.select_slider(key="nodes_2").set_value(64)
    app.select_slider(key="batch_size").set_value(50)
    app.slider(key="epochs").set_value(3)
    app.number_input(key="prediction").set_value(92.5).run()
    button(app, "Train").click().run()
    [run] = store.list_runs()
    assert run.status is RunStatus.QUEUED
    assert run.config == TrainingConfig(layers=(128, 64), batch_size=50, epochs=3)
    assert run.expected_accuracy == 0.925
    assert app.number_input(key="prediction").value is None  # a guess is for one run
    assert app.query_params["run"] == run.id
    assert button(app, "Train").disabled
    button(app, "Stop").click().run()
    assert store.get_run(run.id).status is RunStatus.STOPPED


@pytest.mark.parametrize(
    ("name", "legend"),
    [
        ("", "Training before: 16 nodes, 2<br>epochs"),
        ("a < b", "Training before: a &lt; b"),
        (
            "a name that is far longer than a phone is wide, and longer still",
            "Training before: a name that<br>is far longer than a phone …",
        ),
    ],
)
def test_the_run_before_is_named_in_the_legend(open_page, store, finished, name, legend):
    store.rename_run(finished.id, None, name)
    app = open_page("train", run=finished.id)
    assert component(app, "chart-live")["previous_names"] is None
    button(app, "Train").click().run()
    shown = component(app, "chart-live")
    assert shown["previous_names"] == [legend, "Validation before"]
    assert shown["previous"]["val_accuracy"] == [0.8, 0.9]


def test_a_run_before_of_the_same_settings_is_said_to_be_so(open_page, store, finished):
    app = open_page("train", run=finished.id, hidden_layers="1", nodes_1="16", epochs="2")
    button(app, "Train").click().run()
    [training, _] = component(app, "chart-live")["previous_names"]
    assert training == "Training before: the same<br>settings"
    store.delete_run(finished.id, None)
    app.run()
    assert component(app, "chart-live")["previous"] is None


def test_any_run_can_be_pinned_behind_all_others(open_page, store, finished):
    newer = copy_of(store, finished)
    app = open_page("train", run=newer.id)
    assert component(app, "chart-live")["previous"] is None
    assert not [box for box in app.selectbox if box.key == "curve-behind"]  # until it is opened
    app.session_state["curve-behind-choice"] = True
    app.run()
    app.selectbox(key="curve-behind").set_value(finished.id).run()
    shown = component(app, "chart-live")
    assert shown["previous"]["val_accuracy"] == [0.8, 0.9]
    assert shown["previous_names"][1] == "Validation pinned"
    assert app.query_params["behind"] == finished.id
    app.selectbox(key="curve-behind").set_value(None).run()
    assert component(app, "chart-live")["previous"] is None
    assert "behind" not in app.query_params


def test_the_pinned_run_may_stand_in_the_address(open_page, store, finished):
    newer = copy_of(store, finished)
    app = open_page("train", run=newer.id, behind=finished.id)
    assert component(app, "chart-live")["previous"]["val_accuracy"] == [0.8, 0.9]
    app = open_page("train", run=newer.id, behind="<b>no run</b>")
    assert not app.exception
    assert component(app, "chart-live")["previous"] is None


@pytest.mark.parametrize("path", ["train", "results"])
def test_one_thing_of_a_run_is_changed_and_the_two_are_compared(open_page, store, finished, path):
    app = open_page(path, run=finished.id)
    button(app, "Change one thing").click().run()
    assert app.title[0].value == "Train"
    app.switch_page("train.py").run()  # a test stays on its page otherwise
    assert app.select_slider(key="nodes_1").value == 16
    assert app.slider(key="epochs").value == 2
    app.select_slider(key="batch_size").set_value(1000)
    button(app, "Train").click().run()
    [new] = [run for run in store.list_runs() if run.id != finished.id]
    assert new.config == finished.config.replace(batch_size=1000)
    assert component(app, "chart-live")["previous"]["val_accuracy"] == [0.8, 0.9]
    [link] = [each for each in app.get("page_link") if each.label.startswith("Compare with")]
    assert link.proto.query_string == f"runs={finished.id}%2C{new.id}"


def test_settings_that_no_slider_has_a_stop_for_are_taken_over_all_the_same(open_page, store):
    config = TrainingConfig(layers=(17, 3), batch_size=123, validation_split=0.02, dropout=0.15)
    dataset = load_mnist("sample")
    store.save_dataset(dataset)
    odd = store.create_run(config, dataset_digest=dataset.digest, dataset_name=dataset.name)
    store.request_stop(odd.id, None)
    app = open_page("train", run=odd.id)
    button(app, "Change one thing").click().run()
    assert not app.exception
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == config


def with_script_open(app: AppTest) -> AppTest:
    """Choose the tab of the script; it is written when somebody looks at it."""
    assert not app.code
    app.session_state["code-form"] = "Exactly this run"
    app.run()
    assert app.code
    return app


def test_the_code_follows_the_settings(open_page):
    app = with_script_open(open_page("train"))
    app.slider(key="hidden_layers").set_value(2).run()
    app.select_slider(key="nodes_2").set_value(64)
    app.selectbox(key="optimizer").set_value("momentum")
    app.slider(key="dropout").set_value(0.2).run()
    config = TrainingConfig(layers=(128, 64), optimizer="momentum", dropout=0.2)
    drawn = [line["text"] for line in component(app, "lesson-code")["lines"]]
    assert drawn == lesson_code(config).splitlines()
    script = run_script(config, load_mnist("sample"))
    assert [block.value for block in app.code] == [script.strip()]
    assert "Its numbers are alike: for dropout, Keras rolls other dice." in words(app)


def test_script_and_digits_of_the_sample_can_be_taken_away(open_page):
    app = with_script_open(open_page("train"))
    labels = [each.label for each in app.download_button]
    assert labels == ["Download the script", "Download the digits (.npz)"]
    assert "Its numbers are those on the screen at first" in words(app)


def test_settings_that_do_not_fit_have_no_code(open_page):
    app = with_script_open(open_page("train"))
    app.select_slider(key="batch_size").set_value(5000).run()
    assert not app.exception
    assert not app.code


def test_reset_settings_brings_the_defaults_back(open_page, store):
    app = open_page("train")
    app.slider(key="epochs").set_value(3)
    app.selectbox(key="optimizer").set_value("sgd").run()
    button(app, "Reset settings").click().run()
    button(app, "Train").click().run()
    assert store.list_runs()[0].config == TrainingConfig()


def test_a_batch_larger_than_the_data_is_refused_with_the_allowed_range(open_page, store):
    app = open_page("train")
    app.select_slider(key="batch_size").set_value(5000).run()
    assert "Choose 1 to 3,600." in words(app)
    assert button(app, "Train").disabled


def test_a_run_of_more_than_ten_minutes_is_asked_for_twice(open_page, store):
    app = open_page("train")
    app.slider(key="epochs").set_value(100)
    app.select_slider(key="batch_size").set_value(1)
    app.slider(key="hidden_layers").set_value(2).run()
    app.select_slider(key="nodes_1").set_value(1024)
    app.select_slider(key="nodes_2").set_value(1024).run()
    button(app, "Train").click().run()
    assert store.list_runs() == []
    assert "Train it all the same?" in words(app)
    button(app, "Train anyway").click().run()
    assert len(store.list_runs()) == 1


def test_a_failed_run_says_why_and_what_to_try(open_page, store, finished):
    run = store.create_run(
        finished.config,
        dataset_digest=finished.dataset_digest,
        dataset_name=finished.dataset_name,
        lease_seconds=60,
    )
    store.finish(run.claim, RunStatus.FAILED, error="It broke.", advice="Mend it.")
    for path in ("train", "results"):
        assert "It broke. Mend it." in words(open_page(path, run=run.id))


def test_somebody_elses_run_can_be_watched_but_not_changed(open_page, store, finished):
    run = store.create_run(
        finished.config,
        dataset_digest=finished.dataset_digest,
        dataset_name=finished.dataset_name,
        owner="somebody",
    )
    app = open_page("train", run=run.id)
    assert "You are watching somebody else's run." in words(app)
    assert button(app, "Stop").disabled
    assert not button(app, "Train").disabled


def test_a_bad_mnist_path_is_told_on_every_page(open_page, monkeypatch):
    monkeypatch.setenv("MNIST_PATH", "/nowhere.npz")
    for path in ("", "data", "train", "results", "runs"):
        text = words(open_page(path))
        assert "there is no such file" in text
        assert "The built-in sample is in use instead." in text


def test_mistyped_variables_are_told_on_the_page_and_the_server_does_without(
    open_page, monkeypatch
):
    monkeypatch.setenv("MNIST_OFFLINE", "maybe")
    monkeypatch.setenv("MNIST_PATH", "~nobody_of_this_name/x.npz")
    server.get_wrong_variables()  # as dashboard.py does before anything else
    app = open_page("")
    told = [warning.value.replace("\\", "") for warning in app.warning]
    assert [sentence.split()[0] for sentence in told] == ["MNIST_PATH:", "MNIST_OFFLINE"]
    assert "“~nobody_of_this_name/x.npz” can't be found" in told[0]
    assert "Downloads are switched off" in words(app)


@pytest.mark.parametrize("value", ["1", "true", "YES"])
def test_an_offline_server_offers_no_download(open_page, monkeypatch, value):
    monkeypatch.setenv("MNIST_OFFLINE", value)
    assert not [each for each in open_page("").button if each.key == "get-mnist"]


def test_results_say_how_certain_the_accuracy_is_and_what_guessing_would_get(open_page, finished):
    text = words(open_page("results", run=finished.id))
    assert "Guessing without looking would get about 100 of them." in text
    assert "lies between 85.3 % and 89.4 %. Of 100 such ranges, 95 hold the true value." in text
    assert "2.5 points less. Close!" in text


def train_through(store: Store, run: Run, val_losses: list[float]) -> None:
    """Write epochs as a worker does: training loss falls throughout."""
    for epoch, val_loss in enumerate(val_losses):
        record = EpochRecord(
            epoch=epoch,
            accuracy=0.9,
            loss=0.5 / (epoch + 1),
            val_accuracy=0.8,
            val_loss=val_loss,
            seconds=1.0,
        )
        store.record(run.claim, epoch=record)


@pytest.fixture
def running(store: Store, finished: Run) -> Run:
    return store.create_run(
        finished.config.replace(epochs=6),
        dataset_digest=finished.dataset_digest,
        dataset_name=finished.dataset_name,
        lease_seconds=60,
    )


def test_results_say_what_the_curves_show_with_its_evidence(open_page, store, running):
    train_through(store, running, [0.5, 0.4, 0.5, 0.6, 0.7])
    store.finish(running.claim, RunStatus.FINISHED, test_accuracy=0.8, test_loss=0.7)
    text = words(open_page("results", run=running.id))
    assert "**Overfitting.** From epoch 3 on" in text
    assert "Stop after epoch 2" in text
    assert "Marked in the chart: validation loss and training loss, epochs 2 to 5." in text


def test_results_tell_the_curves_in_words_for_those_who_cannot_see_them(open_page, finished):
    text = words(open_page("results", run=finished.id))
    assert "Training accuracy rises from 80.0 % in epoch 1 to 90.0 % in epoch 2." in text
    assert "Validation loss stays at 0.6000 from epoch 1 to epoch 2." in text


def test_the_chart_of_the_results_says_what_its_curves_do(open_page, finished):
    [chart] = open_page("results", run=finished.id).get("plotly_chart")
    assert "Training accuracy rises from 80.0 % in epoch 1 to 90.0 % in epoch 2." in chart.proto.alt
    assert "Validation loss stays at 0.6000 from epoch 1 to epoch 2." in chart.proto.alt


def test_an_accuracy_on_the_half_is_the_same_number_in_every_sentence(open_page, store, running):
    for epoch in range(6):
        record = EpochRecord(epoch, 385 / 400, 0.1, 385 / 400, 0.2, 1.0)
        store.record(running.claim, epoch=record)
    assert open_page("runs").dataframe[0].value["Validation"].tolist()[0] == 96.3
    app = open_page("results", run=running.id)
    text = words(app)
    assert "Validation accuracy 96.3 %" in text  # the large number
    assert "Validation accuracy stays at 96.3 % from epoch 1 to epoch 6." in text
    assert "no longer rises: 96.3 % on average in the last three epochs, 96.3 % in the" in text
    assert set(re.findall(r"9\d\.\d+ %|0\.9\d+", text)) == {"96.3 %"}
    [table] = app.dataframe
    assert b"96.3 %" in table.proto.arrow_data.styler.display_values


def test_the_curves_can_be_drawn_by_metric(open_page, finished):
    app = open_page("results", run=finished.id)

    def titles() -> list[str]:
        [chart] = app.get("plotly_chart")
        return [note["text"] for note in json.loads(chart.proto.spec)["layout"]["annotations"]]

    assert titles() == ["Training", "Validation"]
    app.segmented_control(key="curves-by").set_value("Accuracy and loss").run()
    assert titles() == ["Accuracy", "Loss"]
    assert "accuracy on the left, loss on the right" in app.get("plotly_chart")[0].proto.alt


def test_the_history_is_shown_as_the_dictionary_that_its_table_is_made_of(open_page, finished):
    app = open_page("results", run=finished.id)
    [dictionary] = [block.value for block in app.code if block.value.startswith("{")]
    assert ast.literal_eval(dictionary) == {
        "accuracy": [0.8, 0.9],
        "loss": [0.5, 0.5],
        "val_accuracy": [0.8, 0.9],
        "val_loss": [0.6, 0.6],
    }
    assert "`history.history`" in words(app)


def test_each_column_of_the_model_summary_has_its_sentence(open_page, finished):
    text = words(open_page("results", run=finished.id))
    for column in ("Layer (type)", "Output Shape", "Param #"):
        assert f"- **{column}**: " in text


def test_a_training_accuracy_of_all_digits_is_doubted(open_page, store, running):
    for epoch, accuracy in enumerate((0.99, 1.0)):
        store.record(running.claim, epoch=EpochRecord(epoch, accuracy, 0.1, 0.976, 0.2, 1.0))
    text = words(open_page("results", run=running.id))
    assert "**Too good to be true?** In epoch 2 the training accuracy reached 100.0 %" in text
    assert "at the end its validation accuracy was 97.6 %." in text


def test_results_have_the_axis_of_the_live_figure_and_a_switch_to_the_plain_one(
    open_page, finished
):
    def lines(app):
        return json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["yaxis"]["ticktext"]

    app = open_page("results", run=finished.id)
    live = component(open_page("train", run=finished.id), "chart-live")
    assert lines(app) == live["accuracy_axes"]["halving"]["ticks"]["ticktext"]
    [switch] = [each for each in app.toggle if each.label == live["plain_in_words"]]
    switch.set_value(True).run()
    assert lines(app) == live["accuracy_axes"]["plain"]["ticks"]["ticktext"]


def test_two_epochs_are_said_to_be_too_few_to_tell(open_page, finished):
    assert "**Too few epochs to tell.**" in words(open_page("results", run=finished.id))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (RunStatus.STOPPED, "This run is stopped, 5 of 6 epochs done: what follows is about"),
        (RunStatus.FAILED, "This run failed: what follows is about the epochs before."),
    ],
)
def test_a_run_that_ended_early_is_explained_as_far_as_it_got(
    open_page, store, running, status, said
):
    train_through(store, running, [0.5, 0.4, 0.5, 0.6, 0.7])
    store.finish(running.claim, status, error="It broke.", advice="Mend it.")
    app = open_page("results", run=running.id)
    assert not app.exception
    assert said in words(app)
    assert "**Overfitting.**" in words(app)


def test_a_run_without_an_epoch_says_why_there_are_no_curves(open_page, store, running):
    assert "appear here when its first epoch is complete" in words(
        open_page("results", run=running.id)
    )
    store.finish(running.claim, RunStatus.STOPPED)
    text = words(open_page("results", run=running.id))
    assert "It ended before its first epoch was complete, so it has no curves." in text
    assert "What the curves say" not in text


@pytest.mark.parametrize("typed", [150.0, -1.0, 100.5])
def test_a_prediction_that_cannot_come_true_is_refused_with_a_sentence(open_page, store, typed):
    app = open_page("train")
    app.number_input(key="prediction").set_value(typed).run()
    said = f"A prediction of {typed:g} is not possible: of 100 digits, 0 to 100 can be right."
    assert said in words(app)
    button(app, "Train").click().run()
    assert words(app).count(said) == 2  # beside the field, and as the answer to the click
    assert store.list_runs() == []
    app.number_input(key="prediction").set_value(97.0).run()
    assert said not in words(app)
    button(app, "Train").click().run()
    assert store.list_runs()[0].expected_accuracy == 0.97
