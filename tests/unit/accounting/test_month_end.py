"""What a period's end adds: the difference between what should stand and what is booked, under a number of its own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.accounting.month_end import MonthEndFigure, Standing, credit_standings, mirrored, true_up
from orchestration.core.errors import UnbalancedEntryError
from orchestration.core.money import ZERO, from_cents
from orchestration.stores.seeds import account_roles

ROLES = account_roles()
LAST = dt.date(2026, 1, 31)
FIGURE = MonthEndFigure("credits:main:2026-01-31", "main", LAST, "Credit balances")
PROVIDERS = st.sampled_from(["A", "B", None])


def target(*credits_: tuple[str, str | None, str]) -> list[Standing]:
    return credit_standings(((account, provider, Decimal(amount)) for account, provider, amount in credits_), ROLES)


def nets(*entries):
    found: dict[tuple[str, str | None], Decimal] = {}
    for entry in entries:
        for line in entry.lines:
            at = line.account_code, line.provider_id
            found[at] = found.get(at, ZERO) + line.debit_amount - line.credit_amount
    return {at: net for at, net in found.items() if net}


def test_r14_credits_of_patients_and_payers_leave_receivables_for_a_liability_each():
    entry = true_up(FIGURE, target(("1210", "A", "6.00"), ("1200", None, "20.00")), [], number=0)
    assert entry is not None
    assert (entry.event_id, entry.entry_date, entry.book) == ("credits:main:2026-01-31", LAST, "accrual")
    assert nets(entry) == {
        ("1210", "A"): Decimal("6.00"),
        ("2200", "A"): Decimal("-6.00"),
        ("1200", None): Decimal("20.00"),
        ("2205", None): Decimal("-20.00"),
    }
    assert {line.rule_id for line in entry.lines} == {"R14"}


def test_a_figure_that_is_booked_asks_for_nothing():
    wanted = target(("1210", "A", "6.00"))
    booked = true_up(FIGURE, wanted, [], number=0)
    assert booked is not None
    assert true_up(FIGURE, wanted, [booked], number=1) is None
    assert true_up(FIGURE, [], [], number=0) is None


def test_a_late_file_adds_the_difference_under_the_next_number():
    first = true_up(FIGURE, target(("1210", "A", "6.00")), [], number=0)
    assert first is not None
    second = true_up(FIGURE, target(("1210", "A", "4.50")), [first], number=1)
    assert second is not None
    assert second.event_id == "credits:main:2026-01-31:2"
    assert nets(second) == {("1210", "A"): Decimal("-1.50"), ("2200", "A"): Decimal("1.50")}


def test_a_target_that_does_not_balance_is_refused():
    with pytest.raises(UnbalancedEntryError):
        true_up(FIGURE, [Standing("1210", Decimal(1), "R14")], [], number=0)


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["1200", "1210"]), PROVIDERS, st.integers(0, 10**9)), max_size=5),
        min_size=1,
        max_size=5,
    )
)
def test_however_a_figure_changes_what_is_booked_is_the_last_one_and_its_mirror_leaves_nothing(figures):
    booked = []
    for credits_ in figures:
        wanted = credit_standings(
            ((account, provider, from_cents(cents)) for account, provider, cents in credits_), ROLES
        )
        entry = true_up(FIGURE, wanted, booked, number=len(booked))
        booked += [entry] if entry else []
    assert nets(*booked) == nets(*([last] if (last := true_up(FIGURE, wanted, [], number=0)) else []))
    back = true_up(FIGURE, mirrored(booked), [], number=0)
    assert nets(*booked, *([back] if back else [])) == {}
