"""Proofs that the journal holds what was posted and nothing else, read from the tables themselves.

What does not belong here: the chain of audit records (``chain.py``), and repairing anything: a ledger that was
edited from outside is restored from a backup, not repaired.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestration.accounting.journal import entry_key
from orchestration.core.errors import UnbalancedEntryError
from orchestration.core.findings import Finding
from orchestration.ledger import approvals, databases, reading
from orchestration.ledger.outbox import RECEIVED, SENT_AGAIN, receipt_hash
from orchestration.ledger.schema import audit, batches, entries, lines, outbox, periods
from orchestration.ledger.writing import batch_hash

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_BATCH_ACTIONS = ("posted", "reversed")


def unrecorded(connection: Connection) -> list[Finding]:
    """Return findings for batches and periods whose count, amount or status the audit records do not give."""
    findings: list[Finding] = []
    recorded = {
        row.object: (row.object_count, row.amount)
        for row in connection.execute(sa.select(audit).where(audit.c.action.in_(_BATCH_ACTIONS)))
    }
    held = {
        row.batch_tag: (row.entry_count, row.amount)
        for row in connection.execute(
            sa.select(
                batches.c.batch_tag,
                sa.func.count(entries.c.entry_id).label("entry_count"),
                sa.func.sum(entries.c.total_amount).label("amount"),
            )
            .outerjoin(entries, entries.c.batch_tag == batches.c.batch_tag)
            .group_by(batches.c.batch_tag)
        )
    }
    for batch_tag in sorted(recorded.keys() | held.keys()):
        if recorded.get(batch_tag) != held.get(batch_tag):
            message = f"batch {batch_tag} is not what its audit record says in count or amount"
            findings.append(Finding("batch_not_recorded", "error", message))
    findings += _unrecorded_periods(connection)
    findings += _unrecorded_decisions(connection)
    findings += _unrecorded_receipts(connection)
    return findings


def _unrecorded_decisions(connection: Connection) -> list[Finding]:
    recorded: set[tuple[str, str, str]] = {
        (row.object, row.action, row.content_hash)
        for row in connection.execute(
            sa.select(audit).where(audit.c.action.in_((*approvals.STATES, *approvals.DECISIONS)))
        )
    }
    held: set[tuple[str, str, str]] = set()
    for proposal in approvals.select(connection):
        number = str(proposal.proposal_id)
        held.add((number, proposal.made.state, approvals.proposal_hash(proposal)))
        if proposal.decision is not None:
            sealed = approvals.decision_hash(
                proposal.proposal_id,
                proposal.decision,
                proposal.decided_by or "",
                proposal.decided_at or "",
                proposal.decision_reason or "",
                proposal.batch_tag,
            )
            held.add((number, proposal.decision, sealed))
    return [
        Finding(
            "proposal_not_recorded", "error", f"proposal {number} or its decision is not what its audit record says"
        )
        for number in sorted({number for number, _action, _hash in recorded ^ held}, key=int)
    ]


def _unrecorded_receipts(connection: Connection) -> list[Finding]:
    """Compare receipts received with those that are held or were given back to be sent again, one by one."""
    recorded: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(sa.select(audit).where(audit.c.action.in_((RECEIVED, SENT_AGAIN)))):
        recorded[row.object, row.content_hash] += 1 if row.action == RECEIVED else -1
    recorded.subtract(
        (f"{row.target} {row.reference}", receipt_hash(row.target, row.reference, row.external_id))
        for row in connection.execute(sa.select(outbox).where(outbox.c.external_id.is_not(None)))
    )
    return [
        Finding("receipt_not_recorded", "error", f"the receipt of {named} is not what its audit record says")
        for named in sorted({named for (named, _hash), left in recorded.items() if left})
    ]


def _unrecorded_periods(connection: Connection) -> list[Finding]:
    recorded = connection.execute(
        sa.select(audit.c.action, audit.c.object)
        .where(audit.c.action.in_(("period_closed", "period_opened")))
        .order_by(audit.c.audit_id)
    ).all()
    held = [
        (
            "period_closed" if row.status == "closed" else "period_opened",
            f"{row.entity_id} {row.start_date} {row.end_date}",
        )
        for row in connection.execute(sa.select(periods).order_by(periods.c.period_id))
    ]
    if [tuple(row) for row in recorded] == held:
        return []
    message = "the periods are not what their audit records say: one was opened or closed past the ledger"
    return [Finding("period_not_recorded", "error", message)]


def changed_books(connection: Connection) -> list[Finding]:
    """Return findings for missing triggers, orphaned or unbalanced lines, and content that is not what was sealed."""
    findings = [
        Finding("guard_missing", "error", f"trigger {name} is missing or changed: the tables can be edited")
        for name in databases.of(connection).missing_guards(connection)
    ]
    orphans = connection.execute(
        sa.select(sa.func.count()).where(lines.c.entry_id.not_in(sa.select(entries.c.entry_id)))
    ).scalar_one()
    if orphans:
        findings.append(Finding("lines_without_entry", "error", f"{orphans} lines belong to no entry"))
    broken = _broken_entries(connection)
    for entry_id in broken:
        message = f"entry {entry_id} has no lines, or lines that do not balance"
        findings.append(Finding("entry_unbalanced", "error", message))
    if not broken:
        # an entry that cannot be read as one has no content to compare
        findings += _changed_entries(connection)
    return findings


def _broken_entries(connection: Connection) -> list[int]:
    statement = (
        sa.select(entries.c.entry_id)
        .outerjoin(lines, lines.c.entry_id == entries.c.entry_id)
        .group_by(entries.c.entry_id)
        .having(
            sa.or_(
                sa.func.count(lines.c.line_number) != entries.c.line_count,
                sa.func.coalesce(sa.func.sum(lines.c.debit_amount), 0) != entries.c.total_amount,
                sa.func.coalesce(sa.func.sum(lines.c.credit_amount), 0) != entries.c.total_amount,
            )
        )
        .order_by(entries.c.entry_id)
    )
    return list(connection.execute(statement).scalars())


def _changed_entries(connection: Connection) -> list[Finding]:
    findings: list[Finding] = []
    sealed = {
        row.object: row.content_hash
        for row in connection.execute(sa.select(audit).where(audit.c.action.in_(_BATCH_ACTIONS)))
    }
    try:
        # a batch is written in one go, so its entries stand together
        for batch_tag, group in groupby(reading.select_entries(connection), key=lambda posted: posted.batch_tag):
            posted = list(group)
            findings.extend(
                Finding("entry_changed", "error", f"entry {p.entry_id} is not what was posted: its key does not hold")
                for p in posted
                if entry_key(p.entry, p.rule_version) != p.entry_key
            )
            if sealed.get(batch_tag) != batch_hash(posted):
                message = f"batch {batch_tag} is not what was posted: the seal in its audit record does not hold"
                findings.append(Finding("batch_changed", "error", message))
    except (ValueError, UnbalancedEntryError):
        message = "a line or an entry cannot be read: it was edited past the ledger"
        findings.append(Finding("entry_unreadable", "error", message))
    return findings
