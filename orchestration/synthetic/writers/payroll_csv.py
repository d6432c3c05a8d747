"""A payroll service's register as CSV, one file a run. What does not belong here: what anybody earns (``payroll``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.payroll import PayrollRun

HEADER = (
    "payroll_run_id,pay_date,period_start,period_end,employee_id,employee_name,role,provider_npi,location_id,"
    "gross_pay,employee_taxes,deductions,net_pay,employer_taxes,bonus"
)


class PayrollCsvFeed:
    """A register for every pay date."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the registers of the batch."""
        for run in batch.payroll():
            yield f"payroll_{run.pay_date}.csv", lines([HEADER, *_rows(run)])


def _rows(run: PayrollRun) -> Iterator[str]:
    head = f"PR{run.pay_date:%Y%m%d},{run.pay_date},{run.period_start},{run.period_end}"
    for line in run.lines:
        person = line.employee
        yield (
            f'{head},{person.employee_id},"{person.name}",{person.role},{person.provider_npi},{person.location_id},'
            f"{dollars(line.gross)},{dollars(line.taxes)},{dollars(line.deductions)},{dollars(line.net)},"
            f"{dollars(line.employer_taxes)},{dollars(line.bonus)}"
        )
