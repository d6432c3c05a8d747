"""The CSV holds every line untouched, and no text in it is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from support.book_examples import balanced_entries, entry

from orchestration.accounting.accounts import trial_balance
from orchestration.gl.exports.journal_csv import COLUMNS, export


def read(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(entries=balanced_entries())
def test_every_line_is_there_and_sums_to_the_trial_balance(entries, accounts, as_posted):
    rows = read(export(accounts, as_posted(entries)))
    assert len(rows) == sum(len(one.lines) for one in entries)
    movements = [(r["account_code"], Decimal(r["debit_amount"]), Decimal(r["credit_amount"])) for r in rows]
    assert trial_balance(movements) == trial_balance(
        (x.account_code, x.debit_amount, x.credit_amount) for one in entries for x in one.lines
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=x", "\n=x", "  =1+1"])
def test_a_text_that_would_run_is_led_by_an_apostrophe(text, accounts, as_posted):
    (row, _other) = read(export(accounts, as_posted([entry(text, description=text)])))
    assert row["description"] == row["event_id"] == f"'{text}"


def test_numbers_dates_and_harmless_texts_are_never_touched(accounts, as_posted):
    (row, other) = read(export(accounts, as_posted([entry(description='a=b, -1; "x"')])))
    assert tuple(row) == COLUMNS
    assert (row["debit_amount"], row["credit_amount"], row["entry_date"]) == ("100.00", "0.00", "2026-11-23")
    assert row["description"] == 'a=b, -1; "x"'
    assert (row["account_name"], row["payer_class"], other["payer_class"]) == ("A/R insurance", "commercial", "")


def test_books_without_an_entry_are_a_header(accounts):
    assert export(accounts, []) == ",".join(COLUMNS) + "\r\n"
