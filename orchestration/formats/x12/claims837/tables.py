"""The tables of ``raw_claims837`` (837: 005010X222A1, X223A2, X224A2, and 004010X098A1, X096A1, X097A1).

What does not belong here: how a segment is read.
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_claims837"
_TRANSACTION = Column("transaction_number", "integer", "ordinal of the ST in the file, from 1")
_CLAIM = Column("claim_number", "integer", "ordinal of the CLM in the transaction, from 1; null above claims")
_LINE = Column("service_line_number", "integer", "ordinal of the LX in the claim, from 1; null at claim level")


def _table(name: str, grain: str, position: str, *columns: Column) -> Table:
    return Table(SCHEMA, name, grain, (*lineage("segment_number", position), *columns, LOADED_AT))


TRANSACTIONS = _table(
    "transactions",
    "one row per ST*837: one batch of claims",
    "the ST segment",
    _TRANSACTION,
    Column("interchange_control_number", "text", "ISA13: what a TA1 names"),
    Column("group_control_number", "text", "GS06: what AK102 of a 999 names"),
    Column("control_number", "text", "ST02: what AK202 of a 999 names"),
    Column("batch_reference", "text", "BHT03: what TRN02 of a 277CA names"),
    Column("version_code", "text", "GS08, else ST03"),
    Column("claim_type", "text", "professional, institutional or dental, by version, else by its lines"),
    Column("usage_indicator", "text", "ISA15: P production, T test"),
    Column("purpose_code", "text", "BHT02: 00 original, 18 reissue"),
    Column("created_date", "date", "BHT04"),
    Column("transaction_type_code", "text", "BHT06: CH chargeable, RP reporting, 31 subrogation demand"),
    Column("submitter_name", "text", "NM1*41 03"),
    Column("submitter_id", "text", "NM1*41 09"),
    Column("receiver_name", "text", "NM1*40 03"),
    Column("receiver_id", "text", "NM1*40 09"),
    Column("claim_count", "integer", "claims in the transaction"),
    Column("service_line_count", "integer", "service lines in the transaction"),
    Column("charged_amount", "amount", "sum of CLM02; null when one of them cannot be read"),
    Column("segment_count", "integer", "segments from ST to SE, both included"),
)

CLAIMS = _table(
    "claims",
    "one row per CLM",
    "the CLM segment",
    _TRANSACTION,
    _CLAIM,
    Column("patient_control_number", "text", "CLM01: the practice's claim id, CLP01 of the remittance", phi="direct"),
    Column("charged_amount", "amount", "CLM02"),
    Column("line_charged_amount", "amount", "sum of the charges of its lines; null when one cannot be read"),
    Column("is_balanced", "boolean", "CLM02 is what the lines add up to; null when not evaluable"),
    Column("facility_code", "text", "CLM05-1: place of service, or first two digits of the type of bill"),
    Column("facility_qualifier", "text", "CLM05-2: B place of service, A type of bill"),
    Column("frequency_code", "text", "CLM05-3: 1 original, 7 replacement, 8 void"),
    Column("assignment_code", "text", "CLM07"),
    Column("payer_responsibility_code", "text", "SBR01: P primary, S secondary, T tertiary"),
    Column("claim_filing_code", "text", "SBR09"),
    Column("group_id", "text", "SBR03", phi="direct"),
    Column("payer_name", "text", "NM1*PR 03 of the subscriber"),
    Column("payer_id", "text", "NM1*PR 09"),
    Column("subscriber_last_name", "text", "NM1*IL 03", phi="direct"),
    Column("subscriber_first_name", "text", "NM1*IL 04", phi="direct"),
    Column("member_id", "text", "NM1*IL 09", phi="direct"),
    Column("patient_last_name", "text", "NM1*QC 03, else the subscriber's", phi="direct"),
    Column("patient_first_name", "text", "NM1*QC 04, else the subscriber's", phi="direct"),
    Column("patient_birth_date", "date", "DMG02 of the patient, else of the subscriber", phi="direct"),
    Column("patient_gender_code", "text", "DMG03"),
    Column("billing_provider_name", "text", "NM1*85 03"),
    Column("billing_provider_npi", "text", "NM1*85 09 when NM108 is XX"),
    Column("billing_tax_id", "text", "REF*EI or SY of the billing provider"),
    Column("rendering_provider_npi", "text", "NM1*82, else NM1*71 (attending), else NM1*85 09 when NM108 is XX"),
    Column("referring_provider_npi", "text", "NM1*DN 09 when NM108 is XX"),
    Column("facility_npi", "text", "NM1*77 09 when NM108 is XX"),
    Column("service_from_date", "date", "first day of its lines, else DTP*472 or DTP*434", phi="limited"),
    Column("service_to_date", "date", "last day of its lines, else DTP*472 or DTP*434", phi="limited"),
    Column("admission_date", "date", "DTP*435", phi="limited"),
    Column("original_control_number", "text", "REF*F8: the payer's id of the claim this one replaces", phi="direct"),
    Column("prior_authorization_number", "text", "REF*G1", phi="direct"),
    Column("transmission_reference", "text", "REF*D9: the clearinghouse's claim id", phi="direct"),
    Column("patient_paid_amount", "amount", "AMT*F5"),
    Column("service_line_count", "integer", "lines"),
)

SERVICE_LINES = _table(
    "service_lines",
    "one row per LX with its SV1, SV2 or SV3",
    "the LX segment, the SV when there is none",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("procedure_qualifier", "text", "SV101-1, SV202-1, SV301-1: HC, AD, HP ..."),
    Column("procedure_code", "text", "second component"),
    Column("modifier_1", "text", "third component"),
    Column("modifier_2", "text", "fourth component"),
    Column("modifier_3", "text", "fifth component"),
    Column("modifier_4", "text", "sixth component"),
    Column("charged_amount", "amount", "SV102, SV203, SV302"),
    Column("unit_code", "text", "SV103, SV204: UN units, MJ minutes, DA days"),
    Column("units", "quantity", "SV104, SV205, SV306"),
    Column("place_of_service_code", "text", "SV105, SV303, else CLM05-1 of a professional or dental claim"),
    Column("revenue_code", "text", "SV201"),
    Column("diagnosis_pointers", "text", "SV107, SV311: ordinals of diagnoses joined by ;"),
    Column("diagnosis_codes", "text", "the codes they point to joined by ;"),
    Column("service_from_date", "date", "DTP*472 of the line, else of the claim", phi="limited"),
    Column("service_to_date", "date", "last day of it", phi="limited"),
    Column("line_control_number", "text", "REF*6R: the practice's charge id", phi="direct"),
    Column("rendering_provider_npi", "text", "NM1*82 of the line, else of the claim"),
    Column("prior_authorization_number", "text", "REF*G1 of the line", phi="direct"),
    Column("drug_code", "text", "LIN03 when LIN02 is N4: NDC"),
    Column("drug_quantity", "quantity", "CTP04"),
    Column("tooth_codes", "text", "TOO02 of each TOO joined by ;"),
)

DIAGNOSES = _table(
    "diagnoses",
    "one row per diagnosis of an HI segment",
    "the HI segment",
    _TRANSACTION,
    _CLAIM,
    Column("diagnosis_number", "integer", "ordinal a line's pointer counts, from 1; null for those it cannot point to"),
    Column("qualifier", "text", "ABK, BK principal; ABF, BF other; ABJ, BJ admitting; ABN, BN external cause"),
    Column("code_version", "text", "ICD-10-CM, or ICD-9-CM by its old qualifier"),
    Column("diagnosis_code", "text", "without the point"),
    Column("present_on_admission_code", "text", "ninth component"),
)

CLAIM_CODES = _table(
    "claim_codes",
    "one row per other code of an HI segment: procedures, occurrences, values, conditions, DRG",
    "the HI segment",
    _TRANSACTION,
    _CLAIM,
    Column("qualifier", "text", "first component: BBR, BR procedure; BH occurrence; BE value; BG condition"),
    Column("code", "text", "second component"),
    Column("code_date", "date", "fourth component, when the third says it is a date", phi="limited"),
    Column("code_amount", "amount", "fifth component"),
)

PARTIES = _table(
    "parties",
    "one row per NM1",
    "the NM1 segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("level", "text", "transaction, billing, subscriber, patient, claim, other_payer or line"),
    Column("entity_code", "text", "NM101: 85 billing, IL subscriber, QC patient, PR payer, 82 rendering ..."),
    Column("entity_type_code", "text", "NM102: 1 person, 2 organization"),
    Column("last_name", "text", "NM103: last name, or name of an organization", phi="direct"),
    Column("first_name", "text", "NM104", phi="direct"),
    Column("id_qualifier", "text", "NM108"),
    Column("party_id", "text", "NM109", phi="direct"),
    Column("city_name", "text", "N401", phi="limited"),
    Column("state_code", "text", "N402"),
    Column("postal_code", "text", "N403", phi="limited"),
    Column("taxonomy_code", "text", "PRV03"),
)

REFERENCES = _table(
    # `references` is a word of SQL
    "reference_numbers",
    "one row per REF",
    "the REF segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("level", "text", "transaction, billing, subscriber, patient, claim, other_payer or line"),
    Column("entity_code", "text", "NM101 of the party it stands under; null when it stands under none"),
    Column("qualifier", "text", "REF01"),
    Column("reference_id", "text", "REF02", phi="direct"),
)

OTHER_PAYERS = _table(
    "other_payers",
    "one row per SBR below a claim: another payer of it",
    "the SBR segment",
    _TRANSACTION,
    _CLAIM,
    Column("other_payer_number", "integer", "ordinal in the claim, from 1"),
    Column("payer_responsibility_code", "text", "SBR01"),
    Column("claim_filing_code", "text", "SBR09"),
    Column("payer_name", "text", "NM1*PR 03"),
    Column("payer_id", "text", "NM1*PR 09"),
    Column("paid_amount", "amount", "AMT*D"),
    Column("remaining_liability_amount", "amount", "AMT*EAF"),
    Column("noncovered_amount", "amount", "AMT*A8"),
)

ADJUDICATIONS = _table(
    "line_adjudications",
    "one row per SVD: what another payer paid for a line",
    "the SVD segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("payer_id", "text", "SVD01"),
    Column("paid_amount", "amount", "SVD02"),
    Column("procedure_code", "text", "SVD03-2"),
    Column("paid_units", "quantity", "SVD05"),
    Column("adjudicated_date", "date", "DTP*573", phi="limited"),
)

ADJUSTMENTS = _table(
    "adjustments",
    "one row per CAS triplet of another payer",
    "the CAS segment",
    _TRANSACTION,
    _CLAIM,
    _LINE,
    Column("adjustment_number", "integer", "ordinal of the triplet in the claim, from 1"),
    Column("group_code", "text", "CAS01"),
    Column("reason_code", "text", "claim adjustment reason code"),
    Column("adjustment_amount", "amount", "positive reduced that payer's payment"),
    Column("adjustment_quantity", "quantity", "units adjusted"),
)

TABLES: tuple[Table, ...] = (
    files_table(SCHEMA),
    findings_table(SCHEMA),
    TRANSACTIONS,
    CLAIMS,
    SERVICE_LINES,
    DIAGNOSES,
    CLAIM_CODES,
    PARTIES,
    REFERENCES,
    OTHER_PAYERS,
    ADJUDICATIONS,
    ADJUSTMENTS,
)
