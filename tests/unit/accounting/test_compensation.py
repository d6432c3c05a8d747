"""Rule R22: a provider's bonus is a cumulative true-up of the year so far."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.accounting.compensation import Plan, YearToDate, earned_amount, true_up_amount, true_up_entry
from orchestration.core.money import ZERO

MONTH_END = dt.date(2026, 6, 30)
COLLECTIONS = Plan("1234567893", "collections", Decimal("0.30"), Decimal(400000))


def year(collected: str = "0", work_rvu: str = "0", revenue: str = "0") -> YearToDate:
    return YearToDate(Decimal(collected), Decimal(work_rvu), Decimal(revenue))


@pytest.mark.parametrize(
    ("plan", "so_far", "earned"),
    [
        pytest.param(COLLECTIONS, year("500000.01"), "30000.00", id="above_the_threshold"),
        pytest.param(COLLECTIONS, year("400000"), "0.00", id="at_the_threshold"),
        pytest.param(COLLECTIONS, year("100000"), "0.00", id="below_the_threshold_is_never_negative"),
        pytest.param(
            Plan("1", "work_rvu", Decimal("52.35"), Decimal(1000)), year(work_rvu="1200.5"), "10496.18", id="work_rvu"
        ),
        pytest.param(
            Plan("1", "collections", Decimal("0.10"), ZERO, Decimal(500000)),
            year("100", revenue="499999.99"),
            "0.00",
            id="a_cent_below_the_trigger",
        ),
        pytest.param(
            Plan("1", "collections", Decimal("0.10"), ZERO, Decimal(500000)),
            year("100", revenue="500000"),
            "10.00",
            id="exactly_at_the_trigger",
        ),
    ],
)
def test_what_the_year_so_far_has_earned(plan, so_far, earned):
    assert earned_amount(plan, so_far) == Decimal(earned)


def test_a_month_that_is_corrected_corrects_the_accrual():
    assert true_up_amount(COLLECTIONS, year("450000"), Decimal("20000.00")) == Decimal("-5000.00")


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_the_true_ups_of_a_year_add_up_to_what_the_year_earned(collected_cents):
    accrued = collected = ZERO
    for cents in collected_cents:
        collected += Decimal(cents) / 100
        accrued += true_up_amount(COLLECTIONS, year(str(collected)), accrued)
    assert accrued == earned_amount(COLLECTIONS, year(str(collected)))


@pytest.mark.parametrize("collected", ["500000", "390000"])
def test_the_entry_balances_with_the_employers_tax_and_takes_back_what_is_too_much(collected):
    plan = Plan("1234567893", "collections", Decimal("0.30"), Decimal(400000), None, Decimal("0.0765"))
    entry = true_up_entry(plan, year(collected), Decimal("1000.00"), entity_id="main", as_of=MONTH_END)
    assert entry is not None
    net = {line.account_code: line.debit_amount - line.credit_amount for line in entry.lines}
    bonus = earned_amount(plan, year(collected)) - Decimal("1000.00")
    assert (net["6100"], sum(net.values())) == (bonus, 0)
    assert net["2130"] == -(bonus + net["6110"])


def test_nothing_to_accrue_is_no_entry():
    assert true_up_entry(COLLECTIONS, year("400000"), ZERO, entity_id="main", as_of=MONTH_END) is None


def test_a_plan_that_takes_money_is_refused():
    with pytest.raises(ValueError, match="zero or more"):
        Plan("1", "collections", Decimal("-0.1"), ZERO)
