"""JSON of billing systems' APIs: Redox messages, DrChrono line items and transactions, to one ledger."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import charged, codes_of, damaged, only, reading, rows_of

from orchestration.formats.billing_api import reader as billing_api
from orchestration.formats.registry import detect_kind

if TYPE_CHECKING:
    from pathlib import Path


def redox(*transactions: dict[str, Any], **meta: Any) -> dict[str, Any]:
    return {
        "Meta": {
            "DataModel": "Financial",
            "EventType": "Transaction",
            "EventDateTime": "2026-01-11T22:30:58.611Z",
            "Test": False,
            **meta,
        },
        "Patient": {"Identifiers": [{"ID": "x", "IDType": "EHRID"}, {"ID": "MRN1", "IDType": "MR"}]},
        "Visit": {
            "VisitNumber": "V1",
            "AccountNumber": "A1",
            "Insurances": [{"Company": {"ID": "60054", "Name": "SYNTH HEALTH"}}],
        },
        "Transactions": list(transactions or (redox_charge(),)),
    }


def redox_charge(**more: Any) -> dict[str, Any]:
    return {
        "ID": "T1",
        "Type": "Charge",
        "DateTimeOfService": "2026-01-10T00:00:00.000Z",
        "Chargeable": {"Code": "CM7", "Codeset": "Ours", "Quantity": "2", "Amount": "150.25"},
        "Department": {"Code": "3N"},
        "Diagnoses": [{"Code": "J02.9"}, {"Code": "G47.33"}],
        "Performers": [{"ID": "1234567893", "IDType": "NPI"}],
        "Procedure": {"Code": "99213", "Codeset": "CPT", "Modifiers": ["25", "59"]},
        **more,
    }


LINE_ITEM = {
    "id": 7,
    "appointment": 900,
    "patient": "31",
    "doctor": "5",
    "code": "99213",
    "procedure_type": "C",
    "quantity": 1.0,
    "price": 150.25,
    "billed": 150.25,
    "modifiers": ["25", "", "", ""],
    "diagnosis_pointers": ["J02.9", "1"],
    "service_date": "2026-01-10",
    "posted_date": "2026-01-11T08:00:00",
    "billing_status": "In Process Payer",
    "denied_flag": False,
    "balance_ins": 100.25,
    "balance_pt": "20.00",
    "ins1_paid": 30,
    "adjustment": 0.0,
    "updated_at": "2026-02-01T10:00:00",
}
PAYMENT = {
    "id": 70,
    "line_item": 7,
    "appointment": 900,
    "ins_name": 2,
    "ins_paid": 80.1,
    "adjustment": 20.15,
    "adjustment_group_code": "CO",
    "adjustment_reason": "45",
    "posted_date": "2026-02-03",
    "trace_number": "TRC1",
    "claim_status": "1",
    "insurance": {"id_number": "60054", "name": "SYNTH HEALTH"},
}


def body(value: object) -> bytes:
    return json.dumps(value).encode()


read = reading(billing_api.read, charged)


def test_a_redox_charge_is_a_charge_with_everything_the_ledger_asks():
    row = only(read(body(redox())), "transactions")
    expected = {
        "profile": "redox",
        "transaction_id": "T1",
        "claim_id": "A1",
        "patient_id": "MRN1",
        "transaction_type": "CHARGE",
        "bucket": "primary",
        "amount": Decimal("150.25"),
        "units": Decimal(2),
        "code_system": "CPT",
        "procedure_code": "99213",
        "modifier_1": "25",
        "modifier_2": "59",
        "diagnosis_codes": "J02.9;G47.33",
        "rendering_provider_id": "1234567893",
        "location_id": "3N",
        "payer_id": "60054",
        "payer_name": "SYNTH HEALTH",
        "service_date": dt.date(2026, 1, 10),
        "post_date": dt.date(2026, 1, 11),
    }
    assert {name: row[name] for name in expected} == expected


def test_a_charge_without_a_price_is_loaded_without_one_and_one_with_its_own_code_says_so():
    batch = read(
        body(redox(redox_charge(Chargeable={"Code": "CM7", "Codeset": "Ours", "Amount": None}, Procedure=None)))
    )
    row = only(batch, "transactions")
    assert (row["amount"], row["code_system"], row["procedure_code"]) == (None, "OTHER", "CM7")
    assert codes_of(batch) == ["unpriced"]


@pytest.mark.parametrize(
    ("word", "kind", "amount"),
    [
        ("Charge", "CHARGE", "150.25"),
        ("Credit", "CHARGE", "-150.25"),
        ("Payment", "PAYMENT", "-150.25"),
        ("ADJUSTMENT", "ADJUSTMENT", "-150.25"),
    ],
)
def test_a_redox_type_gives_kind_and_sign(word, kind, amount):
    row = only(read(body(redox(redox_charge(Type=word)))), "transactions")
    assert (row["transaction_type"], row["amount"]) == (kind, Decimal(amount))


def test_a_damaged_transaction_never_hides_its_neighbours_and_its_dollars_are_counted():
    message = redox(redox_charge(ID=None), redox_charge(ID="T2"), redox_charge(ID="T3", Type="Gift"))
    batch = read(body(message))
    assert [row["transaction_id"] for row in rows_of(batch, "transactions")] == ["T2"]
    assert codes_of(batch) == ["missing_transaction_id", "unknown_type"]
    assert only(batch, "files")["quarantined_amount"] == Decimal("150.25")


def test_a_test_message_is_told_apart():
    batch = read(body(redox(Test=True)))
    assert only(batch, "transactions")["profile"] == "redox_test"
    assert codes_of(batch) == ["test_message"]


def test_a_line_item_is_a_charge_and_a_balance_of_the_day():
    batch = read(body({"next": None, "results": [LINE_ITEM]}))
    row, balance = only(batch, "transactions"), only(batch, "line_item_balances")
    assert (row["transaction_id"], row["claim_id"], row["amount"]) == ("7", "900", Decimal("150.25"))
    assert (row["modifier_1"], row["modifier_2"], row["diagnosis_codes"]) == ("25", None, "J02.9")
    assert (row["service_date"], row["post_date"]) == (dt.date(2026, 1, 10), dt.date(2026, 1, 11))
    assert (balance["insurance_balance_amount"], balance["patient_balance_amount"]) == (Decimal("100.25"), Decimal(20))
    assert (balance["billing_status"], balance["updated_date"]) == ("In Process Payer", dt.date(2026, 2, 1))


def test_a_line_item_that_is_not_billed_yet_is_price_times_quantity():
    item = {**LINE_ITEM, "billed": None, "price": 10.01, "quantity": 3}
    assert only(read(body([item])), "transactions")["amount"] == Decimal("30.03")
    custom = only(read(body([{**LINE_ITEM, "procedure_type": "U"}])), "transactions")
    assert custom["code_system"] == "OTHER"


def test_a_transaction_is_a_payment_and_an_adjustment_and_both_are_negative():
    found = [
        (row["transaction_id"], row["transaction_type"], row["amount"], row["bucket"], row["reason"])
        for row in rows_of(read(body([PAYMENT])), "transactions")
    ]
    assert found == [
        ("70-payment", "PAYMENT", Decimal("-80.10"), "secondary", "1"),
        ("70-adjustment", "ADJUSTMENT", Decimal("-20.15"), "secondary", "CO-45"),
    ]


def test_an_adjustment_of_the_patients_group_moves_money_and_takes_nothing_off():
    rows = rows_of(read(body([{**PAYMENT, "ins_paid": 0, "adjustment_group_code": "PR"}])), "transactions")
    assert [(row["transaction_type"], row["bucket"]) for row in rows] == [
        ("TRANSFER_OUT", "secondary"),
        ("TRANSFER_IN", "patient"),
    ]
    assert sum(row["amount"] for row in rows) == 0
    assert {row["parent_charge_id"] for row in rows} == {"7"}


def test_a_reversed_payment_gives_the_money_back():
    rows = rows_of(read(body([{**PAYMENT, "ins_paid": -80.1, "adjustment": -20.15}])), "transactions")
    assert [row["amount"] for row in rows] == [Decimal("80.10"), Decimal("20.15")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(body([LINE_ITEM, {**LINE_ITEM, "id": 8}]), id="an array"),
        pytest.param(body({"results": [LINE_ITEM, {**LINE_ITEM, "id": 8}]}), id="a page"),
        pytest.param(body(LINE_ITEM) + b"\n" + body({**LINE_ITEM, "id": 8}) + b"\n", id="one a line"),
        pytest.param(b"\xef\xbb\xbf" + body([LINE_ITEM, {**LINE_ITEM, "id": 8}]), id="with a mark"),
    ],
)
def test_the_same_records_give_the_same_ledger_however_they_are_packed(content):
    assert detect_kind("upload", content) == "billing_api"
    assert [row["transaction_id"] for row in rows_of(read(content), "transactions")] == ["7", "8"]


def test_a_damaged_line_is_refused_and_the_others_are_loaded():
    batch = read(body(LINE_ITEM) + b"\n" + body(LINE_ITEM)[:30] + b"\n" + body({"a": 1}) + b"\n" + body(PAYMENT))
    assert codes_of(batch) == ["unreadable_json", "unknown_record"]
    assert len(rows_of(batch, "transactions")) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(body(redox())[:-20], "unreadable_json", id="cut"),
        pytest.param(body({"a": 1}), "unknown_layout", id="JSON of nobody"),
        pytest.param(b"[" * 100_000, "unreadable_json", id="nested without end"),
    ],
)
def test_a_file_that_cannot_be_read_is_quarantined_whole(content, reason):
    assert only(read(content), "files")["reason_code"] == reason


@pytest.mark.parametrize("written", ['"\\ud800"', "[[]]", "true", "1e400", "12.345", '"1,234.50"', "null", "{}"])
@pytest.mark.parametrize("record", [redox(), LINE_ITEM, PAYMENT], ids=["redox", "line item", "transaction"])
def test_any_value_may_stand_anywhere(record, written):
    for name in record:
        read(json.dumps([{**record, name: "HERE"}, record]).replace('"HERE"', written).encode())
    for name in redox_charge():
        read(json.dumps(redox(redox_charge(**{name: "HERE"}))).replace('"HERE"', written).encode())


def test_no_message_holds_a_value_of_the_file():
    secret = redox(redox_charge(ID="SECRET", Type="SECRET"), redox_charge(Chargeable={"Amount": "SECRET"}))
    batch = read(body([secret, {**LINE_ITEM, "billed": "SECRET"}, {"id": "SECRET"}]))
    assert len(batch.rows["findings"]) == 4
    assert not [row for row in rows_of(batch, "findings") if "SECRET" in row["message"]]


@settings(max_examples=150)
@given(
    damaged(body([redox(redox_charge(), redox_charge(ID="T2", Type="Credit"))]))
    | damaged(body(LINE_ITEM) + b"\n" + body(PAYMENT))
)
def test_damage_never_raises_and_never_loses_money(content):
    read(content)


@settings(max_examples=80)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for one in (content, b'{"Meta": {"DataModel": "Financial"' + content, b"[" + content):
        read(one)


@settings(max_examples=60)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=6))
def test_every_record_is_rows_or_a_finding_and_every_cent_is_counted(cents):
    items = [{**LINE_ITEM, "id": n, "billed": cent / 100} for n, cent in enumerate(cents)]
    batch = read(body([*items, {"unknown": 1}]))
    file = only(batch, "files")
    assert file["record_count"] == len(rows_of(batch, "transactions")) + codes_of(batch).count("unknown_record")
    assert file["in_amount"] == Decimal(sum(cents)) / 100


@pytest.mark.shared
def test_the_public_redox_message_is_loaded_without_a_price_and_held_as_a_test(shared: Path):
    content = (shared / "samples" / "ehr" / "redox" / "financial_transaction_abridged.json").read_bytes()
    assert detect_kind("x.json", content) == "billing_api"
    row = only(read(content), "transactions")
    assert (row["procedure_code"], row["amount"], row["profile"]) == ("11100", None, "redox_test")
