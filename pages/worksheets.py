"""Worksheets: five experiments to do, and a maker of links for a teacher's own."""

import html

import streamlit as st

from mnist_core.config import TrainingConfig
from mnist_core.lesson.assignment import LONGEST_QUESTION, Assignment
from mnist_core.lesson.worksheets import WORKSHEETS, Worksheet
from pages.session.address import is_for_this_computer_only, link_to_train, qr_code
from pages.session.open_task import noted_settings
from pages.views.train.settings import LABELS

LINES_TO_WRITE_ON = 8


def render_worksheet(number: int, sheet: Worksheet) -> None:
    """Draw an experiment with the links to its two trainings."""
    with st.container(border=True, key=f"worksheet-{sheet.key}"):
        st.subheader(f"{number}. {sheet.title}", anchor=False)
        st.markdown(sheet.question)
        with st.container(key=f"not-on-paper-{sheet.key}"):
            render_start("First training", sheet.question, sheet.baseline)
            render_start("Second training", sheet.question, sheet.settings)
        st.markdown(f"**Compare:** {sheet.compared}")
        with st.expander("What should be seen"):
            st.markdown(sheet.effect)
        render_paper(sheet)


def render_start(label: str, question: str, config: TrainingConfig) -> None:
    """Draw the link that opens the Train page with task and settings."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            "train.py",
            label=label,
            icon=":material/play_circle:",
            query_params=Assignment(question, config).to_query(),
        )
        # Beside the link and not in it: a link cuts off what a phone has no room for.
        st.markdown(config.describe())


def render_paper(sheet: Worksheet) -> None:
    """Draw what stands on paper only: the links as text and for phones, and room to write."""
    links = ""
    for label, config in (("First training", sheet.baseline), ("Second training", sheet.settings)):
        address = link_to_train(Assignment(sheet.question, config))
        links += (
            f"<li><strong>{label}</strong>: {config.describe()}"
            f'<img src="{qr_code(address)}" alt="">{html.escape(address)}</li>'
        )
    st.html(f'<div class="on-paper"><ol>{links}</ol>{"<hr>" * LINES_TO_WRITE_ON}</div>')


def render_maker() -> None:
    """Draw what makes a link with a question of one's own."""
    st.subheader("A worksheet of your own", anchor=False)
    st.markdown(
        "For teachers: set the sliders of the page **Train** as your class should find them. Then "
        "write a question here, and hand out the link."
    )
    config = noted_settings()
    st.markdown(f"Settings: **{config.describe()}**")
    st.page_link("train.py", label="Change the settings", icon=":material/tune:")
    question = st.text_area(
        "Question",
        key="own_question",
        max_chars=LONGEST_QUESTION,
        persist_state="session",
        placeholder="What happens to the first epoch? Why?",
    )
    locked = pick_controls("Locked controls", "own_locked", "None")
    shown = pick_controls("Only these controls are shown", "own_shown", "All of them")
    if not (question.strip() or locked or shown):
        st.caption("The link appears here when there is a question.")
        return
    task = Assignment(question.strip(), config, frozenset(locked), frozenset(shown))
    address = link_to_train(task)
    st.code(address, language=None, wrap_lines=True)
    if is_for_this_computer_only(address):
        st.caption(
            "This link works on this computer only. For the class, open this page under the "
            "address that your students type: “Ten minutes before class” says how to find it."
        )


def pick_controls(label: str, key: str, nothing: str) -> list[str]:
    """Draw a choice of controls."""
    return st.multiselect(
        label,
        LABELS,
        format_func=LABELS.__getitem__,
        key=key,
        persist_state="session",
        placeholder=nothing,
    )


st.title("Worksheets", anchor=False)
with st.container(key="worksheets", width=900):
    st.markdown(
        "Five experiments, two trainings each. **Guess** before you press Train. **Watch** both "
        "trainings. **Write** down what you saw, and download it together with your runs."
    )
    for number, sheet in enumerate(WORKSHEETS, start=1):
        render_worksheet(number, sheet)
    with st.container(key="not-on-paper-maker"):
        render_maker()
