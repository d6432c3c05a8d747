"""What plain-text accounting programs share: account names, and an entry's lines netted into postings.

What does not belong here: the syntax of any one program.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from orchestration.accounting.accounts import Account, AccountType
    from orchestration.accounting.journal import Entry

CURRENCY = "USD"

_ROOTS: dict[AccountType, str] = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "revenue": "Income",
    "contra_revenue": "Income",
    "expense": "Expenses",
}


class NetPosting(NamedTuple):
    """What one rule of an entry does to one account; a debit is positive."""

    account_code: str
    rule_id: str
    amount: Decimal


def account_names(accounts: Iterable[Account]) -> dict[str, str]:
    """Return a name such as ``Assets:1200-AR-Insurance`` for every account code, no name twice.

    Only ASCII letters, digits and hyphens stand below the root, and a digit or capital comes first: what both
    beancount and hledger accept.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for account in sorted(accounts, key=lambda account: account.account_code):
        # the code leads, an X stands in for a code without one usable character
        words = [_ascii(account.account_code) or "X", *map(_capital, _ascii(account.account_name).split("-"))]
        plain = f"{_ROOTS[account.account_type]}:{_capital('-'.join(filter(None, words)))}"
        name, number = plain, 2
        while name in taken:
            name, number = f"{plain}-{number}", number + 1
        taken.add(name)
        names[account.account_code] = name
    return names


def _ascii(text: str) -> str:
    # "A/R" is one word to people and to the books
    letters = unicodedata.normalize("NFKD", text.replace("/", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def postings(entry: Entry) -> list[NetPosting]:
    """Return an entry's lines netted per account and rule, in order of first appearance, zeros left out."""
    nets: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for line in entry.lines:
        nets[line.account_code, line.rule_id] += line.debit_amount - line.credit_amount
    return [NetPosting(code, rule_id, amount) for (code, rule_id), amount in nets.items() if amount]


def one_line(text: str) -> str:
    """Return the text without line breaks and other control characters, which would end a directive."""
    return " ".join("".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text).split())
