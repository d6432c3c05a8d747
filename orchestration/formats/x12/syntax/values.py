"""The value types of X12: amounts (R), quantities, dates (D8, D6), text. Cached, because a remittance repeats itself.

What does not belong here: which element holds what (``columnar``, ``payment``).
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
def amount(text: str) -> Decimal | None:
    """Return dollars of X12 type R (``080``, ``.5``, ``5.``), ``None`` when it is none (X12 B.1.1.3.1.2)."""
    return money.parse_amount(text.strip(" "))


@lru_cache(maxsize=_CACHE)
def quantity(text: str) -> Decimal | None:
    """Return a count of units, ``None`` when it is none."""
    return money.parse_quantity(text.strip(" "))


@lru_cache(maxsize=_CACHE)
def date(text: str) -> dt.date | None:
    """Return the date of CCYYMMDD, or of YYMMDD in this century (ISA09), ``None`` when it is none."""
    body = text.strip(" ")
    return parse_compact_date(f"20{body}" if len(body) == _SHORT_DATE else body)


def element(segment: Sequence[str], position: int) -> str | None:
    """Return the element at a position as the guides count it (CLP01 is 1), ``None`` when absent or blank."""
    if position >= len(segment):
        return None
    return segment[position].strip(" ") or None
