"""How amounts are spelled: with two decimals, and as X12 spells them. What does not belong here: arithmetic."""

from __future__ import annotations

from functools import cache


def dollars(cents: int) -> str:
    """Return cents with exactly two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@cache
def x12_amount(cents: int) -> str:
    """Return cents as X12 type R: no plus, no needless zeros after the point, ``-`` in front when negative."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{rest:02d}" if rest % 10 else f"{sign}{whole}.{rest // 10}"
