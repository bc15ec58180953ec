"""The examples in the docstrings of the lesson's five names, run as they stand there."""

from __future__ import annotations

import doctest

import pytest

import mnist_core


@pytest.mark.parametrize(
    "name", ["TrainingConfig", "load_mnist", "build_model", "train", "plot_accuracy_and_loss"]
)
def test_the_example_of_a_public_name_gives_what_it_says(name: str) -> None:
    public = getattr(mnist_core, name)
    names = {each: getattr(mnist_core, each) for each in mnist_core.__all__}
    parsed = doctest.DocTestParser().get_doctest(public.__doc__, names, name, None, 0)
    assert parsed.examples
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    assert results.failed == 0, "".join(said)
