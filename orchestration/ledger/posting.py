"""Sorting of what is offered to the journal: what is new, what is there, what waits and what is refused.

What does not belong here: writing entries (``writing.py``); every function works inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestration.accounting.journal import Refusal, entry_key
from orchestration.core.ids import canonical_key
from orchestration.core.money import CENT, ZERO, to_cents
from orchestration.ledger import approvals, reading
from orchestration.ledger.approvals import NewProposal, Proposal
from orchestration.ledger.bodies import entry_text
from orchestration.ledger.reasons import CLOSED_PERIOD, OTHER_BODY, UNKNOWN_ACCOUNT
from orchestration.ledger.schema import accounts
from orchestration.ledger.writing import ClosedDates

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from orchestration.accounting.approval import ApprovalPolicy
    from orchestration.accounting.journal import Entry

MENDED_BY = "medbooks"
_WIDEST = Decimal("9999999999999999.99")


@dataclass(slots=True)
class Sorted:
    """What is offered, each entry in exactly one place; amounts are dollars."""

    new: list[tuple[Entry, str]] = field(default_factory=list)
    skipped: int = 0
    skipped_amount: Decimal = ZERO
    rejected: list[Refusal] = field(default_factory=list)
    conflicts: list[Refusal] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    held: list[Refusal] = field(default_factory=list)


class Sorter:
    """Sorts the entries of one call, and writes down what waits; the same again writes nothing again."""

    def __init__(
        self,
        connection: Connection,
        event_ids: set[str],
        *,
        rule_version: str,
        policy: ApprovalPolicy | None,
        made_by: str,
        run_id: str | None,
        at: dt.datetime,
    ) -> None:
        self._connection = connection
        self._rule_version = rule_version
        self._policy = policy
        self._made_by = made_by
        self._run_id = run_id
        self._at = at
        self._originals = reading.originals(connection, event_ids)
        self._proposed = approvals.of_objects(connection, event_ids)
        self._codes = set(connection.execute(sa.select(accounts.c.account_code)).scalars())
        self._closed = ClosedDates(connection)
        self.result = Sorted()

    def take(self, entries: Sequence[tuple[Entry, str]]) -> Sorted:
        """Sort the entries, each with its key, in their order."""
        for entry, key in entries:
            self._take(entry, key)
        return self.result

    def refuse(self, refusal: Refusal) -> None:
        """Write down an event whose rows made no entry."""
        if refusal.event_id not in self._originals:
            storable = refusal._replace(amount=_whole_cents(refusal.amount))
            body_hash = canonical_key([storable.event_id, storable.reason, to_cents(storable.amount)])
            self._wait(storable, self.result.refusals, body_hash=body_hash)

    def _take(self, entry: Entry, key: str) -> None:
        result = self.result
        original_key, original_version = self._originals.get(entry.event_id, (None, self._rule_version))
        refusal = Refusal(entry.event_id, "", entry.total_amount)
        if original_key is not None:
            # rules that moved on without moving this event's money are no other body
            same = key if original_version == self._rule_version else entry_key(entry, original_version)
            if original_key == same or self._was(entry, key, "approved"):
                result.skipped += 1
                result.skipped_amount += entry.total_amount
            elif self._was(entry, key, "rejected"):
                # a person decided that what is booked stays
                result.rejected.append(refusal._replace(reason=OTHER_BODY))
            else:
                self._wait(refusal._replace(reason=OTHER_BODY), result.conflicts, entry=entry, key=key)
        elif self._was(entry, key, "rejected"):
            result.rejected.append(refusal._replace(reason="rejected"))
        elif entry in self._closed:
            self._wait(refusal._replace(reason=CLOSED_PERIOD), result.refusals, entry=entry, key=key)
        elif any(line.account_code not in self._codes for line in entry.lines):
            self._wait(refusal._replace(reason=UNKNOWN_ACCOUNT), result.refusals, entry=entry, key=key)
        elif self._policy is not None and (hold := self._policy.hold(entry)) is not None:
            waits = refusal._replace(reason=hold.reason_code)
            self._wait(waits, result.held, entry=entry, key=key, role=hold.required_role)
        else:
            self._originals[entry.event_id] = (key, self._rule_version)
            result.new.append((entry, key))
            for proposal in self._undecided(entry.event_id):
                self._close(proposal, "mended", "what stood in its way is gone")

    def _was(self, entry: Entry, key: str, decision: str) -> bool:
        return any(
            proposal.decision == decision and proposal.made.body_hash == key
            for proposal in self._proposed.get(entry.event_id, ())
        )

    def _undecided(self, event_id: str) -> list[Proposal]:
        return [proposal for proposal in self._proposed.get(event_id, ()) if proposal.decision is None]

    def _close(self, proposal: Proposal, decision: approvals.ProposalDecision, reason: str) -> None:
        approvals.decide(self._connection, proposal, decision, by=MENDED_BY, reason=reason, at=self._at)

    def _wait(
        self,
        refusal: Refusal,
        place: list[Refusal],
        *,
        entry: Entry | None = None,
        key: str = "",
        role: str = "person",
        body_hash: str = "",
    ) -> None:
        place.append(refusal)
        body_hash = key or body_hash
        known = False
        for proposal in self._undecided(refusal.event_id):
            if (proposal.made.body_hash, proposal.made.reason_code) == (body_hash, refusal.reason):
                # the same proposals come again with every run
                known = True
            else:
                self._close(proposal, "replaced", f"it came again: {refusal.reason}")
        if known:
            return
        made = NewProposal(
            kind="entry",
            object=refusal.event_id,
            entity_id=entry.entity_id if entry else "",
            book=entry.book if entry else "",
            total_amount=refusal.amount,
            state="held" if place is self.result.held else "quarantined",
            reason_code=refusal.reason,
            required_role=role,
            body=entry_text(entry) if entry else "",
            body_hash=body_hash,
            rule_version=self._rule_version,
            proposed_by=self._made_by,
            run_id=self._run_id,
        )
        number = approvals.propose(self._connection, made, self._at)
        proposed = Proposal(number, self._at.isoformat(), made)
        others = [p for p in self._proposed.get(refusal.event_id, ()) if p.decision is not None]
        self._proposed[refusal.event_id] = [*others, proposed]


def _whole_cents(amount: Decimal) -> Decimal:
    # rows that make no entry may hold a fraction of a cent, or more than the widest amount of the books
    return min(amount, _WIDEST).quantize(CENT)
