"""The frame of every page: its look, the list of pages, and the line about the data."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.services.server import get_metrics
from pages.session.calls import new_call
from pages.session.fresh_start import note_whole
from pages.session.open_task import note_page
from pages.session.person import forget_who_left
from pages.session.projecting import is_projecting, note_projecting
from pages.session.watched_run import RUN_PARAMETER, keep_in_url, watch
from pages.views.frame.data_status import render_data_status
from pages.views.frame.share import render_share
from pages.views.frame.who import render_who
from pages.widgets.page_top import render_page_top
from pages.widgets.projector import render_projector_switch
from pages.widgets.shared.colours import colour_properties

TEACHER = "teacher"


def pages_in_the_head() -> dict[str, list[StreamlitPage]]:
    """Return what the head leads to: pages one click away, then menus by their names."""
    return {
        "": [
            st.Page("home.py", title="Home", icon=":material/home:", default=True),
            st.Page("data.py", title="Data", icon=":material/grid_view:"),
            st.Page("train.py", title="Train", icon=":material/play_circle:"),
            st.Page("results.py", title="Results", icon=":material/show_chart:"),
            st.Page("mistakes.py", title="Mistakes", icon=":material/search:"),
            st.Page(
                "inside.py",
                title="Look inside",
                icon=":material/visibility:",
                url_path="look_inside",
            ),
            st.Page("draw.py", title="Draw", icon=":material/draw:"),
            # Reached from Draw, where digits are kept.
            st.Page(
                "my_digits.py", title="My digits", icon=":material/bookmark:", visibility="hidden"
            ),
            st.Page("runs.py", title="Runs", icon=":material/list:"),
            st.Page("compare.py", title="Compare", icon=":material/stacked_line_chart:"),
            # Reached from Train.
            st.Page("grid.py", title="Grid", icon=":material/grid_on:", visibility="hidden"),
            # Reached from Home, or by a class's link.
            st.Page("join.py", title="Join a class", icon=":material/group:", visibility="hidden"),
            # Reached from the teacher's page of a class, or from one's place in it.
            st.Page("board.py", title="Board", icon=":material/dashboard:", visibility="hidden"),
            # Reached from Home, from one's place in a class, and from behind one's name.
            st.Page(
                "guess.py",
                title="Guess together",
                icon=":material/back_hand:",
                visibility="hidden",
            ),
            # Reached by the QR code of a handwriting round.
            st.Page("write.py", title="Write", icon=":material/edit:", visibility="hidden"),
            # Reached by a link with its secret, or from Ten minutes before class.
            st.Page("teacher.py", title="Teacher", icon=":material/groups:", visibility="hidden"),
            # Reached from a class's answers, its teacher's and one's own.
            st.Page("wall.py", title="The wall", icon=":material/dashboard:", visibility="hidden"),
        ],
        "Lesson": [
            st.Page("worksheets.py", title="Worksheets", icon=":material/assignment:"),
            st.Page("glossary.py", title="Glossary", icon=":material/menu_book:"),
            st.Page(
                "teaching.py",
                title="Ten minutes before class",
                icon=":material/school:",
                url_path="ten_minutes_before_class",
            ),
        ],
    }


def follow_call(page: StreamlitPage, pages: Iterable[StreamlitPage]) -> None:
    """Go where a teacher has just brought everybody; the teacher's own page stays."""
    call = new_call()
    if call is None or page.url_path == TEACHER:
        return
    if call.run_id is not None:
        watch(call.run_id)
    for each in pages:
        if each.url_path == call.page != page.url_path:
            query = {} if call.run_id is None else {RUN_PARAMETER: call.run_id}
            st.switch_page(each, query_params=query)


def render() -> None:
    """Draw the page that the address names, in its frame."""
    pages = pages_in_the_head()
    page = st.navigation(pages, position="top")
    here = Path(__file__).parent
    st.set_page_config(
        page_title=f"{page.title} · Watch a network learn to read digits",
        page_icon=str(here / "icon.svg"),
        layout="wide",
        initial_sidebar_state="auto",
    )
    frame = here / "views/frame"
    sheets = (here / "widgets/shared/widgets.css", frame / "frame.css", frame / "print.css")
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    st.html(f"<style>{colour_properties()}{style}</style>")
    render_page_top(page.title)
    keep_in_url()
    if forget_who_left():
        # None would be refused where a slider has its value in the address.
        st.switch_page("join.py", query_params={})
    follow_call(page, chain(*pages.values()))
    get_metrics().count_page_run(page.url_path or "home")
    note_projecting(is_on=render_projector_switch(was_on=is_projecting()))
    render_who()
    page.run()
    render_share()
    note_page(page.url_path)
    render_data_status()
    note_whole()


# Python lets a worker that is started anew run the script of the page drawn last, by another name.
if __name__ == "__main__":
    render()
