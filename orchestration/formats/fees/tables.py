"""The tables of ``raw_fees``: fee schedules and relative values as their files give them, with the day they hold from.

What does not belong here: which of several versions holds on a day (dbt).
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_fees"

FEE_SCHEDULE_LINES = Table(
    SCHEMA,
    "fee_schedule_lines",
    "one row per fee of a schedule, versions and repetitions too",
    (
        *lineage("line_number", "the record's first line"),
        Column("profile", "text", "layout the file was read by"),
        Column("fee_basis", "text", "charge: what the practice asks; allowed: what a payer's contract allows"),
        Column("payer_id", "text", "the payer of a contract, empty for the practice's own fees"),
        Column("payer_name", "text", "its name"),
        Column("procedure_code", "text", "code without modifiers"),
        Column("modifier", "text", "the modifier the fee is for, empty for the service without one"),
        Column("place_of_service_code", "text", "the only place the fee is for, empty for any"),
        Column("fee_amount", "amount", "dollars for one unit"),
        Column("effective_date", "date", "first day the fee holds"),
        Column("end_date", "date", "last day the fee holds, empty while nothing ends it"),
        LOADED_AT,
    ),
)

RELATIVE_VALUES = Table(
    SCHEMA,
    "relative_values",
    "one row per code and modifier of a CMS PPRRVU release",
    (
        *lineage("line_number", "the record's first line"),
        Column("effective_date", "date", "first day of the release's quarter"),
        Column("procedure_code", "text", "HCPCS code"),
        Column("modifier", "text", "26, TC or 53, empty for the global service"),
        Column("status_code", "text", "CMS status of the code, e.g. A active"),
        Column("work_rvu", "quantity", "work relative value units"),
        Column("non_facility_practice_expense_rvu", "quantity", "practice expense outside a facility"),
        Column("facility_practice_expense_rvu", "quantity", "practice expense in a facility"),
        Column("malpractice_rvu", "quantity", "malpractice relative value units"),
        Column("non_facility_total_rvu", "quantity", "sum outside a facility, as CMS prints it"),
        Column("facility_total_rvu", "quantity", "sum in a facility, as CMS prints it"),
        Column("component_indicator", "text", "PC/TC indicator: 1 splits into professional and technical"),
        Column("global_days", "text", "global period"),
        Column("conversion_factor", "quantity", "dollars of one relative value unit"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), FEE_SCHEDULE_LINES, RELATIVE_VALUES)
