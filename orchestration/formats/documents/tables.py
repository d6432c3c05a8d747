"""The tables of ``raw_documents``: bills as they were read from paper or PDF.

What does not belong here: the proposal to pay one (``accounting``), and the image it came from.
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_documents"

BILLS = Table(
    SCHEMA,
    "bills",
    "one row per document",
    (
        *lineage("line_number", "always 1: the document"),
        Column("page_count", "integer", "pages that were read"),
        Column("text_source", "text", "text_layer or ocr"),
        Column("ocr_engine", "text", "engine that read the image"),
        Column("dpi", "integer", "resolution of the image that was read"),
        Column("ocr_confidence_rate", "quantity", "mean confidence of the engine, 0 to 1"),
        Column("vendor_name", "text", "who sent the bill"),
        Column("bill_number", "text", "the vendor's number"),
        Column("bill_date", "date", "date of the bill"),
        Column("due_date", "date", "when it is due"),
        Column("currency_code", "text", "ISO 4217"),
        Column("subtotal_amount", "amount", "before tax"),
        Column("tax_amount", "amount", "tax"),
        Column("total_amount", "amount", "what the bill asks for"),
        Column("is_arithmetic_proved", "boolean", "lines + tax = total, or subtotal + tax = total"),
        LOADED_AT,
    ),
)

BILL_LINES = Table(
    SCHEMA,
    "bill_lines",
    "one row per line that reads description, quantity, unit price, amount",
    (
        *lineage("line_number", "the text line in the document"),
        Column("description", "text", "what was bought, free text", phi="direct"),
        Column("quantity", "quantity", "how many"),
        Column("unit_amount", "amount", "price of one"),
        Column("line_amount", "amount", "quantity times unit price"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), BILLS, BILL_LINES)
