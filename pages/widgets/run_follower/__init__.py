"""Following runs: the part of a page round this one is drawn anew when a run changes its state.

The browser side watches over the socket of live events. Nothing is asked while nothing happens.
"""

from collections.abc import Iterable
from pathlib import Path

from mnist_core.serving.live import RUNS_AT_MOST
from mnist_core.store import Run, RunStatus
from pages.widgets.shared.mounting import register_component

_ORDER = (RunStatus.RUNNING, RunStatus.INTERRUPTED, RunStatus.QUEUED, RunStatus.PAUSED)

_component = register_component(Path(__file__).parent)


def render_run_follower(runs: Iterable[Run], key: str) -> None:
    """Let the fragment around this run again when one of the runs is in another state.

    Of many, those that train and those that are next are watched: no other can be news.

    Args:
        runs: in the order in which they stand in the queue; those that are over may be among them.
        key: the element's key.
    """
    moving = (run for run in runs if not run.status.is_over)
    nearest = sorted(moving, key=lambda run: _ORDER.index(run.status))[:RUNS_AT_MOST]
    _component(
        key=key,
        data={
            "statuses": {run.id: str(run.status) for run in nearest},
            "known": {run.id: run.last_seq for run in nearest},
        },
        on_changed_change=lambda: None,
    )
