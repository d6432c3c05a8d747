"""Files inside files: ``.zip`` and ``.gz`` are opened, so what a clearinghouse bundles is read like any other file.

An archive that cannot be opened (damaged, under a password, too large when opened) stays whole and is somebody's to
look at. A workbook is a zip too, but one file. What does not belong here: which kind a member is (``kinds``).
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Final

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# what every Office document holds
_WORKBOOK = "[Content_Types].xml"
# together, when opened: a hostile archive of a few kilobytes can hold terabytes
LARGEST_OPENED: Final = 2 << 30
MOST_MEMBERS: Final = 100_000
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; ``name`` begins with the archive's: ``july.zip/era_0701.835``."""

    name: str
    content: bytes


class UnreadableArchiveError(ValueError):
    """An archive that cannot be opened; the text says why and holds nothing of it."""


def is_archive(content: bytes) -> bool:
    """Tell whether bytes are a zip or gzip archive to be opened."""
    if content.startswith(_GZIP):
        return True
    if not content.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _WORKBOOK not in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        return True


def members(name: str, content: bytes) -> list[Member]:
    """Return the files of an archive in its order, those in folders too; raises ``UnreadableArchiveError``."""
    try:
        if content.startswith(_GZIP):
            inner = name[:-3] if name.lower().endswith(".gz") else name
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                return [Member(f"{name}/{inner.rpartition('/')[2]}", _bounded(packed, LARGEST_OPENED))]
        return _zip_members(name, content)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, UnreadableArchiveError):
            raise
        message = "the archive is damaged or under a password"
        raise UnreadableArchiveError(message) from None


def _zip_members(name: str, content: bytes) -> list[Member]:
    found: list[Member] = []
    left = LARGEST_OPENED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_MEMBERS:
            message = f"the archive holds more than {MOST_MEMBERS} files"
            raise UnreadableArchiveError(message)
        for entry in entries:
            with archive.open(entry) as packed:
                opened = _bounded(packed, left)
            left -= len(opened)
            found.append(Member(f"{name}/{entry.filename}", opened))
    return found


def _bounded(packed: IO[bytes] | gzip.GzipFile, limit: int) -> bytes:
    """Return what is packed, as long as it is no longer than the limit."""
    pieces: list[bytes] = []
    size = 0
    while piece := packed.read(_PIECE):
        size += len(piece)
        if size > limit:
            message = f"the archive is larger than {LARGEST_OPENED >> 30} GB when it is opened"
            raise UnreadableArchiveError(message)
        pieces.append(piece)
    return b"".join(pieces)
