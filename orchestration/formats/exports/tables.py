"""The tables of ``raw_ehr``: the append-only ledger every billing system keeps, whatever its export looks like.

What does not belong here: which source column holds what (``profiles/*.toml``).
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_ehr"

TRANSACTIONS = Table(
    SCHEMA,
    "transactions",
    "one row per ledger transaction of the EHR, duplicates too",
    (
        *lineage("line_number", "the record's first line"),
        Column("profile", "text", "layout the file was read by"),
        Column("transaction_id", "text", "the source's id of the transaction"),
        Column("parent_charge_id", "text", "the charge that a payment or adjustment stands against"),
        Column("claim_id", "text", "the claim: CLP01 of the remittance", phi="direct"),
        Column("patient_id", "text", "the source's id of the patient", phi="direct"),
        Column("transaction_type", "text", "CHARGE, PAYMENT, ADJUSTMENT, TRANSFER_IN or TRANSFER_OUT"),
        Column("bucket", "text", "who owes: primary, secondary or patient"),
        Column("amount", "amount", "charges and transfers in positive; payments, adjustments, transfers out negative"),
        Column("reason", "text", "the source's reason or method"),
        Column("code_system", "text", "CPT, SNOMED or OTHER"),
        Column("procedure_code", "text", "code without modifiers"),
        Column("modifier_1", "text", "first modifier"),
        Column("modifier_2", "text", "second modifier"),
        Column("modifier_3", "text", "third modifier"),
        Column("modifier_4", "text", "fourth modifier"),
        Column("units", "quantity", "units of service"),
        Column("diagnosis_codes", "text", "ICD-10-CM codes joined by ;"),
        Column("place_of_service_code", "text", "CMS place of service code"),
        Column("rendering_provider_id", "text", "NPI where the source has it, else the source's id"),
        Column("location_id", "text", "where the service was given"),
        Column("payer_id", "text", "who is billed"),
        Column("payer_name", "text", "its name in the source"),
        Column("service_date", "date", "when the service was given", phi="limited"),
        Column("post_date", "date", "when it was posted in the source", phi="limited"),
        Column("void_date", "date", "when it was voided in the source", phi="limited"),
        Column("batch_id", "text", "the source's posting batch"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), TRANSACTIONS)
