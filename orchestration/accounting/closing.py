"""The close checklist as values: what must be true before a period is locked, and what blocks it.

What does not belong here: reading books or marts (resources), and locking anything (the ledger).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class CloseItem:
    """One line of the checklist; ``name`` is a sentence that is true when it passes.

    ``amount`` is the dollars in its way, ``words`` what to know, ``fix`` the one command that helps.
    """

    name: str
    is_passed: bool
    amount: Decimal
    words: str
    fix: str


def aged_amount(movements: Iterable[tuple[dt.date, Decimal]], day: dt.date, days: int) -> Decimal:
    """Return how much of an account's balance on ``day`` is older than ``days``, in dollars, never negative.

    ``movements`` are (date, debit less credit) up to the day. What was taken off is set against the oldest first,
    so the newest movements in the balance's own direction make up the balance.
    """
    seen = [(moved_on, amount) for moved_on, amount in movements if moved_on <= day]
    balance = sum((amount for _moved_on, amount in seen), ZERO)
    sign = Decimal(1) if balance > 0 else Decimal(-1)
    since = day - dt.timedelta(days=days)
    young = sum((amount * sign for moved_on, amount in seen if moved_on > since and amount * sign > 0), ZERO)
    return max(abs(balance) - young, ZERO)
