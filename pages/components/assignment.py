"""The task on the Train page: what is asked above the sliders, the answer below the run."""

import functools

import streamlit as st

from mnist_core.answer import LONGEST_ANSWER, LONGEST_NAME, RunReport, write_answer
from mnist_core.assignment import Assignment
from mnist_core.charts import both_curves_svg
from mnist_core.store import Run
from pages.components.browser import owner
from pages.components.open_task import RUNS_AT_MOST, put_away, runs_key
from pages.components.server import get_store
from pages.components.settings import LABELS
from pages.components.wording import in_short, plain, state

RUNS_LOOKED_AT = 200


def render_task(task: Assignment) -> None:
    """Draw the head of the page: what is asked, and what can't be changed."""
    title, asked = st.columns([2, 5], gap="medium", vertical_alignment="center")
    title.title("Train", anchor=False)
    with asked, st.container(border=True, key="task"):
        st.markdown(f"**Your task**\n\n{plain(task.question)}".strip())
        if task.locked:
            names = [label for name, label in LABELS.items() if name in task.locked]
            st.markdown(f":material/lock: Locked for this task: {', '.join(names)}.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("worksheets.py", label="All worksheets", icon=":material/assignment:")
            st.button("Put the task away", on_click=put_away, type="tertiary")


def render_answer(task: Assignment) -> None:
    """Draw a place for the answer; answer and runs go together into a file."""
    with st.container(border=True, key="answer"):
        st.subheader("Your answer", anchor=False)
        answer = st.text_area(
            "My answer",
            key=f"answer-{task.key}",
            max_chars=LONGEST_ANSWER,
            persist_state="session",
            placeholder="What did you see? Why is it so?",
        )
        runs = _pick_runs(task)
        name = st.text_input(
            "My name",
            key="learner-name",
            max_chars=LONGEST_NAME,
            persist_state="session",
            placeholder="If you like",
            help="It goes into your download, and is kept nowhere else.",
        )
        missing = _missing(answer, runs)
        st.download_button(
            "Download my answer and the runs",
            functools.partial(_write, task.question, answer, runs, name),
            "my-answer.html",
            "text/html",
            key="download-answer",
            disabled=bool(missing),
            on_click="ignore",
            icon=":material/download:",
        )
        st.caption(
            missing
            or "What you write is kept while this tab is open. Download it before you close or "
            "reload the page."
        )


def _pick_runs(task: Assignment) -> list[Run]:
    """Draw which runs go into the file; at first, those trained for this task in this tab."""
    key = runs_key(task)
    noted = st.session_state.get(key, [])
    mine = {
        run.id: run
        for run in get_store().list_runs(RUNS_LOOKED_AT)
        if run.owner in (None, owner()) and (run.epochs_done or run.id in noted)
    }
    st.session_state[key] = [run_id for run_id in noted if run_id in mine]
    picked = st.multiselect(
        "My runs for this answer",
        mine,
        key=key,
        format_func=lambda run_id: in_short(mine[run_id]),
        max_selections=RUNS_AT_MOST,
        persist_state="session",
        placeholder="None yet: train a network",
        help="Every run that you start during this task is added here.",
    )
    return [mine[run_id] for run_id in picked]


def _missing(answer: str, runs: list[Run]) -> str:
    """Say what has to be there before there is something to download; empty where all is."""
    wanted = []
    if not any(run.epochs_done for run in runs):
        wanted.append("train a network")
    if not answer.strip():
        wanted.append("write your answer")
    return f"To download it, first {' and '.join(wanted)}." if wanted else ""


def _write(question: str, answer: str, runs: list[Run], name: str) -> str:
    return write_answer(question, answer, [_report(run) for run in runs], name)


def _report(run: Run) -> RunReport:
    history = get_store().read_history(run.id)
    return RunReport(
        name=run.label,
        settings=run.config.describe(),
        digits=run.dataset_name,
        state=state(run),
        history=history,
        test_accuracy=run.test_accuracy,
        prediction=run.prediction,
        drawing=both_curves_svg(history),
    )
