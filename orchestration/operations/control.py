"""The practice's control totals: every dollar that came in, and where it is now.

``in`` is what the readers found in the files, ``posted`` what stands in the ledger for their events with the very
debits that are proposed, ``held`` what waits for a person, ``quarantined`` what could not be read: four figures from
four places that must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.money import ZERO
from orchestration.formats.registry import booked_kind_names
from orchestration.stores.lake import table_names

if TYPE_CHECKING:
    import duckdb

    from orchestration.stores.practice import PracticeStores


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """Files and dollars of one kind of file; the same bytes under two names are one file."""

    source: str
    files: int
    quarantined_files: int
    in_amount: Decimal
    posted_amount: Decimal
    held_amount: Decimal
    quarantined_amount: Decimal

    @property
    def is_conserved(self) -> bool:
        """Whether every dollar that came in is somewhere."""
        return self.in_amount == self.posted_amount + self.held_amount + self.quarantined_amount


class FileTotals(NamedTuple):
    """What the readers found in the files of one kind, dollars as each file's own control amount."""

    files: int = 0
    quarantined_files: int = 0
    in_amount: Decimal = ZERO
    quarantined_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class HeldItems:
    """What waits for a person: how many items of a source for one reason, and their dollars."""

    source: str
    hold_reason: str
    item_count: int
    held_amount: Decimal


@dataclass(frozen=True, slots=True)
class Control:
    """All control totals of a practice; ``waiting`` is what waits beside the control amounts, such as withdrawals."""

    sources: tuple[SourceTotals, ...]
    held: tuple[HeldItems, ...]
    waiting: tuple[HeldItems, ...]
    entry_count: int
    trial_balance_amount: Decimal


def control_totals(stores: PracticeStores) -> Control:
    """Return the control totals as they are now; a practice without any file has zeros."""
    standing = stores.ledger.standing_totals()
    reversed_events = stores.ledger.reversed_event_ids()
    waiting = stores.ledger.waiting_reasons()
    with stores.lake.connect() as lake:
        present = table_names(lake)
        files = file_totals(lake)
        items = (
            lake.execute(
                "select source, event_id, hold_reason, item_count, control_amount from posting.fct_control_items"
            ).fetchall()
            if "posting.fct_control_items" in present
            else []
        )
        proposed = (
            dict(
                lake.execute(
                    "select event_id, cast(sum(debit_amount) as decimal(18, 2)) from posting.fct_journal_lines "
                    "group by event_id"
                ).fetchall()
            )
            if "posting.fct_journal_lines" in present
            else {}
        )
        beside = (
            lake.execute(
                "select source, hold_reason, item_count, held_amount from posting.waiting_by_reason "
                "where hold_reason not in ('duplicate_transaction', 'told_by_remittance') order by source, hold_reason"
            ).fetchall()
            if "posting.waiting_by_reason" in present
            else []
        )
        unknown = (
            lake.execute("select count(*) from landing.files where kind = 'unknown'").fetchone()
            if "landing.files" in present
            else None
        )
    posted: dict[str, Decimal] = {}
    held: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for source, event_id, hold_reason, count, amount in items:
        if event_id is not None and standing.get(event_id) == proposed.get(event_id, ZERO):
            posted[source] = posted.get(source, ZERO) + amount
        elif event_id is None or event_id in proposed or amount != 0:
            reason = hold_reason or (
                "changed_after_posting"
                if event_id in standing
                else "rolled_back"
                if event_id in reversed_events
                else waiting.get(event_id, "not_posted_yet")
            )
            so_far = held.get((source, reason), (0, ZERO))
            held[source, reason] = (so_far[0] + count, so_far[1] + amount)
        # what is left is a zero-pay remittance: it has nothing to post
    totals = []
    for source in booked_kind_names():
        found = files.get(source, FileTotals())
        held_amount = sum((amount for (of, _), (_, amount) in held.items() if of == source), ZERO)
        totals.append(
            SourceTotals(
                source,
                found.files,
                found.quarantined_files,
                found.in_amount,
                posted.get(source, ZERO),
                held_amount,
                found.quarantined_amount,
            )
        )
    if unknown and unknown[0]:
        totals.append(SourceTotals("unknown", unknown[0], unknown[0], ZERO, ZERO, ZERO, ZERO))
    return Control(
        tuple(totals),
        tuple(HeldItems(source, reason, count, amount) for (source, reason), (count, amount) in sorted(held.items())),
        tuple(HeldItems(*row) for row in beside),
        stores.ledger.entry_count(),
        stores.ledger.trial_balance_amount(),
    )


def file_totals(lake: duckdb.DuckDBPyConnection) -> dict[str, FileTotals]:
    """Return kind → files and dollars of every kind that carries a control amount and has been read."""
    present = table_names(lake)
    totals = {}
    for source in booked_kind_names():
        if f"raw_{source}.files" in present:
            row = lake.execute(
                "select count(*), count(*) filter (status = 'quarantined'), coalesce(sum(in_amount), 0), "
                f"coalesce(sum(quarantined_amount), 0) from raw_{source}.files"
            ).fetchone()
            if row:
                totals[source] = FileTotals(row[0], row[1], Decimal(row[2]), Decimal(row[3]))
    return totals
