"""What people typed, kept from being read as Markdown."""

import re

SIGNS = frozenset(r"\`*_{}[]()<>#+!|~$:&")
LINE_START = re.compile(r"^(?=[-=])|(?<=^\d)(?=\.)|(?<=^\d\d)(?=\.)")
# Browsers' half makes links of these after all signs are read, escaped ones too.
ADDRESS = re.compile(r"(?<=http)(?=s?:)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
WORD_JOINER = "\N{WORD JOINER}"
"""Has no width and no meaning; where it stands, an address is no link."""


def plain(typed: str) -> str:
    """Keep what somebody typed from being read as Markdown; a new line stays a new line.

    No address in it becomes a link, and no picture is fetched.
    """
    unlinked = ADDRESS.sub(WORD_JOINER, typed)
    escaped = "".join(f"\\{sign}" if sign in SIGNS else sign for sign in unlinked)
    return "  \n".join(LINE_START.sub(r"\\", line.strip()) for line in escaped.splitlines())
