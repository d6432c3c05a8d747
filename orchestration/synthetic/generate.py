"""The way in: make a practice and write the files it receives, with the truth beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.core.money import from_cents
from orchestration.synthetic.entities import PRACTICE, LegalEntity
from orchestration.synthetic.paper import make_papers, print_paper
from orchestration.synthetic.systems import FRONT_DESK, charge_systems, claim_feeds
from orchestration.synthetic.truth import Manifest, Truth
from orchestration.synthetic.truth_tables import DOCUMENTS, Tables
from orchestration.synthetic.world import World
from orchestration.synthetic.writers.feed import Batch
from orchestration.synthetic.writers.feeds import CHARGES, OTHERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from orchestration.synthetic.writers.feed import File

_FIRST_DAY = dt.date(2025, 11, 1)
_OTHERS_IN_THE_INBOX = ("835", "ofx", "payroll_csv", "bills", "supplies")


def generate(
    out: Path,
    *,
    providers: int = 6,
    start: dt.date = _FIRST_DAY,
    days: int = 390,
    seed: int = 7,
    entity: LegalEntity = PRACTICE,
    only: tuple[dt.date, dt.date] | None = None,
    feeds: Collection[str] = (),
) -> Manifest:
    """Write ``out/inbox`` and ``out/truth`` of a practice watched from ``start`` for ``days`` days.

    ``only`` writes the files of these dates (both inclusive) and their truth, of the very same practice: parts that
    do not overlap sum to the whole. ``feeds`` are formats that are written whole into ``out/feeds/<name>`` besides:
    the same events again, so never both into one inbox. Same arguments, same bytes. Raises ``BooksError`` for a
    practice without providers or days, dates outside it, or a feed nobody knows.
    """
    end = start + dt.timedelta(days=days - 1)
    first, last = only or (start, end)
    if providers < 1 or days < 1 or not start <= first <= last <= end:
        message = "a practice has at least one provider and one day, and only its own days can be written"
        raise BooksError(message)
    known = {**CHARGES, **OTHERS}
    if not known.keys() >= set(feeds):
        message = f"there are these feeds: {', '.join(known)}"
        raise BooksError(message)
    world = World(providers=providers, start=start, days=days, seed=seed, entity=entity)
    for folder in (out / "inbox", *(out / "feeds" / name for name in feeds)):
        folder.mkdir(parents=True, exist_ok=True)
    window = range((first - start).days, (last - start).days + 1)
    truth = Truth(world, window, out / "truth")
    for month in world.months():
        written = range(max(month.days.start, window.start), min(month.days.stop, window.stop))
        if written:
            systems = charge_systems(world, month)
            truth.add(month, written, systems)
            for name, content in _inbox(Batch(world, month, written), systems):
                _write(out / "inbox" / name, content)
                truth.add_file(name)
            for feed in feeds:
                for name, content in known[feed].files(Batch(world, month, written)):
                    _write(out / "feeds" / feed / name, content)
        if month.days.stop >= window.stop:
            break
    return truth.write()


def generate_papers(out: Path, *, count: int, seed: int = 7) -> int:
    """Write ``count`` bills and receipts into ``out/inbox`` and every field of them to ``out/truth``; return bytes.

    Raises ``BooksError`` for less than one.
    """
    if count < 1:
        message = "a set of documents has at least one"
        raise BooksError(message)
    (out / "inbox").mkdir(parents=True, exist_ok=True)
    tables = Tables(out / "truth", (DOCUMENTS,))
    size = 0
    for paper in make_papers(seed, count):
        content = print_paper(paper, seed)
        size += len(content)
        _write(out / "inbox" / paper.file_name, [content])
        tables.add(
            DOCUMENTS,
            paper.file_name,
            paper.kind,
            paper.medium,
            paper.dpi or None,
            paper.degrees,
            paper.grain,
            paper.vendor_name,
            paper.document_number,
            paper.document_date,
            paper.due_date,
            from_cents(paper.subtotal_cents),
            from_cents(paper.freight_cents),
            from_cents(paper.tax_cents),
            from_cents(paper.total_cents),
            len(paper.lines),
            paper.lines_json(),
            paper.has_card_number,
        )
    tables.close()
    return size


def _write(path: Path, content: Iterable[bytes]) -> None:
    """Write a file piece by piece; a file that would be empty is none."""
    pieces = iter(content)
    first = next(pieces, None)
    if first is not None:
        with path.open("wb") as file:
            file.write(first)
            file.writelines(pieces)


def all_feeds() -> tuple[str, ...]:
    """Return the name of every feed there is."""
    return (*CHARGES, *OTHERS)


def _inbox(batch: Batch, systems: Mapping[str, frozenset[int]]) -> Iterator[File]:
    """Yield every file of some days of a month, kind by kind, oldest first."""
    for feed, providers in systems.items():
        # the desk's export has the payments of all
        payments_of = None if feed == FRONT_DESK else frozenset[int]()
        yield from CHARGES[feed].files(replace(batch, charges_of=providers, payments_of=payments_of))
    for name in (*_OTHERS_IN_THE_INBOX, *claim_feeds(batch.world, batch.month)):
        yield from OTHERS[name].files(batch)
