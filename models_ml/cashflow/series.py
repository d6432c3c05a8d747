"""Daily collections as a series on the days money can arrive, with no dollar lost on the way.

What does not belong here: any forecast, and outflows (``schedule.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models_ml.money import MISSING_CENTS, cents, days, require_columns, stamp, to_pandas

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

_DAYS_A_WEEK = 7
_WORKING_WEEK = frozenset(range(5))
# a weekday, or the holidays together, that carried less than this share of the money is closed
_CLOSED_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class OpenDays:
    """The days money can arrive: weekdays (0 Monday), and whether federal holidays are excepted."""

    weekdays: frozenset[int]
    holidays_closed: bool

    def are_open(self, calendar: pd.Series) -> np.ndarray:
        """Tell for every given day whether money can arrive on it."""
        is_open = calendar.dt.day_of_week.isin(sorted(self.weekdays))
        if self.holidays_closed:
            is_open &= ~calendar.dt.date.isin(federal_holidays(calendar.dt.year.unique().tolist()))
        opened: np.ndarray = is_open.to_numpy(dtype=bool)
        return opened


@dataclass(frozen=True, slots=True)
class Collections:
    """Deposits on open days up to ``as_of``.

    ``history``: ds (midnight), y (dollars as float), one row per open day without a gap, deposits of closed
    days moved to the next open one. ``history_days``: calendar days from the first deposit to ``as_of``.
    """

    as_of: dt.date
    history: pd.DataFrame
    open_days: OpenDays
    history_days: int

    def ahead(self, horizon_days: int) -> pd.Series:
        """Return the calendar days after ``as_of``."""
        return _calendar(stamp(self.as_of) + pd.Timedelta(days=1), horizon_days)

    def until(self, day: pd.Timestamp) -> pd.DataFrame:
        """Return the history up to and including a day."""
        return self.history.loc[self.history["ds"] <= day]


def federal_holidays(years: Iterable[int]) -> set[dt.date]:
    """Return the United States' federal holidays with their observed days, from the offline calendar package."""
    import holidays  # noqa: PLC0415  # only a forecast needs it

    return set(holidays.country_holidays("US", years=sorted(set(years))))


def read_collections(collections: object, as_of: dt.date) -> Collections:
    """Return the series from a frame with ``date`` and ``deposit_amount`` (Decimal), any number of rows a day.

    Rows after ``as_of`` are not read. Raises ``ValueError`` or ``TypeError`` when the frame breaks its contract.
    """
    raw = to_pandas(collections)
    require_columns(raw, ("date", "deposit_amount"), "collections")
    dates = days(raw["date"])
    known = (dates <= stamp(as_of)).to_numpy()
    amounts = cents(raw.loc[known, "deposit_amount"], "deposit_amount")
    if (amounts == MISSING_CENTS).any():
        message = "a collection without a deposit_amount cannot be forecast from"
        raise ValueError(message)
    daily = pd.Series(amounts, index=dates.loc[known].to_numpy()).groupby(level=0).sum().sort_index()
    if daily.empty:
        nothing = pd.DataFrame({"ds": pd.Series(dtype="datetime64[s]"), "y": pd.Series(dtype="float64")})
        return Collections(as_of, nothing, OpenDays(_WORKING_WEEK, holidays_closed=True), history_days=0)
    history_days = (stamp(as_of) - daily.index[0]).days + 1
    calendar = _calendar(daily.index[0], history_days)
    daily_cents = daily.reindex(calendar.to_numpy(), fill_value=0).to_numpy(dtype=np.int64)
    open_days = _open_days(calendar, np.abs(daily_cents))
    is_open = open_days.are_open(calendar)
    moved = _move_to_open_days(daily_cents, is_open)
    history = pd.DataFrame({"ds": calendar.loc[is_open].to_numpy(), "y": moved / 100.0})
    return Collections(as_of, history, open_days, history_days)


def _calendar(first: pd.Timestamp, count: int) -> pd.Series:
    return pd.Series(pd.date_range(first, periods=count, freq="D")).astype("datetime64[s]")


def _open_days(calendar: pd.Series, amounts: np.ndarray) -> OpenDays:
    """Return the days that carried money: all but the weekdays, and the holidays, that carried next to none."""
    least = _CLOSED_SHARE * int(amounts.sum())
    weekdays = calendar.dt.day_of_week.to_numpy()
    busy = frozenset(day for day in range(_DAYS_A_WEEK) if int(amounts[weekdays == day].sum()) > least)
    on_holiday = calendar.dt.date.isin(federal_holidays(calendar.dt.year.unique().tolist())).to_numpy()
    return OpenDays(busy or _WORKING_WEEK, holidays_closed=int(amounts[on_holiday].sum()) <= least)


def _move_to_open_days(amounts: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """Return the open days' cents, each with what arrived on the closed days just before it.

    What arrived after the last open day joins that day, so the total is unchanged.
    """
    moved: list[int] = []
    waiting = 0
    for amount, opened in zip(amounts.tolist(), is_open.tolist(), strict=True):
        waiting += amount
        if opened:
            moved.append(waiting)
            waiting = 0
    if moved:
        moved[-1] += waiting
    return np.array(moved, dtype=np.int64)
