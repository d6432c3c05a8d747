"""Alembic's entry: run the migrations on the connection, and inside the transaction, that the ledger hands over."""

from __future__ import annotations

from alembic import context

from orchestration.ledger.migrating import VERSION_TABLE
from orchestration.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
context.run_migrations()
