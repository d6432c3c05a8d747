"""What the registry knows about supplier orders, receipts and invoices: tables by layout, JSON, and another standard.

What does not belong here: reading one (``reader``), and the other standard (X12, which its own package reads).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.words import CORRECT_EXPORT, Words
from orchestration.formats.file_kind import FileKind, HeaderSign, Sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.core.layouts import Layout
    from orchestration.core.tables import RawBatch, SourceFile, Table
    from orchestration.formats.file_kind import OtherStandard, OwnLayouts, Sample
    from orchestration.formats.pages import PageReader

_WORDS: Final[dict[str, Words]] = {
    "duplicate_receipt": Words(
        "A receipt of the same supplier with the same number arrived before. It is booked once.",
        "Nothing, if it was exported twice. Otherwise give the second receipt a number of its own.",
    ),
    "received_without_order": Words(
        "Goods came that no order asked for, so nobody knows at what price.",
        "Put the order into the inbox. If there was none, the bill books them when it comes as a document.",
    ),
    "billed_without_order": Words(
        "A supplier bills what no order asked for.",
        "Put the order into the inbox, or dispute the invoice with the supplier.",
    ),
    "order_without_price": Words(
        "The order says no price, so the invoice cannot be compared with it.",
        "Put the order with its prices into the inbox.",
    ),
    "units_differ": Words(
        "It was ordered in one unit (a box, an each) and came or was billed in another.",
        "Find out how many there are, and have the supplier correct its document.",
    ),
    "dearer_than_ordered": Words(
        "The invoice is dearer than its order by more than is passed without a person.",
        "Ask the supplier for the agreed price, or put an order at the new price into the inbox before a new invoice.",
    ),
    "billed_not_received": Words(
        "More is billed than has come.",
        "Put the receipt into the inbox if the goods are here; it releases the invoice. Otherwise dispute it.",
    ),
    "billed_more_than_ordered": Words(
        "More is billed than was ordered.", "Send the rest back and dispute it, or order it after the fact."
    ),
    "missing_order_number": Words("A line of an order has no order number.", CORRECT_EXPORT),
    "missing_receipt_number": Words("A line of a receipt has no receipt number.", CORRECT_EXPORT),
    "missing_invoice_number": Words("A line of an invoice has no invoice number.", CORRECT_EXPORT),
    "missing_item_id": Words("A line does not say which item it is about.", CORRECT_EXPORT),
    "missing_supplier": Words("A line names no supplier.", CORRECT_EXPORT),
    "line_does_not_multiply": Words(
        "Quantity times price is not the amount of the line.", "Compare the line with the order before it is paid."
    ),
    "unreadable_amount": Words("A line or a charge of an invoice has no amount that can be read.", CORRECT_EXPORT),
}


def _tables() -> tuple[Table, ...]:
    from orchestration.formats.supplies.tables import TABLES

    return TABLES


def _read_layout(text: str) -> Layout:
    from orchestration.formats.supplies.layout import read_layout

    return read_layout(text)


def _is_supply_json(sample: Sample) -> bool:
    if not sample.is_json:
        return False
    from orchestration.formats.supplies.reader import is_supply_json

    return is_supply_json(sample.whole)


def _is_supply_table(row: Sequence[str], sample: Sample) -> bool:
    from orchestration.formats.supplies.layout import SupplyLayout, is_supply_table

    return is_supply_table(row, sample.own.of("supplies", SupplyLayout))


def supplies(other: OtherStandard) -> FileKind:
    """Return the kind; files of the other standard go into the same tables, in the order in which they landed."""

    def read(files: Sequence[SourceFile], own: OwnLayouts, _pages: PageReader) -> RawBatch:
        from orchestration.core.tables import RawBatch
        from orchestration.formats.supplies.layout import SupplyLayout
        from orchestration.formats.supplies.reader import read_into

        batch, layouts = RawBatch(_tables()), own.of("supplies", SupplyLayout)
        for file in files:
            if other.is_meant(file.content):
                other.read_into(batch, file)
            else:
                read_into(batch, file, layouts)
        return batch

    return FileKind(
        name="supplies",
        title="Supplier orders and invoices",
        contents="supplier orders, receipts and invoices",
        signs=(Sign(70, _is_supply_json),),
        header_signs=(HeaderSign(30, _is_supply_table),),
        extensions=other.extensions,
        arrival=110,
        load_tables=_tables,
        reader=read,
        read_layout=_read_layout,
        control="Σ invoice lines, and charges beside them",
        loaded_amount="select sum(line_amount) from raw_supplies.invoice_lines",
        is_booked=True,
        words={**other.words, **_WORDS},
    )
