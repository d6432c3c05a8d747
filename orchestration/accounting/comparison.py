"""What the mapping would have booked beside what somebody booked by hand, account by account (rule R01).

What does not belong here: reading either of the two, and judging a difference.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


class Movement(NamedTuple):
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


def compare(proposed: Iterable[Movement], manual: Iterable[Movement]) -> list[Variance]:
    """Return every month and account that either side names, by month and code, equal ones too.

    When both sides balance, so do the variances of each month: they are a journal entry.
    """
    sums: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for side, movements in enumerate((proposed, manual)):
        for movement in movements:
            sums[movement.month, movement.account_code][side] += movement.signed_amount
    return [Variance(month, code, ours, theirs) for (month, code), (ours, theirs) in sorted(sums.items())]
