"""The ledger transaction every billing source is read to, whatever its format: its columns and its words, once.

A reader that finds charges, payments or adjustments (exports, HL7, FHIR ...) declares its ``transactions`` table
with ``transactions_table``; staging reads them all alike. What does not belong here: which field of a source holds
what, and which transaction counts.
"""

from __future__ import annotations

from typing import Literal

from orchestration.core.tables import LOADED_AT, Column, Table, lineage

TransactionType = Literal["CHARGE", "PAYMENT", "ADJUSTMENT", "TRANSFER_IN", "TRANSFER_OUT"]
Bucket = Literal["primary", "secondary", "patient"]


def transactions_table(schema: str, position: Literal["segment_number", "line_number"], what: str) -> Table:
    """Return the ``transactions`` table of one raw schema; ``what`` says which place ``position`` counts."""
    return Table(
        schema,
        "transactions",
        "one row per ledger transaction of the source, duplicates too",
        (
            *lineage(position, what),
            Column("profile", "text", "layout the file was read by"),
            Column("transaction_id", "text", "the source's id of the transaction"),
            Column("parent_charge_id", "text", "the charge that a payment or adjustment stands against"),
            Column("claim_id", "text", "the claim: CLP01 of the remittance", phi="direct"),
            Column("patient_id", "text", "the source's id of the patient", phi="direct"),
            Column("transaction_type", "text", "CHARGE, PAYMENT, ADJUSTMENT, TRANSFER_IN or TRANSFER_OUT"),
            Column("bucket", "text", "who owes: primary, secondary or patient"),
            Column(
                "amount", "amount", "charges and transfers in positive; payments, adjustments, transfers out negative"
            ),
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
        key=("file_id", position),
    )
