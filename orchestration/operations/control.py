"""The practice's control totals: every dollar that came in, and where it is now.

``in`` is what the readers found in the files, ``posted`` what stands in the ledger for their events with the very
debits that are proposed, ``held`` what waits for a person, ``quarantined`` what could not be read: four figures from
four places that must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO
from orchestration.formats.registry import booked_kind_names

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


@dataclass(frozen=True, slots=True)
class HeldItems:
    """What waits for a person: how many items of a source for one reason, and their dollars."""

    source: str
    hold_reason: str
    item_count: int
    held_amount: Decimal


@dataclass(frozen=True, slots=True)
class Control:
    """All control totals of a practice."""

    sources: tuple[SourceTotals, ...]
    held: tuple[HeldItems, ...]
    entry_count: int
    trial_balance_amount: Decimal


def control_totals(stores: PracticeStores) -> Control:
    """Return the control totals as they are now; a practice without any file has zeros."""
    standing = stores.ledger.standing_totals()
    reversed_events = stores.ledger.reversed_event_ids()
    waiting = stores.ledger.waiting_reasons()
    with stores.lake.connect() as lake:
        present = _tables(lake)
        files = _file_totals(lake, present)
        items = (
            lake.execute(
                "SELECT source, event_id, hold_reason, item_count, control_amount FROM marts.fct_control_items"
            ).fetchall()
            if "marts.fct_control_items" in present
            else []
        )
        proposed = (
            dict(
                lake.execute(
                    "SELECT event_id, CAST(sum(debit_amount) AS DECIMAL(18, 2)) FROM marts.fct_journal_lines "
                    "GROUP BY event_id"
                ).fetchall()
            )
            if "marts.fct_journal_lines" in present
            else {}
        )
        unknown = (
            lake.execute("SELECT count(*) FROM landing.files WHERE kind = 'unknown'").fetchone()
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
        file_count, quarantined_count, in_amount, quarantined_amount = files.get(source, (0, 0, ZERO, ZERO))
        held_amount = sum((amount for (of, _), (_, amount) in held.items() if of == source), ZERO)
        totals.append(
            SourceTotals(
                source,
                file_count,
                quarantined_count,
                in_amount,
                posted.get(source, ZERO),
                held_amount,
                quarantined_amount,
            )
        )
    if unknown and unknown[0]:
        totals.append(SourceTotals("unknown", unknown[0], unknown[0], ZERO, ZERO, ZERO, ZERO))
    return Control(
        tuple(totals),
        tuple(HeldItems(source, reason, count, amount) for (source, reason), (count, amount) in sorted(held.items())),
        stores.ledger.entry_count(),
        stores.ledger.trial_balance_amount(),
    )


def _tables(lake: duckdb.DuckDBPyConnection) -> set[str]:
    found = lake.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'lake'")
    return {row[0] for row in found.fetchall()}


def _file_totals(lake: duckdb.DuckDBPyConnection, present: set[str]) -> dict[str, tuple[int, int, Decimal, Decimal]]:
    totals = {}
    for source in booked_kind_names():
        if f"raw_{source}.files" in present:
            row = lake.execute(
                f"SELECT count(*), count(*) FILTER (status = 'quarantined'), coalesce(sum(in_amount), 0), "
                f"coalesce(sum(quarantined_amount), 0) FROM raw_{source}.files"
            ).fetchone()
            if row:
                totals[source] = (row[0], row[1], Decimal(row[2]), Decimal(row[3]))
    return totals
