"""JSON files of billing systems to ``raw_billing_api``: every record becomes rows or a finding.

What does not belong here: what a record means (``redox``, ``drchrono``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import UndecodableError
from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.billing_api.drchrono import read_line_item, read_transaction
from orchestration.formats.billing_api.ledger import ApiReading, RecordRefusedError
from orchestration.formats.billing_api.records import ApiProfile, is_text, profile_of, records
from orchestration.formats.billing_api.redox import read_message
from orchestration.formats.billing_api.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_READERS: dict[ApiProfile, Callable[[dict[str, Any]], ApiReading]] = {
    "redox": read_message,
    "drchrono_line_items": read_line_item,
    "drchrono_transactions": read_transaction,
}


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    try:
        found = list(records(file.content))
    except UndecodableError as error:
        batch.quarantine_file(file, profile=None, reason=error.finding)
        return
    profile = next(filter(None, map(profile_of, found)), None)
    if profile is None:
        message = "the file is JSON, but of no billing system that is known here"
        reason = Finding("unknown_layout", "error", message)
        batch.quarantine_file(file, profile=None, reason=reason, record_count=len(found))
        return
    findings: list[Finding] = []
    transactions: list[tuple[Any, ...]] = []
    balances: list[tuple[Any, ...]] = []
    charged = refused = ZERO
    for number, record in enumerate(found, start=1):
        reading = _read_record(record)
        charged += reading.charged_amount
        refused += sum((f.amount for f in reading.findings if f.severity == "error" and f.amount is not None), ZERO)
        findings.extend(replace(finding, line_number=number) for finding in reading.findings)
        for transaction in reading.transactions:
            place = len(transactions) + 1
            transactions.append((file.file_id, place, *transaction.row(), file.landed_at))
        balances.extend((file.file_id, number, *balance, file.landed_at) for balance in reading.balances)
    if not (fits(charged) and fits(refused) and fits(charged + refused)):
        reason = Finding("amount_out_of_range", "error", "the charges of the file sum to more than money can be")
        batch.quarantine_file(file, profile=profile, reason=reason, record_count=len(found))
        return
    batch.rows["transactions"].extend(transactions)
    batch.rows["line_item_balances"].extend(balances)
    batch.add_file(
        file,
        profile=profile,
        record_count=len(found),
        in_amount=charged + refused,
        quarantined_amount=refused,
        findings=findings,
    )


def _read_record(record: object) -> ApiReading:
    """Return one record as rows, or as the finding that it cannot be."""
    if isinstance(record, Finding):
        return ApiReading(findings=[record])
    profile = profile_of(record)
    if profile is None or not isinstance(record, dict):
        message = "the record is of no kind that is known here"
        return ApiReading(findings=[Finding("unknown_record", "error", message)])
    if not is_text(record):
        message = "the record holds half a character, which is no text"
        return ApiReading(findings=[Finding("undecodable_text", "error", message)])
    try:
        return _READERS[profile](record)
    except RecordRefusedError as refusal:
        return ApiReading(findings=[Finding(refusal.code, "error", f"a record was not loaded: {refusal.message}")])
