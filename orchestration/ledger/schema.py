"""The tables of the ledger, the same on every database.

What does not belong here: triggers and settings of one database (``sqlite.py``, ``postgres.py``), how a ledger of an
earlier shape gets this one (``migrations/``), and queries.

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

# text sorts by its bytes on every database, as it does in Python
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


# milliseconds since 1970 by the database's clock
_MOMENT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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


class IsoDay(sa.types.TypeDecorator[dt.date]):
    """A date as ISO text, which sorts and compares as dates do."""

    impl = _TEXT
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
    sa.Column("account_code", _TEXT, primary_key=True),
    sa.Column("account_name", _TEXT, nullable=False),
    sa.Column("account_type", _TEXT, nullable=False),
    sqlite_strict=True,
)

batches = sa.Table(
    "batches",
    metadata,
    # AI-YYYYMMDD-N for what the pipeline posts, RV-YYYYMMDD-N for reversing entries
    sa.Column("batch_tag", _TEXT, primary_key=True),
    sa.Column("made_by", _TEXT, nullable=False),
    sa.Column("created_at", _TEXT, nullable=False),
    sa.Column("run_id", _TEXT),
    sa.Column("reverses_batch", _TEXT, sa.ForeignKey("batches.batch_tag")),
    sqlite_strict=True,
)

entries = sa.Table(
    "entries",
    metadata,
    # numbers are given by the writer, who holds the write lock: one more than the last, no gaps
    sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_key", _TEXT, nullable=False, unique=True),
    sa.Column("event_id", _TEXT, nullable=False),
    sa.Column("entity_id", _TEXT, nullable=False),
    sa.Column("book", _TEXT, nullable=False),
    sa.Column("entry_date", IsoDay, nullable=False),
    sa.Column("fiscal_period", _TEXT, nullable=False),
    sa.Column("description", _TEXT, nullable=False),
    sa.Column("source", _TEXT, nullable=False),
    sa.Column("source_ids", _TEXT, nullable=False),
    sa.Column("rule_version", _TEXT, nullable=False),
    sa.Column("batch_tag", _TEXT, sa.ForeignKey("batches.batch_tag"), nullable=False),
    sa.Column("reverses", sa.Integer, sa.ForeignKey("entries.entry_id")),
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

# an entry is reversed once, and so is its reversing entry: the entries of one event form a chain. Only reversing
# entries are in it: an index that held what reverses nothing would be searched for that, which is nearly every entry
sa.Index(
    "entries_reversed_once",
    entries.c.reverses,
    unique=True,
    sqlite_where=entries.c.reverses.is_not(None),
    postgresql_where=entries.c.reverses.is_not(None),
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
    sa.Column("account_code", _TEXT, sa.ForeignKey("accounts.account_code"), nullable=False),
    sa.Column("debit_amount", Amount, nullable=False),
    sa.Column("credit_amount", Amount, nullable=False),
    sa.Column("rule_id", _TEXT, nullable=False),
    sa.Column("payer_class", _TEXT),
    sa.Column("provider_id", _TEXT),
    sa.Column("location_id", _TEXT),
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
    sa.Column("entity_id", _TEXT, nullable=False),
    sa.Column("start_date", IsoDay, nullable=False),
    sa.Column("end_date", IsoDay, nullable=False),
    sa.Column("status", _TEXT, nullable=False),
    sa.CheckConstraint("status in ('open', 'closed')", name="status_is_known"),
    sa.CheckConstraint("start_date <= end_date", name="a_period_ends_after_it_starts"),
    sqlite_strict=True,
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("audit_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", _TEXT, nullable=False),
    sa.Column("actor", _TEXT, nullable=False),
    sa.Column("action", _TEXT, nullable=False),
    sa.Column("object", _TEXT, nullable=False),
    sa.Column("reason", _TEXT, nullable=False),
    sa.Column("object_count", sa.Integer, nullable=False),
    sa.Column("amount", Amount, nullable=False),
    sa.Column("content_hash", _TEXT, nullable=False),
    sa.Column("previous_hash", _TEXT, nullable=False),
    sa.Column("record_hash", _TEXT, nullable=False),
    sqlite_strict=True,
)

# what waits for a person, or for something to be fixed, before it may become an entry; never changed
proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("proposal_id", sa.Integer, primary_key=True, autoincrement=False),
    # entry: `body` is one entry; reversal: `body` names the entries to take back
    sa.Column("kind", _TEXT, nullable=False),
    # the event, or the batch or entry that is taken back
    sa.Column("object", _TEXT, nullable=False),
    sa.Column("entity_id", _TEXT, nullable=False),
    sa.Column("book", _TEXT, nullable=False),
    sa.Column("total_amount", Amount, nullable=False),
    # held: a person decides. quarantined: something must be fixed first
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("reason_code", _TEXT, nullable=False),
    sa.Column("required_role", _TEXT, nullable=False),
    sa.Column("body", _TEXT, nullable=False),
    sa.Column("body_hash", _TEXT, nullable=False),
    sa.Column("rule_version", _TEXT, nullable=False),
    sa.Column("proposed_by", _TEXT, nullable=False),
    sa.Column("proposed_at", _TEXT, nullable=False),
    sa.Column("run_id", _TEXT),
    sa.CheckConstraint("kind in ('entry', 'reversal')", name="kind_is_known"),
    sa.CheckConstraint("state in ('held', 'quarantined')", name="state_is_known"),
    sa.Index("proposals_object", "object"),
    sqlite_strict=True,
)

decisions = sa.Table(
    "decisions",
    metadata,
    # a proposal is decided once
    sa.Column("proposal_id", sa.Integer, sa.ForeignKey("proposals.proposal_id"), primary_key=True, autoincrement=False),
    sa.Column("decision", _TEXT, nullable=False),
    sa.Column("decided_by", _TEXT, nullable=False),
    sa.Column("decided_at", _TEXT, nullable=False),
    sa.Column("reason", _TEXT, nullable=False),
    sa.Column("batch_tag", _TEXT, sa.ForeignKey("batches.batch_tag")),
    # mended: what stood in its way is gone and the event posted by itself; replaced: another body came
    sa.CheckConstraint("decision in ('approved', 'rejected', 'mended', 'replaced')", name="decision_is_known"),
    sqlite_strict=True,
)

# what waits in the lake, which names it: each gets one number for ever
items = sa.Table(
    "items",
    metadata,
    sa.Column("item_number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item_key", _TEXT, nullable=False),
    sa.UniqueConstraint("item_key", name="an_item_has_one_number"),
    sqlite_strict=True,
)

# what people decided about items; never changed: the newest row of an item holds
item_decisions = sa.Table(
    "item_decisions",
    metadata,
    sa.Column("decision_number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item_number", sa.Integer, sa.ForeignKey("items.item_number"), nullable=False),
    # proposed: above a limit, another person decides. undone: the item waits again
    sa.Column("kind", _TEXT, nullable=False),
    sa.Column("verb", _TEXT, nullable=False),
    # JSON list of parts: account_code and amount in dollars, each may be null
    sa.Column("parts", _TEXT, nullable=False),
    sa.Column("amount", Amount, nullable=False),
    sa.Column("proposed_by", _TEXT, nullable=False),
    sa.Column("decided_by", _TEXT, nullable=False),
    sa.Column("decided_at", _TEXT, nullable=False),
    sa.Column("reason", _TEXT, nullable=False),
    sa.CheckConstraint("kind in ('proposed', 'decided', 'undone')", name="item_decision_kind_is_known"),
    sa.Index("item_decisions_item", "item_number"),
    sqlite_strict=True,
)

# one row per outside ledger; the only table besides the outbox whose rows change
targets = sa.Table(
    "targets",
    metadata,
    sa.Column("target", _TEXT, primary_key=True),
    # closed: requests flow; open: it rests until rests_until; stopped: a person must fix it
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("reason_code", _TEXT, nullable=False),
    sa.Column("failure_count", sa.Integer, nullable=False),
    sa.Column("rests_until_ms", _MOMENT, nullable=False),
    # the mapping of accounts that was checked with the system
    sa.Column("mapping_hash", _TEXT, nullable=False),
    sa.CheckConstraint("state in ('closed', 'open', 'stopped')", name="target_state_is_known"),
    sqlite_strict=True,
)

# one row per entry and outside ledger: where it is on its way out
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("outbox_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("target", _TEXT, nullable=False),
    sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.entry_id"), nullable=False),
    sa.Column("reference", _TEXT, nullable=False),
    sa.Column("state", _TEXT, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # an earlier attempt may have arrived: look up before sending
    sa.Column("is_uncertain", sa.Integer, nullable=False),
    sa.Column("lease_owner", _TEXT, nullable=False),
    sa.Column("lease_until_ms", _MOMENT, nullable=False),
    sa.Column("next_attempt_ms", _MOMENT, nullable=False),
    sa.Column("external_id", _TEXT),
    # how often a person let it be sent again after it was deleted there
    sa.Column("resend_count", sa.Integer, nullable=False),
    sa.Column("reason_code", _TEXT, nullable=False),
    sa.CheckConstraint(
        "state in ('pending', 'sent', 'posted', 'reconciled', 'quarantined')", name="outbox_state_is_known"
    ),
    sa.CheckConstraint(
        "(state in ('posted', 'reconciled')) = (external_id is not null)", name="what_is_posted_has_an_external_id"
    ),
    sa.UniqueConstraint("target", "entry_id", name="an_entry_goes_out_once"),
    sa.UniqueConstraint("target", "reference", name="a_reference_goes_out_once"),
    sa.Index("outbox_work", "target", "state", "next_attempt_ms"),
    sqlite_strict=True,
)
