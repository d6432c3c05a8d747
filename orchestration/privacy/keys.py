"""The practice's master key: a file of its own, mode 0600, from which one data key per purpose is derived.

A key is created once, only while there is nothing it could have sealed: a lost key is said, never replaced.
What does not belong here: what is done with a key (``sealing``, the lake).
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orchestration.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
Purpose = Literal["landed", "lake", "connections", "audit-head"]


def read_or_create_master_key(path: Path, *, may_create: bool) -> bytes:
    """Return the 32 bytes of the master key, creating the file when allowed.

    Raises ``ConfigurationError`` when the file is absent and may not be created, is readable by others,
    or does not hold a key.
    """
    if not path.exists():
        if not may_create:
            message = "the key file is missing, and sealed files exist that only it can open"
            raise ConfigurationError(message, fix="restore the key file, or: MEDBOOKS_KEY_FILE=PATH medbooks run")
        _create(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = "the key file can be read by others than its owner"
        raise ConfigurationError(message, fix=f"chmod 600 {path}")
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        message = "the key file does not hold a medbooks key"
        raise ConfigurationError(message, fix="restore the key file from its backup")
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # written beside and linked, so that two first runs end up with one key and no half-written one
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def derive_key(master: bytes, purpose: Purpose) -> bytes:
    """Return the 32-byte data key of one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=f"medbooks/{purpose}/1".encode()).derive(
        master
    )
