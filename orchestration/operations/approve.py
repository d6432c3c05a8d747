"""Decisions about entries: booking or rejecting what waits, and taking booked entries back.

Who decides is an approver of ``practice.toml``, never who proposed. What does not belong here: how somebody is known
(the shell), and the rules of a decision (``accounting.approval``, the ledger).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.ledger.records import PostResult
    from orchestration.stores.practice import PracticeStores


def approve(stores: PracticeStores, number: int, *, by: str, reason: str) -> PostResult:
    """Book a proposal; ``by`` is the login of the approver.

    Raises ``ConfigurationError`` when others can write the list of approvers, ``BooksError`` for who may not decide.
    """
    stores.home.require_guarded_settings()
    return stores.ledger.approve(number, today(), by=by, reason=reason)


def reject(stores: PracticeStores, number: int, *, by: str, reason: str) -> None:
    """Decide against a proposal: it is not booked. Raises as ``approve`` does."""
    stores.home.require_guarded_settings()
    stores.ledger.reject(number, by=by, reason=reason)


def reverse(stores: PracticeStores, entry_id: int, *, by: str, reason: str, day: dt.date | None = None) -> PostResult:
    """Post the reversing entry of one entry, today when no day is given; the entry itself is never changed."""
    return stores.ledger.reverse(entry_id, day or today(), reason, made_by=by)


def roll_back(
    stores: PracticeStores, batch_tag: str, *, by: str, reason: str, day: dt.date | None = None
) -> PostResult:
    """Reverse every entry of a batch; the trial balance is what it was before."""
    return stores.ledger.rollback(batch_tag, day or today(), reason, made_by=by)


def today() -> dt.date:
    """Return the day of UTC on which something is decided."""
    return dt.datetime.now(dt.UTC).date()
