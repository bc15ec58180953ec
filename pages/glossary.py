"""Glossary: every word of the lesson, in the order in which the lesson needs them."""

import streamlit as st

from mnist_core.lesson.glossary import CHAPTERS, TERMS, Term


def render_index() -> None:
    """Draw all words by the alphabet; each leads to its explanation further down."""
    terms = sorted(TERMS.values(), key=lambda term: term.title.lower())
    st.markdown(" · ".join(f"[{term.title}](#{term.anchor})" for term in terms))


def render_term(term: Term) -> None:
    """Draw one word, what it means, and where it is met here."""
    st.subheader(term.title, anchor=term.anchor)
    if term.also:
        st.markdown(f"Also: {', '.join(term.also)}")
    st.markdown(term.meaning)
    if term.example:
        st.markdown(f"*{term.example}*")


st.title("Glossary", anchor=False)
with st.container(key="glossary", width=720):
    render_index()
    for name, terms in CHAPTERS.items():
        st.header(name, anchor=False, divider="gray")
        for term in terms:
            render_term(term)
