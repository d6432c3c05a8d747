"""What waits: proposals for a person, and entries on their way out, each with its dollars, why, and what fixes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.gl.reasons import explain
from orchestration.ledger.reasons import REASONS

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.stores.practice import PracticeStores


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """One proposal that is not booked; ``number`` is what ``gl approve`` takes, ``amount`` dollars."""

    number: int
    state: str
    reason: str
    amount: Decimal
    object: str
    entity: str
    proposed_by: str
    proposed_at: str
    words: str
    fix: str


@dataclass(frozen=True, slots=True)
class OutsideTotal:
    """Entries of one outside ledger in one state; ``words`` and ``fix`` are empty where nothing is to be done."""

    target: str
    state: str
    reason: str
    items: int
    amount: Decimal
    words: str
    fix: str


def waiting_proposals(stores: PracticeStores) -> list[WaitingProposal]:
    """Return what the ledger holds back for a person, in the order it was proposed."""
    found = []
    for proposal in stores.ledger.waiting():
        made = proposal.made
        reason = REASONS[made.reason_code]
        found.append(
            WaitingProposal(
                number=proposal.proposal_id,
                state=made.state,
                reason=made.reason_code,
                amount=made.total_amount,
                object=made.object,
                entity=made.entity_id,
                proposed_by=made.proposed_by,
                proposed_at=proposal.proposed_at,
                words=reason.words,
                fix=reason.fix.format(id=proposal.proposal_id),
            )
        )
    return found


def outside_totals(stores: PracticeStores) -> list[OutsideTotal]:
    """Return what is where on its way to outside ledgers, by ledger, state and reason."""
    outbox = stores.ledger.outbox("medbooks preview")
    found = []
    for total in outbox.totals():
        target = outbox.target(total.target)
        is_done = total.state in {"posted", "reconciled"} and not total.reason_code
        code = total.reason_code
        state: str = total.state
        if state in {"pending", "sent"} and target.state != "closed":
            state, code = target.state, target.reason_code
        why = explain(state, code)
        named = "all"
        if total.item_count == 1 and not is_done:
            items = outbox.items(total.target, total.state)
            (named,) = (item.reference for item in items if item.reason_code == total.reason_code)
        found.append(
            OutsideTotal(
                target=total.target,
                state=total.state,
                reason=code,
                items=total.item_count,
                amount=total.total_amount,
                words="" if is_done else why.words,
                fix="" if is_done else why.fix.format(id=named, target=total.target),
            )
        )
    return found
