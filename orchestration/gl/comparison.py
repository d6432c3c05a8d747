"""What was sent against what the outside system holds, line by line: what people did there to our journals.

What does not belong here: asking the outside system (its target), and what is done about a difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from decimal import Decimal

    from orchestration.gl.port import PostRequest, PulledEntry, PulledLine, TargetLine

Kind = Literal["missing", "duplicated", "date_changed", "line_missing", "line_added", "not_ours"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not there as it was sent.

    ``missing``: no journal of the reference; ``duplicated``: more than one; ``date_changed``; ``line_missing`` and
    ``line_added``: one line, with its account there; ``not_ours``: a journal of somebody else, for information.
    ``amount`` is in dollars: a line's debit minus credit, else the journal's sum of debits.
    """

    kind: Kind
    reference: str | None
    external_id: str | None
    amount: Decimal
    account: str | None = None
    entry_date: dt.date | None = None


def compare(sent: Iterable[PostRequest], held: Iterable[PulledEntry]) -> list[Difference]:
    """Return every difference, ours first in the order sent, then journals that are not ours.

    Lines are compared as a bag: order does not matter, and two equal lines are two.
    """
    ours: defaultdict[str, list[PulledEntry]] = defaultdict(list)
    others: list[PulledEntry] = []
    for entry in held:
        (others if entry.reference is None else ours[entry.reference]).append(entry)
    differences: list[Difference] = []
    for request in sent:
        entries = ours.pop(request.reference, [])
        differences += _of_one(request, entries)
    others += [entry for entries in ours.values() for entry in entries]
    differences += [
        Difference("not_ours", entry.reference, entry.external_id, _debits(entry.lines), entry_date=entry.entry_date)
        for entry in others
    ]
    return differences


def _of_one(request: PostRequest, entries: list[PulledEntry]) -> list[Difference]:
    reference = request.reference
    if not entries:
        return [Difference("missing", reference, None, request.total_amount, entry_date=request.entry_date)]
    first, *again = entries
    found = [
        Difference("duplicated", reference, entry.external_id, _debits(entry.lines), entry_date=entry.entry_date)
        for entry in again
    ]
    if first.entry_date != request.entry_date:
        found.append(
            Difference("date_changed", reference, first.external_id, request.total_amount, entry_date=first.entry_date)
        )
    ours, theirs = _bag(request.lines), _bag(first.lines)
    for kind, lines in (("line_missing", ours - theirs), ("line_added", theirs - ours)):
        found += [
            Difference(kind, reference, first.external_id, amount, account=account)  # type: ignore[arg-type]
            for (account, amount), count in lines.items()
            for _ in range(count)
        ]
    return found


def same_journal(request: PostRequest, entry: PulledEntry) -> bool:
    """Tell whether a journal is the request: date and lines, whatever their order."""
    return entry.entry_date == request.entry_date and _bag(request.lines) == _bag(entry.lines)


def _bag(lines: Iterable[TargetLine | PulledLine]) -> Counter[tuple[str, Decimal]]:
    return Counter((line.account, line.debit_amount - line.credit_amount) for line in lines)


def _debits(lines: Iterable[PulledLine]) -> Decimal:
    return sum((line.debit_amount for line in lines), ZERO)
