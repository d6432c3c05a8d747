"""The bonus of a provider as a cumulative true-up (rule R22): what the year so far has earned, less what is accrued.

Cumulative, because a month that is corrected later then corrects itself: nothing is computed from a single month.
What does not belong here: where collections and wRVU come from (marts), what is booked (``month_end``), and who is paid
(payroll).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal, get_args

from orchestration.accounting.month_end import Standing
from orchestration.core.money import CENT, ZERO

if TYPE_CHECKING:
    import datetime as dt

Basis = Literal["collections", "work_rvu"]

BASES: tuple[Basis, ...] = get_args(Basis)
RULE_ID = "R22"
WAGES, PAYROLL_TAXES, BONUS_ACCRUED = "6100", "6110", "2130"
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """How one provider's bonus is earned in a fiscal year.

    ``collections``: ``factor`` (a rate, 0 to 1) × (collections − ``base``), base in dollars. ``work_rvu``: ``factor``
    (dollars a wRVU) × (wRVU − ``base``), base in wRVU. ``base`` is that of a whole year; where ``is_base_monthly`` a
    twelfth of it counts for every month in force. Nothing is earned before the year's CPT revenue has reached
    ``trigger_amount``, when the plan has one: exactly at it, it is earned. ``employer_tax_rate`` (0 to 1) is what the
    employer pays on top. The plan is in force from ``first_day`` to ``last_day``, open where ``None``.
    Raises ``ValueError`` for an unknown basis and for a negative factor, base or rate.
    """

    provider_id: str
    basis: Basis
    factor: Decimal
    base: Decimal
    trigger_amount: Decimal | None = None
    employer_tax_rate: Decimal = Decimal(0)
    is_base_monthly: bool = False
    first_day: dt.date | None = None
    last_day: dt.date | None = None

    def __post_init__(self) -> None:
        if self.basis not in BASES:
            message = f"a compensation plan is by one of {', '.join(BASES)}"
            raise ValueError(message)
        if min(self.factor, self.base, self.employer_tax_rate) < 0:
            message = "a compensation plan's factor, base and tax rate are zero or more"
            raise ValueError(message)

    def months(self, year_start: dt.date, as_of: dt.date) -> tuple[dt.date, dt.date] | None:
        """Return the first day of the first and of the last month in force in the year up to a day, if there is one."""
        first = max(year_start, self.first_day or year_start).replace(day=1)
        last = min(as_of, self.last_day or as_of).replace(day=1)
        return (first, last) if first <= last else None


@dataclass(frozen=True, slots=True)
class YearToDate:
    """What a provider did in the months of a plan's year up to a day; money in dollars, ``month_count`` of them."""

    collected_amount: Decimal
    work_rvu: Decimal
    revenue_amount: Decimal
    month_count: int = _MONTHS


def earned_amount(plan: Plan, year: YearToDate) -> Decimal:
    """Return what the year so far has earned, ``max(0, f(YTD))`` in dollars, half a cent up."""
    if plan.trigger_amount is not None and year.revenue_amount < plan.trigger_amount:
        return ZERO
    measure = year.collected_amount if plan.basis == "collections" else year.work_rvu
    base = plan.base * year.month_count / _MONTHS if plan.is_base_monthly else plan.base
    return max(ZERO, (plan.factor * (measure - base)).quantize(CENT, ROUND_HALF_UP))


def bonus_standings(plan: Plan, year: YearToDate) -> list[Standing]:
    """Return what should stand for the year so far: Dr 6100 the bonus and 6110 the employer's tax, Cr 2130 both.

    A provider's NPI is no PHI.
    """
    bonus = earned_amount(plan, year)
    tax = (bonus * plan.employer_tax_rate).quantize(CENT, ROUND_HALF_UP)
    return [
        Standing(account_code, amount, RULE_ID, plan.provider_id)
        for account_code, amount in ((WAGES, bonus), (PAYROLL_TAXES, tax), (BONUS_ACCRUED, -(bonus + tax)))
        if amount
    ]
