"""Bytes sealed with AES-256-GCM, bound to the name they are stored under.

Layout: ``MBS1``, a random 12-byte nonce, ciphertext with its 16-byte tag; the name is authenticated data,
so a sealed file that was changed, cut or renamed does not open. A file can be sealed and opened as a stream, too: the
layout is the same, and memory does not grow with the file.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from orchestration.core.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

_MAGIC = b"MBS1"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_PIECE_BYTES = 1 << 20


def seal(plaintext: bytes, key: bytes, name: str) -> bytes:
    """Return the sealed bytes of ``plaintext`` under ``name``."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _MAGIC + nonce + AESGCM(key).encrypt(nonce, plaintext, name.encode())


def unseal(sealed: bytes, key: bytes, name: str) -> bytes:
    """Return the plaintext; raises ``SealError`` when key, name or a single byte is not what it was."""
    start = len(_MAGIC) + _NONCE_BYTES
    if not sealed.startswith(_MAGIC) or len(sealed) < start:
        raise _not_sealed(name)
    try:
        return AESGCM(key).decrypt(sealed[len(_MAGIC) : start], sealed[start:], name.encode())
    except InvalidTag:
        raise _does_not_open(name) from None


def seal_stream(pieces: Iterable[bytes], target: BinaryIO, key: bytes, name: str) -> None:
    """Write the sealed bytes of ``pieces`` under ``name``, as ``seal`` would of all of them."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encryptor = Cipher(AES(key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(name.encode())
    target.write(_MAGIC + nonce)
    target.writelines(encryptor.update(piece) for piece in pieces)
    target.write(encryptor.finalize() + encryptor.tag)


def unseal_stream(sealed: BinaryIO, key: bytes, name: str) -> Iterator[bytes]:
    """Yield the plaintext of an open sealed file; raises ``SealError`` as ``unseal``, at the latest at its end.

    What was yielded is proved only by the end: a caller acts on nothing before it.
    """
    start = len(_MAGIC) + _NONCE_BYTES
    size = sealed.seek(0, 2) - start - _TAG_BYTES
    sealed.seek(0)
    head = sealed.read(start)
    if not head.startswith(_MAGIC) or len(head) < start:
        raise _not_sealed(name)
    if size < 0:
        raise _does_not_open(name)
    decryptor = Cipher(AES(key), GCM(head[len(_MAGIC) :])).decryptor()
    decryptor.authenticate_additional_data(name.encode())
    while size and (piece := sealed.read(min(size, _PIECE_BYTES))):
        size -= len(piece)
        yield decryptor.update(piece)
    try:
        decryptor.finalize_with_tag(sealed.read(_TAG_BYTES))
    except (InvalidTag, ValueError):
        raise _does_not_open(name) from None


def _not_sealed(name: str) -> SealError:
    return SealError(f"{name} is not a sealed file", fix="medbooks doctor")


def _does_not_open(name: str) -> SealError:
    message = f"{name} does not open: another key sealed it, or its bytes were changed"
    return SealError(message, fix="medbooks doctor")
