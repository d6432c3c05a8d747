"""Files inside files: ``.zip`` and ``.gz`` are opened, so what a clearinghouse bundles is read like any other file.

An archive that cannot be opened (damaged, under a password, too large when opened) stays whole and is somebody's to
look at. A workbook is a zip too, but one file. What does not belong here: which kind a member is (``registry``).
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# what every Office document holds
_WORKBOOK = "[Content_Types].xml"
# together, when opened: a hostile archive of a few kilobytes can hold terabytes
LARGEST_OPENED: Final = 2 << 30
MOST_MEMBERS: Final = 100_000
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; ``name`` begins with the archive's: ``july.zip/era_0701.835``.

    ``pieces`` are its bytes, to be taken before the next member is asked for.
    """

    name: str
    pieces: Iterator[bytes]


class UnreadableArchiveError(ValueError):
    """An archive that cannot be opened; the text says why and holds nothing of it."""


def is_archive(file: BinaryIO) -> bool:
    """Tell whether an open file is a zip or gzip archive to be opened; it is read from its beginning."""
    file.seek(0)
    head = file.read(len(_ZIP))
    if head.startswith(_GZIP):
        return True
    if head != _ZIP:
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return _WORKBOOK not in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        return True


def members(name: str, file: BinaryIO) -> Iterator[Member]:
    """Yield the files of an archive in its order, those in folders too, without holding one in memory.

    Raises ``UnreadableArchiveError``, also when some were given out: an archive counts whole or not at all.
    """
    file.seek(0)
    is_gzip = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    with _readable():
        if is_gzip:
            inner = name[:-3] if name.lower().endswith(".gz") else name
            with gzip.GzipFile(fileobj=file) as packed:
                yield Member(f"{name}/{inner.rpartition('/')[2]}", _bounded(packed, _Room()))
        else:
            yield from _zip_members(name, file)


def _zip_members(name: str, file: BinaryIO) -> Iterator[Member]:
    room = _Room()
    with zipfile.ZipFile(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_MEMBERS:
            message = f"the archive holds more than {MOST_MEMBERS} files"
            raise UnreadableArchiveError(message)
        for entry in entries:
            with archive.open(entry) as packed:
                yield Member(f"{name}/{entry.filename}", _bounded(packed, room))


@dataclass(slots=True)
class _Room:
    """How much an archive may still hold."""

    left: int = LARGEST_OPENED


def _bounded(packed: IO[bytes] | gzip.GzipFile, room: _Room) -> Iterator[bytes]:
    """Yield what is packed, as long as there is room for it."""
    with _readable():
        while piece := packed.read(_PIECE):
            room.left -= len(piece)
            if room.left < 0:
                message = f"the archive is larger than {LARGEST_OPENED >> 30} GB when it is opened"
                raise UnreadableArchiveError(message)
            yield piece


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UnreadableArchiveError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        message = "the archive is damaged or under a password"
        raise UnreadableArchiveError(message) from None
