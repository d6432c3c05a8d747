"""What only SQLite needs: settings of a connection, how a transaction begins, and how a guard is a trigger.

What does not belong here: tables and queries, which are the same on every database, and what is guarded
(``guards.py``).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool

from orchestration.ledger import guards
from orchestration.ledger.guards import Guard

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy.engine import Connection, Engine

_BUSY_MILLISECONDS = 30_000
# the keys of entries are hashes, so a large batch touches the whole of their index: with SQLite's own 2 MB every page
# of it is read and written many times, and an entry would cost more the more there are. Taken only as it is used
_CACHE_KIBIBYTES = 128 * 1024
# what only SQLite can get wrong
_OWN = (
    Guard(
        "entries_have_a_date",
        "entries",
        "INSERT",
        "NEW.entry_date IS NOT date(NEW.entry_date)",
        "an entry date is written YYYY-MM-DD",
    ),
    # a connection that forgot the setting could leave lines without a header behind; an entry needs lines,
    # so this stands for entries too
    Guard(
        "lines_need_foreign_keys",
        "lines",
        "INSERT",
        "(SELECT foreign_keys FROM pragma_foreign_keys) = 0",
        "lines are written with foreign keys on",
    ),
)

GUARDS = {
    guard.name: (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.moment} ON {guard.table} FOR EACH ROW WHEN {guard.condition} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
    )
    for guard in (*guards.GUARDS, *_OWN)
}


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
            f"cache_size = -{_CACHE_KIBIBYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ledger_writes", False)
        # a reader that turns writer half way can only fail; a writer takes its place in the queue first
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def install_guards(connection: Connection) -> None:
    """Put every guard in place as this version words it, inside the transaction of the connection."""
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for statement in GUARDS.values():
        connection.exec_driver_sql(statement)


def now_milliseconds(_connection: Connection) -> int:
    """Return the time leases are measured by: all who open one file share this machine's clock."""
    return time.time_ns() // 1_000_000


def is_busy(error: sa.exc.OperationalError) -> bool:
    """Return whether another writer held the file too long."""
    return "locked" in str(error.orig)


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of triggers that are gone or read otherwise than ours."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = {str(name): str(sql) for name, sql in rows}
    return [name for name, sql in GUARDS.items() if found.get(name) != sql]
