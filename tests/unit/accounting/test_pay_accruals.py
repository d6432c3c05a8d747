"""Rule R21: days worked up to a period's end that no register covers yet are accrued at what the newest ones cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from orchestration.accounting.payroll import PayPeriod, pay_gaps, uncovered_pay
from orchestration.core.money import from_cents
from orchestration.stores.seeds import account_roles

ROLES = account_roles()
LAST = dt.date(2026, 2, 28)


def period(
    last: str, *, days: int = 14, role: str = "clinical", gross: str = "1400.00", tax: str = "107.10"
) -> PayPeriod:
    end = dt.date.fromisoformat(last)
    return PayPeriod(role, "MAIN", end - dt.timedelta(days=days - 1), end, Decimal(gross), Decimal(tax))


def nets(periods: list[PayPeriod], day: dt.date = LAST) -> dict[str, str]:
    return {standing.account_code: f"{standing.signed_amount:.2f}" for standing in uncovered_pay(periods, day, ROLES)}


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
    assert sum(standing.signed_amount for standing in uncovered_pay(periods, LAST, ROLES)) == 0


EVER = (dt.date.min, dt.date.max)


def calendar(*, days: int, number: int, until: dt.date = LAST) -> list[PayPeriod]:
    """Registers of so many days each, one behind the other, the last one to ``until``."""
    return [period(str(until - dt.timedelta(days=days * back)), days=days) for back in reversed(range(number))]


@given(st.sampled_from([7, 14, 15, 30]), st.integers(3, 8), st.data())
def test_a_register_that_is_missing_between_two_others_is_found_with_its_days_and_cost(days, number, data):
    registers = calendar(days=days, number=number)
    assert pay_gaps(registers, *EVER) == []
    lost = registers.pop(data.draw(st.integers(1, number - 2)))
    (gap,) = pay_gaps(data.draw(st.permutations(registers)), *EVER)
    assert gap == (lost.first, lost.last, lost.cost_amount)
    # it is told in the periods it should be in, and in no other
    assert pay_gaps(registers, lost.first, lost.first) == [gap]
    assert pay_gaps(registers, lost.last + dt.timedelta(days=1), dt.date.max) == []


def test_a_calendar_does_not_cover_for_another():
    every_week, twice_a_month = calendar(days=7, number=9), calendar(days=14, number=5)
    assert pay_gaps([*every_week, *twice_a_month], *EVER) == []
    lost = every_week.pop(4)
    assert [gap[:2] for gap in pay_gaps([*every_week, *twice_a_month], *EVER)] == [(lost.first, lost.last)]


def test_weekends_a_run_out_of_turn_and_a_register_of_zeros_are_no_gap():
    five_days = [period(str(LAST - dt.timedelta(days=7 * back)), days=5) for back in range(4)]
    out_of_turn = [
        period(str(LAST - dt.timedelta(days=90)), days=1),
        period(str(LAST - dt.timedelta(days=200)), days=1),
    ]
    assert pay_gaps([*five_days, *out_of_turn], *EVER) == []
    registers = calendar(days=14, number=4)
    lost = registers.pop(2)
    nobody_paid = lost._replace(role_code="", gross_amount=Decimal("0.00"), employer_tax_amount=Decimal("0.00"))
    assert pay_gaps([*registers, nobody_paid], *EVER) == []
