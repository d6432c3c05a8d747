"""Orders (850), ship notices (856) and invoices (810) over X12: the same lines as tables, or refused by document."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, only, rows_of, source, sum_of

from orchestration.formats.registry import detect_kind, readers
from orchestration.formats.x12.syntax.sets import open_file
from orchestration.formats.x12.trade.reader import SET_CODES
from orchestration.stores.ocr import OcrEngine
from orchestration.synthetic.generate import generate

_CONTROL = sum_of("invoice_lines", "line_amount")
_LINES = ("order_lines", "receipt_lines", "invoice_lines")
ORDER = [
    "ST*850*0001", "BEG*00*SA*PO7**20260105", "REF*DP*038", "DTM*002*20260109", "N1*BY*The practice*92*77",
    "N1*ST*The practice*92*OFFICE", "N1*SE*Henry Schein*91*HS", "PO1*1*1200*BX*10.025*PE*VN*1126140*UP*012345678905",
    "PID*F****Gloves", "PO1*2*3*HU*250*HP*BP*own-9*VN*777", "CTT*2", "SE*12*0001",
]  # fmt: skip
SHIPMENT = [
    "ST*856*0002", "BSN*00*PS1*20260106*1201*0001", "HL*1**S", "TD1*CTN*3", "REF*BM*99", "DTM*011*20260106",
    "DTM*035*20260107", "N1*SF*Henry Schein", "N1*ST*The practice*92*OFFICE", "HL*2*1*O", "PRF*PO7***20260105",
    "HL*3*2*P", "MAN*GM*00012345", "HL*4*3*I", "LIN*1*VN*1126140*UP*012345678905", "SN1*1*1000*BX**1200*BX",
    "PID*F****Gloves", "HL*5*2*I", "LIN*2*BP*own-9*VN*777", "SN1*2*3*HU", "CTT*5", "SE*22*0002",
]  # fmt: skip
INVOICE = [
    "ST*810*0003", "BIG*20260108*9001*20260105*PO7***DI", "N1*RE*Henry Schein*91*HS", "ITD*01*3*****30",
    "IT1*1*1000*BX*10.025*PE*VN*1126140", "PID*F****Gloves", "IT1*2*3*HU*250.00*HP*VN*777",
    "TDS*1003250", "CTT*2", "SE*10*0003",
]  # fmt: skip


def file(*sets: list[str], usage: str = "P", marks: str = "*>~", group: str = "IN") -> bytes:
    element, component, terminator = marks
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'HENRYSCHEIN':15}*ZZ*{'PRACTICE':15}*260108*1200*U*00401*000000009*0*{usage}*"
    body = [f"GS*{group}*HENRYSCHEIN*PRACTICE*20260108*1200*9*X*004010", *(line for one in sets for line in one)]
    body += [f"GE*{len(sets)}*9", "IEA*1*000000009", ""]
    text = f"{isa}{component}~" + "~".join(body)
    return text.replace("*", element).replace("~", terminator).encode()


def changed(document: list[str], before: str, after: str | None) -> list[str]:
    """The document with one segment written anew, or left out; its SE counts right."""
    assert any(line.startswith(before) for line in document)
    lines = [after if line.startswith(before) else line for line in document]
    return counted([line for line in lines if line is not None])


def counted(document: list[str]) -> list[str]:
    return [*document[:-1], f"SE*{len(document)}*{document[-1].split('*')[2]}"]


READ = readers(OcrEngine())["supplies"]


def read(content: bytes):
    batch = READ([source(content)])
    assert_conserved(batch, _CONTROL)
    return batch


def test_an_order_is_read_with_prices_by_the_hundred_and_the_suppliers_item_numbers():
    first, second = rows_of(read(file(ORDER, group="PO")), "order_lines")
    assert (first["supplier_name"], first["order_number"], first["item_id"]) == ("Henry Schein", "PO7", "1126140")
    assert (first["ordered_quantity"], first["unit_of_measure"], first["unit_price"]) == (1200, "BX", Decimal("10.025"))
    assert (first["line_amount"], first["order_date"]) == (Decimal("12030.00"), dt.date(2026, 1, 5))
    assert (first["item_description"], first["location_id"], first["profile"]) == ("Gloves", "OFFICE", "x12_850")
    assert (second["item_id"], second["unit_price"], second["line_amount"]) == ("777", Decimal("2.5"), Decimal("7.50"))


def test_a_ship_notice_is_a_receipt_of_the_order_above_each_item():
    first, second = rows_of(read(file(SHIPMENT, group="SH")), "receipt_lines")
    assert (first["receipt_number"], first["order_number"], first["item_id"]) == ("PS1", "PO7", "1126140")
    assert (first["received_quantity"], first["received_date"]) == (1000, dt.date(2026, 1, 7))
    assert (second["item_id"], second["received_quantity"], second["order_number"]) == ("777", 3, "PO7")
    assert {first["supplier_name"], second["supplier_name"]} == {"Henry Schein"}


def test_goods_that_left_count_when_they_left_where_nobody_says_when_they_came():
    without = changed(SHIPMENT, "DTM*035", None)
    assert rows_of(read(file(without)), "receipt_lines")[0]["received_date"] == dt.date(2026, 1, 6)


def test_an_invoice_is_read_to_the_cent_and_due_after_its_net_days():
    batch = read(file(INVOICE))
    first, second = rows_of(batch, "invoice_lines")
    assert (first["invoice_number"], first["order_number"], first["billed_quantity"]) == ("9001", "PO7", 1000)
    assert (first["line_amount"], second["line_amount"]) == (Decimal("10025.00"), Decimal("7.50"))
    assert (first["invoice_date"], first["due_date"]) == (dt.date(2026, 1, 8), dt.date(2026, 2, 7))
    assert (only(batch, "files")["in_amount"], codes_of(batch)) == (Decimal("10032.50"), [])


def test_an_invoice_of_several_orders_names_them_line_by_line():
    apart = counted([*INVOICE[:6], "REF*PO*PO8", *INVOICE[6:]])
    assert [row["order_number"] for row in rows_of(read(file(apart)), "invoice_lines")] == ["PO8", "PO7"]


def test_a_shipment_of_any_depth_is_read_in_time_that_grows_with_it():
    deep = ["ST*856*1", "BSN*00*PS1*20260106*1201", "HL*1**O", "PRF*PO7"]
    deep += [f"HL*{level}*{level - 1}*P" for level in range(2, 30_001)]
    deep += ["HL*30001*30000*I", "LIN**VN*9", "SN1**1*EA", "SE*0*1"]
    row = only(read(file(counted(deep))), "receipt_lines")
    assert (row["order_number"], row["received_quantity"]) == ("PO7", 1)


def test_levels_that_name_none_above_stand_under_the_nearest_of_a_higher_kind():
    levels = ["HL*1**S", "HL*2**O", "PRF*PO7", "HL*3**P", "HL*4**I", "LIN**VN*7", "SN1**1*EA"]
    levels += ["HL*5**O", "PRF*PO8", "HL*6**I", "LIN**VN*8", "SN1**1*EA"]
    batch = read(file(counted(["ST*856*1", "BSN*00*PS1*20260106*1201", *levels, "SE*0*1"])))
    assert [row["order_number"] for row in rows_of(batch, "receipt_lines")] == ["PO7", "PO8"]


def test_many_documents_of_all_kinds_stand_in_one_file():
    batch = read(file(ORDER, SHIPMENT, INVOICE))
    assert [len(batch.rows[name]) for name in _LINES] == [2, 2, 2]
    assert (only(batch, "files")["record_count"], only(batch, "files")["profile"]) == (3, "x12_supplies")
    # places lead back to the file: each line has its own
    assert len({row["line_number"] for name in _LINES for row in rows_of(batch, name)}) == 6


@pytest.mark.parametrize("marks", ["*>~", "|^\n", "\x1d\x1f\x1e", "+:'"])
def test_any_delimiters_give_the_same_lines(marks):
    plain, other = read(file(ORDER, INVOICE)), read(file(ORDER, INVOICE, marks=marks))
    assert detect_kind("upload", file(ORDER, INVOICE, marks=marks)) == "supplies"
    for name in _LINES:
        assert [row[1:] for row in other.rows[name]] == [row[1:] for row in plain.rows[name]]


def test_freight_and_tax_are_findings_with_their_dollars_and_the_lines_are_used():
    with_charges = counted([
        *INVOICE[:-3], "TDS*1004500", "TXI*ST*7.50", "SAC*C*D240***1000", "SAC*A*C310***500",
        "SAC*N*ZZZZ***99999", "TXI*ST*7.50****O", *INVOICE[-2:],
    ])  # fmt: skip
    batch = read(file(with_charges))
    assert codes_of(batch) == ["charge_not_booked"] * 3
    assert [row["amount"] for row in rows_of(batch, "findings")] == [Decimal("7.50"), Decimal(10), Decimal(-5)]
    assert only(batch, "files")["quarantined_amount"] == Decimal("12.50")
    assert len(rows_of(batch, "invoice_lines")) == 2


def test_an_amount_that_is_stated_for_a_line_counts_instead_of_the_product():
    stated = counted([*INVOICE[:6], "PAM****1*10024.99", *INVOICE[6:-3], "TDS*1003249", *INVOICE[-2:]])
    assert rows_of(read(file(stated)), "invoice_lines")[0]["line_amount"] == Decimal("10024.99")


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_credit_is_negative_whether_it_is_written_with_signs_or_without(sign):
    credit = [line.replace("***DI", "***CR").replace("*1000*BX", f"*{sign}1000*BX") for line in INVOICE]
    credit = changed([line.replace("*3*HU", f"*{sign}3*HU") for line in credit], "TDS", f"TDS*{sign}1003250")
    rows = rows_of(read(file(credit)), "invoice_lines")
    assert [row["line_amount"] for row in rows] == [Decimal("-10025.00"), Decimal("-7.50")]
    assert [row["billed_quantity"] for row in rows] == [-1000, -3]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(changed(INVOICE, "TDS", "TDS*1003251"), "total_mismatch", id="a cent"),
        pytest.param(changed(INVOICE, "TDS", "TDS*10032.50"), "total_mismatch", id="a total with a point"),
        pytest.param(changed(INVOICE, "TDS", None), "total_mismatch", id="no total"),
        pytest.param(changed(INVOICE, "CTT", "CTT*3"), "line_count_mismatch", id="a line is missing"),
        pytest.param(changed(INVOICE, "IT1*2", "IT1*2*3*HU*2,50*HP*VN*777"), "unreadable_price", id="price"),
        pytest.param(changed(INVOICE, "IT1*2", "IT1*2*3*HU***VN*777"), "unreadable_amount", id="no price"),
        pytest.param(changed(INVOICE, "IT1*2", "IT1*2*x*HU*250*HP*VN*777"), "unreadable_amount", id="no quantity"),
        pytest.param(changed(INVOICE, "BIG", "BIG*20261308*9001**PO7"), "unreadable_date", id="date"),
        pytest.param(changed(INVOICE, "BIG", "BIG*20260108***PO7"), "missing_invoice_number", id="no number"),
        pytest.param(changed(INVOICE, "N1", "CUR*SE*EUR"), "foreign_currency", id="euros"),
        pytest.param(changed(INVOICE, "BIG", "BIG*20260108*9001**PO7***DI*01"), "document_is_no_original", id="undone"),
        pytest.param(changed(ORDER, "PO1*1", "PO1*1*12*BX*1*PE*ZZ*9"), "missing_item_id", id="an item of no kind"),
        pytest.param(changed(ORDER, "PO1*1", "PO1*1**BX*1*PE*VN*9"), "unreadable_quantity", id="ordered nothing"),
        pytest.param(changed(ORDER, "BEG", "BEG*00*SA***20260105"), "missing_order_number", id="no order number"),
        pytest.param([ORDER[0], ORDER[1], "SE*3*0001"], "empty_document", id="no lines"),
        pytest.param(changed(SHIPMENT, "HL*4", "HL*4*9*I"), "broken_hierarchy", id="a level above that is not there"),
        pytest.param(changed(SHIPMENT, "HL*5", "HL*4*2*I"), "broken_hierarchy", id="a level twice"),
        pytest.param(changed(SHIPMENT, "HL*5", "HL*5*4*I"), "broken_hierarchy", id="an item in an item"),
        pytest.param(changed(SHIPMENT, "HL*5", "TD1*x"), "broken_hierarchy", id="two items in a level"),
        pytest.param(changed(SHIPMENT, "LIN*2", None), "missing_item_id", id="an item without a name"),
        pytest.param(changed(SHIPMENT, "SN1*2", None), "unreadable_quantity", id="an item without a quantity"),
        pytest.param(["ST*855*0001", "BAK*00*AC*PO7*20260105", "SE*3*0001"], "order_acknowledgement", id="855"),
    ],
)
def test_a_document_that_cannot_be_trusted_is_refused_whole_and_the_others_are_read(document, code):
    other = INVOICE if document[0] != INVOICE[0] else ORDER
    batch = read(file(document, other))
    assert codes_of(batch) == [code]
    assert sum(len(batch.rows[name]) for name in _LINES) == 2
    assert only(batch, "files")["record_count"] == 2


def test_a_refused_invoice_says_its_dollars():
    batch = read(file(changed(INVOICE, "TDS", "TDS*1")))
    assert only(batch, "findings")["amount"] == Decimal("10032.50")
    assert only(batch, "files")["quarantined_amount"] == only(batch, "files")["in_amount"] == Decimal("10032.50")


def test_test_documents_are_never_used_and_no_money():
    batch = read(file(INVOICE, usage="T"))
    assert sorted(codes_of(batch)) == ["test_document", "test_interchange"]
    assert only(batch, "files")["in_amount"] == 0
    assert not batch.rows["invoice_lines"]


def test_a_partner_who_names_no_party_is_known_by_the_envelope():
    bare = changed(INVOICE, "N1", None)
    assert rows_of(read(file(bare)), "invoice_lines")[0]["supplier_name"] == "HENRYSCHEIN"
    order = changed(changed(ORDER, "N1*SE", None), "N1*ST", None)
    row = rows_of(read(file(order)), "order_lines")[0]
    assert (row["supplier_name"], row["location_id"]) == ("PRACTICE", None)


def test_a_file_that_is_cut_off_is_quarantined_whole():
    content = file(ORDER, INVOICE)
    batch = read(content[: content.index(b"IT1*2")])
    assert only(batch, "files")["reason_code"] == "truncated"


def test_over_x12_and_as_tables_a_practices_supplies_are_the_same_lines(tmp_path):
    generate(tmp_path, providers=1, start=dt.date(2025, 11, 1), days=120, seed=9, feeds=("supplies", "x12_supplies"))
    found = {}
    for feed in ("supplies", "x12_supplies"):
        paths = sorted((tmp_path / "feeds" / feed).iterdir())
        batch = READ([source(path.read_bytes(), path.name) for path in paths])
        assert not rows_of(batch, "findings")
        # all that the three-way match and the postings read of a line
        told = {name: sorted(map(_told, rows_of(batch, name))) for name in _LINES}
        assert all(told.values())
        found[feed] = told
    assert found["supplies"] == found["x12_supplies"]


def _told(row):
    apart = {"file_id", "line_number", "profile", "loaded_at"}
    return tuple(str(value) for name, value in row.items() if name not in apart)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(file(ORDER, SHIPMENT, INVOICE)))
def test_damage_never_raises_and_every_document_is_used_or_refused(content):
    batch = read(content)
    held = only(batch, "files")
    if held["status"] == "quarantined" or held["profile"] != "x12_supplies":
        return
    lines = {row["line_number"] for name in _LINES for row in rows_of(batch, name)}
    refused = {row["segment_number"] for row in rows_of(batch, "findings") if row["code"] not in _OF_NO_DOCUMENT}
    documents = [one for one in open_file(content).sets if one.set_code in SET_CODES]
    assert held["record_count"] == len(documents)
    for one in documents:
        places = range(one.first_segment_number, one.first_segment_number + len(one.segments))
        assert lines.isdisjoint(places) != refused.isdisjoint(places)


# what is said of an envelope, or of a document that is used
_OF_NO_DOCUMENT = {"charge_not_booked", "missing_trailer", "stray_segment", "other_transaction_set"} | {
    f"{what}_mismatch" for what in (
        "segment_count", "transaction_control", "group_count", "group_control", "interchange_count",
        "interchange_control",
    )
} | {"test_interchange", "text_outside_interchange"}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (b"ISA*" + content, file(INVOICE) + content, b"ST*850*1~" + content, file(["ST*810*1", "SE*2*1"])):
        read(body)
