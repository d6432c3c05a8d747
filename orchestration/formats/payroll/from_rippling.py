"""Rippling's payroll runs (JSON of its API) to pay lines: a run with the employees of ``/payroll_runs/{id}/employees``.

A file is a run, a list of runs, or both lists side by side (``payroll_runs``, ``employees``). Only runs that are paid
or approved count: a draft is no pay. A tax is the employer's when its name says so or is unemployment insurance (26
USC 3301). What does not belong here: the firm's contributions to benefits, which are no pay and are named.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.exact_json import amount_of, text_of
from orchestration.core.findings import Finding
from orchestration.core.money import ZERO
from orchestration.formats.payroll.lines import PayLine, Register

if TYPE_CHECKING:
    from decimal import Decimal

PROFILE = "rippling"
_COUNTED: Final = frozenset({"APPROVED", "PAID"})
_EMPLOYER_WORDS: Final = ("employer", "unemployment")


def is_rippling(value: object) -> bool:
    """Tell whether a JSON value holds payroll runs of Rippling."""
    if isinstance(value, dict) and "payroll_runs" in value:
        return True
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and {"runState", "checkDate"} <= first.keys()


def parse(value: Any) -> Register:  # noqa: ANN401  # JSON is anything
    """Return the lines of the runs of a file. Never raises."""
    runs, loose = _runs(value)
    by_run: dict[str, list[Any]] = {}
    for employee in loose:
        by_run.setdefault(text_of(_get(employee, "run")) or "", []).append(employee)
    lines: list[PayLine] = []
    findings: list[Finding] = []
    number = 0
    for run in runs:
        own = _get(run, "employees")
        employees = own if isinstance(own, list) else by_run.pop(text_of(_get(run, "id")) or "", [])
        if text_of(_get(run, "runState")) not in _COUNTED:
            number += len(employees)
            words = f"a run of {len(employees)} employees that is neither approved nor paid was not loaded"
            findings.append(Finding("run_not_paid", "info", words, line_number=max(number, 1)))
            continue
        for employee in employees:
            number += 1
            line, found = _line(number, run, employee)
            lines.append(line)
            findings.extend(found)
    for strays in by_run.values():
        for employee in strays:
            number += 1
            line, _ = _line(number, {}, employee)
            problem = ("run_missing", "the pay run of an employee's line is not in the file: its date is unknown")
            lines.append(PayLine(number, line.gross, employer_taxes=line.employer_taxes, problem=problem))
    reason = None
    if not lines and not findings:
        reason = Finding("no_pay_lines", "error", "the file holds payroll runs without any employee")
    return Register(PROFILE, lines, findings, reason)


def _runs(value: Any) -> tuple[list[Any], list[Any]]:  # noqa: ANN401  # JSON is anything
    if isinstance(value, dict) and "payroll_runs" in value:
        runs, employees = value.get("payroll_runs"), value.get("employees")
        return runs if isinstance(runs, list) else [runs], employees if isinstance(employees, list) else []
    return value if isinstance(value, list) else [value], []


def _get(value: object, name: str) -> Any:  # noqa: ANN401  # JSON is anything
    return value.get(name) if isinstance(value, dict) else None


def _line(number: int, run: object, employee: object) -> tuple[PayLine, list[Finding]]:
    gross, net = amount_of(_get(employee, "grossPay")), amount_of(_get(employee, "netPay"))
    taxes = [(text_of(_get(tax, "name")) or "", amount_of(_get(tax, "amount"))) for tax in _items(employee, "taxes")]
    withheld = [amount_of(_get(one, "employeeDeductionAmt")) for one in _items(employee, "deductions")]
    withheld += [amount_of(_get(one, "cdtAmt")) for one in _items(employee, "garnishments")]
    contributions = [amount_of(_get(one, "companyContributionAmt")) for one in _items(employee, "deductions")]
    # a reimbursement is paid with the net and is no gross pay; a bonus is a part of it
    paid_back, bonuses = _earnings(employee, "REIMBURSEMENT"), _earnings(employee, "BONUS")
    period = _get(run, "payPeriod")
    pay_date = _date(_get(run, "checkDate"))
    amounts = [gross, net, *(amount for _, amount in taxes), *withheld, *paid_back, *bonuses]
    problem = None
    if any(amount is None for amount in amounts):
        problem = ("unreadable_amount", "an amount of an employee's pay is missing or unreadable")
    elif pay_date is None:
        problem = ("unreadable_date", "checkDate is missing or unreadable")
    employer = [amount or ZERO for name, amount in taxes if _is_employers(name)]
    employee_taxes = [amount or ZERO for name, amount in taxes if not _is_employers(name)]
    line = PayLine(
        number,
        gross,
        sum(employee_taxes, ZERO),
        sum((amount or ZERO for amount in withheld), ZERO) - sum((amount or ZERO for amount in paid_back), ZERO),
        net,
        sum(employer, ZERO),
        sum((amount or ZERO for amount in bonuses), ZERO),
        payroll_run_id=text_of(_get(run, "id")),
        pay_date=pay_date,
        period_start=_date(_get(period, "startDate")),
        period_end=_date(_get(period, "endDate")),
        employee_id=text_of(_get(employee, "role")) or text_of(_get(employee, "id")),
        problem=problem,
    )
    total = sum((amount for amount in contributions if amount), ZERO)
    findings = []
    if total:
        words = f"the firm's contributions to benefits, {total:,.2f}, are no pay and were not loaded"
        findings.append(Finding("contribution_not_loaded", "warning", words, line_number=number))
    return line, findings


def _items(parent: object, name: str) -> list[Any]:
    value = _get(parent, name)
    return value if isinstance(value, list) else []


def _earnings(employee: object, kind: str) -> list[Decimal | None]:
    return [
        amount_of(_get(one, "amount"))
        for one in _items(employee, "earnings")
        if text_of(_get(one, "earningTypeEnum")) == kind
    ]


def _is_employers(name: str) -> bool:
    return any(word in name.lower() for word in _EMPLOYER_WORDS)


def _date(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat((text_of(value) or "")[:10])
    except ValueError:
        return None
