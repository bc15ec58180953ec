"""What people typed, kept from being read as Markdown."""

import re

SIGNS = frozenset(r"\`*_{}[]()<>#+!|~$:&")
LINE_START = re.compile(r"^(?=[-=])|(?<=^\d)(?=\.)|(?<=^\d\d)(?=\.)")


def plain(typed: str) -> str:
    """Keep what somebody typed from being read as Markdown; a new line stays a new line."""
    escaped = "".join(f"\\{sign}" if sign in SIGNS else sign for sign in typed)
    return "  \n".join(LINE_START.sub(r"\\", line.strip()) for line in escaped.splitlines())
