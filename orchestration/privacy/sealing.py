"""Bytes sealed with AES-256-GCM, bound to the name they are stored under.

Layout: ``MBS1``, a random 12-byte nonce, ciphertext with its 16-byte tag; the name is authenticated data,
so a sealed file that was changed, cut or renamed does not open.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from orchestration.core.errors import SealError

_MAGIC = b"MBS1"
_NONCE_BYTES = 12


def seal(plaintext: bytes, key: bytes, name: str) -> bytes:
    """Return the sealed bytes of ``plaintext`` under ``name``."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _MAGIC + nonce + AESGCM(key).encrypt(nonce, plaintext, name.encode())


def unseal(sealed: bytes, key: bytes, name: str) -> bytes:
    """Return the plaintext; raises ``SealError`` when key, name or a single byte is not what it was."""
    start = len(_MAGIC) + _NONCE_BYTES
    if not sealed.startswith(_MAGIC) or len(sealed) < start:
        message = f"{name} is not a sealed file"
        raise SealError(message, mend="medbooks doctor")
    try:
        return AESGCM(key).decrypt(sealed[len(_MAGIC) : start], sealed[start:], name.encode())
    except InvalidTag:
        message = f"{name} does not open: another key sealed it, or its bytes were changed"
        raise SealError(message, mend="medbooks doctor") from None
