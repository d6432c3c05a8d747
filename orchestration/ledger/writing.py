"""How entries get into the journal: numbers, periods, batch tags, rows, and the audit record, in one transaction.

What does not belong here: deciding what is posted (``store.py``); every function works inside the caller's
transaction and commits nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import sqlalchemy as sa

from orchestration.core.failpoints import reach
from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO, to_cents
from orchestration.ledger import chain
from orchestration.ledger.records import PostedEntry
from orchestration.ledger.schema import batches, entries, lines, periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from orchestration.accounting.journal import Entry


@dataclass(frozen=True, slots=True)
class JournalBatch:
    """Who posts what kind of batch; ``AI`` is made by the pipeline, ``RV`` reverses."""

    kind: Literal["AI", "RV"]
    batch_date: dt.date
    made_by: str
    run_id: str | None
    reason: str = ""
    reverses_batch: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry on its way in, with everything but the numbers only the ledger gives."""

    entry: Entry
    entry_key: str
    rule_version: str
    fiscal_period: str
    reverses_entry_id: int | None = None


class ClosedPeriod(NamedTuple):
    """Days of an entity that are closed now, and the first day after them that is open."""

    entity_id: str
    first: dt.date
    last: dt.date
    first_open: dt.date


class ClosedDates:
    """Which dates are closed for which entity, as of now."""

    def __init__(self, connection: Connection) -> None:
        self._periods = connection.execute(sa.select(periods).order_by(periods.c.period_id.desc())).all()

    def __contains__(self, entry: Entry) -> bool:
        return self._closed_until(entry.entity_id, entry.entry_date) is not None

    def _closed_until(self, entity_id: str, day: dt.date) -> dt.date | None:
        for period in self._periods:
            if period.entity_id == entity_id and period.start_date <= day <= period.end_date:
                return period.end_date if period.status == "closed" else None
        return None

    def closed_periods(self) -> list[ClosedPeriod]:
        """Return every period that is closed now."""
        closed = {(p.entity_id, p.start_date, p.end_date) for p in self._periods if p.status == "closed"}
        return [
            ClosedPeriod(entity_id, first, last, self.first_open_day(entity_id, first))
            for entity_id, first, last in sorted(closed)
            if self._closed_until(entity_id, first) is not None
        ]

    def first_open_day(self, entity_id: str, day: dt.date) -> dt.date:
        """Return the day itself when it is open, else the first one after it that is."""
        while (closed_until := self._closed_until(entity_id, day)) is not None:
            # a part of the closed period may have been opened again
            opened = [
                period.start_date
                for period in self._periods
                if period.entity_id == entity_id and period.status == "open" and day < period.start_date <= closed_until
            ]
            day = min([*opened, closed_until + dt.timedelta(days=1)])
        return day


def write_batch(connection: Connection, batch: JournalBatch, drafts: Sequence[Draft], at: dt.datetime) -> str:
    """Write a batch of at least one entry with its audit record and return its tag.

    Raises ``sqlalchemy.exc.IntegrityError`` when a guard of the database refuses.
    """
    batch_tag = _next_tag(connection, batch)
    connection.execute(
        batches.insert().values(
            batch_tag=batch_tag,
            made_by=batch.made_by,
            created_at=at.isoformat(),
            run_id=batch.run_id,
            reverses_batch=batch.reverses_batch,
        )
    )
    last_id = connection.execute(sa.select(sa.func.coalesce(sa.func.max(entries.c.entry_id), 0))).scalar_one()
    posted = [
        PostedEntry(
            entry_id=entry_id,
            entry_key=draft.entry_key,
            batch_tag=batch_tag,
            rule_version=draft.rule_version,
            fiscal_period=draft.fiscal_period,
            reverses_entry_id=draft.reverses_entry_id,
            entry=draft.entry,
        )
        for entry_id, draft in enumerate(drafts, start=last_id + 1)
    ]
    # the lines first: the header is refused unless they are there and balance
    reach("journal.before_lines")
    _insert(connection, lines, [row for entry in posted for row in _line_rows(entry)])
    reach("journal.before_header")
    _insert(connection, entries, [_entry_row(entry) for entry in posted])
    reach("journal.before_audit")
    deed = chain.Deed(
        actor=batch.made_by,
        action="posted" if batch.kind == "AI" else "reversed",
        object=batch_tag,
        reason=batch.reason,
        object_count=len(posted),
        amount=sum((entry.entry.total_amount for entry in posted), ZERO),
        content_hash=batch_hash(posted),
    )
    chain.append(connection, at, deed)
    reach("journal.before_commit")
    return batch_tag


def batch_hash(posted: Iterable[PostedEntry]) -> str:
    """Return the SHA-256 of a batch's entries in order: their keys and all that the keys leave out."""
    return canonical_key(
        [
            [p.entry_id, p.entry_key, p.fiscal_period, p.reverses_entry_id, p.entry.description, p.entry.source]
            for p in posted
        ]
    )


def _next_tag(connection: Connection, batch: JournalBatch) -> str:
    prefix = f"{batch.kind}-{batch.batch_date:%Y%m%d}-"
    count = connection.execute(
        sa.select(sa.func.count()).where(batches.c.batch_tag.startswith(prefix, autoescape=True))
    ).scalar_one()
    return f"{prefix}{count + 1}"


def _insert(connection: Connection, table: sa.Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows, each in the order of the table's columns and in the database's own types.

    Binding a million rows one by one by name costs more than writing them does.
    """
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = ", ".join(column.name for column in table.columns)
    marks = ", ".join(mark for _column in table.columns)
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))  # noqa: S608  # our own names


def _entry_row(posted: PostedEntry) -> tuple[object, ...]:
    entry = posted.entry
    return (
        posted.entry_id,
        posted.entry_key,
        entry.event_id,
        entry.entity_id,
        entry.book,
        entry.entry_date.isoformat(),
        posted.fiscal_period,
        entry.description,
        entry.source,
        json.dumps(entry.source_ids),
        posted.rule_version,
        posted.batch_tag,
        posted.reverses_entry_id,
        len(entry.lines),
        to_cents(entry.total_amount),
    )


def _line_rows(posted: PostedEntry) -> Iterable[tuple[object, ...]]:
    for line_number, line in enumerate(posted.entry.lines, start=1):
        yield (
            posted.entry_id,
            line_number,
            line.account_code,
            to_cents(line.debit_amount),
            to_cents(line.credit_amount),
            line.rule_id,
            line.payer_class,
            line.provider_id,
            line.location_id,
        )
