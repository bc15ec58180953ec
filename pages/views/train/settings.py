"""The sliders of the Train page: what they show, what they mean, and the settings they make.

Limits come from ``mnist_core.config``; here are only the stops between them. Every control keeps
its value in the URL, so that a link carries the settings. A task may lock controls, or leave some
out: those stand where the task has put them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_core.config import CHOICES, DEFAULTS, HIDDEN_LAYERS, LIMITS, TrainingConfig
from mnist_core.data import Dataset
from mnist_core.errors import ConfigError
from mnist_core.lesson.assignment import control_values
from mnist_core.lesson.glossary import explain_setting
from pages.session.open_task import (
    OPTIMIZER_WORDS,
    current_task,
    fixed_values,
    format_stop,
    linked_stops,
    note_controls,
    start_values,
)
from pages.session.person import class_rules
from pages.text import message

NODE_STOPS = (
    1, 2, 3, 4, 5, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 300,
    400, 500, 512, 600, 700, 800, 900, 1024,
)  # fmt: skip
BATCH_STOPS = (1, 2, 5, 10, 20, 32, 50, 64, 100, 128, 200, 256, 500, 1000, 2000, 5000, 10_000)
RATE_STOPS = (0.000_01, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
L2_STOPS = (0.0, 0.000_01, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
FRACTION_STOPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
SMALLEST_SPLIT = 0.05
ORIGINAL_LESSON = TrainingConfig(layers=(500, 300))
LABELS = {
    "hidden_layers": "Hidden layers",
    "nodes": "Nodes",
    "batch_size": "Batch size",
    "epochs": "Epochs",
    "activation": "Activation",
    "optimizer": "Optimizer",
    "learning_rate": "Learning rate",
    "dropout": "Dropout",
    "l2": "L2",
    "validation_split": "Validation split",
    "fraction": "Fraction of the training data",
    "seed": "Seed",
}
MORE = tuple(LABELS)[4:]
SETTINGS = tuple(LABELS)[2:]
_LAYERS_SHOWN = "layers_shown"


def chosen_settings(dataset: Dataset) -> TrainingConfig:
    """Read the settings from the controls as they stand at this moment.

    What is locked or not drawn counts as the task has it, whatever a browser says.

    Raises:
        ConfigError: they don't fit together, or not to the data.
    """
    config = _settings_of(_as_they_stand())
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
        _stops("batch_size", BATCH_STOPS)
        _render_epochs()
    if any(map(_is_drawn, MORE)):
        with st.expander("More", expanded=_has_more_to_see()):
            _render_more()
    with st.container(horizontal=True):
        st.button("Reset settings", on_click=_reset, icon=":material/restart_alt:")
        if current_task() is None:
            st.button(
                "As in the original lesson",
                on_click=_reset,
                args=(control_values(ORIGINAL_LESSON),),
                icon=":material/auto_stories:",
                help="Two hidden layers, of 500 and 300 nodes: the network of the lesson that this "
                "dashboard follows, Teach a computer to read by the Raspberry Pi Foundation.",
            )
            st.page_link("grid.py", label="Try many values", icon=":material/grid_on:")
    note_controls(_as_they_stand())
    try:
        return chosen_settings(dataset)
    except ConfigError as error:
        with main:
            message.error("{error} Nothing was started, and nothing was lost.", error=error)
        return None


def note_shown() -> None:
    """Remember, when the whole page has been drawn, which layers have a slider in the browser."""
    st.session_state[_LAYERS_SHOWN] = _layer_count()


def _settings_of(chosen: dict[str, Any]) -> TrainingConfig:
    layers = tuple(chosen[f"nodes_{layer}"] for layer in range(1, chosen["hidden_layers"] + 1))
    return TrainingConfig(layers=layers, **{name: chosen[name] for name in SETTINGS})


def _as_they_stand() -> dict[str, Any]:
    standing = {
        control: st.session_state.get(control, start) for control, start in start_values().items()
    }
    return standing | fixed_values()


def _render_layers() -> None:
    if _is_drawn("hidden_layers"):
        st.slider(
            LABELS["hidden_layers"],
            int(HIDDEN_LAYERS.minimum),
            int(HIDDEN_LAYERS.maximum),
            len(DEFAULTS.layers),
            **_control("hidden_layers", explain_setting("layers")),
        )
    for layer in range(1, _layer_count() + 1):
        if layer > st.session_state.get(_LAYERS_SHOWN, 0):
            _tell_browser(f"nodes_{layer}")
        _stops(f"nodes_{layer}", NODE_STOPS, f"Nodes in layer {layer}", explain_setting("nodes"))


def _render_epochs() -> None:
    if _is_drawn("epochs"):
        fewest, most = _ends("epochs")
        most = _most_allowed("epochs") or most
        st.slider(LABELS["epochs"], fewest, most, min(DEFAULTS.epochs, most), **_control("epochs"))


def _most_allowed(field: str) -> int | None:
    """Return how far the class lets a slider go, which then stands no further; None for no limit.

    What a task has locked stands where the task wants it.
    """
    rules, task = class_rules(), current_task()
    most = rules.most_nodes if field.startswith("nodes_") else None
    most = rules.most_epochs if field == "epochs" else most
    if most is None or (task is not None and task.is_locked(field)):
        return None
    if field in st.session_state:
        st.session_state[field] = min(st.session_state[field], most)
    return most


def _layer_count() -> int:
    count: int = _as_they_stand()["hidden_layers"]
    return count


def _tell_browser(field: str) -> None:
    """Send a slider's value with it, not the default.

    A browser forgets the value of a slider that leaves the page. Where it learns of that only after
    it has asked for the slider again, with the value, Streamlit would not tell it.
    """
    if field in st.session_state:
        st.session_state[field] = st.session_state[field]


def _render_more() -> None:
    _choice("activation")
    _choice("optimizer")
    _stops("learning_rate", RATE_STOPS)
    _share("dropout", LIMITS["dropout"].minimum, 0.1)
    _stops("l2", L2_STOPS)
    _share("validation_split", SMALLEST_SPLIT, 0.05)
    _stops("fraction", FRACTION_STOPS)
    if _is_drawn("seed"):
        st.number_input(LABELS["seed"], *_ends("seed"), DEFAULTS.seed, **_control("seed"))


def _stops(field: str, stops: Sequence[float], label: str = "", words: str = "") -> None:
    """Draw a slider that moves along sensible stops, and one that a task wants, if between."""
    if _is_drawn(field):
        options = {*stops, start_values()[field], *linked_stops(field)}
        default = _default(field)
        if most := _most_allowed(field):
            options = {each for each in options if each <= most} | {most}
            default = min(default, most)
        st.select_slider(
            label or LABELS[field],
            sorted(options),
            default,
            format_func=format_stop,
            **_control(field, words),
        )


def _share(field: str, smallest: float, step: float) -> None:
    if _is_drawn(field):
        st.slider(
            LABELS[field],
            min(smallest, start_values()[field], st.session_state.get(field, smallest)),
            LIMITS[field].maximum,
            _default(field),
            step=step,
            **_control(field),
        )


def _choice(field: str) -> None:
    if _is_drawn(field):
        st.selectbox(
            LABELS[field],
            CHOICES[field],
            format_func=lambda name: OPTIMIZER_WORDS.get(name, name),
            **_control(field),
        )


def _control(field: str, words: str = "") -> dict[str, Any]:
    """Return what all controls have: a key, a place in the URL, an explanation; or the lock."""
    task = current_task()
    words = words or explain_setting(field)
    if task is not None and task.is_locked(field):
        # Out of the URL, where somebody might change it; the task has its value.
        return {"key": field, "disabled": True, "help": f"Locked by the task. {words}"}
    return {"key": field, "bind": "query-params", "help": words}


def _is_drawn(field: str) -> bool:
    task = current_task()
    return task is None or task.is_shown(field)


def _has_more_to_see() -> bool:
    """Check whether the task has to do with what lies under More."""
    task = current_task()
    if task is None:
        return False
    moved = any(getattr(task.settings, name) != getattr(DEFAULTS, name) for name in MORE)
    return moved or bool(task.shown)


def _default(field: str) -> Any:
    return DEFAULTS.layers[0] if field.startswith("nodes_") else getattr(DEFAULTS, field)


def _ends(field: str) -> tuple[int, int]:
    return int(LIMITS[field].minimum), int(LIMITS[field].maximum)


def _reset(values: Mapping[str, Any] | None = None) -> None:
    st.session_state.update(start_values() if values is None else values)
