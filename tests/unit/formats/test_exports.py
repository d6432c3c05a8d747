"""EHR exports: layouts are recognised by their header, records are loaded or refused with their amount."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import (
    CHARGES_HEADER,
    assert_conserved,
    charge,
    charges,
    codes_of,
    damaged,
    only,
    rows_of,
    source,
)

from orchestration.formats.exports import reader as exports
from orchestration.formats.exports.profile import match_profile, profiles, read_profile
from orchestration.formats.exports.reader import split_procedure

ATHENA = {
    "transaction_id": "9",
    "charge_id": "7",
    "claim_id": "C9",
    "patient_id": "PT9",
    "payment_batch_id": "B1",
    "transaction_type": "CHARGE",
    "transaction_transfer_type": "Primary",
    "transaction_reason": "",
    "amount": "120.00",
    "procedure_code": "99213,25",
    "other_modifier": "GT,CR",
    "place_of_service": "11",
    "units": "1",
    "charge_from_date": "01/10/2026",
    "post_date": "2026-01-11 08:30:00",
    "voided_date": "",
}


def _control(batch, identity):
    rows = [row for row in rows_of(batch, "transactions") if row["file_id"] == identity]
    return sum((row["amount"] for row in rows if row["transaction_type"] == "CHARGE"), Decimal(0))


def _read(*records: str, header_line: str = CHARGES_HEADER):
    batch = exports.read([source(charges(*records, header_line=header_line))])
    assert_conserved(batch, _control)
    return batch


def _athena(*changes):
    columns = sorted(profiles()["athenahealth"].known_columns)
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ATHENA, **change} for change in changes)
    return exports.read([source(out.getvalue())])


def test_a_column_that_stands_twice_with_different_content_quarantines_the_file():
    header = f"{CHARGES_HEADER},AMOUNT"
    differing = only(exports.read([source(charges(f"{charge()},1.00", header_line=header))]), "files")
    assert (differing["status"], differing["reason_code"]) == ("quarantined", "repeated_column")
    assert differing["quarantined_amount"] == Decimal("150.00")
    alike = exports.read([source(charges(f"{charge()},150.00", header_line=header))])
    assert only(alike, "transactions")["amount"] == Decimal("150.00")


def test_a_charge_of_the_generic_layout_is_read_whole():
    row = only(_read(charge()), "transactions")
    assert (row["line_number"], row["profile"], row["transaction_id"]) == (2, "generic", "T1")
    assert (row["transaction_type"], row["amount"], row["bucket"]) == ("CHARGE", Decimal(150), None)
    assert (row["code_system"], row["procedure_code"]) == ("CPT", "99213")
    assert [row[f"modifier_{n}"] for n in (1, 2, 3, 4)] == ["25", "59", None, None]
    assert (row["units"], row["diagnosis_codes"], row["place_of_service_code"]) == (1, "J02.9;G47.33", "11")
    assert (row["rendering_provider_id"], row["location_id"]) == ("1234567893", "LOC1")
    assert (row["payer_id"], row["payer_name"]) == ("60054", "SYNTH HEALTH")
    assert (row["service_date"], row["post_date"]) == (dt.date(2026, 1, 10), dt.date(2026, 1, 11))


def test_a_payment_at_the_desk_is_negative_and_the_patients():
    payment = charge(transaction_id="T2", transaction_type="payment", amount="-25.00", parent_transaction_id="T1")
    batch = _read(charge(), payment)
    row = rows_of(batch, "transactions")[1]
    assert (row["transaction_type"], row["amount"]) == ("PAYMENT", Decimal(-25))
    assert (row["bucket"], row["parent_charge_id"]) == ("patient", "T1")
    assert only(batch, "files")["in_amount"] == Decimal(150)


REFUSED = {
    "amount unreadable": (charge(amount="15O.00"), "unreadable_amount", None),
    "amount missing": (charge(amount=""), "unreadable_amount", None),
    "amount of a payment unreadable": (charge(transaction_type="PAYMENT", amount="?"), "unreadable_amount", None),
    "amount of thirty digits": (charge(amount="9" * 30), "unreadable_amount", None),
    "service date unreadable": (charge(service_date="2026-02-30"), "unreadable_service_date", "150.00"),
    "service date missing": (charge(service_date=""), "unreadable_service_date", "150.00"),
    "post date missing": (charge(post_date=""), "unreadable_post_date", "150.00"),
    "void date unreadable": (charge(void_date="soon"), "unreadable_void_date", "150.00"),
    "type unknown": (charge(transaction_type="CHG"), "unknown_type", "150.00"),
    "no id": (charge(transaction_id=""), "missing_transaction_id", "150.00"),
    "too short, amount there": (charge().rsplit(",", 2)[0], "ragged_record", "150.00"),
    "too short, amount gone": (charge().rsplit(",", 3)[0], "ragged_record", None),
    "too long": (charge() + ",stray", "ragged_record", None),
}


@pytest.mark.parametrize(("record", "code", "amount"), REFUSED.values(), ids=REFUSED.keys())
def test_a_record_that_cannot_be_read_is_refused_and_the_others_load(record, code, amount):
    batch = _read(charge(), record, charge(transaction_id="T3"))
    file, finding = only(batch, "files"), only(batch, "findings")
    assert (finding["code"], finding["severity"], finding["line_number"]) == (code, "error", 3)
    assert (None if finding["amount"] is None else str(finding["amount"])) == amount
    assert file["quarantined_amount"] == Decimal(amount or 0)
    assert file["in_amount"] == Decimal(300) + Decimal(amount or 0)
    assert [row["line_number"] for row in rows_of(batch, "transactions")] == [2, 4]
    assert file["record_count"] == 3


@pytest.mark.parametrize(
    ("record", "code"),
    [
        pytest.param(charge(rendering_provider_npi="1234567890"), "npi_check_digit", id="npi"),
        pytest.param(charge(service_date="2026-01-12"), "service_after_post", id="service after post"),
        pytest.param(charge(units="0"), "units_not_positive", id="no units"),
        pytest.param(charge(units="-1"), "units_not_positive", id="negative units"),
        pytest.param(charge(units="one"), "unreadable_units", id="units in words"),
        pytest.param(charge(modifiers="25 59 GT CR XS"), "too_many_modifiers", id="five modifiers"),
    ],
)
def test_a_doubtful_record_is_loaded_with_a_warning(record, code):
    batch = _read(record)
    assert only(batch, "findings")["severity"] == "warning"
    assert codes_of(batch) == [code]
    assert len(batch.rows["transactions"]) == 1


def test_duplicate_ids_are_loaded_because_only_the_lake_sees_all_files():
    assert len(_read(charge(), charge()).rows["transactions"]) == 2


@pytest.mark.parametrize("column", ["amount", "transaction_id", "service_date", "post_date", "transaction_type"])
def test_a_missing_required_column_quarantines_the_file_and_is_named(column):
    batch = _read(charge(), header_line=CHARGES_HEADER.replace(column, "other", 1))
    file = only(batch, "files")
    assert (file["status"], file["reason_code"], file["profile"]) == ("quarantined", "missing_column", "generic")
    assert column in file["reason"]


def test_a_file_quarantined_for_another_column_still_says_what_it_carries():
    batch = _read(charge(), header_line=CHARGES_HEADER.replace("service_date", "other", 1))
    assert only(batch, "files")["quarantined_amount"] == Decimal(150)


def test_an_extra_column_is_a_warning():
    batch = _read(charge() + ",x", header_line=CHARGES_HEADER + ",mood")
    assert codes_of(batch) == ["extra_column"]
    assert len(batch.rows["transactions"]) == 1


def test_columns_may_stand_in_any_order_and_case():
    names, cells = CHARGES_HEADER.upper().split(","), charge().split(",")
    batch = _read(",".join(reversed(cells)), header_line=",".join(reversed(names)))
    assert only(batch, "transactions")["amount"] == Decimal(150)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b"a,b,c\n1,2,3\n", "unknown_layout", id="another table"),
        pytest.param(charges(charge()).replace(b"T1", b"T\x00"), "nul_byte", id="NUL"),
        pytest.param(b'"' + b"x" * 200_000, "unreadable_delimited_text", id="a quote that never closes"),
    ],
)
def test_what_is_no_export_is_quarantined(content, reason):
    batch = exports.read([source(content)])
    assert only(batch, "files")["reason_code"] == reason
    assert_conserved(batch, _control)


def test_windows_text_is_read_with_a_warning():
    content = charges(charge(payer_name="Santé")).decode().encode("cp1252")
    batch = exports.read([source(content)])
    assert only(batch, "transactions")["payer_name"] == "Santé"
    assert codes_of(batch) == ["windows_1252_text"]


def test_messages_hold_no_patient():
    batch = _read(charge(service_date="x"), charge(units="0"), charge() + ",stray")
    texts = " ".join(finding["message"] for finding in rows_of(batch, "findings"))
    assert not any(word in texts for word in ("Doe", "Jane", "PT1", "C1", "T1"))


@pytest.mark.parametrize(
    ("written", "code", "modifiers"),
    [
        pytest.param("99213", "99213", [], id="bare"),
        pytest.param("99213,25", "99213", ["25"], id="comma"),
        pytest.param("9921325", "99213", ["25"], id="seven characters"),
        pytest.param("99213 25 59", "99213", ["25", "59"], id="blanks"),
        pytest.param("992132559", "99213", ["25", "59"], id="nine characters"),
        pytest.param("J1885", "J1885", [], id="HCPCS"),
        pytest.param("123", "123", [], id="too short is not padded"),
        pytest.param("LABFEE", "LABFEE", [], id="a code of the house is not cut"),
        pytest.param("", "", [], id="none"),
    ],
)
def test_modifiers_are_split_from_the_code_and_never_padded(written, code, modifiers):
    assert split_procedure(written) == (code, modifiers)


def test_the_athenahealth_feed_is_read_with_its_signs_and_modifiers():
    payment = {"transaction_id": "10", "transaction_type": "PAYMENT", "amount": "-80.00", "transaction_reason": "COPAY"}
    batch = _athena({}, payment, {"transaction_id": "11", "voided_date": "01/20/2026"})
    first, second, third = rows_of(batch, "transactions")
    assert (first["profile"], first["amount"], first["bucket"]) == ("athenahealth", Decimal(120), "primary")
    assert [first[f"modifier_{n}"] for n in (1, 2, 3, 4)] == ["25", "GT", "CR", None]
    assert (first["service_date"], first["post_date"]) == (dt.date(2026, 1, 10), dt.date(2026, 1, 11))
    assert (second["transaction_type"], second["amount"], second["reason"]) == ("PAYMENT", Decimal(-80), "COPAY")
    assert (second["parent_charge_id"], second["batch_id"]) == ("7", "B1")
    assert third["void_date"] == dt.date(2026, 1, 20)
    assert only(batch, "files")["in_amount"] == Decimal(240)


def test_a_negative_charge_takes_back_the_charge_it_names_and_a_positive_one_replaces_it():
    credit = {"transaction_id": "12", "amount": "-120.00", "charge_void_parent_id": "9"}
    batch = _athena(credit, {"transaction_id": "13", "charge_void_parent_id": "9"})
    assert [row["reversed_transaction_id"] for row in rows_of(batch, "transactions")] == ["9", None]


@pytest.mark.shared
def test_the_athenahealth_columns_are_recognised(shared):
    path = shared / "samples" / "ehr" / "athena" / "transaction_feed.columns.csv"
    columns = [row["column"] for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))]
    assert match_profile(columns) == "athenahealth"
    assert set(columns) == profiles()["athenahealth"].known_columns


@pytest.mark.shared
def test_the_synthea_export_keeps_every_dollar_and_every_claim(shared):
    path = shared / "samples" / "ehr" / "synthea_27p_csv" / "claims_transactions.csv"
    content = path.read_bytes()
    batch = exports.read([source(content, path.name)])
    assert_conserved(batch, _control)
    rows = rows_of(batch, "transactions")
    source_rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) == len(source_rows) == 5228
    assert len({row["claim_id"] for row in rows}) == 1267
    for kind, column, sign in (
        ("CHARGE", "AMOUNT", 1),
        ("PAYMENT", "PAYMENTS", -1),
        ("TRANSFERIN", "TRANSFERS", 1),
        ("TRANSFEROUT", "TRANSFERS", -1),
    ):
        expected = sum(sign * Decimal(row[column]) for row in source_rows if row["TYPE"] == kind)
        name = kind.replace("TRANSFER", "TRANSFER_")
        assert sum(row["amount"] for row in rows if row["transaction_type"] == name) == expected
    assert only(batch, "files")["in_amount"] == Decimal("1092402.73")
    assert {row["code_system"] for row in rows} == {"SNOMED"}
    # the end of an encounter is 1970 where it is not known, so that it is no posting date
    assert all(row["post_date"] == row["service_date"] for row in rows)
    assert not batch.rows["findings"]


VALID = charges(charge(), charge(transaction_id="T2", transaction_type="PAYMENT", amount="-20.00"), charge())


@settings(max_examples=200)
@given(damaged(VALID))
def test_damage_never_raises_and_never_loses_money(content):
    assert_conserved(exports.read([source(content)]), _control)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, CHARGES_HEADER.encode() + b"\n" + content):
        assert_conserved(exports.read([source(body)]), _control)


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8), max_size=25))
def test_any_cells_are_read_or_refused(cells):
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    assert_conserved(exports.read([source(charges(out.getvalue()))]), _control)


def assert_every_record_is_a_row_or_a_refusal(batch):
    """Records in = rows + refused records; a quarantined file has neither."""
    for file in rows_of(batch, "files"):
        if file["status"] == "loaded":
            of = [row for name in ("transactions", "findings") for row in rows_of(batch, name)]
            mine = [row for row in of if row["file_id"] == file["file_id"]]
            refused = [row for row in mine if row.get("severity") == "error"]
            assert file["record_count"] == len([row for row in mine if "severity" not in row]) + len(refused)


@settings(max_examples=150)
@given(damaged(VALID))
def test_every_record_of_a_damaged_file_is_a_row_or_a_refusal(content):
    assert_every_record_is_a_row_or_a_refusal(exports.read([source(content)]))


def test_an_amount_in_parentheses_is_read_as_people_write_it():
    batch = _read(charge(amount='"($1,234.50)"'), charge(transaction_id="T2", amount='"$1,234.50"'))
    assert [row["amount"] for row in rows_of(batch, "transactions")] == [Decimal("-1234.50"), Decimal("1234.50")]


def test_dates_in_three_formats_are_read_and_an_ambiguous_one_is_refused():
    three = ("2026-01-10", "01/10/2026", "10-Jan-2026")
    batch = _read(*(charge(transaction_id=day, service_date=day) for day in three))
    assert {row["service_date"] for row in rows_of(batch, "transactions")} == {dt.date(2026, 1, 10)}
    batch = _read(charge(service_date="01/10/2026"), charge(transaction_id="T2", service_date="25/12/2025"))
    assert codes_of(batch) == ["ambiguous_service_date", "unreadable_service_date"]
    assert only(batch, "files")["quarantined_amount"] == Decimal(300)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        pytest.param(
            charge(transaction_type="PAYMENT", amount="-5.00", post_date="2026-01-02"),
            "payment_before_service",
            id="pay",
        ),
        pytest.param(charge(void_date="2026-01-10"), "void_before_post", id="void before it was posted"),
        pytest.param(charge(void_date="2026-03-04"), "date_in_the_future", id="void of the day after tomorrow"),
    ],
)
def test_dates_that_contradict_each_other_are_said(record, code):
    batch = _read(record)
    assert (codes_of(batch), len(batch.rows["transactions"])) == ([code], 1)


def test_an_id_used_twice_in_a_file_is_said_at_the_second_line():
    finding = only(_read(charge(), charge()), "findings")
    assert (finding["code"], finding["severity"], finding["line_number"]) == ("repeated_transaction_id", "warning", 3)


def _total(amount):
    place = CHARGES_HEADER.split(",").index("amount")
    return "Grand Total:" + "," * place + amount


def test_a_report_whose_total_and_count_tie_is_loaded():
    batch = _read(charge(), charge(transaction_id="T2"), _total("300.00"), "Record count,2")
    assert only(batch, "files")["record_count"] == len(batch.rows["transactions"]) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(_total("300.01"), "totals_do_not_tie", id="one cent"),
        pytest.param(_total("many"), "totals_do_not_tie", id="unreadable total"),
        pytest.param("RECORD COUNT,3", "counts_do_not_tie", id="one record"),
        pytest.param("RECORD COUNT", "counts_do_not_tie", id="no count"),
    ],
)
def test_a_report_that_does_not_tie_is_quarantined_whole_with_what_it_carries(line, code):
    batch = _read(charge(), charge(transaction_id="T2"), line)
    file = only(batch, "files")
    assert (file["status"], file["reason_code"], file["quarantined_amount"]) == ("quarantined", code, Decimal(300))


def test_a_renamed_column_is_named_with_what_to_do():
    batch = _read(charge(), header_line=CHARGES_HEADER.replace("amount", "line_total"))
    reason = only(batch, "files")["reason"]
    assert "needs the column amount" in reason
    assert "1 columns are unknown to it" in reason
    assert "line_total" not in reason


EPIC = {
    "TX_ID": "1001",
    "POST_DATE": "1/11/2026 12:00:00 AM",
    "SERVICE_DATE": "1/10/2026 12:00:00 AM",
    "TX_TYPE_C_NAME": "Charge",
    "ACCOUNT_ID": "A1",
    "DEBIT_CREDIT_FLAG_NAME": "Debit",
    "SERV_PROVIDER_ID": "P7",
    "LOC_ID": "L1",
    "POS_ID": "11",
    "MODIFIER_ONE": "25",
    "PROCEDURE_QUANTITY": "1",
    "AMOUNT": "150",
    "VOID_DATE": "",
    "PROC_ID": "23820",
    "VISIT_NUMBER": "V1",
    "PAYOR_ID": "60054",
    "OUTSTANDING_AMT": "150",
}


def _epic(*changes, extra=()):
    out = io.StringIO()
    writer = csv.DictWriter(out, [*EPIC, *extra], delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows({**EPIC, **change} for change in changes)
    return exports.read([source(out.getvalue())])


def test_epics_transactions_are_read_with_signs_voids_and_codes():
    payment = {
        "TX_ID": "1002", "TX_TYPE_C_NAME": "Payment", "DEBIT_CREDIT_FLAG_NAME": "Credit", "AMOUNT": "-80.5",
        "PROC_ID": "", "PAYOR_ID": "", "PROCEDURE_QUANTITY": "",
    }  # fmt: skip
    batch = _epic({"CPT_CODE": "99213"}, payment, {"TX_ID": "1003", "VOID_DATE": "1/20/2026"}, extra=("CPT_CODE",))
    first, second, third = rows_of(batch, "transactions")
    assert (first["profile"], first["amount"], first["bucket"]) == ("epic", Decimal(150), None)
    assert (first["code_system"], first["procedure_code"], first["modifier_1"]) == ("CPT", "99213", "25")
    assert (first["claim_id"], first["service_date"]) == ("V1", dt.date(2026, 1, 10))
    assert (second["transaction_type"], second["amount"], second["bucket"]) == ("PAYMENT", Decimal("-80.5"), "patient")
    # the site's own id of a procedure looks like a CPT code and is none
    assert (third["code_system"], third["procedure_code"]) == ("OTHER", "23820")
    assert third["void_date"] == dt.date(2026, 1, 20)


def test_an_amount_whose_flag_says_the_other_sign_is_refused():
    batch = _epic({"TX_TYPE_C_NAME": "Payment", "DEBIT_CREDIT_FLAG_NAME": "Credit", "AMOUNT": "80"})
    assert codes_of(batch) == ["sign_contradicts_flag"]
    assert not batch.rows["transactions"]


TDL = {
    "TDL_ID": "1",
    "DETAIL_TYPE": "1",
    "TX_ID": "1001",
    "MATCH_TRX_ID": "",
    "POST_DATE": "2026-01-11 00:00:00",
    "ORIG_SERVICE_DATE": "2026-01-10 00:00:00",
    "AMOUNT": "150",
    "PAT_ID": "Z1",
    "INVOICE_NUMBER": "I1",
    "CPT_CODE": "99213",
    "PROC_ID": "23820",
    "MODIFIER_ONE": "25",
    "PROCEDURE_QUANTITY": "1",
    "PERFORMING_PROV_ID": "P7",
    "ORIGINAL_PAYOR_ID": "60054",
    "MATCH_PAYOR_ID": "",
}


def _tdl(*changes):
    out = io.StringIO()
    writer = csv.DictWriter(out, TDL, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**TDL, "TDL_ID": str(number), **change} for number, change in enumerate(changes, start=1))
    batch = exports.read([source(out.getvalue())])
    assert_conserved(batch, _control)
    return batch


def test_epics_detail_of_transactions_sums_to_what_moved_with_matches_and_voids():
    batch = _tdl(
        {"TDL_ID": "1001"},
        {"DETAIL_TYPE": "2", "TX_ID": "2001", "AMOUNT": "-100", "CPT_CODE": "", "PROC_ID": ""},
        # the payment is matched: on the charge, and with the other sign on the payment
        {"DETAIL_TYPE": "20", "MATCH_TRX_ID": "2001", "AMOUNT": "-100", "MATCH_PAYOR_ID": "77"},
        {"DETAIL_TYPE": "32", "TX_ID": "2001", "MATCH_TRX_ID": "1001", "AMOUNT": "100"},
        {"DETAIL_TYPE": "4", "TX_ID": "3001", "AMOUNT": "-30", "ORIGINAL_PAYOR_ID": ""},
        {"DETAIL_TYPE": "21", "MATCH_TRX_ID": "3001", "AMOUNT": "-30"},
        {"DETAIL_TYPE": "30", "TX_ID": "3001", "MATCH_TRX_ID": "1001", "AMOUNT": "30"},
        {"TX_ID": "1002", "AMOUNT": "80"},
        {"DETAIL_TYPE": "10", "TX_ID": "1002", "AMOUNT": "-80"},
        {"DETAIL_TYPE": "11", "TX_ID": "2002", "AMOUNT": "15"},
    )
    rows = rows_of(batch, "transactions")
    assert not codes_of(batch)
    charge, payment, matched, distributed, credit, *_, other, void, _ = rows
    assert (charge["transaction_id"], charge["transaction_type"], charge["procedure_code"]) == (
        "1001", "CHARGE", "99213",
    )  # fmt: skip
    assert (payment["transaction_id"], payment["transaction_type"], payment["parent_charge_id"]) == (
        "TDL2", "PAYMENT", None,
    )  # fmt: skip
    assert (matched["parent_charge_id"], matched["payer_id"]) == ("1001", "77")
    assert distributed["parent_charge_id"] == "1001"
    assert (credit["transaction_type"], credit["bucket"]) == ("ADJUSTMENT", "patient")
    assert (void["reversed_transaction_id"], void["amount"]) == (other["transaction_id"], Decimal(-80))
    sums = {
        kind: sum(row["amount"] for row in rows if row["transaction_type"] == kind)
        for kind in ("CHARGE", "PAYMENT", "ADJUSTMENT")
    }
    assert sums == {"CHARGE": Decimal(150), "PAYMENT": Decimal(-85), "ADJUSTMENT": Decimal(-30)}
    # one id a row, though a TDL_ID may be the number of a TX_ID
    assert len({row["transaction_id"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"DETAIL_TYPE": "50"}, "unknown_type", id="a claim"),
        pytest.param({"DETAIL_TYPE": "99"}, "unknown_type", id="a type nobody knows"),
        pytest.param({"DETAIL_TYPE": ""}, "unknown_type", id="no type"),
        pytest.param({"DETAIL_TYPE": "10"}, "sign_contradicts_flag", id="a void that adds"),
        pytest.param({"DETAIL_TYPE": "2"}, "sign_contradicts_flag", id="a payment that adds"),
        pytest.param({"TX_ID": ""}, "missing_transaction_id", id="a charge without its id"),
    ],
)
def test_a_row_of_epics_detail_that_says_no_movement_is_refused_and_never_guessed(change, code):
    batch = _tdl(change)
    assert codes_of(batch) == [code]
    assert not batch.rows["transactions"]
    assert only(batch, "files")["quarantined_amount"] == only(batch, "files")["in_amount"]


def test_a_report_in_a_workbook_is_read_below_its_titles():
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Transaction detail"])
    names = ("Transaction ID", "Transaction Type", "Claim No", "Service Date", "Posted Date", "CPT Code", "Amount")
    sheet.append(names)
    when = dt.date(2026, 1, 10)
    sheet.append(["1", "Charge", "C1", when, when, 99213, 150.1])
    sheet.append(["2", "Insurance Payment", "C1", when, when, None, -100])
    sheet.append(["Grand Total", None, None, None, None, None, 50.1])
    out = io.BytesIO()
    book.save(out)
    batch = exports.read([source(out.getvalue())])
    charged, paid = rows_of(batch, "transactions")
    assert (charged["profile"], charged["procedure_code"], charged["amount"]) == (
        "eclinicalworks", "99213", Decimal("150.10"),
    )  # fmt: skip
    assert (paid["transaction_type"], paid["amount"]) == ("PAYMENT", Decimal(-100))
    assert (charged["line_number"], only(batch, "files")["record_count"]) == (3, 2)


OWN = """
name = "clinic"
code_system = "CPT"
date_formats = ["%d.%m.%Y"]
required = ["transaction_id", "transaction_type", "amount", "service_date"]
[columns]
transaction_id = "Nr"
transaction_type = "Art"
amount = "Betrag"
service_date = "Datum"
[types]
C = "CHARGE"
"""


def test_a_practice_can_bring_a_layout_of_its_own():
    own = {"clinic": read_profile(OWN)}
    content = b"Nr;Art;Betrag;Datum\n1;C;80.00;31.01.2026\n"
    assert match_profile(["Nr", "Art", "Betrag", "Datum"], own) == "clinic"
    row = only(exports.read([source(content)], own), "transactions")
    assert (row["profile"], row["amount"], row["service_date"]) == ("clinic", Decimal(80), dt.date(2026, 1, 31))
    assert only(exports.read([source(content)]), "files")["reason_code"] == "unknown_layout"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("name = ", "no TOML", id="no TOML"),
        pytest.param("name = 'x'", "CHARGE", id="no columns"),
        pytest.param(OWN.replace('C = "CHARGE"', 'C = "SALE"'), "SALE", id="a type we do not have"),
        pytest.param(OWN.replace('amount = "Betrag"', ""), "amount", id="a required column without a name"),
        pytest.param(OWN + "\n[buckets]\nx = 'nobody'\n", "nobody", id="a bucket we do not have"),
    ],
)
def test_a_layout_that_cannot_be_used_says_why(text, words):
    from orchestration.core.layouts import LayoutError

    with pytest.raises(LayoutError, match=words):
        read_profile(text)


@pytest.mark.shared
def test_every_public_table_of_a_billing_system_is_loaded_or_named(shared):
    samples = shared / "samples" / "ehr"
    tables = [*samples.glob("*/*.csv"), *samples.glob("*/*.rif")]
    tables.extend(samples.glob("epic_ehi_schema/*.columns.txt"))
    reasons = {}
    for path in tables:
        content = path.read_bytes()
        if path.suffix == ".txt":
            content = b"\t".join(content.split()) + b"\n"
        batch = exports.read([source(content, path.name)])
        assert_conserved(batch, _control)
        file = only(batch, "files")
        reasons[path.name] = file["reason_code"] or file["status"]
        assert file["status"] == "loaded" or len(file["reason"]) > 40
    loaded = {name for name, reason in reasons.items() if reason == "loaded"}
    assert loaded == {"claims_transactions.csv", "ARPB_TRANSACTIONS.columns.txt"}
    unknown = {name for name, reason in reasons.items() if reason == "unknown_layout"}
    # a list of column names, and a file made for the generator's weekly curve
    assert unknown == {"transaction_feed.columns.csv", "us_weekly_ili_derived_from_states_2010w40_2026w19.csv"}
