"""BAI2 cash management files (ANSI X9.121, Cash Management Balance Reporting version 2) to statements.

Records 01 file, 02 group, 03 account, 16 transaction, 88 continuation, 49, 98 and 99 trailers with control totals and
counts. Amounts are in cents; the type code gives the sign: 100-399 credits, 400-699 debits. Refused whole: a line that
is no record, a file that ends before its 99, trailers that do not tie. Entries in another currency than dollars are
refused one by one.
BAI2 promises no id of a transaction, so the id is what the line says, on its day, in its account.
What does not belong here: balances other than the closing ledger balance.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits, from_cents
from orchestration.formats.bank.statements import BankEntry, Identities, Parsed, Statement, last_four

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILE = "bai2"
_CLOSING_LEDGER = "015"
_NO_DOLLARS = "890"
_CREDITS, _DEBITS = range(100, 400), range(400, 700)
# how many further fields a funds type brings; D brings a count and then pairs
_FUNDS_FIELDS: Final = {"V": 2, "S": 3}
# some banks fill with zeros to a width of their own
_CENTS = re.compile(r"[+-]?0*\d{1,16}\Z", re.ASCII)
# where a record begins behind another on the same line, which no bank should send and some do
_NEXT_ON_LINE = re.compile(r"/[ \t]+(?=02,|03,|16,\d{3},|88,|(?:49|98|99),[+-]?\d+,\d+)", re.ASCII)
_HEADER = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,\d{6},")


def is_bai2(content: bytes) -> bool:
    """Tell whether the bytes begin like a BAI2 file header."""
    return _HEADER.match(content.removeprefix(b"\xef\xbb\xbf")) is not None


@dataclass(slots=True)
class _Record:
    """A record with its continuations: code, where it begins, fields, and how many physical lines it is."""

    code: str
    line_number: int
    fields: list[str]
    lines: int = 1


@dataclass(slots=True)
class _Level:
    """What is open and must be tied by a trailer: the sum below it, the children and the lines it holds."""

    total: int = 0
    children: int = 0
    lines: int = 0


@dataclass(slots=True)
class _State:
    statements: list[Statement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    identities: Identities = field(default_factory=Identities)
    file: _Level = field(default_factory=_Level)
    group: _Level = field(default_factory=_Level)
    account: _Level = field(default_factory=_Level)
    day: dt.date | None = None
    currency: str = "USD"
    group_currency: str = "USD"
    is_closed: bool = False
    reason: Finding | None = None


def parse(content: bytes) -> Parsed:
    """Return the statements of a BAI2 file. Never raises."""
    text = content.decode("utf-8-sig", errors="replace").replace("\x00", "")
    state = _State()
    last = 1
    for record in _records(text):
        last = record.line_number
        if record.code == "03" or (record.code == "16" and not state.statements):
            _open_account(state, record)
        if record.code == "16":
            _transaction(state, record)
        elif record.code in {"01", "02"}:
            _header(state, record)
        elif record.code in {"49", "98", "99"}:
            _trailer(state, record)
        elif record.code != "03":
            words = "a line is no record of BAI2: the file may be damaged"
            state.reason = state.reason or Finding("unknown_record", "error", words, line_number=last)
    if not state.is_closed and state.reason is None:
        words = "the file ends before its trailer (99): the rest may still be on its way"
        state.reason = Finding("truncated", "error", words, line_number=last)
    return Parsed(PROFILE, state.statements, state.findings, state.reason)


def _records(text: str) -> Iterator[_Record]:
    """Yield records with their continuations joined. A text field ends with its line, other records with a slash."""
    current: _Record | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        for line in filter(None, map(str.strip, _NEXT_ON_LINE.split(raw))):
            code, _, rest = line.partition(",")
            if code == "88" and current is not None:
                current.lines += 1
                current.fields.extend(rest.rstrip("/").split(","))
                continue
            if current is not None:
                yield current
            current = _Record(code, number, rest.rstrip("/").split(","))
    if current is not None:
        yield current


def _header(state: _State, record: _Record) -> None:
    if record.code == "02":
        state.group = _Level(lines=record.lines)
        state.day = _day(_at(record.fields, 3))
        state.group_currency = _at(record.fields, 5) or "USD"
    else:
        state.file.lines += record.lines


def _open_account(state: _State, record: _Record) -> None:
    """Begin an account; transactions outside any make one of their own, so that none is lost."""
    is_header = record.code == "03"
    account = last_four(_at(record.fields, 0)) if is_header else None
    statement = Statement(record.line_number, account, "CHECKING" if is_header else None, state.day, state.day)
    state.statements.append(statement)
    if not is_header:
        return
    state.account = _Level(lines=record.lines)
    state.currency = _at(record.fields, 1) or state.group_currency
    place = 2
    while place < len(record.fields):
        code, amount = _at(record.fields, place), _cents(_at(record.fields, place + 1))
        state.account.total += amount or 0
        if code == _CLOSING_LEDGER and amount is not None:
            statement.ledger_balance, statement.balance_date = from_cents(amount), state.day
        place = _after_funds(record.fields, place + 3)


def _transaction(state: _State, record: _Record) -> None:
    fields = record.fields
    code, cents = _at(fields, 0), _cents(_at(fields, 1))
    state.account.lines += record.lines
    state.account.total += cents or 0
    if code == _NO_DOLLARS:
        words = "a line of information without dollars (890) was not loaded"
        state.findings.append(Finding("no_dollars", "info", words, line_number=record.line_number))
        return
    place = _after_funds(fields, 2)
    reference, customer = _at(fields, place), _at(fields, place + 1)
    first_line = fields[place + 2 :]
    memo = ",".join(first_line).strip() or None
    number = int(code) if code.isascii() and code.isdigit() else 0
    sign = 1 if number in _CREDITS else -1 if number in _DEBITS else 0
    amount = None if cents is None or not sign else from_cents(sign * abs(cents))
    problem = None
    if not sign:
        problem = (
            "unknown_type_code",
            "the type code is neither a credit nor a debit: the sign is unknown",
        )
    elif cents is None:
        problem = ("unreadable_amount", "a transaction's amount is missing or unreadable")
    elif state.currency != "USD":
        amount, problem = None, ("foreign_currency", "the account is not in dollars, and the books are")
    elif state.day is None:
        problem = ("unreadable_date", "the group's date is missing or unreadable")
    account = state.statements[-1].account_id
    day = state.day.isoformat() if state.day else None
    identity = state.identities.name(account, day, code, _at(fields, 1), reference, customer, memo)
    state.statements[-1].entries.append(
        BankEntry(record.line_number, amount, state.day, identity, code, None, memo, _check(code, customer), problem)
    )


def _check(code: str, customer_reference: str) -> str | None:
    """Return the check number: the customer's reference of a check paid (475)."""
    return customer_reference or None if code == "475" else None


def _trailer(state: _State, record: _Record) -> None:
    """Compare what a trailer states with what was read below it: a difference means that something is missing."""
    total, fields = _cents(_at(record.fields, 0)), record.fields
    if record.code == "49":
        level, parent, counts = state.account, state.group, [("records", 1, state.account.lines + record.lines)]
    elif record.code == "98":
        level, parent = state.group, state.file
        counts = [("accounts", 1, level.children), ("records", 2, level.lines + record.lines)]
    else:
        level, parent = state.file, _Level()
        counts = [("groups", 1, level.children), ("records", 2, level.lines + record.lines)]
        state.is_closed = True
    if total is None or total != level.total:
        stated = "cannot be read" if total is None else f"is {_dollars(total):,.2f}"
        words = f"the control total of a trailer {stated}, but the amounts add up to {_dollars(level.total):,.2f}"
        _refuse(state, "totals_do_not_tie", words, record)
    for what, place, found in counts:
        count = _at(fields, place).strip()
        if not (count.isascii() and count.isdigit() and int(count[:12]) == found):
            words = f"a trailer does not count the {found} {what} that stand above it: the file is not complete"
            _refuse(state, "counts_do_not_tie", words, record)
    parent.total += level.total
    parent.children += 1
    parent.lines += level.lines + record.lines
    if record.code == "49":
        state.account = _Level()


def _refuse(state: _State, code: str, words: str, record: _Record) -> None:
    state.reason = state.reason or Finding(code, "error", words, line_number=record.line_number)


def _after_funds(fields: list[str], place: int) -> int:
    """Return where the fields after a funds type begin."""
    kind = _at(fields, place).strip().upper()
    if kind == "D":
        pairs = _at(fields, place + 1)
        return place + 2 + 2 * (int(pairs[:3]) if pairs.isascii() and pairs.isdigit() else 0)
    return place + 1 + _FUNDS_FIELDS.get(kind, 0)


def _at(fields: list[str], place: int) -> str:
    return fields[place].strip() if place < len(fields) else ""


def _cents(text: str) -> int | None:
    return int(text) if _CENTS.match(text) else None


def _dollars(cents: int) -> Decimal:
    amount = Decimal(cents).scaleb(-2)
    return amount if fits(amount) else ZERO


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007  # a calendar date has no zone
    except ValueError:
        return None
