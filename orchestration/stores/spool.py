"""What was fetched from inboxes and is not sealed yet: one file on disk that has no name.

A file without a name cannot be opened by anybody else, and the operating system frees it when its holder closes it or
dies, however it dies: plain text of a patient outlives no run, and there is nothing to sweep. What does not belong
here: where files come from (``inbox``), and where they stay (``landed``).
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from orchestration.core.tables import Content


@dataclass(frozen=True, slots=True)
class Spooled:
    """One fetched file: its SHA-256, its size, and where in the spool it stands."""

    file_id: str
    byte_count: int
    _descriptor: int
    _start: int

    def open(self) -> BinaryIO:
        """Return the bytes as a stream that can be read and sought; the spool must stay open as long."""
        return io.BufferedReader(_Part(self._descriptor, self._start, self.byte_count))

    @contextmanager
    def content(self) -> Iterator[Content]:
        """Give the bytes as a map of the file: what looks at them pages in what it looks at and no more."""
        if not self.byte_count:
            yield b""
            return
        with mmap.mmap(self._descriptor, self.byte_count, access=mmap.ACCESS_READ, offset=self._start) as content:
            yield content


class Spool:
    """The file without a name, in a folder that only its owner may enter. Closing it frees what it holds."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # O_TMPFILE where the file system has it; elsewhere the name is gone before the first byte is written
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  # closed by __exit__
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, fetch: Callable[[Callable[[bytes], None]], None]) -> Spooled:
        """Let ``fetch`` write one file piece by piece and return it, hashed on the way.

        Whatever ``fetch`` raises passes through, and the spool is as it was. Raises ``BooksError`` when the disk has
        no room.
        """
        # where a map may begin
        start = -(-self._end // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        end = start
        digest = hashlib.sha256()

        def write(piece: bytes) -> None:
            nonlocal end
            digest.update(piece)
            left = memoryview(piece)
            while left:
                written = self._written(left, end)
                left = left[written:]
                end += written

        try:
            fetch(write)
        except BaseException:
            self._file.truncate(self._end)
            raise
        self._end = end
        return Spooled(digest.hexdigest(), end - start, self._file.fileno(), start)

    def _written(self, piece: memoryview, place: int) -> int:
        try:
            return os.pwrite(self._file.fileno(), piece, place)
        except OSError as error:
            # said here, because whoever fetches takes an OSError for one of its server
            message = f"what arrives cannot be written to the home folder ({os.strerror(error.errno or 0)})"
            raise BooksError(message, fix="df -h $MEDBOOKS_HOME  (make room, then medbooks run)") from None


class _Part(io.RawIOBase):
    """One file of the spool, read by position: several can be open at once."""

    def __init__(self, descriptor: int, start: int, size: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._start = start
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # whatever BufferedReader hands over
        found = os.pread(self._descriptor, min(len(view), max(0, self._size - self._place)), self._start + self._place)
        view[: len(found)] = found
        self._place += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place
