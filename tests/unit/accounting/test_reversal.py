"""A mirror takes an entry back exactly and is linked to it."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from support.book_examples import balanced_lines, entry

from orchestration.accounting.accounts import trial_balance
from orchestration.accounting.journal import entry_key
from orchestration.accounting.reversal import mirror

LATER = dt.date(2026, 12, 1)


@given(balanced_lines())
def test_an_entry_and_its_mirror_leave_no_balance(lines):
    original = entry(lines=lines)
    back = mirror(original, reverses=entry_key(original, "v1"), entry_date=LATER, reason="posted in error")
    movements = [(x.account_code, x.debit_amount, x.credit_amount) for x in (*original.lines, *back.lines)]
    assert trial_balance(movements) == []


def test_a_mirror_belongs_to_the_same_event_and_names_what_it_reverses():
    original = entry()
    key = entry_key(original, "v1")
    back = mirror(original, reverses=key, entry_date=LATER, reason="posted in error")
    assert (back.event_id, back.reverses, back.entry_date) == (original.event_id, key, LATER)
    assert back.description == "Reversal: posted in error"
    assert entry_key(back, "v1") != key


def test_the_mirror_of_a_mirror_is_another_entry_with_the_original_lines():
    original = entry()
    back = mirror(original, reverses=entry_key(original, "v1"), entry_date=LATER, reason="x")
    again = mirror(back, reverses=entry_key(back, "v1"), entry_date=original.entry_date, reason="y")
    assert again.lines == original.lines
    assert entry_key(again, "v1") != entry_key(original, "v1")
