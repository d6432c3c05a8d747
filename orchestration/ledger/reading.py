"""How entries and balances come out of the journal.

What does not belong here: writing anything, and what a balance means (accounting, reporting).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from orchestration.accounting.accounts import TrialBalanceRow, trial_balance
from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import ZERO
from orchestration.ledger.records import PostedEntry
from orchestration.ledger.schema import entries, lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from sqlalchemy.engine import Connection

# below SQLite's limit of 32,766 values in one statement
_VALUES_PER_STATEMENT = 10_000
_ROWS_PER_FETCH = 5_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries: every field that is set narrows; ``as_of`` is the last entry date that counts."""

    as_of: dt.date | None = None
    entity_id: str | None = None
    book: str | None = None
    batch_tag: str | None = None
    source: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions on ``entries``."""
        conditions = [
            column == value
            for column, value in (
                (entries.c.entity_id, self.entity_id),
                (entries.c.book, self.book),
                (entries.c.batch_tag, self.batch_tag),
                (entries.c.source, self.source),
            )
            if value is not None
        ]
        if self.as_of is not None:
            conditions.append(entries.c.entry_date <= self.as_of)
        return conditions


def select_entries(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Iterator[PostedEntry]:
    """Yield entries by number, their lines in the order they were posted in."""
    original = entries.alias("original")
    statement = (
        sa.select(
            entries,
            lines.c.account_code,
            lines.c.debit_amount,
            lines.c.credit_amount,
            lines.c.rule_id,
            lines.c.payer_class,
            lines.c.provider_id,
            lines.c.location_id,
            original.c.entry_key.label("reverses_key"),
        )
        .join(lines, lines.c.entry_id == entries.c.entry_id)
        .outerjoin(original, original.c.entry_id == entries.c.reverses)
        .where(*conditions)
        .order_by(entries.c.entry_id, lines.c.line_number)
    )
    rows = connection.execute(statement.execution_options(yield_per=_ROWS_PER_FETCH))
    for _entry_id, group in groupby(rows, key=lambda row: row.entry_id):
        yield _posted_entry(list(group))


def _posted_entry(rows: Sequence[sa.Row[Any]]) -> PostedEntry:
    header = rows[0]
    return PostedEntry(
        entry_id=header.entry_id,
        entry_key=header.entry_key,
        batch_tag=header.batch_tag,
        rule_version=header.rule_version,
        fiscal_period=header.fiscal_period,
        reverses_entry_id=header.reverses,
        entry=Entry(
            event_id=header.event_id,
            entity_id=header.entity_id,
            book=header.book,
            entry_date=header.entry_date,
            description=header.description,
            source=header.source,
            source_ids=tuple(json.loads(header.source_ids)),
            lines=tuple(
                Line(
                    account_code=row.account_code,
                    debit_amount=row.debit_amount,
                    credit_amount=row.credit_amount,
                    rule_id=row.rule_id,
                    payer_class=row.payer_class,
                    provider_id=row.provider_id,
                    location_id=row.location_id,
                )
                for row in rows
            ),
            reverses=header.reverses_key,
        ),
    )


def balances(connection: Connection, selection: Selection) -> list[TrialBalanceRow]:
    """Return the trial balance of the selected entries."""
    statement = sa.select(
        lines.c.account_code, sa.func.sum(lines.c.debit_amount), sa.func.sum(lines.c.credit_amount)
    ).group_by(lines.c.account_code)
    conditions = selection.conditions()
    if conditions:
        statement = statement.join(entries, entries.c.entry_id == lines.c.entry_id).where(*conditions)
    return trial_balance((code, debit, credit) for code, debit, credit in connection.execute(statement))


def daily_movements(
    connection: Connection, account_codes: Sequence[str], selection: Selection
) -> dict[str, list[tuple[dt.date, Decimal]]]:
    """Return account code → (date, debit less credit) per day with a line, the oldest first."""
    statement = (
        sa.select(
            lines.c.account_code,
            entries.c.entry_date,
            sa.func.sum(lines.c.debit_amount),
            sa.func.sum(lines.c.credit_amount),
        )
        .join(entries, entries.c.entry_id == lines.c.entry_id)
        .where(lines.c.account_code.in_(account_codes), *selection.conditions())
        .group_by(lines.c.account_code, entries.c.entry_date)
        .order_by(entries.c.entry_date)
    )
    found: dict[str, list[tuple[dt.date, Decimal]]] = {}
    for code, day, debit, credit in connection.execute(statement):
        found.setdefault(code, []).append((day, debit - credit))
    return found


def provider_balances(connection: Connection, account_code: str, selection: Selection) -> dict[str, Decimal]:
    """Return provider → debit less credit on one account; lines of no provider are left out."""
    statement = (
        sa.select(lines.c.provider_id, sa.func.sum(lines.c.debit_amount), sa.func.sum(lines.c.credit_amount))
        .join(entries, entries.c.entry_id == lines.c.entry_id)
        .where(lines.c.account_code == account_code, lines.c.provider_id.is_not(None), *selection.conditions())
        .group_by(lines.c.provider_id)
        .order_by(lines.c.provider_id)
    )
    return {provider_id: debit - credit for provider_id, debit, credit in connection.execute(statement)}


def pair_balances(
    connection: Connection, account_codes: Sequence[str], selection: Selection
) -> dict[tuple[str, str], Decimal]:
    """Return (entity, other entity) → debit less credit on accounts whose lines name the other one as their place."""
    statement = (
        sa.select(
            entries.c.entity_id,
            lines.c.location_id,
            sa.func.sum(lines.c.debit_amount),
            sa.func.sum(lines.c.credit_amount),
        )
        .join(entries, entries.c.entry_id == lines.c.entry_id)
        .where(lines.c.account_code.in_(account_codes), *selection.conditions())
        .group_by(entries.c.entity_id, lines.c.location_id)
    )
    return {
        (entity_id, other or ""): debit - credit for entity_id, other, debit, credit in connection.execute(statement)
    }


class PostedTotals(NamedTuple):
    """The sums of every posted line of every book, reversing entries included, in dollars: never netted by account."""

    debit_amount: Decimal
    credit_amount: Decimal


def posted_totals(connection: Connection) -> PostedTotals:
    """Return all debits and all credits of the ledger; zeros before the first entry."""
    debit, credit = connection.execute(
        sa.select(sa.func.sum(lines.c.debit_amount), sa.func.sum(lines.c.credit_amount))
    ).one()
    return PostedTotals(ZERO, ZERO) if debit is None else PostedTotals(debit, credit)


def originals(connection: Connection, event_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return (entry key, rule version) of the first entry of each event that is in the ledger."""
    found: dict[str, tuple[str, str]] = {}
    remaining = iter(event_ids)
    while chunk := list(islice(remaining, _VALUES_PER_STATEMENT)):
        statement = sa.select(entries.c.event_id, entries.c.entry_key, entries.c.rule_version).where(
            entries.c.event_id.in_(chunk), entries.c.reverses.is_(None)
        )
        found.update({event_id: (key, version) for event_id, key, version in connection.execute(statement)})
    return found
