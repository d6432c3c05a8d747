"""The practice's own fees and its contracts with payers, as CSV: a version a calendar year, effective January 1.

Keyed by code and modifier; ``charge`` is what the practice asks, ``allowed`` what a payer's contract allows, both for
one unit. What does not belong here: relative values, which CMS publishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic import fees
from orchestration.synthetic.people import PAYERS, allowed_percent
from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.draws import Ints

HEADER = "fee_basis,payer_id,payer_name,procedure_code,modifier,fee_amount,effective_date,end_date"


class FeeSchedulesFeed:
    """A file for the practice and one for each payer, in the first month that is watched and in every January."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the fees that hold from the batch's year on."""
        first = batch.dates[0]
        if first.month == 1 or batch.month.days.start == 0:
            yield f"fees_{first.year}.csv", lines(_rows("charge,,", fees.CHARGE_CENTS, 100, first.year))
            for payer in PAYERS:
                percent = allowed_percent(payer, first.year)
                start = f"allowed,{payer.payer_id},{payer.name}"
                yield (
                    f"contract_{payer.payer_id}_{first.year}.csv",
                    lines(_rows(start, fees.RATE_CENTS, percent, first.year)),
                )


def _rows(start: str, cents: Ints, percent: int, year: int) -> Iterator[str]:
    yield HEADER
    for code, name in enumerate(fees.CODES):
        for modifier, part in zip(fees.MODIFIERS, fees.MODIFIER_PERCENT.tolist(), strict=True):
            # a modifier that changes no fee needs no row of its own
            if modifier and part == 100:  # noqa: PLR2004  # percent
                continue
            fee = _fee(int(cents[code]), part, percent, is_charge=start.startswith("charge"))
            yield f"{start},{name},{modifier},{dollars(fee)},{year}-01-01,{year}-12-31"


def _fee(cents: int, part: int, percent: int, *, is_charge: bool) -> int:
    """Return the fee of one unit, rounded as the ledger rounds it."""
    return cents * part // 100 if is_charge else (cents * part * percent + 5_000) // 10_000
