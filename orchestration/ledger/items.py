"""What waits in the lake, by number, and what people decided about it: two tables that only grow.

The newest row of an item holds. Every row has its audit record. What does not belong here: what an item is and what a
verb does to the books (dbt), and who may decide (``operations.decide``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from orchestration.core.ids import canonical_key
from orchestration.core.money import format_amount, to_cents
from orchestration.ledger import chain
from orchestration.ledger.schema import item_decisions, items

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

DecisionKind = Literal["proposed", "decided", "undone"]


@dataclass(frozen=True, slots=True)
class DecisionPart:
    """One part of a decision: the account it goes to, and its dollars; ``None`` is what the verb or the item says."""

    account_code: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewItemDecision:
    """A row about an item before it has a number; ``amount`` is the item's dollars."""

    item_number: int
    kind: DecisionKind
    verb: str
    parts: tuple[DecisionPart, ...]
    amount: Decimal
    proposed_by: str
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemDecision:
    """One row about an item; times are UTC."""

    decision_number: int
    item_key: str
    decided_at: str
    made: NewItemDecision


def number(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Return the number of every item, giving new ones the next."""
    known = {row.item_key: int(row.item_number) for row in connection.execute(sa.select(items))}
    last = max(known.values(), default=0)
    for key in sorted(set(keys) - known.keys()):
        last += 1
        connection.execute(items.insert().values(item_number=last, item_key=key))
        known[key] = last
    return known


def newest(connection: Connection) -> dict[str, ItemDecision]:
    """Return item key → its newest row."""
    statement = (
        sa.select(item_decisions, items.c.item_key)
        .join(items, items.c.item_number == item_decisions.c.item_number)
        .order_by(item_decisions.c.decision_number)
    )
    return {
        row.item_key: ItemDecision(
            decision_number=row.decision_number,
            item_key=row.item_key,
            decided_at=row.decided_at,
            made=NewItemDecision(
                item_number=row.item_number,
                kind=row.kind,
                verb=row.verb,
                parts=_parts(row.parts),
                amount=row.amount,
                proposed_by=row.proposed_by,
                decided_by=row.decided_by,
                reason=row.reason,
            ),
        )
        for row in connection.execute(statement)
    }


def write(connection: Connection, made: NewItemDecision, at: dt.datetime) -> int:
    """Write one row with its audit record and return its number."""
    last = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(item_decisions.c.decision_number), 0))
    ).scalar_one()
    decision_number = int(last) + 1
    text = _text(made.parts)
    connection.execute(
        item_decisions.insert().values(
            decision_number=decision_number,
            item_number=made.item_number,
            kind=made.kind,
            verb=made.verb,
            parts=text,
            amount=made.amount,
            proposed_by=made.proposed_by,
            decided_by=made.decided_by,
            decided_at=at.isoformat(),
            reason=made.reason,
        )
    )
    sealed = [decision_number, made.item_number, made.kind, made.verb, text, to_cents(made.amount)]
    deed = chain.Deed(
        actor=made.decided_by or made.proposed_by,
        action=f"item_{made.kind}",
        object=f"item {made.item_number}: {made.verb}",
        reason=made.reason,
        object_count=len(made.parts),
        amount=made.amount,
        content_hash=canonical_key([*sealed, made.proposed_by, made.decided_by]),
    )
    chain.append(connection, at, deed)
    return decision_number


def _text(parts: Sequence[DecisionPart]) -> str:
    return json.dumps(
        [[part.account_code, None if part.amount is None else format_amount(part.amount)] for part in parts]
    )


def _parts(text: str) -> tuple[DecisionPart, ...]:
    return tuple(DecisionPart(code, None if amount is None else Decimal(amount)) for code, amount in json.loads(text))
