"""The chart of accounts and the arithmetic of a trial balance.

What does not belong here: the chart itself (a seed), and which event uses which account.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from orchestration.core.errors import ConfigurationError
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

AccountType = Literal["asset", "liability", "equity", "revenue", "contra_revenue", "expense"]
Side = Literal["debit", "credit"]

ACCOUNT_TYPES: tuple[AccountType, ...] = get_args(AccountType)
_DEBIT_TYPES: frozenset[AccountType] = frozenset({"asset", "contra_revenue", "expense"})


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart; ``account_code`` is text and unique."""

    account_code: str
    account_name: str
    account_type: AccountType

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
        chart[code] = Account(code, name, account_type)
    return tuple(chart[code] for code in sorted(chart))


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
