"""The rules of a class: who may join and how, what a run may take, its task, its last day."""

from datetime import datetime, time
from typing import Any

import streamlit as st

from mnist_core.config import LIMITS, NODES
from mnist_core.lesson.assignment import Assignment, link
from mnist_core.lesson.worksheets import WORKSHEETS
from mnist_core.store import GUESS_FIRST, ROOM_FOR_RUNS, ClassRules, SchoolClass
from mnist_core.store.class_records import SMALLEST_MOST
from mnist_core.store.classes import LONGEST_CLASS_NAME
from pages.services.server import get_store
from pages.session.person import read_link_to_train, read_task
from pages.session.teacher import for_teachers
from pages.views.teacher.lead import PAGES

_NO_TASK, _BY_LINK = "None", "A link to Train"
_SHEETS = {sheet.title: sheet for sheet in WORKSHEETS}


def render_rules(opened: SchoolClass) -> None:
    """Draw the rules, all saved at once."""
    rules, key = opened.rules, f"rules-{opened.id}"
    with st.expander("Rules and task"), st.form(key, border=False):
        st.text_input("Name of the class", opened.name, LONGEST_CLASS_NAME, f"{key}-name")
        st.toggle("I let people in one by one", rules.needs_approval, f"{key}-approval")
        st.toggle("People may type a name of their own", rules.typed_names, f"{key}-typed")
        with st.container(horizontal=True):
            _most("Epochs at most", rules.most_epochs, LIMITS["epochs"].maximum, f"{key}-epochs")
            _most("Nodes in a layer at most", rules.most_nodes, NODES.maximum, f"{key}-nodes")
            _most(
                "Runs of a person at once",
                rules.most_runs,
                ROOM_FOR_RUNS.maximum,
                f"{key}-runs",
                int(ROOM_FOR_RUNS.minimum),
            )
        st.multiselect(
            "Closed until a run's result is predicted",
            GUESS_FIRST,
            list(rules.guess_first),
            PAGES.__getitem__,
            f"{key}-guess-first",
            placeholder="No page",
        )
        _render_task(rules, key)
        _render_last_day(rules, key)
        st.form_submit_button("Save", on_click=_save, args=(opened, key), icon=":material/check:")


def _most(
    label: str, value: int | None, maximum: float, key: str, minimum: int = SMALLEST_MOST
) -> None:
    st.number_input(label, minimum, int(maximum), value, 1, key=key, placeholder="No limit")


def _render_task(rules: ClassRules, key: str) -> None:
    task = read_task(dict(rules.task))
    sheet = next((title for title in _SHEETS if _task_of(title) == task), None)
    choices = [_NO_TASK, *_SHEETS, _BY_LINK]
    chosen = sheet or (_NO_TASK if task is None else _BY_LINK)
    st.selectbox("Task, offered on Train", choices, choices.index(chosen), key=f"{key}-task")
    st.text_input(
        _BY_LINK,
        link("train", rules.task) if chosen == _BY_LINK else "",
        key=f"{key}-link",
        placeholder="As “A worksheet of your own” writes it, or the address of Train",
    )


def _render_last_day(rules: ClassRules, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.date_input(
            "Forget this class by itself at the end of",
            rules.forget_at and rules.forget_at.astimezone().date(),
            "today",
            key=f"{key}-day",
            format="YYYY-MM-DD",
        )
        st.checkbox("and its runs and digits", rules.forget_runs, f"{key}-forget-runs")


def _task_of(title: str) -> Assignment:
    return Assignment(_SHEETS[title].question, _SHEETS[title].baseline)


@for_teachers
def _save(opened: SchoolClass, key: str) -> None:
    day = _value(key, "day")
    rules = ClassRules(
        needs_approval=bool(_value(key, "approval")),
        typed_names=bool(_value(key, "typed")),
        most_epochs=_value(key, "epochs"),
        most_nodes=_value(key, "nodes"),
        most_runs=_value(key, "runs"),
        task=_chosen_task(str(_value(key, "task")), str(_value(key, "link") or "")),
        forget_at=day and datetime.combine(day, time.max).astimezone(),
        forget_runs=bool(_value(key, "forget-runs")),
        guess_first=tuple(_value(key, "guess-first") or ()),
    )
    get_store().change_class(opened.id, str(_value(key, "name") or ""), rules)


def _value(key: str, name: str) -> Any:
    return st.session_state.get(f"{key}-{name}")


def _chosen_task(chosen: str, address: str) -> dict[str, str]:
    if chosen in _SHEETS:
        return _task_of(chosen).to_query()
    if chosen != _BY_LINK:
        return {}
    return read_link_to_train(address).to_query()
