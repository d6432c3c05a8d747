"""Rule R22: a provider's bonus is a cumulative true-up of the year so far."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.accounting.compensation import (
    CompensationPlan,
    YearToDate,
    bonus_standings,
    earned_amount,
    is_overdue,
    left_of_earlier_years,
    overpaid_standings,
    release_standings,
)
from orchestration.accounting.month_end import MonthEndFigure, true_up
from orchestration.core.money import CENT, ZERO
from orchestration.stores.seeds import account_roles

if TYPE_CHECKING:
    from orchestration.accounting.journal import Entry

ROLES = account_roles()
MONTH_END = dt.date(2026, 6, 30)
COLLECTIONS = CompensationPlan("1234567893", "collections", Decimal("0.30"), Decimal(400000))


def year(collected: str = "0", work_rvu: str = "0", revenue: str = "0") -> YearToDate:
    return YearToDate(Decimal(collected), Decimal(work_rvu), Decimal(revenue))


@pytest.mark.parametrize(
    ("plan", "so_far", "earned"),
    [
        pytest.param(COLLECTIONS, year("500000.01"), "30000.00", id="above_the_threshold"),
        pytest.param(COLLECTIONS, year("400000"), "0.00", id="at_the_threshold"),
        pytest.param(COLLECTIONS, year("100000"), "0.00", id="below_the_threshold_is_never_negative"),
        pytest.param(
            CompensationPlan("1", "work_rvu", Decimal("52.35"), Decimal(1000)),
            year(work_rvu="1200.5"),
            "10496.18",
            id="work_rvu",
        ),
        pytest.param(
            CompensationPlan("1", "collections", Decimal("0.10"), ZERO, Decimal(500000)),
            year("100", revenue="499999.99"),
            "0.00",
            id="a_cent_below_the_trigger",
        ),
        pytest.param(
            CompensationPlan("1", "collections", Decimal("0.10"), ZERO, Decimal(500000)),
            year("100", revenue="500000"),
            "10.00",
            id="exactly_at_the_trigger",
        ),
    ],
)
def test_what_the_year_so_far_has_earned(plan, so_far, earned):
    assert earned_amount(plan, so_far) == Decimal(earned)


def accrue(plan: CompensationPlan, so_far: YearToDate, booked: list[Entry]) -> Entry | None:
    figure = MonthEndFigure("bonus:main:1234567893:collections:2026-06-30", "main", MONTH_END, "Provider bonus")
    return true_up(figure, bonus_standings(plan, so_far, ROLES), booked, number=len(booked))


def nets(*entries: Entry | None) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in entries:
        for line in entry.lines if entry else ():
            found[line.account_code] = found.get(line.account_code, ZERO) + line.debit_amount - line.credit_amount
    return {code: net for code, net in found.items() if net}


def test_a_month_that_is_corrected_corrects_the_accrual():
    first = accrue(COLLECTIONS, year("466666.67"), [])
    assert first is not None
    assert nets(first) == {"6100": Decimal("20000.00"), "2130": Decimal("-20000.00")}
    assert nets(accrue(COLLECTIONS, year("450000"), [first])) == {
        "6100": Decimal("-5000.00"),
        "2130": Decimal("5000.00"),
    }


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_the_true_ups_of_a_year_add_up_to_what_the_year_earned(collected_cents):
    plan = replace(COLLECTIONS, employer_tax_rate=Decimal("0.0765"))
    collected = ZERO
    booked: list[Entry] = []
    for cents in collected_cents:
        collected += Decimal(cents) / 100
        entry = accrue(plan, year(str(collected)), booked)
        booked += [entry] if entry else []
    bonus = earned_amount(plan, year(str(collected)))
    tax = (bonus * plan.employer_tax_rate).quantize(CENT, ROUND_HALF_UP)
    assert nets(*booked) == {c: a for c, a in (("6100", bonus), ("6110", tax), ("2130", -bonus - tax)) if a}


def test_nothing_earned_and_nothing_booked_is_no_entry():
    assert accrue(COLLECTIONS, year("400000"), []) is None


def test_a_monthly_base_counts_for_the_months_in_force_only():
    plan = replace(COLLECTIONS, is_base_monthly=True, first_day=dt.date(2026, 4, 15))
    assert plan.months(dt.date(2026, 1, 1), MONTH_END) == (dt.date(2026, 4, 1), dt.date(2026, 6, 1))
    assert earned_amount(plan, YearToDate(Decimal(150000), ZERO, ZERO, 3)) == Decimal("15000.00")
    ended = replace(plan, last_day=dt.date(2026, 5, 31))
    assert ended.months(dt.date(2026, 1, 1), MONTH_END) == (dt.date(2026, 4, 1), dt.date(2026, 5, 1))
    assert ended.months(dt.date(2026, 7, 1), dt.date(2026, 8, 31)) is None


def test_a_plan_that_takes_money_is_refused():
    with pytest.raises(ValueError, match="zero or more"):
        CompensationPlan("1", "collections", Decimal("-0.1"), ZERO)


def test_a_plan_of_an_unknown_basis_is_refused():
    with pytest.raises(ValueError, match="collections, work_rvu"):
        CompensationPlan("1", "visits", Decimal("0.1"), ZERO)  # type: ignore[arg-type]  # a seed may say anything


@given(st.integers(-(10**9), 10**9), st.sampled_from(["0", "0.0145", "0.0765"]))
def test_what_was_paid_beyond_the_accrual_is_wages_and_tax_to_the_cent(cents, rate):
    overpaid = Decimal(cents) / 100
    standings = overpaid_standings("A", overpaid, Decimal(rate), ROLES)
    assert sum((one.signed_amount for one in standings), ZERO) == 0
    found = {one.account_code: one.signed_amount for one in standings}
    assert found.get("2130", ZERO) == -max(overpaid, ZERO)
    bonus = found.get("6100", ZERO)
    assert abs(bonus * (1 + Decimal(rate)) - max(overpaid, ZERO)) <= Decimal("0.01")
    taken_back = {
        one.account_code: -one.signed_amount for one in release_standings("A", overpaid, Decimal(rate), ROLES)
    }
    assert taken_back == found


@pytest.mark.parametrize(
    ("accrued", "this_year", "left"),
    [
        pytest.param("100.00", "40.00", "60.00", id="what_is_older_is_left"),
        pytest.param("30.00", "40.00", "0.00", id="paid_into_this_years"),
        pytest.param("100.00", "-10.00", "100.00", id="a_year_that_took_back_adds_nothing"),
        pytest.param("-5.00", "0.00", "0.00", id="paid_beyond_the_accrual"),
    ],
)
def test_payments_are_set_against_the_oldest_accrual_first(accrued, this_year, left):
    assert left_of_earlier_years(Decimal(accrued), Decimal(this_year)) == Decimal(left)


@pytest.mark.parametrize(
    ("year_start", "day", "expected"),
    [
        pytest.param(dt.date(2026, 1, 1), dt.date(2026, 2, 28), False, id="before"),
        pytest.param(dt.date(2026, 1, 1), dt.date(2026, 3, 15), False, id="on_the_last_day"),
        pytest.param(dt.date(2026, 1, 1), dt.date(2026, 3, 31), True, id="after"),
        pytest.param(dt.date(2025, 11, 1), dt.date(2026, 1, 15), False, id="a_year_that_starts_in_november"),
        pytest.param(dt.date(2025, 11, 1), dt.date(2026, 1, 31), True, id="and_is_overdue_in_january"),
    ],
)
def test_a_bonus_is_overdue_two_and_a_half_months_after_its_year(year_start, day, expected):
    assert is_overdue(year_start, day) is expected
