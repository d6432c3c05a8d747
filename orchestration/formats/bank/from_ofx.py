"""OFX 1.x and 2.x to statements: which tag means what.

Refused whole: not OFX, cut off before ``</OFX>``. Entries in another currency than dollars are refused one by one:
CURDEF of the statement, or CURRENCY of the entry (ORIGCURRENCY tells what an amount was converted from). An entry
without FITID, which OFX requires and some banks leave empty, is named by what it says, as in formats that have no ids.
What does not belong here: tags (``ofx``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.core.money import parse_amount
from orchestration.core.periods import parse_compact_date
from orchestration.formats.bank.ofx import Tag, decode, scan
from orchestration.formats.bank.statements import BankEntry, Identities, Parsed, Statement, last_four

if TYPE_CHECKING:
    import datetime as dt

PROFILE = "ofx"
_CREDIT_CARD = "CCSTMTRS"
_STATEMENTS = frozenset({"STMTRS", _CREDIT_CARD})
# aggregates whose leaves must not be taken for the statement's or the transaction's own
_CONTAINERS = frozenset({"LEDGERBAL", "AVAILBAL", "BANKACCTTO", "CCACCTTO", "PAYEE", "CURRENCY", "ORIGCURRENCY"})


def parse(content: bytes) -> Parsed:
    """Return the statements of an OFX file. Never raises."""
    tags = scan(decode(content))
    outline = _Outline()
    for tag in tags:
        if tag.is_end:
            outline.close(tag)
        else:
            outline.open(tag)
    identities = Identities()
    return Parsed(PROFILE, [_statement(raw, identities) for raw in outline.statements], reason=_reason(tags))


def _reason(tags: list[Tag]) -> Finding | None:
    if not any(tag.name == "OFX" and not tag.is_end for tag in tags):
        return Finding("not_ofx", "error", "no OFX was found in the file: it may be another kind of file, or damaged")
    if not any(tag.name == "OFX" and tag.is_end for tag in tags):
        words = "the file ends before </OFX>: the rest may still be on its way"
        return Finding("truncated", "error", words, line_number=tags[-1].line_number)
    return None


@dataclass(slots=True)
class _Raw:
    """A statement or a transaction whose tags are still coming: its leaf tags by name."""

    line_number: int
    name: str
    values: dict[str, str] = field(default_factory=dict)
    entries: list[_Raw] = field(default_factory=list)


class _Outline:
    """Where a tag stands: in a statement, in a transaction, in a balance or another account.

    Transactions outside any statement make one of their own, so that none is lost.
    """

    def __init__(self) -> None:
        self.statements: list[_Raw] = []
        self.statement: _Raw | None = None
        self.entry: _Raw | None = None
        self.container = ""

    def close(self, tag: Tag) -> None:
        """Leave what the end tag names."""
        if tag.name == self.container:
            self.container = ""
        elif tag.name in _STATEMENTS:
            self.statement = self.entry = None
        elif tag.name == "STMTTRN":
            self.entry = None

    def open(self, tag: Tag) -> None:
        """Enter an aggregate, or keep a leaf's text in what is open."""
        if tag.name in _STATEMENTS:
            self._enter_statement(tag)
        elif tag.name == "STMTTRN":
            if self.statement is None:
                self._enter_statement(tag)
            self.entry, self.container = _Raw(tag.line_number, tag.name), ""
            self.statements[-1].entries.append(self.entry)
        elif tag.name in _CONTAINERS:
            self.container = tag.name
        elif self.entry is not None:
            self.entry.values.setdefault(self._name(tag), tag.text)
        elif self.statement is not None:
            self.statement.values.setdefault(self._name(tag), tag.text)

    def _enter_statement(self, tag: Tag) -> None:
        self.statement, self.entry, self.container = _Raw(tag.line_number, tag.name), None, ""
        self.statements.append(self.statement)

    def _name(self, tag: Tag) -> str:
        return f"{self.container}.{tag.name}" if self.container else tag.name


def _statement(raw: _Raw, identities: Identities) -> Statement:
    values = raw.values
    account = last_four(values.get("ACCTID"))
    currency = values.get("CURDEF", "")
    return Statement(
        raw.line_number,
        account,
        values.get("ACCTTYPE") or ("CREDITCARD" if raw.name == _CREDIT_CARD else None),
        _date(values.get("DTSTART")),
        _date(values.get("DTEND")),
        parse_amount(values.get("LEDGERBAL.BALAMT", "").removeprefix("+")),
        _date(values.get("LEDGERBAL.DTASOF")),
        [_entry(entry, account, currency, identities) for entry in raw.entries],
    )


def _entry(raw: _Raw, account: str | None, currency: str, identities: Identities) -> BankEntry:
    values = raw.values
    amount = parse_amount(values.get("TRNAMT", "").removeprefix("+"))
    posted, identity = _date(values.get("DTPOSTED")), values.get("FITID") or None
    problem = None
    for code, what, value in (
        ("unreadable_amount", "amount (TRNAMT)", amount),
        ("unreadable_date", "date (DTPOSTED)", posted),
    ):
        if value is None:
            problem = (code, f"a transaction's {what} is missing or unreadable")
            break
    if (values.get("CURRENCY.CURSYM") or currency or "USD").upper() != "USD":
        amount, problem = None, ("foreign_currency", "the transaction is not in dollars, and the books are")
    if identity is None and posted is not None:
        said = (values.get(name) for name in ("TRNTYPE", "TRNAMT", "NAME", "MEMO", "CHECKNUM"))
        identity = identities.name(account, posted.isoformat(), *said)
    return BankEntry(
        raw.line_number,
        amount,
        posted,
        identity,
        values.get("TRNTYPE") or None,
        values.get("NAME") or values.get("PAYEE.NAME") or None,
        values.get("MEMO") or None,
        values.get("CHECKNUM") or None,
        problem,
    )


def _date(text: str | None) -> dt.date | None:
    """Return the date of ``YYYYMMDD[HHMMSS[.XXX]][gmt offset]``: the bank's own calendar day."""
    return parse_compact_date(text[:8]) if text else None
