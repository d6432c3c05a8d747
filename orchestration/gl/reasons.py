"""Why something is not outside, as stable codes; what each means, and the one command that fixes it.

Clients raise codes of their own; a code that is not listed here is explained by the kind of its error.
What does not belong here: why something is not in the journal (``ledger.reasons``).
"""

from __future__ import annotations

from orchestration.ledger.outbox import MISSING_OUTSIDE
from orchestration.ledger.reasons import Reason

UNMAPPED_ACCOUNT = "unmapped_account"
OTHER_BODY_OUTSIDE = "other_body_outside"
ACCOUNTS_NOT_ACCEPTED = "accounts_not_accepted"
CLOCK_SKEW = "clock_skew"
GAVE_UP = "gave_up"
NOT_READY = "not_ready"

_RETRY = "medbooks gl post {target} --retry {id}"
_MAPPING = f"{_RETRY}   # after fixing gl/{{target}}.toml; medbooks gl accounts {{target}} shows what is wrong"
_RECONCILE = f"medbooks gl reconcile {{target}}   # shows what stands there; correct it there, then: {_RETRY}"
_CONNECT = "medbooks gl connect {target}"

REASONS: dict[str, Reason] = {
    # one entry is set aside, all others go on
    UNMAPPED_ACCOUNT: Reason("An account of the entry has no account in the outside ledger.", _MAPPING),
    "account_unknown": Reason("The outside ledger does not have one of the accounts of the mapping.", _MAPPING),
    "account_unusable": Reason("A journal may not use one of the accounts there.", _MAPPING),
    "dimension_unmapped": Reason("A value of a dimension has no place in the outside ledger.", _MAPPING),
    "dimension_unknown": Reason(
        "The outside ledger does not have a class, location or category of the mapping.", _MAPPING
    ),
    "period_closed": Reason(
        "The outside ledger's books are closed for that date.",
        f"{_RETRY}   # after opening the period there; or reverse the entry here: medbooks gl reverse",
    ),
    "validation": Reason(
        "The outside ledger read it and found something invalid.",
        f"{_RETRY}   # after correcting the cause there; or reverse the entry here: medbooks gl reverse",
    ),
    "other_body": Reason("The outside ledger holds the reference with another date or other lines.", _RECONCILE),
    OTHER_BODY_OUTSIDE: Reason(
        "The outside ledger holds the reference with another amount: it was changed there.", _RECONCILE
    ),
    GAVE_UP: Reason(
        "Eight attempts got no certain answer while others went through; it is looked up before it is sent again.",
        _RETRY,
    ),
    # nothing goes to one outside ledger; the others are posted to as ever
    "access_revoked": Reason(
        "The outside ledger no longer accepts our permission: it was taken back, or not used for too long.",
        _CONNECT,
    ),
    "wrong_tenant": Reason("The login is good, but not for the company this practice posts to.", _CONNECT),
    "subscription_ended": Reason(
        "The company's subscription there has ended.", "medbooks gl post {target} --resume   # after it is paid"
    ),
    ACCOUNTS_NOT_ACCEPTED: Reason(
        "The outside ledger does not accept the mapping of accounts, so nothing was sent.",
        "medbooks gl post {target} --resume   # after correcting gl/{target}.toml",
    ),
    CLOCK_SKEW: Reason(
        "This machine's clock is wrong, so nothing was sent: logins, leases and dates are judged by it. "
        "Rounds go on by themselves when it is right.",
        "timedatectl set-ntp true",
    ),
    # found by pulling back; what differs is for a person
    "changed_outside": Reason(
        "The date or lines of this journal were changed there.",
        "medbooks gl reconcile {target}   # after setting it back there",
    ),
    MISSING_OUTSIDE: Reason(
        "This journal was deleted there, or its date was moved out of the days that were compared.",
        "medbooks gl post {target} --resend {id}   # by an approver; or take it back here: medbooks gl reverse",
    ),
    "double_outside": Reason(
        "This journal stands there more than once.",
        "medbooks gl reconcile {target}   # after deleting the others there",
    ),
    "not_ours": Reason(
        "A journal was booked there that this ledger does not hold; balances differ by it.",
        "medbooks gl reconcile {target}   # after deleting it there, if it was not meant",
    ),
    NOT_READY: Reason(
        "Its mapping or connection cannot be used, so nothing was sent.",
        "medbooks gl accounts {target}   # opens them, and says what fixes them",
    ),
}

_BY_STATE = {
    "pending": Reason("It waits for the next round.", "medbooks gl post {target}"),
    "quarantined": Reason(
        "The outside ledger read it and refused it. Correct the cause there, or reverse the entry here.", _RETRY
    ),
    "stopped": Reason(
        "The outside ledger does not accept our login or company. Nothing is sent until a person fixes it.", _CONNECT
    ),
    "open": Reason(
        "The outside ledger does not answer, or asked us to wait. Rounds go on by themselves.",
        "medbooks gl post {target}",
    ),
}


def explain(state: str, code: str) -> Reason:
    """Return what a state (of an item or a target) with a reason code means, and what fixes it.

    In the command ``{target}`` stands for the target, and ``{id}`` for the item's reference or ``all``.
    """
    return REASONS.get(code) or _BY_STATE.get(state) or _BY_STATE["pending"]
