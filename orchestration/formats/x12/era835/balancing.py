"""The three balancing rules of a remittance, on sums that were read elsewhere (005010X221A1, 1.10.2.1).

1. line: SVC02 less the line's CAS is SVC03; 2. claim: CLP03 less all CAS of the claim and its lines is CLP04;
3. transaction: the sum of CLP04 less the sum of PLB is BPR02. A positive CAS or PLB reduces the payment. An amount
that is missing or unreadable makes a rule *not evaluable* (``None``), never unbalanced. AMT segments are information.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.money import fits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal


def remainder(whole: Decimal | None, reduction: Decimal | None, paid: Decimal | None) -> Decimal | None:
    """Return whole less reduction less paid: zero when the rule holds, ``None`` when it cannot be evaluated."""
    if whole is None or reduction is None or paid is None:
        return None
    return whole - reduction - paid


def verdict(parts: Iterable[bool | None]) -> bool | None:
    """Return false when one part fails, else ``None`` when one cannot be evaluated, else true."""
    seen = set(parts)
    if False in seen:
        return False
    return None if None in seen else True


def bounded(total: Decimal | None) -> Decimal | None:
    """Return a sum as long as it fits DECIMAL(18,2), else ``None``: such a sum is not evaluable."""
    return total if total is not None and fits(total) else None


def explanation(what: str, figures: tuple[Decimal, Decimal, Decimal], words: tuple[str, str]) -> str:
    """Return in words why a rule failed, with its arithmetic in dollars.

    ``figures`` are whole, reduction and paid; ``words`` name the whole and the reduction.
    """
    whole, reduction, paid = figures
    leaves = whole - reduction
    return (
        f"{what} does not balance: {words[0]} {whole:,.2f} less {words[1]} {reduction:,.2f} leaves {leaves:,.2f}, "
        f"but {paid:,.2f} was paid, a difference of {leaves - paid:,.2f}"
    )
