"""What the outside ledger holds against what was posted, line by line: edits, deletions, doubles, others' journals.

What does not belong here: pulling it (the target), and correcting anything: a person decides about what differs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from orchestration.core.money import ZERO
from orchestration.gl.requests import UnmappedAccountError, request_of
from orchestration.ledger.outbox import MISSING_OUTSIDE, is_reference

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from orchestration.gl.port import PulledEntry, Target
    from orchestration.gl.requests import TargetSetup
    from orchestration.ledger.outbox import OutboxItem
    from orchestration.ledger.records import PostedEntry
    from orchestration.ledger.store import Ledger

DifferenceKind = Literal["missing_outside", "changed_outside", "double_outside", "not_ours"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One journal that is not the same on both sides; ``amount`` is the dollars at stake.

    ``entry_id`` is ``None`` for what is not ours, and ``reference`` too unless it has the shape of ours: else a person
    typed it. ``accounts`` are the outside accounts whose sums differ, each with outside less ours.
    """

    kind: DifferenceKind
    reference: str | None
    entry_id: int | None
    external_id: str | None
    amount: Decimal
    accounts: tuple[tuple[str, Decimal], ...] = ()


@dataclass(slots=True)
class OutsideComparison:
    """What agrees, by reference, and what does not."""

    agreed: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def compare(
    held: Iterable[tuple[OutboxItem, PostedEntry]], pulled: Iterable[PulledEntry], accounts: Mapping[str, str]
) -> OutsideComparison:
    """Compare items that have a receipt with what was pulled for the same days."""
    outside: defaultdict[str, list[PulledEntry]] = defaultdict(list)
    result = OutsideComparison()
    for entry in pulled:
        if entry.reference is None:
            result.differences.append(_not_ours(entry))
        else:
            outside[entry.reference].append(entry)
    for item, posted in held:
        found = outside.pop(item.reference, [])
        difference = _difference(item, posted, found, accounts)
        if difference is None:
            result.agreed.append(item.reference)
        else:
            result.differences.append(difference)
    # a reference of our shape that no item with a receipt has
    result.differences += [_not_ours(entry) for found in outside.values() for entry in found]
    return result


def _not_ours(entry: PulledEntry) -> Difference:
    amount = sum((line.debit_amount for line in entry.lines), ZERO)
    ours = entry.reference if entry.reference and is_reference(entry.reference) else None
    return Difference("not_ours", ours, None, entry.external_id, amount)


def _difference(
    item: OutboxItem, posted: PostedEntry, found: list[PulledEntry], accounts: Mapping[str, str]
) -> Difference | None:
    total = item.total_amount
    if not found:
        return Difference(MISSING_OUTSIDE, item.reference, item.entry_id, item.external_id, total)
    if len(found) > 1:
        extra = total * (len(found) - 1)
        return Difference("double_outside", item.reference, item.entry_id, item.external_id, extra)
    (there,) = found
    ours = _sums(posted, accounts)
    theirs: defaultdict[tuple[str, bool], Decimal] = defaultdict(lambda: ZERO)
    for line in there.lines:
        theirs[line.account, True] += line.debit_amount
        theirs[line.account, False] += line.credit_amount
    differing = {key: theirs[key] - ours.get(key, ZERO) for key in {*theirs, *ours}}
    off = {key: amount for key, amount in differing.items() if amount}
    # one that was deleted and entered again has another id there, and the books are the same
    if not off and there.entry_date == posted.entry.entry_date:
        return None
    by_account: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for (account, is_debit), amount in off.items():
        by_account[account] += amount if is_debit else -amount
    at_stake = max((abs(amount) for amount in off.values()), default=total)
    return Difference(
        "changed_outside",
        item.reference,
        item.entry_id,
        there.external_id,
        at_stake,
        tuple(sorted((account, amount) for account, amount in by_account.items() if amount)),
    )


def _sums(posted: PostedEntry, accounts: Mapping[str, str]) -> dict[tuple[str, bool], Decimal]:
    sums: defaultdict[tuple[str, bool], Decimal] = defaultdict(lambda: ZERO)
    try:
        lines = request_of(posted, accounts).lines
    except UnmappedAccountError:
        # the mapping lost an account since: everything of it counts as changed
        return {}
    for line in lines:
        sums[line.account, True] += line.debit_amount
        sums[line.account, False] += line.credit_amount
    return dict(sums)


def reconcile(ledger: Ledger, target: Target, setup: TargetSetup, start: dt.date, end: dt.date) -> OutsideComparison:
    """Pull the days from start to end, compare, and mark what agrees as reconciled and what does not as posted.

    Raises the errors of ``Target.pull``.
    """
    outbox = ledger.outbox("medbooks reconciliation")
    items = outbox.items(setup.name, "posted", "reconciled", days=(start, end))
    posted = ledger.entries_by_id([item.entry_id for item in items])
    held = [(item, posted[item.entry_id]) for item in items]
    result = compare(held, target.pull(start, end), setup.accounts)
    outbox.reconciled(setup.name, result.agreed)
    for kind in ("missing_outside", "changed_outside", "double_outside"):
        references = [d.reference for d in result.differences if d.kind == kind and d.reference]
        outbox.unreconciled(setup.name, references, kind)
    return result
