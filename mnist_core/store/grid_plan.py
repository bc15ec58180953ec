"""A grid: every combination of the values of two settings. Knows nothing of the store itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from mnist_core.config import SETTINGS, TrainingConfig
from mnist_core.errors import ConfigError

MOST_VALUES: Final = 6


class Axis(NamedTuple):
    """A setting and the values that are tried.

    Attributes:
        setting: a field of ``TrainingConfig``.
        values: one to six, each once.
    """

    setting: str
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class GridPlan:
    """Which trainings make up a grid.

    Attributes:
        base: the settings that stay the same.
        rows: what changes from row to row.
        columns: what changes from column to column.

    Raises:
        ConfigError: the two settings are the same, a value is not allowed, or there are too many.
    """

    base: TrainingConfig
    rows: Axis
    columns: Axis

    def __post_init__(self) -> None:
        if self.rows.setting == self.columns.setting:
            raise ConfigError("A grid needs two different settings.", self.rows.setting)
        for name in ("rows", "columns"):
            object.__setattr__(self, name, _checked(self.base, getattr(self, name)))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> GridPlan:
        """Build from what ``to_dict`` gave.

        Raises:
            ConfigError: as the plan itself.
        """
        rows, columns = (
            Axis(values[name]["setting"], tuple(values[name]["values"]))
            for name in ("rows", "columns")
        )
        return cls(base=TrainingConfig.from_dict(values["base"]), rows=rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "base": self.base.to_dict(),
            "rows": self.rows._asdict(),
            "columns": self.columns._asdict(),
        }

    def config(self, row: int, column: int) -> TrainingConfig:
        """Return the settings of a cell, both counted from 0."""
        return self.base.replace(
            **{
                self.rows.setting: self.rows.values[row],
                self.columns.setting: self.columns.values[column],
            }
        )

    def configs(self) -> Iterator[TrainingConfig]:
        """Yield the settings of every cell, row by row."""
        for row in range(len(self.rows.values)):
            for column in range(len(self.columns.values)):
                yield self.config(row, column)


def _checked(base: TrainingConfig, axis: Axis) -> Axis:
    """Bring the values into the form that settings have, each once."""
    if axis.setting not in SETTINGS:
        raise ConfigError(
            f"“{axis.setting}” is not a setting. Settings are: {', '.join(SETTINGS)}.",
            axis.setting,
        )
    values = tuple(
        dict.fromkeys(
            getattr(base.replace(**{axis.setting: value}), axis.setting) for value in axis.values
        )
    )
    if not 1 <= len(values) <= MOST_VALUES:
        raise ConfigError(
            f"{len(values)} values of one setting are not allowed. Choose 1 to {MOST_VALUES}.",
            axis.setting,
        )
    return Axis(axis.setting, values)
