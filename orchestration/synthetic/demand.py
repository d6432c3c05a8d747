"""How many patients want to come on a day: weekday, holidays, influenza, school year, growth.

Source of the influenza figures: long-run mean of weekly influenza-like illness among outpatient visits, percent, by
MMWR week. What does not belong here: who comes, and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.synthetic.workdays import ONE_DAY, SATURDAY, is_open

if TYPE_CHECKING:
    import datetime as dt

# Monday catches up with the weekend, Friday closes early
_WEEKDAY = (1.13, 1.05, 1.00, 0.97, 0.85)
_ILI_WEEKS = (1, 9, 20, 27, 36, 45, 52)
_ILI_PERCENT = (4.5, 2.5, 1.3, 0.8, 1.6, 3.5, 6.9)
_ILI_MEAN_PERCENT = 2.6
# one more percent of influenza-like illness brings about this much more demand
_ILI_EFFECT = 0.022
_GROWTH_A_YEAR = 0.03
_DAYS_A_YEAR = 365.25
_SUMMER = ((6, 12), (8, 5))
_SCHOOL_PHYSICALS = ((8, 5), (9, 5))


def ili_percent(day: dt.date) -> float:
    """Return the climatological percent of outpatient visits with influenza-like illness."""
    # an MMWR week runs from Sunday and belongs to the year of its Wednesday
    wednesday = day + (3 - (day.weekday() + 1) % 7) * ONE_DAY
    week = (wednesday.timetuple().tm_yday - 1) // 7 + 1
    return float(np.interp(week, _ILI_WEEKS, _ILI_PERCENT))


def demand_factor(day: dt.date, start: dt.date) -> float:
    """Return visits relative to an average day, 0.0 on a day the practice is closed."""
    if not is_open(day):
        return 0.0
    factor = _WEEKDAY[day.weekday()] * (1.0 + _ILI_EFFECT * (ili_percent(day) - _ILI_MEAN_PERCENT))
    month_day = (day.month, day.day)
    if _SUMMER[0] <= month_day < _SUMMER[1]:
        factor *= 0.95
    elif _SCHOOL_PHYSICALS[0] <= month_day < _SCHOOL_PHYSICALS[1]:
        factor *= 1.05
    if _is_closed_weekday(day + ONE_DAY):
        factor *= 0.85
    if _is_closed_weekday(day - ONE_DAY):
        factor *= 1.10
    return factor * (1.0 + _GROWTH_A_YEAR * (day - start).days / _DAYS_A_YEAR)


def _is_closed_weekday(day: dt.date) -> bool:
    return day.weekday() < SATURDAY and not is_open(day)
