"""Pay that no register covers: what was worked before a period's end, as an estimate (rule R21), and what is missing.

A register comes days after its last day; the days between the newest one and the period's end cost what its days cost.
When the register comes, the estimate is zero and its own days are accrued. What does not belong here: what is booked of
it (``month_end``), and pay that has a register (dbt).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from orchestration.accounting.month_end import Standing
from orchestration.core.money import CENT, ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestration.accounting.accounts import AccountRole, AccountRoles

RULE_ID = "R21"
# a role that no register has named for so long, while others were paid, has ended
ENDED_AFTER_DAYS = 31
# one entity may pay by several calendars: weekly, about every two weeks, monthly, told by the days of a period
_CALENDAR_DAYS = (7, 16)
# a period of fewer days is a run out of turn
_SHORTEST_DAYS = 5
_ONE_DAY = dt.timedelta(days=1)


class PayPeriod(NamedTuple):
    """What one role at one place cost from its first to its last day, in dollars."""

    role_code: str
    location_id: str
    first: dt.date
    last: dt.date
    gross_amount: Decimal
    employer_tax_amount: Decimal

    @property
    def day_count(self) -> int:
        """Return the days from the first to the last, both included."""
        return (self.last - self.first).days + 1

    @property
    def cost_amount(self) -> Decimal:
        """Return gross pay and the employer's tax on it."""
        return self.gross_amount + self.employer_tax_amount


class PayGap(NamedTuple):
    """Days between two registers of one calendar that none covers, and what they would cost like those before them."""

    first: dt.date
    last: dt.date
    amount: Decimal


def pay_gaps(periods: Iterable[PayPeriod], first: dt.date, last: dt.date) -> list[PayGap]:
    """Return where a register is missing between two others on days from ``first`` to ``last``, the oldest first.

    A break shorter than half a pay period, such as a weekend between weeks of five days, is none. A register of zeros
    says that nobody was paid for its days, and closes a gap.
    """
    calendars: defaultdict[int, list[PayPeriod]] = defaultdict(list)
    unpaid: set[dt.date] = set()
    for period in periods:
        if not period.cost_amount:
            unpaid.update(_days(period.first, period.last))
        elif period.day_count >= _SHORTEST_DAYS:
            calendars[sum(period.day_count > days for days in _CALENDAR_DAYS)].append(period)
    gaps = []
    for calendar in calendars.values():
        # what all roles and places cost from the same first to the same last day
        costs: defaultdict[tuple[dt.date, dt.date], Decimal] = defaultdict(lambda: ZERO)
        for period in calendar:
            costs[period.first, period.last] += period.cost_amount
        before, *others = sorted(costs)
        for after in others:
            missing = [day for day in _days(before[1] + _ONE_DAY, after[0] - _ONE_DAY) if day not in unpaid]
            shorter = min((end - start).days + 1 for start, end in (before, after))
            if 2 * len(missing) >= shorter and missing[0] <= last and missing[-1] >= first:
                share = Decimal(len(missing)) / Decimal((before[1] - before[0]).days + 1)
                gaps.append(PayGap(missing[0], missing[-1], (costs[before] * share).quantize(CENT, ROUND_HALF_UP)))
            before = max(before, after, key=lambda days: days[1])
    return sorted(gaps)


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + number * _ONE_DAY for number in range((last - first).days + 1))


def uncovered_pay(periods: Iterable[PayPeriod], day: dt.date, roles: AccountRoles) -> list[Standing]:
    """Return what should stand on ``day`` for days worked up to it that no register covers.

    Dr wages and payroll taxes, Cr pay accrued.

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
            share = Decimal(days) / Decimal(period.day_count)
            wages += (period.gross_amount * share).quantize(CENT, ROUND_HALF_UP)
            taxes += (period.employer_tax_amount * share).quantize(CENT, ROUND_HALF_UP)
    sides: tuple[tuple[AccountRole, Decimal], ...] = (
        ("wages", wages),
        ("payroll_taxes", taxes),
        ("pay_accrued", -(wages + taxes)),
    )
    return [Standing(roles[role], amount, RULE_ID) for role, amount in sides if amount]
