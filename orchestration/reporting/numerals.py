"""Numbers and dates as a person in the United States reads them; the same on every machine.

What does not belong here: rounding that is kept. Every rounded figure is for looking only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt

MINUS: Final = "\N{MINUS SIGN}"
DASH: Final = "\N{EN DASH}"
# strftime follows the locale of the machine
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_THOUSAND, _MILLION = 1_000, 1_000_000


def dollars(amount: Decimal) -> str:
    """Return an amount to the cent: ``$1,234.50``."""
    return f"{_sign(amount)}${abs(amount):,.2f}"


def whole_dollars(amount: Decimal) -> str:
    """Return an amount for a headline, without cents: ``$1,234``."""
    rounded = round(amount)
    return f"{_sign(rounded)}${abs(rounded):,}"


def short_dollars(amount: float) -> str:
    """Return an amount for an axis: ``$80k``, ``$1.2M``."""
    size = abs(amount)
    if size >= _MILLION:
        text = f"{size / _MILLION:.1f}".removesuffix(".0") + "M"
    elif size >= _THOUSAND:
        text = f"{size / _THOUSAND:.1f}".removesuffix(".0") + "k"
    else:
        text = f"{size:.0f}"
    return f"{_sign(amount)}${text}"


def percent(rate: Decimal | float) -> str:
    """Return a rate with one decimal: ``8.4%``."""
    rounded = round(Decimal(repr(rate) if isinstance(rate, float) else rate) * 100, 1)
    return f"{_sign(rounded)}{abs(rounded)}%"


def short_percent(rate: Decimal | float) -> str:
    """Return a rate for an axis or a goal: ``8%``, ``2.5%``."""
    return percent(rate).replace(".0%", "%")


def days(value: Decimal | float) -> str:
    """Return days with one decimal: ``41.2``."""
    rounded = round(Decimal(repr(value) if isinstance(value, float) else value), 1)
    return f"{_sign(rounded)}{abs(rounded)}"


def short_days(value: Decimal | float) -> str:
    """Return days for an axis or a goal: ``35``, ``32.5``."""
    return days(value).removesuffix(".0")


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 file``, ``1,204 files``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def date(day: dt.date) -> str:
    """Return a day: ``Nov 23, 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_date(day: dt.date) -> str:
    """Return a day within a year that is plain from the context: ``Nov 23``."""
    return f"{_MONTHS[day.month - 1]} {day.day}"


def month(day: dt.date) -> str:
    """Return a month: ``Nov 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def short_month(day: dt.date) -> str:
    """Return a month's name alone: ``Nov``."""
    return _MONTHS[day.month - 1]


def _sign(number: Decimal | float) -> str:
    return MINUS if number < 0 else ""
