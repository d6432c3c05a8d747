"""Pay that was worked before a period's end and that no register covers yet, as an estimate (rule R21).

A register comes days after its last day; the days between the newest one and the period's end cost what its days cost.
When the register comes, the estimate is zero and its own days are accrued. What does not belong here: what is booked of
it (``month_end``), and pay that has a register (dbt).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from orchestration.accounting.month_end import Standing
from orchestration.core.money import CENT, ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

RULE_ID = "R21"
WAGES, PAYROLL_TAXES, PAY_ACCRUED = "6100", "6110", "2120"
# a role that no register has named for so long, while others were paid, has ended
ENDED_AFTER_DAYS = 31


class PayPeriod(NamedTuple):
    """What one role at one place cost from its first to its last day, in dollars."""

    role_code: str
    location_id: str
    first: dt.date
    last: dt.date
    gross_amount: Decimal
    employer_tax_amount: Decimal


def uncovered_pay(periods: Iterable[PayPeriod], day: dt.date) -> list[Standing]:
    """Return what should stand on ``day`` for days worked up to it that no register covers: Dr 6100, 6110, Cr 2120.

    Nothing where every role's newest register reaches the day, and nothing for a practice without registers.
    """
    newest: dict[tuple[str, str], PayPeriod] = {}
    for period in periods:
        group = period.role_code, period.location_id
        if period.first <= day and (group not in newest or newest[group].last < period.last):
            newest[group] = period
    covered_until = max((period.last for period in newest.values()), default=day)
    wages = taxes = ZERO
    for period in newest.values():
        days = (day - period.last).days
        if days > 0 and (covered_until - period.last).days <= ENDED_AFTER_DAYS:
            share = Decimal(days) / Decimal((period.last - period.first).days + 1)
            wages += (period.gross_amount * share).quantize(CENT, ROUND_HALF_UP)
            taxes += (period.employer_tax_amount * share).quantize(CENT, ROUND_HALF_UP)
    return [
        Standing(account_code, amount, RULE_ID)
        for account_code, amount in ((WAGES, wages), (PAYROLL_TAXES, taxes), (PAY_ACCRUED, -(wages + taxes)))
        if amount
    ]
