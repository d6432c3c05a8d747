"""Dates and fiscal periods: fiscal years that start in any month.

What does not belong here: the current time. A date always comes in as an argument.
"""

from __future__ import annotations

import datetime as dt

MONTHS = 12


def fiscal_period(day: dt.date, start_month: int = 1) -> str:
    """Return ``YYYY-PP``: the fiscal year named by the calendar year it ends in, and the period 01-12.

    Raises ``ValueError`` when ``start_month`` is not 1-12.
    """
    if not 1 <= start_month <= MONTHS:
        message = f"a fiscal year starts in month 1 to 12, not {start_month}"
        raise ValueError(message)
    period = (day.month - start_month) % MONTHS + 1
    year = day.year + (1 if start_month > 1 and day.month >= start_month else 0)
    return f"{year}-{period:02d}"


def period_days(period: str, start_month: int = 1) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a fiscal period written ``YYYY-PP``, the inverse of ``fiscal_period``.

    Raises ``ValueError`` for a text that is no period.
    """
    year, dash, number = period.partition("-")
    is_numeric = all(part.isascii() and part.isdigit() for part in (year, number))
    if dash != "-" or not is_numeric or len(year) != 4 or not 1 <= int(number) <= MONTHS:  # noqa: PLR2004  # a year's width
        message = "a fiscal period is written YYYY-PP, with PP from 01 to 12"
        raise ValueError(message)
    month = (start_month - 1 + int(number) - 1) % MONTHS + 1
    calendar_year = int(year) - (1 if start_month > 1 and month >= start_month else 0)
    first = dt.date(calendar_year, month, 1)
    following = dt.date(calendar_year + month // MONTHS, month % MONTHS + 1, 1)
    return first, following - dt.timedelta(days=1)


def parse_compact_date(text: str) -> dt.date | None:
    """Return the date of ``CCYYMMDD`` (X12 D8, OFX without its time), ``None`` when it is none."""
    if len(text) != 8 or not text.isascii() or not text.isdigit():  # noqa: PLR2004  # the standard's own width
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
