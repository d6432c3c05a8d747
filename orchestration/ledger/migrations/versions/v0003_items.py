"""What waits in the lake, by number, and what people decided about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orchestration.ledger.schema import Amount

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables of items and decisions about them."""
    op.create_table(
        "items",
        sa.Column("item_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item_key", TEXT, nullable=False),
        sa.UniqueConstraint("item_key", name="an_item_has_one_number"),
        sqlite_strict=True,
    )
    op.create_table(
        "item_decisions",
        sa.Column("decision_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item_number", sa.Integer, sa.ForeignKey("items.item_number"), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("verb", TEXT, nullable=False),
        sa.Column("parts", TEXT, nullable=False),
        sa.Column("amount", Amount, nullable=False),
        sa.Column("proposed_by", TEXT, nullable=False),
        sa.Column("decided_by", TEXT, nullable=False),
        sa.Column("decided_at", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.CheckConstraint("kind in ('proposed', 'decided', 'undone')", name="item_decision_kind_is_known"),
        sqlite_strict=True,
    )
    op.create_index("item_decisions_item", "item_decisions", ["item_number"])
