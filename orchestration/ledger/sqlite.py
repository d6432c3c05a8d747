"""What only SQLite needs: settings of a connection, how a transaction begins, and the triggers.

What does not belong here: tables and queries, which are the same on every database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool

from orchestration.ledger.schema import metadata

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy.engine import Connection, Engine

_BUSY_MILLISECONDS = 30_000
_APPEND_ONLY = ("batches", "entries", "lines", "periods", "audit")


def _refuse(name: str, moment: str, condition: str, message: str) -> tuple[str, str]:
    return name, (
        f"CREATE TRIGGER {name} BEFORE {moment} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _guards() -> dict[str, str]:
    """Return the triggers by name.

    ``INSERT OR REPLACE`` deletes without firing delete triggers, so every insert of a key that is already
    there is refused by a trigger as well, which runs before SQLite resolves the conflict.
    """
    guards = [
        guard
        for table in _APPEND_ONLY
        for guard in (
            _refuse(f"{table}_no_update", f"UPDATE ON {table}", "TRUE", f"{table} are never changed"),
            _refuse(f"{table}_no_delete", f"DELETE ON {table}", "TRUE", f"{table} are never deleted"),
        )
    ]
    guards += [
        _refuse(
            "batches_no_replace",
            "INSERT ON batches",
            "EXISTS (SELECT 1 FROM batches WHERE batch_tag = NEW.batch_tag)",
            "the batch exists",
        ),
        _refuse(
            "periods_in_order",
            "INSERT ON periods",
            "NEW.period_id IS NOT (SELECT coalesce(max(period_id), 0) + 1 FROM periods)",
            "periods are numbered without gaps",
        ),
        _refuse(
            "audit_in_order",
            "INSERT ON audit",
            "NEW.audit_id IS NOT (SELECT coalesce(max(audit_id), 0) + 1 FROM audit)"
            " OR NEW.previous_hash IS NOT coalesce("
            "(SELECT record_hash FROM audit ORDER BY audit_id DESC LIMIT 1), '')",
            "the audit chain only grows at its end",
        ),
        _refuse(
            "accounts_no_delete",
            "DELETE ON accounts",
            "TRUE",
            "accounts are never deleted",
        ),
        _refuse(
            "accounts_keep_code_and_type",
            "UPDATE ON accounts",
            "OLD.account_code IS NOT NEW.account_code OR OLD.account_type IS NOT NEW.account_type"
            " AND EXISTS (SELECT 1 FROM lines WHERE account_code = OLD.account_code)",
            "an account keeps its code, and one with lines its type",
        ),
        _refuse(
            "accounts_no_replace",
            "INSERT ON accounts",
            "EXISTS (SELECT 1 FROM accounts WHERE account_code = NEW.account_code)",
            "the account exists",
        ),
        # a connection that forgot the setting could leave lines without a header behind; an entry needs lines,
        # so this stands for entries too
        _refuse(
            "lines_need_foreign_keys",
            "INSERT ON lines",
            "(SELECT foreign_keys FROM pragma_foreign_keys) = 0",
            "lines are written with foreign keys on",
        ),
        _refuse(
            "lines_only_before_their_entry",
            "INSERT ON lines",
            "EXISTS (SELECT 1 FROM entries WHERE entry_id = NEW.entry_id)",
            "the entry is posted and takes no more lines",
        ),
        _refuse(
            "entries_in_order",
            "INSERT ON entries",
            "NEW.entry_id IS NOT (SELECT coalesce(max(entry_id), 0) + 1 FROM entries)",
            "entries are numbered without gaps",
        ),
        _refuse(
            "entries_once",
            "INSERT ON entries",
            "EXISTS (SELECT 1 FROM entries WHERE entry_key = NEW.entry_key)"
            " OR EXISTS (SELECT 1 FROM entries WHERE reverses = NEW.reverses)"
            " OR (NEW.reverses IS NULL"
            " AND EXISTS (SELECT 1 FROM entries WHERE event_id = NEW.event_id AND reverses IS NULL))",
            "the entry exists",
        ),
        _refuse(
            "entries_reverse_their_own_event",
            "INSERT ON entries",
            "NEW.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entries WHERE entry_id = NEW.reverses"
            " AND event_id = NEW.event_id AND total_amount = NEW.total_amount)",
            "a reversal mirrors an entry of the same event",
        ),
        _refuse(
            "entries_balance",
            "INSERT ON entries",
            # IS NOT: without lines the sums are unknown, and unknown is refused
            "(SELECT count(*) >= 2 AND count(*) = NEW.line_count AND sum(debit_amount) = NEW.total_amount"
            " AND sum(credit_amount) = NEW.total_amount FROM lines WHERE entry_id = NEW.entry_id) IS NOT 1",
            "the entry does not balance",
        ),
        _refuse(
            "entries_have_a_date",
            "INSERT ON entries",
            "NEW.entry_date IS NOT date(NEW.entry_date)",
            "an entry date is written YYYY-MM-DD",
        ),
        _refuse(
            "entries_in_open_periods",
            "INSERT ON entries",
            "(SELECT status FROM periods WHERE entity_id = NEW.entity_id"
            " AND NEW.entry_date BETWEEN start_date AND end_date ORDER BY period_id DESC LIMIT 1) = 'closed'",
            "the period is closed",
        ),
    ]
    return dict(guards)


GUARDS = _guards()


def open_engine(url: sa.URL) -> Engine:
    """Return an engine whose transactions begin immediately when ``ledger_writes`` is set.

    A connection lives as long as its transaction: another process may want the file.
    """
    engine = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: object) -> None:
        # the driver's own idea of when a transaction begins would split ours
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {_BUSY_MILLISECONDS}",
            "journal_mode = WAL",
            # a commit is on the disk before it is reported
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ledger_writes", False)
        # a reader that turns writer half way can only fail; a writer takes its place in the queue first
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def schema_version(connection: Connection) -> int:
    """Return the version of the tables in the file, 0 for a new one."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def create(connection: Connection, version: int) -> None:
    """Create tables and triggers inside the transaction of the connection."""
    metadata.create_all(connection)
    for statement in GUARDS.values():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA user_version = {version:d}")


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of triggers that are gone or read otherwise than ours."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = {str(name): str(sql) for name, sql in rows}
    return [name for name, sql in GUARDS.items() if found.get(name) != sql]
