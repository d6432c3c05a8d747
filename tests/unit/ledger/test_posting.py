"""An event is posted once, one bad entry never stops the others, and a batch can be taken back exactly."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.book_examples import CHART, DAY, balanced_entries, credit, debit, entry, expected_balance
from support.posting import post

from orchestration.accounting.journal import Refusal
from orchestration.core.errors import BooksError, ClosedPeriodError, ConfigurationError
from orchestration.core.money import ZERO
from orchestration.ledger.store import Ledger

LATER = dt.date(2027, 1, 4)


@pytest.fixture
def ledger(books):
    """Every promise of this module holds in both databases."""
    return books


def test_what_is_posted_comes_back_as_it_was(ledger):
    wanted = [entry("ehr:1"), entry("ehr:2", [debit("1010", "7.50"), debit("6100", "0.01"), credit("2310", "7.51")])]
    result = post(ledger, *wanted)
    assert (result.batch_tag, result.posted, result.posted_amount) == ("AI-20261123-1", 2, Decimal("107.51"))
    back = list(ledger.entries())
    assert [posted.entry for posted in back] == wanted
    assert [(posted.entry_id, posted.fiscal_period) for posted in back] == [(1, "2026-11"), (2, "2026-11")]
    assert ledger.trial_balance_amount() == ZERO
    assert ledger.entry_count() == 2


def test_what_was_posted_is_summed_on_each_side_and_never_netted_by_account(ledger):
    there = entry("ehr:1", [debit("1200", "5.00"), credit("4000-EM", "5.00")])
    back = entry("ehr:2", [debit("4000-EM", "5.00"), credit("1200", "5.00")])
    post(ledger, there, back)
    assert ledger.trial_balance() == []
    assert ledger.posted_totals() == (Decimal("10.00"), Decimal("10.00"))


def test_the_same_event_again_is_skipped_and_leaves_no_trace(ledger):
    post(ledger, entry())
    before = ledger.audit_head()
    result = post(ledger, entry(), entry())
    assert (result.batch_tag, result.posted, result.skipped, result.skipped_amount) == (None, 0, 2, Decimal("200.00"))
    assert ledger.audit_head() == before
    assert ledger.entry_count() == 1


def test_the_same_event_under_newer_rules_with_the_same_money_is_no_conflict(ledger):
    post(ledger, entry())
    result = post(ledger, entry(), rule_version="v2")
    assert (result.posted, result.skipped, result.conflicts) == (0, 1, [])


def test_the_same_event_with_another_body_is_a_conflict_and_the_others_go_on(ledger):
    post(ledger, entry("ehr:1"))
    other = entry("ehr:1", [debit("1200", "99.00"), credit("4000-EM", "99.00")])
    result = post(ledger, other, entry("ehr:2"))
    assert result.conflicts == [Refusal("ehr:1", "other_body", Decimal("99.00"))]
    assert (result.batch_tag, result.posted) == ("AI-20261123-2", 1)
    assert [posted.entry for posted in ledger.entries()] == [entry("ehr:1"), entry("ehr:2")]


def test_two_bodies_of_one_event_in_one_call_are_a_conflict(ledger):
    other = entry("ehr:1", [debit("1200", "99.00"), credit("4000-EM", "99.00")])
    result = post(ledger, entry("ehr:1"), other)
    assert (result.posted, len(result.conflicts)) == (1, 1)


def test_a_conflict_is_audited_once_however_often_it_comes(ledger):
    post(ledger, entry())
    other = entry(lines=[debit("1200", "99.00"), credit("4000-EM", "99.00")])
    post(ledger, other)
    told = ledger.audit_head()
    assert len(post(ledger, other).conflicts) == 1
    assert ledger.audit_head() == told
    third = entry(lines=[debit("1200", "98.00"), credit("4000-EM", "98.00")])
    post(ledger, third)
    # the one before it is replaced, the new one waits
    assert ledger.audit_head().audit_id == told.audit_id + 2
    assert ledger.verify_audit() == []


def test_an_unknown_account_refuses_one_entry_and_not_the_others(ledger):
    bad = entry("ehr:bad", [debit("9999", "1.00"), credit("1010", "1.00")])
    result = post(ledger, bad, entry("ehr:1"))
    assert result.refusals == [Refusal("ehr:bad", "unknown_account", Decimal("1.00"))]
    assert ledger.posted_event_ids() == {"ehr:1"}


def test_a_closed_period_refuses_its_entity_and_dates_only(ledger):
    first, last = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
    ledger.close_period("E1", first, last, by="bob")
    inside = [entry("ehr:first", entry_date=first), entry("ehr:last", entry_date=last)]
    outside = [
        entry("ehr:before", entry_date=dt.date(2026, 10, 31)),
        entry("ehr:after", entry_date=dt.date(2026, 12, 1)),
        entry("ehr:other", entity_id="E2"),
    ]
    result = post(ledger, *inside, *outside)
    assert [(refusal.event_id, refusal.reason) for refusal in result.refusals] == [
        ("ehr:first", "closed_period"),
        ("ehr:last", "closed_period"),
    ]
    assert ledger.posted_event_ids() == {"ehr:before", "ehr:after", "ehr:other"}


def test_an_opened_period_takes_entries_again_and_both_deeds_are_audited(ledger):
    first, last = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
    start = ledger.audit_head().audit_id
    ledger.close_period("E1", first, last, by="bob")
    ledger.close_period("E1", first, last, by="bob")
    assert post(ledger, entry()).posted == 0
    ledger.open_period("E1", first, last, by="bob", reason="late remittance")
    assert post(ledger, entry()).posted == 1
    # who may decide, close, wait, open, mended, post: closing what is closed is no deed
    assert ledger.audit_head().audit_id == start + 6
    assert ledger.verify_audit() == []


def test_a_period_may_be_opened_in_part(ledger):
    ledger.close_period("E1", dt.date(2026, 1, 1), dt.date(2026, 12, 31), by="bob")
    ledger.open_period("E1", dt.date(2026, 11, 1), dt.date(2026, 11, 30), by="bob", reason="late")
    result = post(ledger, entry("ehr:1"), entry("ehr:2", entry_date=dt.date(2026, 10, 31)))
    assert (result.posted, [refusal.event_id for refusal in result.refusals]) == (1, ["ehr:2"])


def test_a_period_cannot_end_before_it_starts(ledger):
    with pytest.raises(ValueError, match="ends on or after"):
        ledger.close_period("E1", LATER, DAY, by="bob")


def test_the_fiscal_year_of_an_entity_may_start_in_july(ledger_path):
    books = Ledger(f"sqlite:///{ledger_path}", fiscal_start_months={"E2": 7})
    books.migrate()
    books.load_accounts(CHART)
    post(books, entry("ehr:1"), entry("ehr:2", entity_id="E2"))
    assert [posted.fiscal_period for posted in books.entries()] == ["2026-11", "2027-05"]


def test_a_reversal_is_not_posted_by_hand(ledger):
    with pytest.raises(ValueError, match="reverse"):
        post(ledger, replace(entry(), reverses="a" * 64))


def test_batches_of_a_day_are_numbered_and_each_day_starts_at_one(ledger):
    tags = [post(ledger, entry(f"ehr:{number}")).batch_tag for number in range(11)]
    assert tags == [f"AI-20261123-{number}" for number in range(1, 12)]
    other = ledger.post([entry("ehr:x")], batch_date=LATER, made_by="m", run_id=None, rule_version="v1")
    assert other.batch_tag == "AI-20270104-1"


def test_a_reversed_event_stays_known_and_is_never_posted_again(ledger):
    post(ledger, entry("ehr:1"), entry("ehr:2"))
    result = ledger.reverse(1, LATER, "charge of another patient")
    assert (result.batch_tag, result.posted, result.posted_amount) == ("RV-20270104-1", 1, Decimal("100.00"))
    assert ledger.trial_balance() == expected_balance([entry("ehr:2")])
    assert ledger.posted_event_ids() == {"ehr:1", "ehr:2"}
    assert ledger.reversed_event_ids() == {"ehr:1"}
    assert post(ledger, entry("ehr:1")).skipped == 1
    assert [posted.reverses_entry_id for posted in ledger.entries()] == [None, None, 1]
    assert ledger.verify_books() == ledger.verify_audit() == []


def test_a_second_reversal_of_an_entry_does_nothing(ledger):
    post(ledger, entry())
    ledger.reverse(1, LATER, "x")
    again = ledger.reverse(1, LATER, "x")
    assert (again.batch_tag, again.posted, again.skipped) == (None, 0, 1)


def test_reversing_a_reversal_puts_the_event_back(ledger):
    post(ledger, entry())
    before = ledger.trial_balance()
    undone = ledger.reverse(1, LATER, "taken back in error").batch_tag
    ledger.rollback(undone, LATER, "the reversal was the error")
    assert ledger.trial_balance() == before
    assert ledger.reversed_event_ids() == set()
    ledger.reverse(3, LATER, "once more")
    assert (ledger.trial_balance(), ledger.reversed_event_ids()) == ([], {"ehr:1"})
    assert ledger.verify_books() == ledger.verify_audit() == []


def test_what_is_not_in_the_ledger_cannot_be_reversed(ledger):
    with pytest.raises(BooksError, match="no entry 7"):
        ledger.reverse(7, LATER, "x")
    with pytest.raises(BooksError, match="no such batch"):
        ledger.rollback("AI-20261123-1", LATER, "x")


def test_a_reversal_into_a_closed_period_is_refused_whole(ledger):
    tag = post(ledger, entry("ehr:1"), entry("ehr:2", entity_id="E2")).batch_tag
    ledger.close_period("E2", LATER, LATER, by="bob")
    with pytest.raises(ClosedPeriodError):
        ledger.rollback(tag, LATER, "x")
    assert ledger.entry_count() == 2


def test_rollback_skips_what_was_reversed_before_and_does_nothing_twice(ledger):
    post(ledger, entry("ehr:0"))
    before = ledger.trial_balance()
    tag = post(ledger, entry("ehr:1"), entry("ehr:2"), entry("ehr:3")).batch_tag
    ledger.reverse(3, LATER, "x")
    result = ledger.rollback(tag, LATER, "wrong fee schedule")
    assert (result.posted, result.skipped) == (2, 1)
    assert ledger.trial_balance() == before
    assert ledger.rollback(tag, LATER, "wrong fee schedule").posted == 0
    assert ledger.trial_balance() == before


def test_balances_can_be_taken_as_of_a_day_and_for_one_entity_and_book(ledger):
    late = entry("ehr:2", entry_date=LATER)
    other = entry("ehr:3", entity_id="E2")
    cash = replace(entry("ehr:4"), book="cash")
    post(ledger, entry("ehr:1"), late, other, cash)
    assert ledger.trial_balance(as_of=DAY) == expected_balance([entry(), other, cash])
    assert ledger.trial_balance(as_of=LATER, entity_id="E1", book="accrual") == expected_balance([entry(), late])
    assert [posted.entry for posted in ledger.entries(book="cash")] == [cash]
    assert [posted.entry for posted in ledger.entries(as_of=DAY, entity_id="E2")] == [other]
    assert list(ledger.entries(batch_tag="AI-20261123-2")) == []


def test_reading_while_another_run_posts_sees_one_moment(ledger):
    post(ledger, entry("ehr:1"), entry("ehr:2"))
    reader = ledger.entries()
    first = next(reader)
    post(ledger, entry("ehr:3"))
    assert [posted.entry_id for posted in (first, *reader)] == [1, 2]


def test_writers_at_once_post_every_event_once(ledger):
    entries = [entry(f"ehr:{number}") for number in range(40)]
    with ThreadPoolExecutor(max_workers=4) as writers:
        results = list(writers.map(lambda first: post(ledger, *entries[first : first + 25]), (0, 5, 10, 15)))
    assert sum(result.posted for result in results) == ledger.entry_count() == 40
    assert len({result.batch_tag for result in results} - {None}) == sum(result.posted > 0 for result in results)
    assert ledger.verify_books() == ledger.verify_audit() == []


def test_an_empty_ledger_has_no_balance(ledger):
    assert (ledger.trial_balance(), ledger.trial_balance_amount(), ledger.entry_count()) == ([], ZERO, 0)
    assert ledger.posted_event_ids() == ledger.reversed_event_ids() == set()
    assert post(ledger).batch_tag is None


def test_the_chart_may_grow_and_rename_but_an_account_keeps_its_type(ledger):
    head = ledger.audit_head()
    assert ledger.load_accounts(CHART) == 0
    assert ledger.audit_head() == head
    renamed = [{"account_code": "1010", "account_name": "Operating account", "account_type": "asset"}]
    added = [{"account_code": "7010", "account_name": "Interest", "account_type": "revenue"}]
    assert ledger.load_accounts(renamed + added) == 2
    assert {account.account_code: account.account_name for account in ledger.accounts()}["1010"] == "Operating account"
    with pytest.raises(ConfigurationError, match="past balances"):
        ledger.load_accounts([{"account_code": "1010", "account_name": "Bank", "account_type": "expense"}])
    assert ledger.verify_audit() == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/books", "books.sqlite", ""])
def test_only_a_ledger_in_a_file_or_in_postgresql_is_opened(url):
    with pytest.raises(ConfigurationError):
        Ledger(url)


def test_a_ledger_of_a_newer_version_is_left_alone(ledger):
    with ledger.sessions.write() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version_num = '0099'")
    with pytest.raises(ConfigurationError, match="newer version"):
        ledger.migrate()


def fresh_ledger(empty_ledger, folder, name):
    path = Path(folder) / name
    shutil.copy(empty_ledger, path)
    return Ledger(f"sqlite:///{path}")


@given(entries=balanced_entries(), random=st.randoms(), data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_entries_in_any_order_and_any_batches_make_the_same_books_once(empty_ledger, entries, random, data):
    with tempfile.TemporaryDirectory() as folder:
        at_once, in_parts = (fresh_ledger(empty_ledger, folder, name) for name in ("once", "parts"))
        first = post(at_once, *entries)
        assert first.posted == len(entries)
        cut = data.draw(st.integers(0, len(entries)))
        shuffled = random.sample(entries, len(entries))
        # the parts overlap: what came before comes again
        assert post(in_parts, *shuffled[:cut]).posted == cut
        assert post(in_parts, *shuffled).posted == len(entries) - cut
        assert at_once.trial_balance() == in_parts.trial_balance() == expected_balance(entries)
        assert {p.entry_key for p in at_once.entries()} == {p.entry_key for p in in_parts.entries()}
        replay = post(at_once, *shuffled)
        assert (replay.posted, replay.skipped, replay.conflicts) == (0, len(entries), [])
        assert replay.skipped_amount == first.posted_amount
        assert at_once.trial_balance_amount() == ZERO


@given(kept=balanced_entries(), taken_back=balanced_entries())
@settings(max_examples=25, deadline=None)
def test_rolling_back_any_batch_restores_the_trial_balance_exactly(empty_ledger, kept, taken_back):
    taken_back = [replace(one, event_id=f"{one.event_id}:b") for one in taken_back]
    with tempfile.TemporaryDirectory() as folder:
        books = fresh_ledger(empty_ledger, folder, "ledger")
        post(books, *kept)
        before = books.trial_balance()
        tag = post(books, *taken_back).batch_tag
        result = books.rollback(tag, LATER, "wrong mapping")
        assert result.posted == len(taken_back)
        assert books.trial_balance() == before == expected_balance(kept)
        assert books.reversed_event_ids() == {one.event_id for one in taken_back}
        assert books.verify_books() == books.verify_audit() == []
