"""Settings: what is allowed, what is refused, and in which words."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_core.config import CHOICES, LIMITS, TrainingConfig
from mnist_core.errors import ConfigError

INTEGERS = ("batch_size", "epochs", "seed")

layers = st.lists(st.integers(1, 1024), max_size=4).map(tuple)
configs = st.builds(
    TrainingConfig,
    layers=layers,
    **{
        field: st.integers(int(limit.minimum), int(limit.maximum))
        if field in INTEGERS
        else st.floats(limit.minimum, limit.maximum)
        for field, limit in LIMITS.items()
    },
    **{field: st.sampled_from(allowed) for field, allowed in CHOICES.items()},
)


@given(configs)
def test_settings_come_back_from_json_as_they_were(config: TrainingConfig) -> None:
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@given(st.integers(1, int(LIMITS["seed"].maximum)))
def test_the_description_writes_every_seed_in_full(seed: int) -> None:
    assert TrainingConfig(seed=seed).describe().split(", ")[-1] == f"seed {seed}"


def test_missing_settings_take_their_defaults() -> None:
    assert TrainingConfig.from_dict({"epochs": 3}) == TrainingConfig(epochs=3)


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"“epoch” is not a setting\. .*epochs"):
        TrainingConfig.from_dict({"epoch": 3})


@pytest.mark.parametrize("field", LIMITS)
def test_both_ends_of_a_range_are_allowed(field: str) -> None:
    for value in LIMITS[field]:
        assert getattr(TrainingConfig(**{field: value}), field) == value


@pytest.mark.parametrize("field", LIMITS)
def test_just_outside_a_range_is_refused_with_the_range(field: str) -> None:
    lowest, highest = LIMITS[field]
    below = lowest - 1 if field in INTEGERS else math.nextafter(lowest, -math.inf)
    above = highest + 1 if field in INTEGERS else math.nextafter(highest, math.inf)
    for value in (below, above, -math.inf, 10**5000):
        with pytest.raises(ConfigError) as caught:
            TrainingConfig(**{field: value})
        assert caught.value.field == field
        assert str(LIMITS[field]) in str(caught.value)


@pytest.mark.parametrize(
    "value", ["3", b"3", True, np.bool_(True), math.nan, np.float32("nan"), None, [3], 3j]
)
@pytest.mark.parametrize("field", LIMITS)
def test_what_is_no_number_is_refused_with_the_range(field: str, value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig(**{field: value})
    assert caught.value.field == field
    assert str(LIMITS[field]) in str(caught.value)


@pytest.mark.parametrize("field", INTEGERS)
def test_a_fraction_of_a_whole_number_is_refused(field: str) -> None:
    with pytest.raises(ConfigError, match=r"must be a whole number, .* got 3\.5"):
        TrainingConfig(**{field: 3.5})


def test_numpy_numbers_become_plain_ones() -> None:
    config = TrainingConfig(
        layers=np.array([64, 32]),
        epochs=np.int64(3),
        batch_size=np.float64(50.0),
        learning_rate=np.float32(0.5),
    )
    assert config == TrainingConfig(layers=(64, 32), epochs=3, batch_size=50, learning_rate=0.5)
    json.dumps(config.to_dict())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 300}, "Epochs 300 is not allowed. Choose 1 to 100."),
        ({"batch_size": 20_000}, "Batch size 20,000 is not allowed. Choose 1 to 10,000."),
        ({"learning_rate": 0.000_001}, "Learning rate 0.000001 is not allowed. "),
        ({"learning_rate": 99}, "Choose 0.00001 to 10."),
        ({"l2": -1}, "L2 -1 is not allowed. Choose 0 to 0.1."),
        ({"fraction": 2}, "Fraction of the training data 2 is not allowed. Choose 0.01 to 1."),
        ({"layers": (128, 1025)}, "1,025 nodes in layer 2 are not allowed. Choose 1 to 1,024."),
        ({"layers": (1,) * 5}, "5 hidden layers are not allowed. Choose 0 to 4."),
        ({"activation": "x"}, "Activation 'x' is not allowed. Choose one of: relu, sigmoid, "),
    ],
)
def test_a_message_names_the_value_and_what_is_allowed(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        TrainingConfig(**settings)
    assert message in str(caught.value)


@given(layers)
def test_layers_may_come_as_any_sequence(nodes: tuple[int, ...]) -> None:
    assert TrainingConfig(layers=list(nodes)).layers == nodes
    assert TrainingConfig(layers=(float(n) for n in nodes)).layers == nodes


@pytest.mark.parametrize(
    "value",
    ["128", b"128", 128, None, (0,), (1025,), (2.5,), (True,), ("3",), (math.inf,), (None,)],
)
def test_layers_that_make_no_sense_are_refused(value: Any) -> None:
    with pytest.raises(ConfigError, match="1 to 1,024") as caught:
        TrainingConfig(layers=value)
    assert caught.value.field == "layers"


@pytest.mark.parametrize("field", CHOICES)
@pytest.mark.parametrize("value", ["", "Relu", 1, None, ["adam"]])
def test_a_choice_that_is_not_there_is_refused_with_the_choices(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=", ".join(CHOICES[field])) as caught:
        TrainingConfig(**{field: value})
    assert caught.value.field == field


@given(configs, st.integers(1, 60_000))
def test_the_updates_of_an_epoch_hold_all_digits_and_no_batch_is_empty(
    config: TrainingConfig, digits: int
) -> None:
    steps = config.steps_per_epoch(digits)
    assert (steps - 1) * config.batch_size < digits <= steps * config.batch_size


def test_a_batch_may_hold_all_training_digits_but_not_more() -> None:
    TrainingConfig(batch_size=360).check_fits(360)
    with pytest.raises(ConfigError, match=r"only 360 training digits\. Choose 1 to 360\."):
        TrainingConfig(batch_size=361).check_fits(360)


def test_the_description_names_only_what_differs_from_the_defaults() -> None:
    assert TrainingConfig().describe() == "128 nodes, batch 100, 10 epochs"
    config = TrainingConfig(
        layers=(), epochs=1, batch_size=1000, learning_rate=0.00001, activation="elu", seed=12345
    )
    assert config.describe() == (
        "no hidden layer, batch 1,000, 1 epoch, elu, learning rate 0.00001, seed 12345"
    )


def test_beside_another_training_only_what_it_had_otherwise_is_named() -> None:
    config = TrainingConfig(layers=(64,), batch_size=1000, seed=3)

    assert config.describe_beside(TrainingConfig()) == "64 nodes, batch 1,000, seed 3"
    assert TrainingConfig().describe_beside(config) == "128 nodes, batch 100, seed 0"
    assert TrainingConfig().describe_beside(TrainingConfig()) == ""
