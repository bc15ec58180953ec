"""Tasks: what a link carries comes out of it again, and what it can't carry is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import CHOICES, LIMITS, NODES, TrainingConfig
from mnist_core.errors import ConfigError
from mnist_core.lesson.assignment import (
    CONTROLS,
    LONGEST_QUESTION,
    PARTS,
    Assignment,
    control_values,
    link,
    link_problems,
    read_settings,
    settings_query,
)

INTEGERS = ("batch_size", "epochs", "seed")

questions = st.text(max_size=LONGEST_QUESTION).map(str.strip)
controls = st.frozensets(st.sampled_from(CONTROLS))
settings = st.builds(
    TrainingConfig,
    layers=st.lists(st.integers(int(NODES.minimum), int(NODES.maximum)), max_size=4).map(tuple),
    **{name: st.sampled_from(words) for name, words in CHOICES.items()},
    **{
        name: st.integers(int(limit.minimum), int(limit.maximum))
        if name in INTEGERS
        else st.floats(limit.minimum, limit.maximum)
        for name, limit in LIMITS.items()
    },
)
tasks = st.builds(Assignment, questions, settings, controls, controls).filter(
    lambda task: task.question or task.locked or task.shown
)


def parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@given(tasks)
def test_a_task_comes_back_from_its_link(task: Assignment) -> None:
    assert Assignment.from_query(parameters(link("/train", task.to_query()))) == task


@given(tasks, settings)
def test_a_task_keeps_its_beginning_while_the_sliders_move(
    task: Assignment, moved: TrainingConfig
) -> None:
    kept = parameters(link("/train", settings_query(moved) | task.to_kept_query()))
    assert set(task.to_kept_query()) <= set(PARTS)
    assert Assignment.from_query(kept) == task


@given(settings)
def test_settings_come_back_from_where_the_controls_stand(config: TrainingConfig) -> None:
    standing = control_values(config)
    assert read_settings({name: str(value) for name, value in standing.items()}) == config


def test_an_address_without_question_and_controls_carries_no_task() -> None:
    assert Assignment.from_query({"batch_size": "1000", "run": "abc", "question": "  "}) is None


def test_locks_alone_are_a_task() -> None:
    task = Assignment.from_query({"locked": "epochs, seed", "epochs": "3"})
    assert task == Assignment("", TrainingConfig(epochs=3), frozenset({"epochs", "seed"}))


def test_a_link_names_only_settings_that_are_not_the_default_ones() -> None:
    assert settings_query(TrainingConfig()) == {}
    config = TrainingConfig(layers=(128, 64), learning_rate=0.3)
    assert settings_query(config) == {
        "hidden_layers": "2",
        "nodes_2": "64",
        "learning_rate": "0.3",
    }
    assert settings_query(TrainingConfig(layers=())) == {"hidden_layers": "0"}


@pytest.mark.parametrize("text", ["1000", "1,000", " 1000 "])
def test_numbers_are_read_as_people_write_them(text: str) -> None:
    assert read_settings({"batch_size": text}).batch_size == 1000


@pytest.mark.parametrize(
    ("query", "layers"),
    [
        ({"layers": "64,32"}, (64, 32)),
        ({"layers": "[64, 32]"}, (64, 32)),
        ({"layers": "64"}, (64,)),
        ({"layers": ""}, ()),
        ({"hidden_layers": "2", "Nodes-2": "5"}, (128, 5)),
    ],
)
def test_layers_are_read_by_the_librarys_own_word_too(
    query: dict[str, str], layers: tuple[int, ...]
) -> None:
    assert read_settings(query).layers == layers


@pytest.mark.parametrize(
    ("name", "text"),
    [("batch_size", "1.000"), ("seed", "1.000.000"), ("nodes_1", "1.024"), ("l2", "0,001")],
)
def test_a_number_that_may_be_another_one_elsewhere_is_refused(name: str, text: str) -> None:
    with pytest.raises(ConfigError):
        read_settings({name: text})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("fraction", "1.000", 1.0), ("validation_split", "0.100", 0.1), ("epochs", "5.0", 5)],
)
def test_a_number_that_is_the_same_everywhere_is_read(name: str, text: str, value: float) -> None:
    assert getattr(read_settings({name: text}), name) == value


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, []),
        ({"batch_size": "100", "nodes_4": "5", "question": "Why?", "run": "x"}, []),
        ({"nodes_1": "0"}, ["0 nodes in layer 1 are not allowed. Choose 1 to 1,024."]),
        ({"layers": "1,2,3,4,5"}, ["“1,2,3,4,5” are no layers. Write layers=64,32, each 1 to 1,0"]),
        ({"utm": "1", "x" * 99: "2"}, [f"The Train page knows no setting “utm”, “{'x' * 40}”."]),
    ],
)
def test_what_an_address_says_in_vain_is_named(query: dict[str, str], said: list[str]) -> None:
    problems = link_problems(query, ["run"])
    assert len(problems) == len(said)
    assert all(problem.startswith(start) for problem, start in zip(problems, said, strict=True))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"locked": "sauce"}, r"“sauce” is no control of the Train page. Choose from: hidden_"),
        ({"shown": "epochs,sauce"}, r"“sauce” is no control"),
        ({"question": "?" * 1001}, r"1,001 characters. At most 1,000 are allowed"),
        ({"question": "Why?", "batch_size": "many"}, r"Batch size must be a whole number, 1 to"),
        ({"question": "Why?", "batch_size": "0"}, r"Batch size 0 is not allowed. Choose 1 to"),
        ({"question": "Why?", "learning_rate": "0,3"}, r"Learning rate must be a number"),
        ({"question": "Why?", "hidden_layers": "9"}, r"“9” hidden layers are not allowed. Choose"),
        ({"question": "Why?", "hidden_layers": "-1"}, r"Choose 0 to 4"),
        ({"question": "Why?", "hidden_layers": "nan"}, r"Choose 0 to 4"),
        ({"question": "Why?", "nodes_1": "5000"}, r"5,000 nodes in layer 1 are not allowed"),
        ({"question": "Why?", "optimizer": "magic"}, r"Optimizer 'magic' is not allowed"),
        ({"question": "Why?", "start": "epochs:none"}, r"Epochs must be a whole number"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(query: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Assignment.from_query(query)


@given(st.dictionaries(st.sampled_from([*PARTS, *CONTROLS, "nodes_1"]), st.text(max_size=60)))
def test_whatever_stands_in_an_address_gives_a_task_or_a_sentence(query: dict[str, str]) -> None:
    try:
        task = Assignment.from_query(query)
    except ConfigError as error:
        assert " " in str(error)  # noqa: PT017
    else:
        assert task is None or Assignment.from_query(task.to_query()) == task


def test_the_sliders_of_the_nodes_are_locked_and_shown_together() -> None:
    task = Assignment(
        "Why?", TrainingConfig(), frozenset({"nodes"}), frozenset({"nodes", "epochs"})
    )
    assert task.is_locked("nodes_1")
    assert task.is_locked("nodes_4")
    assert not task.is_locked("epochs")
    assert task.is_shown("nodes_2")
    assert task.is_shown("epochs")
    assert not task.is_shown("batch_size")
    assert Assignment("Why?").is_shown("batch_size")


def test_what_is_locked_or_not_there_keeps_the_value_of_the_task() -> None:
    config = TrainingConfig(batch_size=1000, epochs=3, seed=7)
    task = Assignment("", config, frozenset({"epochs"}), frozenset({"epochs", "batch_size"}))
    fixed = task.fixed_values()
    assert fixed["epochs"] == 3
    assert fixed["seed"] == 7
    assert set(control_values(config)) - set(fixed) == {"batch_size"}
    assert Assignment("Why?", config).fixed_values() == {}


def test_the_same_question_has_the_same_key() -> None:
    one, other = Assignment("Why?"), Assignment("Why?", TrainingConfig(epochs=3))
    assert one.key == other.key != Assignment("Why not?").key
