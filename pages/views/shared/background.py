"""Many runs asked for at once: putting them into the queue, and which are on their way."""

from collections.abc import Iterable, Mapping

from mnist_core.config import TrainingConfig
from mnist_core.store import Run, RunStatus
from pages.services.datasets import run_dataset
from pages.services.server import get_store
from pages.session.browser import owner


def request_runs(configs: Iterable[TrainingConfig], digest: str, dataset_name: str) -> None:
    """Put into the queue what is neither there nor under way.

    Args:
        configs: the settings.
        digest: names the data set, which the store has.
        dataset_name: what people call it.
    """
    dataset = run_dataset(digest)
    wanted = {
        config: dataset.training_digits(config.validation_split, config.fraction)
        for config in configs
    }
    get_store().request_runs(
        wanted, dataset_digest=digest, dataset_name=dataset_name, owner=owner()
    )


def unfinished(
    configs: Iterable[TrainingConfig], runs: Mapping[TrainingConfig, Run]
) -> list[TrainingConfig]:
    """Choose the settings that have no finished run."""
    finished = {config for config, run in runs.items() if run.status is RunStatus.FINISHED}
    return [config for config in configs if config not in finished]


def going_on(runs: Iterable[Run]) -> list[Run]:
    """Choose the runs that train or wait for it, those first that came first."""
    moving = (run for run in runs if run.status.is_under_way)
    return sorted(moving, key=lambda run: (run.created_at, run.id))
