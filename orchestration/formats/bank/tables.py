"""The tables of ``raw_bank``: account statements and their transactions.

What does not belong here: which payment a deposit is (that is matched in the lake, by trace number).
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_bank"

STATEMENTS = Table(
    SCHEMA,
    "statements",
    "one row per account statement in a file",
    (
        *lineage("line_number", "the line the statement starts on"),
        Column("account_id", "text", "last four characters of the account number, the rest is not kept"),
        Column("account_type", "text", "CHECKING, SAVINGS ...; CREDITCARD"),
        Column("start_date", "date", "first day of the statement"),
        Column("end_date", "date", "last day of the statement"),
        Column("ledger_balance_amount", "amount", "closing ledger balance"),
        Column("balance_date", "date", "day of that balance"),
        Column("deposit_amount", "amount", "sum of the positive transactions that were loaded"),
        Column("withdrawal_amount", "amount", "sum of the negative ones, negative"),
        LOADED_AT,
    ),
)

TRANSACTIONS = Table(
    SCHEMA,
    "transactions",
    "one row per transaction of a statement, duplicates too",
    (
        *lineage("line_number", "the line the transaction starts on"),
        Column("account_id", "text", "last four characters of the account number"),
        Column(
            "transaction_id",
            "text",
            "FITID or the bank's reference; without one, a hash of the line",
        ),
        Column("transaction_type", "text", "TRNTYPE, BAI2 type code, family of the ISO 20022 code, or the bank's word"),
        Column("posted_date", "date", "day on which the bank booked it"),
        Column("amount", "amount", "a deposit is positive"),
        Column("counterparty_name", "text", "who paid or was paid", phi="direct"),
        Column("memo", "text", "the bank's further words", phi="direct"),
        Column("check_number", "text", "number of a check"),
        Column("trace_number", "text", "TRN02 of the CCD+ addenda in MEMO or NAME (45 CFR 162.1602)"),
        Column("originating_company_id", "text", "TRN03 of the same addenda"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), STATEMENTS, TRANSACTIONS)
