"""The tables of ``raw_acks``: what receivers say about what they were sent (TA1, 997, 999 005010X231, 277 005010X214).

What does not belong here: how a segment is read.
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_acks"
_OUTCOME = "accepted, accepted_with_errors, partially_accepted or rejected; null for a code nobody knows"
_TRANSACTION = Column("transaction_number", "integer", "ordinal of the acknowledging ST in the file, from 1")


def _table(name: str, grain: str, position: str, *columns: Column) -> Table:
    return Table(SCHEMA, name, grain, (*lineage("segment_number", position), *columns, LOADED_AT))


INTERCHANGES = _table(
    "interchange_acknowledgements",
    "one row per TA1: what a receiver says about an interchange",
    "the TA1 segment",
    Column("sender_id", "text", "ISA06 of the acknowledgement"),
    Column("usage_indicator", "text", "ISA15: P production, T test"),
    Column("acknowledged_interchange_control_number", "text", "TA101: ISA13 of what was sent"),
    Column("acknowledged_interchange_date", "date", "TA102"),
    Column("outcome_code", "text", "TA104: A, E or R"),
    Column("outcome", "text", _OUTCOME),
    Column("note_code", "text", "TA105"),
)

GROUPS = _table(
    "group_acknowledgements",
    "one row per 999 or 997: what a receiver says about a functional group",
    "the ST segment",
    _TRANSACTION,
    Column("set_code", "text", "ST01: 999 or 997"),
    Column("sender_id", "text", "GS02, else ISA06 of the acknowledgement"),
    Column("acknowledged_date", "date", "GS04, else ISA09 of the acknowledgement"),
    Column("usage_indicator", "text", "ISA15: P production, T test"),
    Column("acknowledged_functional_code", "text", "AK101: HC is health care claim"),
    Column("acknowledged_group_control_number", "text", "AK102: GS06 of what was sent"),
    Column("acknowledged_version_code", "text", "AK103"),
    Column("outcome_code", "text", "AK901"),
    Column("outcome", "text", _OUTCOME),
    Column("included_set_count", "integer", "AK902: sets the group's trailer counts"),
    Column("received_set_count", "integer", "AK903"),
    Column("accepted_set_count", "integer", "AK904"),
    Column("error_codes", "text", "AK905 to AK909 joined by ;"),
)

SETS = _table(
    "set_acknowledgements",
    "one row per AK2: what a receiver says about a transaction set",
    "the AK2 segment",
    _TRANSACTION,
    Column("acknowledged_group_control_number", "text", "AK102: GS06 of what was sent"),
    Column("acknowledged_set_code", "text", "AK201: 837"),
    Column("acknowledged_control_number", "text", "AK202: ST02 of what was sent"),
    Column("acknowledged_version_code", "text", "AK203"),
    Column("outcome_code", "text", "IK501, AK501"),
    Column("outcome", "text", _OUTCOME),
    Column("error_codes", "text", "IK502 to IK506 joined by ;"),
)

SET_ERRORS = _table(
    "set_errors",
    "one row per IK3 or AK3, and one per IK4 or AK4: an error at a place of a transaction set",
    "the segment that names the error",
    _TRANSACTION,
    Column("acknowledged_group_control_number", "text", "AK102"),
    Column("acknowledged_control_number", "text", "AK202"),
    Column("error_number", "integer", "ordinal in the transaction set, from 1"),
    Column("level", "text", "segment or element"),
    Column("error_segment_id", "text", "IK301: the segment that is wrong"),
    Column("error_segment_position", "integer", "IK302: its place counted from ST"),
    Column("loop_id", "text", "IK303"),
    Column("element_position", "text", "IK401: element, component and repetition joined by :"),
    Column("element_reference", "text", "IK402: data element number"),
    Column("error_code", "text", "IK304 of a segment, IK403 of an element"),
    Column("bad_value", "text", "IK404: copy of the value; may be anything", phi="direct"),
    Column("patient_control_number", "text", "claim named by CTX*CLM01, segment or element", phi="direct"),
    Column("situation", "text", "CTX*SITUATIONAL TRIGGER: segment and position that make it required"),
)

CLAIM_STATUSES = _table(
    "claim_statuses",
    "one row per status composite of an STC segment of a 277",
    "the STC segment",
    _TRANSACTION,
    Column("version_code", "text", "GS08: 005010X214 acknowledges claims, 005010X212 answers a status request"),
    Column("usage_indicator", "text", "ISA15: P production, T test"),
    Column("level", "text", "payer, receiver, provider, claim or line"),
    Column("status_number", "integer", "ordinal of the composite in the STC: 1, 10 or 11"),
    Column("sender_name", "text", "NM1*PR or NM1*AY 03: who acknowledges"),
    Column("sender_code", "text", "its id"),
    Column("provider_npi", "text", "NM1*85 or NM1*1P 09 when NM108 is XX"),
    Column("batch_reference", "text", "TRN02 of the receiver: BHT03 of the 837"),
    Column("patient_control_number", "text", "claim: TRN02 of 277CA, else REF*EJ, else TRN02", phi="direct"),
    Column("payer_control_number", "text", "REF*1K: the payer's claim id", phi="direct"),
    Column("transmission_reference", "text", "REF*D9: the clearinghouse's claim id", phi="direct"),
    Column("line_control_number", "text", "REF*FJ of a line", phi="direct"),
    Column("patient_last_name", "text", "NM1*QC or NM1*IL 03", phi="direct"),
    Column("patient_first_name", "text", "NM1*QC or NM1*IL 04", phi="direct"),
    Column("member_id", "text", "NM1*QC or NM1*IL 09", phi="direct"),
    Column("category_code", "text", "claim status category code: A1 to A8, P, F, R, E"),
    Column("status_code", "text", "claim status code"),
    Column("entity_code", "text", "whose data is meant"),
    Column("outcome", "text", "accepted, rejected, not_found, pending, paid, denied, finalized, requested or error"),
    Column("action_code", "text", "STC03: WQ accept, U reject"),
    Column("effective_date", "date", "STC02"),
    Column("charged_amount", "amount", "STC04"),
    Column("paid_amount", "amount", "STC05"),
    Column("message", "text", "STC12: free text of the sender", phi="direct"),
    Column("service_from_date", "date", "DTP*472 of the claim or line", phi="limited"),
    Column("service_to_date", "date", "last day of DTP*472", phi="limited"),
)

TABLES: tuple[Table, ...] = (
    files_table(SCHEMA),
    findings_table(SCHEMA),
    INTERCHANGES,
    GROUPS,
    SETS,
    SET_ERRORS,
    CLAIM_STATUSES,
)
