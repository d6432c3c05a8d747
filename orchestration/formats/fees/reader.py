"""Fee schedules and relative values to ``raw_fees``.

Quarantined whole: no table, no known layout, a required column missing, a CMS release that does not tell its quarter.
Refused: a ragged record, a code, fee or date that cannot be read, a fee below zero, and every fee of a code that the
same file prices twice differently for the same first day. The sum of the fees is a check sum of the file and no money.
What does not belong here: which version holds on a day (dbt).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import Delimited, Record, UndecodableError
from orchestration.core.findings import Finding
from orchestration.core.layouts import Cells, Layout, UnfitError, common_fields, fit, match, parse, shipped
from orchestration.core.money import ZERO, fits, parse_written_amount
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.core.tabular import read_table
from orchestration.formats.fees import fixed_width, relative_values
from orchestration.formats.fees.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from orchestration.core.dates import DateProblem

_BASES = frozenset({"charge", "allowed"})
_CONFLICT = "two fees of the file are for the same code, modifier, payer and first day and differ: none of them is read"


def _build(data: Mapping[str, Any]) -> Layout:
    return Layout(**common_fields(data))


@cache
def layouts() -> Mapping[str, Layout]:
    """Return the layouts of fee schedules by name."""
    return shipped("orchestration.formats.fees.layouts", _build)


def read_layout(text: str) -> Layout:
    """Return the layout of a TOML text that a practice wrote; raises ``LayoutError``."""
    return parse(text, _build)


def is_fee_table(header: Sequence[str], own: Mapping[str, Layout] | None = None) -> bool:
    """Tell whether a header is that of a fee schedule or of a CMS relative value file."""
    known = match(header, own or {}) or match(header, layouts())
    return relative_values.is_header(header) or known is not None


def read(files: Sequence[SourceFile], own: Mapping[str, Layout] | None = None) -> RawBatch:
    """Return the rows of many fee files; ``own`` are the practice's own layouts by name.

    Never raises, whatever the bytes.
    """
    batch = RawBatch(TABLES)
    every = {**layouts(), **(own or {})}
    for file in files:
        try:
            if fixed_width.is_fixed_width(file.content):
                _read_relative_values(batch, file, *fixed_width.cut(file.content), titles="")
                continue
            table = read_table(file.content, lambda header: is_fee_table(header, own))
            if relative_values.is_header(table.header):
                records = [(record.line_number, record.fields) for record in table.records]
                titles = " ".join(cell for row in table.titles for cell in row)
                _read_relative_values(batch, file, records, table.findings, titles=titles)
            else:
                _read_schedule(batch, file, *fit(file.content, every))
        except UndecodableError as error:
            batch.quarantine_file(file, profile=None, reason=error.finding)
        except UnfitError as error:
            batch.quarantine_file(
                file, profile=error.layout_name, reason=error.finding, record_count=error.record_count
            )
    return batch


def _read_relative_values(
    batch: RawBatch,
    file: SourceFile,
    records: Sequence[tuple[int, Sequence[str] | Finding]],
    text_findings: Sequence[Finding],
    *,
    titles: str,
) -> None:
    count = len(records)
    effective = relative_values.first_day(titles, file.file_name)
    if effective is None:
        words = "neither the titles nor the name tell which quarter the relative values hold from: name the file as CMS"
        reason = Finding("no_effective_date", "error", f"{words} does, PPRRVU2026_JAN.csv")
        batch.quarantine_file(file, profile=relative_values.PROFILE, reason=reason, record_count=count)
        return
    rows, findings = relative_values.read_rows(file, records, effective)
    batch.rows["relative_values"].extend(rows)
    batch.add_file(
        file,
        profile=relative_values.PROFILE,
        record_count=count,
        in_amount=ZERO,
        findings=[*text_findings, *findings],
    )


def _read_schedule(batch: RawBatch, file: SourceFile, layout: Layout, table: Delimited, cells: Cells) -> None:
    fees = [None if r.is_ragged else parse_written_amount(cells.text(r, "fee_amount")) for r in table.records]
    total = sum((fee for fee in fees if fee is not None), ZERO)
    count = len(table.records)
    if not fits(total):
        reason = Finding("amount_out_of_range", "error", "the fees of the file sum to more than money can be")
        batch.quarantine_file(file, profile=layout.name, reason=reason, record_count=count)
        return
    read_rows = [_row(file, layout, cells, record, fee) for record, fee in zip(table.records, fees, strict=True)]
    prices: dict[tuple[Any, ...], set[Decimal]] = {}
    for row in read_rows:
        if not isinstance(row, Finding):
            prices.setdefault(_key(row), set()).add(row[9])
    findings = list(table.findings)
    extra = cells.extra_finding()
    if extra is not None:
        findings.append(extra)
    refused = ZERO
    for row, record, fee in zip(read_rows, table.records, fees, strict=True):
        if isinstance(row, Finding):
            findings.append(row)
        elif len(prices[_key(row)]) > 1:
            line = record.line_number
            findings.append(Finding("conflicting_fees", "error", _CONFLICT, line_number=line, amount=fee))
        else:
            batch.rows["fee_schedule_lines"].append(row)
            continue
        refused += fee or ZERO
    batch.add_file(
        file,
        profile=layout.name,
        record_count=count,
        in_amount=total,
        quarantined_amount=refused,
        findings=findings,
    )


def _key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a fee is the price of: basis, payer, code, modifier, place, first day."""
    return (row[3], row[4] or row[5], *row[6:9], row[10])


def _row(
    file: SourceFile, layout: Layout, cells: Cells, record: Record, fee: Decimal | None
) -> tuple[Any, ...] | Finding:
    """Return the record as a row, or the finding that refuses it."""
    code = cells.text(record, "procedure_code").upper()
    payer = (cells.text(record, "payer_id") or None, cells.text(record, "payer_name") or None)
    basis = cells.text(record, "fee_basis").lower() or ("allowed" if any(payer) else "charge")
    days = [cells.date(cells.text(record, key)) for key in ("effective_date", "end_date")]
    first, last = days if cells.text(record, "end_date") else (days[0], None)
    problem = _fee_problem(record, code, fee, is_payer_known=any(payer), basis=basis) or _date_problem(first, last)
    if problem is not None:
        return Finding(problem[0], "error", problem[1], line_number=record.line_number, amount=fee)
    return (
        file.file_id,
        record.line_number,
        layout.name,
        basis,
        *payer,
        code,
        cells.text(record, "modifier").upper() or None,
        cells.text(record, "place_of_service_code") or None,
        fee,
        first,
        last,
        file.landed_at,
    )


def _fee_problem(
    record: Record, code: str, fee: Decimal | None, *, is_payer_known: bool, basis: str
) -> tuple[str, str] | None:
    if record.is_ragged:
        words = "the record has another number of fields than the header: its cells may have moved"
        return "ragged_record", words
    if not code:
        return "no_procedure_code", "the line has no procedure code"
    if fee is None or fee < 0:
        return "unreadable_amount", "the fee is missing, unreadable or below zero"
    if basis not in _BASES or (basis == "allowed") != is_payer_known:
        words = "a fee is either the practice's charge, without a payer, or what a payer allows, with one"
        return "unknown_fee_basis", words
    return None


def _date_problem(first: dt.date | DateProblem, last: dt.date | DateProblem | None) -> tuple[str, str] | None:
    for key, day in (("effective_date", first), ("end_date", last)):
        if isinstance(day, str):
            words = f"the {key.replace('_', ' ')} is missing, no date of this layout, or can be read as two days"
            return f"{day}_{key}", words
    if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
        return "ends_before_it_begins", "the fee ends before it begins"
    return None
