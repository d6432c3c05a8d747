"""Landed files: what arrived, byte for byte, sealed, named by its SHA-256 and never changed again.

The lake can be deleted and rebuilt from here, so a landed file carries its own arrival: the name it came under
and when. The same bytes under another name are an alias, kept beside, not new data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from orchestration.core.errors import SealError
from orchestration.core.ids import file_id as hash_of
from orchestration.core.tables import SourceFile
from orchestration.privacy.sealing import seal, seal_stream, unseal, unseal_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

_SUFFIX = ".sealed"
_ALIAS_SUFFIX = ".alias"
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of one arrival: its identity, and whether these bytes are here for the first time."""

    file_id: str
    is_new: bool


class LandedStore:
    """The folder of landed files under one key."""

    def __init__(self, root: Path, key: bytes) -> None:
        self._root = root
        self._key = key

    def put(self, identity: str, content: BinaryIO, file_name: str, landed_at: dt.datetime) -> Landing:
        """Seal and store bytes whose SHA-256 is ``identity``; memory does not grow with them.

        Safe against a crash at any point, and against arriving twice.
        """
        target = self._path(identity, _SUFFIX)
        if target.exists():
            self._put_alias(identity, file_name)
            return Landing(identity, is_new=False)
        header = json.dumps({"file_name": file_name, "landed_at": landed_at.isoformat()}).encode()
        pieces = chain([len(header).to_bytes(4, "big") + header], iter(lambda: content.read(_PIECE_BYTES), b""))
        self._write(target, lambda file: seal_stream(pieces, file, self._key, identity))
        return Landing(identity, is_new=True)

    def get(self, identity: str) -> SourceFile:
        """Return a landed file; raises ``SealError`` when it does not open or is not what its name says."""
        path = self._path(identity, _SUFFIX)
        if not path.exists():
            message = f"landed file {identity[:12]} is gone"
            raise SealError(message, fix="restore the landed folder from its backup")
        body = unseal(path.read_bytes(), self._key, identity)
        size = int.from_bytes(body[:4], "big")
        header = json.loads(body[4 : 4 + size])
        content = body[4 + size :]
        if hash_of(content) != identity:
            message = f"landed file {identity[:12]} is not the file it is named after"
            raise SealError(message, fix="restore the landed folder from its backup")
        return SourceFile(identity, header["file_name"], content, dt.datetime.fromisoformat(header["landed_at"]))

    def identities(self) -> Iterator[str]:
        """Yield the identity of every landed file, in no order; a directory listing, nothing is opened."""
        for folder in self._folders():
            for entry in os.scandir(folder):
                if entry.name.endswith(_SUFFIX):
                    yield entry.name.removesuffix(_SUFFIX)

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Yield identity and other name of every repeated arrival."""
        for folder in self._folders():
            for path in sorted(folder.glob(f"*{_ALIAS_SUFFIX}")):
                identity, _, _ = path.name.partition(".")
                yield identity, unseal(path.read_bytes(), self._key, path.name).decode()

    def _folders(self) -> list[Path]:
        return sorted(p for p in self._root.iterdir() if p.is_dir()) if self._root.is_dir() else []

    def _put_alias(self, identity: str, file_name: str) -> None:
        if self._name_of(identity) == file_name:
            return
        digest = hashlib.sha256(self._key + file_name.encode(errors="surrogateescape")).hexdigest()[:16]
        target = self._path(identity, f".{digest}{_ALIAS_SUFFIX}")
        if not target.exists():
            sealed = seal(file_name.encode(errors="replace"), self._key, target.name)
            self._write(target, lambda file: file.write(sealed))

    def _name_of(self, identity: str) -> str:
        """Return the name a landed file first came under; the whole seal is proved, and none of it kept."""
        head = b""
        with self._path(identity, _SUFFIX).open("rb") as file:
            for piece in unseal_stream(file, self._key, identity):
                head = head or piece
        size = int.from_bytes(head[:4], "big")
        return str(json.loads(head[4 : 4 + size])["file_name"])

    def _path(self, identity: str, suffix: str) -> Path:
        return self._root / identity[:2] / f"{identity}{suffix}"

    def _write(self, target: Path, fill: Callable[[BinaryIO], object]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            # the name, too, must survive a crash before the inbox copy is removed
            os.fsync(folder)
        finally:
            os.close(folder)
