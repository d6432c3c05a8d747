"""Who may decide what: the checks before a decision, and what is said when one fails.

What does not belong here: the limits (accounting.approval), and writing decisions (``approvals.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.ledger.reasons import CLOSED_PERIOD, OTHER_BODY, REASONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestration.ledger.approvals import Proposal


def must_be_open(proposal: Proposal) -> None:
    """Raise ``BooksError`` for a proposal that is decided already."""
    if proposal.decision is not None:
        message = f"proposal {proposal.proposal_id} is decided already: {proposal.decision} by {proposal.decided_by}"
        raise BooksError(message, mend="medbooks gl preview   # lists what still waits")


def may_approve(proposal: Proposal, by: str, roles: Collection[str]) -> None:
    """Raise ``BooksError`` unless the proposal is open, can be booked, and this person may book it."""
    must_be_open(proposal)
    made = proposal.made
    if made.state == "quarantined" and made.reason_code not in {CLOSED_PERIOD, OTHER_BODY}:
        raise not_bookable(proposal)
    if made.proposed_by == by:
        message = f"proposal {proposal.proposal_id} was proposed by {by}: somebody else has to approve it"
        raise BooksError(message, mend=f"medbooks gl approve {proposal.proposal_id}   # by another person")
    if made.required_role == "practice_administrator" and made.required_role not in roles:
        message = (
            f"proposal {proposal.proposal_id} is a bill above the limit: only the practice administrator approves it"
        )
        raise BooksError(message, mend="name the administrator in practice.toml: practice_administrators = [...]")


def not_bookable(proposal: Proposal) -> BooksError:
    """Return the error of a proposal that approval alone cannot mend."""
    reason = REASONS[proposal.made.reason_code]
    message = f"proposal {proposal.proposal_id} cannot be booked as it is. {reason.words}"
    return BooksError(message, mend=reason.mend.format(id=proposal.proposal_id))
