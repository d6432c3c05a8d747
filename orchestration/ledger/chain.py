"""The audit chain: who did what to the books and when, each record sealed into the next. No PHI.

A chain shows a changed, removed, inserted or moved record; it cannot show a cut-off tail by itself. For that
the head is handed out (``head``) and every batch must have its record (``verification.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from orchestration.core.findings import Finding
from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO, to_cents
from orchestration.ledger.schema import audit

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: ``object`` is a batch tag, event id or period; ``content_hash`` seals what it names."""

    actor: str
    action: str
    object: str
    reason: str = ""
    object_count: int = 0
    amount: Decimal = ZERO
    content_hash: str = ""


class Head(NamedTuple):
    """The last record of the chain, to be kept somewhere else; 0 and empty for an empty chain."""

    audit_id: int
    record_hash: str


def _record_hash(audit_id: int, at: str, deed: Deed, previous_hash: str) -> str:
    return canonical_key(
        [
            audit_id,
            at,
            deed.actor,
            deed.action,
            deed.object,
            deed.reason,
            deed.object_count,
            to_cents(deed.amount),
            deed.content_hash,
            previous_hash,
        ]
    )


def head(connection: Connection) -> Head:
    """Return the last record's number and hash."""
    row = connection.execute(
        sa.select(audit.c.audit_id, audit.c.record_hash).order_by(audit.c.audit_id.desc()).limit(1)
    ).first()
    return Head(row.audit_id, row.record_hash) if row else Head(0, "")


def last_at(connection: Connection) -> str | None:
    """Return the time of the last record as it was written, ``None`` for an empty chain."""
    return connection.execute(sa.select(audit.c.at).order_by(audit.c.audit_id.desc()).limit(1)).scalar()


def last_content(connection: Connection, action: str) -> str | None:
    """Return the content hash of the last record of an action, ``None`` when there is none."""
    return connection.execute(
        sa.select(audit.c.content_hash).where(audit.c.action == action).order_by(audit.c.audit_id.desc()).limit(1)
    ).scalar()


def records(connection: Connection) -> list[tuple[object, ...]]:
    """Return every record, in the table's columns' order."""
    return [tuple(row) for row in connection.execute(sa.select(audit).order_by(audit.c.audit_id))]


def append(connection: Connection, at: dt.datetime, deed: Deed) -> None:
    """Append one record inside the transaction of the deed itself."""
    last = head(connection)
    audit_id, moment = last.audit_id + 1, at.isoformat()
    connection.execute(
        audit.insert().values(
            audit_id=audit_id,
            at=moment,
            actor=deed.actor,
            action=deed.action,
            object=deed.object,
            reason=deed.reason,
            object_count=deed.object_count,
            amount=deed.amount,
            content_hash=deed.content_hash,
            previous_hash=last.record_hash,
            record_hash=_record_hash(audit_id, moment, deed, last.record_hash),
        )
    )


def broken_links(connection: Connection, known_head: Head | None = None) -> list[Finding]:
    """Return one finding per record whose number, link or seal is off, and one when a known head is gone."""
    findings: list[Finding] = []
    expected_id, previous_hash = 1, ""
    is_head_seen = known_head is None or known_head.audit_id == 0
    for row in connection.execute(sa.select(audit).order_by(audit.c.audit_id)):
        deed = Deed(row.actor, row.action, row.object, row.reason, row.object_count, row.amount, row.content_hash)
        if row.audit_id != expected_id or row.previous_hash != previous_hash:
            message = (
                f"audit record {expected_id} is missing or stands elsewhere: the chain breaks before {row.audit_id}"
            )
            findings.append(Finding("audit_gap", "error", message))
        if row.record_hash != _record_hash(row.audit_id, row.at, deed, row.previous_hash):
            message = f"audit record {row.audit_id} was changed after it was written: its seal does not hold"
            findings.append(Finding("audit_changed", "error", message))
        if known_head is not None and known_head == (row.audit_id, row.record_hash):
            is_head_seen = True
        expected_id, previous_hash = row.audit_id + 1, row.record_hash
    if not is_head_seen:
        message = "the head of the audit chain that was kept is not in it: its end was cut off or rewritten"
        findings.append(Finding("audit_cut_off", "error", message))
    return findings
