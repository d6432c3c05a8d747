"""Statements of another program that writes past the ledger: a fourth entry, good but for what a test changes.

What does not belong here: what the tables must refuse (``test_guards.py``, ``test_databases.py``).
"""

# ruff: noqa: S608  # the statements are written here
from __future__ import annotations

import sqlite3
from contextlib import closing

import sqlalchemy as sa


def attempt(path, script, *, foreign_keys=True):
    """Run statements in the file as another program would and commit, or return the refusal."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        raw.execute("BEGIN")
        try:
            for statement in script:
                raw.execute(statement)
            raw.execute("COMMIT")
        except sqlite3.IntegrityError as refusal:
            raw.execute("ROLLBACK")
            return str(refusal)
        return None


def attempt_through(ledger, *script):
    """Run statements in either database as another program would and commit, or return the refusal."""
    try:
        with ledger.sessions.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN")
            for statement in script:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("COMMIT")
    except sa.exc.DBAPIError as refusal:
        return str(refusal.orig)
    return None


def header(**changes):
    """Return the insert of a fourth entry; every value but the changed ones is good."""
    values = {
        "entry_id": "4",
        "entry_key": "'k'",
        "event_id": "'ehr:4'",
        "entity_id": "'E1'",
        "book": "'accrual'",
        "entry_date": "'2026-11-23'",
        "fiscal_period": "'2026-11'",
        "description": "'x'",
        "source": "'ehr'",
        "source_ids": "'[]'",
        "rule_version": "'v1'",
        "batch_tag": "'AI-20261123-1'",
        "reverses": "NULL",
        "line_count": "2",
        "total_amount": "500",
    } | changes
    return f"INSERT INTO entries ({', '.join(values)}) VALUES ({', '.join(values.values())})"


def line(number, code, debit_cents, credit_cents, entry_id=4):
    amounts = f"{debit_cents}, {credit_cents}"
    return f"INSERT INTO lines VALUES ({entry_id}, {number}, '{code}', {amounts}, 'R', NULL, NULL, NULL)"


GOOD_LINES = (line(1, "1200", 500, 0), line(2, "1010", 0, 500))
