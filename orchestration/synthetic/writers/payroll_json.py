"""Payroll as two services' APIs give it: Gusto's general ledger report of a run, Rippling's runs with their employees.

What does not belong here: what anybody earns (``payroll``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from orchestration.core.exact_json import exact_json
from orchestration.core.money import from_cents as amount
from orchestration.synthetic.writers.amounts import dollars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.payroll import PaidEmployee, PayrollRun
    from orchestration.synthetic.writers.feed import Batch, File

_HEADERS = ["Account Type", "Account Name", "Debit", "Credit"]


class GustoFeed:
    """A report for every pay date."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the reports of the batch."""
        for run in batch.payroll():
            report = _report(run, batch.world.entity.name)
            yield f"payroll_gusto_{run.pay_date}.json", [(json.dumps(report, indent=1) + "\n").encode()]


def _report(run: PayrollRun, company: str) -> dict[str, Any]:
    withheld = sum(line.deductions for line in run.lines)
    taxes = sum(line.taxes for line in run.lines) + run.employer_taxes
    wages = [
        ["Wages", f"Wages: {role}", dollars(sum(line.gross for line in run.lines if line.employee.role == role)), ""]
        for role in dict.fromkeys(line.employee.role for line in run.lines)
    ]
    rows = [
        *wages,
        ["EmployerTax", "Employer taxes", dollars(run.employer_taxes), ""],
        ["DebitNetPay", "Net pay", "", dollars(run.net)],
        ["DebitTax", "Taxes payable", "", dollars(taxes)],
        ["Deduction", "Employee deductions", "", dollars(withheld)],
    ]
    total = dollars(run.gross + run.employer_taxes)
    return {
        "company_name": company,
        "ledger_description": f"Regular payroll {run.period_start} to {run.period_end}",
        "check_date": run.pay_date.isoformat(),
        "data": [{"data_type": "Basic", "headers": _HEADERS, "rows": rows, "totals": ["", "Totals", total, total]}],
    }


class RipplingFeed:
    """A file for every pay date: the run with its employees."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the runs of the batch."""
        for run in batch.payroll():
            identity = f"PR{run.pay_date:%Y%m%d}"
            document = {
                "id": identity,
                "runState": "PAID",
                "runType": "REGULAR",
                "checkDate": run.pay_date.isoformat(),
                "payPeriod": {"startDate": run.period_start.isoformat(), "endDate": run.period_end.isoformat()},
                "employees": [_employee(line, identity) for line in run.lines],
            }
            yield f"payroll_rippling_{run.pay_date}.json", [(exact_json([document]) + "\n").encode()]


def _employee(line: PaidEmployee, run: str) -> dict[str, Any]:
    bonus = [{"earningTypeEnum": "BONUS", "amount": amount(line.bonus)}] if line.bonus else []
    return {
        "run": run,
        "role": line.employee.employee_id,
        "grossPay": amount(line.gross),
        "netPay": amount(line.net),
        "earnings": [{"earningTypeEnum": "SALARY", "amount": amount(line.gross - line.bonus)}, *bonus],
        "taxes": [
            {"name": "Federal and state income tax, FICA employee", "amount": amount(line.taxes)},
            {"name": "FICA employer", "amount": amount(line.employer_taxes)},
        ],
        "deductions": [{"name": "Retirement", "employeeDeductionAmt": amount(line.deductions)}],
        "garnishments": [],
    }
