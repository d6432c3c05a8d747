"""Identity: content hashes, canonical keys, the NPI check digit."""

from __future__ import annotations

import hashlib
import json

_NPI_LENGTH = 10
# 80840 is the prefix that makes an NPI a card-issuer number (45 CFR 162.406, ISO/IEC 7812)
_NPI_PREFIX_SUM = 24


def file_id(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes: the same bytes under any name are one file."""
    return hashlib.sha256(content).hexdigest()


def canonical_key(value: object) -> str:
    """Return the SHA-256 of a JSON value written one way only: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def npi_check_digit(first_nine: str) -> str:
    """Return the Luhn check digit of an NPI's first nine digits."""
    total = _NPI_PREFIX_SUM
    for position, char in enumerate(first_nine):
        digit = int(char)
        if position % 2 == 0:
            digit *= 2
            digit -= 9 if digit > 9 else 0  # noqa: PLR2004  # the digits of a two-digit number, summed
        total += digit
    return str(-total % 10)


def is_npi(text: str) -> bool:
    """Tell whether the text is a ten-digit NPI whose check digit holds."""
    if len(text) != _NPI_LENGTH or not text.isascii() or not text.isdigit():
        return False
    return npi_check_digit(text[:9]) == text[9]
