"""Who may decide what: the checks before a decision, and what is said when one fails.

What does not belong here: the limits (accounting.approval), and writing decisions (``approvals.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.ledger.reasons import CLOSED_PERIOD, OTHER_BODY, REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.accounting.approvers import Approver, Roster
    from orchestration.ledger.approvals import Proposal
    from orchestration.ledger.outbox import OutboxItem

_LIST = "edit practice.toml   # an [[approvers]] table with person, logins and limit_amount"


def must_be_open(proposal: Proposal) -> None:
    """Raise ``BooksError`` for a proposal that is decided already."""
    if proposal.decision is not None:
        message = f"proposal {proposal.proposal_id} is decided already: {proposal.decision} by {proposal.decided_by}"
        raise BooksError(message, fix="medbooks gl preview   # lists what still waits")


def listed(roster: Roster, login: str) -> Approver:
    """Return who decides under a login. Raises ``BooksError`` when no approver is listed under it."""
    found = roster.of_login(login)
    if found is None:
        message = f"{login} is no approver of this practice: nothing was decided"
        raise BooksError(message, fix=_LIST)
    return found


def decides_for(approver: Approver, entity_ids: Iterable[str]) -> None:
    """Raise ``BooksError`` unless this person decides for every one of these entities."""
    others = sorted(set(entity_ids) - set(approver.entities)) if approver.entities else []
    if others:
        message = f"{approver.person} decides for {', '.join(approver.entities)}, not for {', '.join(others)}"
        raise BooksError(message, fix="run it again   # as an approver of these entities")


def may_decide(proposal: Proposal, approver: Approver) -> None:
    """Raise ``BooksError`` unless the proposal is open and of an entity this person decides for."""
    must_be_open(proposal)
    entity_id = proposal.made.entity_id
    if approver.entities and entity_id not in approver.entities:
        message = (
            f"proposal {proposal.proposal_id} is of {entity_id or 'several entities'}: {approver.person} decides for "
            f"{', '.join(approver.entities)}"
        )
        raise BooksError(message, fix=f"medbooks gl approve {proposal.proposal_id}   # by an approver of its entity")


def may_approve(proposal: Proposal, approver: Approver) -> None:
    """Raise ``BooksError`` unless the proposal can be booked, and this person may book it."""
    may_decide(proposal, approver)
    made = proposal.made
    if made.state == "quarantined" and made.reason_code not in {CLOSED_PERIOD, OTHER_BODY}:
        raise not_bookable(proposal)
    if approver.is_known_as(made.proposed_by):
        message = f"proposal {proposal.proposal_id} was proposed by {approver.person}: somebody else has to approve it"
        raise BooksError(message, fix=f"medbooks gl approve {proposal.proposal_id}   # by another person")
    if made.required_role == "practice_administrator" and made.required_role not in approver.roles:
        message = (
            f"proposal {proposal.proposal_id} is a bill above the limit: only the practice administrator approves it"
        )
        raise BooksError(message, fix='edit practice.toml   # roles = ["practice_administrator"] of an approver')
    if made.total_amount > approver.limit_amount:
        message = (
            f"proposal {proposal.proposal_id} moves {made.total_amount:,.2f}, and {approver.person} approves up to "
            f"{approver.limit_amount:,.2f}"
        )
        raise BooksError(
            message, fix=f"medbooks gl approve {proposal.proposal_id}   # by an approver of a higher limit"
        )


def may_send_again(item: OutboxItem, entity_id: str, approver: Approver) -> None:
    """Raise ``BooksError`` unless this person may let an entry of the entity go out again."""
    decides_for(approver, (entity_id,))
    if item.total_amount > approver.limit_amount:
        message = (
            f"{item.reference} moves {item.total_amount:,.2f}, and {approver.person} approves up to "
            f"{approver.limit_amount:,.2f}"
        )
        raise BooksError(
            message,
            fix=f"medbooks gl post {item.target} --resend {item.reference}   # by an approver of a higher limit",
        )


def not_bookable(proposal: Proposal) -> BooksError:
    """Return the error of a proposal that approval alone does not fix."""
    reason = REASONS[proposal.made.reason_code]
    message = f"proposal {proposal.proposal_id} cannot be booked as it is. {reason.words}"
    return BooksError(message, fix=reason.fix.format(id=proposal.proposal_id))
