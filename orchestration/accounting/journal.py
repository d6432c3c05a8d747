"""Journal entries that balance by construction, their identity, and how proposals of the lake become entries.

What does not belong here: which event debits which account (the rules live in dbt), and storing anything.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.errors import UnbalancedEntryError
from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO, to_cents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# DECIMAL(18,2): the widest amount the lake can hold, and 64-bit cents with room for sums
_LIMIT = Decimal(10) ** 16

RULE_VERSION = "2026.8"
"""Version of the posting rules, lake and code alike: a change of what they book is a new one."""

PROPOSAL_COLUMNS = (
    "event_id",
    "entity_id",
    "book",
    "entry_date",
    "description",
    "source",
    "source_file_id",
    "line_number",
    "rule_id",
    "account_code",
    "debit_amount",
    "credit_amount",
    "payer_class",
    "provider_id",
    "location_id",
)
"""Columns of ``posting.fct_journal_lines`` in order; a tuple row has exactly these."""

# Why an event's rows make no entry
MISSING_VALUE = "missing_value"
INVALID_LINE = "invalid_line"
UNBALANCED_ENTRY = "unbalanced_entry"
MIXED_HEADER = "mixed_header"
REPEATED_LINE_NUMBER = "repeated_line_number"

_HEADER = ("entity_id", "book", "entry_date", "description", "source")


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry in dollars: exactly one of the two amounts is above zero, the other is zero.

    Raises ``ValueError`` for two sides, no side, a negative amount, a fraction of a cent or an amount that
    does not fit DECIMAL(18,2).
    """

    account_code: str
    debit_amount: Decimal
    credit_amount: Decimal
    rule_id: str
    payer_class: str | None = None
    provider_id: str | None = None
    location_id: str | None = None

    def __post_init__(self) -> None:
        for amount in (self.debit_amount, self.credit_amount):
            if not amount.is_finite() or not 0 <= amount < _LIMIT:
                message = "a line's amounts are zero or more and fit DECIMAL(18,2)"
                raise ValueError(message)
            to_cents(amount)
        if (self.debit_amount > 0) == (self.credit_amount > 0):
            message = "a line has either a debit or a credit above zero"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Entry:
    """One balanced journal entry of one entity and book; amounts in US dollars, no PHI in any field.

    ``event_id`` names the business event and is what makes posting happen once. ``source_ids`` are the
    SHA-256 ids of the files it came from. ``reverses`` is the entry key of the entry this one mirrors.
    Raises ``UnbalancedEntryError`` when debits and credits differ or there are no lines.
    """

    event_id: str
    entity_id: str
    book: str
    entry_date: dt.date
    description: str
    source: str
    source_ids: tuple[str, ...]
    lines: tuple[Line, ...]
    reverses: str | None = None

    def __post_init__(self) -> None:
        if not self.lines:
            message = "an entry without lines moves no money and cannot be posted"
            raise UnbalancedEntryError(message)
        if self.total_amount != sum((line.credit_amount for line in self.lines), ZERO):
            message = "an entry's debits and credits differ"
            raise UnbalancedEntryError(message)

    @property
    def total_amount(self) -> Decimal:
        """The sum of the debits, which is the sum of the credits."""
        return sum((line.debit_amount for line in self.lines), ZERO)


class Refusal(NamedTuple):
    """An event that was not accepted: why, as a short stable code, and the dollars at stake.

    ``amount`` is the larger of its two sides, as far as its amounts are readable.
    """

    event_id: str
    reason: str
    amount: Decimal


def entry_key(entry: Entry, rule_version: str) -> str:
    """Return the SHA-256 of the canonical event: the same event under the same rules has the same key.

    It covers book, entity, rule version, event id, source ids, date, what it reverses, and the lines
    whatever their order. Wording (description) is not identity.
    """
    lines = sorted(
        (
            [
                line.account_code,
                # cents, since 5, 5.0 and -0 are written many ways as decimals and one way as integers
                to_cents(line.debit_amount),
                to_cents(line.credit_amount),
                line.rule_id,
                line.payer_class,
                line.provider_id,
                line.location_id,
            ]
            for line in entry.lines
        ),
        key=str,
    )
    return canonical_key(
        {
            "book": entry.book,
            "entity_id": entry.entity_id,
            "rule_version": rule_version,
            "event_id": entry.event_id,
            "source_ids": sorted(entry.source_ids),
            "entry_date": entry.entry_date.isoformat(),
            "reverses": entry.reverses,
            "lines": lines,
        }
    )


class _RowRefusedError(Exception):
    """Why one event's rows make no entry; never leaves this module."""


def entries_from_proposals(
    rows: Iterable[Mapping[str, object] | Sequence[object]],
) -> tuple[list[Entry], list[Refusal]]:
    """Return entries, in order of first appearance, and the events whose rows make none.

    A row is one line of ``posting.fct_journal_lines`` (``PROPOSAL_COLUMNS``), a mapping or a tuple in that
    order; an event's rows need not stand together. One bad event never hides the others. Reasons:
    ``missing_value``, ``invalid_line``, ``unbalanced_entry``, ``mixed_header`` (an event's rows disagree on
    entity, book, date, description or source), ``repeated_line_number`` (rows multiplied by a join would
    double the money and still balance).
    """
    events: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        proposal = _as_mapping(row)
        events.setdefault(str(proposal["event_id"] or ""), []).append(proposal)
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    for event_id, proposals in events.items():
        try:
            entries.append(_entry(event_id, proposals))
        except _RowRefusedError as refused:
            refusals.append(Refusal(event_id, str(refused), _amount_at_stake(proposals)))
    return entries, refusals


def _as_mapping(row: Mapping[str, object] | Sequence[object]) -> Mapping[str, object]:
    # looking for keys() keeps dict-like database rows, which register as no Mapping, on the right side
    if hasattr(row, "keys"):
        return row  # type: ignore[return-value]  # narrowed by its keys()
    return dict(zip(PROPOSAL_COLUMNS, row, strict=True))


def _entry(event_id: str, rows: Sequence[Mapping[str, object]]) -> Entry:
    header = rows[0]
    if any(row[name] != header[name] for row in rows for name in _HEADER):
        raise _RowRefusedError(MIXED_HEADER)
    if len({row["line_number"] for row in rows}) < len(rows):
        raise _RowRefusedError(REPEATED_LINE_NUMBER)
    entry_date = header["entry_date"]
    if not event_id or not isinstance(entry_date, dt.date) or isinstance(entry_date, dt.datetime):
        raise _RowRefusedError(MISSING_VALUE)
    try:
        return Entry(
            event_id=event_id,
            entity_id=_required(header, "entity_id"),
            book=_required(header, "book"),
            entry_date=entry_date,
            description=_required(header, "description"),
            source=_required(header, "source"),
            source_ids=tuple(sorted({str(row["source_file_id"]) for row in rows if row["source_file_id"] is not None})),
            lines=tuple(_line(row) for row in rows),
        )
    except UnbalancedEntryError:
        raise _RowRefusedError(UNBALANCED_ENTRY) from None


def _line(row: Mapping[str, object]) -> Line:
    debit_amount, credit_amount = row["debit_amount"], row["credit_amount"]
    # a float is refused even when it looks round: it has been inexact on its way here
    if not isinstance(debit_amount, Decimal) or not isinstance(credit_amount, Decimal):
        raise _RowRefusedError(INVALID_LINE)
    try:
        return Line(
            account_code=_required(row, "account_code"),
            debit_amount=debit_amount,
            credit_amount=credit_amount,
            rule_id=_required(row, "rule_id"),
            payer_class=_optional(row, "payer_class"),
            provider_id=_optional(row, "provider_id"),
            location_id=_optional(row, "location_id"),
        )
    except ValueError:
        raise _RowRefusedError(INVALID_LINE) from None


def _required(row: Mapping[str, object], name: str) -> str:
    value = row[name]
    if value is None or value == "":
        raise _RowRefusedError(MISSING_VALUE)
    return str(value)


def _optional(row: Mapping[str, object], name: str) -> str | None:
    value = row[name]
    return None if value is None else str(value)


def _amount_at_stake(rows: Sequence[Mapping[str, object]]) -> Decimal:
    def side(name: str) -> Decimal:
        amounts = (row[name] for row in rows)
        return sum((a for a in amounts if isinstance(a, Decimal) and a.is_finite()), ZERO)

    return max(side("debit_amount"), side("credit_amount"))
