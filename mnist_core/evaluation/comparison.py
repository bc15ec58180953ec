"""What sets trainings apart: their settings side by side, and in a sentence where one differs.

States numbers and names no winner: that two trainings differ may be luck. Standard library only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mnist_core.config import SETTINGS, TrainingConfig, setting_words
from mnist_core.formatting import NOTHING, capitalized, listed, percent


class Trained(NamedTuple):
    """A training beside others.

    Attributes:
        config: its settings.
        digits: names the data, such as by a digest.
        digits_name: what people call the data.
        test_accuracy: 0 to 1; None before the test.
        device: what it was trained on, such as "CPU"; None before it began.
    """

    config: TrainingConfig
    digits: str
    digits_name: str
    test_accuracy: float | None
    device: str | None


class Setting(NamedTuple):
    """One setting of several trainings.

    Attributes:
        name: in a sentence: "batch size".
        values: as a person reads them, one a training.
        differs: not all are the same.
    """

    name: str
    values: tuple[str, ...]
    differs: bool

    @property
    def title(self) -> str:
        """The name as it stands in a table."""
        return capitalized(self.name)


def compare_settings(trained: Sequence[Trained]) -> list[Setting]:
    """Put the settings of several trainings side by side, the data last.

    After it comes what they were trained on, where that differs: another kind of device gives
    slightly other weights.
    """
    settings = []
    for field in SETTINGS:
        values = tuple(each.config.value_text(field) for each in trained)
        settings.append(Setting(setting_words(field), values, len(set(values)) > 1))
    names = tuple(each.digits_name for each in trained)
    settings.append(Setting("digits", names, len({each.digits for each in trained}) > 1))
    if len({each.device for each in trained} - {None}) > 1:
        devices = tuple(each.device or NOTHING for each in trained)
        settings.append(Setting("device", devices, differs=True))
    return settings


def describe_difference(trained: Sequence[Trained]) -> str:
    """Describe what came of the one setting that differs, in a sentence or two.

    Returns:
        Such as "The same but for the batch size: 100 gives 97.8 %, 1,000 gives 96.9 %. These are
        test accuracies."; only the values before all have their test; empty where several
        settings differ.
    """
    differing = [setting for setting in compare_settings(trained) if setting.differs]
    if not differing:
        return "The same settings and the same digits: these trainings are one and the same."
    if len(differing) > 1:
        return ""
    [setting] = differing
    beginning = f"The same but for the {setting.name}:"
    came: dict[str, list[str]] = {value: [] for value in setting.values}
    for value, each in zip(setting.values, trained, strict=True):
        if each.test_accuracy is not None:
            came[value].append(percent(each.test_accuracy))
    if sum(map(len, came.values())) < len(trained):
        return f"{beginning} {listed(list(came))}."
    gives = ", ".join(f"{value} gives {listed(each)}" for value, each in came.items())
    return f"{beginning} {gives}. These are test accuracies."
