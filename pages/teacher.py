"""The teacher's page: classes, who is in them and what they do, and the rules they have."""

from collections.abc import Callable, Mapping

import streamlit as st

from mnist_core.errors import ClassNotFoundError
from mnist_core.store import SchoolClass
from pages.services.server import get_store
from pages.session.address import CLASS_PARAMETER
from pages.session.refusal import render_refusal
from pages.session.teacher import is_teacher
from pages.text import message
from pages.text.markdown import plain
from pages.views.guess.class_guesses import render_class_guesses
from pages.views.teacher.answers import render_answers
from pages.views.teacher.class_list import render_class_list
from pages.views.teacher.ending import render_ending
from pages.views.teacher.entrance import enter_by_link, render_entrance, render_way_out
from pages.views.teacher.handwriting import render_handwriting
from pages.views.teacher.invitation import render_invitation
from pages.views.teacher.lead import render_lead
from pages.views.teacher.people import render_people
from pages.views.teacher.rules import render_rules
from pages.widgets.page_head import pick_view, render_page_head


def opened_class() -> SchoolClass | None:
    """Read the class that the address names."""
    class_id = st.query_params.get(CLASS_PARAMETER)
    if not class_id:
        return None
    try:
        return get_store().get_class(class_id)
    except ClassNotFoundError as error:
        message.warning("{error}", error=error)
        return None


def render_membership(opened: SchoolClass) -> None:
    """Draw what leads the class, the way in for people, who is there, the rules, and its end."""
    render_lead(opened)
    invitation, people = st.columns([2, 3], gap="large")
    with invitation:
        render_invitation(opened)
    with people:
        render_people(opened)
    render_rules(opened)
    render_ending(opened)


VIEWS: Mapping[str, Callable[[SchoolClass], None]] = {
    "People": render_membership,
    "Guesses": render_class_guesses,
    "Answers": render_answers,
    "Handwriting": render_handwriting,
}


def render_class(opened: SchoolClass) -> None:
    """Draw one class in the chosen view."""
    with render_page_head(f"Class {plain(opened.name)}"):
        view = pick_view(VIEWS)
        st.page_link(
            "board.py",
            label="Board for the projector",
            icon=":material/dashboard:",
            query_params={CLASS_PARAMETER: opened.id},
        )
        st.page_link("teacher.py", label="All your classes", icon=":material/groups:")
    render_refusal()
    VIEWS[view](opened)


def render_classes() -> None:
    """Draw the list of classes."""
    st.title("Your classes", anchor=False)
    render_refusal()
    render_class_list()
    render_way_out()


enter_by_link()
if not is_teacher():
    st.title("Teacher", anchor=False)
    render_refusal()
    render_entrance()
elif (opened := opened_class()) is not None:
    render_class(opened)
else:
    render_classes()
