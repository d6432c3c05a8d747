"""The bonus of a provider as a cumulative true-up (rule R22): what the year so far has earned, less what is accrued.

When it is paid, its pay run takes off what was accrued (dbt); what was paid and never accrued is an expense after all.

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

    from orchestration.accounting.accounts import AccountRole, AccountRoles

Basis = Literal["collections", "work_rvu"]

BASES: tuple[Basis, ...] = get_args(Basis)
RULE_ID = "R22"
# a bonus is one of the year that earned it when it is paid within two and a half months of its end (26 CFR 1.404(b)-1T)
_MONTHS_TO_PAY, _DAY_TO_PAY = 2, 15
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class CompensationPlan:
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


def earned_amount(plan: CompensationPlan, year: YearToDate) -> Decimal:
    """Return what the year so far has earned, ``max(0, f(YTD))`` in dollars, half a cent up."""
    if plan.trigger_amount is not None and year.revenue_amount < plan.trigger_amount:
        return ZERO
    measure = year.collected_amount if plan.basis == "collections" else year.work_rvu
    base = plan.base * year.month_count / _MONTHS if plan.is_base_monthly else plan.base
    return max(ZERO, (plan.factor * (measure - base)).quantize(CENT, ROUND_HALF_UP))


def bonus_standings(plan: CompensationPlan, year: YearToDate, roles: AccountRoles) -> list[Standing]:
    """Return what should stand for the year so far: Dr wages the bonus, payroll taxes the employer's tax, Cr accrued.

    A provider's NPI is no PHI.
    """
    bonus = earned_amount(plan, year)
    tax = (bonus * plan.employer_tax_rate).quantize(CENT, ROUND_HALF_UP)
    return _standings(plan.provider_id, bonus, tax, roles)


def overpaid_standings(
    provider_id: str, overpaid: Decimal, employer_tax_rate: Decimal, roles: AccountRoles
) -> list[Standing]:
    """Return what should stand for dollars that were paid beyond what was accrued, in the sides of a bonus.

    ``overpaid`` holds the employer's tax at ``employer_tax_rate`` (0 to 1) of the bonus; nothing at zero or below.
    """
    if overpaid <= 0:
        return []
    bonus = (overpaid / (1 + employer_tax_rate)).quantize(CENT, ROUND_HALF_UP)
    return _standings(provider_id, bonus, overpaid - bonus, roles)


def _standings(provider_id: str, bonus: Decimal, tax: Decimal, roles: AccountRoles) -> list[Standing]:
    sides: tuple[tuple[AccountRole, Decimal], ...] = (
        ("wages", bonus),
        ("payroll_taxes", tax),
        ("bonus_accrued", -(bonus + tax)),
    )
    return [Standing(roles[role], amount, RULE_ID, provider_id) for role, amount in sides if amount]


def left_of_earlier_years(accrued: Decimal, accrued_this_year: Decimal) -> Decimal:
    """Return how many of the dollars that stand accrued were not accrued in this year, never negative.

    Both are credits less debits, in dollars; what is paid is set against the oldest first.
    """
    return max(accrued - max(accrued_this_year, ZERO), ZERO)


def is_overdue(year_start: dt.date, day: dt.date) -> bool:
    """Tell whether bonuses of the year before the one that began at ``year_start`` should have been paid by a day."""
    months = year_start.month - 1 + _MONTHS_TO_PAY
    due = year_start.replace(year=year_start.year + months // _MONTHS, month=months % _MONTHS + 1, day=_DAY_TO_PAY)
    return day > due


def release_standings(
    provider_id: str, amount: Decimal, employer_tax_rate: Decimal, roles: AccountRoles
) -> list[Standing]:
    """Return what takes back dollars that were accrued and will not be paid: Dr accrued, Cr wages and payroll taxes."""
    return [
        Standing(one.account_code, -one.signed_amount, one.rule_id, provider_id)
        for one in overpaid_standings(provider_id, amount, employer_tax_rate, roles)
    ]
