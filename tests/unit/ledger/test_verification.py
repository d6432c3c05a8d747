"""Whoever removes the guards and edits the file is found out by what the ledger says about itself."""

# ruff: noqa: S608  # the statements are written here
from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from outsider import GOOD_LINES, attempt, header
from support.book_examples import DAY, entry

from orchestration.ledger.chain import Head
from orchestration.ledger.sqlite import GUARDS


@pytest.fixture
def books(ledger):
    ledger.close_period("E2", DAY, DAY, by="bob")
    for number in range(3):
        entries = [entry(f"ehr:{number}{letter}") for letter in "ab"]
        ledger.post(entries, batch_date=DAY, made_by="rules", run_id="run", rule_version="v1")
    ledger.rollback("AI-20261123-2", DAY, "wrong fees")
    return ledger


def edit(path, *statements, restore_guards=True):
    """Edit as someone who can drop triggers, and who may put them back to hide it."""
    with closing(sqlite3.connect(path)) as raw:
        for name in GUARDS:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        if restore_guards:
            for statement in GUARDS.values():
                raw.execute(statement)
        raw.commit()


def codes(findings):
    return {finding.code for finding in findings}


def test_an_untouched_ledger_has_no_findings(books):
    assert books.verify_audit() == []
    assert books.verify_audit(books.audit_head()) == []
    assert books.verify_books() == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        *(
            pytest.param(f"UPDATE audit SET {column} = {value} WHERE audit_id = 3", "audit_changed", id=column)
            for column, value in (
                ("at", "'2020-01-01T00:00:00+00:00'"),
                ("actor", "'nobody'"),
                ("action", "'seen'"),
                ("object", "'AI-20261123-9'"),
                ("reason", "'x'"),
                ("object_count", "object_count + 1"),
                ("amount", "amount + 1"),
                ("content_hash", "'x'"),
                ("record_hash", "'x'"),
                ("previous_hash", "'x'"),
            )
        ),
        pytest.param("UPDATE audit SET record_hash = 'x' || substr(record_hash, 2)", "audit_changed", id="one_byte"),
        pytest.param("DELETE FROM audit WHERE audit_id = 3", "audit_gap", id="deleted_in_the_middle"),
        pytest.param("DELETE FROM audit WHERE audit_id = 1", "audit_gap", id="deleted_at_the_start"),
        pytest.param("UPDATE audit SET audit_id = audit_id + 1 WHERE audit_id = 7", "audit_gap", id="renumbered"),
        pytest.param(
            "UPDATE audit SET audit_id = CASE audit_id WHEN 3 THEN -4 ELSE -3 END WHERE audit_id IN (3, 4)",
            "audit_gap",
            id="moved",
        ),
    ],
)
def test_a_changed_removed_or_moved_audit_record_is_found(books, ledger_path, statement, code):
    edit(ledger_path, statement)
    assert code in codes(books.verify_audit())


def test_two_records_that_changed_places_are_found(books, ledger_path):
    edit(
        ledger_path,
        "UPDATE audit SET audit_id = -audit_id WHERE audit_id IN (3, 4)",
        "UPDATE audit SET audit_id = 7 + audit_id WHERE audit_id < 0",
    )
    assert {"audit_gap", "audit_changed"} <= codes(books.verify_audit())


def test_a_cut_off_end_is_found_by_its_batch_and_by_the_head_that_was_kept(books, ledger_path):
    head = books.audit_head()
    edit(ledger_path, f"DELETE FROM audit WHERE audit_id = {head.audit_id}")
    assert codes(books.verify_audit()) == {"batch_not_recorded"}
    assert codes(books.verify_audit(head)) == {"batch_not_recorded", "audit_cut_off"}


def test_a_head_of_another_chain_is_found(books):
    assert codes(books.verify_audit(Head(2, "x"))) == {"audit_cut_off"}
    assert books.verify_audit(Head(0, "")) == []


def test_a_batch_taken_out_whole_is_found(books, ledger_path):
    edit(
        ledger_path,
        "DELETE FROM lines WHERE entry_id > 6",
        "DELETE FROM entries WHERE entry_id > 6",
        "DELETE FROM batches WHERE batch_tag LIKE 'RV%'",
    )
    assert codes(books.verify_audit()) == {"batch_not_recorded"}


def test_a_period_opened_past_the_ledger_is_found(books, ledger_path):
    edit(ledger_path, "UPDATE periods SET status = 'open'")
    assert codes(books.verify_audit()) == {"period_not_recorded"}


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        pytest.param(
            ["UPDATE lines SET account_code = '1010' WHERE account_code = '1200' AND entry_id = 1"],
            "entry_changed",
            id="account",
        ),
        pytest.param(["UPDATE lines SET payer_class = 'self' WHERE entry_id = 1"], "entry_changed", id="payer_class"),
        pytest.param(["UPDATE entries SET entry_date = '2026-01-01' WHERE entry_id = 1"], "entry_changed", id="date"),
        pytest.param(["UPDATE entries SET description = 'x' WHERE entry_id = 1"], "batch_changed", id="wording"),
        pytest.param(["UPDATE entries SET fiscal_period = '2026-01' WHERE entry_id = 1"], "batch_changed", id="period"),
        pytest.param(
            [
                "UPDATE lines SET debit_amount = 2 * debit_amount WHERE entry_id = 1",
                "UPDATE lines SET credit_amount = 2 * credit_amount WHERE entry_id = 1",
                "UPDATE entries SET total_amount = 2 * total_amount WHERE entry_id = 1",
            ],
            "entry_changed",
            id="amounts_that_still_balance",
        ),
        pytest.param(
            ["UPDATE lines SET debit_amount = 1 + debit_amount WHERE entry_id = 1 AND debit_amount > 0"],
            "entry_unbalanced",
            id="one_cent",
        ),
        pytest.param(["DELETE FROM lines WHERE entry_id = 1"], "entry_unbalanced", id="lines_deleted"),
        pytest.param(["DELETE FROM entries WHERE entry_id = 8"], "lines_without_entry", id="header_deleted"),
    ],
)
def test_an_edited_entry_is_found_although_the_guards_are_back(books, ledger_path, statements, code):
    edit(ledger_path, *statements)
    assert code in codes(books.verify_books())


def test_missing_guards_are_named(books, ledger_path):
    edit(ledger_path, restore_guards=False)
    findings = books.verify_books()
    assert codes(findings) == {"guard_missing"}
    assert len(findings) == len(GUARDS)


def test_an_entry_written_past_the_ledger_is_found(books, ledger_path):
    script = [text.replace("VALUES (4,", "VALUES (9,") for text in GOOD_LINES]
    assert attempt(ledger_path, [*script, header(entry_id="9")]) is None
    assert "batch_not_recorded" in codes(books.verify_audit())
    assert {"entry_changed", "batch_changed"} <= codes(books.verify_books())


def test_no_finding_repeats_what_an_entry_says(books, ledger_path):
    edit(ledger_path, "UPDATE entries SET description = 'Doe, Jane'", "UPDATE audit SET reason = 'Doe, Jane'")
    findings = books.verify_books() + books.verify_audit()
    assert findings
    assert all("Doe" not in finding.message for finding in findings)


def test_an_error_of_the_database_shows_no_values(books):
    with books.sessions.write() as connection:
        # three batches stand; this one takes the number the next one would get
        connection.exec_driver_sql("INSERT INTO batches VALUES ('AI-20261123-5', 'm', 't', NULL, NULL)")
    with pytest.raises(sa.exc.IntegrityError, match="the batch exists") as caught:
        books.post([entry("ehr:new")], batch_date=DAY, made_by="Doe, Jane", run_id=None, rule_version="v1")
    assert "Doe" not in str(caught.value)
