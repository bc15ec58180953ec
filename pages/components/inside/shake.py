"""shake (to be written)."""

from __future__ import annotations

from pages.components.inside.seen import Seen, ShownDigit


def render_shake(seen: Seen, shown: ShownDigit) -> None:
    """To be written."""
