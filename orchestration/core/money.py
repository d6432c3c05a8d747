"""Exact money: reading amounts, and cents.

What does not belong here: currencies other than the US dollar, and anything that rounds silently.
"""

from __future__ import annotations

import re
from decimal import Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# DECIMAL(18,2) holds 16 digits before the point; a longer amount is unreadable, not rounded
_LIMIT = Decimal(10) ** 16
# DECIMAL(18,4) of a quantity
_QUANTUM = Decimal("0.0001")
_QUANTITY_LIMIT = Decimal(10) ** 14
_PLAIN = re.compile(r"-?(?:\d+\.?\d*|\.\d+)\Z", re.ASCII)


def parse_amount(text: str) -> Decimal | None:
    """Return dollars as written in X12 type R or a plain decimal (``080``, ``.5``, ``5.``), exact to the cent.

    ``None`` when the text is not an amount or carries a fraction of a cent: a missing or unreadable
    amount makes a rule not evaluable, it is never zero.
    """
    if not _PLAIN.match(text):
        return None
    value = Decimal(text)
    # before rounding: quantize raises on more digits than the context holds
    if abs(value) >= _LIMIT:
        return None
    cents = value.quantize(CENT)
    if cents != value or abs(cents) >= _LIMIT:
        return None
    # -0 and 0 are one amount
    return cents or ZERO


def parse_quantity(text: str) -> Decimal | None:
    """Return a plain decimal that fits DECIMAL(18,4) (units, days, a rate), ``None`` when it is none or too fine."""
    if not _PLAIN.match(text):
        return None
    value = Decimal(text)
    if abs(value) >= _QUANTITY_LIMIT:
        return None
    rounded = value.quantize(_QUANTUM)
    return (rounded or Decimal(0)) if rounded == value and abs(rounded) < _QUANTITY_LIMIT else None


def fits(amount: Decimal) -> bool:
    """Tell whether a sum of amounts still fits DECIMAL(18,2)."""
    return abs(amount) < _LIMIT


def parse_written_amount(text: str) -> Decimal | None:
    """Return dollars as people and spreadsheets write them: ``$1,234.50``, ``(12.00)``, ``12.00-``.

    ``None`` when the text is not unambiguously one amount (``1.234,50``, ``12 34``).
    """
    body = text.strip()
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1].strip()
    elif body.endswith("-"):
        negative, body = True, body[:-1].strip()
    if body.startswith("-"):
        if negative:
            return None
        negative, body = True, body[1:].strip()
    body = body.removeprefix("$").strip()
    if "," in body:
        if not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{0,2})?", body, re.ASCII):
            return None
        body = body.replace(",", "")
    amount = parse_amount(body)
    if amount is None or (negative and amount < 0):
        return None
    return -amount if negative and amount else amount


def to_cents(amount: Decimal) -> int:
    """Return whole cents; raises ``ValueError`` when the amount has a fraction of a cent."""
    cents = amount.scaleb(2)
    whole = int(cents)
    if whole != cents:
        message = "an amount with a fraction of a cent has no whole cents"
        raise ValueError(message)
    return whole


def from_cents(cents: int) -> Decimal:
    """Return dollars for whole cents."""
    return Decimal(cents).scaleb(-2)


def format_amount(amount: Decimal) -> str:
    """Return an amount with exactly two decimals, as every ``--json`` output prints it."""
    return f"{amount:.2f}"
