"""Amounts and dates as they are printed on bills: with signs of currency, separators of any country, month names.

What does not belong here: which amount is the total (``fields``).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from orchestration.core.money import parse_amount

if TYPE_CHECKING:
    from decimal import Decimal

_SIGNS: Final = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "RM": "MYR", "Rs": "INR", "Rs.": "INR"}
_CURRENCY = r"(?:US\$|[$€£₹]|\b(?:USD|EUR|GBP|INR|CAD|RM|Rs\.?)(?![A-Za-z]))"
_CURRENCY_PATTERN = re.compile(_CURRENCY)
# a sign of currency or two decimals make a number an amount; a plain 2014 or 15% is none
_AMOUNT = re.compile(
    rf"(?<![\w.,/-])(?P<open>\()?(?P<minus>-\s?)?(?P<sign>{_CURRENCY})?\s?(?P<minus2>-\s?)?"
    r"(?P<body>\d{1,3}(?:[,.]\d{3})+(?:[.,]\d{2})?|\d+(?:[.,]\d{2})?)(?![\d%]|[.,/-]\d)"
    rf"(?P<close>\))?(?P<after>\s?{_CURRENCY}(?!\s?\d))?(?!\s?%)"
)
_DECIMALS = re.compile(r"[.,]\d{2}\Z")

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
    for name in (names,)
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES: Final = (
    re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(rf"\b{_MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s*(?P<y>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[. -]\s?{_MONTH}[ ,-]\s?(?P<y>\d{{4}})\b", re.IGNORECASE),
)
_CENTURY = 2000
_YEAR = 12


def amounts_in(text: str) -> list[Decimal]:
    """Return the amounts of a line of text in order; numbers without cents or currency are none."""
    found = (_amount(match) for match in _AMOUNT.finditer(text))
    return [amount for amount in found if amount is not None]


def last_amount(text: str) -> Decimal | None:
    """Return the last amount of a line, where bills print the one that counts."""
    found = amounts_in(text)
    return found[-1] if found else None


def _amount(match: re.Match[str]) -> Decimal | None:
    body = match["body"]
    has_cents = _DECIMALS.search(body) is not None
    if not (match["sign"] or match["after"] or has_cents):
        return None
    whole, cents = (body[:-3], body[-2:]) if has_cents else (body, "00")
    amount = parse_amount(f"{re.sub('[,.]', '', whole)}.{cents}")
    if amount is None:
        return None
    is_negative = bool(match["minus"] or match["minus2"] or (match["open"] and match["close"]))
    return -amount if is_negative and amount else amount


def currency_of(text: str) -> str | None:
    """Return the ISO 4217 code of the first sign of currency, ``None`` when there is none."""
    match = _CURRENCY_PATTERN.search(text)
    if not match:
        return None
    sign = match[0]
    return _SIGNS.get(sign, sign)


def date_in(text: str) -> dt.date | None:
    """Return the first date of a line: ISO, US month first unless that cannot be, or with the month's name."""
    matches = sorted(
        ((match.start(), match) for pattern in _DATES for match in pattern.finditer(text)), key=lambda pair: pair[0]
    )
    dates = (_date(match.groupdict()) for _, match in matches)
    return next((date for date in dates if date is not None), None)


def _date(parts: dict[str, str | None]) -> dt.date | None:
    year = int(parts["y"] or 0)
    if year < 100:  # noqa: PLR2004  # a year of two digits
        year += _CENTURY
    if parts.get("month"):
        month, day = _MONTHS[str(parts["month"]).lower()], int(parts["d"] or 0)
    elif parts.get("a"):
        month, day = int(parts["a"] or 0), int(parts["b"] or 0)
        if month > _YEAR:
            month, day = day, month
    else:
        month, day = int(parts["m"] or 0), int(parts["d"] or 0)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
