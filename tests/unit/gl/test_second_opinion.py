"""Other programs recompute our books from the export and find the same balances."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from support.bean_check import bean_check_says, hledger_says
from support.book_examples import CHART, DAY, balanced_entries, credit, debit, entry, expected_balance

from orchestration.gl.exports import beancount, hledger
from orchestration.gl.exports.registry import export_named
from orchestration.gl.plain_text import account_names
from orchestration.ledger.store import Ledger

HOSTILE = 'say "hi" \\ ; note: x | y) \n2026-01-01 open Assets:Fake\n\x00\x1b\u2028end'


def asserted_balances(text):
    """Read the balance directives back: name → dollars."""
    words = [line.split() for line in text.splitlines() if " balance " in line and line[0].isdigit()]
    return {name: Decimal(amount) for _date, _balance, name, amount, *_rest in words}


@given(entries=balanced_entries())
@settings(max_examples=6, deadline=None)
def test_bean_check_accepts_any_books_and_their_numbers_are_our_trial_balance(entries, accounts, as_posted, bean_check):
    text = beancount.export(accounts, as_posted(entries))
    with tempfile.TemporaryDirectory() as folder:
        assert bean_check_says(bean_check, text, Path(folder)) == (0, "")
    names = account_names(accounts)
    ours = {names[row.account_code]: row.debit_amount - row.credit_amount for row in expected_balance(entries)}
    assert {name: amount for name, amount in asserted_balances(text).items() if amount} == ours


@given(entries=balanced_entries())
@settings(max_examples=15, deadline=None)
def test_hledger_accepts_any_books_and_computes_our_trial_balance(entries, accounts, as_posted, hledger_program):
    text = export_named("hledger")(accounts, as_posted(entries))
    with tempfile.TemporaryDirectory() as folder:
        assert hledger_says(hledger_program, text, Path(folder), "check", "-s") == (0, "")
        code, out = hledger_says(hledger_program, text, Path(folder), "balance", "--flat", "--no-total", "-O", "csv")
    assert code == 0
    _header, *rows = csv.reader(io.StringIO(out))
    names = account_names(accounts)
    ours = {names[row.account_code]: row.debit_amount - row.credit_amount for row in expected_balance(entries)}
    assert {name: Decimal(amount.removesuffix(" USD")) for name, amount in rows} == ours


@pytest.fixture
def hostile_books(as_posted):
    return as_posted(
        [
            entry(HOSTILE, [debit("1200", "1.00", HOSTILE), credit("1010", "1.00")], description=HOSTILE),
            entry("ehr:2", entry_date=DAY - dt.timedelta(days=400), description="(x) = $5 @ 3 {1} *"),
        ]
    )


def test_hostile_wording_stays_wording_for_beancount(hostile_books, accounts, bean_check, tmp_path):
    text = beancount.export(accounts, hostile_books)
    assert bean_check_says(bean_check, text, tmp_path) == (0, "")
    assert not any(line.startswith("2026-01-01") for line in text.split("\n"))


def test_hostile_wording_stays_wording_for_hledger(hostile_books, accounts, hledger_program, tmp_path):
    text = export_named("hledger")(accounts, hostile_books)
    assert hledger_says(hledger_program, text, tmp_path, "check", "-s") == (0, "")
    assert hledger_says(hledger_program, text, tmp_path, "accounts", "--used")[1].split() == [
        "Assets:1010-Bank",
        "Assets:1200-AR-Insurance",
        "Income:4000-EM-Revenue-Evaluation-Management",
    ]


def test_bean_check_finds_one_cent_in_a_posting_and_in_a_balance(accounts, as_posted, bean_check, tmp_path):
    text = beancount.export(accounts, as_posted([entry()]))
    for wrong in (
        text.replace("Insurance  100.00 USD", "Insurance  100.01 USD"),
        text.replace("Insurance  100.00 ~", "Insurance  100.01 ~"),
    ):
        assert wrong != text
        assert bean_check_says(bean_check, wrong, tmp_path)[0] != 0


def test_hledger_finds_one_cent_in_a_posting_and_in_a_balance(accounts, as_posted, hledger_program, tmp_path):
    text = export_named("hledger")(accounts, as_posted([entry()]))
    for wrong in (
        text.replace("Insurance  100.00 USD", "Insurance  100.01 USD"),
        text.replace("= 100.00 USD", "= 100.01 USD"),
    ):
        assert wrong != text
        assert hledger_says(hledger_program, wrong, tmp_path, "check", "-s")[0] != 0


def test_books_without_an_entry_are_accepted(accounts, bean_check, hledger_program, tmp_path):
    assert bean_check_says(bean_check, beancount.export(accounts, []), tmp_path) == (0, "")
    assert hledger_says(hledger_program, export_named("hledger")(accounts, []), tmp_path, "check", "-s") == (0, "")


def test_a_ledger_with_reversals_is_exported_with_its_links(tmp_path, bean_check, hledger_program):
    books = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books.migrate()
    books.load_accounts(CHART)
    books.post(
        [entry("ehr:1"), entry("ehr:2", [debit("1030", "3.33"), credit("1200", "3.33")])],
        batch_date=DAY,
        made_by="m",
        run_id=None,
        rule_version="v1",
    )
    # dated before the entry it reverses: the file is by date, the ledger by number
    books.reverse(1, DAY - dt.timedelta(days=3), "charge of another day")
    text = beancount.export(books.accounts(), books.entries())
    assert bean_check_says(bean_check, text, tmp_path) == (0, "")
    assert '  reverses: "1"\n' in text
    names = account_names(books.accounts())
    ours = {names[row.account_code]: row.debit_amount - row.credit_amount for row in books.trial_balance()}
    assert {name: amount for name, amount in asserted_balances(text).items() if amount} == ours
    assert hledger_says(hledger_program, hledger_text(books), tmp_path, "check", "-s") == (0, "")


def hledger_text(books):
    return hledger.export(books.accounts(), books.entries())


def test_the_opening_is_before_and_the_balance_after_every_entry(accounts, as_posted):
    text = beancount.export(accounts, as_posted([entry("1"), entry("2", entry_date=dt.date(2026, 1, 1))]))
    assert "2025-12-31 open Assets:1200-AR-Insurance USD\n" in text
    assert "2026-11-24 balance Assets:1200-AR-Insurance  200.00 ~ 0.00 USD\n" in text
