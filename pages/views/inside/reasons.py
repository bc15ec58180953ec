"""Why the network says what it says: the ink and the nodes that speak for its answer."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from mnist_core.inspection.trace import Node, Trace, supporters
from mnist_core.inspection.words import node_name, number_text
from pages.views.shared.look_inside import ShownDigit
from pages.widgets.signed_picture import render_signed_pictures

NAMED_NODES = 4


def render_reasons(
    shown: ShownDigit, traced: Trace, on_choose: Callable[[Node], None], *, is_changed: bool
) -> None:
    """Draw what speaks for the guess, against the one that comes next.

    Args:
        shown: the digit that is looked at.
        traced: its way through the network.
        on_choose: called with a node before the page runs again.
        is_changed: whether nodes are set by hand; what ink would do is then not known.
    """
    rival, guess = (int(digit) for digit in np.argsort(traced.probabilities, kind="stable")[-2:])
    st.markdown(f"**Why {guess}?**")
    picture, nodes = st.columns([2, 3], gap="medium")
    if not is_changed:
        with picture:
            _render_ink(shown, traced, guess, rival)
    with nodes:
        sums = traced.sums[-1]
        lead = number_text(float(sums[guess] - sums[rival]), 1)
        st.markdown(f"Its sum is {lead} above that of {rival}, the next guess.")
        if len(traced.sums) > 1:
            _render_nodes(traced, guess, rival, on_choose)


def _render_ink(shown: ShownDigit, traced: Trace, guess: int, rival: int) -> None:
    ink = traced.network.evidence(shown.image, guess, rival)
    render_signed_pictures(
        ink[np.newaxis],
        float(np.abs(ink).max()) or 1.0,
        [f"The ink that speaks for {guess}, and the ink that speaks for {rival}"],
        key="ink-for-the-answer",
        captions=[f"Full violet squares: ink that speaks for {guess}"],
        picture_size=9,
    )


def _render_nodes(traced: Trace, guess: int, rival: int, on_choose: Callable[[Node], None]) -> None:
    st.markdown(f"These nodes speak most for {guess}:")
    layer = len(traced.sums) - 2
    with st.container(key="speak-for-the-answer", gap=None):
        for source, share in supporters(traced, guess, rival, NAMED_NODES):
            node = Node(layer, source)
            st.button(
                f"{node_name(traced, node)}: +{number_text(share, 1)}",
                key=f"speaks-{source}",
                type="tertiary",
                on_click=on_choose,
                args=(node,),
            )
