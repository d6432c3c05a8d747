"""What the mapping would have booked beside what somebody booked by hand, and the entry between them (rule R01).

What does not belong here: reading either of the two, judging a difference, and who approves its entry (``approval``).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from orchestration.accounting.month_end import MonthEndFigure, Standing, true_up
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from orchestration.accounting.journal import Entry

RULE_ID = "R01"
RULES = (RULE_ID, "RV")
"""What the mapping books of charges, and what a void takes back of it."""
SOURCE = "reclassification"


class MonthlyMovement(NamedTuple):
    """Dollars on an account in a month (``YYYY-MM``): debits positive, credits negative."""

    month: str
    account_code: str
    signed_amount: Decimal


class Variance(NamedTuple):
    """One month and account of both; ``variance_amount`` is what a reclassification would book."""

    month: str
    account_code: str
    proposed_amount: Decimal
    manual_amount: Decimal

    @property
    def variance_amount(self) -> Decimal:
        """What must be booked so that the manual postings become the proposed ones."""
        return self.proposed_amount - self.manual_amount


def compare(proposed: Iterable[MonthlyMovement], manual: Iterable[MonthlyMovement]) -> list[Variance]:
    """Return every month and account that either side names, by month and code, equal ones too.

    When both sides balance, so do the variances of each month: they are a journal entry.
    """
    sums: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for side, movements in enumerate((proposed, manual)):
        for movement in movements:
            sums[movement.month, movement.account_code][side] += movement.signed_amount
    return [Variance(month, code, ours, theirs) for (month, code), (ours, theirs) in sorted(sums.items())]


def unbalanced_months(variances: Iterable[Variance]) -> dict[str, Decimal]:
    """Return month → what its variances do not balance by, for every month that makes no entry."""
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for variance in variances:
        sums[variance.month] += variance.variance_amount
    return {month: amount for month, amount in sums.items() if amount}


def reclassification(
    month: str,
    variances: Iterable[Variance],
    booked: Sequence[Entry],
    *,
    entity_id: str,
    last_day: dt.date,
    number: int,
    source_ids: Sequence[str],
) -> Entry | None:
    """Return the entry that makes the manual postings of a month the proposed ones, ``None`` when nothing is to move.

    ``booked`` are the reclassifications of this month that stand already, ``number`` how many there were; so the same
    file again moves nothing. ``source_ids`` are the hashes of the files of manual postings. Raises
    ``UnbalancedEntryError`` for a month whose variances do not balance.
    """
    figure = MonthEndFigure(
        f"{SOURCE}:{entity_id}:{month}", entity_id, last_day, f"Charges of {month} by the approved mapping", SOURCE
    )
    target = [Standing(v.account_code, v.variance_amount, RULE_ID) for v in variances if v.month == month]
    return true_up(figure, target, booked, number=number, source_ids=source_ids)
