"""Which days the practice is open and which days money moves: weekends, federal holidays, one closure of its own.

Source of the holidays: 5 U.S.C. 6103. The Federal Reserve moves a Sunday's holiday to Monday and leaves a Saturday's
alone; the practice, like federal offices, also takes the Friday before. What does not belong here: how busy a day is.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
ONE_DAY = dt.timedelta(days=1)


def _nth(year: int, month: int, weekday: int, ordinal: int) -> dt.date:
    """Return the n-th such weekday of a month, from its end when ``ordinal`` is negative."""
    if ordinal > 0:
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (ordinal - 1))
    last = dt.date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
    return last - dt.timedelta(days=(last.weekday() - weekday) % 7 - 7 * (ordinal + 1))


@cache
def federal_holidays(year: int) -> frozenset[dt.date]:
    """Return the eleven federal holidays of a year on their own dates, unmoved."""
    return frozenset(
        {
            dt.date(year, 1, 1),
            _nth(year, 1, MONDAY, 3),
            _nth(year, 2, MONDAY, 3),
            _nth(year, 5, MONDAY, -1),
            dt.date(year, 6, 19),
            dt.date(year, 7, 4),
            _nth(year, 9, MONDAY, 1),
            _nth(year, 10, MONDAY, 2),
            dt.date(year, 11, 11),
            _nth(year, 11, THURSDAY, 4),
            dt.date(year, 12, 25),
        },
    )


def _is_holiday(day: dt.date) -> bool:
    return day in federal_holidays(day.year)


def is_bank_day(day: dt.date) -> bool:
    """Tell whether the Federal Reserve settles on this day."""
    if day.weekday() >= SATURDAY or _is_holiday(day):
        return False
    return not (day.weekday() == MONDAY and _is_holiday(day - ONE_DAY))


def is_open(day: dt.date) -> bool:
    """Tell whether the practice sees patients: bank days without moved Fridays and the day after Thanksgiving."""
    if not is_bank_day(day) or day == _nth(day.year, 11, THURSDAY, 4) + ONE_DAY:
        return False
    return not (day.weekday() == FRIDAY and _is_holiday(day + ONE_DAY))


def bank_day_from(day: dt.date) -> dt.date:
    """Return the day itself when the bank works, else the next day it does."""
    while not is_bank_day(day):
        day += ONE_DAY
    return day


def bank_days_after(day: dt.date, count: int) -> dt.date:
    """Return the bank day ``count`` bank days after the first bank day from ``day``."""
    day = bank_day_from(day)
    for _ in range(count):
        day = bank_day_from(day + ONE_DAY)
    return day
