"""Words that open something, as they may be kept: hashed slowly, or sealed for one browser.

Whoever reads the database finds neither a return code nor the teacher's secret in it.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Final

LONGEST_SEALED: Final = 32
"""Bytes, as many as SHA-256 gives."""

# 16 MB and about 40 ms: RFC 7914's cost for whoever waits for an answer.
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1}


@lru_cache(maxsize=128)
def slow_hash(words: str, salt: str) -> str:
    """Hash words that somebody could guess, so slowly that guessing takes long.

    Returns:
        64 hexadecimal digits. Those of the last hundred are remembered, so that a page may ask
        again.

    Source: scrypt, RFC 7914.
    """
    return hashlib.scrypt(words.encode(), salt=salt.encode(), dklen=32, **_SCRYPT).hex()


def sealed(words: str, token: str, purpose: str) -> str:
    """Write words so that only whoever has the token reads them; the store has its hash only.

    Args:
        words: at most ``LONGEST_SEALED`` bytes.
        token: a browser's, random.
        purpose: what is sealed; the same token never seals two things for one purpose, or the
            two would give each other away.
    """
    return _mixed(words.encode().ljust(LONGEST_SEALED), token, purpose).hex()


def unsealed(text: str, token: str, purpose: str) -> str:
    """Read what ``sealed`` wrote; with another token it is noise."""
    return _mixed(bytes.fromhex(text), token, purpose).decode(errors="replace").rstrip()


def _mixed(data: bytes, token: str, purpose: str) -> bytes:
    pad = hmac.digest(token.encode(), purpose.encode(), "sha256")
    return bytes(a ^ b for a, b in zip(data, pad, strict=True))
