"""Payroll registers (CSV) to ``raw_payroll``.

A missing column quarantines the file. A record that is ragged, or whose amounts or dates cannot be read, is
refused; one whose gross is not taxes + deductions + net is loaded with ``is_tied`` false and an error finding, so
that the books hold it. What does not belong here: posting.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.delimited import Record, UndecodableError, read_delimited
from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.money import ZERO, fits, parse_written_amount
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.payroll.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

_PROFILE = "payroll_csv"
_DATES: Final = ("pay_date", "period_start", "period_end")
_TEXTS: Final = ("employee_id", "employee_name", "role", "provider_npi", "location_id")
_AMOUNTS: Final = ("gross_pay", "employee_taxes", "deductions", "net_pay", "employer_taxes")
COLUMNS: Final = ("payroll_run_id", *_DATES, *_TEXTS, *_AMOUNTS)
_ROLES: Final = frozenset({"provider", "clinical", "front_office", "administration"})


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many payroll files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    try:
        table = read_delimited(file.content)
    except UndecodableError as error:
        batch.quarantine_file(file, profile=None, reason=error.finding)
        return
    places = {name.lower(): place for place, name in reversed(list(enumerate(table.header)))}
    costs = [_cost(record, places, len(table.header)) for record in table.records]
    total = sum((cost for cost in costs if cost is not None), ZERO)
    reason = _quarantine_reason(places, total)
    if reason is not None:
        in_amount = total if fits(total) else ZERO
        batch.quarantine_file(
            file, profile=_PROFILE, reason=reason, record_count=len(table.records), in_amount=in_amount
        )
        return
    findings = list(table.findings)
    extra = [name for name in table.header if name.lower() not in COLUMNS]
    if extra:
        message = f"{len(extra)} columns that a payroll register does not have were not read"
        findings.append(Finding("extra_column", "warning", message, line_number=1))
    refused = ZERO
    for record, cost in zip(table.records, costs, strict=True):
        row, found = _row(file, record, places, cost)
        findings.extend(found)
        if row is None:
            refused += cost or ZERO
        else:
            batch.rows["pay_lines"].append(row)
    batch.add_file(
        file,
        profile=_PROFILE,
        record_count=len(table.records),
        in_amount=total,
        quarantined_amount=refused,
        findings=findings,
    )


def _quarantine_reason(places: Mapping[str, int], total: Decimal) -> Finding | None:
    missing = [name for name in COLUMNS if name not in places]
    if missing:
        names = ", ".join(missing)
        return Finding("missing_column", "error", f"a payroll register needs the column {names}, which is not there")
    if not fits(total):
        return Finding("amount_out_of_range", "error", "the pay of the file sums to more than money can be")
    return None


def _cell(record: Record, places: Mapping[str, int], name: str) -> str:
    place = places.get(name)
    return record.fields[place].strip() if place is not None and place < len(record.fields) else ""


def _cost(record: Record, places: Mapping[str, int], width: int) -> Decimal | None:
    """Return gross pay plus employer taxes, the control amount of a record; ``None`` when neither can be trusted."""
    if len(record.fields) > width:
        return None
    amounts = [parse_written_amount(_cell(record, places, name)) for name in ("gross_pay", "employer_taxes")]
    readable = [amount for amount in amounts if amount is not None]
    return sum(readable, ZERO) if readable else None


def _row(
    file: SourceFile, record: Record, places: Mapping[str, int], cost: Decimal | None
) -> tuple[tuple[Any, ...] | None, list[Finding]]:
    """Return the record as a row with its findings, or no row and the finding that refuses it."""
    line = record.line_number
    if record.is_ragged:
        message = "the record has another number of fields than the header: its cells may have moved"
        return None, [Finding("ragged_record", "error", message, line_number=line, amount=cost)]
    amounts = {name: parse_written_amount(_cell(record, places, name)) for name in _AMOUNTS}
    dates = {name: _date(_cell(record, places, name)) for name in _DATES}
    for name, value in (*amounts.items(), *dates.items()):
        if value is None:
            code = "unreadable_amount" if name in amounts else "unreadable_date"
            message = f"{name} is missing or unreadable"
            return None, [Finding(code, "error", message, line_number=line, amount=cost)]
    findings: list[Finding] = []
    gross, taxes, deductions, net, employer = (amounts[name] or ZERO for name in _AMOUNTS)
    difference = gross - taxes - deductions - net
    if difference:
        message = (
            f"gross pay {gross:,.2f} less taxes {taxes:,.2f} and deductions {deductions:,.2f} leaves "
            f"{gross - taxes - deductions:,.2f}, but {net:,.2f} was paid, a difference of {difference:,.2f}"
        )
        findings.append(Finding("untied_pay", "error", message, line_number=line, amount=cost))
    texts = {name: _cell(record, places, name) or None for name in _TEXTS}
    role, npi = texts["role"], texts["provider_npi"]
    if role not in _ROLES:
        findings.append(Finding("unknown_role", "warning", "the role is none that is known", line_number=line))
    if npi is not None and not is_npi(npi):
        message = "the provider's NPI fails its check digit: it may be mistyped"
        findings.append(Finding("npi_check_digit", "warning", message, line_number=line))
    row = (
        file.file_id,
        line,
        _cell(record, places, "payroll_run_id") or None,
        *(dates[name] for name in _DATES),
        *(texts[name] for name in _TEXTS),
        gross,
        taxes,
        deductions,
        net,
        employer,
        not difference,
        file.landed_at,
    )
    return row, findings


def _date(text: str) -> dt.date | None:
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a calendar date has no zone
        except ValueError:
            continue
    return None
