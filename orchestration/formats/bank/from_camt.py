"""ISO 20022 bank-to-customer statements (CAMT.053, any version) to statements.

Names of elements are read without their namespace, so that every version is read alike. One entry (``Ntry``) is one row
whatever its details; its sign is ``CdtDbtInd``. Pending entries are named and not loaded: only what is booked is money.
Refused whole: XML that cannot be parsed, no statement, a summary or balances that do not tie with the entries.
What does not belong here: other messages (CAMT.052, 054), and what an entry pays.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, parse_amount
from orchestration.formats.bank.statements import BankEntry, Identities, Parsed, Statement, last_four

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal
    from xml.etree.ElementTree import Element

PROFILE = "camt053"
_OPENING, _CLOSING = "OPBD", "CLBD"
_HEAD = re.compile(rb"camt\.053|<(?:\w+:)?BkToCstmrStmt[\s>]")
_STARTS = re.compile(r"<(?:\w+:)?(Stmt|Ntry)[\s>]")


def is_camt(head: bytes) -> bool:
    """Tell whether the first bytes are those of a CAMT.053 message."""
    return _HEAD.search(head) is not None


def parse(content: bytes) -> Parsed:
    """Return the statements of a CAMT.053 message. Never raises."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415  # with the parser it belongs to

    import defusedxml  # noqa: PLC0415  # the command line starts without it
    import defusedxml.ElementTree  # noqa: PLC0415

    try:
        root = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except (ParseError, defusedxml.DefusedXmlException, ValueError, LookupError, RecursionError):
        words = "the XML cannot be parsed: the file is cut off, damaged, or declares what no statement needs"
        return Parsed(PROFILE, [], reason=Finding("unreadable_xml", "error", words))
    lines = _lines(content)
    findings: list[Finding] = []
    statements: list[Statement] = []
    identities = Identities()
    reason: Finding | None = None
    for raw in _all(root, "Stmt"):
        statement = _statement(raw, next(lines["Stmt"], 1))
        statements.append(statement)
        for ntry in _all(raw, "Ntry"):
            line = next(lines["Ntry"], 1)
            if _status(ntry) in {"PDNG", "INFO"}:
                words = "an entry that is pending or for information was not loaded: it is not booked yet"
                findings.append(Finding("not_booked", "info", words, line_number=line))
                continue
            statement.entries.append(_entry(ntry, line, statement, identities))
        reason = reason or _untied(raw, statement)
    if not statements:
        reason = Finding("no_statement", "error", "the message holds no account statement")
    return Parsed(PROFILE, statements, findings, reason)


def _lines(content: bytes) -> dict[str, Iterator[int]]:
    """Return the lines on which statements and entries begin: the XML parser does not tell them."""
    text = content.decode("utf-8", errors="replace")
    found: dict[str, list[int]] = {"Stmt": [], "Ntry": []}
    line, counted = 1, 0
    for match in _STARTS.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        found[match[1]].append(line)
    return {name: iter(numbers) for name, numbers in found.items()}


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(parent: Element, name: str) -> list[Element]:
    """Return every element of a name below another, at any depth."""
    return [element for element in parent.iter() if element is not parent and _name(element) == name]


def _at(parent: Element | None, *path: str) -> Element | None:
    for name in path:
        parent = next((child for child in parent if _name(child) == name), None) if parent is not None else None
    return parent


def _text(parent: Element | None, *path: str) -> str:
    found = _at(parent, *path)
    return (found.text or "").strip() if found is not None else ""


def _statement(raw: Element, line: int) -> Statement:
    account = _text(raw, "Acct", "Id", "IBAN") or _text(raw, "Acct", "Id", "Othr", "Id")
    closing = _balance(raw, _CLOSING)
    return Statement(
        line,
        last_four(account),
        _text(raw, "Acct", "Tp", "Cd") or None,
        _date(_text(raw, "FrToDt", "FrDtTm") or _text(raw, "FrToDt", "FrDt")),
        _date(_text(raw, "FrToDt", "ToDtTm") or _text(raw, "FrToDt", "ToDt")),
        closing[0] if closing else None,
        closing[1] if closing else None,
    )


def _balance(raw: Element, code: str) -> tuple[Decimal, dt.date | None] | None:
    for child in raw:
        if _name(child) == "Bal" and _text(child, "Tp", "CdOrPrtry", "Cd") == code:
            amount = _signed(child)
            if amount is not None:
                return amount, _date(_text(child, "Dt", "Dt") or _text(child, "Dt", "DtTm"))
    return None


def _signed(parent: Element) -> Decimal | None:
    amount, sign = parse_amount(_text(parent, "Amt")), _text(parent, "CdtDbtInd")
    if amount is None or amount < 0 or sign not in {"CRDT", "DBIT"}:
        return None
    return -amount if sign == "DBIT" and amount else amount


def _status(ntry: Element) -> str:
    return _text(ntry, "Sts", "Cd") or _text(ntry, "Sts") or "BOOK"


def _entry(ntry: Element, line: int, statement: Statement, identities: Identities) -> BankEntry:
    amount = _signed(ntry)
    posted = _date(_text(ntry, "BookgDt", "Dt") or _text(ntry, "BookgDt", "DtTm"))
    money = _at(ntry, "Amt")
    problem = None
    if money is not None and money.get("Ccy", "USD") != "USD":
        amount, problem = None, ("foreign_currency", "the entry is not in dollars, and the books are")
    elif amount is None:
        problem = ("unreadable_amount", "an entry's amount or its sign (CdtDbtInd) is missing or unreadable")
    elif posted is None:
        problem = ("unreadable_date", "an entry's booking date is missing or unreadable")
    details = _all(ntry, "TxDtls")
    names = [
        _text(party, "Nm") or _text(party, "Pty", "Nm")
        for detail in details
        for party in (_at(detail, "RltdPties", "Dbtr" if (amount or ZERO) >= 0 else "Cdtr"),)
    ]
    notes = [(note.text or "").strip() for detail in details for note in _all(detail, "Ustrd")]
    memo = " ".join(note for note in (*notes, _text(ntry, "AddtlNtryInf")) if note) or None
    reference = _text(ntry, "AcctSvcrRef") or _text(ntry, "NtryRef")
    if not reference:
        day = posted.isoformat() if posted else None
        reference = identities.name(statement.account_id, day, _text(ntry, "Amt"), _text(ntry, "CdtDbtInd"), memo)
    return BankEntry(
        line,
        amount,
        posted,
        reference,
        _text(ntry, "BkTxCd", "Domn", "Fmly", "Cd") or _text(ntry, "BkTxCd", "Prtry", "Cd") or None,
        next((name for name in names if name), None),
        memo,
        next((number for number in (_text(detail, "Refs", "ChqNb") for detail in details) if number), None),
        problem,
    )


def _untied(raw: Element, statement: Statement) -> Finding | None:
    """Return how the statement's own summary or balances differ from its entries; ``None`` when they tie."""
    stated = _text(raw, "TxsSummry", "TtlNtries", "NbOfNtries")
    count = len(_all(raw, "Ntry"))
    if stated and stated != str(count):
        words = f"the statement does not count the {count} entries it holds: it is not complete"
        return Finding("counts_do_not_tie", "error", words, line_number=statement.line_number)
    opening, closing = _balance(raw, _OPENING), _balance(raw, _CLOSING)
    if opening is None or closing is None or any(entry.amount is None for entry in statement.entries):
        return None
    found = opening[0] + sum((entry.amount or ZERO for entry in statement.entries), ZERO)
    if found != closing[0]:
        words = (
            f"the opening balance and the entries make {found:,.2f}, but the closing balance is {closing[0]:,.2f}: "
            "entries are missing"
        )
        return Finding("balances_do_not_tie", "error", words, line_number=statement.line_number)
    return None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
