"""The way in: make a practice and write the files it receives, with the truth beside them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.practice import bank_ofx, ehr_export, payroll, remittance835
from orchestration.practice.bills import print_bill
from orchestration.practice.people import PAYERS
from orchestration.practice.truth import Manifest, write_truth
from orchestration.practice.workdays import ONE_DAY
from orchestration.practice.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    world = make_world(providers=providers, start=start, days=days, seed=seed)
    inbox = out / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in practice_files(world, first, last):
        (inbox / name).write_bytes(content)
        names.append(name)
    return write_truth(world, ((first - start).days, (last - start).days), names, out / "truth")


def practice_files(world: World, first: dt.date, last: dt.date) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every file dated ``first`` to ``last``, kind by kind, oldest first."""
    start = world.days.start
    window = range((first - start).days, (last - start).days + 1)
    exports = ehr_export.Writer(world.encounters, world.receipts, world.patients, world.providers, world.days)
    for day in window:
        content = exports.write(day)
        if content is not None:
            yield f"charges_{world.days.iso[day]}.csv", content
    eras = remittance835.Writer(
        world.encounters,
        world.outcomes,
        world.remittances.reports,
        world.patients,
        world.providers,
        world.days,
    )
    for remittance in world.remittances.remittances:
        if remittance.day in window:
            name = f"era_{PAYERS[remittance.payer].payer_id}_{world.days.compact[remittance.day]}.835"
            yield name, eras.write(remittance)
    yield from _statements(world, first, last)
    for run in world.payroll:
        if first <= run.pay_date <= last:
            yield f"payroll_{run.pay_date}.csv", payroll.write(run)
    for bill in world.bills:
        if first <= bill.bill_date <= last:
            yield bill.file_name, print_bill(bill, world.seed)


def _statements(world: World, first: dt.date, last: dt.date) -> Iterator[tuple[str, bytes]]:
    """Yield a statement a month; a part of a month says in its name which days it covers, so that parts add up."""
    practice_end = world.days.dates[world.days.count - 1]
    day = first
    while day <= last:
        next_month = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        until = min(next_month - ONE_DAY, last)
        is_whole = day == max(day.replace(day=1), world.days.start) and until == min(next_month - ONE_DAY, practice_end)
        days = "" if is_whole else f"_{day:%d}-{until:%d}"
        yield f"bank_{day:%Y-%m}{days}.ofx", bank_ofx.write_statement(world.account, day, until)
        day = next_month
