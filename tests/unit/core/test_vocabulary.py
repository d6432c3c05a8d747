"""Periods, identities, delimited text and the law of conservation that every reader speaks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.delimited import UndecodableError, read_delimited
from orchestration.core.findings import Finding
from orchestration.core.ids import canonical_key, is_npi, npi_check_digit
from orchestration.core.periods import fiscal_period, parse_compact_date
from orchestration.core.tables import RawBatch, SourceFile, files_table, findings_table

NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
FILE = SourceFile("f" * 64, "a.csv", b"", NOON)


@pytest.mark.parametrize(
    ("day", "start_month", "period"),
    [
        (dt.date(2026, 3, 31), 1, "2026-03"),
        (dt.date(2026, 7, 1), 7, "2027-01"),
        (dt.date(2026, 6, 30), 7, "2026-12"),
        (dt.date(2026, 12, 1), 12, "2027-01"),
    ],
    ids=["calendar_year", "july_year_begins", "july_year_ends", "december_year_begins"],
)
def test_a_fiscal_year_is_named_by_the_year_it_ends_in(day: dt.date, start_month: int, period: str) -> None:
    assert fiscal_period(day, start_month) == period


def test_a_fiscal_year_cannot_start_in_month_thirteen() -> None:
    with pytest.raises(ValueError, match="month"):
        fiscal_period(dt.date(2026, 1, 1), 13)


@pytest.mark.parametrize("text", ["20260230", "2026013", "2026013x", "٢٠٢٦٠١٠١", ""])
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_compact_date(text) is None


def test_an_npi_is_known_by_its_check_digit() -> None:
    assert is_npi("1234567893")
    assert not is_npi("1234567890")
    assert not is_npi("123456789")
    assert npi_check_digit("123456789") == "3"


@given(st.dictionaries(st.text(max_size=5), st.integers()))
def test_a_key_does_not_depend_on_the_order_of_names(value: dict[str, int]) -> None:
    assert canonical_key(value) == canonical_key(dict(reversed(value.items())))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \n", "empty_file"),
        (b"a,b\n1,\x00", "nul_byte"),
        (b"\xef\xbb\xbf\xff", "undecodable_text"),
    ],
    ids=["empty", "blank", "nul", "false_mark"],
)
def test_bytes_that_are_no_text_say_why(content: bytes, code: str) -> None:
    with pytest.raises(UndecodableError) as refusal:
        read_delimited(content)
    assert refusal.value.finding.code == code


def test_latin_text_is_read_with_a_warning_and_utf16_without() -> None:
    latin = read_delimited("a,b\nJosé,1\n".encode("cp1252"))
    assert (latin.records[0].fields, latin.findings[0].code) == (("José", "1"), "windows_1252_text")
    assert read_delimited("a\tb\nJosé\t1\n".encode("utf-16")).records[0].fields == ("José", "1")


def test_a_ragged_record_is_kept_and_marked_and_line_numbers_are_the_files_own() -> None:
    found = read_delimited(b'a,b\n1,2\n\n3,"x\ny"\n4\n5,6,\n')
    assert [(r.line_number, r.is_ragged) for r in found.records] == [(2, False), (4, False), (6, True), (7, False)]


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_refusal(content: bytes) -> None:
    try:
        found = read_delimited(content)
    except UndecodableError as refusal:
        assert refusal.finding.severity == "error"
    else:
        assert all(record.line_number >= 1 for record in found.records)


def test_a_quarantined_file_has_no_rows_and_all_its_dollars_in_quarantine() -> None:
    batch = RawBatch((files_table("raw_x"), findings_table("raw_x")))
    reason = Finding("truncated", "error", "it ends too early", segment_number=9, segment_id="CLP")
    batch.quarantine_file(FILE, profile=None, reason=reason, in_amount=Decimal("5.00"))
    table = batch.to_arrow()["files"].to_pylist()[0]
    assert (table["status"], table["in_amount"], table["quarantined_amount"]) == ("quarantined", 5, 5)
    assert reason.where == "segment 9 (CLP)"
