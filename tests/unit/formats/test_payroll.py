"""Payroll registers: pay that ties to the cent, or is loaded and told to be held."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import (
    PAYROLL_HEADER,
    codes_of,
    damaged,
    only,
    pay_line,
    payroll,
    reading,
    rows_of,
    sum_of,
)

from orchestration.formats.payroll import reader

CONTROL = sum_of("pay_lines", "gross_amount", "employer_tax_amount")


_read = reading(reader.read, CONTROL)


def test_a_pay_line_is_read_whole():
    batch = _read(payroll(pay_line()))
    row = only(batch, "pay_lines")
    assert (row["payroll_run_id"], row["pay_date"]) == ("R1", dt.date(2026, 3, 6))
    assert (row["period_start_date"], row["period_end_date"]) == (dt.date(2026, 2, 15), dt.date(2026, 2, 28))
    assert (row["role_code"], row["provider_npi"], row["location_id"]) == ("provider", "1234567893", "LOC1")
    assert (row["gross_amount"], row["net_amount"], row["is_tied"]) == (Decimal(1000), Decimal(750), True)
    assert only(batch, "files")["in_amount"] == Decimal("1076.50")


def test_pay_that_does_not_tie_is_loaded_with_an_error_and_its_arithmetic():
    batch = _read(payroll(pay_line(net="750.01"), pay_line()))
    assert [row["is_tied"] for row in rows_of(batch, "pay_lines")] == [False, True]
    finding = only(batch, "findings")
    assert (finding["code"], finding["severity"], finding["line_number"]) == ("untied_pay", "error", 2)
    assert "leaves 750.00, but 750.01 was paid, a difference of -0.01" in finding["message"]
    assert only(batch, "files")["quarantined_amount"] == Decimal(0)


@pytest.mark.parametrize(
    ("record", "code", "amount"),
    [
        pytest.param(pay_line(gross="1OOO"), "unreadable_amount", "76.50", id="gross"),
        pytest.param(pay_line(net=""), "unreadable_amount", "1076.50", id="net"),
        pytest.param(pay_line(gross="", employer="x"), "unreadable_amount", None, id="gross and employer taxes"),
        pytest.param(pay_line().replace("2026-03-06", "2026-13-06"), "unreadable_date", "1076.50", id="date"),
        pytest.param(pay_line().rsplit(",", 1)[0], "ragged_record", "1000.00", id="too short"),
        pytest.param(pay_line() + ",9", "ragged_record", None, id="too long"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_and_the_others_load(record, code, amount):
    batch = _read(payroll(pay_line(), record))
    finding, file = only(batch, "findings"), only(batch, "files")
    assert (finding["code"], finding["severity"], finding["line_number"]) == (code, "error", 3)
    assert (None if finding["amount"] is None else str(finding["amount"])) == amount
    assert file["quarantined_amount"] == Decimal(amount or 0)
    assert len(batch.rows["pay_lines"]) == 1


@pytest.mark.parametrize("column", PAYROLL_HEADER.split(","))
def test_a_missing_column_quarantines_the_file_and_is_named(column):
    names = PAYROLL_HEADER.split(",")
    header = ",".join("other" if name == column else name for name in names)
    file = only(_read(payroll(pay_line(), header_line=header)), "files")
    assert (file["status"], file["reason_code"]) == ("quarantined", "missing_column")
    assert column in file["reason"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        pytest.param(pay_line().replace("1234567893", "1234567890"), "npi_check_digit", id="npi"),
        pytest.param(pay_line().replace(",provider,", ",pilot,"), "unknown_role", id="role"),
    ],
)
def test_a_doubtful_record_is_loaded_with_a_warning(record, code):
    batch = _read(payroll(record))
    assert codes_of(batch) == [code]
    assert only(batch, "pay_lines")["is_tied"]


def test_an_extra_column_is_a_warning():
    batch = _read(payroll(pay_line() + ",x", header_line=PAYROLL_HEADER + ",mood"))
    assert codes_of(batch) == ["extra_column"]


def test_an_empty_file_is_quarantined():
    assert only(_read(b"\n\n"), "files")["reason_code"] == "empty_file"


def test_messages_hold_no_employee():
    batch = _read(payroll(pay_line(net="1"), pay_line(gross="x"), pay_line() + ",9"))
    assert not any(word in finding["message"] for finding in rows_of(batch, "findings") for word in ("Roe", "E1"))


@settings(max_examples=150)
@given(damaged(payroll(pay_line(), pay_line(net="1.00"))))
def test_damage_never_raises_and_never_loses_money(content):
    _read(content)


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    _read(content)
    _read(PAYROLL_HEADER.encode() + b"\n" + content)


def test_a_bonus_is_the_part_of_gross_its_column_says_and_none_without_the_column():
    with_bonus = PAYROLL_HEADER + ",bonus"
    batch = _read(payroll(pay_line() + ",300.00", pay_line().replace("E1", "E2") + ",-20.00", header_line=with_bonus))
    assert [row["bonus_amount"] for row in rows_of(batch, "pay_lines")] == [Decimal("300.00"), Decimal("-20.00")]
    assert only(_read(payroll(pay_line())), "pay_lines")["bonus_amount"] == 0
    refused = _read(payroll(pay_line() + ",3OO", header_line=with_bonus))
    assert (codes_of(refused), rows_of(refused, "pay_lines")) == (["unreadable_amount"], [])


def test_a_bonus_above_the_pay_it_is_a_part_of_is_loaded_to_be_held():
    batch = _read(payroll(pay_line() + ",1000.01", pay_line() + ",1000.00", header_line=PAYROLL_HEADER + ",bonus"))
    assert [row["is_tied"] for row in rows_of(batch, "pay_lines")] == [False, True]
    assert codes_of(batch) == ["untied_pay"]
