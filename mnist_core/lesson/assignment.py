"""A task for a learner, as a link carries it: a question, settings, and which controls go with it.

Knows addresses and text, neither pages nor Keras. Standard library only.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from mnist_core.config import DEFAULTS, HIDDEN_LAYERS, NODES, TrainingConfig
from mnist_core.errors import ConfigError

LONGEST_QUESTION: Final = 1000

QUESTION, LOCKED, SHOWN, START = "question", "locked", "shown", "start"
"""The names of a task's own parts in an address.

In a link, the settings stand beside them under their own names. A page on which sliders move
keeps those that the task began with in ``start``.
"""

PARTS: Final = (QUESTION, LOCKED, SHOWN, START)

_DEFAULT_NODES: Final = DEFAULTS.layers[0]
_PLAIN_SETTINGS: Final = tuple(name for name in DEFAULTS.to_dict() if name != "layers")
_NODES: Final = tuple(f"nodes_{position}" for position in range(1, int(HIDDEN_LAYERS.maximum) + 1))
_ALL_DEFAULT: Final = "default"
_LONGEST_QUOTE: Final = 40
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
# 1 in one country is 1000 in another, and the other way round.
_EITHER_WHOLE: Final = re.compile(r"[1-9]\d{0,2}(\.\d{3})+")
_EITHER: Final = re.compile(r"0,\d{3}")
_WHOLE: Final = frozenset({"hidden_layers", "batch_size", "epochs", "seed", *_NODES})
_LAYERS: Final = "layers"
_UNNAMED_AT_MOST: Final = 5

CONTROLS: Final = ("hidden_layers", "nodes", *_PLAIN_SETTINGS)
"""What can be locked or left out; "nodes" is the sliders of all layers together."""


@dataclass(frozen=True)
class Assignment:
    """A question, and how much of the Train page goes with it.

    Attributes:
        question: what the learner is asked, at most ``LONGEST_QUESTION`` characters; may be empty.
        settings: where the controls stand at the beginning.
        locked: controls that can't be moved; names from ``CONTROLS``.
        shown: the only controls that are there; empty for all.

    Raises:
        ConfigError: a control is unknown or the question is too long.
    """

    question: str = ""
    settings: TrainingConfig = DEFAULTS
    locked: frozenset[str] = field(default=frozenset())
    shown: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        if len(self.question) > LONGEST_QUESTION:
            raise ConfigError(
                f"The question has {len(self.question):,} characters. "
                f"At most {LONGEST_QUESTION:,} are allowed.",
                QUESTION,
            )
        for part, names in ((LOCKED, self.locked), (SHOWN, self.shown)):
            for name in sorted(names - {*CONTROLS}):
                raise ConfigError(
                    f"“{name[:_LONGEST_QUOTE]}” is no control of the Train page. "
                    f"Choose from: {', '.join(CONTROLS)}.",
                    part,
                )

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Assignment | None:
        """Read a task from the parameters of an address.

        Returns:
            None where the address has neither a question nor locked or shown controls.

        Raises:
            ConfigError: a control is unknown, the question is too long, or a setting is not
                allowed.
        """
        question = query.get(QUESTION, "").strip()
        locked, shown = (_names(query.get(part, "")) for part in (LOCKED, SHOWN))
        if not (question or locked or shown):
            return None
        start = query.get(START)
        settings = read_settings(query if start is None else _unpacked(start))
        return cls(question, settings, locked, shown)

    @property
    def key(self) -> str:
        """A short name for the question: 12 hexadecimal digits."""
        return hashlib.sha256(self.question.encode(errors="replace")).hexdigest()[:12]

    def to_query(self) -> dict[str, str]:
        """Return the parameters of a link that opens the task."""
        return self._own_parts() | settings_query(self.settings)

    def to_kept_query(self) -> dict[str, str]:
        """Return the parameters of an address that keeps the task while its sliders move."""
        packed = ",".join(
            f"{name}:{value}" for name, value in settings_query(self.settings).items()
        )
        return self._own_parts() | {START: packed or _ALL_DEFAULT}

    def is_locked(self, control: str) -> bool:
        """Check whether a control can't be moved; "nodes_2" is one of the "nodes"."""
        return _family(control) in self.locked

    def is_shown(self, control: str) -> bool:
        """Check whether a control is there."""
        return not self.shown or _family(control) in self.shown

    def fixed_values(self) -> dict[str, Any]:
        """Return the values that no control can change: of those locked, and those not there."""
        return {
            control: value
            for control, value in control_values(self.settings).items()
            if self.is_locked(control) or not self.is_shown(control)
        }

    def _own_parts(self) -> dict[str, str]:
        parts = {
            QUESTION: self.question,
            LOCKED: ",".join(sorted(self.locked)),
            SHOWN: ",".join(sorted(self.shown)),
        }
        return {name: text for name, text in parts.items() if text}


def control_values(config: TrainingConfig) -> dict[str, Any]:
    """Return where each control stands for these settings; layers that are not there by default."""
    nodes = (*config.layers, *[_DEFAULT_NODES] * (len(_NODES) - len(config.layers)))
    return {
        "hidden_layers": len(config.layers),
        **dict(zip(_NODES, nodes, strict=True)),
        **{name: getattr(config, name) for name in _PLAIN_SETTINGS},
    }


def settings_query(config: TrainingConfig) -> dict[str, str]:
    """Return the parameters of an address for settings; those of the default ones are left out."""
    usual = control_values(DEFAULTS)
    return {
        control: str(value)
        for control, value in control_values(config).items()
        if value != usual[control]
    }


def read_settings(query: Mapping[str, str]) -> TrainingConfig:
    """Read the settings that stand in an address; what is not there is default.

    Numbers may have commas: "1,000" is 1000. Names may be those of the library and of the command
    line: ``layers=64,32``, ``batch-size=50``.

    Raises:
        ConfigError: a value is not allowed.
    """
    query = as_controls(query)
    values: dict[str, Any] = control_values(DEFAULTS)
    for name in values.keys() & query.keys():
        values[name] = read_value(query[name], name)
    count = values["hidden_layers"]
    if not isinstance(count, int) or not HIDDEN_LAYERS.allows(count):
        raise ConfigError(
            f"“{count}” hidden layers are not allowed. Choose {HIDDEN_LAYERS}.", "hidden_layers"
        )
    layers = tuple(values[name] for name in _NODES[:count])
    return TrainingConfig(layers=layers, **{name: values[name] for name in _PLAIN_SETTINGS})


def read_value(text: str, name: str = "") -> int | float | str:
    """Turn text into the number that it says; what says none stays text, in small letters.

    Args:
        text: as it stands in an address.
        name: of its control. Where that takes whole numbers, "1.000" may be 1 or 1000, so that
            it says none; "0,001" says none anywhere.
    """
    text = text.strip()[:_LONGEST_QUOTE]
    if _EITHER.fullmatch(text) or (name in _WHOLE and _EITHER_WHOLE.fullmatch(text)):
        return text
    digits = _THOUSANDS.sub("", text)
    for kind in (int, float):
        try:
            return kind(digits)
        except ValueError:
            continue
    return text.lower()


def as_controls(query: Mapping[str, str]) -> dict[str, str]:
    """Write the settings in an address by the names of their controls; the rest stays.

    ``layers`` becomes ``hidden_layers`` and ``nodes_1`` and so on, where they are numbers.
    """
    renamed = {}
    for name, text in query.items():
        plain = name.strip().lower().replace("-", "_")
        renamed[plain if plain in (*_NODES, *CONTROLS, _LAYERS) else name] = text
    if _LAYERS in renamed:
        nodes = [each.strip() for each in renamed[_LAYERS].strip(" ()[]").split(",")]
        nodes = [each for each in nodes if each]
        if len(nodes) <= HIDDEN_LAYERS.maximum and all(map(str.isdecimal, nodes)):
            del renamed[_LAYERS]
            renamed |= {"hidden_layers": str(len(nodes)), **dict(zip(_NODES, nodes, strict=False))}
    return renamed


def link_problems(query: Mapping[str, str], others: Collection[str] = ()) -> list[str]:
    """Say what in an address is no setting of the Train page, a sentence each.

    Args:
        query: its parameters.
        others: names that have another meaning.
    """
    query = as_controls(query)
    known = {*control_values(DEFAULTS), *PARTS, *others}
    problems = []
    for name in known & query.keys() - {*PARTS, *others}:
        rest = {"hidden_layers": str(len(_NODES))} if name in _NODES else {}
        try:
            read_settings(rest | {name: query[name]})
        except ConfigError as error:
            problems.append(str(error))
    if _LAYERS in query:
        problems.append(
            f"“{query[_LAYERS][:_LONGEST_QUOTE]}” are no layers. Write layers=64,32, each {NODES}, "
            f"{HIDDEN_LAYERS} of them."
        )
    unknown = [f"“{name[:_LONGEST_QUOTE]}”" for name in query if name not in {*known, _LAYERS}]
    if unknown:
        names = ", ".join(unknown[:_UNNAMED_AT_MOST])
        problems.append(f"The Train page knows no setting {names}.")
    return problems


def link(page: str, query: Mapping[str, str]) -> str:
    """Write an address: the page with its parameters."""
    return f"{page}?{urlencode(query)}" if query else page


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _family(control: str) -> str:
    return "nodes" if control in _NODES else control


def _unpacked(start: str) -> dict[str, str]:
    pairs = (pair.partition(":") for pair in start.split(","))
    return {name.strip(): value for name, _, value in pairs if value}
