"""The tables of ``raw_billing_api``: the canonical ledger, and the balances DrChrono states beside each line item.

What does not belong here: how a record is read.
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage
from orchestration.core.transactions import transactions_table

SCHEMA = "raw_billing_api"

# one record may hold many transactions, so that its place alone would not be a key
TRANSACTIONS = transactions_table(SCHEMA, "line_number", "the transaction's ordinal in the file")

LINE_ITEM_BALANCES = Table(
    SCHEMA,
    "line_item_balances",
    "one row per DrChrono line item and export: what it says is open on the day it was asked",
    (
        *lineage("line_number", "the record's ordinal in the file"),
        Column("line_item_id", "text", "id"),
        Column("claim_id", "text", "appointment", phi="direct"),
        Column("billing_status", "text", "billing_status as the source writes it"),
        Column("insurance_status", "text", "insurance_status: status or kind of adjustment"),
        Column("is_denied", "boolean", "denied_flag"),
        Column("billed_amount", "amount", "billed"),
        Column("allowed_amount", "amount", "allowed"),
        Column("adjustment_amount", "amount", "adjustment"),
        Column("primary_paid_amount", "amount", "ins1_paid"),
        Column("secondary_paid_amount", "amount", "ins2_paid"),
        Column("tertiary_paid_amount", "amount", "ins3_paid"),
        Column("patient_paid_amount", "amount", "pt_paid"),
        Column("insurance_balance_amount", "amount", "balance_ins"),
        Column("patient_balance_amount", "amount", "balance_pt"),
        Column("expected_amount", "amount", "expected_reimbursement"),
        Column("updated_date", "date", "day of updated_at", phi="limited"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), TRANSACTIONS, LINE_ITEM_BALANCES)
