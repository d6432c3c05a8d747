"""Rule R21: days worked up to a period's end that no register covers yet are accrued at what the newest ones cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orchestration.accounting.payroll import PayPeriod, uncovered_pay
from orchestration.core.money import from_cents

LAST = dt.date(2026, 2, 28)


def period(
    last: str, *, days: int = 14, role: str = "clinical", gross: str = "1400.00", tax: str = "107.10"
) -> PayPeriod:
    end = dt.date.fromisoformat(last)
    return PayPeriod(role, "MAIN", end - dt.timedelta(days=days - 1), end, Decimal(gross), Decimal(tax))


def nets(periods: list[PayPeriod], day: dt.date = LAST) -> dict[str, str]:
    return {standing.account_code: f"{standing.signed_amount:.2f}" for standing in uncovered_pay(periods, day)}


def test_the_days_after_the_newest_register_cost_what_its_days_cost():
    found = nets([period("2026-02-07", gross="9999.00"), period("2026-02-21")])
    assert found == {"6100": "700.00", "6110": "53.55", "2120": "-753.55"}


def test_a_register_that_reaches_the_last_day_leaves_nothing_to_accrue():
    assert nets([period("2026-02-28")]) == {}
    assert nets([period("2026-03-07")]) == {}
    assert nets([]) == {}


def test_a_register_of_later_days_says_nothing_of_days_before_it():
    assert nets([period("2026-02-21"), period("2026-03-20")])["2120"] == "-753.55"


def test_each_role_is_covered_by_its_own_registers():
    monthly = period("2026-02-28", days=28, role="administration")
    assert nets([period("2026-02-21"), monthly])["2120"] == "-753.55"


def test_a_role_that_nobody_has_paid_for_a_month_while_others_were_has_ended():
    assert nets([period("2026-01-24", role="temporary"), period("2026-02-28")]) == {}
    # and when everybody's registers stop, everybody is missing
    assert nets([period("2026-01-24")])["6100"] == "3500.00"


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 31), st.integers(0, 10**9), st.integers(0, 10**8))))
def test_what_is_accrued_always_balances(rows):
    periods = [
        period(
            (LAST - dt.timedelta(days=back)).isoformat(), days=days, role=str(number % 3),
            gross=str(from_cents(gross)), tax=str(from_cents(tax)),
        )
        for number, (back, days, gross, tax) in enumerate(rows)
    ]  # fmt: skip
    assert sum(standing.signed_amount for standing in uncovered_pay(periods, LAST)) == 0
