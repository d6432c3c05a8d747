"""Supplier orders, receipts and invoices to ``raw_supplies``.

Quarantined whole: no table and no JSON of documents, a required column missing, invoices beyond what money can be.
Refused: a ragged record, one without its number, item, quantity or date, an invoice line without an amount. Loaded with
a warning: a line whose quantity times price is not its amount to the cent. The control amount is the sum of the invoice
lines. What does not belong here: layouts (``layouts/*.toml``), and whether the three documents agree (dbt).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.delimited import Delimited, Record, UndecodableError
from orchestration.core.exact_json import read_json, text_of
from orchestration.core.findings import Finding
from orchestration.core.layouts import Cells, UnfitError, fit
from orchestration.core.money import CENT, ZERO, fits, parse_quantity, parse_written_amount
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.supplies.layout import SupplyLayout, layouts
from orchestration.formats.supplies.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_JSON = (b"{", b"[")
# which list of a JSON file is read by which layout
_LISTS: Final = {"orders": "supply_orders", "receipts": "supply_receipts", "invoices": "supply_invoices"}
_TABLE: Final = {"order": "order_lines", "receipt": "receipt_lines", "invoice": "invoice_lines"}
_QUANTITY: Final = {"order": "ordered_quantity", "receipt": "received_quantity", "invoice": "billed_quantity"}
_NUMBER: Final = {"order": "order_number", "receipt": "receipt_number", "invoice": "invoice_number"}
_DAY: Final = {"order": "order_date", "receipt": "received_date", "invoice": "invoice_date"}


def read(files: Sequence[SourceFile], own: Mapping[str, SupplyLayout] | None = None) -> RawBatch:
    """Return the rows of many supplier files; ``own`` are the practice's own layouts by name.

    Never raises, whatever the bytes.
    """
    batch = RawBatch(TABLES)
    for file in files:
        read_into(batch, file, own)
    return batch


def read_into(batch: RawBatch, file: SourceFile, own: Mapping[str, SupplyLayout] | None = None) -> None:
    """Read one table or JSON file into a batch of ``raw_supplies``. Never raises, whatever the bytes."""
    try:
        if file.content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_JSON):
            _load(batch, file, _tables_of_json(read_json(file.content)))
        else:
            _load(batch, file, [fit(file.content, {**layouts(), **(own or {})})])
    except UndecodableError as error:
        batch.quarantine_file(file, profile=None, reason=error.finding)
    except UnfitError as error:
        batch.quarantine_file(file, profile=error.layout_name, reason=error.finding, record_count=error.record_count)


def is_supply_json(content: bytes) -> bool:
    """Tell whether a JSON text holds orders, receipts or invoices. Never raises."""
    try:
        value = read_json(content)
    except UndecodableError:
        return False
    return isinstance(value, dict) and any(isinstance(value.get(name), list) for name in _LISTS)


def _tables_of_json(value: object) -> list[tuple[SupplyLayout, Delimited, Cells]]:
    """Return the documents of a JSON file as tables of text, their heads repeated on each of their lines.

    Raises ``UnfitError`` when it has no list of documents.
    """
    lists = [(name, value[name]) for name in _LISTS if isinstance(value, dict) and isinstance(value.get(name), list)]
    if not lists:
        words = "the JSON has no list called orders, receipts or invoices"
        raise UnfitError(Finding("unknown_layout", "error", words), None, 0)
    tables = []
    number = 0
    for name, documents in lists:
        layout = layouts()[_LISTS[name]]
        header = tuple(dict.fromkeys(names[0] for names in layout.columns.values()))
        records = []
        for document in documents:
            head = document if isinstance(document, dict) else {}
            lines = head.get("lines")
            for line in lines if isinstance(lines, list) and lines else [{}]:
                number += 1
                cells = {**head, **(line if isinstance(line, dict) else {})}
                fields = tuple(_text(cells.get(column)) for column in header)
                records.append(Record(number, fields, is_ragged=False))
        table = Delimited(header, tuple(records), ())
        tables.append((layout, table, Cells(layout, table)))
    return tables


def _text(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else text_of(value) or ""


def _load(batch: RawBatch, file: SourceFile, tables: list[tuple[SupplyLayout, Delimited, Cells]]) -> None:
    billed = [
        _amount(cells, record) for layout, table, cells in tables if layout.document == "invoice"
        for record in table.records
    ]  # fmt: skip
    total = sum((amount for amount in billed if amount is not None), ZERO)
    count = sum(len(table.records) for _, table, _ in tables)
    profile = tables[0][0].name
    if not fits(total) or any(amount is not None and not fits(amount) for amount in billed):
        words = "the invoices of the file sum to more than money can be"
        reason = Finding("amount_out_of_range", "error", words)
        batch.quarantine_file(file, profile=profile, reason=reason, record_count=count)
        return
    findings: list[Finding] = []
    refused = ZERO
    for layout, table, cells in tables:
        findings.extend(table.findings)
        extra = cells.extra_finding()
        if extra is not None:
            findings.append(extra)
        for record in table.records:
            row = _row(file, layout, cells, record)
            if isinstance(row, Finding):
                findings.append(row)
                refused += row.amount or ZERO
                continue
            batch.rows[_TABLE[layout.document]].append(row)
            if not _multiplies(cells, record, layout.document):
                words = "quantity times price is not the amount of the line"
                findings.append(Finding("line_does_not_multiply", "warning", words, line_number=record.line_number))
    batch.add_file(
        file,
        profile=profile,
        record_count=count,
        in_amount=total,
        quarantined_amount=refused,
        findings=findings,
    )


def _amount(cells: Cells, record: Record) -> Decimal | None:
    """Return the dollars of an invoice line; a ragged record has none that can be trusted."""
    return None if record.is_ragged else parse_written_amount(cells.text(record, "line_amount"))


def _price(cells: Cells, record: Record) -> Decimal | None:
    return parse_quantity(cells.text(record, "unit_price").removeprefix("$").replace(",", ""))


def _quantity(cells: Cells, record: Record, document: str) -> Decimal | None:
    return parse_quantity(cells.text(record, _QUANTITY[document]).replace(",", ""))


def _multiplies(cells: Cells, record: Record, document: str) -> bool:
    """Tell whether quantity times price is the amount to the cent; nothing to compare is no contradiction."""
    amount, price, quantity = _amount(cells, record), _price(cells, record), _quantity(cells, record, document)
    if document == "receipt" or amount is None or price is None or quantity is None:
        return True
    return abs(quantity * price - amount) < CENT


def _row(file: SourceFile, layout: SupplyLayout, cells: Cells, record: Record) -> tuple[Any, ...] | Finding:
    """Return the record as a row of its document, or the finding that refuses it."""
    document = layout.document
    quantity = _quantity(cells, record, document)
    amount = _amount(cells, record)
    day = cells.date(cells.text(record, _DAY[document]))
    problem = _problem(layout, cells, record, quantity, day)
    if problem is None and document == "invoice" and amount is None:
        problem = ("unreadable_amount", "the amount of an invoice line is missing or unreadable")
    if problem is not None:
        stake = amount if document == "invoice" else None
        return Finding(problem[0], "error", problem[1], line_number=record.line_number, amount=stake)
    texts = {
        key: cells.text(record, key) or None
        for key in ("order_number", "item_id", "item_description", "unit_of_measure", "location_id")
    }
    head = (file.file_id, record.line_number, layout.name, cells.text(record, "supplier_name") or layout.supplier_name)
    item = (texts["item_id"], texts["item_description"], texts["unit_of_measure"], quantity)
    if document == "order":
        price = _price(cells, record)
        place = (day, texts["location_id"], file.landed_at)
        return (*head, texts["order_number"], *item, price, amount, *place)
    number = cells.text(record, _NUMBER[document])
    if document == "receipt":
        return (*head, number, texts["order_number"], *item, day, texts["location_id"], file.landed_at)
    due = cells.date(cells.text(record, "due_date"))
    days = (day, due if isinstance(due, dt.date) else None, file.landed_at)
    return (*head, number, texts["order_number"], *item, _price(cells, record), amount, *days)


def _problem(
    layout: SupplyLayout, cells: Cells, record: Record, quantity: Decimal | None, day: dt.date | str
) -> tuple[str, str] | None:
    document = layout.document
    if record.is_ragged:
        return "ragged_record", "the record has another number of fields than the header: its cells may have moved"
    for key in (_NUMBER[document], "item_id"):
        if not cells.text(record, key):
            return f"missing_{key}", f"the line of a supplier's {document} has no {key.replace('_', ' ')}"
    if not (cells.text(record, "supplier_name") or layout.supplier_name):
        return "missing_supplier", "the line names no supplier"
    if quantity is None:
        return "unreadable_quantity", "the quantity is missing or unreadable"
    if isinstance(day, str):
        words = f"the date of the {document} is missing, no date of this layout, or can be read as two days"
        return f"{day}_date", words
    return None
