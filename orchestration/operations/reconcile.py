"""Compare the sums that must agree before anything is posted: what came in, what the bank shows, what is proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.money import ZERO
from orchestration.operations.control import file_totals
from orchestration.quality.agreements import AGREEMENTS, EVERY_DOLLAR, Agreement

if TYPE_CHECKING:
    from decimal import Decimal

    import duckdb

    from orchestration.stores.practice import PracticeStores


class Compared(NamedTuple):
    """One agreement and its two sums, in dollars."""

    agreement: Agreement
    left_amount: Decimal
    right_amount: Decimal

    @property
    def is_equal(self) -> bool:
        """Whether both sums are the same dollars."""
        return self.left_amount == self.right_amount


def reconcile(stores: PracticeStores) -> list[Compared]:
    """Return every agreement with its sums."""
    with stores.lake.connect() as lake:
        return compared_sums(lake)


def compared_sums(lake: duckdb.DuckDBPyConnection) -> list[Compared]:
    """Return every agreement with its sums, of an open lake."""
    made = lake.execute("select agreement_name, left_amount, right_amount from posting.posting_agreements").fetchall()
    sums = {name: (left, right) for name, left, right in made}
    sums[EVERY_DOLLAR] = _every_dollar(lake)
    return [Compared(agreement, *sums[agreement.name]) for agreement in AGREEMENTS]


def _every_dollar(lake: duckdb.DuckDBPyConnection) -> tuple[Decimal, Decimal]:
    """Return what came in by every file's own control amount, and what is proposed, held or quarantined of it."""
    files = file_totals(lake).values()
    accounted = lake.execute("select coalesce(sum(control_amount), 0) from posting.fct_control_items").fetchone()
    quarantined = sum((total.quarantined_amount for total in files), ZERO)
    return sum((total.in_amount for total in files), ZERO), (accounted or (ZERO,))[0] + quarantined


def disagreements(lake: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the agreements that do not hold."""
    return [compared.agreement.name for compared in compared_sums(lake) if not compared.is_equal]
