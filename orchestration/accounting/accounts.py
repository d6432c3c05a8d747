"""The chart of accounts and the arithmetic of a trial balance.

What does not belong here: the chart itself (a seed), and which event uses which account.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from orchestration.core.errors import ConfigurationError
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

AccountType = Literal["asset", "liability", "equity", "revenue", "contra_revenue", "expense"]
Side = Literal["debit", "credit"]

AccountRole = Literal[
    "goods_received_not_invoiced",
    "suspense",
    "payables",
    "overpayments_recognised",
    "unidentified_withdrawals",
    "pay_accrued",
    "bonus_accrued",
    "credits_patient",
    "credits_insurance",
    "payer_takebacks_unmatched",
    "unapplied_receipts",
    "receivable_insurance",
    "receivable_patient",
    "due_from_entities",
    "due_to_entities",
    "wages",
    "payroll_taxes",
    "uncategorized_expense",
    "revenue_outside_cpt",
    "revenue_unallocated",
]
"""The roles that code names; the seed ``accounts`` gives each its account, and has more that only dbt names."""

ACCOUNT_TYPES: tuple[AccountType, ...] = get_args(AccountType)
_DEBIT_TYPES: frozenset[AccountType] = frozenset({"asset", "contra_revenue", "expense"})


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart; ``account_code`` is text and unique."""

    account_code: str
    account_name: str
    account_type: AccountType
    # what code uses it for; two accounts that differ in it alone are the same account
    account_role: str = field(default="", compare=False)

    @property
    def normal_side(self) -> Side:
        """The side on which the account grows."""
        return "debit" if self.account_type in _DEBIT_TYPES else "credit"

    def balance_amount(self, debit_amount: Decimal, credit_amount: Decimal) -> Decimal:
        """Return the balance as people read it: positive on the account's normal side."""
        net = debit_amount - credit_amount
        return net if self.normal_side == "debit" else -net


def read_chart(rows: Iterable[Mapping[str, str]]) -> tuple[Account, ...]:
    """Return the accounts of rows with ``account_code``, ``account_name`` and ``account_type``, by code.

    ``account_role`` says what code uses the account for; most have none.

    Raises ``ConfigurationError`` for a code that comes twice, an empty code or name, or an unknown type.
    """
    chart: dict[str, Account] = {}
    for row in rows:
        code, name, kind = row["account_code"], row["account_name"], row["account_type"]
        account_type = next((known for known in ACCOUNT_TYPES if known == kind), None)
        if not code or not name or account_type is None:
            message = f"account {code!r} of the chart needs a code, a name and one of the types {ACCOUNT_TYPES}"
            raise ConfigurationError(message)
        if code in chart:
            message = f"account {code!r} comes twice in the chart: its lines could not be told apart"
            raise ConfigurationError(message)
        chart[code] = Account(code, name, account_type, row.get("account_role") or "")
    return tuple(chart[code] for code in sorted(chart))


@dataclass(frozen=True, slots=True)
class AccountRoles:
    """Which account of a chart has which role; ``codes`` is role → account code."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, chart: Iterable[Account]) -> AccountRoles:
        """Return the roles of a chart. Raises ``ConfigurationError`` for a role that two accounts have."""
        codes: dict[str, str] = {}
        for account in chart:
            if not account.account_role:
                continue
            if account.account_role in codes:
                message = f"two accounts of the chart have the role {account.account_role}: each role is one account"
                raise ConfigurationError(message, fix="edit account_role in dbt_project/seeds/accounts.csv")
            codes[account.account_role] = account.account_code
        return cls(codes)

    def __getitem__(self, role: AccountRole) -> str:
        """Return the account of a role. Raises ``ConfigurationError`` when no account has it."""
        if role not in self.codes:
            message = f"no account of the chart has the role {role}"
            raise ConfigurationError(message, fix="edit account_role in dbt_project/seeds/accounts.csv")
        return self.codes[role]


class TrialBalanceRow(NamedTuple):
    """The net balance of one account, on one side; the other side is zero."""

    account_code: str
    debit_amount: Decimal
    credit_amount: Decimal


def trial_balance(movements: Iterable[tuple[str, Decimal, Decimal]]) -> list[TrialBalanceRow]:
    """Return the net balance of each account with one, by code, from (account, debit, credit) movements.

    Accounts that net to zero have no row, so a batch and its reversal leave no trace in it.
    """
    nets: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for account_code, debit_amount, credit_amount in movements:
        nets[account_code] += debit_amount - credit_amount
    return [
        TrialBalanceRow(code, net if net > 0 else ZERO, -net if net < 0 else ZERO)
        for code, net in sorted(nets.items())
        if net
    ]
