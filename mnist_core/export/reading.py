"""Opening an archive that anybody may have made, and reading its members.

What the zip says of itself is checked before it is believed: its list, names, sizes, digests.
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from mnist_core.data.arrays import BROKEN, read_arrays
from mnist_core.data.zip_directory import PLAIN_METHODS, check_directory
from mnist_core.errors import ArchiveError
from mnist_core.export import layout, told

LARGEST_FILE: Final = layout.MOST_BYTES + 10_000_000
DAMAGED: Final = "The file is damaged or not complete{}. Take the runs away once more."

_MOST_OF_A_DIRECTORY: Final = 2_000_000
_NO_ARCHIVE: Final = (
    "This is no file of runs. Choose a .zip that was taken away from this program, on Results or "
    "by “python -m mnist_core export”."
)


class Manifest(NamedTuple):
    """What an archive says of itself, checked."""

    runs: Sequence[str]
    datasets: Sequence[layout.Digits]
    files: dict[str, tuple[int, str]]


class OpenArchive:
    """An open archive, whose members are read whole and compared with its manifest.

    Attributes:
        manifest: what it says of itself.

    Raises:
        ArchiveError: it holds what an archive of runs does not.
    """

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zipped = zipped
        self.manifest = _check_members(zipped)

    def has(self, name: str) -> bool:
        """Check whether there is a member of this name."""
        return name in self.manifest.files

    def check(self) -> None:
        """Read each member once, to see that all are as they were written."""
        for name in self.manifest.files:
            self.read(name)

    def read(self, name: str) -> bytes:
        """Read a member, its size and its digest compared."""
        with _in_words(name):
            data = self._zipped.read(name)
        if (len(data), hashlib.sha256(data).hexdigest()) != self.manifest.files[name]:
            raise ArchiveError(DAMAGED.format(f": {name} is not as it was written"))
        return data

    def arrays(self, name: str, shapes: layout.Shapes) -> list[Any]:
        """Read an .npz that has to hold just these arrays."""
        data = self.read(name)
        try:
            return list(read_arrays(data, shapes).values())
        except BROKEN as error:
            raise ArchiveError(
                f"{name} does not hold the numbers of this run, or holds something beside them. "
                "Only plain numbers of its network's shape are taken."
            ) from error


@contextmanager
def opened(file: Path | str | IO[bytes]) -> Iterator[OpenArchive]:
    """Open an archive: a path, or a file that is open for reading.

    Raises:
        ArchiveError: the file can't be read or is no archive of runs.
    """
    with ExitStack() as stack:
        if isinstance(file, (str, Path)):
            file = stack.enter_context(_open(Path(file)))
        try:
            if file.seek(0, 2) > LARGEST_FILE:
                raise ArchiveError(
                    f"The file is too large: up to {layout.MOST_BYTES / 1e6:,.0f} MB are taken."
                )
            check_directory(file, _MOST_OF_A_DIRECTORY)
            zipped = stack.enter_context(zipfile.ZipFile(file))
        except BROKEN as error:
            raise ArchiveError(_NO_ARCHIVE) from error
        yield OpenArchive(zipped)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArchiveError(f"“{path}” can't be read: {reason}.") from None


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise ArchiveError(DAMAGED.format(f": {name} can't be read")) from error


def _check_members(zipped: zipfile.ZipFile) -> Manifest:
    """Check the list of the zip, read the manifest, and compare the two."""
    members = zipped.infolist()
    names = [member.filename for member in members]
    if layout.MANIFEST not in names:
        raise ArchiveError(_NO_ARCHIVE)
    for member in members:
        _check_member(member)
    if len(set(names)) != len(names):
        raise ArchiveError("The file holds two members of one name. Nothing in it is taken.")
    if sum(member.file_size for member in members) > layout.MOST_BYTES:
        raise ArchiveError(
            f"The file would unpack to more than {layout.MOST_BYTES / 1e6:,.0f} MB. Nothing in it "
            "is taken."
        )
    with _in_words(layout.MANIFEST):
        manifest = told.read_json(zipped.read(layout.MANIFEST), layout.MANIFEST)
    checked = _read_manifest(manifest)
    listed = {name: size for name, (size, _) in checked.files.items()}
    found = {member.filename: member.file_size for member in members}
    if listed != {name: size for name, size in found.items() if name != layout.MANIFEST}:
        raise ArchiveError(
            "The file holds other members than its manifest names. Nothing in it is taken."
        )
    return checked


def _check_member(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ArchiveError("The file holds a link or a folder. Nothing in it is taken.")
    if member.flag_bits & 0x1:
        raise ArchiveError("The file is locked with a password. Nothing in it is taken.")
    if member.compress_type not in PLAIN_METHODS:
        raise ArchiveError(_NO_ARCHIVE)
    most = layout.most_bytes(member.filename)
    if most is None:
        raise ArchiveError(
            f"The file holds “{_shortened(member.filename)}”, which is no part of a run. Nothing "
            "in it is taken."
        )
    if member.file_size > most:
        raise ArchiveError(
            f"{member.filename} would unpack to {member.file_size / 1e6:,.0f} MB, and no run has "
            f"that much. Nothing in it is taken."
        )


def _shortened(name: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return shown if len(shown) <= 60 else f"{shown[:60]} …"


def _read_manifest(manifest: Any) -> Manifest:
    fields = told.Fields(manifest, layout.MANIFEST)
    if fields.get("format") != layout.FORMAT:
        raise ArchiveError(_NO_ARCHIVE)
    version = fields.whole("version", 1, 1_000_000)
    if version != layout.VERSION:
        raise ArchiveError(
            f"The file was made by a newer version of the program, in format {version}. This one "
            f"reads format {layout.VERSION}: update the program."
        )
    runs = fields.texts("runs", told.RUN_ID, layout.MOST_RUNS)
    if not runs or len(set(runs)) != len(runs):
        raise fields.wrong("runs")
    datasets = [
        layout.Digits(each.text("digest", told.DIGEST), each.typed("name"), each.truth("carried"))
        for each in fields.objects("datasets", layout.MOST_RUNS)
    ]
    files = {}
    for name, entry in fields.mapping("files").items():
        each = told.Fields(entry, layout.MANIFEST)
        files[name] = (
            each.whole("bytes", 0, layout.MOST_BYTES),
            each.text("sha256", told.DIGEST),
        )
    folders = {name.partition("/")[0] for name in files if "/" in name}
    if folders != set(runs):
        raise fields.wrong("runs")
    return Manifest(runs, datasets, files)
