"""Alembic migrations of the ledger. Each is what it was when it was written and is never edited afterwards."""
