"""Every account has one name that other programs accept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.book_examples import debit, entry

from orchestration.accounting.accounts import ACCOUNT_TYPES, Account
from orchestration.gl.plain_text import account_names, one_line, postings

_ACCEPTED = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses):[A-Z0-9][A-Za-z0-9-]*\Z", re.ASCII)


@pytest.mark.parametrize(
    ("code", "name", "account_type", "wanted"),
    [
        ("1200", "A/R insurance", "asset", "Assets:1200-AR-Insurance"),
        ("4000-EM", "Revenue: évaluation & care", "revenue", "Income:4000-EM-Revenue-Evaluation-Care"),
        ("4900", "Contractual", "contra_revenue", "Income:4900-Contractual"),
        ("2000", "Bills (A/P)", "liability", "Liabilities:2000-Bills-AP"),
        ("x.1", "owner", "equity", "Equity:X-1-Owner"),
        ("6100", "工资", "expense", "Expenses:6100"),
    ],
)
def test_a_name_is_the_code_and_the_words(code, name, account_type, wanted):
    assert account_names([Account(code, name, account_type)]) == {code: wanted}


def test_codes_that_look_alike_get_names_of_their_own():
    alike = [Account("4000.1", "Fees", "revenue"), Account("4000-1", "Fees", "revenue")]
    assert account_names(alike) == {"4000-1": "Income:4000-1-Fees", "4000.1": "Income:4000-1-Fees-2"}


@given(
    st.lists(
        st.builds(Account, st.text(min_size=1), st.text(min_size=1), st.sampled_from(ACCOUNT_TYPES)),
        unique_by=lambda account: account.account_code,
    )
)
def test_any_chart_gets_names_that_are_accepted_and_different(chart):
    names = account_names(chart)
    assert names.keys() == {account.account_code for account in chart}
    assert len(set(names.values())) == len(chart)
    assert all(_ACCEPTED.match(name) for name in names.values())


def test_lines_are_netted_per_account_and_rule():
    one = entry(
        lines=[
            debit("1200", "10.00", "R01"),
            debit("1200", "5.00", "R01"),
            debit("1200", "1.00", "R04"),
            *(
                type(line)(line.account_code, line.credit_amount, line.debit_amount, line.rule_id)
                for line in [
                    debit("1200", "3.00", "R01"),
                    debit("4000-EM", "12.00", "R01"),
                    debit("1200", "1.00", "R04"),
                ]
            ),
        ]
    )
    assert [(p.account_code, p.rule_id, str(p.amount)) for p in postings(one)] == [
        ("1200", "R01", "12.00"),
        ("4000-EM", "R01", "-12.00"),
    ]


@given(st.text())
def test_a_text_on_one_line_has_nothing_that_ends_a_line(text):
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(text).isprintable()
