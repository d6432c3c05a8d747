"""What every target takes and gives: an outside ledger of one practice that is posted to.

What does not belong here: any one vendor (``vendors/``), and when something is sent (``poster.py``).

The contract that makes posting happen exactly once, even when processes are killed:

- ``PostRequest.reference`` names the entry and never changes. It goes out with every attempt, in the system's
  idempotency key and in a field that can be searched. So a repeated ``post`` of the same request creates nothing new
  where the system has such a key, and ``find`` sees what an earlier attempt left behind where it has not.
- ``post`` returns only when the system said that it holds the entry. Everything else is one of five errors, and the
  error says what is known: ``TargetRefusal`` (not there and never will be), ``TargetUnavailable``, ``TargetThrottled``
  and ``TargetUnauthorized`` (not there, may be tried again), ``TargetUncertain`` (it may be there: look up first).
  A client that does not know must raise ``TargetUncertain``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestration.core.errors import BooksError
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from orchestration.core.findings import Finding

REFERENCE_LENGTH = 21
"""Longest reference: the width of QuickBooks' DocNumber, the narrowest field any target searches by."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One line of a request, in US dollars: exactly one of the two amounts is above zero.

    ``account`` is the target's own account (id, number or internal id, as its client wants it), already mapped;
    ``account_code`` is ours. The dimensions are our codes, none of them about a patient; the client maps them to what
    its system has (class, department, tracking category, subsidiary) and leaves out what it has not.
    """

    account: str
    account_code: str
    debit_amount: Decimal
    credit_amount: Decimal
    location_id: str | None = None
    provider_id: str | None = None
    payer_class: str | None = None


@dataclass(frozen=True, slots=True)
class PostRequest:
    """One balanced journal entry on its way out: one request is one journal in the outside ledger.

    ``reference`` is derived from the entry's identity, at most ``REFERENCE_LENGTH`` characters of ``[A-Z0-9-]``,
    the same at every attempt and after every crash. ``memo`` is made of codes and batch tags, never of text a person
    typed. ``entity_id`` is the entity whose books it belongs to.
    """

    reference: str
    entry_date: dt.date
    memo: str
    entity_id: str
    lines: tuple[TargetLine, ...]
    currency: str = "USD"
    resend_count: int = 0

    @property
    def idempotency_key(self) -> str:
        """The reference; with a number behind it once a person let a deleted journal be sent again.

        A system answers a key that it knows with what it did then, or refuses it, so a used one brings nothing back.
        """
        return f"{self.reference}-{self.resend_count}" if self.resend_count else self.reference

    @property
    def total_amount(self) -> Decimal:
        """The sum of the debits, which is the sum of the credits."""
        return sum((line.debit_amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outside ledger holds the entry of ``reference`` under ``external_id``.

    ``total_amount`` is the sum of its debits in dollars as the system gives it, ``None`` where an answer does not say.
    """

    reference: str
    external_id: str
    total_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PulledLine:
    """One line as the outside ledger holds it; ``account`` is its own account, amounts in US dollars."""

    account: str
    debit_amount: Decimal
    credit_amount: Decimal


@dataclass(frozen=True, slots=True)
class PulledEntry:
    """One journal as the outside ledger holds it; ``reference`` is ``None`` for one that is not ours."""

    external_id: str
    reference: str | None
    entry_date: dt.date
    lines: tuple[PulledLine, ...]


class TargetError(BooksError):
    """Why a request was not acknowledged; ``code`` is short and stable, and no text of the answer is repeated."""

    def __init__(self, code: str, message: str, *, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.code = code


class TargetRefusal(TargetError):  # noqa: N818  # a word of the port, in line with Refusal of accounting
    """The system read this request and will never take it (validation, unknown account, closed period there).

    It is not there. The entry is quarantined after one try; no other waits for it.
    """


class TargetUncertain(TargetError):  # noqa: N818  # same
    """The entry may be there or not: timeout, dropped connection, 5xx, unreadable answer.

    The next attempt looks up the reference before it sends.
    """


class TargetUnavailable(TargetError):  # noqa: N818  # same
    """The system could not be reached, so the entry is not there; the whole target rests for a while."""


class TargetUnauthorized(TargetError):  # noqa: N818  # same
    """Login, token or tenant is not accepted, so nothing is there; the whole target stops until a person fixes it."""


class TargetThrottled(TargetError):  # noqa: N818  # same
    """Too many requests, so the entry is not there; the whole target rests for ``retry_after_seconds``."""

    def __init__(self, code: str, message: str, *, retry_after_seconds: float, fix: str | None = None) -> None:
        super().__init__(code, message, fix=fix)
        self.retry_after_seconds = retry_after_seconds


class Target(Protocol):
    """An outside ledger of one tenant. One instance is used by one thread at a time."""

    @property
    def name(self) -> str:
        """The name it is configured and stored under, e.g. ``quickbooks``."""
        ...

    @property
    def batch_limit(self) -> int:
        """How many requests one round of the poster may hand over: a day of rounds stays in the tenant's allowance."""
        ...

    def post(self, request: PostRequest) -> Receipt:
        """Create the journal and return the receipt, or raise one of the five errors of this module."""
        ...

    def find(self, reference: str) -> Receipt | None:
        """Return what the system holds under a reference, ``None`` when it surely holds nothing.

        Raises ``TargetUncertain``, ``TargetUnavailable``, ``TargetUnauthorized`` or ``TargetThrottled``.
        """
        ...

    def pull(self, start: dt.date, end: dt.date) -> Iterator[PulledEntry]:
        """Yield every journal dated from start to end, both included, ours and others, for comparison line by line.

        Raises like ``find``.
        """
        ...

    def check_accounts(self, mapping: Mapping[str, str]) -> list[Finding]:
        """Return what is wrong with a mapping of our account codes to the system's accounts; nothing when it is right.

        Asked before the first post: accounts that are absent, inactive, or of a kind a journal may not use there
        (a receivable account that wants a customer). Raises like ``find``.
        """
        ...
