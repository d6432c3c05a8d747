"""Bank statements (OFX) to ``raw_bank``.

Quarantined whole: empty, not OFX, cut off before ``</OFX>``, no transaction in it. A transaction without readable
amount, date or FITID is refused: an error finding, its deposit in ``quarantined_amount``. What does not belong here:
tags (``ofx``), and matching deposits to remittances (the lake).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits, parse_amount
from orchestration.core.periods import parse_compact_date
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.bank.ofx import Tag, decode, scan
from orchestration.formats.bank.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

_PROFILE = "ofx"
_LAST = 4
# the addenda of a CCD+ entry as banks print it: TRN*1*<trace>*<company>, with stars, backslashes or blanks
_TRACE = re.compile(r"\bTRN([*\\ ])\s?1\1\s?([^*\\~\s]{1,50})(?:\1\s?([^*\\~\s]{1,30}))?", re.ASCII)
_CREDIT_CARD = "CCSTMTRS"
_STATEMENTS = frozenset({"STMTRS", _CREDIT_CARD})
# aggregates whose leaves must not be taken for the statement's or the transaction's own
_CONTAINERS = frozenset({"LEDGERBAL", "AVAILBAL", "BANKACCTTO", "CCACCTTO", "PAYEE", "CURRENCY", "ORIGCURRENCY"})


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many statement files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


@dataclass(slots=True)
class _Statement:
    """A statement whose tags are still coming."""

    line_number: int
    name: str
    values: dict[str, str] = field(default_factory=dict)
    transactions: list[_Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Entry:
    """One STMTTRN: its leaf tags by name."""

    line_number: int
    values: dict[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal | None:
        """The signed amount, ``None`` when missing or unreadable."""
        return parse_amount(self.values.get("TRNAMT", "").removeprefix("+"))


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    tags = scan(decode(file.content))
    statements = _statements(tags)
    entries = [entry for statement in statements for entry in statement.transactions]
    deposits = sum((_deposit(entry) for entry in entries), ZERO)
    reason = _quarantine_reason(file.content, tags, entries, deposits)
    if reason is not None:
        in_amount = deposits if fits(deposits) else ZERO
        batch.quarantine_file(file, profile=_PROFILE, reason=reason, record_count=len(entries), in_amount=in_amount)
        return
    findings: list[Finding] = []
    refused = ZERO
    for statement in statements:
        account = _last_four(statement.values.get("ACCTID"))
        loaded: list[Decimal] = []
        for entry in statement.transactions:
            row = _row(file, account, entry)
            if isinstance(row, Finding):
                findings.append(row)
                refused += _deposit(entry)
            else:
                batch.rows["transactions"].append(row)
                loaded.append(entry.amount or ZERO)
        batch.rows["statements"].append(_statement_row(file, account, statement, loaded))
    batch.add_file(
        file,
        profile=_PROFILE,
        record_count=len(entries),
        in_amount=deposits,
        quarantined_amount=refused,
        findings=findings,
    )


def _quarantine_reason(content: bytes, tags: list[Tag], entries: list[_Entry], deposits: Decimal) -> Finding | None:
    if not content.strip(b"\x00 \t\r\n"):
        return Finding("empty_file", "error", "the file is empty: there is nothing to load")
    if not any(tag.name == "OFX" and not tag.is_end for tag in tags):
        return Finding("not_ofx", "error", "no OFX was found in the file: it may be another kind of file, or damaged")
    if not any(tag.name == "OFX" and tag.is_end for tag in tags):
        return Finding(
            "truncated",
            "error",
            "the file ends before </OFX>: the rest may still be on its way",
            line_number=tags[-1].line_number,
            amount=deposits if fits(deposits) else None,
        )
    if not entries:
        return Finding("no_transactions", "error", "the statement holds no transaction")
    total = sum((abs(entry.amount or ZERO) for entry in entries), ZERO)
    if not fits(total):
        return Finding("amount_out_of_range", "error", "the transactions sum to more than money can be")
    return None


def _statements(tags: list[Tag]) -> list[_Statement]:
    """Return the statements of a file; transactions outside any make one of their own, so that none is lost."""
    outline = _Outline()
    for tag in tags:
        if tag.is_end:
            outline.close(tag)
        else:
            outline.open(tag)
    return outline.statements


class _Outline:
    """Where a tag stands: in a statement, in a transaction, in a balance or another account."""

    def __init__(self) -> None:
        self.statements: list[_Statement] = []
        self.statement: _Statement | None = None
        self.entry: _Entry | None = None
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
            self.entry, self.container = _Entry(tag.line_number), ""
            self.statements[-1].transactions.append(self.entry)
        elif tag.name in _CONTAINERS:
            self.container = tag.name
        elif self.entry is not None:
            self.entry.values.setdefault(self._name(tag), tag.text)
        elif self.statement is not None:
            self.statement.values.setdefault(self._name(tag), tag.text)

    def _enter_statement(self, tag: Tag) -> None:
        self.statement, self.entry, self.container = _Statement(tag.line_number, tag.name), None, ""
        self.statements.append(self.statement)

    def _name(self, tag: Tag) -> str:
        return f"{self.container}.{tag.name}" if self.container else tag.name


def _deposit(entry: _Entry) -> Decimal:
    """Return what the entry adds to the control amount: its amount when it is a deposit."""
    return max(entry.amount or ZERO, ZERO)


def _row(file: SourceFile, account: str | None, entry: _Entry) -> tuple[Any, ...] | Finding:
    """Return the entry as a row, or the finding that refuses it."""
    values = entry.values
    amount, posted, identity = entry.amount, _date(values.get("DTPOSTED")), values.get("FITID")
    for code, what, value in (
        ("unreadable_amount", "amount (TRNAMT)", amount),
        ("unreadable_date", "date (DTPOSTED)", posted),
        ("missing_transaction_id", "id (FITID)", identity or None),
    ):
        if value is None:
            return Finding(
                code,
                "error",
                f"a transaction's {what} is missing or unreadable",
                line_number=entry.line_number,
                amount=_deposit(entry) if amount is not None else None,
            )
    name = values.get("NAME") or values.get("PAYEE.NAME")
    memo = values.get("MEMO")
    trace = _TRACE.search(memo or "") or _TRACE.search(name or "")
    return (
        file.file_id,
        entry.line_number,
        account,
        identity,
        values.get("TRNTYPE") or None,
        posted,
        amount,
        name or None,
        memo or None,
        values.get("CHECKNUM") or None,
        trace[2] if trace else None,
        trace[3] if trace else None,
        file.landed_at,
    )


def _statement_row(
    file: SourceFile, account: str | None, statement: _Statement, loaded: list[Decimal]
) -> tuple[Any, ...]:
    values = statement.values
    kind = values.get("ACCTTYPE") or ("CREDITCARD" if statement.name == _CREDIT_CARD else None)
    return (
        file.file_id,
        statement.line_number,
        account,
        kind,
        _date(values.get("DTSTART")),
        _date(values.get("DTEND")),
        parse_amount(values.get("LEDGERBAL.BALAMT", "").removeprefix("+")),
        _date(values.get("LEDGERBAL.DTASOF")),
        sum((amount for amount in loaded if amount > 0), ZERO),
        sum((amount for amount in loaded if amount < 0), ZERO),
        file.landed_at,
    )


def _last_four(account: str | None) -> str | None:
    return account[-_LAST:] or None if account else None


def _date(text: str | None) -> dt.date | None:
    """Return the date of ``YYYYMMDD[HHMMSS[.XXX]][gmt offset]``: the bank's own calendar day."""
    return parse_compact_date(text[:8]) if text else None
