"""The inbox: a folder files are dropped into, and the rule for when one may be taken.

A file is taken when its name is not temporary and its size and time have stood still over two looks.
Other arrivals (SFTP, S3, mail) implement the same ``Inbox``, in modules of their own.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TEMPORARY_SUFFIXES = (".part", ".tmp", ".filepart", ".crdownload", ".partial", ".swp")
_SECOND_LOOK_SECONDS = 0.3
# the most of a file that is in memory while it is fetched
PIECE_BYTES: Final = 1 << 20


class InboxUnavailableError(BooksError):
    """An inbox cannot be looked into now; ``inbox`` is its name. What is in it waits there."""

    def __init__(self, inbox: str, message: str, *, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.inbox = inbox


class StillArrivingError(BooksError):
    """A file changed, or went away, between the look and the reading: a later look finds it as it is then."""

    def __init__(self, inbox: str) -> None:
        super().__init__(f"a file of the inbox {inbox} changed while it was read", fix="medbooks run")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that stands still: the name it came under, how to fetch it, how to take it away once it is landed.

    ``fetch`` hands the bytes to a writer in pieces, and raises ``StillArrivingError`` when the file is no longer what
    the look saw. ``remove`` takes away what was fetched: a file that was written over since stays for the next look.
    """

    file_name: str
    fetch: Callable[[Callable[[bytes], None]], None]
    remove: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: files to take in name order, and how many are still arriving and were left alone."""

    arrivals: tuple[Arrival, ...]
    unfinished_count: int


class Inbox(Protocol):
    """Where files arrive. ``name`` says which, in messages and metadata."""

    name: str

    def look(self) -> Look:
        """Return what may be taken now; raises ``InboxUnavailableError``."""
        ...

    def peek(self, limit: int) -> list[tuple[str, ...]]:
        """Return what a sensor compares (name, size, time or version) of at most ``limit`` files; opens none."""
        ...

    def close(self) -> None:
        """Hang up. A later look connects again."""
        ...


class CheckedInbox(Inbox, Protocol):
    """One inbox that ``medbooks doctor`` can try."""

    def check(self) -> str:
        """Try what taking files needs and say how it stands; raises ``BooksError`` with the command that fixes it.

        Nothing is taken, and no secret, user or name of a file is said.
        """
        ...


class FolderInbox:
    """A folder with its subfolders, or one file. Links are not followed: what they point at is not ours to take."""

    name = "folder"

    def __init__(self, root: Path, *, standstill_seconds: float = 2.0, keep: bool = False) -> None:
        self._root = root
        self._standstill_seconds = standstill_seconds
        self._keep = keep

    def look(self) -> Look:
        """Return the files that stood still over two looks; waits at most the standstill time for young ones."""
        first = dict(self._scan())
        if not first:
            return Look((), 0)
        youngest = max(changed_ns for _, changed_ns in first.values())
        time.sleep(standstill_wait(youngest / 1e9, self._standstill_seconds))
        second = dict(self._scan())
        still = [path for path, state in sorted(second.items()) if first.get(path) == state]
        ready = [path for path in still if not is_temporary(path.name)]
        return Look(tuple(self._arrival(path, second[path]) for path in ready), len(second) - len(ready))

    def peek(self, limit: int) -> list[tuple[str, ...]]:
        """Return path, size and time of files, at most ``limit``; nothing is opened."""
        found = sorted((str(path), *map(str, state)) for path, state in self._scan() if path.name[:1] != ".")
        return list(found[:limit])

    def check(self) -> str:
        """Say whether files can be read here and taken away."""
        root = self._root
        if not root.exists():
            return f"{root} is not there yet: the first run makes it"
        if not root.is_dir() or not os.access(root, os.R_OK | os.W_OK | os.X_OK):
            message = f"{root} is no folder that this user may read and write"
            raise InboxUnavailableError(self.name, message, fix=f"ls -ld {root}  (then chmod u+rwx, or move it away)")
        return f"{sum(1 for _ in self._scan()):,} files in {root}"

    def close(self) -> None:
        """Nothing stays open."""

    def _scan(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        if self._root.is_file():
            found = [self._root]
        else:
            found = [Path(folder) / name for folder, _, names in os.walk(self._root) for name in names]
        for path in found:
            if path.name != ".gitkeep":
                try:
                    status = path.lstat()
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield path, _state(status)

    def _arrival(self, path: Path, state: tuple[int, int]) -> Arrival:
        def fetch(write: Callable[[bytes], None]) -> None:
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                raise StillArrivingError(self.name) from None
            with os.fdopen(descriptor, "rb", buffering=0) as file:
                size = 0
                while size <= state[0] and (piece := file.read(PIECE_BYTES)):
                    write(piece)
                    size += len(piece)
                if _state(os.fstat(descriptor)) != state or size != state[0]:
                    raise StillArrivingError(self.name)

        def remove() -> None:
            with suppress(FileNotFoundError):
                if not self._keep and _state(path.lstat()) == state:
                    path.unlink()

        return Arrival(path.name, fetch, remove)


def _state(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def is_temporary(name: str) -> bool:
    """Tell whether a name says that its file is still being written."""
    return name.startswith((".", "~$")) or name.lower().endswith(_TEMPORARY_SUFFIXES)


def standstill_wait(youngest: float, standstill_seconds: float) -> float:
    """Return how many seconds to wait before the second look, when the youngest file changed at ``youngest``.

    A clock that runs behind the file server's must not make us wait for ever.
    """
    age_seconds = time.time() - youngest
    return max(_SECOND_LOOK_SECONDS, min(standstill_seconds, standstill_seconds - age_seconds))
