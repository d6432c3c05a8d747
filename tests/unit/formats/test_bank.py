"""Bank statements: OFX of either kind, its deposits and the traces in their memos."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import (
    codes_of,
    damaged,
    entry,
    money_in,
    only,
    reading,
    rows_of,
    statement,
)

from orchestration.formats.bank import reader as bank

XML = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n<OFX xmlns="urn:ofx">'
    b"<BANKMSGSRSV1><STMTTRNRS><STMTRS><BANKACCTFROM><ACCTID>9876</ACCTID><ACCTTYPE>SAVINGS</ACCTTYPE></BANKACCTFROM>"
    b"<BANKTRANLIST><DTSTART>20260301120000[-5:EST]</DTSTART><DTEND>20260331</DTEND>"
    b"<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260303120000.000[-5:EST]</DTPOSTED><TRNAMT>+80.00</TRNAMT>"
    b"<FITID>F1</FITID><PAYEE><NAME>SMITH &amp; SONS</NAME><CITY>X</CITY></PAYEE>"
    b"<BANKACCTTO><ACCTID>1111</ACCTID></BANKACCTTO><CHECKNUM>12</CHECKNUM></STMTTRN>"
    b"</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
)


_read = reading(bank.read, money_in)


def test_a_statement_sums_its_deposits_and_withdrawals():
    batch = _read(statement(entry("80.00"), entry("20.50", identity="F2"), entry("-30.25", identity="F3")))
    row = only(batch, "statements")
    assert (row["account_id"], row["account_type"]) == ("4321", "CHECKING")
    assert (row["start_date"], row["end_date"]) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert (row["ledger_balance_amount"], row["balance_date"]) == (Decimal("1234.56"), dt.date(2026, 3, 31))
    assert (row["deposit_amount"], row["withdrawal_amount"]) == (Decimal("100.50"), Decimal("-30.25"))
    assert only(batch, "files")["in_amount"] == Decimal("100.50")
    assert {r["account_id"] for r in rows_of(batch, "transactions")} == {"4321"}


def test_the_account_number_is_kept_nowhere():
    batch = _read(statement(entry()))
    assert "000123454321" not in repr(batch.rows)


@pytest.mark.parametrize(
    ("memo", "trace", "company"),
    [
        pytest.param("TRN*1*12511174603*1100000018", "12511174603", "1100000018", id="stars"),
        pytest.param("TRN*1*12511174603*1100000018~", "12511174603", "1100000018", id="terminated"),
        pytest.param("HCCLAIMPMT TRN*1*A-77*1100000018*000012345\\", "A-77", "1100000018", id="within a text"),
        pytest.param("TRN\\1\\12511174603\\1100000018\\", "12511174603", "1100000018", id="backslashes"),
        pytest.param("TRN 1 12511174603 1100000018", "12511174603", "1100000018", id="blanks"),
        pytest.param("TRN* 1* 12511174603* 1100000018", "12511174603", "1100000018", id="stars and blanks"),
        pytest.param("TRN*1*12511174603", "12511174603", None, id="no company"),
        pytest.param("RETURN*1*2*3", None, None, id="not a trace"),
        pytest.param("monthly rent", None, None, id="no trace"),
    ],
)
def test_the_trace_number_is_found_in_the_memo(memo, trace, company):
    row = only(_read(statement(entry(memo=memo))), "transactions")
    assert (row["trace_number"], row["originating_company_id"]) == (trace, company)
    assert row["memo"] == memo


def test_xml_is_read_like_sgml():
    batch = _read(XML)
    row = only(batch, "transactions")
    assert (row["transaction_id"], row["amount"], row["posted_date"]) == ("F1", Decimal(80), dt.date(2026, 3, 3))
    assert (row["counterparty_name"], row["check_number"]) == ("SMITH & SONS", "12")
    assert (row["account_id"], only(batch, "statements")["account_type"]) == ("9876", "SAVINGS")
    assert only(batch, "statements")["start_date"] == dt.date(2026, 3, 1)


def test_two_statements_in_a_file_keep_their_accounts_apart():
    second = statement(entry(identity="F9")).replace(b"000123454321", b"000000005555")
    batch = _read(statement(entry()).replace(b"</OFX>", b"") + second)
    assert [row["account_id"] for row in rows_of(batch, "transactions")] == ["4321", "5555"]


def test_a_name_in_windows_1252_keeps_its_letters():
    content = statement(entry()).replace(b"SYNTH HEALTH", "Société".encode("cp1252"))
    assert only(_read(content), "transactions")["counterparty_name"] == "Société"


@pytest.mark.parametrize(
    ("content", "reason", "amount"),
    [
        pytest.param(b"", "empty_file", "0", id="nothing"),
        pytest.param(b"date,amount\n2026-03-01,80.00\n", "not_ofx", "0", id="a CSV"),
        pytest.param(b"\x89PNG\r\n", "not_ofx", "0", id="an image"),
        pytest.param(statement(), "no_transactions", "0", id="no transaction"),
        pytest.param(statement(entry()).replace(b"</OFX>", b""), "truncated", "80", id="no end"),
        pytest.param(statement(entry(), entry("50.00")).partition(b"<LEDGERBAL>")[0], "truncated", "130", id="cut"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_quarantined_whole(content, reason, amount):
    file = only(_read(content), "files")
    assert (file["status"], file["reason_code"]) == ("quarantined", reason)
    assert file["quarantined_amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("bad", "code", "amount"),
    [
        pytest.param(entry("8O.00"), "unreadable_amount", None, id="amount"),
        pytest.param(entry(""), "unreadable_amount", None, id="no amount"),
        pytest.param(entry(posted="20260231"), "unreadable_date", "80.00", id="date"),
        pytest.param(
            entry().replace("</STMTTRN>", "<CURRENCY>\n<CURSYM>CAD\n</CURRENCY>\n</STMTTRN>"),
            "foreign_currency",
            None,
            id="Canadian dollars",
        ),
    ],
)
def test_a_transaction_that_cannot_be_read_is_refused_and_the_others_load(bad, code, amount):
    batch = _read(statement(entry("10.00"), bad))
    finding, file = only(batch, "findings"), only(batch, "files")
    assert (finding["code"], finding["severity"]) == (code, "error")
    assert (None if finding["amount"] is None else str(finding["amount"])) == amount
    assert (file["quarantined_amount"], file["in_amount"]) == (Decimal(amount or 0), Decimal(amount or 0) + 10)
    assert only(batch, "statements")["deposit_amount"] == Decimal(10)
    assert finding["line_number"] > only(batch, "transactions")["line_number"]


def test_transactions_without_an_id_are_told_apart_by_what_they_say():
    twice = statement(entry(identity=""), entry(identity=""), entry("-5.00", identity=""))
    first = [row["transaction_id"] for row in rows_of(_read(twice), "transactions")]
    assert len(set(first)) == 3
    later = statement(entry(identity=""), entry(identity=""), entry("-5.00", identity=""), entry("7.00", identity=""))
    assert [row["transaction_id"] for row in rows_of(_read(later), "transactions")][:3] == first


def test_a_statement_in_another_currency_books_nothing():
    batch = _read(statement(entry(), entry("50.00", identity="F2")).replace(b"<CURDEF>USD", b"<CURDEF>EUR"))
    assert codes_of(batch) == ["foreign_currency"] * 2
    assert (rows_of(batch, "transactions"), only(batch, "files")["in_amount"]) == ([], 0)


def test_amounts_too_large_for_money_quarantine_the_file():
    huge = entry("9999999999999999.99")
    assert only(_read(statement(huge, huge)), "files")["reason_code"] == "amount_out_of_range"


@settings(max_examples=200)
@given(damaged(statement(entry(memo="TRN*1*1*1"), entry("-30.00", identity="F2"), entry("5.00", identity="F3"))))
def test_damage_never_raises_and_never_loses_money(content):
    _read(content)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    _read(content)
    _read(b"<OFX><STMTTRN>" + content + b"</OFX>")


def test_many_opening_brackets_take_no_longer_than_their_length():
    assert codes_of(_read(b"<OFX " + b"<A " * 200_000)) == ["not_ofx"]
