"""The Data page as a script: what it shows of ordinary and of odd data. No browser."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.data import load_mnist
from pages.services import server
from pages.views.data import digit_facts
from tests.app.page_helpers import PATIENCE, component

NAVIGATION = Path(__file__).resolve().parents[2] / "pages" / "navigation.py"


@pytest.fixture
def open_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Open the Data page on the sample, or on labels and images of the test's own."""
    monkeypatch.setenv("MNIST_STORE_URL", f"sqlite:///{tmp_path / 'runs.db'}")
    monkeypatch.setenv("MNIST_OFFLINE", "1")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_PATH", raising=False)
    for cached in (server.get_store, server.get_shelf):
        cached.cache_clear()

    def open_data(labels: list[int] | None = None, **query: str) -> AppTest:
        if labels is not None:
            monkeypatch.setenv("MNIST_PATH", str(write(tmp_path / "own.npz", labels)))
        app = AppTest.from_file(str(NAVIGATION), default_timeout=PATIENCE).switch_page("data.py")
        app.query_params.update(query)
        return app.run()

    yield open_data
    server.get_store().close()
    server.get_shelf.cache_clear()


def write(path: Path, labels: list[int]) -> Path:
    """Write a data set of the user's own: each image as bright as ten times its label."""
    y = np.array(labels, np.uint8)
    x = np.broadcast_to((y * 10)[:, None, None], (len(y), 28, 28)).astype(np.uint8)
    np.savez(path, x_train=x, y_train=y, x_test=x[:1], y_test=y[:1])
    return path


def pixels(data: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(data["pixels"]), np.uint8).reshape(-1, 28, 28)


def words(app: AppTest) -> str:
    blocks = (app.title, app.subheader, app.markdown, app.caption, app.info)
    return "\n".join(block.value for each in blocks for block in each)


def test_all_digits_come_sixty_at_a_time(open_data):
    sample = load_mnist("sample")
    app = open_data()
    assert not app.exception
    assert "1 to 60 of 4,000 images." in words(app)
    gallery = component(app, "gallery")
    assert gallery["numbers"] == list(range(60))
    assert gallery["captions"] == [str(label) for label in sample.y_train[:60]]
    assert gallery["descriptions"][5] == digit_facts.describe(sample, 5)
    assert (pixels(gallery) == sample.x_train[:60]).all()
    assert gallery["can_choose"]


def test_one_digit_is_shown_alone_from_its_first_to_its_last_page(open_data):
    sample = load_mnist("sample")
    sevens = np.flatnonzero(sample.y_train == 7).tolist()
    app = open_data()
    app.segmented_control(key="digit").set_value("7").run()
    assert component(app, "gallery")["numbers"] == sevens[:60]
    assert set(component(app, "gallery")["captions"]) == {"7"}
    app.pagination[0].set_value(2).run()
    assert component(app, "gallery")["numbers"] == sevens[60:120]
    app.pagination[0].set_value(7).run()
    assert component(app, "gallery")["numbers"] == sevens[360:]
    assert "361 to 400 of 400 images." in words(app)
    app.segmented_control(key="digit").set_value("8").run()
    assert "1 to 60 of 400 images." in words(app)


def test_the_chosen_image_is_shown_in_full_and_marked_in_the_gallery(open_data):
    sample = load_mnist("sample")
    app = open_data()
    app.number_input(key="training_digit").set_value(23).run()
    name = digit_facts.describe(sample, 23)
    assert f"This is **{name}**." in words(app)
    assert component(app, "pixels")["description"] == name
    assert (pixels(component(app, "pixels"))[0] == sample.x_train[23]).all()
    assert component(app, "gallery")["chosen"] == 23
    assert "`x_train[23][12, 7]`" in words(app)


def test_a_link_opens_a_digit_and_an_image(open_data):
    app = open_data(digit="3", training_digit="40")
    assert component(app, "pixels")["description"].startswith("training digit number 40,")
    assert set(component(app, "gallery")["captions"]) == {"3"}


def test_the_parts_are_counted_and_explained(open_data):
    app = open_data()
    assert [(metric.label, metric.value) for metric in app.metric] == [
        (":blue[■] Training", "3,600"),
        (":orange[▨] Validation", "400"),
        (":violet[▩] Test", "1,000"),
    ]
    for purpose in ("to **learn** from", "to **check** while learning", "for the **exam**"):
        assert purpose in words(app)
    assert "There are 500 of each digit: perfectly balanced." in words(app)
    assert app.table[0].value.sum().tolist() == [3600, 400, 1000]


def test_the_bars_are_told_in_words_and_grow_with_the_projector(open_data):
    [bars] = open_data().get("plotly_chart")
    assert "There are 500 of each digit: perfectly balanced." in bars.proto.alt
    [large] = open_data(projector="1").get("plotly_chart")
    sizes = [
        json.loads(each.proto.spec)["layout"]["legend"]["font"]["size"] for each in (bars, large)
    ]
    assert sizes[1] > sizes[0]


def test_averages_and_the_most_alike_pairs_are_shown_and_the_way_goes_on(open_data):
    app = open_data()
    averages = component(app, "averages")
    assert averages["captions"] == [str(digit) for digit in range(10)]
    assert not averages["can_choose"]
    assert "Most alike: **4 and 9**." in words(app)
    assert component(app, "pair-pictures-0")["captions"] == ["4", "9"]
    assert "Next: build a model" in [link.proto.label for link in app.get("page_link")]


def test_digits_that_are_missing_are_said_to_be_missing(open_data):
    app = open_data([0, 2, 2, 5, 5, 5, 6, 7, 8, 9])
    assert not app.exception
    assert "Among the training digits there is no 1, no 3, no 4." in words(app)
    assert component(app, "averages")["captions"] == ["0", "2", "5", "6", "7", "8", "9"]
    app.segmented_control(key="digit").set_value("3").run()
    assert not app.exception
    assert "Among the training digits there is no 3. Choose another digit." in words(app)
    assert component(app, "gallery") is None
    assert component(app, "pixels")["description"] == "training digit number 0, a 0"


def test_the_smallest_data_set_there_can_be_breaks_nothing(open_data):
    app = open_data([8, 8])
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["1", "1", "1"]
    assert component(app, "gallery")["descriptions"] == [
        "training digit number 0, an 8",
        "training digit number 1, an 8",
    ]
    assert component(app, "averages")["captions"] == ["8"]
    assert (pixels(component(app, "averages")) == 80).all()
    assert "It takes two different digits to compare, and here is only one." in words(app)


def test_what_takes_long_is_found_out_once_for_each_data_set(open_data, tmp_path):
    open_data()
    first = digit_facts.gather(load_mnist("sample"))
    assert digit_facts.gather(load_mnist("sample")) is first
    own = load_mnist(str(write(tmp_path / "other.npz", [1, 2, 3])))
    assert digit_facts.gather(own) is not first
    assert digit_facts.gather(own).likeness.present == [1, 2, 3]
