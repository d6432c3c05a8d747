"""Signing what leaves the books as proof: an Ed25519 key that follows from the master key, and checking a signature.

Whoever has the public key can check; only who holds the master key can sign. What does not belong here: what is signed.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def public_key(seed: bytes) -> str:
    """Return the public key of a 32-byte seed, hexadecimal."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def sign(seed: bytes, content: bytes) -> str:
    """Return the signature of the content, hexadecimal."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(content).hex()


def is_signed(public: str, signature: str, content: bytes) -> bool:
    """Tell whether the content carries this signature; ``False`` for anything that is no key or signature."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
