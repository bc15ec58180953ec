"""The page Draw as a script: pictures of every kind, and what people are told about them."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_core.errors import DrawingError
from mnist_core.handwriting.drawing import Step
from mnist_core.handwriting.picture import ENDINGS, MOST_BYTES
from pages.session import address
from pages.widgets.drawing_canvas import MOST_POINTS, read_strokes
from tests.app.page_helpers import nearest_mean, picture, words


def probabilities(app: AppTest) -> str:
    """What the chart's proto says it shows to those who can't see it."""
    [chart] = app.get("plotly_chart")
    return chart.proto.spec


def test_without_a_run_the_page_says_what_to_do(open_page):
    app = open_page("draw")
    assert not app.exception
    assert "Train a network first" in words(app)
    assert [link.label for link in app.get("page_link")] == ["My digits", "Train a network"]


def test_a_run_without_a_network_says_so(open_page, add_run):
    run = add_run()
    app = open_page("draw", run=run.id)
    assert not app.exception
    assert "Nothing of its network was kept: choose another run." in words(app)


def test_an_empty_field_asks_for_a_digit_and_explains_every_step(open_page, add_run):
    add_run(nearest_mean())
    app = open_page("draw")
    assert not app.exception
    assert "Draw a digit, 0 to 9." in words(app)
    assert all(step.explanation in words(app) for step in Step)
    assert "What you draw, upload or photograph is not kept" in words(app)


@pytest.mark.parametrize("ending", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_picture_of_a_digit_is_read(upload, ending):
    app = upload(picture(0, ending=ending))
    assert "It says 0, " in words(app)
    assert "Guess: 0, " in probabilities(app)
    assert "as it was after epoch 1" in words(app)


def test_the_answer_comes_before_what_the_network_sees_for_a_phone_shows_one_below_the_other(
    upload,
):
    app = upload(picture(7))
    read = [each.value for each in app.main if each.type in ("subheader", "markdown")]
    answer = next(place for place, each in enumerate(read) if each.startswith("It says 7"))
    assert answer < read.index("**What the network sees**")


def test_before_a_picture_is_chosen_the_page_says_what_to_do(open_page, add_run):
    add_run(nearest_mean())
    assert "take a picture, and choose its file here" in words(open_page("draw", way="Upload"))


def test_several_digits_in_a_picture_are_read_one_by_one(upload):
    assert "4 digits found: 0, 1, 3, 0" in words(upload(picture(0, 1, 3, 0)))


def test_a_step_that_is_switched_off_says_what_happens_without_it(upload):
    app = upload(picture(0))
    with_it = probabilities(app)
    app.toggle(key="step-scale").set_value(False).run()
    assert not app.exception
    assert f"Switched off. {Step.SCALE.without}" in words(app)
    assert probabilities(app) != with_it


def test_a_step_stays_switched_off_while_another_way_is_looked_at(upload):
    app = upload(picture(0))
    app.toggle(key="step-crop").set_value(False).run()
    app.segmented_control(key="way").set_value("Draw").run()
    assert not app.toggle(key="step-crop").value
    assert Step.CROP.without in words(app)
    app.switch_page("results.py").run()
    app.switch_page("draw.py").run()
    assert not app.toggle(key="step-crop").value
    assert Step.CROP.without in words(app)


def test_with_every_step_off_there_is_still_an_answer(upload):
    app = upload(picture(0))
    for step in Step:
        app.toggle(key=f"step-{step.name.lower()}").set_value(False)
    app.run()
    assert not app.exception
    assert "It says " in words(app)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"These are words and no picture.", "is no picture that can be read"),
        (b"", "This file is empty"),
        (picture(0)[:600], "damaged"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "a HEIC picture, as iPhones take them"),
        (b"x" * (MOST_BYTES + 1), "At most 20 MB are allowed"),
    ],
)
def test_what_is_no_picture_or_too_large_gets_a_sentence(upload, data, sentence):
    app = upload(data)
    [error] = app.error
    assert sentence in error.value


def test_a_picture_without_ink_gets_a_sentence(upload):
    file = io.BytesIO()
    Image.new("L", (300, 300), 255).save(file, "PNG")
    [error] = upload(file.getvalue()).error
    assert "No ink stands out from the paper" in error.value


def test_a_network_whose_numbers_overflowed_has_no_guess(open_page, add_run):
    add_run([np.full((784, 10), np.nan), np.zeros(10)])
    app = open_page("draw")
    app.segmented_control(key="way").set_value("Upload").run()
    app.file_uploader(key="picture").set_value(("0.png", picture(0), "image/png")).run()
    assert not app.exception
    assert "No guess: the network's numbers overflowed" in words(app)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://school.example/draw", True),
        ("http://localhost:8501/draw", True),
        ("http://127.0.0.1:8501/draw", True),
        ("http://[::1]:8501/draw", True),
        ("http://192.168.1.20:8501/draw", False),
        ("http://school.example:8501/draw", False),
    ],
)
def test_the_camera_is_offered_where_browsers_allow_it(
    open_page, add_run, monkeypatch, url, allowed
):
    monkeypatch.setattr(address.st.context.__class__, "url", url)
    add_run(nearest_mean())
    app = open_page("draw")
    app.segmented_control(key="way").set_value("Camera").run()
    assert not app.exception
    assert bool(app.get("camera_input")) == allowed
    assert ("a browser allows it only on pages that come over HTTPS" in words(app)) != allowed
    assert bool(app.file_uploader) != allowed


# --------------------------------------------------------------------------- what the canvas sends


def test_strokes_come_as_they_were_drawn():
    [line, dot] = read_strokes([[0.08, [[0.1, 0.2], [0.5, 1]]], [0.14, [[0, 1.02]]]])
    assert (line.width, dot.width) == (0.08, 0.14)
    np.testing.assert_array_equal(line.points, [[0.1, 0.2], [0.5, 1]])
    np.testing.assert_array_equal(dot.points, [[0, 1.02]])


def test_an_empty_field_is_no_drawing():
    assert read_strokes([]) == []
    assert read_strokes(None) == []


@pytest.mark.parametrize(
    "sent",
    [
        "AAAA",
        17,
        {"strokes": 1},
        ["AAAA"],
        [[0.08]],
        [[0.08, []]],
        [[0.08, [0.1, 0.2]]],
        [[0.08, [[0.1]]]],
        [[0.08, [[0.1, 0.2, 0.3]]]],
        [[0.08, [["0.1", 0.2]]]],
        [[0.08, [[float("nan"), 0.2]]]],
        [[0.08, [[1e9, 0.2]]]],
        [["0.08", [[0.1, 0.2]]]],
        [[0, [[0.1, 0.2]]]],
        [[-1, [[0.1, 0.2]]]],
        [[7, [[0.1, 0.2]]]],
        [[float("inf"), [[0.1, 0.2]]]],
        [[None, [[0.1, 0.2]]]],
    ],
)
def test_what_is_no_drawing_gets_a_sentence(sent):
    with pytest.raises(DrawingError, match="did not arrive whole"):
        read_strokes(sent)


def test_a_drawing_without_end_gets_a_sentence():
    with pytest.raises(DrawingError, match="too many strokes"):
        read_strokes([[0.08, [[0.5, 0.5]] * (MOST_POINTS + 1)]])


# --------------------------------------------------------------------- what a picture is shown as


def shown(app: AppTest) -> tuple[str, Image.Image]:
    """What stands for the marked picture where it can't be seen, and the picture itself."""
    [html] = [each.proto.body for each in app.get("html") if "marked-picture" in each.proto.body]
    [alt] = re.findall('alt="([^"]*)"', html)
    [data] = re.findall('base64,([^"]*)', html)
    return alt, Image.open(io.BytesIO(base64.b64decode(data)))


def test_digits_are_marked_on_the_picture_they_were_found_in(upload):
    alt, marked = shown(upload(picture(0, 1, 3)))
    assert alt == "Your picture; 3 digits marked on it"
    assert marked.size == (660, 260)
    blue = np.asarray(marked.convert("RGB")).astype(int)
    boxes = (blue[..., 2] - blue[..., 0] > 80).any(axis=0)
    assert [boxes[left : left + 200].any() for left in (40, 240, 440)] == [True] * 3


def test_a_picture_that_is_refused_is_shown_with_what_was_found_on_it(upload):
    sheet = Image.new("L", (400, 300), 255)
    sheet.paste(0, (120, 140, 280, 152))  # a dash
    file = io.BytesIO()
    sheet.save(file, "PNG")
    app = upload(file.getvalue())
    [error] = app.error
    assert "No digit was found, only a dash or a line." in error.value
    assert shown(app)[0] == "Your picture; 0 digits marked on it"
    assert "Left out, in grey: a dash or a line (1)." in words(app)


def test_the_file_chooser_offers_what_is_read_and_nothing_else(open_page, add_run):
    add_run(nearest_mean())
    app = open_page("draw", way="Upload")
    assert list(app.file_uploader(key="picture").proto.type) == [f".{each}" for each in ENDINGS]
