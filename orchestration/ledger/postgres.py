"""What only PostgreSQL needs: the driver, who writes when, and how a guard is a trigger.

Writers take one advisory lock for their transaction, so entries are numbered without gaps and a batch sees every
batch before it, as on SQLite. Readers see one moment (repeatable read) and wait for no writer.
What does not belong here: tables and queries, which are the same on every database, and what is guarded
(``guards.py``).
"""

from __future__ import annotations

from importlib.util import find_spec
from itertools import groupby
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event

from orchestration.core.errors import ConfigurationError
from orchestration.ledger import guards
from orchestration.ledger.guards import Guard

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_BUSY_MILLISECONDS = 30_000
# any number, the same in every version: "medbooks" by the digits of a telephone
_WRITER_LOCK = 63326657

_PREFIX = "medbooks_"
_OWN = (
    Guard(
        "entries_have_a_date",
        "entries",
        "INSERT",
        # a text that is no day raises by itself; one that is written otherwise comes back different
        "to_char(NEW.entry_date::date, 'YYYY-MM-DD') IS DISTINCT FROM NEW.entry_date",
        "an entry date is written YYYY-MM-DD",
    ),
)


def _bodies() -> dict[str, tuple[str, str, str]]:
    """Return trigger name → (table, moment, body of its function): one trigger per table and moment is the fastest."""

    def place(guard: Guard) -> tuple[str, str]:
        return guard.table, guard.moment

    bodies = {}
    for (table, moment), group in groupby(sorted((*guards.GUARDS, *_OWN), key=place), key=place):
        checks = "".join(
            f"  IF {guard.condition} THEN\n"
            f"    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{guard.message}';\n"
            "  END IF;\n"
            for guard in group
        )
        # a delete is refused whole, so what it would return does not matter
        bodies[f"{_PREFIX}{table}_{moment.lower()}"] = (table, moment, f"\nBEGIN\n{checks}  RETURN NEW;\nEND\n")
    for table in sorted({guard.table for guard in guards.GUARDS if guard.moment == "DELETE"}):
        refusal = (
            "\nBEGIN\n  RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', "
            f"MESSAGE = '{table} are never emptied';\nEND\n"
        )
        bodies[f"{_PREFIX}{table}_truncate"] = (table, "TRUNCATE", refusal)
    return bodies


GUARDS = _bodies()


def open_engine(url: sa.URL) -> Engine:
    """Return an engine whose transactions wait for other writers when ``ledger_writes`` is set.

    Raises ``ConfigurationError`` without the driver.
    """
    if find_spec("psycopg") is None:
        message = "the ledger is on PostgreSQL and its driver is not installed"
        raise ConfigurationError(message, fix="uv sync --extra postgres")
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=2,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={_BUSY_MILLISECONDS}"},
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("ledger_writes", False):
            # taken before the first look, so that what a writer sees is what the last one left
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK:d})")

    return engine


def install_guards(connection: Connection) -> None:
    """Put every guard in place as this version words it, inside the transaction of the connection."""
    tables = {table for table, _moment, _body in GUARDS.values()}
    for table, name in [(table, name) for table, name, _body, _enabled in _triggers(connection) if table in tables]:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON {table}')
    for name, (table, moment, body) in GUARDS.items():
        # the SQL of the guards holds no percent sign, which the driver would take for a parameter
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$"
        )
        rows = "STATEMENT" if moment == "TRUNCATE" else "ROW"
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH {rows} EXECUTE FUNCTION {name}()"
        )


def _triggers(connection: Connection) -> list[tuple[str, str, str, str]]:
    rows = connection.exec_driver_sql(
        "SELECT c.relname, t.tgname, p.prosrc, t.tgenabled::text FROM pg_trigger AS t "
        "JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    )
    return [(str(table), str(name), str(body), str(enabled)) for table, name, body, enabled in rows]


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of triggers that are gone, switched off, or read otherwise than ours."""
    found = {(table, name): (body, enabled) for table, name, body, enabled in _triggers(connection)}
    return [name for name, (table, _moment, body) in GUARDS.items() if found.get((table, name)) != (body, "O")]


def now_milliseconds(connection: Connection) -> int:
    """Return the time leases are measured by: the database's own, not that of any caller."""
    return int(connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp()) * 1000").scalar_one())


def is_busy(error: sa.exc.OperationalError) -> bool:
    """Return whether another writer held the ledger too long."""
    return getattr(error.orig, "sqlstate", None) == "55P03"
