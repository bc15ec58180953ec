"""The modules of the browser's half by themselves: what can be said of them without a dashboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, Route, expect

from mnist_core.charts import HALVING, PLAIN, AccuracyAxis
from mnist_core.formatting import percent
from mnist_core.handwriting.strokes import draw_strokes
from pages.widgets.drawing_canvas import read_strokes
from pages.widgets.shared.bundle import bundle
from pages.widgets.shared.colours import colour_properties
from pages.widgets.shared.digit_image import pack_images

WIDGETS = Path(__file__).resolve().parents[2] / "pages" / "widgets"
ENTRIES = [
    path for path in sorted(WIDGETS.glob("*/*.js")) if "export default" in path.read_text("utf-8")
]
ADDRESS = "http://widgets.test"

Run = Callable[..., Any]


def answer(route: Route) -> None:
    """Stand for a server of the widgets' folder."""
    path = route.request.url.removeprefix(f"{ADDRESS}/")
    if path:
        route.fulfill(path=WIDGETS / path)
    else:
        route.fulfill(content_type="text/html", body="<!doctype html><body></body>")


def open_folder(browser: Browser) -> Page:
    page = browser.new_page()
    page.route(f"{ADDRESS}/**", answer)
    page.goto(f"{ADDRESS}/")
    return page


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = open_folder(browser)
    yield page
    page.close()


@pytest.fixture
def run(page: Page) -> Run:
    """Run a function's body with a module's exports as `m` and an argument as `given`."""

    def run(module: str, script: str, given: Any = None) -> Any:
        return page.evaluate(
            f"""async ([address, given]) => {{
                const m = await import(address);
                {script}
            }}""",
            [f"{ADDRESS}/{module}", given],
        )

    return run


WATCHED = """
    const run = new m.WatchedRun("one", "QUEUED", 2);
    for (const message of given) run.take({run: "one", ...message});
    return {
        ...run, said: m.stateInWords(run, true), saidAlone: m.stateInWords(run, false),
    };
"""


def situation(status: str, last_seq: int) -> dict[str, Any]:
    return {"situation": {"status": status, "last_seq": last_seq}, "words": {"state": status}}


def event(seq: int, kind: str, **data: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": kind, "data": data}


def epoch(seq: int, number: int, value: float | None = 0.5) -> dict[str, Any]:
    names = ("accuracy", "loss", "val_accuracy", "val_loss")
    return event(seq, "epoch", epoch=number, **dict.fromkeys(names, value))


def test_a_run_is_what_its_events_made_of_it(run: Run) -> None:
    progress = event(1, "progress", position=0.5, accuracy=0.3, loss=2.0)
    guesses = event(3, "digits", epoch=0, guesses=[1], confidence=[0.9])

    known = run(
        "shared/run.js",
        WATCHED,
        [situation("RUNNING", 3), {"events": [progress, epoch(2, 0), guesses]}],
    )

    assert known["seq"] == 3
    assert known["position"] == 1
    assert known["isCaughtUp"]
    assert known["curves"]["step_accuracy"] == {"x": [0.5], "y": [0.3]}
    assert known["curves"]["val_loss"] == {"x": [1], "y": [0.5]}
    assert known["guesses"]["guesses"] == [1]


def test_what_a_run_has_heard_already_and_what_is_another_runs_changes_nothing(run: Run) -> None:
    known = run(
        "shared/run.js",
        WATCHED,
        [{"events": [epoch(1, 0)]}, {"events": [epoch(1, 0)]}, {"run": "two", "missing": True}],
    )

    assert known["curves"]["loss"]["x"] == [1]
    assert known["said"] == "Asking the server about this run."


@pytest.mark.parametrize(
    ("messages", "status", "seq"),
    [
        (
            [situation("RUNNING", 5), {"events": [event(2, "status", status="QUEUED")]}],
            "RUNNING",
            5,
        ),
        ([situation("RUNNING", 5), {"events": [event(6, "status", status="PAUSED")]}], "PAUSED", 6),
    ],
)
def test_an_old_status_does_not_undo_what_the_situation_says(
    run: Run, messages: list[Any], status: str, seq: int
) -> None:
    known = run("shared/run.js", WATCHED, messages)

    assert (known["status"], known["statusSeq"]) == (status, seq)


def test_the_servers_words_are_shown_once_all_that_they_tell_of_is_there(run: Run) -> None:
    before = [situation("FINISHED", 2), {"events": [epoch(1, 0)]}]

    early = run("shared/run.js", WATCHED, before)
    late = run("shared/run.js", WATCHED, [*before, {"events": [epoch(2, 1)]}])

    assert early["said"] == "Asking the server about this run."
    assert late["said"] == "FINISHED"
    assert "the run is kept on the server" in early["saidAlone"]
    assert late["saidAlone"] == "FINISHED"  # nothing more can come


def test_words_that_are_not_new_stay(run: Run) -> None:
    known = run(
        "shared/run.js", WATCHED, [situation("RUNNING", 0), {"words": {"epoch": "Epoch 2"}}]
    )

    assert known["words"] == {"state": "RUNNING", "epoch": "Epoch 2"}


def test_news_is_told_once_mounted_and_again_until_the_page_has_heard(browser: Browser) -> None:
    page = open_folder(browser)  # of its own: its clock stands still
    page.clock.install(time=0)
    told = """
        async () => {
            const { Telling } = await import("http://widgets.test/shared/telling.js");
            window.told = [];
            window.telling = new Telling(() => tell());
            window.tell = () => telling.isDue(7) && told.push(7);
            tell();
            tell();
        }"""
    page.evaluate(told)
    assert page.evaluate("told") == []
    page.clock.run_for(1000)
    assert len(page.evaluate("(tell(), told)")) == 1
    page.clock.run_for(5000)
    assert len(page.evaluate("told")) == 2
    page.evaluate("telling.forget()")
    page.clock.run_for(20_000)
    assert len(page.evaluate("told")) == 2
    assert len(page.evaluate("(tell(), tell(), told)")) == 3
    page.evaluate("telling.end()")
    page.clock.run_for(20_000)
    assert len(page.evaluate("told")) == 3
    page.close()


def test_a_run_that_is_gone_says_so_whatever_else_is_known(run: Run) -> None:
    known = run("shared/run.js", WATCHED, [situation("RUNNING", 0), {"missing": True}])

    assert known["said"].startswith("This run is not there any more.")


NUMBERS = [0.0, 0.1, 0.49, 0.5, 0.8125, 0.9, 0.978, 0.99, 0.9964, 1.0, -0.5, 1.5]


@pytest.mark.parametrize("axis", [HALVING, PLAIN], ids=["halving", "plain"])
def test_a_browser_draws_accuracies_where_the_charts_do(run: Run, axis: AccuracyAxis) -> None:
    numbers = [*NUMBERS, None, "NaN"]
    script = "const [axis, all] = given; return all.map((each) => m.heightOn(axis, each));"
    heights = run("shared/axes.js", script, [axis.as_data(), numbers])

    assert heights[:-2] == pytest.approx([axis.height(number) for number in NUMBERS])
    assert heights[-2:] == [None, None]


@pytest.mark.parametrize("axis", [HALVING, PLAIN], ids=["halving", "plain"])
def test_a_browser_shows_as_much_of_the_axis_as_the_charts_do(run: Run, axis: AccuracyAxis) -> None:
    given = [[], [None], *([number] for number in NUMBERS), *itertools.combinations(NUMBERS, 2)]
    script = "const [axis, all] = given; return all.map((each) => m.rangeOn(axis, each));"
    shown = run("shared/axes.js", script, [axis.as_data(), given])

    expected = [axis.shown(accuracies) for accuracies in given]
    assert np.array(shown) == pytest.approx(np.array(expected))


@pytest.mark.parametrize(
    ("losses", "top"), [([], 1), ([None, 0], 1), ([0.5, None, 2.0, "NaN"], 2.16)]
)
def test_the_axis_of_loss_begins_at_0_and_has_room_above(
    run: Run, losses: list[Any], top: float
) -> None:
    found = run("shared/axes.js", "return m.rangeOfLoss(given);", losses)

    assert found == pytest.approx([0, top])


notes = st.lists(
    st.fixed_dictionaries({"place": st.integers(0, 300), "size": st.integers(1, 60)}), max_size=6
)


@given(notes)
@settings(deadline=None, max_examples=60)
def test_notes_stand_apart_and_move_only_where_they_would_touch(
    page: Page, notes: list[dict[str, int]]
) -> None:
    moved = page.evaluate(
        "async ([address, given]) => (await import(address)).movedApart(given)",
        [f"{ADDRESS}/shared/axes.js", notes],
    )
    standing = sorted(
        (note["place"] + by, note["size"]) for note, by in zip(notes, moved, strict=True)
    )
    for (below, size), (above, other) in itertools.pairwise(standing):
        assert above - below >= (size + other) / 2 - 1e-6
    places = sorted((note["place"], note["size"]) for note in notes)
    touching = any(
        above - below < (size + other) / 2
        for (below, size), (above, other) in itertools.pairwise(places)
    )
    assert touching or moved == pytest.approx([0] * len(notes))


def test_letters_of_curves_that_end_together_stand_side_by_side(run: Run) -> None:
    ends = [(10, 0.9), (10, 0.5), (10, 0.91), (9, 0.9), (10, 0.92), (10, None)]
    curves = [{"x": [1, x], "y": [0.1, y]} for x, y in ends] + [{"x": [], "y": []}]
    script = "return m.stepsAside(given, 0.05);"
    found = run("comparison_figure/comparison_figure.js", script, curves)
    assert found == [0, 0, 1, 0, 2, 0, 0]


def test_sizes_are_copied_and_colours_stay(run: Run) -> None:
    large = {"font": {"size": 20, "color": "red"}, "margin": {"l": 90}, "width": "wide", "more": {}}
    small = {"font": {"size": 10, "color": "blue"}, "margin": {"l": 40}, "width": 3}

    script = "m.copySizes(given[0], given[1]); return given[1];"
    assert run("shared/axes.js", script, [large, small]) == {
        "font": {"size": 20, "color": "blue"},
        "margin": {"l": 90},
        "width": 3,
    }


@pytest.mark.parametrize(
    ("epoch", "said"),
    [
        (None, "20 validation digits: the network never trains on these."),
        (-1, "Before the first batch it gets 7 of these 20 validation digits right."),
        (2, "After epoch 3 it gets 7 of these 20 validation digits right."),
    ],
)
def test_the_strip_says_when_it_was_right_how_often(run: Run, epoch: int | None, said: str) -> None:
    found = run("live_figure/digits.js", "return m.captionInWords(given, 7, 20);", epoch)

    assert found == said


def test_an_enlarged_map_keeps_the_place_under_the_pointer(run: Run) -> None:
    script = """
        const view = new m.View();
        view.fit(400, 300);
        const before = view.screen(0.3, -0.2);
        view.enlarge(3, before);
        const after = view.screen(0.3, -0.2);
        view.enlarge(1 / 9);
        return {before, after, back: view.enlarged, middle: view.middle.map(Math.abs)};
    """
    found = run("digit_map/view.js", script)

    assert found["after"] == pytest.approx(found["before"])
    assert (found["back"], found["middle"]) == (1, [0, 0])


def test_a_map_is_not_moved_beyond_its_edge(run: Run) -> None:
    script = """
        const view = new m.View();
        view.fit(400, 400);
        view.enlarge(2);
        view.drag(-10000, 10000);
        return view.middle;
    """
    assert run("digit_map/view.js", script) == [0.5, 0.5]


def test_points_move_slowly_at_both_ends_and_new_ones_are_at_their_place(run: Run) -> None:
    script = """
        const from = {x: [0, null], y: [0, 0], cx: [null], cy: [1], shown: null};
        const to = {x: [1, 5], y: [2, 2], cx: [3], cy: [null], shown: [1, 1]};
        return [0, 0.1, 0.5, 1].map((share) => m.onTheWay(from, to, share));
    """
    start, soon, half, end = run("digit_map/movement.js", script)

    assert start["x"] == [0, 5]
    assert 0 < soon["x"][0] < 0.1
    assert half == {"x": [0.5, 5], "y": [1, 1], "cx": [3], "cy": [None], "shown": [1, 1]}
    assert end["y"] == [2, 2]


@pytest.mark.parametrize(
    ("value", "written"), [(1.25, "+1.3"), (-1.26, "−1.3"), (0, "0.0"), (-0.01, "−0.0")]
)
def test_a_signed_number_says_on_which_side_of_0_it_is(
    run: Run, value: float, written: str
) -> None:
    assert run("signed_picture/signed_picture.js", "return m.signed(given, 1);", value) == written


def test_a_share_is_rounded_in_the_browser_as_on_the_server(run: Run) -> None:
    shares = [(part, whole) for whole in (8, 400, 2000) for part in range(whole + 1)]
    written = run("shared/numbers.js", "return given.map((each) => m.asPercent(...each));", shares)

    assert written == [percent(part / whole) for part, whole in shares]
    assert run("shared/numbers.js", "return m.asPercent(0, 0);") == "–"


@pytest.mark.parametrize(("scale", "decimals"), [(1.5, 2), (0.12, 2), (0.012, 3), (2e-6, 7)])
def test_the_ends_of_a_scale_show_two_digits(run: Run, scale: float, decimals: int) -> None:
    script = "return m.decimalsFor(given);"
    assert run("signed_picture/signed_picture.js", script, scale) == decimals


def test_images_arrive_as_they_were_packed(run: Run) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 28, 28), dtype=np.uint8)

    script = "return m.unpackImages(given).map((pixels) => [...pixels]);"
    found = run("shared/digit_image.js", script, pack_images(images))

    assert np.array_equal(np.array(found, np.uint8).reshape(2, 28, 28), images)


def test_an_image_is_painted_pixel_by_pixel(run: Run) -> None:
    image = np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(1, 28, 28)

    script = """
        const canvas = document.createElement("canvas");
        m.paintDigit(canvas, m.unpackImages(given)[0]);
        const { data } = m.penOf(canvas).getImageData(0, 0, 28, 28);
        return [...data].filter((_, index) => index % 4 === 0);
    """
    assert run("shared/digit_image.js", script, pack_images(image)) == image.ravel().tolist()


def test_strokes_are_drawn_on_the_server_where_the_pen_was(run: Run) -> None:
    script = "return m.packed([{width: 0.2, points: [[0.2, 0.5], [0.8, 0.5000049]]}]);"
    sent = run("drawing_canvas/strokes.js", script)
    ink = draw_strokes(read_strokes(sent), 20)

    assert sent == [[0.2, [[0.2, 0.5], [0.8, 0.5]]]]
    assert ink[9:11, 5:15].min() == ink.max()
    assert ink[:7].max() == ink[13:].max() == 0


def test_nodes_of_a_drawing_are_kept_changed_and_dropped(run: Run) -> None:
    script = """
        const group = m.make("g");
        const other = m.make("text.other");
        group.append(other);
        const put = (...items) => {
            m.keep(group, "circle.dot", items, (dot, r) => m.set(dot, { r }));
            return [...group.children];
        };
        const [, first] = put(1, 2);
        const after = put(3);
        return {kept: after[1] === first, r: first.getAttribute("r"), count: after.length,
                other: after[0] === other, svg: first instanceof SVGCircleElement};
    """
    assert run("shared/svg.js", script) == {
        "kept": True, "r": "3", "count": 2, "other": True, "svg": True
    }  # fmt: skip


def test_a_mounted_component_lives_through_its_drawings_and_ends_once(run: Run) -> None:
    script = """
        const log = [];
        const draw = m.mountedOnce(() => {
            log.push("built");
            return {update: (data) => log.push(data), end: () => log.push("ended")};
        });
        const parentElement = document.createElement("div");
        const endFirst = draw({data: 1, parentElement});
        const endSecond = draw({data: 2, parentElement});
        endFirst();
        endSecond();
        return log;
    """
    assert run("shared/mounting.js", script) == ["built", 1, 2, "ended"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.stem)
def test_a_bundle_gives_what_streamlit_mounts(page: Page, entry: Path) -> None:
    kind = page.evaluate(
        """async (script) => {
            const address = URL.createObjectURL(new Blob([script], {type: "text/javascript"}));
            return typeof (await import(address)).default;
        }""",
        bundle(entry),
    )

    assert kind == "function"


def test_the_colours_are_there_by_name(page: Page) -> None:
    page.set_content(
        f"<style>{colour_properties()}</style><p style='color: var(--wrong)'>wrong</p>"
    )

    expect(page.get_by_text("wrong")).to_have_css("color", "rgb(213, 94, 0)")
