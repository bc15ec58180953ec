"""Results: how a run improved, its numbers, its model."""

import streamlit as st

from mnist_core.store import EpochRecord, Run
from pages.services.server import get_store
from pages.session.watched_run import pick_run
from pages.views.results.again import render_again
from pages.views.results.curves import render_curves, render_no_curves
from pages.views.results.downloads import render_model, render_table
from pages.views.results.numbers import render_numbers
from pages.views.results.take_away import render_take_away
from pages.views.shared.change_one_thing import render_change_one_thing
from pages.views.shared.evaluated_run import evaluate, hardest_in_words
from pages.views.shared.no_run import render_no_run
from pages.views.shared.predict_first import is_closed, render_question


def render_next(run: Run, epochs: list[EpochRecord]) -> None:
    """Name the digit that the run reads worst, lead on to its inside, and give the run away."""
    evaluated = evaluate(run)
    if evaluated is not None:
        st.markdown(hardest_in_words(evaluated))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("mistakes.py", label="Look at its mistakes", icon=":material/search:")
        st.page_link("inside.py", label="Look inside it", icon=":material/visibility:")
        st.page_link("draw.py", label="Let it read your digits", icon=":material/draw:")
        render_take_away(run, epochs)
        render_change_one_thing(run)


def render_run(run: Run) -> None:
    """Draw one run's numbers, curves and files, and the ways on."""
    render_numbers(run)
    epochs = get_store().read_epochs(run.id)
    if epochs:
        render_curves(run)
    else:
        render_no_curves(run)
    render_next(run, epochs)
    render_again(run)
    if epochs:
        render_table(epochs)
    render_model(run)


st.title("Results", anchor=False)
run = pick_run()
if run is None:
    render_no_run("Train a network first: its results appear here.")
elif is_closed(run, "results"):
    render_question(run)
else:
    render_run(run)
