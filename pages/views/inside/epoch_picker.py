"""Back in time: which of the kept epochs is looked at, by a slider or played through.

Playing is a fragment at the end of the page that calls for the next epoch. Its clock starts when
all that stands before it has reached the browser, so an epoch is seen before the next one comes.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.formatting import capitalized, listed, moment, percent
from mnist_core.store import Run
from mnist_core.store.retention import keeps_snapshot
from pages.services.networks import SECONDS_TO_A_LOOK, has_ended
from pages.services.server import get_store
from pages.session.browser import has_gone_back
from pages.session.open_task import page_before

EPOCH_PARAMETER = "epoch"
RANDOM_WEIGHTS = "start"
INSIDE = "look_inside"
SECONDS_AN_EPOCH = 0.8


class Place(NamedTuple):
    """Where a tab stands in a run.

    Attributes:
        run_id: of the run.
        epoch: counted from 0, -1 before the first batch.
        is_playing: whether the next epoch follows by itself.
        follows: whether the newest epoch is looked at while the run goes on.
        begins_at_start: whether the view begins with the first kept epoch, or with the last.
    """

    run_id: str
    epoch: int
    is_playing: bool
    follows: bool
    begins_at_start: bool

    def first_of(self, epochs: Sequence[int]) -> int:
        """Return the epoch that the view begins with."""
        return epochs[0 if self.begins_at_start else -1]


def pick_epoch(run: Run, *, begins_at_start: bool = False) -> int | None:
    """Draw the slider over a run's kept epochs and give the chosen one.

    Args:
        run: whose epochs these are.
        begins_at_start: whether the view begins with the first kept epoch instead of the last. Who
            has chosen another one keeps it from view to view.

    Returns:
        The epoch, counted from 0, -1 before the first batch; None where nothing is kept.
    """
    epochs = get_store().snapshot_epochs(run.id)
    if not epochs:
        return None
    place = _current_place(run, epochs, begins_at_start=begins_at_start)
    _keep_in_url(place, epochs)
    with st.container(key="pick-epoch", gap="xsmall"):
        if len(epochs) > 1:
            with st.container(horizontal=True, vertical_alignment="center"):
                _render_play_button(place, epochs)
                _render_slider(place, epochs)
        st.markdown(_in_words(run, place.epoch))
    if kept := _kept_in_words(run.config):
        st.caption(kept)
    return place.epoch


def keep_time(run: Run) -> None:
    """Go on to the next epoch while a tab plays, and look for new ones while the run trains.

    Call it after everything else of the page.
    """
    place: Place | None = st.session_state.get(_PLACE)
    if place is None or (run.status.is_over and not place.is_playing):
        return
    seconds = SECONDS_AN_EPOCH if place.is_playing else SECONDS_TO_A_LOOK
    st.session_state[_DRAWN_WITH_THE_PAGE] = True
    known = get_store().snapshot_epochs(run.id)
    st.fragment(_tick, run_every=seconds)(run, known)


def is_moving(run: Run) -> bool:
    """Check whether the epoch changes by itself: the tab plays, or follows a run that trains.

    What takes long to find out about an epoch would be outdated before it is there.
    """
    place: Place | None = st.session_state.get(_PLACE)
    return place is not None and (place.is_playing or (place.follows and not run.status.is_over))


_PLACE = "place-in-time"
_DRAWN_WITH_THE_PAGE = "time-drawn-with-the-page"


def _current_place(run: Run, epochs: Sequence[int], *, begins_at_start: bool) -> Place:
    place: Place | None = st.session_state.get(_PLACE)
    wanted = _from_url(epochs)
    begun = Place(
        run.id,
        epochs[0 if begins_at_start else -1],
        is_playing=False,
        follows=not begins_at_start,
        begins_at_start=begins_at_start,
    )
    sent = begun if wanted is None else begun._replace(epoch=wanted, follows=False)
    if place is None:
        place = sent
    elif place.run_id != run.id:
        place = begun  # another run's epoch is not meant
    elif _is_sent_there():
        place = sent._replace(follows=sent.epoch == epochs[-1])
    elif place.begins_at_start != begins_at_start:
        moved = place.is_playing or not (place.follows or place.epoch == place.first_of(epochs))
        place = place._replace(begins_at_start=begins_at_start) if moved else begun
    elif place.epoch not in epochs or (place.follows and not place.is_playing):
        place = place._replace(epoch=epochs[-1])
    if place.epoch == epochs[-1] and run.status.is_over:
        place = place._replace(is_playing=False)
    st.session_state[_PLACE] = place
    return place


def _render_play_button(place: Place, epochs: Sequence[int]) -> None:
    if place.is_playing:
        st.button("Pause", on_click=_pause, icon=":material/pause:", key="play")
    else:
        st.button(
            "Play",
            key="play",  # of both: the focus stays on it
            on_click=_play,
            args=(tuple(epochs),),
            icon=":material/play_arrow:",
            help="Goes through the epochs one after the other, from the first one at the end.",
        )


def _render_slider(place: Place, epochs: Sequence[int]) -> None:
    key = f"epoch-{place.run_id}"
    if st.session_state.get(key) != place.epoch:
        st.session_state[key] = place.epoch
    st.select_slider(
        "Epoch", epochs, format_func=_named, key=key, on_change=_move, args=(key, epochs[-1])
    )


def _move(key: str, newest: int) -> None:
    epoch = st.session_state[key]
    _go_to(_place()._replace(epoch=epoch, is_playing=False, follows=epoch == newest))


def _place() -> Place:
    place: Place = st.session_state[_PLACE]
    return place


def _go_to(place: Place) -> None:
    st.session_state[_PLACE] = place


def _play(epochs: Sequence[int]) -> None:
    place = _place()
    epoch = epochs[0] if place.epoch == epochs[-1] else place.epoch
    _go_to(place._replace(epoch=epoch, is_playing=True, follows=False))


def _pause() -> None:
    _go_to(_place()._replace(is_playing=False))


def _tick(run: Run, known: Sequence[int]) -> None:
    if st.session_state.pop(_DRAWN_WITH_THE_PAGE, False):
        return
    place = _place()
    epochs = get_store().snapshot_epochs(run.id)
    later = [epoch for epoch in epochs if epoch > place.epoch]
    if place.is_playing and later:
        _go_to(place._replace(epoch=later[0], follows=later[0] == epochs[-1]))
        st.rerun()
    if epochs != known or has_ended(run):
        st.rerun()


def _in_words(run: Run, epoch: int) -> str:
    if epoch < 0:
        return "**Before the first batch**: the weights are random."
    words = f"**{capitalized(moment(epoch))} of {run.config.epochs}**"
    history = get_store().read_history(run.id)["val_accuracy"]
    if epoch >= len(history) or not math.isfinite(history[epoch]):
        return f"{words}."
    return f"{words}: validation accuracy {percent(history[epoch])}."


def _kept_in_words(config: TrainingConfig) -> str:
    """Put into words which epochs a large network keeps; a small one keeps all."""
    epochs = range(config.epochs)
    kept = [e for e in epochs if keeps_snapshot(e, config.epochs, config.parameters)]
    if len(kept) == len(epochs):
        return ""
    between = f"one epoch in {kept[0] + 1}" if len(kept) > 1 else ""
    which = listed(list(filter(None, ("the start", between, "the last epoch"))))
    return f"This network is large: only {which} are kept."


def _keep_in_url(place: Place, epochs: Sequence[int]) -> None:
    """Let a link lead to this epoch; while epochs pass by, the browser's history is spared."""
    if place.is_playing:
        return
    if place.epoch == place.first_of(epochs):
        st.query_params.pop(EPOCH_PARAMETER, None)
    elif st.query_params.get(EPOCH_PARAMETER) != _named(place.epoch):
        st.query_params[EPOCH_PARAMETER] = _named(place.epoch)


def _is_sent_there() -> bool:
    """Check whether the address says where to look: by Back, or by a link from another page.

    Else it is as the browser knew it when it asked, which may be before it heard of the last move.
    """
    return has_gone_back() or (EPOCH_PARAMETER in st.query_params and page_before() != INSIDE)


def _from_url(epochs: Sequence[int]) -> int | None:
    wanted = st.query_params.get(EPOCH_PARAMETER)
    return next((epoch for epoch in epochs if _named(epoch) == wanted), None)


def _named(epoch: int) -> str:
    return RANDOM_WEIGHTS if epoch < 0 else str(epoch + 1)
