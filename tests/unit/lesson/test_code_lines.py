"""Every line of the lesson's code says what it does, and which controls decide about it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import TrainingConfig
from mnist_core.lesson.code_lines import lesson_lines
from mnist_core.lesson.keras_code import lesson_code

EVERYTHING = TrainingConfig(
    layers=(64, 32), batch_size=50, epochs=3, activation="tanh", optimizer="sgd",
    learning_rate=0.02, dropout=0.2, l2=0.001, validation_split=0.2, fraction=0.5, seed=3,
)  # fmt: skip

configs = st.builds(
    TrainingConfig,
    layers=st.lists(st.integers(1, 20), max_size=4).map(tuple),
    optimizer=st.sampled_from(["adam", "sgd", "momentum", "rmsprop"]),
    dropout=st.sampled_from([0.0, 0.3]),
    l2=st.sampled_from([0.0, 0.01]),
    seed=st.integers(0, 5),
)


@given(configs)
def test_the_lines_are_those_of_the_lesson_and_all_but_brackets_are_explained(
    config: TrainingConfig,
) -> None:
    lines = lesson_lines(config)
    assert [line.text for line in lines] == lesson_code(config).splitlines()
    unexplained = {line.text.strip() for line in lines if not line.words}
    assert unexplained == {"", ")", "])"}


def test_every_control_of_the_page_has_a_line() -> None:
    named = {control for line in lesson_lines(EVERYTHING) for control in line.controls}
    assert named == {
        "hidden_layers", "nodes_1", "nodes_2", "batch_size", "epochs", "activation", "optimizer",
        "learning_rate", "dropout", "l2", "validation_split", "fraction", "seed",
    }  # fmt: skip


def test_each_hidden_layer_is_a_slider_of_its_own_and_the_output_layer_is_none() -> None:
    by_text = {line.text.strip(): line for line in lesson_lines(TrainingConfig(layers=(10, 32)))}
    assert by_text['Dense(10, activation="relu"),'].controls[0] == "nodes_1"
    assert by_text['Dense(32, activation="relu"),'].controls[0] == "nodes_2"
    output = by_text['Dense(10, activation="softmax"),']
    assert output.controls == ()
    assert output.words.startswith("The output layer: ten nodes")
