"""Grid: every combination of two settings, trained one after the other."""

import streamlit as st

from mnist_core.errors import GridNotFoundError
from mnist_core.formatting import date_and_time
from mnist_core.store import Grid
from pages.services.server import get_store
from pages.session.browser import owner
from pages.session.refusal import render_refusal
from pages.text import message
from pages.views.grid.grid_view import render_grid, title
from pages.views.grid.new_grid import GRID_PARAMETER, render_new_grid

GRIDS_LISTED = 10


def opened_grid() -> Grid | None:
    """Read the grid that the address names."""
    grid_id = st.query_params.get(GRID_PARAMETER)
    if not grid_id:
        return None
    try:
        return get_store().get_grid(grid_id)
    except GridNotFoundError as error:
        message.warning("{error}", error=error)
        return None


def render_own_grids() -> None:
    """Draw a way back to each of one's own grids."""
    grids = get_store().list_grids(owner(), GRIDS_LISTED)
    if grids:
        st.subheader("Your grids", anchor=False)
    for grid in grids:
        st.page_link(
            "grid.py",
            label=f"{title(grid)} · {date_and_time(grid.created_at)}",
            query_params={GRID_PARAMETER: grid.id},
            icon=":material/grid_on:",
        )


grid = opened_grid()
st.title("Grid" if grid is None else title(grid), anchor=False)
if grid is None:
    render_refusal()
    render_new_grid()
    render_own_grids()
else:
    render_grid(grid)
    st.page_link("grid.py", label="All your grids, and a new one", icon=":material/grid_on:")
