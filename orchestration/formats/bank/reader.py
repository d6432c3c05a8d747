"""Bank statements of every format to ``raw_bank``.

Quarantined whole: empty, what its format's module refuses (not the format, cut off, control totals that do not tie), no
transaction in it. A transaction without readable amount, date or id is refused: an error finding, its deposit in
``quarantined_amount``. What does not belong here: formats (``from_*``), and matching deposits to remittances (lake).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import UndecodableError
from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.core.tabular import first_rows
from orchestration.formats.bank import from_bai2, from_camt, from_ofx, from_table
from orchestration.formats.bank.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from orchestration.core.layouts import Layout
    from orchestration.formats.bank.statements import BankEntry, Parsed, Statement

_HEAD = 4096


def read(files: Sequence[SourceFile], own: Mapping[str, Layout] | None = None) -> RawBatch:
    """Return the rows of many statement files; ``own`` are the practice's own layouts of downloads by name.

    Never raises, whatever the bytes.
    """
    batch = RawBatch(TABLES)
    for file in files:
        if not file.content.strip(b"\x00 \t\r\n"):
            reason = Finding("empty_file", "error", "the file is empty: there is nothing to load")
            batch.quarantine_file(file, profile=None, reason=reason)
            continue
        try:
            _load(batch, file, _parse(file.content, own or {}))
        except UndecodableError as error:
            batch.quarantine_file(file, profile=None, reason=error.finding)
    return batch


def _parse(content: bytes, own: Mapping[str, Layout]) -> Parsed:
    """Return the statements of a file, by what its first bytes say it is; OFX when they say nothing."""
    if from_bai2.is_bai2(content):
        return from_bai2.parse(content)
    if from_camt.is_camt(content[:_HEAD]):
        return from_camt.parse(content)
    if any(from_table.is_bank_table(row, own) for row in first_rows(content)):
        return from_table.parse(content, own)
    return from_ofx.parse(content)


def _load(batch: RawBatch, file: SourceFile, parsed: Parsed) -> None:
    entries = [entry for statement in parsed.statements for entry in statement.entries]
    deposits = sum((entry.deposit for entry in entries), ZERO)
    reason = _reason(parsed, entries)
    if reason is not None:
        in_amount = deposits if fits(deposits) else ZERO
        batch.quarantine_file(
            file,
            profile=parsed.profile,
            reason=reason,
            record_count=len(entries),
            in_amount=in_amount,
            findings=parsed.findings,
        )
        return
    findings = list(parsed.findings)
    refused = ZERO
    for statement in parsed.statements:
        loaded: list[Decimal] = []
        for entry in statement.entries:
            if entry.problem is not None:
                code, words = entry.problem
                stake = entry.deposit if entry.amount is not None else None
                findings.append(Finding(code, "error", words, line_number=entry.line_number, amount=stake))
                refused += entry.deposit
            else:
                batch.rows["transactions"].append(_row(file, statement, entry))
                loaded.append(entry.amount or ZERO)
        batch.rows["statements"].append(_statement_row(file, statement, loaded))
    batch.add_file(
        file,
        profile=parsed.profile,
        record_count=len(entries),
        in_amount=deposits,
        quarantined_amount=refused,
        findings=findings,
    )


def _reason(parsed: Parsed, entries: list[BankEntry]) -> Finding | None:
    if parsed.reason is not None:
        return parsed.reason
    if not entries:
        return Finding("no_transactions", "error", "the statement holds no transaction")
    if not fits(sum((abs(entry.amount or ZERO) for entry in entries), ZERO)):
        return Finding("amount_out_of_range", "error", "the transactions sum to more than money can be")
    return None


def _row(file: SourceFile, statement: Statement, entry: BankEntry) -> tuple[Any, ...]:
    return (
        file.file_id,
        entry.line_number,
        statement.account_id,
        entry.transaction_id,
        entry.transaction_type,
        entry.posted_date,
        entry.amount,
        entry.counterparty_name,
        entry.memo,
        entry.check_number,
        *entry.trace,
        file.landed_at,
    )


def _statement_row(file: SourceFile, statement: Statement, loaded: list[Decimal]) -> tuple[Any, ...]:
    return (
        file.file_id,
        statement.line_number,
        statement.account_id,
        statement.account_type,
        statement.start_date,
        statement.end_date,
        statement.ledger_balance,
        statement.balance_date,
        sum((amount for amount in loaded if amount > 0), ZERO),
        sum((amount for amount in loaded if amount < 0), ZERO),
        file.landed_at,
    )
