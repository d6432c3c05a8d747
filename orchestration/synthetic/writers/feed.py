"""What a feed is: one system's export in one format, handed a month of a practice's life at a time.

A file is a name and its bytes in pieces, so that a month of a large practice need not stand in memory.
What does not belong here: any format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestration.synthetic.events import Day, Posting, payer_postings, posted
from orchestration.synthetic.supplies import SupplyLine, make_supplies

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.synthetic.account import Movement
    from orchestration.synthetic.bills import PrintedBill
    from orchestration.synthetic.payroll import PayrollRun
    from orchestration.synthetic.world import Month, World

File = tuple[str, Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some days of a month of one practice.

    ``charges_of`` narrows charges and what payers make of them to providers by index, ``payments_of`` what patients
    pay; ``None`` means all.
    """

    world: World
    month: Month
    written: range
    charges_of: frozenset[int] | None = None
    payments_of: frozenset[int] | None = None

    @property
    def label(self) -> str:
        """The month, and in a part of a month the days, as file names carry them."""
        first, last = self.dates
        return f"{first:%Y-%m}" + ("" if self.written == self.month.days else f"_{first:%d}-{last:%d}")

    @property
    def dates(self) -> tuple[dt.date, dt.date]:
        """The first and the last day."""
        dates = self.world.days.dates
        return dates[self.written.start], dates[self.written.stop - 1]

    def movements(self) -> list[Movement]:
        """Return what moved on the bank account."""
        return [movement for movement in self.world.account.movements if self.is_written(movement.date)]

    def days(self) -> Iterator[Day]:
        """Yield every day on which charges or payments were posted."""
        for day in posted(self.month.cases, self.written):
            charges = [entry for entry in day.charges if self.is_here(entry[0].provider)]
            payments = [
                payment
                for payment in day.payments
                if self.payments_of is None or payment.visit.provider in self.payments_of
            ]
            if charges or payments:
                yield Day(day.day, charges, payments)

    def postings(self) -> Iterator[Posting]:
        """Yield what payers' reports make in the billing system."""
        for posting in payer_postings(self.month.cases, self.month.remittances.reports, self.written):
            if self.is_here(posting.visit.provider):
                yield posting

    def payroll(self) -> list[PayrollRun]:
        """Return the pay dates."""
        return [run for run in self.month.payroll if self.is_written(run.pay_date)]

    def bills(self) -> list[PrintedBill]:
        """Return the suppliers' bills."""
        return [bill for bill in self.month.bills if self.is_written(bill.bill_date)]

    def supplies(self) -> list[SupplyLine]:
        """Return the supplies that were ordered this month or may still come or be billed."""
        world = self.world
        return make_supplies(world.seed, world.providers, self.dates[0], world.days.start)

    def is_written(self, date: dt.date) -> bool:
        """Tell whether a date is one of the batch's days."""
        return (date - self.world.days.start).days in self.written

    def is_here(self, provider: int) -> bool:
        """Tell whether a provider's charges are in this batch."""
        return self.charges_of is None or provider in self.charges_of


class Feed(Protocol):
    """One format."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the files that hold the batch, each complete before the next is asked for."""
        ...


def lines(rows: Iterable[str], end: str = "\n") -> Iterator[bytes]:
    """Yield rows as lines of a text file."""
    for row in rows:
        yield (row + end).encode()
