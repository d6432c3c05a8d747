"""Documents, already turned to text, to ``raw_documents``: bill fields, or quarantine with a reason.

Quarantined: what could not be opened (the refusal says why), no text, no total. What does not belong here: opening
PDFs and running OCR (``stores.ocr``), which give ``DocumentText``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.core.tables import RawBatch
from orchestration.formats.documents.fields import Bill, read_bill
from orchestration.formats.documents.masking import mask_card_numbers
from orchestration.formats.documents.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.formats.pages import DocumentText

_PROFILE = "bill"
# measured on receipts: 300, 200 and 150 dpi read alike, 100 does not
_GOOD_DPI, _POOR_DPI = 200, 150


def read(documents: Sequence[DocumentText]) -> RawBatch:
    """Return the rows of many documents. Never raises, whatever their text."""
    batch = RawBatch(TABLES)
    for document in documents:
        _read_document(batch, document)
    return batch


def _read_document(batch: RawBatch, document: DocumentText) -> None:
    file = document.file
    pages = tuple(mask_card_numbers(page.replace("\x00", "")) for page in document.pages)
    bill = read_bill(pages)
    reason = document.refusal or _reason(pages, bill)
    if reason is not None or bill.total_amount is None:
        reason = reason or Finding("no_total", "error", "no total was found on the document")
        batch.quarantine_file(file, profile=_PROFILE, reason=reason, record_count=len(pages))
        return
    batch.rows["bills"].append(
        (
            file.file_id,
            1,
            len(pages),
            document.text_source,
            document.ocr_engine,
            document.dpi,
            _rate(document.confidence_rate),
            bill.vendor_name,
            bill.bill_number,
            bill.bill_date,
            bill.due_date,
            bill.currency_code,
            bill.subtotal_amount,
            bill.tax_amount,
            bill.total_amount,
            bill.is_arithmetic_proved,
            file.landed_at,
        )
    )
    batch.rows["bill_lines"].extend(
        (
            file.file_id,
            line.line_number,
            line.description,
            line.quantity,
            line.unit_amount,
            line.line_amount,
            file.landed_at,
        )
        for line in bill.lines
    )
    batch.add_file(
        file,
        profile=_PROFILE,
        record_count=len(pages),
        in_amount=bill.total_amount,
        findings=_findings(document, bill),
    )


def _reason(pages: tuple[str, ...], bill: Bill) -> Finding | None:
    if not any(page.strip() for page in pages):
        return Finding("no_text", "error", "no text could be read on the document")
    if bill.total_amount is None:
        return Finding("no_total", "error", "no total was found on the document: it may be no bill, or a poor scan")
    return None


def _findings(document: DocumentText, bill: Bill) -> list[Finding]:
    """Return what a person should look at before the bill is paid."""
    findings: list[Finding] = []
    if bill.currency_code != "USD":
        message = f"the bill is in {bill.currency_code}, and the books are in dollars"
        findings.append(Finding("foreign_currency", "error", message, line_number=1, amount=bill.total_amount))
    if not bill.is_arithmetic_proved:
        message = "the lines and the tax of the bill do not add up to a total that was found"
        findings.append(Finding("total_not_proved", "warning", message, line_number=1, amount=bill.total_amount))
    for code, what, value in (
        ("no_vendor", "vendor", bill.vendor_name),
        ("no_bill_date", "date", bill.bill_date),
        ("no_bill_number", "number", bill.bill_number),
    ):
        if value is None:
            findings.append(Finding(code, "warning", f"no {what} was found on the bill", line_number=1))
    if document.dpi is not None and document.dpi < _GOOD_DPI:
        code = "resolution_too_low" if document.dpi < _POOR_DPI else "low_resolution"
        message = f"the scan has {document.dpi} dpi: figures read from it are not sure"
        findings.append(Finding(code, "warning", message, line_number=1))
    return findings


def _rate(rate: Decimal | None) -> Decimal | None:
    """Return a confidence with four decimals between 0 and 1, ``None`` for anything else."""
    if rate is None or not rate.is_finite():
        return None
    return min(max(rate, Decimal(0)), Decimal(1)).quantize(Decimal("0.0001"))
