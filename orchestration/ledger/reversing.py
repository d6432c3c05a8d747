"""Which entries are reversed, the reversing entries that mirror them, and both as a proposal.

What does not belong here: writing them (``writing.py``), and the arithmetic of a mirror (``accounting.reversal``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from orchestration.accounting.journal import entry_key
from orchestration.accounting.reversal import mirror
from orchestration.core.errors import ClosedPeriodError
from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO
from orchestration.ledger.approvals import NewProposal
from orchestration.ledger.schema import entries
from orchestration.ledger.writing import ClosedDates, JournalBatch

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from orchestration.accounting.approval import Hold
    from orchestration.accounting.journal import Entry
    from orchestration.ledger.approvals import Proposal
    from orchestration.ledger.records import PostedEntry


def standing(connection: Connection, found: Sequence[PostedEntry]) -> list[PostedEntry]:
    """Return the entries that no other entry reverses, in their order."""
    if not found:
        return []
    ids = [posted.entry_id for posted in found]
    statement = sa.select(entries.c.reverses).where(entries.c.reverses.between(min(ids), max(ids)))
    is_reversed = set(connection.execute(statement).scalars())
    return [posted for posted in found if posted.entry_id not in is_reversed]


def mirrors(
    connection: Connection, found: Sequence[PostedEntry], batch: JournalBatch
) -> Iterator[tuple[PostedEntry, Entry, str]]:
    """Yield each entry with its mirror of the batch's date and the mirror's key.

    Raises ``ClosedPeriodError`` when the date is closed for one of them.
    """
    closed = ClosedDates(connection)
    for posted in found:
        mirrored = mirror(posted.entry, reverses=posted.entry_key, entry_date=batch.batch_date, reason=batch.reason)
        if mirrored in closed:
            message = f"{batch.batch_date} is in a closed period of an entity of this reversal"
            day = closed.first_open_day(mirrored.entity_id, batch.batch_date)
            raise ClosedPeriodError(message, fix=f"run it again with --date {day}, the first open day")
        # the reversing entry belongs to the rules that made the entry
        yield posted, mirrored, entry_key(mirrored, posted.rule_version)


def proposal(found: Sequence[PostedEntry], batch: JournalBatch, hold: Hold, what: str) -> NewProposal:
    """Return the reversing of some entries as a proposal that waits; ``what`` names it: a batch or an entry."""
    entry_ids = [posted.entry_id for posted in found]
    entities = {posted.entry.entity_id for posted in found}
    books = {posted.entry.book for posted in found}
    return NewProposal(
        kind="reversal",
        object=what,
        entity_id=entities.pop() if len(entities) == 1 else "",
        book=books.pop() if len(books) == 1 else "",
        total_amount=sum((posted.entry.total_amount for posted in found), ZERO),
        state="held",
        reason_code=hold.reason_code,
        required_role=hold.required_role,
        body=json.dumps({"entries": entry_ids, "reason": batch.reason, "reverses_batch": batch.reverses_batch}),
        body_hash=canonical_key([[posted.entry_id, posted.entry_key] for posted in found]),
        rule_version=found[0].rule_version,
        proposed_by=batch.made_by,
        run_id=batch.run_id,
    )


def approved_batch(connection: Connection, waiting: Proposal, date: dt.date, by: str) -> JournalBatch:
    """Return the batch of reversing entries that was approved, on the first day open for its entity."""
    made = waiting.made
    closed = ClosedDates(connection)
    day = closed.first_open_day(made.entity_id, date)
    if made.kind == "reversal":
        body = json.loads(made.body)
        reason = f"{body['reason']} (approved by {by})"
        return JournalBatch("RV", day, made.proposed_by, made.run_id, reason, reverses_batch=body["reverses_batch"])
    return JournalBatch("RV", day, made.proposed_by, made.run_id, f"corrected by proposal {waiting.proposal_id}")
