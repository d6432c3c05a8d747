"""The value types of X12: amounts (R), quantities, dates (D8, D6), text. Cached, because a remittance repeats itself.

What does not belong here: which element holds what.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from orchestration.core import money
from orchestration.core.periods import parse_compact_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

# the 80 % of amounts, dates and units that a file repeats are parsed once
_CACHE = 1 << 16
_SHORT_DATE = 6


@lru_cache(maxsize=_CACHE)
def amount(text: str | None) -> Decimal | None:
    """Return dollars of X12 type R (``080``, ``.5``, ``5.``), ``None`` when it is none (X12 B.1.1.3.1.2)."""
    return money.parse_amount(text.strip(" ")) if text is not None else None


@lru_cache(maxsize=_CACHE)
def quantity(text: str | None) -> Decimal | None:
    """Return a count of units, ``None`` when it is none."""
    return money.parse_quantity(text.strip(" ")) if text is not None else None


@lru_cache(maxsize=_CACHE)
def date(text: str | None) -> dt.date | None:
    """Return the date of CCYYMMDD, or of YYMMDD in this century (ISA09), ``None`` when it is none."""
    if text is None:
        return None
    body = text.strip(" ")
    return parse_compact_date(f"20{body}" if len(body) == _SHORT_DATE else body)


def period(qualifier: str | None, text: str | None) -> tuple[dt.date | None, dt.date | None]:
    """Return first and last day of a DTP value: D8 is one day, RD8 two joined by a hyphen, DT a day with a time."""
    if text is None:
        return None, None
    if qualifier == "RD8":
        first, _, last = text.partition("-")
        return date(first), date(last)
    day = date(text[:8])
    return day, day


def element(segment: Sequence[str], position: int) -> str | None:
    """Return the element at a position as the guides count it (CLP01 is 1), ``None`` when absent or blank."""
    if position >= len(segment):
        return None
    return segment[position].strip(" ") or None


def is_count(stated: str | None, count: int) -> bool:
    """Tell whether a written count is that number; ``007`` is 7."""
    return stated is not None and stated.isascii() and stated.isdigit() and stated.lstrip("0") == str(count or "")
