"""The chart is read strictly, and a trial balance nets each account to one side."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.book_examples import CHART, balanced_lines

from orchestration.accounting.accounts import Account, TrialBalanceRow, read_chart, trial_balance
from orchestration.core.errors import ConfigurationError
from orchestration.core.money import ZERO


def test_accounts_come_by_code():
    assert [account.account_code for account in read_chart(reversed(CHART))] == sorted(
        row["account_code"] for row in CHART
    )


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"account_code": "1010"}, id="a_code_twice"),
        pytest.param({"account_type": "income"}, id="an_unknown_type"),
        pytest.param({"account_code": ""}, id="no_code"),
        pytest.param({"account_name": ""}, id="no_name"),
    ],
)
def test_a_chart_that_cannot_be_trusted_is_refused(row):
    bad = {"account_code": "9999", "account_name": "New", "account_type": "asset"} | row
    with pytest.raises(ConfigurationError):
        read_chart([*CHART, bad])


@pytest.mark.parametrize(
    ("account_type", "side"),
    [
        ("asset", "debit"),
        ("liability", "credit"),
        ("equity", "credit"),
        ("revenue", "credit"),
        ("contra_revenue", "debit"),
        ("expense", "debit"),
    ],
)
def test_an_account_grows_on_its_normal_side(account_type, side):
    account = Account("1", "One", account_type)
    assert account.normal_side == side
    sides = (Decimal(5), Decimal(2)) if side == "debit" else (Decimal(2), Decimal(5))
    assert account.balance_amount(*sides) == 3


def test_each_account_is_netted_to_one_side_and_zero_is_left_out():
    movements = [
        ("2", ZERO, Decimal("7.00")),
        ("1", Decimal("10.00"), ZERO),
        ("1", ZERO, Decimal("3.00")),
        ("3", Decimal("1.00"), Decimal("1.00")),
    ]
    assert trial_balance(movements) == [
        TrialBalanceRow("1", Decimal("7.00"), ZERO),
        TrialBalanceRow("2", ZERO, Decimal("7.00")),
    ]


@given(st.lists(balanced_lines(), max_size=5))
def test_a_trial_balance_of_balanced_entries_has_equal_sides(entries):
    rows = trial_balance((x.account_code, x.debit_amount, x.credit_amount) for lines in entries for x in lines)
    assert sum(row.debit_amount for row in rows) == sum(row.credit_amount for row in rows)
    assert all((row.debit_amount > 0) != (row.credit_amount > 0) for row in rows)
