"""Both databases have the same tables, get them by the same migrations, and refuse the same things."""

# ruff: noqa: S608  # the statements are written here
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from outsider import GOOD_LINES, attempt_through, header, line
from support.book_examples import CHART, DAY, entry
from support.posting import StandingClock, post

from orchestration.core.errors import BooksError, BusyError, ConfigurationError
from orchestration.ledger import databases, migrating, postgres
from orchestration.ledger.databases import Sessions
from orchestration.ledger.guards import APPEND_ONLY
from orchestration.ledger.items import DecisionPart, NewItemDecision
from orchestration.ledger.schema import metadata
from orchestration.ledger.store import Ledger


@pytest.fixture
def posted(books):
    books.close_period("E1", dt.date(2026, 10, 1), dt.date(2026, 10, 31), by="bob")
    post(books, entry("ehr:1"))
    post(books, entry("ehr:2"))
    books.reverse(1, DAY, "x")
    return books


def test_the_migrations_make_exactly_the_tables_of_the_code(books):
    with books.sessions.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": migrating.VERSION_TABLE, "compare_type": False}
        )
        # an index with a condition is reported by SQLite under its name only
        assert compare_metadata(context, metadata) == []


def test_the_head_is_the_newest_migration():
    assert ScriptDirectory(str(migrating._FOLDER)).get_current_head() == migrating.HEAD


def test_a_ledger_of_the_first_version_is_brought_up_with_its_entries(tmp_path):
    books = Ledger(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with books.sessions.write() as connection:
        migrating.upgrade(connection, "0001")
        connection.exec_driver_sql("INSERT INTO accounts VALUES ('1010', 'Bank', 'asset')")
    books.migrate()
    books.load_accounts(CHART)
    assert post(books, entry()).posted == 1
    assert books.verify_books() == books.verify_audit() == []


def test_migrating_again_does_nothing(books):
    books.migrate()
    assert books.verify_books() == []


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_row_of_the_books_is_changed_or_deleted(posted, table, verb):
    post(
        posted,
        entry("ehr:bad", [*entry().lines[:1], *entry(lines=entry().lines).lines[1:]], entry_date=dt.date(2026, 10, 5)),
    )
    posted.reject(posted.waiting()[0].proposal_id, by="bob", reason="x")
    number = posted.number_items(["bank:1"])["bank:1"]
    posted.decide_item(
        NewItemDecision(number, "decided", "reject", (DecisionPart(),), Decimal("1.00"), "bob", "bob", "x")
    )
    column = metadata.tables[table].columns.keys()[-1]
    statement = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"
    assert f"{table} are never" in (attempt_through(posted, statement) or "")
    assert posted.verify_books() == posted.verify_audit() == []


def test_a_good_entry_of_another_program_is_accepted(posted):
    assert attempt_through(posted, *GOOD_LINES, header()) is None
    assert posted.entry_count() == 4


@pytest.mark.parametrize(
    ("script", "refusal"),
    [
        pytest.param([header()], "does not balance", id="no_lines"),
        pytest.param([header(), *GOOD_LINES], "does not balance", id="header_before_lines"),
        pytest.param([GOOD_LINES[0], line(2, "1010", 0, 499), header()], "does not balance", id="one_cent_off"),
        pytest.param([*GOOD_LINES, header(total_amount="501")], "does not balance", id="total_off"),
        pytest.param(list(GOOD_LINES), "foreign key", id="lines_without_header"),
        pytest.param([line(1, "1200", 500, 500), line(2, "1010", 0, 500), header()], "one_side", id="two_sides"),
        pytest.param([line(1, "1200", 0, -500), header()], "check constraint", id="negative"),
        pytest.param([line(1, "9999", 500, 0), GOOD_LINES[1], header()], "foreign key", id="unknown_account"),
        pytest.param([*GOOD_LINES, header(entry_date="'2026-10-31'")], "period is closed", id="closed_period"),
        pytest.param([*GOOD_LINES, header(entry_date="'2026-1-5'")], "YYYY-MM-DD", id="date_written_otherwise"),
        pytest.param([*GOOD_LINES, header(reverses="2")], "same event", id="a_reversal_of_another_event"),
        pytest.param([line(1, "1010", 5, 0).replace("(4,", "(1,")], "takes no more lines", id="a_line_too_late"),
    ],
)
def test_what_would_falsify_the_books_is_refused_by_either_database(posted, script, refusal):
    said = attempt_through(posted, *script)
    assert said is not None
    assert refusal.lower() in said.lower()
    assert posted.entry_count() == 3
    assert posted.verify_books() == posted.verify_audit() == []


def test_guards_that_are_gone_are_named(posted):
    assert posted.verify_books() == []
    if posted.sessions.engine.dialect.name == "sqlite":
        attempt_through(posted, "DROP TRIGGER lines_no_update")
    else:
        attempt_through(posted, "ALTER TABLE lines DISABLE TRIGGER medbooks_lines_update")
    assert [finding.code for finding in posted.verify_books()] == ["guard_missing"]


def test_postgresql_refuses_to_empty_a_table(postgres_books):
    books = Ledger(postgres_books)
    for table in ("lines", "entries", "audit", "outbox"):
        assert "never emptied" in (attempt_through(books, f"TRUNCATE {table} CASCADE") or "")
    books.sessions.engine.dispose()


def test_a_writer_on_postgresql_that_waits_too_long_is_told_so(postgres_books, monkeypatch):
    monkeypatch.setattr(postgres, "_BUSY_MILLISECONDS", 50)
    first, second = Ledger(postgres_books), Ledger(postgres_books)
    with first.sessions.write(), pytest.raises(BusyError):
        post(second, entry())
    assert post(second, entry()).posted == 1
    for books in (first, second):
        books.sessions.engine.dispose()


def test_a_database_that_is_not_there_is_said_without_its_address(postgres_server):
    books = Ledger(f"postgresql://books:hush@127.0.0.1:{postgres_server.port}/nowhere")
    with pytest.raises(BooksError, match="cannot be reached") as caught:
        books.entry_count()
    assert "hush" not in str(caught.value)
    assert caught.value.fix


def test_without_the_driver_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(postgres, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match="driver") as caught:
        Sessions("postgresql://localhost/books")
    assert caught.value.fix == "uv sync --extra postgres"


def test_leases_are_measured_by_the_databases_clock(books):
    with books.sessions.read() as connection:
        now = databases.of(connection).now_milliseconds(connection)
    assert abs(now - dt.datetime.now(dt.UTC).timestamp() * 1000) < 60_000


def test_leases_waits_and_rests_are_measured_by_a_clock_that_is_given(ledger_url):
    clock = StandingClock()
    books = Ledger(ledger_url, clock=clock)
    post(books, entry())
    one, other = books.outbox("one"), books.outbox("other")
    one.enqueue("t", book="accrual", entity_ids=["E1"])
    (item,) = one.claim("t", limit=1, lease_milliseconds=60_000).items
    clock.move(59.9)
    assert other.claim("t", limit=1, lease_milliseconds=60_000).items == []
    clock.move(0.1)
    (item,) = other.claim("t", limit=1, lease_milliseconds=60_000).items
    assert item.is_uncertain
    other.retry(item, "no_answer", is_uncertain=True, wait_milliseconds=5_000)
    other.rest("t", "too_many_requests", 10_000)
    clock.move(9.9)
    assert (other.claim("t", limit=1, lease_milliseconds=1).items, other.target("t").rests_milliseconds) == ([], 100)
    clock.move(0.1)
    assert len(other.claim("t", limit=1, lease_milliseconds=1).items) == 1
    books.sessions.engine.dispose()
