"""What a zip says of itself, looked at before anybody reads it into memory.

Standard library only.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import IO, Final

# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.15 and 4.3.16.
_END: Final = struct.Struct("<4s4H2LH")
_ZIP64: Final = struct.Struct("<4sLQL")

PLAIN_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How NumPy and this program pack. The others let a small file ask for gigabytes of memory."""


def check_directory(file: IO[bytes], most_bytes: int) -> None:
    """Refuse a zip whose list of members is long, or in another form than small zips have.

    Args:
        file: a zip, open for reading; it is left at its beginning.
        most_bytes: how long the list may be; a member takes 46 bytes and its name.

    Raises:
        zipfile.BadZipFile: it is longer, or the file does not end as a zip does.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END.size - _ZIP64.size))
    end = file.read()
    file.seek(0)
    if len(end) < _END.size:
        raise zipfile.BadZipFile("too short")
    sign, *_, directory_bytes, _, comment_bytes = _END.unpack(end[-_END.size :])
    if sign != b"PK\5\6" or comment_bytes or end.startswith(b"PK\6\7"):
        raise zipfile.BadZipFile("no plain end")
    if directory_bytes > most_bytes:
        raise zipfile.BadZipFile("too many members")
