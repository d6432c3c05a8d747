"""The tables of ``raw_fhir``: the canonical ledger, and the resources it refers to (HL7 FHIR R4, hl7.org/fhir/R4).

What does not belong here: how a resource is read.
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage
from orchestration.core.transactions import transactions_table

SCHEMA = "raw_fhir"
_PLACE = "the resource's line in NDJSON, its ordinal in a Bundle or in Parquet"


def _table(name: str, grain: str, *columns: Column) -> Table:
    return Table(SCHEMA, name, grain, (*lineage("line_number", _PLACE), *columns, LOADED_AT))


# one resource may hold many transactions, so that its place alone would not be a key; `charge_lines` has the place
TRANSACTIONS = transactions_table(SCHEMA, "line_number", "the transaction's ordinal in the file")

RESOURCES = _table(
    "resources",
    "one row per resource of a file that could be read as FHIR",
    Column("resource_type", "text", "resourceType"),
    Column("resource_id", "text", "id"),
    Column("last_updated_at", "timestamp", "meta.lastUpdated"),
    Column("is_read", "boolean", "whether a table of ours takes this type of resource"),
)

CHARGE_LINES = _table(
    "charge_lines",
    "one row per item of a Claim and per ChargeItem: what the ledger transaction has no column for",
    Column("transaction_line_number", "integer", "line_number of its transaction; null when it became none"),
    Column("transaction_id", "text", "id of the transaction"),
    Column("resource_type", "text", "Claim or ChargeItem"),
    Column("resource_id", "text", "id of that resource", phi="direct"),
    Column("item_sequence", "integer", "Claim.item.sequence"),
    Column("encounter_id", "text", "Encounter it belongs to", phi="direct"),
    Column("status_code", "text", "status of the resource"),
    Column("code_system_uri", "text", "system of the code as the source names it"),
    Column("amount_source", "text", "net, unit_price, price_override or claim_total; null when nothing prices it"),
)

PATIENTS = _table(
    "patients",
    "one row per Patient",
    Column("patient_id", "text", "id", phi="direct"),
    Column("medical_record_number", "text", "identifier of type MR", phi="direct"),
    Column("family_name", "text", "name.family", phi="direct"),
    Column("given_name", "text", "first name.given", phi="direct"),
    Column("birth_date", "date", "birthDate", phi="direct"),
    Column("gender_code", "text", "gender"),
    Column("state_code", "text", "address.state"),
    Column("postal_code", "text", "address.postalCode", phi="limited"),
)

COVERAGES = _table(
    "coverages",
    "one row per Coverage",
    Column("coverage_id", "text", "id"),
    Column("status_code", "text", "status"),
    Column("type_name", "text", "type.text, else its code"),
    Column("patient_id", "text", "beneficiary", phi="direct"),
    Column("member_id", "text", "subscriberId, else the first identifier", phi="direct"),
    Column("payer_id", "text", "first payor: its id or identifier"),
    Column("payer_name", "text", "its display"),
    Column("group_id", "text", "value of the class of type group", phi="direct"),
    Column("coverage_order", "integer", "order: 1 is billed first"),
    Column("start_date", "date", "period.start", phi="limited"),
    Column("end_date", "date", "period.end", phi="limited"),
)

ENCOUNTERS = _table(
    "encounters",
    "one row per Encounter",
    Column("encounter_id", "text", "id", phi="direct"),
    Column("status_code", "text", "status"),
    Column("class_code", "text", "class.code"),
    Column("patient_id", "text", "subject", phi="direct"),
    Column("practitioner_id", "text", "first participant: NPI or id"),
    Column("location_id", "text", "first location"),
    Column("organization_id", "text", "serviceProvider"),
    Column("start_date", "date", "day of period.start as written", phi="limited"),
    Column("end_date", "date", "day of period.end as written", phi="limited"),
)

CLAIMS = _table(
    "claims",
    "one row per Claim",
    Column("claim_resource_id", "text", "id", phi="direct"),
    Column("claim_id", "text", "first identifier, else id: what CLP01 of a remittance repeats", phi="direct"),
    Column("status_code", "text", "status: active, cancelled, draft, entered-in-error"),
    Column("use_code", "text", "use: claim, preauthorization, predetermination"),
    Column("type_code", "text", "type: professional, institutional, oral, pharmacy, vision"),
    Column("patient_id", "text", "patient", phi="direct"),
    Column("provider_id", "text", "provider: NPI or id"),
    Column("location_id", "text", "facility"),
    Column("coverage_id", "text", "coverage of the focal insurance"),
    Column("payer_id", "text", "insurer"),
    Column("payer_name", "text", "display of the insurer, else of the coverage"),
    Column("encounter_id", "text", "first encounter of its items", phi="direct"),
    Column("created_date", "date", "created", phi="limited"),
    Column("service_from_date", "date", "billablePeriod.start", phi="limited"),
    Column("service_to_date", "date", "billablePeriod.end", phi="limited"),
    Column("total_amount", "amount", "total"),
    Column("item_count", "integer", "items"),
)

EXPLANATIONS = _table(
    "explanations_of_benefit",
    "one row per ExplanationOfBenefit",
    Column("explanation_id", "text", "id", phi="direct"),
    Column("claim_resource_id", "text", "claim it answers", phi="direct"),
    Column("claim_id", "text", "first identifier, else id", phi="direct"),
    Column("status_code", "text", "status"),
    Column("use_code", "text", "use"),
    Column("outcome_code", "text", "outcome: queued, complete, error, partial"),
    Column("type_code", "text", "type"),
    Column("patient_id", "text", "patient", phi="direct"),
    Column("provider_id", "text", "provider: NPI or id"),
    Column("payer_id", "text", "insurer"),
    Column("payer_name", "text", "display of the insurer"),
    Column("created_date", "date", "created", phi="limited"),
    Column("payment_date", "date", "payment.date", phi="limited"),
    Column("payment_amount", "amount", "payment.amount"),
    Column("submitted_amount", "amount", "total of category submitted"),
)

ADJUDICATIONS = _table(
    "adjudications",
    "one row per adjudication or total of an ExplanationOfBenefit",
    Column("explanation_id", "text", "id of the ExplanationOfBenefit", phi="direct"),
    Column("item_sequence", "integer", "item.sequence; null for totals and header adjudication"),
    Column("adjudication_number", "integer", "ordinal in the ExplanationOfBenefit, from 1"),
    Column("category_code", "text", "last part of the category's code: submitted, benefit, copay, line_nch_pmt_amt"),
    Column("reason_code", "text", "reason"),
    Column("adjudicated_amount", "amount", "amount"),
)

PRACTITIONERS = _table(
    "practitioners",
    "one row per Practitioner",
    Column("practitioner_id", "text", "id"),
    Column("npi", "text", "identifier of system us-npi"),
    Column("family_name", "text", "name.family"),
    Column("given_name", "text", "first name.given"),
    Column("is_active", "boolean", "active"),
)

PRACTITIONER_ROLES = _table(
    "practitioner_roles",
    "one row per PractitionerRole",
    Column("practitioner_role_id", "text", "id"),
    Column("practitioner_id", "text", "practitioner: NPI or id"),
    Column("organization_id", "text", "organization"),
    Column("location_id", "text", "first location"),
    Column("specialty_code", "text", "first specialty, else code: NUCC taxonomy"),
    Column("is_active", "boolean", "active"),
)

ORGANIZATIONS = _table(
    "organizations",
    "one row per Organization",
    Column("organization_id", "text", "id"),
    Column("npi", "text", "identifier of system us-npi"),
    Column("organization_name", "text", "name"),
    Column("type_code", "text", "first type: prov, pay, ins"),
    Column("is_active", "boolean", "active"),
)

LOCATIONS = _table(
    "locations",
    "one row per Location",
    Column("location_id", "text", "id"),
    Column("location_name", "text", "name"),
    Column("status_code", "text", "status"),
    Column("type_code", "text", "first type"),
    Column("organization_id", "text", "managingOrganization"),
    Column("state_code", "text", "address.state"),
    Column("postal_code", "text", "address.postalCode"),
)

TABLES: tuple[Table, ...] = (
    files_table(SCHEMA),
    findings_table(SCHEMA),
    RESOURCES,
    TRANSACTIONS,
    CHARGE_LINES,
    PATIENTS,
    COVERAGES,
    ENCOUNTERS,
    CLAIMS,
    EXPLANATIONS,
    ADJUDICATIONS,
    PRACTITIONERS,
    PRACTITIONER_ROLES,
    ORGANIZATIONS,
    LOCATIONS,
)
