"""The way in: make a practice and write the files it receives, with the truth beside them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.practice import bank_ofx, ehr_export, payroll, remittance835
from orchestration.practice.bills import print_bill
from orchestration.practice.people import PAYERS
from orchestration.practice.truth import Manifest, Truth
from orchestration.practice.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.practice.world import Month

_FIRST_DAY = dt.date(2025, 11, 1)


def generate(
    out: Path,
    *,
    providers: int = 6,
    start: dt.date = _FIRST_DAY,
    days: int = 390,
    seed: int = 7,
    only: tuple[dt.date, dt.date] | None = None,
) -> Manifest:
    """Write ``out/inbox`` and ``out/truth`` of a practice watched from ``start`` for ``days`` days.

    ``only`` writes the files of these dates (both inclusive) and their truth, of the very same practice: parts that
    do not overlap sum to the whole. Same arguments, same bytes. Raises ``BooksError`` for a practice without
    providers or days, or dates outside it.
    """
    end = start + dt.timedelta(days=days - 1)
    first, last = only or (start, end)
    if providers < 1 or days < 1 or not start <= first <= last <= end:
        message = "a practice has at least one provider and one day, and only its own days can be written"
        raise BooksError(message)
    world = World(providers=providers, start=start, days=days, seed=seed)
    inbox = out / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    window = range((first - start).days, (last - start).days + 1)
    truth = Truth(world, window, out / "truth")
    files = _Files(world)
    for month in world.months():
        written = range(max(month.days.start, window.start), min(month.days.stop, window.stop))
        if written:
            truth.add(month, written)
            for name, content in files.of(month, written):
                (inbox / name).write_bytes(content)
                truth.add_file(name)
        if month.days.stop >= window.stop:
            break
    return truth.write()


class _Files:
    """The files a practice receives, month by month."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._exports = ehr_export.Writer(world.patients, world.providers, world.days)
        self._eras = remittance835.Writer(world.patients, world.providers, world.days)

    def of(self, month: Month, written: range) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of every file of some days of a month, kind by kind, oldest first."""
        days = self._world.days
        first, last = days.dates[written.start], days.dates[written.stop - 1]
        for day in month.postings(written):
            yield f"charges_{days.iso[day.day]}.csv", self._exports.write(day)
        for remittance in month.remittances.remittances:
            if remittance.day in written:
                name = f"era_{PAYERS[remittance.payer].payer_id}_{days.compact[remittance.day]}.835"
                yield name, self._eras.write(month.cases, month.remittances.reports, remittance)
        # a part of a month says in its name which days it covers, so that parts add up
        label = "" if written == month.days else f"_{first:%d}-{last:%d}"
        yield f"bank_{first:%Y-%m}{label}.ofx", bank_ofx.write_statement(self._world.account, first, last)
        for run in month.payroll:
            if first <= run.pay_date <= last:
                yield f"payroll_{run.pay_date}.csv", payroll.write(run)
        for bill in month.bills:
            if first <= bill.bill_date <= last:
                yield bill.file_name, print_bill(bill, self._world.seed)
