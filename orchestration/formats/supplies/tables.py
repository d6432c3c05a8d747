"""The tables of ``raw_supplies``: what was ordered, what came, what was billed, line by line.

What does not belong here: the match of the three (dbt), and what a bill is booked to.
"""

from __future__ import annotations

from orchestration.core.tables import LOADED_AT, Column, Table, files_table, findings_table, lineage

SCHEMA = "raw_supplies"
_LINEAGE = lineage("line_number", "the record's first line; in JSON the line of all documents; in X12 the segment")
_SUPPLIER = Column("supplier_name", "text", "who supplies")
_ORDER = Column("order_number", "text", "the practice's order")
_ITEM = Column("item_id", "text", "the supplier's number of the item")
_DESCRIPTION = Column("item_description", "text", "what it is, in the supplier's words")
_UNIT = Column("unit_of_measure", "text", "EA, BX, CS ...")
_PRICE = Column("unit_price", "quantity", "dollars of one unit, up to four decimals")

ORDER_LINES = Table(
    SCHEMA,
    "order_lines",
    "one row per line of an order, changed orders too",
    (
        *_LINEAGE,
        Column("profile", "text", "layout the file was read by"),
        _SUPPLIER,
        _ORDER,
        _ITEM,
        _DESCRIPTION,
        _UNIT,
        Column("ordered_quantity", "quantity", "units ordered"),
        _PRICE,
        Column("line_amount", "amount", "dollars of the line, where the file has them"),
        Column("order_date", "date", "when it was ordered"),
        Column("location_id", "text", "where it is to go"),
        LOADED_AT,
    ),
)
RECEIPT_LINES = Table(
    SCHEMA,
    "receipt_lines",
    "one row per line of a receipt, repetitions too",
    (
        *_LINEAGE,
        Column("profile", "text", "layout the file was read by"),
        _SUPPLIER,
        Column("receipt_number", "text", "packing slip or receipt"),
        _ORDER,
        _ITEM,
        _DESCRIPTION,
        _UNIT,
        Column("received_quantity", "quantity", "units that came; negative for what was sent back"),
        Column("received_date", "date", "when they came"),
        Column("location_id", "text", "where they came"),
        LOADED_AT,
    ),
)
INVOICE_LINES = Table(
    SCHEMA,
    "invoice_lines",
    "one row per line of an invoice, repetitions too",
    (
        *_LINEAGE,
        Column("profile", "text", "layout the file was read by"),
        _SUPPLIER,
        Column("invoice_number", "text", "the supplier's number"),
        _ORDER,
        _ITEM,
        _DESCRIPTION,
        _UNIT,
        Column("billed_quantity", "quantity", "units billed; negative on a credit"),
        _PRICE,
        Column("line_amount", "amount", "dollars of the line"),
        Column("invoice_date", "date", "date of the invoice"),
        Column("due_date", "date", "when it is due"),
        LOADED_AT,
    ),
)

TABLES: tuple[Table, ...] = (files_table(SCHEMA), findings_table(SCHEMA), ORDER_LINES, RECEIPT_LINES, INVOICE_LINES)
