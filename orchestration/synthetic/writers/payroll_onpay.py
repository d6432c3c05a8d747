"""OnPay's payroll register saved as CSV, one file a run: American dates, an empty cell where nothing was taken.

It does not say which employee is which provider. What does not belong here: what anybody earns (``payroll``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from orchestration.synthetic.payroll import PayrollRun

HEADER = (
    "Pay Run,Check Date,Period Begin,Period End,Employee ID,Employee Name,Role,Work Location,Gross Pay,Employee Taxes,"
    "Employee Deductions,Net Pay,Employer Taxes"
)


class OnPayFeed:
    """A register for every pay date."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the registers of the batch."""
        for run in batch.payroll():
            yield f"onpay_{run.pay_date}.csv", lines([HEADER, *_rows(run)], end="\r\n")


def _rows(run: PayrollRun) -> Iterator[str]:
    head = ",".join([f"OP{run.pay_date:%Y%m%d}", *map(_us, (run.pay_date, run.period_start, run.period_end))])
    for line in run.lines:
        person = line.employee
        amounts = (line.gross, line.taxes, line.deductions, line.net, line.employer_taxes)
        yield (
            f'{head},{person.employee_id},"{person.name}",{person.role},{person.location_id},'
            + ",".join(dollars(cents) if cents else "" for cents in amounts)
        )


def _us(date: dt.date) -> str:
    return f"{date:%m/%d/%Y}"
