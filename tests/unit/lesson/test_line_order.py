"""Putting the program in order: what works, what can't and why; and the lines that are wrong."""

from __future__ import annotations

import itertools

import pytest

from mnist_core.lesson.line_order import STEPS, WRONG_STEPS, first_problem

IN_ORDER = [step.key for step in STEPS]


def test_the_order_of_the_lesson_works_and_so_does_any_other_that_would_run() -> None:
    assert first_problem(IN_ORDER) is None
    assert first_problem(["build", "compile", "load", "scale", "fit", "plot"]) is None


def names_met(order: tuple[str, ...]) -> bool:
    """Run the program's names in this order: whether each is there when it is read."""
    makes = {"load": "digits", "scale": "x_train", "build": "model", "fit": "history"}
    reads = {"scale": {"digits"}, "compile": {"model"}, "plot": {"history"}}
    reads["fit"] = {"digits", "x_train", "model", "compiled"}
    known: set[str] = set()
    for key in order:
        if not reads.get(key, set()) <= known:
            return False
        known |= {makes.get(key, ""), "compiled" if key == "compile" else ""}
    return True


def test_every_order_is_refused_where_a_name_would_be_missing() -> None:
    for order in itertools.permutations(IN_ORDER):
        assert (first_problem(order) is None) == names_met(order), order


@pytest.mark.parametrize(
    ("order", "place", "why"),
    [
        (["scale", "load", "build", "compile", "fit", "plot"], 0, "no images are loaded yet"),
        (["load", "scale", "compile", "build", "fit", "plot"], 2, "no model yet"),
        (["load", "scale", "build", "fit", "compile", "plot"], 3, "no optimizer and no loss"),
        (["load", "build", "compile", "fit", "scale", "plot"], 3, "from a line further down"),
        (["load", "scale", "build", "compile", "plot", "fit"], 4, "nothing is trained yet"),
    ],
)
def test_the_first_line_that_can_not_work_is_named_with_its_reason(
    order: list[str], place: int, why: str
) -> None:
    problem = first_problem(order)
    assert problem is not None
    assert problem[0] == place
    assert why in problem[1]


@pytest.mark.parametrize("order", [IN_ORDER[1:], [*IN_ORDER, "fit"], [*IN_ORDER[1:], "other"]])
def test_steps_that_are_not_all_of_them_are_refused(order: list[str]) -> None:
    with pytest.raises(ValueError, match="expected the steps load, scale"):
        first_problem(order)


def test_a_wrong_line_differs_from_the_right_one_and_is_still_python() -> None:
    right = {step.key: step.text for step in STEPS}
    for wrong in WRONG_STEPS:
        assert wrong.text != right[wrong.key]
        compile(wrong.text, wrong.key, "exec")
    for text in right.values():
        compile(text, "right", "exec")
