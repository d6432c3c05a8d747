"""The tables of ``raw_hl7``: the ledger transactions of FT1, and what the other segments say about visits to come.

Names, addresses and telephone numbers are not loaded: no model needs them. What does not belong here: which
field of a segment holds what (``charges``, ``people``).
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage
from orchestration.core.transactions import transactions_table

SCHEMA = "raw_hl7"

_MESSAGE = Column("message_number", "integer", "message within the file, from 1")
_PATIENT = Column("patient_id", "text", "the sender's id of the patient: PID-3, its MR number", phi="direct")
_PLACE = "the segment's place in the file"

MESSAGES = Table(
    SCHEMA,
    "messages",
    "one row per message, refused ones too",
    (
        *lineage("segment_number", "the place of its MSH in the file"),
        _MESSAGE,
        Column("sending_application", "text", "MSH-3"),
        Column("sending_facility", "text", "MSH-4"),
        Column("message_type", "text", "MSH-9.1, e.g. DFT"),
        Column("trigger_event", "text", "MSH-9.2, e.g. P03"),
        Column("control_id", "text", "MSH-10"),
        Column("processing_id", "text", "MSH-11: P production, T training, D debugging"),
        Column("version", "text", "MSH-12"),
        Column("sent_date", "date", "day of MSH-7, as the sender's clock shows it", phi="limited"),
        Column("segment_count", "integer", "segments of the message"),
        Column("transaction_count", "integer", "FT1 segments of the message"),
        Column("refused_code", "text", "why none of its rows were loaded, empty when they were"),
        LOADED_AT,
    ),
)

TRANSACTIONS = transactions_table(SCHEMA, "segment_number", _PLACE)

DETAILS = Table(
    SCHEMA,
    "transaction_details",
    "one row per row of transactions: what FT1 says beyond the ledger transaction",
    (
        *lineage("segment_number", _PLACE),
        _MESSAGE,
        Column("hold_reason", "text", "why a person must look before it is booked, empty when nobody must"),
        Column("reversed_transaction_id", "text", "the charge that a credit (FT1-6 CD) takes back"),
        Column("charge_code", "text", "FT1-7.1, often a code of the sender's own charge master"),
        Column("charge_code_system", "text", "FT1-7.3"),
        Column("unit_amount", "amount", "FT1-12"),
        Column("currency_code", "text", "currency of FT1-11 or FT1-12, empty when it is not said"),
        Column("department_code", "text", "FT1-13.1"),
        Column("health_plan_id", "text", "FT1-14.1"),
        Column("ordering_provider_id", "text", "FT1-21, the NPI where it has one"),
        Column("order_number", "text", "FT1-23.1", phi="direct"),
        Column("authorization_number", "text", "FT1-39.1", phi="direct"),
        LOADED_AT,
    ),
)

PATIENTS = Table(
    SCHEMA,
    "patients",
    "one row per PID segment: who a message is about, as it says it",
    (
        *lineage("segment_number", _PLACE),
        _MESSAGE,
        _PATIENT,
        Column("prior_patient_id", "text", "id that was merged into this one (MRG-1)", phi="direct"),
        Column("account_number", "text", "PID-18.1", phi="direct"),
        Column("birth_date", "date", "day of PID-7", phi="direct"),
        Column("sex_code", "text", "PID-8.1"),
        Column("postal_code", "text", "PID-11.5", phi="direct"),
        Column("is_deceased", "boolean", "PID-30 is Y"),
        LOADED_AT,
    ),
)

VISITS = Table(
    SCHEMA,
    "visits",
    "one row per PV1 segment: one state of one visit",
    (
        *lineage("segment_number", _PLACE),
        _MESSAGE,
        _PATIENT,
        Column("visit_number", "text", "PV1-19.1", phi="direct"),
        Column("visit_state", "text", "by trigger event: open, discharged, pre_admitted or cancelled"),
        Column("patient_class", "text", "PV1-2: O outpatient, I inpatient, E emergency ..."),
        Column("location_id", "text", "PV1-3, point of care"),
        Column("facility_id", "text", "PV1-3.4"),
        Column("attending_provider_id", "text", "PV1-7, the NPI where it has one"),
        Column("referring_provider_id", "text", "PV1-8, the NPI where it has one"),
        Column("financial_class_code", "text", "PV1-20.1"),
        Column("admitted_date", "date", "day of PV1-44", phi="limited"),
        Column("discharged_date", "date", "day of PV1-45", phi="limited"),
        Column("diagnosis_codes", "text", "ICD-10-CM codes of the message's DG1 segments joined by ;"),
        LOADED_AT,
    ),
)

PROCEDURES = Table(
    SCHEMA,
    "procedures",
    "one row per PR1 segment: one procedure of a visit, as the account record (BAR) or the charge message says it",
    (
        *lineage("segment_number", _PLACE),
        _MESSAGE,
        _PATIENT,
        Column("code_system", "text", "CPT, SNOMED or LOCAL, by PR1-3.3 and the shape of the code"),
        Column("procedure_code", "text", "PR1-3.1"),
        Column("modifier_1", "text", "first modifier (PR1-16)"),
        Column("modifier_2", "text", "second modifier"),
        Column("modifier_3", "text", "third modifier"),
        Column("modifier_4", "text", "fourth modifier"),
        Column("procedure_date", "date", "day of PR1-5", phi="limited"),
        Column("provider_id", "text", "PR1-12, else the surgeon of PR1-11; the NPI where it has one"),
        Column("diagnosis_codes", "text", "ICD-10-CM codes of PR1-15 joined by ;"),
        LOADED_AT,
    ),
)

INSURANCES = Table(
    SCHEMA,
    "insurances",
    "one row per IN1 segment: one coverage of a patient, in the order in which they pay",
    (
        *lineage("segment_number", _PLACE),
        _MESSAGE,
        _PATIENT,
        Column("coverage_number", "integer", "1 pays first, 2 second ... (IN1-1, else its order)"),
        Column("plan_id", "text", "IN1-2.1"),
        Column("payer_id", "text", "IN1-3.1"),
        Column("payer_name", "text", "IN1-4.1"),
        Column("group_number", "text", "IN1-8", phi="direct"),
        Column("policy_number", "text", "IN1-36", phi="direct"),
        Column("plan_type_code", "text", "IN1-15.1"),
        Column("effective_date", "date", "IN1-12", phi="limited"),
        Column("expiration_date", "date", "IN1-13", phi="limited"),
        LOADED_AT,
    ),
)

APPOINTMENTS = Table(
    SCHEMA,
    "appointments",
    "one row per SCH segment: one state of one appointment",
    (
        *lineage("segment_number", "the place of its SCH in the file"),
        _MESSAGE,
        Column("appointment_id", "text", "filler's id (SCH-2), else the placer's (SCH-1)", phi="direct"),
        Column(
            "appointment_state", "text", "by trigger event: booked, rescheduled, modified, cancelled, no_show or other"
        ),
        Column("status_code", "text", "SCH-25.1"),
        _PATIENT,
        Column("appointment_type", "text", "SCH-8.1"),
        Column("reason_code", "text", "SCH-7.1"),
        Column("service_code", "text", "AIS-3.1"),
        Column("provider_id", "text", "AIP-3, the NPI where it has one"),
        Column("location_id", "text", "AIL-3, point of care"),
        Column("appointment_date", "date", "local day of TQ1-7, AIS-4, AIP-6, AIL-6 or SCH-11.4", phi="limited"),
        Column("start_time", "text", "local time it starts, HH:MM", phi="limited"),
        Column("duration_minutes", "quantity", "AIS-7, else SCH-9, in minutes"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (
    files_table(SCHEMA),
    findings_table(SCHEMA),
    MESSAGES,
    TRANSACTIONS,
    DETAILS,
    PATIENTS,
    VISITS,
    PROCEDURES,
    INSURANCES,
    APPOINTMENTS,
)
