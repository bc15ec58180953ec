"""A map by t-SNE on its way: asking for it, watching it, taking it back."""

import streamlit as st

from mnist_core.formatting import duration
from mnist_core.serving.tsne_queue import TSNE_STEPS, MapProgress, MapStatus
from pages.services.server import get_tsne_queue
from pages.session.browser import owner
from pages.session.refusal import render_refusal, with_refusals_shown
from pages.text import message
from pages.views.inside.projection import Layer

LOOK_EVERY = 0.5  # seconds


def render_progress(layer: Layer) -> None:
    """Offer to draw a map by t-SNE, or say how far it is; until then that by PCA is shown."""
    progress = get_tsne_queue().progress(layer.subject)
    if progress is None or progress.status is MapStatus.FAILED:
        _render_offer(layer, progress)
    else:
        st.fragment(_render_way, run_every=LOOK_EVERY)(layer)


def _render_offer(layer: Layer, failed: MapProgress | None) -> None:
    render_refusal()
    if failed is not None:
        message.warning("{error} Nothing was lost.", error=failed.error)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Draw the map again" if failed else "Draw the map by t-SNE",
            on_click=_ask,
            args=(layer,),
            icon=":material/scatter_plot:",
            type="primary",
        )
        st.markdown(
            "It takes ten seconds, more while others train, and is kept for everybody. "
            "Until then the map by PCA stays."
        )


def _render_way(layer: Layer) -> None:
    """Show how far the map is; when it is there, the whole page is drawn anew."""
    progress = get_tsne_queue().progress(layer.subject)
    if progress is None or progress.status is MapStatus.FAILED:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.progress(min(1.0, progress.step / TSNE_STEPS), text=_in_words(progress))
        if owner() in progress.askers:
            st.button("Cancel", on_click=_withdraw, args=(layer,), icon=":material/close:")
        else:
            st.caption("Somebody else asked for it.")


def _in_words(progress: MapProgress) -> str:
    if progress.status is MapStatus.WAITING:
        others = "one other map" if progress.ahead == 1 else f"{progress.ahead} other maps"
        return f"Waiting for {others}" if progress.ahead else "Starting"
    since = duration(progress.seconds)
    if not progress.step:
        return f"Comparing the digits with each other, {since}"
    return f"Moving the points: step {progress.step:,} of {TSNE_STEPS:,}, {since}"


@with_refusals_shown
def _ask(layer: Layer) -> None:
    get_tsne_queue().ask(layer.subject, owner())


def _withdraw(layer: Layer) -> None:
    get_tsne_queue().withdraw(layer.subject, owner())
