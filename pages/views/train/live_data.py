"""What the live figure of the Train page is told besides the events it fetches itself."""

from typing import Any

from mnist_core.config import TrainingConfig
from mnist_core.store import Run
from pages.services.datasets import run_dataset
from pages.services.server import get_shelf, get_store
from pages.session.run_behind import Behind
from pages.views.shared.showcase import showcase
from pages.widgets.live_figure import PreviousRun


def live_data(run: Run | None, chosen: TrainingConfig | None, behind: Behind) -> dict[str, Any]:
    """Gather what the live figure needs besides the events it fetches itself."""
    dataset = get_shelf().current if run is None else run_dataset(run.dataset_digest)
    config = TrainingConfig() if run is None else run.config
    return {
        "run": run,
        "previous": _run_behind(run, behind),
        "digits": showcase(dataset, config.validation_split),
        "stale_settings": run.config.describe()
        if run and chosen not in (None, run.config)
        else None,
    }


def _run_behind(run: Run | None, behind: Behind) -> PreviousRun | None:
    other = behind.run
    if run is None or other is None or other.id == run.id or not other.epochs_done:
        return None
    history = get_store().read_history(other.id)
    return PreviousRun(_name_beside(other, run), history, is_pinned=behind.is_pinned)


def _name_beside(previous: Run, run: Run) -> str:
    """Name a run by its own name, or else by what it had otherwise."""
    if previous.name:
        return previous.name
    if previous.dataset_digest != run.dataset_digest:
        return previous.dataset_name
    return previous.config.describe_beside(run.config) or "the same settings"
