"""Payroll registers as CSV or XLSX, by layout, to pay lines.

Quarantined whole: a missing column. Refused: a record that is ragged, or whose amounts or pay date cannot be read.
What does not belong here: layouts (``layouts/*.toml``).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.core.layouts import Cells, UnfitError, fit
from orchestration.core.money import ZERO, parse_written_amount
from orchestration.formats.payroll.layout import AMOUNTS, OPTIONAL_AMOUNTS, PayrollLayout, layouts
from orchestration.formats.payroll.lines import PayLine, Register

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from orchestration.core.delimited import Record

_DATES = ("pay_date", "period_start_date", "period_end_date")
_RAGGED = ("ragged_record", "the record has another number of fields than the header: its cells may have moved")


def parse(content: bytes, own: Mapping[str, PayrollLayout]) -> Register:
    """Return the register of a table; raises ``UndecodableError`` when the bytes are no table."""
    try:
        layout, table, cells = fit(content, {**layouts(), **own})
    except UnfitError as error:
        return Register(error.layout_name or "payroll_table", [], reason=error.finding)
    lines = [_line(layout, cells, record) for record in table.records]
    needed = (name for key in AMOUNTS for name in layout.amounts[key])
    missing = [name for name in needed if name.lower() not in cells.places]
    if missing:
        words = f"the {layout.name} layout needs the column {', '.join(missing)}, which is not there"
        return Register(layout.name, lines, reason=Finding("missing_column", "error", words, line_number=1))
    findings = list(table.findings)
    extra = cells.extra_finding()
    if extra is not None:
        findings.append(extra)
    return Register(layout.name, lines, findings)


def _amount(layout: PayrollLayout, cells: Cells, record: Record, key: str) -> Decimal | None:
    total = ZERO
    for name in layout.amounts.get(key, ()):
        if key in OPTIONAL_AMOUNTS and name.lower() not in cells.places:
            continue
        written = cells.cell(record, name)
        amount = ZERO if layout.is_empty_zero and not written else parse_written_amount(written)
        if amount is None:
            return None
        total += amount
    return total


def _line(layout: PayrollLayout, cells: Cells, record: Record) -> PayLine:
    """Return the record as a line; with fields too many none of its amounts can be trusted."""
    if len(record.fields) > cells.width:
        return PayLine(record.line_number, problem=_RAGGED)
    amounts = {key: _amount(layout, cells, record, key) for key in (*AMOUNTS, *OPTIONAL_AMOUNTS)}
    dates = {key: _date(layout, cells, record, key) for key in _DATES}
    problem = _RAGGED if record.is_ragged else None
    for key, amount in amounts.items():
        if problem is None and amount is None:
            problem = ("unreadable_amount", f"{', '.join(layout.amounts[key])} is missing or unreadable")
    for key, day in dates.items():
        if problem is None and isinstance(day, str):
            names = " or ".join(layout.columns[key])
            problem = (f"{day}_date", f"{names} is missing, unreadable or can be read as two days")
    texts = {
        key: cells.text(record, key) or None
        for key in ("payroll_run_id", "employee_id", "employee_name", "role_code", "provider_npi", "location_id")
    }
    days = {key: day if isinstance(day, dt.date) else None for key, day in dates.items()}
    return PayLine(
        record.line_number,
        amounts["gross"],
        amounts["employee_taxes"],
        amounts["deductions"],
        amounts["net"],
        amounts["employer_taxes"],
        amounts["bonus"],
        payroll_run_id=texts["payroll_run_id"],
        pay_date=days["pay_date"],
        period_start=days["period_start_date"],
        period_end=days["period_end_date"],
        employee_id=texts["employee_id"] or texts["employee_name"],
        employee_name=texts["employee_name"],
        role=texts["role_code"],
        provider_npi=texts["provider_npi"],
        location_id=texts["location_id"],
        problem=problem,
    )


def _date(layout: PayrollLayout, cells: Cells, record: Record, key: str) -> dt.date | str | None:
    text = cells.text(record, key)
    if not text and key not in layout.required:
        return None
    return cells.date(text)
