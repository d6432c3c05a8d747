"""The tables of ``raw_ehr``: the append-only ledger every billing system keeps, whatever its export looks like.

What does not belong here: which source column holds what (``profiles/*.toml``).
"""

from __future__ import annotations

from orchestration.core.tables import Column, Table, files_table, findings_table
from orchestration.core.transactions import transactions_table

SCHEMA = "raw_ehr"

_LEDGER = transactions_table(SCHEMA, "line_number", "the record's first line")
TRANSACTIONS = Table(
    SCHEMA,
    _LEDGER.name,
    _LEDGER.grain,
    (
        *_LEDGER.columns[:-1],
        Column("reversed_transaction_id", "text", "the charge that a credit takes back"),
        _LEDGER.columns[-1],
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), TRANSACTIONS)
