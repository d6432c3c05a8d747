"""The tables of ``raw_era835``: what one remittance file becomes (X12 835, 005010X221A1 and 004010X091A1).

What does not belong here: how a segment is read (``rows``, ``payment``) or judged (``facts``, ``balancing``).
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
    Column("currency_code", "text", "CUR02 of the payer; null is US dollars"),
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
    Column("submitted_procedure_qualifier", "text", "SVC06-1"),
    Column("submitted_procedure_code", "text", "SVC06-2, the code that was billed when it differs"),
    Column("submitted_modifier_1", "text", "SVC06-3"),
    Column("submitted_modifier_2", "text", "SVC06-4"),
    Column("submitted_modifier_3", "text", "SVC06-5"),
    Column("submitted_modifier_4", "text", "SVC06-6"),
    Column("charged_amount", "amount", "SVC02"),
    Column("paid_amount", "amount", "SVC03"),
    Column("revenue_code", "text", "SVC04"),
    Column("paid_units", "quantity", "SVC05"),
    Column("submitted_units", "quantity", "SVC07"),
    Column("service_date", "date", "DTM*472, else DTM*150", phi="limited"),
    Column("service_to_date", "date", "DTM*151", phi="limited"),
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

REFERENCES = _table(
    "references",
    "one row per REF",
    "the REF segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("qualifier", "text", "REF01"),
    Column("reference_id", "text", "REF02", phi="direct"),
    Column("description", "text", "REF03", phi="direct"),
)

DATES = _table(
    "dates",
    "one row per DTM",
    "the DTM segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("qualifier", "text", "DTM01"),
    Column("date", "date", "DTM02", phi="limited"),
)

AMOUNTS = _table(
    "amounts",
    "one row per AMT: information, never part of a balance",
    "the AMT segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("qualifier", "text", "AMT01"),
    Column("amount", "amount", "AMT02"),
)

QUANTITIES = _table(
    "quantities",
    "one row per QTY",
    "the QTY segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("qualifier", "text", "QTY01"),
    Column("quantity", "quantity", "QTY02"),
)

PARTIES = _table(
    "parties",
    "one row per N1 or NM1",
    "the N1 or NM1 segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("entity_code", "text", "N101 or NM101"),
    Column("entity_type_code", "text", "NM102: 1 a person, 2 another"),
    Column("name", "text", "N102, or NM103: last name or organization", phi="direct"),
    Column("first_name", "text", "NM104", phi="direct"),
    Column("middle_name", "text", "NM105", phi="direct"),
    Column("name_suffix", "text", "NM107", phi="direct"),
    Column("id_qualifier", "text", "N103 or NM108"),
    Column("party_id", "text", "N104 or NM109", phi="direct"),
    Column("address_line_1", "text", "N301 that follows", phi="direct"),
    Column("address_line_2", "text", "N302 that follows", phi="direct"),
    Column("city", "text", "N401 that follows", phi="limited"),
    Column("state_code", "text", "N402 that follows", phi="limited"),
    Column("postal_code", "text", "N403 that follows", phi="limited"),
)

CONTACTS = _table(
    "contacts",
    "one row per PER",
    "the PER segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("function_code", "text", "PER01"),
    Column("name", "text", "PER02", phi="direct"),
    Column("qualifier_1", "text", "PER03"),
    Column("number_1", "text", "PER04", phi="direct"),
    Column("qualifier_2", "text", "PER05"),
    Column("number_2", "text", "PER06", phi="direct"),
    Column("qualifier_3", "text", "PER07"),
    Column("number_3", "text", "PER08", phi="direct"),
)

INPATIENT_ADJUDICATIONS = _table(
    "inpatient_adjudications",
    "one row per MIA; its remark codes stand in remarks",
    "the MIA segment",
    _TRANSACTION,
    _CLAIM,
    Column("covered_days", "quantity", "MIA01"),
    Column("pps_operating_outlier_amount", "amount", "MIA02"),
    Column("lifetime_psychiatric_days", "quantity", "MIA03"),
    Column("drg_amount", "amount", "MIA04"),
    Column("disproportionate_share_amount", "amount", "MIA06"),
    Column("pass_through_amount", "amount", "MIA07"),
    Column("pps_capital_amount", "amount", "MIA08"),
    Column("capital_federal_portion_amount", "amount", "MIA09"),
    Column("capital_hospital_portion_amount", "amount", "MIA10"),
    Column("capital_disproportionate_share_amount", "amount", "MIA11"),
    Column("old_capital_amount", "amount", "MIA12"),
    Column("capital_indirect_education_amount", "amount", "MIA13"),
    Column("operating_hospital_portion_amount", "amount", "MIA14"),
    Column("cost_report_days", "quantity", "MIA15"),
    Column("operating_federal_portion_amount", "amount", "MIA16"),
    Column("capital_outlier_amount", "amount", "MIA17"),
    Column("indirect_teaching_amount", "amount", "MIA18"),
    Column("professional_component_amount", "amount", "MIA19"),
    Column("capital_exception_amount", "amount", "MIA24"),
)

OUTPATIENT_ADJUDICATIONS = _table(
    "outpatient_adjudications",
    "one row per MOA; its remark codes stand in remarks",
    "the MOA segment",
    _TRANSACTION,
    _CLAIM,
    Column("reimbursement_rate", "quantity", "MOA01, 0 to 1"),
    Column("hcpcs_payable_amount", "amount", "MOA02"),
    Column("end_stage_renal_disease_amount", "amount", "MOA08"),
    Column("professional_component_amount", "amount", "MOA09"),
)

PROVIDER_SUMMARIES = _table(
    "provider_summaries",
    "one row per TS3, with the TS2 that follows in its own row",
    "the TS3 or TS2 segment",
    _TRANSACTION,
    Column("segment_id", "text", "TS3 or TS2"),
    Column("provider_id", "text", "TS301"),
    Column("facility_code", "text", "TS302"),
    Column("fiscal_period_date", "date", "TS303"),
    Column("claim_count", "quantity", "TS304"),
    Column("charged_amount", "amount", "TS305"),
    Column("drg_amount", "amount", "TS201"),
)

UNREAD_SEGMENTS = _table(
    "unread_segments",
    "one row per segment that went into no other table: unknown, misplaced, or outside any transaction",
    "the segment",
    Column("segment_id", "text", "its id, when it looks like one"),
    Column("raw_text", "text", "the segment as it stands in the file, without its terminator", phi="direct"),
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
    REFERENCES,
    DATES,
    AMOUNTS,
    QUANTITIES,
    PARTIES,
    CONTACTS,
    INPATIENT_ADJUDICATIONS,
    OUTPATIENT_ADJUDICATIONS,
    PROVIDER_SUMMARIES,
    UNREAD_SEGMENTS,
)
