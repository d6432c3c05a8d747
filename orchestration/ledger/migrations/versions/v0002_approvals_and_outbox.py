"""Before and behind the journal: proposals and decisions, targets and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orchestration.ledger.schema import Amount

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables of approvals and of posting outside."""
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("entity_id", TEXT, nullable=False),
        sa.Column("book", TEXT, nullable=False),
        sa.Column("total_amount", Amount, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason_code", TEXT, nullable=False),
        sa.Column("required_role", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("body_hash", TEXT, nullable=False),
        sa.Column("rule_version", TEXT, nullable=False),
        sa.Column("proposed_by", TEXT, nullable=False),
        sa.Column("proposed_at", TEXT, nullable=False),
        sa.Column("run_id", TEXT),
        sa.CheckConstraint("kind in ('entry', 'reversal')", name="kind_is_known"),
        sa.CheckConstraint("state in ('held', 'quarantined')", name="state_is_known"),
        sqlite_strict=True,
    )
    op.create_index("proposals_object", "proposals", ["object"])
    op.create_table(
        "decisions",
        sa.Column(
            "proposal_id", sa.Integer, sa.ForeignKey("proposals.proposal_id"), primary_key=True, autoincrement=False
        ),
        sa.Column("decision", TEXT, nullable=False),
        sa.Column("decided_by", TEXT, nullable=False),
        sa.Column("decided_at", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("batch_tag", TEXT, sa.ForeignKey("batches.batch_tag")),
        sa.CheckConstraint("decision in ('approved', 'rejected', 'mended', 'replaced')", name="decision_is_known"),
        sqlite_strict=True,
    )
    op.create_table(
        "targets",
        sa.Column("target", TEXT, primary_key=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason_code", TEXT, nullable=False),
        sa.Column("failure_count", sa.Integer, nullable=False),
        sa.Column("rests_until_ms", MOMENT, nullable=False),
        sa.Column("mapping_hash", TEXT, nullable=False),
        sa.CheckConstraint("state in ('closed', 'open', 'stopped')", name="target_state_is_known"),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("outbox_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("entry_id", sa.Integer, sa.ForeignKey("entries.entry_id"), nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("is_uncertain", sa.Integer, nullable=False),
        sa.Column("lease_owner", TEXT, nullable=False),
        sa.Column("lease_until_ms", MOMENT, nullable=False),
        sa.Column("next_attempt_ms", MOMENT, nullable=False),
        sa.Column("external_id", TEXT),
        sa.Column("resend_count", sa.Integer, nullable=False),
        sa.Column("reason_code", TEXT, nullable=False),
        sa.CheckConstraint(
            "state in ('pending', 'sent', 'posted', 'reconciled', 'quarantined')", name="outbox_state_is_known"
        ),
        sa.CheckConstraint(
            "(state in ('posted', 'reconciled')) = (external_id is not null)", name="what_is_posted_has_an_external_id"
        ),
        sa.UniqueConstraint("target", "entry_id", name="an_entry_goes_out_once"),
        sa.UniqueConstraint("target", "reference", name="a_reference_goes_out_once"),
        sqlite_strict=True,
    )
    op.create_index("outbox_work", "outbox", ["target", "state", "next_attempt_ms"])
