"""Pulling back what the outside system holds and writing down which entries are there exactly as they were posted.

What does not belong here: the comparison itself (``comparison.py``), and mending anything: a difference is a person's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.gl.comparison import compare
from orchestration.gl.requests import UnmappedAccountError, request_of

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.gl.comparison import Difference
    from orchestration.gl.port import PostRequest, Target
    from orchestration.gl.requests import TargetSetup
    from orchestration.ledger.store import Ledger

OURS_ONLY = ("missing", "duplicated", "date_changed", "line_missing", "line_added")


@dataclass(slots=True)
class Reconciliation:
    """How many entries agree line by line, what differs, and how many lost their mapping since they were posted."""

    agreed: int = 0
    unmapped: int = 0
    differences: list[Difference] = field(default_factory=list)


def reconcile(ledger: Ledger, target: Target, setup: TargetSetup, start: dt.date, end: dt.date) -> Reconciliation:
    """Compare every entry of the days from start to end that has a receipt with what the target holds.

    What agrees is ``reconciled`` then; what does not is ``posted`` again, with the kind of its first difference.
    Raises the errors of ``Target.pull``.
    """
    outbox = ledger.outbox("medbooks reconciliation")
    items = outbox.items(setup.name, "posted", "reconciled")
    posted = ledger.entries_by_id([item.entry_id for item in items])
    result = Reconciliation()
    sent: list[PostRequest] = []
    for item in items:
        if start <= posted[item.entry_id].entry.entry_date <= end:
            try:
                sent.append(request_of(posted[item.entry_id], setup.accounts))
            except UnmappedAccountError:
                result.unmapped += 1
    # an entry that somebody moved to another day is missing here and found nowhere: a difference all the same
    result.differences = compare(sent, target.pull(start, end))
    differing: dict[str, str] = {}
    for difference in result.differences:
        if difference.reference is not None and difference.kind in OURS_ONLY:
            differing.setdefault(difference.reference, difference.kind)
    agreed = [request.reference for request in sent if request.reference not in differing]
    result.agreed = len(agreed)
    outbox.reconciled(setup.name, agreed)
    for kind in sorted(set(differing.values())):
        outbox.unreconciled(setup.name, [ref for ref, found in differing.items() if found == kind], kind)
    return result
