"""The books as an hledger journal that passes ``hledger check -s``: the third opinion.

What does not belong here: running hledger.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO, format_amount
from orchestration.gl.plain_text import CURRENCY, account_names, one_line, postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from orchestration.accounting.accounts import Account
    from orchestration.ledger.records import PostedEntry

# hledger's own letters for account types
_TYPES = {"Assets": "A", "Liabilities": "L", "Equity": "E", "Income": "R", "Expenses": "X"}


def export(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return the books by date: declared accounts, one transaction per entry, closing balances asserted."""
    ordered = sorted(entries, key=lambda posted: (posted.entry.entry_date, posted.entry_id))
    return "".join(f"{line}\n" for line in _lines(accounts, ordered))


def _lines(accounts: Iterable[Account], entries: list[PostedEntry]) -> Iterator[str]:
    names = account_names(accounts)
    yield f"commodity 1000.00 {CURRENCY}"
    for tag in ("event_id", "batch", "entry", "entity", "book", "reverses", "rule"):
        yield f"tag {tag}"
    for name in names.values():
        yield f"account {name}  ; type: {_TYPES[name.partition(':')[0]]}"
    balances: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for posted in entries:
        yield from _transaction(posted, names, balances)
    if entries:
        yield ""
        yield f"{entries[-1].entry.entry_date} * closing balances"
        for code, balance in sorted(balances.items()):
            yield f"    {names[code]}  {_dollars(ZERO)} = {_dollars(balance)}"


def _transaction(posted: PostedEntry, names: dict[str, str], balances: dict[str, Decimal]) -> Iterator[str]:
    entry = posted.entry
    yield ""
    yield f"{entry.entry_date} * ({_word(posted.batch_tag)}) {_word(entry.description)}"
    yield f"    ; event_id: {_tag(entry.event_id)}"
    yield f"    ; batch: {_tag(posted.batch_tag)}"
    yield f"    ; entry: {posted.entry_id}"
    yield f"    ; entity: {_tag(entry.entity_id)}"
    yield f"    ; book: {_tag(entry.book)}"
    if posted.reverses_entry_id is not None:
        yield f"    ; reverses: {posted.reverses_entry_id}"
    for posting in postings(entry):
        balances[posting.account_code] += posting.amount
        yield f"    {names[posting.account_code]}  {_dollars(posting.amount)}  ; rule: {_tag(posting.rule_id)}"


def _dollars(amount: Decimal) -> str:
    return f"{format_amount(amount)} {CURRENCY}"


def _word(text: str) -> str:
    # a semicolon begins a comment and a bar a payee; neither can be escaped
    return one_line(text).replace(";", ",").replace("|", "/").replace(")", "]")


def _tag(text: str) -> str:
    # a comma ends a tag's value
    return one_line(text).replace(",", " ")
