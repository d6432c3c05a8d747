"""The tables of the ledger, the same on every database.

What does not belong here: triggers and settings of one database (``sqlite.py``), and queries.

The lines of an entry are written before its header. Their foreign key is checked at commit, and the header
is refused unless its lines balance, so an entry that is unbalanced or has no lines exists at no time, and
no row ever needs to be changed afterwards.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestration.core.money import from_cents, to_cents

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

SCHEMA_VERSION = 1


class Amount(sa.types.TypeDecorator[Decimal]):
    """Dollars as ``Decimal`` here, whole cents in the database: SQLite has no exact decimal type."""

    # STRICT tables of SQLite know only INTEGER, which is 64 bits wide there
    impl = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # the shape SQLAlchemy calls
        """Return cents."""
        return None if value is None else to_cents(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  # the shape SQLAlchemy calls
        """Return dollars."""
        return None if value is None else from_cents(value)


class Day(sa.types.TypeDecorator[dt.date]):
    """A date as ISO text, which sorts and compares as dates do."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: dt.date | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # the shape SQLAlchemy calls
        """Return ``YYYY-MM-DD``."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.date | None:  # noqa: ARG002  # the shape SQLAlchemy calls
        """Return the date."""
        return None if value is None else dt.date.fromisoformat(value)


metadata = sa.MetaData()

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account_code", sa.Text, primary_key=True),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("account_type", sa.Text, nullable=False),
    sqlite_strict=True,
)

batches = sa.Table(
    "batches",
    metadata,
    # AI-YYYYMMDD-N for what the pipeline posts, RV-YYYYMMDD-N for reversals
    sa.Column("batch_tag", sa.Text, primary_key=True),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text),
    sa.Column("reverses_batch", sa.Text, sa.ForeignKey("batches.batch_tag")),
    sqlite_strict=True,
)

entries = sa.Table(
    "entries",
    metadata,
    # numbers are given by the writer, who holds the write lock: one more than the last, no gaps
    sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_key", sa.Text, nullable=False, unique=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("entity_id", sa.Text, nullable=False),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("entry_date", Day, nullable=False),
    sa.Column("fiscal_period", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_ids", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("batch_tag", sa.Text, sa.ForeignKey("batches.batch_tag"), nullable=False),
    # an entry is reversed once, and so is its reversal: the entries of one event form a chain
    sa.Column("reverses", sa.Integer, sa.ForeignKey("entries.entry_id"), unique=True),
    sa.Column("line_count", sa.Integer, nullable=False),
    sa.Column("total_amount", Amount, nullable=False),
    sa.Index("entries_batch", "batch_tag"),
    sqlite_strict=True,
)
sa.Index(
    "entries_event_once",
    entries.c.event_id,
    unique=True,
    sqlite_where=entries.c.reverses.is_(None),
    postgresql_where=entries.c.reverses.is_(None),
)

lines = sa.Table(
    "lines",
    metadata,
    sa.Column(
        "entry_id",
        sa.Integer,
        sa.ForeignKey("entries.entry_id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("line_number", sa.Integer, primary_key=True),
    sa.Column("account_code", sa.Text, sa.ForeignKey("accounts.account_code"), nullable=False),
    sa.Column("debit_amount", Amount, nullable=False),
    sa.Column("credit_amount", Amount, nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("payer_class", sa.Text),
    sa.Column("provider_id", sa.Text),
    sa.Column("location_id", sa.Text),
    sa.CheckConstraint("debit_amount >= 0 and credit_amount >= 0", name="amounts_are_not_negative"),
    sa.CheckConstraint("(debit_amount > 0) <> (credit_amount > 0)", name="a_line_has_one_side"),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

# the newest row that covers a date decides; a date no row covers is open
periods = sa.Table(
    "periods",
    metadata,
    sa.Column("period_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entity_id", sa.Text, nullable=False),
    sa.Column("start_date", Day, nullable=False),
    sa.Column("end_date", Day, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.CheckConstraint("status in ('open', 'closed')", name="status_is_known"),
    sa.CheckConstraint("start_date <= end_date", name="a_period_ends_after_it_starts"),
    sqlite_strict=True,
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("audit_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("object_count", sa.Integer, nullable=False),
    sa.Column("amount", Amount, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("record_hash", sa.Text, nullable=False),
    sqlite_strict=True,
)
