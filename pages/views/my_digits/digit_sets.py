"""My digits: which set is looked at, and how its digits are deleted."""

from collections.abc import Sequence

import streamlit as st

from mnist_core.formatting import counted
from mnist_core.store import DigitSet, Run
from pages.services.digit_sets import delete_digits
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import with_refusals_shown
from pages.session.rights import ends_as
from pages.text.markdown import plain
from pages.views.shared.digit_set import (
    chosen_place,
    render_accuracy,
    render_digits,
    render_downloads,
)

HOW_LONG = (
    "Kept digits stay on this server until they are deleted here: by whoever drew them, or by "
    "whoever began the set. What was drawn, uploaded or photographed without “Keep it” was never "
    "kept."
)


def pick_digit_set() -> DigitSet | None:
    """Draw the choice of a set and give it, the one that got a digit last at first."""
    names = [each.name for each in get_store().list_digit_sets()]
    if not names:
        return None
    name = st.selectbox("Set", names, key="digit-set", bind="query-params")
    return get_store().read_digit_set(name)


def render_score(kept: DigitSet, run: Run | None) -> None:
    """Draw the digits of a set with what the network of a run makes of them."""
    found = render_accuracy(kept, run)
    render_digits(kept, found)
    render_downloads(kept, found)


def render_deleting(kept: DigitSet) -> None:
    """Draw the ways to delete the chosen digit, one's own, or all; asked before it is done."""
    mine = [each for each, whose in zip(kept.ids, kept.owners, strict=True) if whose == owner()]
    deletes_as = str(ends_as(kept.founder))
    place = chosen_place(kept)
    with st.container(horizontal=True):
        if place is not None and kept.may_delete(place, deletes_as):
            _render_delete(kept, "Delete the chosen digit", [kept.ids[place]])
        if mine and len(mine) < len(kept):
            _render_delete(kept, f"Delete my {counted(len(mine), 'digit')}", mine)
        if kept.founder == deletes_as:
            _render_delete(kept, f"Delete the set “{plain(kept.name)}”", kept.ids)
    if place is None and mine:
        st.caption("To delete one digit, choose it above.")
    elif place is not None and not kept.may_delete(place, deletes_as):
        st.caption(
            "This digit was drawn in another browser. That one may delete it, and the one that "
            "began the set."
        )


def _render_delete(kept: DigitSet, words: str, ids: Sequence[str]) -> None:
    with st.popover(words, icon=":material/delete:"):
        st.markdown(f"{counted(len(ids), 'digit')} will be gone for good.")
        st.button("Delete", key=f"delete: {words}", on_click=_delete, args=(kept, ids))


@with_refusals_shown
def _delete(kept: DigitSet, ids: Sequence[str]) -> None:
    delete_digits(kept.name, ids, owner=str(ends_as(kept.founder)))
