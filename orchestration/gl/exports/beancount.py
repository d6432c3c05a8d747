"""The books as beancount text, so that ``bean-check`` recomputes them: a second opinion by another program.

Beancount is GPL: it is run as a program on this text, never imported. What does not belong here: running it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from orchestration.core.money import ZERO, format_amount
from orchestration.gl.plain_text import CURRENCY, account_names, one_line, postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from orchestration.accounting.accounts import Account
    from orchestration.ledger.records import PostedEntry

_DAY = dt.timedelta(days=1)


def export(accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
    """Return the books: accounts, one transaction per entry, and the closing balance of every account.

    A balance assertion is dated the day after the last entry and allows no difference at all.
    """
    return "".join(f"{line}\n" for line in _lines(accounts, list(entries)))


def _lines(accounts: Iterable[Account], entries: list[PostedEntry]) -> Iterator[str]:
    yield 'option "title" "General ledger"'
    yield f'option "operating_currency" "{CURRENCY}"'
    if not entries:
        return
    names = account_names(accounts)
    dates = [posted.entry.entry_date for posted in entries]
    opened, closed = min(dates) - _DAY, max(dates) + _DAY
    yield ""
    for name in names.values():
        yield f"{opened} open {name} {CURRENCY}"
    balances: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for posted in entries:
        yield from _transaction(posted, names, balances)
    yield ""
    for code, balance in sorted(balances.items()):
        # "~ 0" since beancount otherwise lets a cent pass
        yield f"{closed} balance {names[code]}  {format_amount(balance)} ~ 0.00 {CURRENCY}"


def _transaction(posted: PostedEntry, names: dict[str, str], balances: dict[str, Decimal]) -> Iterator[str]:
    entry = posted.entry
    yield ""
    yield f"{entry.entry_date} * {_quoted(entry.description)}"
    yield f"  event_id: {_quoted(entry.event_id)}"
    yield f"  batch: {_quoted(posted.batch_tag)}"
    yield f'  entry: "{posted.entry_id}"'
    yield f"  entity: {_quoted(entry.entity_id)}"
    yield f"  book: {_quoted(entry.book)}"
    if posted.reverses_entry_id is not None:
        yield f'  reverses: "{posted.reverses_entry_id}"'
    for posting in postings(entry):
        balances[posting.account_code] += posting.amount
        yield f"  {names[posting.account_code]}  {format_amount(posting.amount)} {CURRENCY}"
        yield f"    rule: {_quoted(posting.rule_id)}"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
