"""The tables of ``raw_payroll``: what each employee earned on each pay date.

What does not belong here: the journal entry of a pay run (``accounting``).
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_payroll"

PAY_LINES = Table(
    SCHEMA,
    "pay_lines",
    "one row per employee per pay date; one per run where a service gives no employees",
    (
        *lineage("line_number", "the record's first line; in JSON the employee's line"),
        Column("payroll_run_id", "text", "the pay run, by the payroll service's id"),
        Column("pay_date", "date", "when it was paid"),
        Column("period_start_date", "date", "first day worked"),
        Column("period_end_date", "date", "last day worked"),
        Column("employee_id", "text", "the payroll service's id of the employee", phi="direct"),
        Column("employee_name", "text", "name of the employee", phi="direct"),
        Column("role_code", "text", "provider, clinical, front_office or administration"),
        Column("provider_npi", "text", "NPI of a provider"),
        Column("location_id", "text", "where the employee works"),
        Column("gross_amount", "amount", "gross pay"),
        Column("employee_tax_amount", "amount", "taxes withheld from the employee"),
        Column("deduction_amount", "amount", "other deductions from the employee"),
        Column("net_amount", "amount", "paid to the employee"),
        Column("employer_tax_amount", "amount", "the employer's own taxes"),
        Column("bonus_amount", "amount", "the part of gross that is a bonus or a true-up of compensation"),
        Column(
            "is_tied", "boolean", "gross = employee taxes + deductions + net, to the cent; a bonus is at most gross"
        ),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), PAY_LINES)
