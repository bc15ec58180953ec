"""Which digit goes through the network: one of the test set, or a drawing."""

from __future__ import annotations

import streamlit as st

from pages.components.inside.seen import Seen, ShownDigit


def pick_digit(seen: Seen) -> ShownDigit:
    """Draw the choice of a digit and give the chosen one."""
    dataset = seen.dataset
    last = len(dataset.x_test) - 1
    number = st.number_input("Test digit", 0, last, 0, key="digit")
    return ShownDigit(
        dataset.x_test[number], int(dataset.y_test[number]), f"test digit number {number:,}"
    )
