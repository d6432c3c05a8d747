"""Bank downloads as CSV or XLSX, by layout, to one statement.

A download promises no id of a transaction: without one the id is what the line says, so that the same line in a later
download is the same transaction. A running balance that does not follow is a warning: lines may be missing.
What does not belong here: layouts (``layouts/*.toml``).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.layouts import Cells, Layout, UnfitError, common_fields, fit, match, shipped
from orchestration.core.layouts import parse as parse_layout
from orchestration.core.money import ZERO, parse_written_amount
from orchestration.formats.bank.statements import BankEntry, Identities, Parsed, Statement, last_four

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from orchestration.core.delimited import Record


def _build(data: Mapping[str, Any]) -> Layout:
    return Layout(**common_fields(data))


@cache
def layouts() -> Mapping[str, Layout]:
    """Return the layouts of bank downloads by name."""
    return shipped("orchestration.formats.bank.layouts", _build)


def read_layout(text: str) -> Layout:
    """Return the layout of a TOML text that a practice wrote; raises ``LayoutError``."""
    return parse_layout(text, _build)


def is_bank_table(header: Sequence[str], own: Mapping[str, Layout] | None = None) -> bool:
    """Tell whether a header is that of a bank download: every column its layout requires is there."""
    layout = match(header, own or {}) or match(header, layouts())
    present = {name.strip().lower() for name in header}
    return layout is not None and all(
        any(name.lower() in present for name in layout.columns[key]) for key in layout.required
    )


def parse(content: bytes, own: Mapping[str, Layout]) -> Parsed:
    """Return the one statement of a download; raises ``UndecodableError`` when the bytes are no table."""
    try:
        layout, table, cells = fit(content, {**layouts(), **own})
    except UnfitError as error:
        return Parsed(error.layout_name or "bank_table", [], reason=error.finding)
    identities = Identities()
    entries = [_entry(cells, record, identities) for record in table.records]
    account = next((cells.text(r, "account_id") for r in table.records if cells.text(r, "account_id")), "")
    days = [entry.posted_date for entry in entries if entry.posted_date is not None]
    statement = Statement(
        1,
        last_four(account),
        "CHECKING",
        min(days, default=None),
        max(days, default=None),
        entries=entries,
    )
    findings = list(table.findings)
    extra = cells.extra_finding()
    if extra is not None:
        findings.append(extra)
    findings.extend(_gaps(cells, table.records, entries))
    return Parsed(layout.name, [statement], findings)


def _amount(cells: Cells, record: Record) -> Decimal | None:
    if not cells.has("debit"):
        return parse_written_amount(cells.text(record, "amount").removeprefix("+"))
    debit, credit = cells.text(record, "debit"), cells.text(record, "credit")
    paid, received = parse_written_amount(debit or "0"), parse_written_amount(credit or "0")
    if paid is None or received is None or not (debit or credit):
        return None
    # some banks print withdrawals with a minus sign in their own column
    amount = received - abs(paid)
    return amount if not (paid and received) else None


def _entry(cells: Cells, record: Record, identities: Identities) -> BankEntry:
    if record.is_ragged:
        words = "the record has another number of fields than the header: its cells may have moved"
        return BankEntry(record.line_number, None, problem=("ragged_record", words))
    amount = _amount(cells, record)
    day = cells.date(cells.text(record, "posted_date"))
    problem = None
    if amount is None:
        problem = ("unreadable_amount", "a transaction's amount is missing, unreadable or in both columns")
    elif isinstance(day, str):
        problem = (f"{day}_date", "a transaction's date is missing, unreadable or can be read as two days")
    posted = day if isinstance(day, dt.date) else None
    texts = {
        key: cells.text(record, key) or None
        for key in ("transaction_id", "transaction_type", "description", "memo", "check_number")
    }
    identity = texts["transaction_id"] or identities.name(
        posted.isoformat() if posted else None, str(amount), texts["description"], texts["memo"], texts["check_number"]
    )
    return BankEntry(
        record.line_number,
        amount,
        posted,
        identity,
        texts["transaction_type"],
        texts["description"],
        texts["memo"],
        texts["check_number"],
        problem,
    )


def _gaps(cells: Cells, records: Sequence[Record], entries: Sequence[BankEntry]) -> list[Finding]:
    """Return a warning at each line whose running balance follows neither from the line above nor from that below."""
    if not cells.has("balance"):
        return []
    balances = [parse_written_amount(cells.text(record, "balance")) for record in records]
    gaps = []
    for place in range(1, len(balances)):
        before, after = balances[place - 1], balances[place]
        if before is None or after is None:
            continue
        # oldest first, or newest first
        rises = before + (entries[place].amount or ZERO) == after
        falls = after + (entries[place - 1].amount or ZERO) == before
        if not rises and not falls:
            words = "the running balance does not follow from the line above: lines may be missing"
            gaps.append(Finding("balance_does_not_follow", "warning", words, line_number=entries[place].line_number))
    return gaps
