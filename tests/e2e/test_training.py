"""A person's ways through the Train page, in a real browser, on real digits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from mnist_core.formatting import percent
from mnist_core.store import RunStatus
from tests.e2e.server import Server, loads_tensorflow, wait_until
from tests.e2e.train_page import PATIENCE, SLOW, HeldLine, TrainPage, wait_until_settled

LONG = "?epochs=100&nodes_1=32&batch_size=10"
SHORT = "?epochs=2&nodes_1=32"
BACK = ["ArrowLeft"] * 3

# Lets the scripts of components wait until the page calls `releaseScripts`.
HOLD_SCRIPTS = """(() => {
    window.released = new Promise((release) => (window.releaseScripts = release));
    const addressOf = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) =>
        addressOf(blob.type === "text/javascript"
            ? new Blob(["await window.released;\\n", blob], {type: blob.type})
            : blob);
})()"""


def test_the_whole_way(tmp_path, open_tab):
    """Sliders, Train, a growing figure, a reload in the middle, the test accuracy, Results."""
    server = Server(tmp_path).start()
    server.wait_for_workers()
    try:
        tab = open_tab(server)
        tab.set_slider("Hidden layers", "2")
        tab.set_slider("Nodes in layer 1", "128")
        tab.set_slider("Nodes in layer 2", "32")
        tab.set_slider("Batch size", "50")
        tab.set_slider("Epochs", "3")
        tab.set_speed(SLOW)
        tab.page.get_by_role("spinbutton", name="My prediction").fill("95")
        tab.train()
        tab.set_pace(5.0)  # all of what follows happens in the first epoch

        first = tab.wait_for_points("step_accuracy", 1)
        tab.figure("node.ours = true")
        grown = tab.wait_for_points("step_accuracy", len(first["x"]) + 1)
        assert 0 < first["x"][-1] < grown["x"][-1]
        assert any(position % 1 for position in grown["x"])  # within the epoch, not at its end
        zoomed = tab.zoom_into_the_left_half()
        tab.set_pace(1.0)
        tab.wait_for_points("val_accuracy", 2)
        assert tab.figure("node.ours") is True
        assert tab.figure("node.layout.xaxis.range") == zoomed

        tab.page.reload()
        tab.page.locator("[data-testid=live-figure] .plot-container").wait_for()
        expect(tab.page.get_by_text("Test accuracy", exact=True)).to_be_visible(timeout=PATIENCE)

        run = tab.run()
        assert run.status is RunStatus.FINISHED
        assert run.config.layers == (128, 32)
        assert run.config.batch_size == 50
        assert run.test_accuracy > 0.85
        shown = percent(run.test_accuracy)
        expect(tab.page.get_by_test_id("stMetricValue")).to_have_text(shown)
        expect(tab.page.get_by_text("You predicted 95.0 %")).to_be_visible()
        points = tab.wait_for_points("val_accuracy", 3)
        with server.store() as store:
            assert points["y"] == store.read_history(run.id)["val_accuracy"]

        tab.page.get_by_role("link", name="See the results").click()
        expect(tab.page.get_by_role("heading", name="Results")).to_be_visible(timeout=PATIENCE)
        expect(tab.page.get_by_test_id("stMetricValue").first).to_have_text(shown)
        expect(tab.page.locator(".st-key-chart-accuracy-and-loss .main-svg").first).to_be_visible()
        tab.page.get_by_role("button", name="Take away").click()
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name="Download the model (.keras)").click()
        assert Path(download.value.path()).read_bytes()[:2] == b"PK"
        assert tab.errors == []
    finally:
        server.stop()


def test_stop_keeps_the_model_as_far_as_it_got(server, open_tab):
    tab = open_tab(server, LONG)
    tab.set_speed(SLOW)
    run_id = tab.train()
    tab.wait_for_step(50)
    tab.press("Stop")
    run = tab.wait_for_status(RunStatus.STOPPED)
    assert 50 <= run.step < run.config.epochs * 360
    with server.store() as store:
        assert store.load_model(run_id)
    expect(tab.state()).to_contain_text("Stopped", timeout=PATIENCE)
    expect(tab.button("Train")).to_be_enabled()


def test_one_epoch_trains_one_more_and_pauses(server, open_tab):
    tab = open_tab(server, "?epochs=3&nodes_1=32")
    tab.press("One epoch")
    assert tab.wait_for_status(RunStatus.PAUSED).epochs_done == 1
    tab.press("One epoch")
    wait_until(lambda: (run := tab.run()).status is RunStatus.PAUSED and run.epochs_done == 2, "2")
    tab.press("Continue")
    assert tab.wait_for_status(RunStatus.FINISHED).epochs_done == 3


def test_a_second_pause_is_news_though_the_network_brings_all_of_it_at_once(server, open_tab):
    tab = open_tab(server, "?epochs=3&nodes_1=32")
    line = HeldLine(tab.page)
    tab.set_speed(SLOW)
    tab.press("One epoch")
    expect(tab.state()).to_contain_text("Paused after epoch 1", timeout=PATIENCE)
    line.hold()
    tab.press("One epoch")
    expect(tab.button("Pause")).to_be_enabled()
    wait_until(lambda: (run := tab.run()).status is RunStatus.PAUSED and run.epochs_done == 2, "2")
    line.release()
    expect(tab.button("Continue")).to_be_enabled()


def test_settings_that_come_back_on_a_slow_line_leave_the_page_alive(server, new_page):
    page = new_page()
    line = HeldLine(page, "**/_stcore/stream")
    tab = TrainPage(page, server).open("?nodes_1=32")
    slider = page.get_by_role("slider", name="Nodes in layer 1")
    line.hold()
    for answered, keys in enumerate((["ArrowRight"], ["ArrowRight"], ["ArrowRight"], BACK), 1):
        for key in keys:
            slider.press(key)
        wait_until(lambda runs=answered: len(scripts_run(tab, line)) >= runs, "the page's answer")
    line.release()
    wait_until_settled(page)
    expect(slider).to_have_attribute("aria-valuetext", "32")
    expect(tab.button("Train")).to_be_enabled()


def scripts_run(tab: TrainPage, line: HeldLine) -> list[ForwardMsg]:
    """Give the messages on a line that say that a page's script has come to its end."""
    tab.page.title()  # messages are taken while Playwright is at work only
    messages = [ForwardMsg.FromString(bytes(message)) for message in line.held]
    return [message for message in messages if message.WhichOneof("type") == "script_finished"]


def test_a_figure_that_the_page_changes_before_its_script_has_come_is_drawn(server, new_page):
    page = new_page()
    page.add_init_script(HOLD_SCRIPTS)
    page.goto(f"{server.url}/train")
    expect(page.get_by_test_id("live-root")).to_be_attached()
    page.get_by_role("switch", name="Projector").press("Space")  # the figure gets other sizes
    page.wait_for_url("**projector=1**")
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    page.evaluate("releaseScripts()")
    page.locator("[data-testid=live-figure] .plot-container").wait_for()
    wait_until_settled(page)
    page.close()


def test_two_tabs_have_two_runs(server, open_tab):
    one = open_tab(server, "?epochs=3&nodes_1=16")
    two = open_tab(server, "?epochs=2&nodes_1=64", beside=one)
    assert one.train() != two.train()
    assert one.wait_for_status(RunStatus.FINISHED).config.layers == (16,)
    assert two.wait_for_status(RunStatus.FINISHED).config.layers == (64,)
    assert len(one.wait_for_points("val_accuracy", 3)["x"]) == 3
    assert len(two.wait_for_points("val_accuracy", 2)["x"]) == 2


FALL_ASLEEP, WAKE_UP = (
    f"""() => {{
        Object.defineProperty(document, "hidden", {{value: {value}, configurable: true}});
        document.dispatchEvent(new Event("visibilitychange"));
    }}"""
    for value in ("true", "false")
)


def test_a_phone_that_slept_through_a_training_wakes_to_all_of_it(server, open_tab):
    tab = open_tab(server, "?epochs=12&nodes_1=16")
    tab.set_speed(SLOW)
    tab.train()
    tab.wait_for_points("val_accuracy", 1)
    tab.page.evaluate(FALL_ASLEEP)
    tab.set_pace(0.0)
    tab.wait_for_status(RunStatus.FINISHED)
    assert len(tab.curve("val_accuracy")["x"]) < 12
    tab.page.evaluate(WAKE_UP)
    assert tab.wait_for_points("val_accuracy", 12)["x"] == list(range(1, 13))
    shown = tab.curve("step_loss")["x"]
    assert shown == sorted(set(shown))


def test_a_run_goes_on_when_every_tab_is_closed(server, open_tab):
    tab = open_tab(server, "?epochs=3&nodes_1=16")
    tab.set_speed(SLOW)
    run_id = tab.train()
    context = tab.page.context
    tab.page.close()
    with server.store() as store:
        run = wait_until(lambda: (r := store.get_run(run_id)).status.is_over and r, "its end")
    assert (run.status, run.epochs_done) == (RunStatus.FINISHED, 3)
    back = TrainPage(context.new_page(), server).open(f"?run={run_id}")
    assert back.wait_for_points("val_accuracy", 3)["x"] == [1, 2, 3]


def test_eight_tabs_watch_one_run(server, open_tab):
    first = open_tab(server, "?epochs=4&nodes_1=16")
    run_id = first.train()
    others = [TrainPage(first.page.context.new_page(), server) for _ in range(7)]
    for tab in others:  # all at once, as a class does
        tab.page.goto(f"{server.url}/train?run={run_id}", wait_until="commit")
    for tab in others:
        tab.wait_until_open()
    curves = [tab.wait_for_points("val_accuracy", 4) for tab in (first, *others)]
    assert all(curve == curves[0] for curve in curves)
    steps = [tab.curve("step_loss") for tab in (first, *others)]
    assert all(curve == steps[0] for curve in steps)


def test_a_stranger_watches_but_cannot_stop(server, open_tab):
    owner = open_tab(server, LONG)
    owner.set_speed(SLOW)
    run_id = owner.train()
    stranger = open_tab(server, f"?run={run_id}")
    stranger.wait_for_points("step_accuracy", 2)
    expect(stranger.button("Stop")).to_be_disabled()
    expect(stranger.button("Pause")).to_be_disabled()
    expect(stranger.page.get_by_text("You are watching somebody else's run.")).to_be_visible()
    owner.press("Stop")
    owner.wait_for_status(RunStatus.STOPPED)


def test_a_run_that_ended_before_its_page_is_opened_is_shown_whole(server, open_tab):
    first = open_tab(server, SHORT)
    run_id = first.train()
    first.wait_for_status(RunStatus.FINISHED)
    late = open_tab(server, f"?run={run_id}")
    assert late.wait_for_points("val_accuracy", 2)["x"] == [1, 2]
    expect(late.page.get_by_text("Test accuracy", exact=True)).to_be_visible()


def test_a_run_that_is_not_there_is_named_and_the_page_stays_usable(server, open_tab):
    tab = open_tab(server, "?run=nothing12345")
    expect(tab.page.get_by_text("There is no run “nothing12345”.")).to_be_visible()
    expect(tab.button("Train")).to_be_enabled()


def test_a_slider_moved_after_training_says_whose_curves_these_are(server, open_tab):
    tab = open_tab(server, SHORT)
    tab.train()
    tab.wait_for_status(RunStatus.FINISHED)
    tab.set_slider("Epochs", "7")
    expect(tab.page.get_by_text("32 nodes, batch 100, 2 epochs").first).to_be_visible()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory map in Linux's /proc")
def test_the_web_process_has_never_loaded_tensorflow(server, open_tab):
    tab = open_tab(server, SHORT)
    tab.train()
    tab.wait_for_status(RunStatus.FINISHED)
    assert server.worker_pids()
    assert not loads_tensorflow(server.pid)
