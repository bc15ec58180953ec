"""Home: what this is, the way through it, and what was done last."""

import streamlit as st

from mnist_core.store import RunStatus
from pages.components.server import get_shelf, get_store
from pages.components.wording import accuracy, state

LAST_RUNS = 5

st.title("Watch a network learn to read digits", anchor=False)
st.markdown(
    "People read a handwritten digit at a glance. A computer must **learn** it, from thousands of "
    "examples. Here you build a network, press a button, and watch it learn."
)
steps = st.columns(3, border=True)
with steps[0]:
    st.subheader("1. Build", anchor=False)
    st.markdown("Choose how many layers of nodes lie between the image and the answer.")
    st.page_link("train.py", label="Build and train a network", icon=":material/play_circle:")
with steps[1]:
    st.subheader("2. Train", anchor=False)
    st.markdown("Guess how good it will get, press **Train**, and watch its accuracy rise.")
    st.page_link("train.py", label="Press Train", icon=":material/play_circle:")
with steps[2]:
    st.subheader("3. Measure", anchor=False)
    st.markdown("See how well it reads digits that it has never seen.")
    st.page_link("results.py", label="See the results", icon=":material/show_chart:")

runs = get_store().list_runs(LAST_RUNS)
st.subheader("Last runs", anchor=False)
if not runs:
    st.info(f"No run yet. There are {get_shelf().current.description} waiting: press Train.")
for run in runs:
    page = "results.py" if run.status is RunStatus.FINISHED else "train.py"
    st.page_link(
        page,
        label=f"{run.label}: {state(run)}, {accuracy(run)}",
        query_params={"run": run.id},
    )
