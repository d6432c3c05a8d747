"""Money that leaves on a schedule: payroll, rent, regular bills, read from when it left before.

Each kind of outflow is projected by its own rhythm: every 7 or 14 days, twice a month, every 1, 3, 6 or 12
months, or, without a rhythm, its recent total spread over business days. A payroll seen once is assumed biweekly, the
usual pay period, because a forecast without payroll would never warn. What does not belong here: collections.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Literal

from models_ml.money import MISSING_CENTS, cents, days, require_columns, stamp, to_pandas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models_ml.cashflow.config import CashConfig

Rhythm = Literal["weekly", "biweekly", "assumed_biweekly", "semimonthly", "monthly", "spread", "once", "ended"]

_SATURDAY = 5
_WEEKLY_DAYS = 7
_BIWEEKLY_DAYS = 14
_MONTH_DAYS = 30.44
_STEADY_SHARE = 0.75
# occurrences whose median is the next amount
_RECENT = 6
_SPREAD_DAYS = 90


@dataclass(frozen=True, slots=True)
class OutflowPlan:
    """One kind of outflow: how it was read and the cents that leave on each future day."""

    outflow_kind: str
    rhythm: Rhythm
    cents_by_date: dict[dt.date, int]


def plan_outflows(outflows: object, as_of: dt.date, config: CashConfig) -> list[OutflowPlan]:
    """Return a plan per kind, in the order of their names, from ``date, outflow_kind, amount`` (Decimal).

    ``amount`` is positive for money that leaves. Rows after ``as_of`` are not read. Raises ``ValueError`` or
    ``TypeError`` when the frame breaks its contract.
    """
    raw = to_pandas(outflows)
    require_columns(raw, ("date", "outflow_kind", "amount"), "outflows")
    dates = days(raw["date"])
    known = (dates <= stamp(as_of)).to_numpy()
    amounts = cents(raw.loc[known, "amount"], "amount")
    if (amounts == MISSING_CENTS).any():
        message = "an outflow without an amount cannot be projected"
        raise ValueError(message)
    history: dict[str, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for day, kind, amount in zip(
        dates.loc[known].dt.date.tolist(), raw.loc[known, "outflow_kind"].tolist(), amounts.tolist(), strict=True
    ):
        history[str(kind)][day] += amount
    return [_plan(kind, dict(history[kind]), as_of, config) for kind in sorted(history)]


def _plan(kind: str, paid: dict[dt.date, int], as_of: dt.date, config: CashConfig) -> OutflowPlan:
    dates = sorted(paid)
    until = as_of + dt.timedelta(days=config.horizon_days)
    rhythm, step = _rhythm(dates, as_of, is_payroll=kind.startswith(config.payroll_prefix))
    amount = round(median(paid[day] for day in dates[-_RECENT:]))
    if rhythm == "spread":
        recent = sum(paid[day] for day in dates if (as_of - day).days < _SPREAD_DAYS)
        seen_days = min(_SPREAD_DAYS, (as_of - dates[0]).days + 1)
        return OutflowPlan(kind, rhythm, _spread(recent, seen_days, as_of, until))
    planned: list[dt.date] = []
    if rhythm in ("weekly", "biweekly", "assumed_biweekly"):
        planned = _every(dates, step, as_of, until)
    elif rhythm == "semimonthly":
        planned = _semimonthly(dates, as_of, until)
    elif rhythm == "monthly":
        planned = _monthly(dates, step, as_of, until)
    return OutflowPlan(kind, rhythm, dict.fromkeys(planned, amount))


def _rhythm(dates: Sequence[dt.date], as_of: dt.date, *, is_payroll: bool) -> tuple[Rhythm, int]:
    """Return the rhythm of a kind and its step (days for weeks, months for months)."""
    gaps = [(b - a).days for a, b in pairwise(dates)]
    silent_days = (as_of - dates[-1]).days
    if not gaps:
        if is_payroll and silent_days <= 2 * _BIWEEKLY_DAYS:
            return "assumed_biweekly", _BIWEEKLY_DAYS
        # what has no second occurrence has no rhythm, and spreading it would invent a cost
        return "once", 0
    usual = median(gaps)
    steady = _steady(gaps, usual, dates)
    # bills without a rhythm pause for weeks and come back; a steady payment missed twice has ended
    limit = 2 * max(usual, _WEEKLY_DAYS) if steady else _SPREAD_DAYS
    if silent_days > limit:
        return "ended", 0
    return steady or ("spread", 0)


def _steady(gaps: Sequence[int], usual: float, dates: Sequence[dt.date]) -> tuple[Rhythm, int] | None:
    """Return the rhythm most gaps agree with; a day paid early or late for a holiday does not break it."""

    def most(low: float, high: float) -> bool:
        return sum(low <= gap <= high for gap in gaps) >= _STEADY_SHARE * len(gaps)

    same_weekday = max(sum(day.weekday() == w for day in dates) for w in range(7)) >= _STEADY_SHARE * len(dates)
    if most(6, 8):
        return "weekly", _WEEKLY_DAYS
    if most(13, 15) and same_weekday:
        return "biweekly", _BIWEEKLY_DAYS
    if most(11, 18):
        return "semimonthly", 0
    for months in (1, 3, 6, 12):
        if abs(usual - months * _MONTH_DAYS) <= 3 + months and most(months * 28 - 4, months * 31 + 4):
            return "monthly", months
    return None


def _every(dates: Sequence[dt.date], step: int, as_of: dt.date, until: dt.date) -> list[dt.date]:
    """Return the days ahead in step with the usual weekday of the last payments."""
    weekdays = [day.weekday() for day in dates[-_RECENT:]]
    usual = max(sorted(set(weekdays)), key=weekdays.count)
    # the last payment may have moved by a day or two for a holiday: its own week keeps the step
    shift = (usual - dates[-1].weekday() + 3) % 7 - 3
    day = dates[-1] + dt.timedelta(days=shift + step)
    planned = []
    while day <= until:
        if day > as_of:
            planned.append(day)
        day += dt.timedelta(days=step)
    return planned


def _semimonthly(dates: Sequence[dt.date], as_of: dt.date, until: dt.date) -> list[dt.date]:
    """Return two days a month: the usual day of its first half and the usual day of its second."""
    recent = dates[-2 * _RECENT :]
    first = [day.day for day in recent if day.day <= 15]  # noqa: PLR2004  # the halves of a month
    second = [_from_end(day) for day in recent if day.day > 15]  # noqa: PLR2004  # the halves of a month
    planned = []
    for year, month in _months(as_of, until, 1):
        if first:
            planned.append(_business_day(dt.date(year, month, round(median(first)))))
        if second:
            planned.append(_business_day(_day_from_end(year, month, round(median(second)))))
    return sorted(day for day in set(planned) if as_of < day <= until)


def _monthly(dates: Sequence[dt.date], step: int, as_of: dt.date, until: dt.date) -> list[dt.date]:
    """Return the usual day of the month, every ``step`` months after the last payment."""
    usual = round(median(day.day for day in dates[-_RECENT:]))
    anchor = dates[-1]
    planned = []
    for year, month in _months(anchor, until, step)[1:]:
        last = calendar.monthrange(year, month)[1]
        planned.append(_business_day(dt.date(year, month, min(usual, last))))
    return [day for day in planned if as_of < day <= until]


def _months(start: dt.date, until: dt.date, step: int) -> list[tuple[int, int]]:
    first = start.year * 12 + start.month - 1
    last = until.year * 12 + until.month - 1
    return [(month // 12, month % 12 + 1) for month in range(first, last + 1, step)]


def _from_end(day: dt.date) -> int:
    return calendar.monthrange(day.year, day.month)[1] - day.day


def _day_from_end(year: int, month: int, back: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1] - back)


def _business_day(day: dt.date) -> dt.date:
    """Return the day, or the Friday before a weekend: planning money out early is the careful side."""
    return day - dt.timedelta(days=max(0, day.weekday() - _SATURDAY + 1))


def _spread(recent: int, seen_days: int, as_of: dt.date, until: dt.date) -> dict[dt.date, int]:
    """Return the recent daily average on the business days ahead, whole cents, none lost to rounding."""
    horizon_days = (until - as_of).days
    ahead = [as_of + dt.timedelta(days=n) for n in range(1, horizon_days + 1)]
    open_days = [day for day in ahead if day.weekday() < _SATURDAY]
    if not open_days or not recent:
        return {}
    total = round(recent * horizon_days / seen_days)
    marks = [total * n // len(open_days) for n in range(len(open_days) + 1)]
    return {day: b - a for day, (a, b) in zip(open_days, pairwise(marks), strict=True)}
