"""Payroll every second Friday: what each person earns, what is withheld, what the employer adds.

Gross = employee taxes + deductions + net, to the cent; the employer's tax is 7.65 % of gross (26 USC 3111). The
payroll service draws net pay, both taxes, and the deductions it pays on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.synthetic.draws import Stream, stream
from orchestration.synthetic.workdays import ONE_DAY, is_bank_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.synthetic.people import Employee

# a Friday on which everybody was paid; all pay dates lie a multiple of two weeks from it
_A_PAY_DATE = dt.date(2025, 11, 14)
_PAY_DATES_A_YEAR = 26
_TWO_WEEKS = 14
_PER_MYRIAD = 10_000
_EMPLOYER_TAX = 765
_PERIOD_ENDS_BEFORE = 5


@dataclass(frozen=True, slots=True)
class PaidEmployee:
    """One person on one pay date, in cents; ``bonus`` is the part of gross that a provider's contract pays."""

    employee: Employee
    gross: int
    bonus: int
    taxes: int
    deductions: int
    employer_taxes: int

    @property
    def net(self) -> int:
        """What reaches the person's account."""
        return self.gross - self.taxes - self.deductions


@dataclass(frozen=True, slots=True)
class PayrollRun:
    """One pay date; the bank draws ``net``, ``taxes`` and ``deductions`` on it."""

    pay_date: dt.date
    period_start: dt.date
    period_end: dt.date
    lines: tuple[PaidEmployee, ...]

    @property
    def gross(self) -> int:
        """Gross pay of everybody."""
        return sum(line.gross for line in self.lines)

    @property
    def employer_taxes(self) -> int:
        """The employer's own tax."""
        return sum(line.employer_taxes for line in self.lines)

    @property
    def net(self) -> int:
        """What is paid to people."""
        return sum(line.net for line in self.lines)

    @property
    def employee_taxes(self) -> int:
        """What people's own taxes come to."""
        return sum(line.taxes for line in self.lines)

    @property
    def taxes(self) -> int:
        """What is paid to tax offices: the employer's and the employees'."""
        return self.employee_taxes + self.employer_taxes

    @property
    def deductions(self) -> int:
        """What is withheld for others: insurers and retirement plans."""
        return sum(line.deductions for line in self.lines)


def make_payroll(
    seed: int, employees: tuple[Employee, ...], first: dt.date, last: dt.date, bonuses: Mapping[str, int]
) -> list[PayrollRun]:
    """Return the runs whose pay date lies from ``first`` to ``last``; a Friday the bank rests pays the day before.

    ``bonuses`` by NPI are paid in the first of them.
    """
    start = first + dt.timedelta(days=(_A_PAY_DATE - first).days % _TWO_WEEKS)
    runs: list[PayrollRun] = []
    # one further: its Friday may lie behind the last day and its pay date not
    for offset in range(0, (last - start).days + _TWO_WEEKS + 1, _TWO_WEEKS):
        friday = start + dt.timedelta(days=offset)
        pay_date = friday
        while not is_bank_day(pay_date):
            pay_date -= ONE_DAY
        if not first <= pay_date <= last:
            continue
        period_end = friday - dt.timedelta(days=_PERIOD_ENDS_BEFORE)
        rng = stream(seed, Stream.PAYROLL, 100, friday.toordinal())
        lines = tuple(_pay(e, float(rng.random()), 0 if runs else bonuses.get(e.provider_npi, 0)) for e in employees)
        runs.append(PayrollRun(pay_date, period_end - dt.timedelta(days=_TWO_WEEKS - 1), period_end, lines))
    return runs


def _pay(employee: Employee, hours: float, bonus: int) -> PaidEmployee:
    salary = employee.annual_gross_cents // _PAY_DATES_A_YEAR
    # hourly people work a little more or less than their hours; salaries do not move
    gross = salary if employee.role in {"provider", "administration"} else int(salary * (0.96 + 0.08 * hours))
    gross += bonus
    tax = 2_900 if employee.role == "provider" else 1_850
    deduction = 700 if employee.role == "provider" else 500
    return PaidEmployee(
        employee,
        gross,
        bonus,
        gross * tax // _PER_MYRIAD,
        gross * deduction // _PER_MYRIAD,
        (gross * _EMPLOYER_TAX + _PER_MYRIAD // 2) // _PER_MYRIAD,
    )
