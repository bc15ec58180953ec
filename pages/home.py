"""Home: what we will do, what is going on now, and what was done last."""

import streamlit as st

from pages.services.server import get_shelf
from pages.text.terms import linked_term
from pages.views.home.run_cards import render_runs

PATH = (
    (
        "Look",
        "{digits}, written by hand. Which of them are hard to read, even for you?",
        ("data.py", "Look at the digits", ":material/image:"),
    ),
    (
        "Build and train",
        "Choose layers and nodes, guess how good it will get, press **Train**, and watch.",
        ("train.py", "Build a network", ":material/hub:"),
    ),
    (
        "Measure",
        "See how well it reads digits that it has never met.",
        ("results.py", "See the results", ":material/show_chart:"),
    ),
    (
        "Try",
        "Draw a digit of your own. Does the network read it? Can you fool it?",
        ("draw.py", "Draw a digit", ":material/draw:"),
    ),
)


def render_path(digits: str) -> None:
    """Draw the four steps of the lesson, each with the link that leads there."""
    columns = st.columns(len(PATH), border=True)
    for number, (column, (name, words, link)) in enumerate(zip(columns, PATH, strict=True), 1):
        with column:
            st.subheader(f"{number}. {name}", anchor=False)
            st.markdown(words.format(digits=digits))
            page, label, icon = link
            st.page_link(page, label=label, icon=icon)


digits = get_shelf().current
st.title("Watch a network learn to read digits", anchor=False)
st.markdown(
    "People read a handwritten digit at a glance. A computer must **learn** it, from thousands of "
    "examples. Here you build a network, press a button, and watch it learn. It is a "
    f"{linked_term('neural network')}, and it becomes an {linked_term('image classifier')}: "
    f"{linked_term('machine vision')} in small."
)
render_path(f"{len(digits.y_train) + len(digits.y_test):,} digits")
render_runs(digits.description)
with st.container(horizontal=True, key="more"):
    st.page_link("worksheets.py", label="Try the worksheets", icon=":material/assignment:")
    st.page_link("glossary.py", label="What do the words mean?", icon=":material/menu_book:")
    st.page_link("guess.py", label="Guess together", icon=":material/back_hand:")
    st.page_link("join.py", label="Join a class", icon=":material/group:")
    st.page_link(
        "teaching.py", label="For teachers: ten minutes before class", icon=":material/school:"
    )
