"""The sliders of the Train page: what they show, what they mean, and the settings they make.

Limits come from ``mnist_core.config``; here are only the stops between them. Every control keeps
its value in the URL, so that a link carries the settings.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core.config import CHOICES, HIDDEN_LAYERS, LIMITS, TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import ConfigError
from mnist_core.glossary import explain_setting

DEFAULTS = TrainingConfig()
NODE_STOPS = (
    1, 2, 3, 4, 5, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 300,
    400, 512, 600, 700, 800, 900, 1024,
)  # fmt: skip
BATCH_STOPS = (1, 2, 5, 10, 20, 32, 50, 64, 100, 128, 200, 256, 500, 1000, 2000, 5000, 10_000)
RATE_STOPS = (0.000_01, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
L2_STOPS = (0.0, 0.000_01, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
FRACTION_STOPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
OPTIMIZER_WORDS = {
    "adam": "Adam",
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "rmsprop": "RMSprop",
}
DEFAULT_NODES = 128
SETTINGS = tuple(name for name in DEFAULTS.to_dict() if name != "layers")
START_VALUES = {
    "hidden_layers": len(DEFAULTS.layers),
    **{f"nodes_{position}": DEFAULT_NODES for position in range(1, int(HIDDEN_LAYERS.maximum) + 1)},
    **{name: getattr(DEFAULTS, name) for name in SETTINGS},
}


def chosen_settings(dataset: Dataset) -> TrainingConfig:
    """Read the settings from the controls as they stand at this moment.

    Raises:
        ConfigError: they don't fit together, or not to the data.
    """
    chosen = st.session_state
    layers = tuple(chosen[f"nodes_{layer}"] for layer in range(1, chosen["hidden_layers"] + 1))
    config = TrainingConfig(layers=layers, **{name: chosen[name] for name in SETTINGS})
    config.check_fits(dataset.training_digits(config.validation_split, config.fraction))
    return config


def render_settings(dataset: Dataset, main: DeltaGenerator) -> TrainingConfig | None:
    """Draw the controls and give the settings they stand for.

    Args:
        dataset: says how many training digits there are.
        main: where the network, the batch size and the epochs go; the rest is drawn here.

    Returns:
        the settings, or None where they don't fit together; the page then says why.
    """
    with main:
        _render_layers()
        _stops("Batch size", BATCH_STOPS, "batch_size")
        st.slider(
            "Epochs",
            *_ends("epochs"),
            DEFAULTS.epochs,
            key="epochs",
            bind="query-params",
            help=explain_setting("epochs"),
        )
    with st.expander("More"):
        _render_more()
    st.button("Reset settings", on_click=_reset, icon=":material/restart_alt:")
    try:
        return chosen_settings(dataset)
    except ConfigError as error:
        main.error(f"{error} Nothing was started, and nothing was lost.")
        return None


def _render_layers() -> None:
    count = st.slider(
        "Hidden layers",
        int(HIDDEN_LAYERS.minimum),
        int(HIDDEN_LAYERS.maximum),
        len(DEFAULTS.layers),
        key="hidden_layers",
        bind="query-params",
        help=explain_setting("layers"),
    )
    for layer in range(1, count + 1):
        _stops(f"Nodes in layer {layer}", NODE_STOPS, f"nodes_{layer}", setting="nodes")


def _render_more() -> None:
    _choice("Activation", "activation")
    _choice("Optimizer", "optimizer")
    _stops("Learning rate", RATE_STOPS, "learning_rate")
    st.slider(
        "Dropout",
        *LIMITS["dropout"],
        DEFAULTS.dropout,
        step=0.1,
        key="dropout",
        bind="query-params",
        help=explain_setting("dropout"),
    )
    _stops("L2", L2_STOPS, "l2")
    st.slider(
        "Validation split",
        0.05,
        LIMITS["validation_split"].maximum,
        DEFAULTS.validation_split,
        step=0.05,
        key="validation_split",
        bind="query-params",
        help=explain_setting("validation_split"),
    )
    _stops("Fraction of the training data", FRACTION_STOPS, "fraction")
    st.number_input(
        "Seed",
        *_ends("seed"),
        DEFAULTS.seed,
        key="seed",
        bind="query-params",
        help=explain_setting("seed"),
    )


def _stops(label: str, stops: Sequence[float], field: str, *, setting: str = "") -> None:
    """Draw a slider that moves along sensible stops instead of every number between."""
    st.select_slider(
        label,
        stops,
        START_VALUES[field],
        format_func=lambda number: f"{number:,g}",
        key=field,
        bind="query-params",
        help=explain_setting(setting or field),
    )


def _choice(label: str, field: str) -> None:
    st.selectbox(
        label,
        CHOICES[field],
        format_func=lambda name: OPTIMIZER_WORDS.get(name, name),
        key=field,
        bind="query-params",
        help=explain_setting(field),
    )


def _ends(field: str) -> tuple[int, int]:
    return int(LIMITS[field].minimum), int(LIMITS[field].maximum)


def _reset() -> None:
    st.session_state.update(START_VALUES)
