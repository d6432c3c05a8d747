"""Who must agree before an entry is booked: the practice's limits, as pure arithmetic.

A limit is strict: an amount exactly at it passes. What does not belong here: who the people are, and keeping decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.accounting.accounts import AccountRole, AccountRoles
    from orchestration.accounting.journal import Entry

ApproverRole = Literal["practice_administrator", "person"]
"""``person`` is anybody but the one, or the machine, that proposed."""

_DOCUMENTS, _SUPPLIES = "documents", "supplies"

# Why an entry waits for a person
OVER_APPROVAL_LIMIT = "over_approval_limit"
EXCEPTION_OVER_LIMIT = "exception_over_limit"
REVERSAL_OVER_LIMIT = "reversal_over_limit"
RECLASSIFICATION = "reclassification"
BONUS_RELEASE = "bonus_release"


EXCEPTION_ROLES: tuple[AccountRole, ...] = (
    "suspense",
    "payer_takebacks_unmatched",
    "unapplied_receipts",
    "uncategorized_expense",
)
"""Accounts of what could not be placed."""


class Hold(NamedTuple):
    """Why an entry waits, as a short stable code, and who may release it."""

    reason_code: str
    required_role: ApproverRole


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """The limits of a practice, in dollars.

    A vendor's bill above ``bill_limit_amount`` needs the practice administrator, on paper or as a supplier's file. An
    exception above ``exception_limit_amount`` needs a person: what an entry moves on the accounts that hold what nobody
    could place (``exception_accounts``), what
    somebody decided in the billing system (``decision_rules``: concession, write-off, overpayment found, credit loss),
    and what a reversal takes back. A reclassification of what was booked by hand, and taking back an accrued
    bonus that will not be paid, need a person whatever they move.
    """

    exception_accounts: frozenset[str]
    payables_account: str
    bill_limit_amount: Decimal = Decimal("1500.00")
    exception_limit_amount: Decimal = Decimal("2500.00")
    decision_rules: frozenset[str] = frozenset({"R11", "R12", "R17", "R24"})

    @classmethod
    def of(
        cls,
        roles: AccountRoles,
        *,
        bill_limit_amount: Decimal,
        exception_limit_amount: Decimal,
        exception_accounts: Iterable[str] = (),
    ) -> ApprovalPolicy:
        """Return the policy over a chart; without accounts of its own, those where what could not be placed waits."""
        chosen = frozenset(exception_accounts) or frozenset(roles[role] for role in EXCEPTION_ROLES)
        return cls(chosen, roles["payables"], bill_limit_amount, exception_limit_amount)

    def hold(self, entry: Entry) -> Hold | None:
        """Return why the entry waits, ``None`` when it may be booked without a person."""
        if self._billed_amount(entry) > self.bill_limit_amount:
            return Hold(OVER_APPROVAL_LIMIT, "practice_administrator")
        if entry.source in {RECLASSIFICATION, BONUS_RELEASE}:
            return Hold(entry.source, "person")
        exceptions = [
            line
            for line in entry.lines
            if line.account_code in self.exception_accounts or line.rule_id in self.decision_rules
        ]
        moved = max(
            sum((line.debit_amount for line in exceptions), ZERO),
            sum((line.credit_amount for line in exceptions), ZERO),
        )
        if moved > self.exception_limit_amount:
            return Hold(EXCEPTION_OVER_LIMIT, "person")
        return None

    def hold_reversal(self, total_amount: Decimal) -> Hold | None:
        """Return why taking back entries of this sum waits, ``None`` when one person may do it alone."""
        return Hold(REVERSAL_OVER_LIMIT, "person") if total_amount > self.exception_limit_amount else None

    def _billed_amount(self, entry: Entry) -> Decimal:
        """Return what an entry owes a vendor from now on; goods that came and were not billed are no bill."""
        if entry.source == _DOCUMENTS:
            return entry.total_amount
        if entry.source != _SUPPLIES:
            return ZERO
        owed = [line for line in entry.lines if line.account_code == self.payables_account]
        return sum((line.credit_amount - line.debit_amount for line in owed), ZERO)
