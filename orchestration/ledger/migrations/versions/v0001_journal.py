"""The journal: accounts, batches, entries, lines, periods, audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orchestration.ledger.schema import Amount, IsoDay

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the journal's tables."""
    op.create_table(
        "accounts",
        sa.Column("account_code", TEXT, primary_key=True),
        sa.Column("account_name", TEXT, nullable=False),
        sa.Column("account_type", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "batches",
        sa.Column("batch_tag", TEXT, primary_key=True),
        sa.Column("made_by", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("run_id", TEXT),
        sa.Column("reverses_batch", TEXT, sa.ForeignKey("batches.batch_tag")),
        sqlite_strict=True,
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry_key", TEXT, nullable=False, unique=True),
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("book", TEXT, nullable=False),
        sa.Column("entry_date", IsoDay, nullable=False),
        sa.Column("fiscal_period", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("source_ids", TEXT, nullable=False),
        sa.Column("rule_version", TEXT, nullable=False),
        sa.Column("batch_tag", TEXT, sa.ForeignKey("batches.batch_tag"), nullable=False),
        sa.Column("reverses", sa.Integer, sa.ForeignKey("entries.entry_id")),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("total_amount", Amount, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("entries_batch", "entries", ["batch_tag"])
    op.create_index(
        "entries_reversed_once",
        "entries",
        ["reverses"],
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "lines",
        sa.Column(
            "entry_id",
            sa.Integer,
            sa.ForeignKey("entries.entry_id", deferrable=True, initially="DEFERRED"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("line_number", sa.Integer, primary_key=True),
        sa.Column("account_code", TEXT, sa.ForeignKey("accounts.account_code"), nullable=False),
        sa.Column("debit_amount", Amount, nullable=False),
        sa.Column("credit_amount", Amount, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("payer_class", TEXT),
        sa.Column("provider_id", TEXT),
        sa.Column("location_id", TEXT),
        sa.CheckConstraint("debit_amount >= 0 and credit_amount >= 0", name="amounts_are_not_negative"),
        sa.CheckConstraint("(debit_amount > 0) <> (credit_amount > 0)", name="a_line_has_one_side"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "periods",
        sa.Column("period_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("start_date", IsoDay, nullable=False),
        sa.Column("end_date", IsoDay, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.CheckConstraint("status in ('open', 'closed')", name="status_is_known"),
        sa.CheckConstraint("start_date <= end_date", name="a_period_ends_after_it_starts"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("object_count", sa.Integer, nullable=False),
        sa.Column("amount", Amount, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("previous_hash", TEXT, nullable=False),
        sa.Column("record_hash", TEXT, nullable=False),
        sqlite_strict=True,
    )
    op.create_index(
        "entries_event_once",
        "entries",
        ["event_id"],
        unique=True,
        sqlite_where=sa.text("reverses IS NULL"),
        postgresql_where=sa.text("reverses IS NULL"),
    )
