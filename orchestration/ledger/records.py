"""What goes into and comes out of the ledger, as values.

What does not belong here: entries and lines themselves (accounting), and SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.accounting.journal import Entry, Refusal


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """One entry as it stands in the ledger; ``reverses_entry_id`` is set on reversing entries only."""

    entry_id: int
    entry_key: str
    batch_tag: str
    rule_version: str
    fiscal_period: str
    reverses_entry_id: int | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class PostResult:
    """What became of the entries of one call; ``batch_tag`` is ``None`` when nothing was posted.

    Every entry is in exactly one place: posted, skipped (its event is in the ledger with the same body), ``held`` (a
    person must approve it), ``rejected`` (a person decided against it), in ``conflicts`` (its event is in the ledger
    with another body: ``other_body``) or in ``refusals`` (``closed_period``, ``unknown_account``, or rows that made
    no entry). What is in the last three waits in the ledger under a number. Amounts are dollars, the sum of the
    entries' debits; ``reasons.py`` has the codes.
    """

    batch_tag: str | None
    posted: int = 0
    skipped: int = 0
    posted_amount: Decimal = ZERO
    skipped_amount: Decimal = ZERO
    conflicts: list[Refusal] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    held: list[Refusal] = field(default_factory=list)
    rejected: list[Refusal] = field(default_factory=list)
