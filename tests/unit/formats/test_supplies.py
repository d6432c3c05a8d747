"""Supplier orders, receipts and invoices: lines of every layout and of JSON, or refused with what they ask for."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, only, reading, rows_of, source, sum_of

from orchestration.formats.registry import detect_kind
from orchestration.formats.supplies import reader as supplies

_CONTROL = sum_of("invoice_lines", "line_amount")
ORDERS = (
    "PO Number,Order Number,Order Date,Item Code,Item Description,Qty Ordered,UOM,Unit Price,Extended Price\n"
    'PO7,SO1,01/05/2026,1126140,Gloves,"1,200",BX,"$1,002.5000",$1203000.00\n'
)
RECEIPTS = (
    "supplier_name,receipt_number,order_number,item_id,item_description,unit_of_measure,received_quantity,received_date\n"
    "Henry Schein,PS1,PO7,1126140,Gloves,BX,10,2026-01-07\n"
)
INVOICES = (
    "Invoice #,Customer PO #,Invoice Date,Item #,Item Description,Shipped Qty,Sell UOM,Price,Ext Price\n"
    "9001,PO7,01/08/2026,777,Gauze,4,CS,12.3456,49.38\n"
)
JSON = {
    "orders": [{"supplier_name": "Any", "order_number": "1", "order_date": "2026-01-05", "lines": [
        {"item_id": "a", "ordered_quantity": 2, "unit_price": 3.25}, {"item_id": "b", "ordered_quantity": 1,
         "unit_price": "0.0325"}]}],
    "receipts": [{"supplier_name": "Any", "receipt_number": "R", "order_number": "1", "received_date": "2026-01-06",
                  "lines": [{"item_id": "a", "received_quantity": 2}]}],
    "invoices": [{"supplier_name": "Any", "invoice_number": "I", "order_number": "1", "invoice_date": "2026-01-07",
                  "lines": [{"item_id": "a", "billed_quantity": 2, "unit_price": 3.25, "line_amount": 6.5}]}],
}  # fmt: skip


_read = reading(supplies.read, _CONTROL)


def test_an_order_of_henry_schein_is_read_by_the_practices_own_number():
    row = only(_read(ORDERS), "order_lines")
    assert (row["supplier_name"], row["order_number"], row["item_id"]) == ("Henry Schein", "PO7", "1126140")
    assert (row["ordered_quantity"], row["unit_price"]) == (Decimal(1200), Decimal("1002.5"))
    assert (row["unit_of_measure"], row["order_date"]) == ("BX", dt.date(2026, 1, 5))


def test_a_receipt_is_read():
    row = only(_read(RECEIPTS), "receipt_lines")
    assert (row["receipt_number"], row["received_quantity"]) == ("PS1", Decimal(10))
    assert row["received_date"] == dt.date(2026, 1, 7)


def test_an_invoice_of_mckesson_is_read_and_its_cent_is_rounded():
    batch = _read(INVOICES)
    row = only(batch, "invoice_lines")
    assert (row["supplier_name"], row["invoice_number"], row["order_number"]) == ("McKesson", "9001", "PO7")
    assert (row["billed_quantity"], row["unit_price"], row["line_amount"]) == (
        Decimal(4), Decimal("12.3456"), Decimal("49.38"),
    )  # fmt: skip
    assert (only(batch, "files")["in_amount"], codes_of(batch)) == (Decimal("49.38"), [])


def test_json_of_all_three_documents_is_read():
    batch = _read(JSON)
    assert [len(batch.rows[name]) for name in ("order_lines", "receipt_lines", "invoice_lines")] == [2, 1, 1]
    assert [row["unit_price"] for row in rows_of(batch, "order_lines")] == [Decimal("3.25"), Decimal("0.0325")]
    assert only(batch, "invoice_lines")["line_amount"] == Decimal("6.50")
    assert only(batch, "files")["record_count"] == 4
    assert not codes_of(batch)


def _changed(text, before, after):
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(_changed(INVOICES, "9001", ""), "missing_invoice_number", id="no number"),
        pytest.param(_changed(INVOICES, "777", ""), "missing_item_id", id="no item"),
        pytest.param(_changed(INVOICES, "4,CS", "four,CS"), "unreadable_quantity", id="quantity in words"),
        pytest.param(_changed(INVOICES, "49.38", "49.3x"), "unreadable_amount", id="amount"),
        pytest.param(_changed(INVOICES, "01/08/2026", "13/31/2026"), "unreadable_date", id="date"),
        pytest.param(_changed(RECEIPTS, "Henry Schein", ""), "missing_supplier", id="no supplier"),
        pytest.param(INVOICES + "1,2\n", "ragged_record", id="ragged"),
        pytest.param({"orders": ["x"]}, "missing_order_number", id="a document that is none"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused(value, code):
    assert codes_of(_read(value)) == [code]


def test_an_amount_that_is_not_quantity_times_price_is_a_warning():
    batch = _read(_changed(INVOICES, "49.38", "49.40"))
    assert codes_of(batch) == ["line_does_not_multiply"]
    assert only(batch, "invoice_lines")["line_amount"] == Decimal("49.40")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(_changed(INVOICES, "Ext Price", "Total due"), "missing_column", id="renamed column"),
        pytest.param("a,b\n1,2\n", "unknown_layout", id="another table"),
        pytest.param({"bills": []}, "unknown_layout", id="another JSON"),
        pytest.param('{"orders": [', "unreadable_json", id="cut off"),
    ],
)
def test_what_is_no_suppliers_file_is_quarantined(value, reason):
    assert only(_read(value), "files")["reason_code"] == reason


@pytest.mark.parametrize("value", [ORDERS, RECEIPTS, INVOICES, json.dumps(JSON)], ids=["a", "b", "c", "d"])
def test_the_kind_is_told_by_header_or_members(value):
    assert detect_kind("upload", value.encode()) == "supplies"


@settings(max_examples=200)
@given(st.sampled_from([ORDERS, RECEIPTS, INVOICES, json.dumps(JSON)]).map(str.encode).flatmap(damaged))
def test_damage_never_raises_and_every_line_is_a_row_or_a_refusal(content):
    batch = supplies.read([source(content)])
    assert_conserved(batch, _CONTROL)
    for file in rows_of(batch, "files"):
        if file["status"] == "loaded":
            read = sum(len(batch.rows[name]) for name in ("order_lines", "receipt_lines", "invoice_lines"))
            refused = [finding for finding in rows_of(batch, "findings") if finding["severity"] == "error"]
            assert file["record_count"] == read + len(refused)


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, INVOICES.encode() + content, b'{"invoices": [' + content):
        assert_conserved(supplies.read([source(body)]), _CONTROL)
