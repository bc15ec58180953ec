"""A new run on the digits in use."""

from typing import TypedDict

from mnist_core.config import TrainingConfig
from pages.services.server import get_shelf, get_store
from pages.session.browser import owner


class NewRun(TypedDict):
    """What the store needs to know of a new run besides its settings."""

    dataset_digest: str
    dataset_name: str
    owner: str
    training_digits: int


def prepare_run(config: TrainingConfig) -> NewRun:
    """Keep the digits in use in the store, so that whoever sits here may train on them.

    Raises:
        ConfigError: the settings don't fit to these digits.
        StoreError: the store can't be written.
    """
    dataset = get_shelf().current
    digits = dataset.training_digits(config.validation_split, config.fraction)
    config.check_fits(digits)
    get_store().save_dataset(dataset)
    return NewRun(
        dataset_digest=dataset.digest,
        dataset_name=dataset.name,
        owner=owner(),
        training_digits=digits,
    )
