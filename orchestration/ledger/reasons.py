"""Why something is not booked, or not outside, as stable codes; what each means, and the one command that fixes it.

What does not belong here: finding the reason (``posting.py``, gl), and wording for the report (reporting).
"""

from __future__ import annotations

from typing import NamedTuple

OTHER_BODY = "other_body"
CLOSED_PERIOD = "closed_period"
UNKNOWN_ACCOUNT = "unknown_account"


class Reason(NamedTuple):
    """What happened and why it matters, in a sentence, and the command; ``{id}`` stands for the item's number."""

    words: str
    fix: str


_APPROVE = 'medbooks gl approve {id} --reason "..."'
_RULES = "medbooks rebuild   # after the seed or posting rule that made it is corrected"

REASONS: dict[str, Reason] = {
    # held: a person decides
    "over_approval_limit": Reason(
        "A bill above the practice's limit: the practice administrator approves or rejects it.", _APPROVE
    ),
    "exception_over_limit": Reason(
        "It moves more than the limit on an account for what could not be placed: a person looks first.", _APPROVE
    ),
    "reversal_over_limit": Reason(
        "It reverses more than the limit: another person than the one who asked for it approves.", _APPROVE
    ),
    "reclassification": Reason(
        "It changes what was booked by hand in a past period: another person than its proposer looks first.",
        _APPROVE,
    ),
    "bonus_release": Reason(
        "It takes back a bonus of an earlier year that was not paid: another person than its proposer looks first.",
        _APPROVE,
    ),
    # quarantined before the journal
    "unbalanced_entry": Reason("Its debits and credits differ, so no entry can be made of it.", _RULES),
    "missing_value": Reason("A value that every entry needs is missing.", _RULES),
    "invalid_line": Reason("A line has an amount that is not exact, is negative, or stands on both sides.", _RULES),
    "mixed_header": Reason("Its lines disagree on entity, book, date, wording or source.", _RULES),
    "repeated_line_number": Reason("A line came twice, which would double the money.", _RULES),
    UNKNOWN_ACCOUNT: Reason(
        "It uses an account that the chart does not have.", "medbooks run   # after adding the account to accounts.csv"
    ),
    CLOSED_PERIOD: Reason("Its date lies in a closed period; approving it books it on the first open day.", _APPROVE),
    OTHER_BODY: Reason(
        "The event is booked with other amounts or accounts; approving it reverses that entry and books this one.",
        _APPROVE,
    ),
}
