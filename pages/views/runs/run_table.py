"""The table of runs: what each was, what came of it, and which of them are chosen.

Chosen runs are remembered by their ids: rows move when runs come, go, or are searched for.
"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mnist_core.charts import common_scale, style
from mnist_core.config import DEFAULTS
from mnist_core.formatting import points
from mnist_core.serving.run_words import state
from mnist_core.store import Run
from pages.services.server import get_store
from pages.session.browser import owner
from pages.widgets.shared.mounting import is_place

TABLE_KEY, OPEN_KEY = "runs-table", "open-run"
ROW, ROWS_IN_SIGHT = 36, 14  # pixels; the table scrolls by itself
SCROLLBAR = 12
OPEN_WIDTH, STAR_WIDTH = 64, 40
_CHOSEN, _SHOWN = "chosen-runs", "runs-in-table"


def chosen_runs(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that are chosen, in the order of the table; those that are gone are not."""
    chosen = set(st.session_state.get(_CHOSEN, ()))
    return [run for run in runs if run.id in chosen]


def choose(run_ids: Sequence[str]) -> None:
    """Choose these runs and no others."""
    st.session_state[_CHOSEN] = list(run_ids)


def render_table(runs: Sequence[Run], everything: Sequence[Run]) -> None:
    """Draw the table; a click on a row's button leaves for the run's results.

    Args:
        runs: those that are shown.
        everything: those too that a search leaves out; what none of them has gets no column.
    """
    ids = [run.id for run in runs]
    st.session_state[_SHOWN] = ids
    _let_table_show_what_is_chosen(ids)
    curves = get_store().read_curves(ids)
    scale = common_scale(curves.values())
    low, high = (None, None) if scale is None else (100 * scale.low, 100 * scale.high)
    st.dataframe(
        gather_table(runs, curves).drop(columns=_empty_columns(everything)),
        key=TABLE_KEY,
        hide_index=True,
        height=ROW * (min(len(runs), ROWS_IN_SIGHT) + 1) + SCROLLBAR,
        on_select=_take_choice,
        selection_mode="multi-row",
        placeholder="",
        alt="Runs, newest first: what each was and what came of it",
        column_config={
            "Open": st.column_config.ButtonColumn(
                "", type="tertiary", key=OPEN_KEY, width=OPEN_WIDTH
            ),
            "★": st.column_config.TextColumn(
                width=STAR_WIDTH, help="Its owner wants it kept in sight."
            ),
            "Name": st.column_config.TextColumn(width="medium"),
            "Settings": st.column_config.TextColumn(
                help="What is otherwise than where the sliders stand at first.", width="medium"
            ),
            "Test": st.column_config.NumberColumn(format="%.1f %%", help="Test accuracy"),
            "Validation": st.column_config.NumberColumn(
                format="%.1f %%", help="Validation accuracy after the last epoch"
            ),
            "Curve": st.column_config.LineChartColumn(
                y_min=low,
                y_max=high,
                color=style.VALIDATION,
                help="Validation accuracy, epoch by epoch, in per cent. All have one scale.",
            ),
            "Time": st.column_config.NumberColumn(format="%.1f s", help="Training time"),
            "Started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Note": st.column_config.TextColumn(width="medium"),
        },
    )
    _open_clicked(ids)


def gather_table(runs: Sequence[Run], curves: dict[str, list[float]]) -> pd.DataFrame:
    """Gather what the table shows, a row a run; accuracies in per cent as they are written.

    Args:
        runs: in the order of the rows.
        curves: for each run's id its validation accuracy, 0 to 1, an epoch each.
    """
    mine = owner()
    return pd.DataFrame(
        {
            "Open": "Open",
            "★": ["★" if run.starred else "" for run in runs],
            "Name": [run.name for run in runs],
            "Settings": [run.config.describe_beside(DEFAULTS) or "default" for run in runs],
            "State": [state(run) for run in runs],
            "Test": [_in_percent(run.test_accuracy) for run in runs],
            "Validation": [_in_percent(run.val_accuracy) for run in runs],
            "Curve": [[100 * value for value in curves[run.id] if value == value] for run in runs],
            "Time": [run.seconds for run in runs],
            "Started": [run.created_at.astimezone().replace(tzinfo=None) for run in runs],
            "Whose": ["yours" if run.owner == mine else "" for run in runs],
            "Digits": [run.dataset_name for run in runs],
            "Note": [run.note for run in runs],
        }
    )


def _empty_columns(runs: Sequence[Run]) -> list[str]:
    mine = owner()
    there = {
        "★": any(run.starred for run in runs),
        "Name": any(run.name for run in runs),
        "Whose": any(run.owner == mine for run in runs),
        "Note": any(run.note for run in runs),
    }
    return [name for name, is_there in there.items() if not is_there]


def _in_percent(accuracy: float | None) -> float | None:
    return None if accuracy is None else float(points(accuracy, 0.0))


def _take_choice() -> None:
    """Remember by their ids which rows were chosen; what is not in sight stays chosen."""
    shown: list[str] = st.session_state[_SHOWN]
    rows = st.session_state[TABLE_KEY]["selection"]["rows"]
    hidden = [run_id for run_id in st.session_state.get(_CHOSEN, ()) if run_id not in set(shown)]
    choose(hidden + [shown[row] for row in rows if is_place(row, len(shown))])


def _let_table_show_what_is_chosen(ids: Sequence[str]) -> None:
    chosen = set(st.session_state.get(_CHOSEN, ()))
    rows = [row for row, run_id in enumerate(ids) if run_id in chosen]
    known = st.session_state.get(TABLE_KEY)
    if rows != sorted(known["selection"]["rows"] if known else []):
        st.session_state[TABLE_KEY] = {"selection": {"rows": rows}}


def _open_clicked(ids: Sequence[str]) -> None:
    click = st.session_state.get(OPEN_KEY)
    if click is not None and is_place(click["row"], len(ids)):
        st.switch_page("results.py", query_params={"run": ids[click["row"]]})
