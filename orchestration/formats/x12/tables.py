"""The tables of ``raw_era835``: what one remittance file becomes (X12 835, 005010X221A1 and 004010X091A1).

What does not belong here: how a segment is read (``remittance``) or judged (``balancing``, ``envelope``).
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_era835"

_TRANSACTION = Column("transaction_number", "integer", "ordinal of the ST*835 in the file, from 1")
_CLAIM = Column("claim_number", "integer", "ordinal of the CLP in the transaction, from 1")
_LINE = Column("service_line_number", "integer", "ordinal of the SVC in the claim, from 1; null at claim level")


def _table(name: str, grain: str, position: str, *columns: Column) -> Table:
    """Return a table whose position is the segment the row starts at."""
    return Table(SCHEMA, name, grain, (*lineage("segment_number", position), *columns, LOADED_AT))


INTERCHANGES = _table(
    "interchanges",
    "one row per ISA",
    "the ISA segment",
    Column("interchange_number", "integer", "ordinal of the interchange in the file, from 1"),
    Column("control_number", "text", "ISA13"),
    Column("sender_id", "text", "ISA06"),
    Column("receiver_id", "text", "ISA08"),
    Column("interchange_date", "date", "ISA09"),
    Column("usage_indicator", "text", "ISA15: P production, T test"),
    Column("version_code", "text", "ISA12"),
)

TRANSACTIONS = _table(
    "transactions",
    "one row per ST*835: one payment and its explanation",
    "the ST segment",
    _TRANSACTION,
    Column("control_number", "text", "ST02"),
    Column("version_code", "text", "GS08, else ST03"),
    Column("handling_code", "text", "BPR01"),
    Column("paid_amount", "amount", "BPR02, negative when BPR03 is D"),
    Column("payment_method_code", "text", "BPR04"),
    Column("payment_date", "date", "BPR16"),
    Column("trace_number", "text", "TRN02: check or EFT trace number"),
    Column("originating_company_id", "text", "TRN03"),
    Column("production_date", "date", "DTM*405"),
    Column("payer_name", "text", "N1*PR02"),
    Column("payer_id", "text", "N1*PR04, else REF*2U, else TRN03"),
    Column("payee_name", "text", "N1*PE02"),
    Column("payee_npi", "text", "N1*PE04 when N103 is XX, else REF*HPI"),
    Column("claim_count", "integer", "claims in the transaction"),
    Column("service_line_count", "integer", "service lines in the transaction"),
    Column("claim_paid_amount", "amount", "sum of CLP04; null when one of them cannot be read"),
    Column("provider_adjustment_amount", "amount", "sum of PLB amounts; null when one of them cannot be read"),
    Column("unbalanced_line_count", "integer", "service lines that do not balance"),
    Column("unbalanced_claim_count", "integer", "claims that do not balance"),
    Column("is_balanced", "boolean", "all three levels balance; null when one cannot be evaluated and none fails"),
    Column("is_postable", "boolean", "nothing holds this transaction back from posting"),
    Column("hold_reason_code", "text", "code of the first error finding that holds it"),
    Column("segment_count", "integer", "segments from ST to SE, both included"),
    Column("content_key", "text", "SHA-256 of the segments between ST and SE: tells a resend from a conflict"),
)

CLAIMS = _table(
    "claims",
    "one row per CLP",
    "the CLP segment",
    _TRANSACTION,
    _CLAIM,
    Column("patient_control_number", "text", "CLP01: the practice's claim id", phi="direct"),
    Column("claim_status_code", "text", "CLP02"),
    Column("charged_amount", "amount", "CLP03"),
    Column("paid_amount", "amount", "CLP04"),
    Column("patient_responsibility_amount", "amount", "CLP05"),
    Column("claim_filing_code", "text", "CLP06"),
    Column("payer_control_number", "text", "CLP07: the payer's claim id", phi="direct"),
    Column("facility_code", "text", "CLP08"),
    Column("frequency_code", "text", "CLP09"),
    Column("patient_last_name", "text", "NM1*QC03", phi="direct"),
    Column("patient_first_name", "text", "NM1*QC04", phi="direct"),
    Column("member_id", "text", "NM1*QC09, else NM1*IL09", phi="direct"),
    Column("rendering_provider_npi", "text", "NM1*82 09 when NM108 is XX"),
    Column("statement_from_date", "date", "DTM*232", phi="limited"),
    Column("statement_to_date", "date", "DTM*233", phi="limited"),
    Column("received_date", "date", "DTM*050", phi="limited"),
    Column("adjusted_amount", "amount", "sum of CAS of the claim and its lines; null when one cannot be read"),
    Column("is_reversal", "boolean", "CLP02 is 22: every amount is negated"),
    Column("is_balanced", "boolean", "CLP03 less adjusted_amount is CLP04; null when not evaluable"),
)

SERVICE_LINES = _table(
    "service_lines",
    "one row per SVC",
    "the SVC segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("procedure_qualifier", "text", "SVC01-1"),
    Column("procedure_code", "text", "SVC01-2, the code that was adjudicated"),
    Column("modifier_1", "text", "SVC01-3"),
    Column("modifier_2", "text", "SVC01-4"),
    Column("modifier_3", "text", "SVC01-5"),
    Column("modifier_4", "text", "SVC01-6"),
    Column("submitted_procedure_code", "text", "SVC06-2, the code that was billed when it differs"),
    Column("charged_amount", "amount", "SVC02"),
    Column("paid_amount", "amount", "SVC03"),
    Column("revenue_code", "text", "SVC04"),
    Column("paid_units", "quantity", "SVC05"),
    Column("submitted_units", "quantity", "SVC07"),
    Column("service_date", "date", "DTM*472, else DTM*150", phi="limited"),
    Column("line_control_number", "text", "REF*6R: the practice's charge id", phi="direct"),
    Column("rendering_provider_npi", "text", "NM1*82 or REF*HPI of the line"),
    Column("allowed_amount", "amount", "AMT*B6"),
    Column("adjusted_amount", "amount", "sum of the line's CAS; null when one cannot be read"),
    Column("is_balanced", "boolean", "SVC02 less adjusted_amount is SVC03; null when not evaluable"),
)

ADJUSTMENTS = _table(
    "adjustments",
    "one row per CAS triplet",
    "the CAS segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("adjustment_number", "integer", "ordinal of the triplet in the claim, from 1"),
    Column("group_code", "text", "CAS01: CO, PR, OA, PI; CR in 4010"),
    Column("reason_code", "text", "claim adjustment reason code"),
    Column("adjustment_amount", "amount", "positive reduces the payment"),
    Column("adjustment_quantity", "quantity", "units adjusted"),
)

PROVIDER_ADJUSTMENTS = _table(
    "provider_adjustments",
    "one row per PLB pair",
    "the PLB segment",
    _TRANSACTION,
    Column("pair_number", "integer", "ordinal of the pair in the transaction, from 1"),
    Column("provider_id", "text", "PLB01"),
    Column("fiscal_period_date", "date", "PLB02"),
    Column("adjustment_reason_code", "text", "first component of PLB03, 05 ...: WO, FB, L6, 72, CS, J1 ..."),
    Column("reference_id", "text", "its other components; may hold a claim number", phi="direct"),
    Column("adjustment_amount", "amount", "positive reduces the payment"),
)

REMARKS = _table(
    "remarks",
    "one row per remark code",
    "the LQ, MOA or MIA segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("qualifier", "text", "LQ01, or MOA or MIA"),
    Column("remark_code", "text", "remittance advice remark code"),
)

TABLES: tuple[Table, ...] = (
    files_table(SCHEMA),
    findings_table(SCHEMA),
    INTERCHANGES,
    TRANSACTIONS,
    CLAIMS,
    SERVICE_LINES,
    ADJUSTMENTS,
    PROVIDER_ADJUSTMENTS,
    REMARKS,
)
