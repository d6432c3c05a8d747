"""Any program may open the file; the tables themselves refuse what would falsify the books."""

# ruff: noqa: S608  # the statements are written here
from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing

import pytest
from outsider import GOOD_LINES, attempt, header, line
from support.book_examples import BOB, DAY, entry

from orchestration.core.errors import BusyError
from orchestration.ledger import sqlite
from orchestration.ledger.sqlite import GUARDS
from orchestration.ledger.store import Ledger


@pytest.fixture(scope="module")
def posted_ledger(empty_ledger, tmp_path_factory):
    """Return a ledger with two batches, a reversal and a closed October."""
    path = tmp_path_factory.mktemp("posted") / "ledger.sqlite"
    shutil.copy(empty_ledger, path)
    books = Ledger(f"sqlite:///{path}", roster=BOB)
    books.close_period("E1", dt.date(2026, 10, 1), dt.date(2026, 10, 31), by="bob")
    for number in (1, 2):
        books.post([entry(f"ehr:{number}")], batch_date=DAY, made_by="rules", run_id="run", rule_version="v1")
    books.reverse(1, DAY, "x")
    return path


@pytest.fixture
def posted(posted_ledger, ledger_path):
    return shutil.copy(posted_ledger, ledger_path)


def dump(path):
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


@pytest.mark.parametrize("foreign_keys", [pytest.param(True, id="keys_on"), pytest.param(False, id="keys_off")])
@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"{verb} {table}{rest}"
            for table, column in (
                ("entries", "description"),
                ("lines", "rule_id"),
                ("audit", "actor"),
                ("batches", "made_by"),
                ("periods", "entity_id"),
            )
            for verb, rest in (
                ("UPDATE", f" SET {column} = 'x'"),
                ("UPDATE OR IGNORE", f" SET {column} = 'x'"),
                ("UPDATE OR REPLACE", f" SET {column} = 'x'"),
                ("DELETE FROM", ""),
                ("INSERT OR REPLACE INTO", f" SELECT * FROM {table}"),
                ("INSERT OR IGNORE INTO", f" SELECT * FROM {table}"),
            )
        ),
        "UPDATE lines SET debit_amount = debit_amount + 1 WHERE debit_amount > 0",
        "UPDATE entries SET entry_id = entry_id + 10",
        "UPDATE periods SET status = 'open'",
        "DELETE FROM audit WHERE audit_id = (SELECT max(audit_id) FROM audit)",
        "DELETE FROM accounts",
        "UPDATE accounts SET account_code = '1' WHERE account_code = '1200'",
        "UPDATE OR REPLACE accounts SET account_code = '1200' WHERE account_code = '1010'",
        "UPDATE accounts SET account_type = 'expense' WHERE account_code = '1200'",
        "INSERT OR REPLACE INTO accounts VALUES ('1200', 'Other', 'expense')",
        "INSERT INTO lines VALUES (1, 3, '1010', 1, 0, 'R01', NULL, NULL, NULL)",
    ],
)
def test_nothing_that_is_posted_can_be_changed(posted, statement, foreign_keys):
    before = dump(posted)
    assert attempt(posted, [statement], foreign_keys=foreign_keys) is not None
    assert dump(posted) == before


def test_a_balanced_entry_of_good_values_is_accepted(posted):
    # without this, the refusals below could be refusals of something else
    assert attempt(posted, [*GOOD_LINES, header()]) is None
    assert Ledger(f"sqlite:///{posted}").entry_count() == 4


@pytest.mark.parametrize(
    ("script", "refusal"),
    [
        pytest.param([header()], "does not balance", id="no_lines"),
        pytest.param([header(line_count="0", total_amount="0")], "does not balance", id="nothing_at_all"),
        pytest.param([header(), *GOOD_LINES], "does not balance", id="header_before_lines"),
        pytest.param([GOOD_LINES[0], header(line_count="1")], "does not balance", id="one_line"),
        pytest.param([GOOD_LINES[0], line(2, "1010", 0, 499), header()], "does not balance", id="one_cent_off"),
        pytest.param([*GOOD_LINES, header(total_amount="501")], "does not balance", id="total_off"),
        pytest.param([*GOOD_LINES, header(line_count="3")], "does not balance", id="line_count_off"),
        pytest.param(GOOD_LINES, "FOREIGN KEY", id="lines_without_header"),
        pytest.param([line(1, "1200", 500, 500), line(2, "1010", 0, 500), header()], "one_side", id="two_sides"),
        pytest.param([line(1, "1200", 0, 0), *GOOD_LINES, header()], "one_side", id="no_side"),
        pytest.param([line(1, "1200", 0, -500), header()], "not_negative", id="negative"),
        pytest.param([line(1, "1200", "499.5", 0), header()], "REAL value", id="half_a_cent"),
        pytest.param([line(1, "1200", "'five'", 0), header()], "TEXT value", id="text_for_money"),
        pytest.param([line(1, "9999", 500, 0), GOOD_LINES[1], header()], "FOREIGN KEY", id="unknown_account"),
        pytest.param([*GOOD_LINES, header(entry_date="'2026-10-31'")], "period is closed", id="closed_period"),
        pytest.param([*GOOD_LINES, header(entry_date="'2026-1-5'")], "YYYY-MM-DD", id="date_written_otherwise"),
        pytest.param([*GOOD_LINES, header(entry_date="'20261005'")], "YYYY-MM-DD", id="date_past_the_period_check"),
        pytest.param([*GOOD_LINES, header(batch_tag="'AI-1'")], "FOREIGN KEY", id="unknown_batch"),
        pytest.param([*GOOD_LINES, header(event_id="'ehr:2'")], "entry exists", id="an_event_twice"),
        pytest.param([*GOOD_LINES, header(event_id="'ehr:1'")], "entry exists", id="a_reversed_event_again"),
        pytest.param(
            [
                line(1, "4000-EM", 10000, 0),
                line(2, "1200", 0, 10000),
                header(reverses="1", event_id="'ehr:1'", total_amount="10000"),
            ],
            "entry exists",
            id="reversed_twice",
        ),
        pytest.param([*GOOD_LINES, header(reverses="2")], "same event", id="a_reversal_of_another_event"),
        pytest.param(
            [*GOOD_LINES, header(reverses="2", event_id="'ehr:2'")], "same event", id="a_reversal_of_another_amount"
        ),
        pytest.param(
            [line(1, "1200", 500, 0, 9), line(2, "1010", 0, 500, 9), header(entry_id="9")], "without gaps", id="a_gap"
        ),
    ],
)
def test_an_entry_that_would_falsify_the_books_is_refused(posted, script, refusal):
    before = dump(posted)
    assert refusal in attempt(posted, script)
    assert dump(posted) == before


@pytest.mark.parametrize("script", [GOOD_LINES, [*GOOD_LINES, header()]], ids=["lines_alone", "a_whole_entry"])
def test_a_connection_that_forgot_foreign_keys_writes_no_lines_and_no_entries(posted, script):
    assert "foreign keys on" in attempt(posted, script, foreign_keys=False)


def test_the_audit_chain_takes_records_at_its_end_only(posted):
    columns = "'t', 'a', 'x', 'o', '', 0, 0, ''"
    last = "(SELECT record_hash FROM audit ORDER BY audit_id DESC LIMIT 1)"
    next_id = "(SELECT max(audit_id) + 1 FROM audit)"
    assert "only grows" in attempt(posted, [f"INSERT INTO audit VALUES (99, {columns}, {last}, 'h')"])
    assert "only grows" in attempt(posted, [f"INSERT INTO audit VALUES ({next_id}, {columns}, 'x', 'h')"])
    assert "only grows" in attempt(posted, [f"INSERT INTO audit VALUES ({next_id}, {columns}, NULL, 'h')"])


def test_every_guard_stands_in_the_file(posted):
    with closing(sqlite3.connect(posted)) as raw:
        found = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert found == set(GUARDS)


def test_the_file_is_written_ahead_and_to_the_disk(ledger):
    with ledger.sessions.read() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_writer_that_waits_too_long_is_told_so(ledger, ledger_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_MILLISECONDS", 20)
    with closing(sqlite3.connect(ledger_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            Ledger(f"sqlite:///{ledger_path}").post(
                [entry()], batch_date=DAY, made_by="m", run_id=None, rule_version="v1"
            )
        # readers are not in the way of a writer, nor it in theirs
        assert ledger.entry_count() == 0
