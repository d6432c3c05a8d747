"""Why something is not outside, as stable codes; what each means, and the one command that mends it.

Clients raise codes of their own; a code that is not listed here is explained by the kind of its error.
What does not belong here: why something is not in the journal (``ledger.reasons``).
"""

from __future__ import annotations

from orchestration.ledger.reasons import Reason

UNMAPPED_ACCOUNT = "unmapped_account"
OTHER_BODY_OUTSIDE = "other_body_outside"
ACCOUNTS_NOT_ACCEPTED = "accounts_not_accepted"
CLOCK_SKEW = "clock_skew"
GAVE_UP = "gave_up"

_RETRY = "medbooks gl post --retry {id}"

REASONS: dict[str, Reason] = {
    UNMAPPED_ACCOUNT: Reason(
        "An account of the entry has no account in the outside system.",
        "medbooks gl post --retry {id}   # after adding it to the target's accounts file",
    ),
    OTHER_BODY_OUTSIDE: Reason(
        "The outside system holds the reference with another amount: somebody changed it there.",
        "medbooks gl reconcile   # shows both; correct it outside, then: medbooks gl post --retry {id}",
    ),
    ACCOUNTS_NOT_ACCEPTED: Reason(
        "The outside system does not accept the mapping of accounts, so nothing was sent.",
        "medbooks gl post --resume   # after correcting the target's accounts file",
    ),
    CLOCK_SKEW: Reason(
        "This machine's clock is behind the last audit record, so nothing was sent: leases and dates would be wrong.",
        "timedatectl set-ntp true",
    ),
    GAVE_UP: Reason(
        "Eight attempts got no certain answer while others went through; it is looked up before it is sent again.",
        _RETRY,
    ),
}

_BY_STATE = {
    "pending": Reason("It waits for the next round.", "medbooks gl post"),
    "quarantined": Reason(
        "The outside system read it and refused it. Correct the cause there, or reverse the entry here.", _RETRY
    ),
    "stopped": Reason(
        "The outside system does not accept our login or company. Nothing is sent until a person mends it.",
        "medbooks gl connect {id}",
    ),
    "open": Reason(
        "The outside system does not answer, or asked us to wait. Rounds go on by themselves.", "medbooks gl post"
    ),
}


def explain(state: str, code: str) -> Reason:
    """Return what a state (of an item or a target) with a reason code means, and what mends it.

    ``{id}`` in the command stands for the item's reference; for a target that is ``stopped``, for the target.
    """
    return REASONS.get(code) or _BY_STATE.get(state) or _BY_STATE["pending"]
