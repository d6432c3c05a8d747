"""Payroll registers of every format to ``raw_payroll``.

Quarantined whole: what its format's module refuses (no table, no JSON, a missing column, totals that do not tie), pay
beyond what money can be. Refused: a line whose amounts or dates cannot be read. A line whose gross is not taxes +
deductions + net is loaded with ``is_tied`` false and an error finding, so that the books hold it.
What does not belong here: formats (``from_*``), posting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import UndecodableError
from orchestration.core.exact_json import read_json
from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.payroll import from_gusto, from_rippling, from_table
from orchestration.formats.payroll.lines import PayLine, Register, judge
from orchestration.formats.payroll.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestration.formats.payroll.layout import PayrollLayout

_JSON = (b"{", b"[")


def read(files: Sequence[SourceFile], own: Mapping[str, PayrollLayout] | None = None) -> RawBatch:
    """Return the rows of many payroll files; ``own`` are the practice's own layouts by name.

    Never raises, whatever the bytes.
    """
    batch = RawBatch(TABLES)
    for file in files:
        try:
            _load(batch, file, _parse(file.content, own or {}))
        except UndecodableError as error:
            batch.quarantine_file(file, profile=None, reason=error.finding)
    return batch


def is_payroll_json(content: bytes) -> bool:
    """Tell whether a JSON text is a payroll service's. Never raises."""
    try:
        value = read_json(content)
    except UndecodableError:
        return False
    return from_gusto.is_gusto(value) or from_rippling.is_rippling(value)


def _parse(content: bytes, own: Mapping[str, PayrollLayout]) -> Register:
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_JSON):
        return from_table.parse(content, own)
    value = read_json(content)
    if from_gusto.is_gusto(value):
        return from_gusto.parse(value)
    if from_rippling.is_rippling(value):
        return from_rippling.parse(value)
    words = "the JSON is neither a general ledger report of Gusto nor payroll runs of Rippling"
    return Register("payroll_json", [], reason=Finding("unknown_layout", "error", words))


def _load(batch: RawBatch, file: SourceFile, register: Register) -> None:
    total = sum((line.cost or ZERO for line in register.lines), ZERO)
    reason = register.reason
    if not fits(total):
        reason = Finding("amount_out_of_range", "error", "the pay of the file sums to more than money can be")
    count = len(register.lines)
    if reason is not None:
        in_amount = total if fits(total) else ZERO
        batch.quarantine_file(file, profile=register.profile, reason=reason, record_count=count, in_amount=in_amount)
        return
    findings = list(register.findings)
    refused = ZERO
    for line in register.lines:
        if line.problem is not None:
            code, words = line.problem
            findings.append(Finding(code, "error", words, line_number=line.line_number, amount=line.cost))
            refused += line.cost or ZERO
        else:
            findings.extend(judge(line, is_role_expected=register.profile not in _WITHOUT_ROLES))
            batch.rows["pay_lines"].append(_row(file, line))
    batch.add_file(
        file,
        profile=register.profile,
        record_count=count,
        in_amount=total,
        quarantined_amount=refused,
        findings=findings,
    )


# these services keep no role that we know
_WITHOUT_ROLES = frozenset({from_gusto.PROFILE, from_rippling.PROFILE, "onpay"})


def _row(file: SourceFile, line: PayLine) -> tuple[Any, ...]:
    return (
        file.file_id,
        line.line_number,
        line.payroll_run_id,
        line.pay_date,
        line.period_start,
        line.period_end,
        line.employee_id,
        line.employee_name,
        line.role,
        line.provider_npi,
        line.location_id,
        line.gross,
        line.employee_taxes,
        line.deductions,
        line.net,
        line.employer_taxes,
        line.bonus,
        line.is_tied,
        file.landed_at,
    )
