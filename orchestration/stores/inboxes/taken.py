"""What was taken from an inbox that keeps its files: one keyed digest per file, so that a look offers it only once.

A digest says nothing about a name to somebody without the key. Losing the file costs a second download and nothing
else: the same bytes are known when they land. What does not belong here: what a file holds, and where it came from.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_DIGEST_CHARACTERS = 32


class TakenFiles:
    """The append-only list of one inbox."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key
        self._known: set[str] | None = None

    def holds(self, *identity: object) -> bool:
        """Tell whether a file with this identity (its name, size, time, version) was taken."""
        return self._digest(identity) in self._read()

    def add(self, *identity: object) -> None:
        """Remember a file; on disk before this returns."""
        digest = self._digest(identity)
        known = self._read()
        if digest in known:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{digest}\n")
            file.flush()
            os.fsync(file.fileno())
        known.add(digest)

    def _read(self) -> set[str]:
        if self._known is None:
            text = self._path.read_text(encoding="ascii", errors="replace") if self._path.exists() else ""
            # a line that a crash cut short is no digest, and its file is offered again
            self._known = {line for line in text.split("\n") if len(line) == _DIGEST_CHARACTERS}
        return self._known

    def _digest(self, identity: tuple[object, ...]) -> str:
        text = "\x00".join(map(str, identity)).encode(errors="surrogateescape")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:_DIGEST_CHARACTERS]
