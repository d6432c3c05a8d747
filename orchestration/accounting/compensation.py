"""The bonus of a provider as a cumulative true-up (rule R22): what the year so far has earned, less what is accrued.

Cumulative, because a month that is corrected later then corrects itself: nothing is computed from a single month.
What does not belong here: where collections and wRVU come from (marts), and who is paid (payroll).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import CENT, ZERO

if TYPE_CHECKING:
    import datetime as dt

Basis = Literal["collections", "work_rvu"]

RULE_ID = "R22"
WAGES, PAYROLL_TAXES, BONUS_ACCRUED = "6100", "6110", "2130"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one provider's bonus is earned.

    ``collections``: ``factor`` (a rate, 0 to 1) × (collections − ``base``), base in dollars. ``work_rvu``: ``factor``
    (dollars a wRVU) × (wRVU − ``base``), base in wRVU. Nothing is earned before the year's CPT revenue has reached
    ``trigger_amount``, when the plan has one: exactly at it, it is earned. ``employer_tax_rate`` (0 to 1) is what the
    employer pays on top. Raises ``ValueError`` for a negative factor, base or rate.
    """

    provider_id: str
    basis: Basis
    factor: Decimal
    base: Decimal
    trigger_amount: Decimal | None = None
    employer_tax_rate: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if min(self.factor, self.base, self.employer_tax_rate) < 0:
            message = "a compensation plan's factor, base and tax rate are zero or more"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class YearToDate:
    """What a provider did from the first day of the fiscal year up to a day; money in dollars."""

    collected_amount: Decimal
    work_rvu: Decimal
    revenue_amount: Decimal


def earned_amount(plan: Plan, year: YearToDate) -> Decimal:
    """Return what the year so far has earned, ``max(0, f(YTD))`` in dollars, half a cent up."""
    if plan.trigger_amount is not None and year.revenue_amount < plan.trigger_amount:
        return ZERO
    measure = year.collected_amount if plan.basis == "collections" else year.work_rvu
    return max(ZERO, (plan.factor * (measure - plan.base)).quantize(CENT, ROUND_HALF_UP))


def true_up_amount(plan: Plan, year: YearToDate, accrued_amount: Decimal) -> Decimal:
    """Return what must be accrued now, negative when too much is: earned less ``accrued_amount`` (without taxes)."""
    return earned_amount(plan, year) - accrued_amount


def true_up_entry(
    plan: Plan,
    year: YearToDate,
    accrued_amount: Decimal,
    *,
    entity_id: str,
    as_of: dt.date,
    source_ids: tuple[str, ...] = (),
) -> Entry | None:
    """Return the accrual of a month's end (Dr 6100 and 6110, Cr 2130), ``None`` when nothing changes.

    The event is provider and day, so that a second run of the same month's end is the same event. A provider's NPI is
    no PHI.
    """
    bonus = true_up_amount(plan, year, accrued_amount)
    tax = (bonus * plan.employer_tax_rate).quantize(CENT, ROUND_HALF_UP)
    if not bonus:
        return None
    lines = [
        _line(WAGES, bonus, plan.provider_id),
        *([_line(PAYROLL_TAXES, tax, plan.provider_id)] if tax else []),
        _line(BONUS_ACCRUED, -(bonus + tax), plan.provider_id),
    ]
    return Entry(
        event_id=f"compensation:{plan.provider_id}:{as_of.isoformat()}",
        entity_id=entity_id,
        book="accrual",
        entry_date=as_of,
        description="Provider bonus earned in the year so far",
        source="payroll",
        source_ids=source_ids,
        lines=tuple(lines),
    )


def _line(account_code: str, signed_amount: Decimal, provider_id: str) -> Line:
    debit, credit = (signed_amount, ZERO) if signed_amount > 0 else (ZERO, -signed_amount)
    return Line(account_code, debit, credit, RULE_ID, None, provider_id, None)
