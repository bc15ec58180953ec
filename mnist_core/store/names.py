"""Names that people type, as the store keeps them."""

from __future__ import annotations

from typing import Final

from mnist_core.errors import ConfigError

NAME_LENGTH: Final = 80


def checked_name(name: str) -> str:
    """Drop what can't be shown, such as line ends; databases refuse some of it, too.

    Raises:
        ConfigError: the name is longer than ``NAME_LENGTH`` characters.
    """
    shown = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(shown) > NAME_LENGTH:
        raise ConfigError(
            f"The name has {len(shown)} characters. Choose at most {NAME_LENGTH}.", "name"
        )
    return shown
