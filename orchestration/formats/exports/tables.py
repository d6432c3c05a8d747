"""The tables of ``raw_ehr``: the append-only ledger every billing system keeps, whatever its export looks like.

What does not belong here: which source column holds what (``profiles/*.toml``).
"""

from __future__ import annotations

from orchestration.core.tables import Table, files_table, findings_table
from orchestration.core.transactions import transactions_table

SCHEMA = "raw_ehr"

TRANSACTIONS = transactions_table(SCHEMA, "line_number", "the record's first line")

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), TRANSACTIONS)
