"""The mirror of an entry: what takes a posted entry back without touching it (rule RV).

What does not belong here: deciding whether an entry may be reversed, which only the ledger knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.accounting.journal import Entry


def mirror(entry: Entry, *, reverses: str, entry_date: dt.date, reason: str) -> Entry:
    """Return the entry with debits and credits exchanged, dated ``entry_date`` and linked to the original.

    ``reverses`` is the original's entry key. The event id stays: both belong to one business event.
    ``reason`` becomes the description, so it must hold no PHI.
    """
    return replace(
        entry,
        entry_date=entry_date,
        description=f"Reversal: {reason}",
        lines=tuple(
            replace(line, debit_amount=line.credit_amount, credit_amount=line.debit_amount) for line in entry.lines
        ),
        reverses=reverses,
    )
