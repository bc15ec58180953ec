"""The test accuracy that a person predicts, as they type it: so many digits out of 100."""

from typing import Any

import streamlit as st

from mnist_core.errors import ConfigError


def render_prediction(key: str, value: float | None = None, **options: Any) -> None:
    """Draw the field for a prediction.

    Args:
        key: of the field.
        value: what stands in it at first, 0 to 100.
        options: of Streamlit's field.
    """
    st.number_input(
        "My prediction",
        value=value,
        step=0.5,
        placeholder="for example 95",
        key=key,
        help="How many of 100 unseen digits will the network read right? Guess first.",
        **options,
    )


def typed_prediction(key: str) -> float | None:
    """Read what was typed, 0 to 1; None where nothing was.

    Raises:
        ConfigError: it is no number of digits out of 100.
    """
    typed = st.session_state.get(key)
    if typed is None:
        return None
    if not 0 <= typed <= 100:
        raise ConfigError(
            f"A prediction of {typed:g} is not possible: of 100 digits, 0 to 100 can be right.",
            "expected_accuracy",
        )
    return float(typed) / 100


def sent_prediction(key: str) -> float:
    """Read what was typed before it was sent, 0 to 1.

    Raises:
        ConfigError: nothing was, or no number of digits out of 100.
    """
    predicted = typed_prediction(key)
    if predicted is None:
        raise ConfigError("Type a number first, 0 to 100.", "expected_accuracy")
    return predicted
