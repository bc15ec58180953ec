"""The small drawing of a run's four curves: all points are in it, and none falls out."""

from __future__ import annotations

import math
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from mnist_core.charts import both_curves_svg, style

SVG = "{http://www.w3.org/2000/svg}"

numbers = st.one_of(st.none(), st.just(math.nan), st.just(math.inf), st.floats(0, 1e6))
histories = st.fixed_dictionaries(
    {
        "accuracy": st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=100),
        "loss": st.lists(numbers, max_size=100),
        "val_accuracy": st.lists(st.floats(0, 1), max_size=100),
        "val_loss": st.lists(numbers, max_size=100),
    }
)


def lines(image: str) -> list[tuple[str, list[tuple[float, float]]]]:
    """The colour and the points of each line, in the order in which they are drawn."""
    return [
        (
            line.attrib["stroke"],
            [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()],
        )
        for line in ElementTree.fromstring(image).iter(f"{SVG}polyline")
    ]


@given(histories)
def test_every_number_has_its_place_inside_the_image(history: dict[str, list[float]]) -> None:
    image = both_curves_svg(history)
    known = [
        [value for value in history[name] if value is not None and math.isfinite(value)]
        for name in ("accuracy", "val_accuracy", "loss", "val_loss")
    ]
    drawn = lines(image) if image else []
    assert [len(points) for _, points in drawn] == [len(each) for each in known if each]
    assert all(0 <= x <= 720 and 0 <= y <= 230 for _, points in drawn for x, y in points)


def test_training_and_validation_differ_in_colour_dash_and_marker() -> None:
    image = both_curves_svg(
        {"accuracy": [0.5, 1.0], "val_accuracy": [0.5, 0.0], "loss": [2, 1], "val_loss": [2, 4]}
    )
    training, validation, loss, val_loss = lines(image)
    assert [training[0], validation[0]] == [style.TRAINING, style.VALIDATION]
    assert [loss[0], val_loss[0]] == [style.TRAINING, style.VALIDATION]
    assert training[1][0] == validation[1][0]
    assert training[1][1][1] < validation[1][1][1]  # higher is further up
    assert val_loss[1][1][1] < loss[1][1][1]
    root = ElementTree.fromstring(image)
    dashes = {line.attrib["stroke-dasharray"] for line in root.iter(f"{SVG}polyline")}
    assert dashes == {"none", "7 4"}
    assert list(root.iter(f"{SVG}circle"))
    assert list(root.iter(f"{SVG}rect"))
    assert {"training", "validation"} <= {text.text for text in root.iter(f"{SVG}text")}


def test_a_run_without_a_number_has_no_drawing() -> None:
    assert both_curves_svg({"accuracy": [], "loss": [math.nan], "val_loss": [None]}) == ""
