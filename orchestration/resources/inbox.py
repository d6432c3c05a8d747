"""The inbox: a folder files are dropped into, and the rule for when one may be taken.

A file is taken when its name is not temporary and its size and time have stood still over two looks.
Other arrivals (SFTP, S3, mail) implement the same ``Inbox``.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TEMPORARY_SUFFIXES = (".part", ".tmp", ".filepart", ".crdownload", ".partial", ".swp")
_SECOND_LOOK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that stands still: the name it came under, how to read it, how to take it away once it is landed."""

    file_name: str
    read: Callable[[], bytes]
    remove: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: files to take in name order, and how many are still arriving and were left alone."""

    arrivals: tuple[Arrival, ...]
    unfinished_count: int


class Inbox(Protocol):
    """Where files arrive."""

    def look(self) -> Look:
        """Return what may be taken now."""
        ...


class FolderInbox:
    """A folder with its subfolders, or one file. Links are not followed: what they point at is not ours to take."""

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
        age_seconds = time.time() - youngest / 1e9
        # a clock that runs behind the file server's must not make us wait for ever
        wait = min(self._standstill_seconds, self._standstill_seconds - age_seconds)
        time.sleep(max(_SECOND_LOOK_SECONDS, wait))
        second = dict(self._scan())
        still = [path for path, state in sorted(second.items()) if first.get(path) == state]
        ready = [path for path in still if not _is_temporary(path)]
        return Look(tuple(self._arrival(path) for path in ready), len(second) - len(ready))

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
                    yield path, (status.st_size, status.st_mtime_ns)

    def _arrival(self, path: Path) -> Arrival:
        return Arrival(path.name, path.read_bytes, (lambda: None) if self._keep else path.unlink)


def _is_temporary(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.lower().endswith(_TEMPORARY_SUFFIXES)
