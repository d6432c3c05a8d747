"""What waits before the journal: proposals that a person must decide or something must be fixed for, and decisions.

Both tables only grow; what became of a proposal is read from its decision. Every row has its audit record.
What does not belong here: the limits (accounting.approval), and booking what was approved (``store.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from orchestration.core.ids import canonical_key
from orchestration.core.money import to_cents
from orchestration.ledger import chain
from orchestration.ledger.schema import decisions, proposals

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from sqlalchemy.engine import Connection

ProposalKind = Literal["entry", "reversal"]
State = Literal["held", "quarantined"]
ProposalDecision = Literal["approved", "rejected", "mended", "replaced"]

DECISIONS = ("approved", "rejected", "mended", "replaced")
STATES = ("held", "quarantined")
_VALUES_PER_STATEMENT = 10_000


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A proposal before it has a number; ``object`` is an event id, or what is to be reversed.

    ``body`` is the text of one entry, or the numbers of the entries to take back, or empty where the rows made none.
    """

    kind: ProposalKind
    object: str
    entity_id: str
    book: str
    total_amount: Decimal
    state: State
    reason_code: str
    required_role: str
    body: str
    body_hash: str
    rule_version: str
    proposed_by: str
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands; ``decision`` is ``None`` while it waits. Amounts are dollars, times are UTC."""

    proposal_id: int
    proposed_at: str
    made: NewProposal
    decision: ProposalDecision | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    decision_reason: str | None = None
    batch_tag: str | None = None


def propose(connection: Connection, made: NewProposal, at: dt.datetime) -> int:
    """Write one proposal with its audit record and return its number."""
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(proposals.c.proposal_id), 0))).scalar_one()
    proposal = Proposal(last + 1, at.isoformat(), made)
    connection.execute(
        proposals.insert().values(
            proposal_id=proposal.proposal_id,
            kind=made.kind,
            object=made.object,
            entity_id=made.entity_id,
            book=made.book,
            total_amount=made.total_amount,
            state=made.state,
            reason_code=made.reason_code,
            required_role=made.required_role,
            body=made.body,
            body_hash=made.body_hash,
            rule_version=made.rule_version,
            proposed_by=made.proposed_by,
            proposed_at=proposal.proposed_at,
            run_id=made.run_id,
        )
    )
    deed = chain.Deed(
        actor=made.proposed_by,
        action=made.state,
        object=str(proposal.proposal_id),
        reason=made.reason_code,
        object_count=1,
        amount=made.total_amount,
        content_hash=proposal_hash(proposal),
    )
    chain.append(connection, at, deed)
    return proposal.proposal_id


def decide(
    connection: Connection,
    proposal: Proposal,
    decision: ProposalDecision,
    *,
    by: str,
    reason: str,
    at: dt.datetime,
    batch_tag: str | None = None,
) -> None:
    """Write the decision on a proposal with its audit record.

    Raises ``sqlalchemy.exc.IntegrityError`` when it is decided already, or approved by who proposed it.
    """
    connection.execute(
        decisions.insert().values(
            proposal_id=proposal.proposal_id,
            decision=decision,
            decided_by=by,
            decided_at=at.isoformat(),
            reason=reason,
            batch_tag=batch_tag,
        )
    )
    deed = chain.Deed(
        actor=by,
        action=decision,
        object=str(proposal.proposal_id),
        reason=reason,
        object_count=1,
        amount=proposal.made.total_amount,
        content_hash=decision_hash(proposal.proposal_id, decision, by, at.isoformat(), reason, batch_tag),
    )
    chain.append(connection, at, deed)


def proposal_hash(proposal: Proposal) -> str:
    """Return the SHA-256 of everything a proposal says."""
    made = proposal.made
    return canonical_key(
        [
            proposal.proposal_id,
            proposal.proposed_at,
            made.kind,
            made.object,
            made.entity_id,
            made.book,
            to_cents(made.total_amount),
            made.state,
            made.reason_code,
            made.required_role,
            made.body,
            made.body_hash,
            made.rule_version,
            made.proposed_by,
            made.run_id,
        ]
    )


def decision_hash(proposal_id: int, decision: str, by: str, at: str, reason: str, batch_tag: str | None) -> str:
    """Return the SHA-256 of everything a decision says."""
    return canonical_key([proposal_id, decision, by, at, reason, batch_tag])


def select(connection: Connection, *conditions: sa.ColumnElement[bool]) -> Iterator[Proposal]:
    """Yield proposals by number, each with its decision when there is one."""
    statement = (
        sa.select(
            proposals,
            decisions.c.decision,
            decisions.c.decided_by,
            decisions.c.decided_at,
            decisions.c.reason,
            decisions.c.batch_tag,
        )
        .outerjoin(decisions, decisions.c.proposal_id == proposals.c.proposal_id)
        .where(*conditions)
        .order_by(proposals.c.proposal_id)
    )
    for row in connection.execute(statement):
        yield _proposal(row)


def of_objects(connection: Connection, objects: Iterable[str]) -> dict[str, list[Proposal]]:
    """Return the proposals of some events or batches, the oldest first."""
    found: dict[str, list[Proposal]] = {}
    remaining = iter(objects)
    while chunk := list(islice(remaining, _VALUES_PER_STATEMENT)):
        for proposal in select(connection, proposals.c.object.in_(chunk)):
            found.setdefault(proposal.made.object, []).append(proposal)
    return found


def waiting(connection: Connection) -> list[Proposal]:
    """Return what is not decided yet, by number."""
    return list(select(connection, decisions.c.proposal_id.is_(None)))


def by_number(connection: Connection, proposal_ids: Iterable[int]) -> list[Proposal]:
    """Return proposals by number; the ones that do not exist are left out."""
    return list(select(connection, proposals.c.proposal_id.in_(list(proposal_ids))))


def _proposal(row: sa.Row[Any]) -> Proposal:
    made = NewProposal(
        kind=row.kind,
        object=row.object,
        entity_id=row.entity_id,
        book=row.book,
        total_amount=row.total_amount,
        state=row.state,
        reason_code=row.reason_code,
        required_role=row.required_role,
        body=row.body,
        body_hash=row.body_hash,
        rule_version=row.rule_version,
        proposed_by=row.proposed_by,
        run_id=row.run_id,
    )
    return Proposal(
        proposal_id=row.proposal_id,
        proposed_at=row.proposed_at,
        made=made,
        decision=row.decision,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.reason,
        batch_tag=row.batch_tag,
    )


def open_reasons(connection: Connection) -> dict[str, str]:
    """Return event id → reason code of what waits, ``rejected`` for what a person decided against last."""
    reasons: dict[str, str] = {}
    for proposal in select(connection, proposals.c.kind == "entry"):
        if proposal.decision is None:
            reasons[proposal.made.object] = proposal.made.reason_code
        elif proposal.decision == "rejected":
            reasons[proposal.made.object] = "rejected"
        else:
            reasons.pop(proposal.made.object, None)
    return reasons
