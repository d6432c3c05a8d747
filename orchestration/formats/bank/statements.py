"""Account statements in one shape, whatever format they came in, and what makes one not loadable.

A format's module gives statements with entries; an entry that cannot be a row carries its problem and, when readable,
its amount. What does not belong here: formats (``from_*``), and the rows of the raw tables (``reader``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from orchestration.core.findings import Finding

_LAST = 4
_KEY_LENGTH = 24
# the addenda of a CCD+ entry as banks print it: TRN*1*<trace>*<company>, with stars, backslashes or blanks
_TRACE = re.compile(r"\bTRN([*\\ ])\s?1\1\s?([^*\\~\s]{1,50})(?:\1\s?([^*\\~\s]{1,30}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One transaction as the bank states it; a deposit is positive. ``problem`` is why it cannot be loaded."""

    line_number: int
    amount: Decimal | None
    posted_date: dt.date | None = None
    transaction_id: str | None = None
    transaction_type: str | None = None
    counterparty_name: str | None = None
    memo: str | None = None
    check_number: str | None = None
    problem: tuple[str, str] | None = None

    @property
    def deposit(self) -> Decimal:
        """What the entry adds to the control amount: its amount when it is a deposit."""
        return max(self.amount or ZERO, ZERO)

    @property
    def trace(self) -> tuple[str | None, str | None]:
        """TRN02 and TRN03 of the addenda in the memo or the name (45 CFR 162.1602)."""
        found = _TRACE.search(self.memo or "") or _TRACE.search(self.counterparty_name or "")
        return (found[2], found[3]) if found else (None, None)


@dataclass(slots=True)
class Statement:
    """One account's statement; only the last four characters of its number are kept."""

    line_number: int
    account_id: str | None = None
    account_type: str | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    ledger_balance: Decimal | None = None
    balance_date: dt.date | None = None
    entries: list[BankEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a format's module made of a file; with a ``reason`` nothing of it is loaded."""

    profile: str
    statements: list[Statement]
    findings: list[Finding] = field(default_factory=list)
    reason: Finding | None = None


class Identities:
    """Ids for entries whose format promises none: the same line of the same day is the same entry in any file.

    Lines that are alike count up, so that two equal payments of a day stay two.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def name(self, *parts: str | None) -> str:
        """Return the id of the next entry made of these parts."""
        key = canonical_key(list(parts))
        self._seen[key] = self._seen.get(key, 0) + 1
        return canonical_key([key, self._seen[key]])[:_KEY_LENGTH]


def last_four(account: str | None) -> str | None:
    """Return the last four characters of an account number."""
    return account.strip()[-_LAST:] or None if account else None
