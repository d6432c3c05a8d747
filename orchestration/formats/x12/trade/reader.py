"""Files of trade sets into a batch of the tables it has: every document is rows or one finding, or the file is held.

The control amount is the sum of invoice lines and charges. A charge, an allowance or a tax is no line of goods, and no
order can have it: it is a finding with its dollars, and the lines are used. What does not belong here: what a segment
means (``documents``, ``orders``, ``shipments``, ``invoices``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.formats.x12.syntax.segments import decode
from orchestration.formats.x12.syntax.sets import open_file, quarantine_reason
from orchestration.formats.x12.trade.documents import INVOICE, ORDER, RECEIPT, Document
from orchestration.formats.x12.trade.invoices import InvoiceReader
from orchestration.formats.x12.trade.orders import AcknowledgementReader, OrderReader
from orchestration.formats.x12.trade.shipments import ShipmentReader

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.core.tables import RawBatch, SourceFile
    from orchestration.formats.x12.syntax.sets import TransactionSet
    from orchestration.formats.x12.trade.documents import DocumentReader

_READERS: Final[dict[str, type[DocumentReader]]] = {
    "850": OrderReader,
    "855": AcknowledgementReader,
    "856": ShipmentReader,
    "810": InvoiceReader,
}
SET_CODES: Final = frozenset(_READERS)
_PROFILE: Final = "x12_supplies"
_NONE: Final = "no order, ship notice or invoice (850, 856, 810)"
_TABLE: Final = {ORDER: "order_lines", RECEIPT: "receipt_lines", INVOICE: "invoice_lines"}
_ENVELOPE: Final = re.compile(r"(?:ISA[^A-Za-z0-9 ]|GS[^A-Za-z0-9 ][A-Z]{2}[^A-Za-z0-9]|ST[^A-Za-z0-9 ]\d{3})")
_SET: Final = re.compile(r"(?<![A-Za-z0-9])ST([^A-Za-z0-9\s])(?:850|855|856|810)\1")
# words may stand before the first segment
_HEAD: Final = 65_536


def is_trade(content: bytes) -> bool:
    """Tell whether bytes are X12 rather than a table or JSON. Never raises."""
    head = decode(content[:_HEAD])
    return bool(_ENVELOPE.match(head.lstrip("\ufeff \t\r\n\x00")) or _SET.search(head))


def read_into(batch: RawBatch, file: SourceFile) -> None:
    """Read one file into the order, receipt and invoice lines of ``batch``. Never raises, whatever the bytes."""
    opened = open_file(file.content)
    reason = quarantine_reason(opened, file.content, SET_CODES, _NONE)
    documents = [_read_document(one) for one in opened.sets if one.set_code in SET_CODES]
    total = sum((document.total for document in documents), ZERO)
    if reason is None and not (fits(total) and all(fits(document.total) for document in documents)):
        reason = Finding("amount_out_of_range", "error", "the invoices of the file sum to more than money can be")
    findings = list(opened.findings)
    others = len(opened.sets) - len(documents)
    if others and documents:
        message = f"{others} transaction sets that are no order, ship notice or invoice were not read"
        findings.append(Finding("other_transaction_set", "warning", message))
    if reason is not None:
        batch.quarantine_file(
            file,
            profile=_PROFILE,
            reason=reason,
            record_count=len(documents),
            in_amount=total if fits(total) else ZERO,
            findings=findings,
        )
        return
    refused = ZERO
    for document in documents:
        found, kept_out = _findings(document)
        findings += found
        refused += kept_out
        if document.refusal is None:
            _add(batch, file, document)
    findings.sort(key=lambda finding: finding.segment_number or 0)
    batch.add_file(
        file,
        profile=_PROFILE,
        record_count=len(documents),
        in_amount=total,
        quarantined_amount=refused,
        findings=findings,
    )


def _read_document(one: TransactionSet) -> Document:
    """Return what a set of a known code says, or why it is refused. Never raises."""
    reader = _READERS[one.set_code or ""](one)
    reader.check_envelope()
    reader.read()
    return reader.document


def _findings(document: Document) -> tuple[list[Finding], Decimal]:
    """Return what is to be said of a document, and the dollars that are kept out with it."""
    if document.refusal is not None:
        stake = document.total if document.kind == INVOICE else None
        return [replace(document.refusal, amount=stake)], document.total
    words = "a charge, an allowance or a tax of an invoice is no line that can be ordered: book it by hand"
    found = [
        Finding(
            "charge_not_booked",
            "error",
            words,
            segment_number=charge.segment_number,
            segment_id=charge.segment_id,
            amount=charge.amount,
        )
        for charge in document.charges
    ]
    return found, sum((charge.amount for charge in document.charges), ZERO)


def _add(batch: RawBatch, file: SourceFile, document: Document) -> None:
    """Add the lines in the order of the table's columns."""
    name = _TABLE[document.kind]
    columns = next(table.columns for table in batch.tables if table.name == name)
    whole = {"file_id": file.file_id, "loaded_at": file.landed_at}
    batch.rows[name].extend(tuple((line | whole).get(column.name) for column in columns) for line in document.lines)
