"""Supplier orders, receipts and invoices as CSV: each supplier's own columns, receipts as the practice keeps them.

What does not belong here: what was ordered and what went wrong (``supplies``).
"""

from __future__ import annotations

import csv
import io
from itertools import groupby
from typing import TYPE_CHECKING

from orchestration.synthetic.writers.amounts import dollars

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from orchestration.synthetic.supplies import SupplyLine
    from orchestration.synthetic.writers.feed import Batch, File

_SLUGS = {"Henry Schein": "henry_schein", "McKesson": "mckesson"}
_ORDER_COLUMNS = {
    "Henry Schein": (
        "Order Number", "Order Date", "Item Code", "Item Description", "Qty Ordered", "UOM", "Unit Price",
        "Extended Price", "Ship To",
    ),
    "McKesson": (
        "Order #", "Order Date", "Item #", "Item Description", "Ordered Qty", "Sell UOM", "Price", "Ext Price",
        "Ship To Account",
    ),
}  # fmt: skip
_INVOICE_COLUMNS = {
    "Henry Schein": (
        "Invoice Number", "Invoice Date", "Due Date", "PO Number", "Item Code", "Item Description", "Qty Shipped",
        "UOM", "Unit Price", "Extended Price",
    ),
    "McKesson": (
        "Invoice #", "Invoice Date", "Due Date", "Customer PO #", "Item #", "Item Description", "Shipped Qty",
        "Sell UOM", "Price", "Ext Price",
    ),
}  # fmt: skip
_RECEIPT_COLUMNS = (
    "supplier_name", "receipt_number", "order_number", "item_id", "item_description", "unit_of_measure",
    "received_quantity", "received_date", "location_id",
)  # fmt: skip


class SuppliesFeed:
    """A file for every order, for every day on which goods came, and for every invoice."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the files of the batch."""
        lines = batch.supplies()
        for number, ordered in groupby(lines, key=lambda line: line.order_number):
            of_order = list(ordered)
            supplier, first = of_order[0].supplier, of_order[0]
            if batch.is_written(first.order_date):
                rows = [_ordered(line) for line in of_order]
                yield f"orders_{_SLUGS[supplier]}_{number}.csv", [_csv(_ORDER_COLUMNS[supplier], rows)]
            if batch.is_written(first.invoice_date):
                rows = [_billed(line) for line in of_order]
                name = f"invoices_{_SLUGS[supplier]}_{first.invoice_number}.csv"
                yield name, [_csv(_INVOICE_COLUMNS[supplier], rows)]
        for day, came in groupby(
            sorted(receipts(lines), key=lambda receipt: receipt[0]), key=lambda receipt: receipt[0]
        ):
            if batch.is_written(day):
                rows = [_received(line, day, quantity) for _, line, quantity in came]
                yield f"receipts_{day}.csv", [_csv(_RECEIPT_COLUMNS, rows)]


def receipts(lines: Iterable[SupplyLine]) -> Iterator[tuple[dt.date, SupplyLine, int]]:
    """Yield what came of lines: the day, the line, how many units."""
    for line in lines:
        if line.received_quantity:
            yield line.received_date, line, line.received_quantity
        if line.later_date is not None:
            yield line.later_date, line, line.later_quantity


def receipt_number(line: SupplyLine, day: dt.date) -> str:
    """Return the number of what came of an order on one day."""
    return f"R{line.order_number[2:]}{day:%m%d}"


def _csv(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _us(date: dt.date) -> str:
    return f"{date:%m/%d/%Y}"


def _ordered(line: SupplyLine) -> tuple[object, ...]:
    return (
        line.order_number,
        _us(line.order_date),
        line.item_id,
        line.description,
        line.quantity,
        line.unit,
        dollars(line.price_cents),
        dollars(line.quantity * line.price_cents),
        line.location_id,
    )


def _billed(line: SupplyLine) -> tuple[object, ...]:
    return (
        line.invoice_number,
        _us(line.invoice_date),
        _us(line.due_date),
        line.order_number,
        line.item_id,
        line.description,
        line.billed_quantity,
        line.unit,
        dollars(line.billed_price_cents),
        dollars(line.billed_cents),
    )


def _received(line: SupplyLine, day: dt.date, quantity: int) -> tuple[object, ...]:
    return (
        line.supplier,
        receipt_number(line, day),
        line.order_number,
        line.item_id,
        line.description,
        line.unit,
        quantity,
        day,
        line.location_id,
    )
