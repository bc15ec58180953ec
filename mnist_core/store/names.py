"""Names and notes that people type, as the store keeps them."""

from __future__ import annotations

from typing import Final

from mnist_core.errors import ConfigError

NAME_LENGTH: Final = 80
NOTE_LENGTH: Final = 500


def checked_name(name: str, longest: int = NAME_LENGTH) -> str:
    """Drop what can't be shown, such as line ends; databases refuse some of it, too.

    Raises:
        ConfigError: the name is longer than ``longest`` characters.
    """
    return _checked(name, "name", longest)


def checked_note(note: str) -> str:
    """Do the same for a note, which is one line as well.

    Raises:
        ConfigError: the note is longer than ``NOTE_LENGTH`` characters.
    """
    return _checked(note, "note", NOTE_LENGTH)


def one_line(typed: str) -> str:
    """Return a text in one line, without what can't be shown."""
    return " ".join("".join(c if c.isprintable() else " " for c in typed).split())


def _checked(typed: str, what: str, longest: int) -> str:
    shown = one_line(typed)
    if len(shown) > longest:
        raise ConfigError(
            f"The {what} has {len(shown):,} characters. Choose at most {longest}.", what
        )
    return shown
