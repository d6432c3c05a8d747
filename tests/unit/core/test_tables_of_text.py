"""Delimited text and workbooks give the same rows, whatever stands around them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.core.delimited import UndecodableError, decode, read_delimited
from orchestration.core.tabular import first_rows, read_table
from orchestration.core.workbook import is_workbook, read_workbook


def _is_header(row):
    return {"id", "amount"} <= {cell.strip().lower() for cell in row}


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# made once: a workbook holds the time at which it was written
SMALL = workbook([["id", "amount"], ["1", "2"]])


def test_a_header_below_the_titles_of_a_report_is_found():
    table = read_delimited(b"Daily report\nJanuary 2026\n\nid,amount\n1,2.00\n", is_header=_is_header)
    assert table.header == ("id", "amount")
    assert [(r.line_number, r.fields, r.is_ragged) for r in table.records] == [(5, ("1", "2.00"), False)]
    assert [finding.code for finding in table.findings] == ["titles_above_header"]


def test_lines_of_two_encodings_are_each_read_as_what_they_are():
    text, findings = decode("naïve\n".encode() + "Santé\n".encode("cp1252"))
    assert text == "naïve\nSanté\n"
    assert [(finding.code, finding.line_number) for finding in findings] == [("mixed_encodings", 2)]


def test_bytes_that_are_no_character_are_marked_and_said():
    text, findings = decode(b"a\x81b")
    assert text == "a\ufffdb"
    assert [finding.code for finding in findings] == ["windows_1252_text", "undecodable_bytes"]


def test_a_workbook_gives_the_rows_its_csv_would():
    day = dt.date(2026, 1, 10)
    content = workbook([["Report"], ["id", "amount", "day"], ["1", 150.1, day], [99213, 0.1 + 0.2]])
    table = read_table(content, _is_header)
    assert table.header == ("id", "amount", "day")
    assert [(r.line_number, r.fields, r.is_ragged) for r in table.records] == [
        (3, ("1", "150.1", "2026-01-10"), False),
        (4, ("99213", "0.3", ""), False),
    ]


def test_of_several_sheets_the_one_that_fits_is_read_and_the_others_are_named():
    table = read_workbook(workbook([["notes"]], [["id", "amount"], ["1", "2"]]), _is_header)
    assert table.header == ("id", "amount")
    assert [finding.code for finding in table.findings] == ["sheet_not_read"]


def test_two_sheets_that_fit_are_not_chosen_between():
    sheet = [["id", "amount"], ["1", "2"]]
    with pytest.raises(UndecodableError) as refused:
        read_workbook(workbook(sheet, sheet), _is_header)
    assert refused.value.finding.code == "several_sheets"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_or_protected_workbook", id="xls"),
        pytest.param(workbook([["id", "amount"]])[:400], "unreadable_workbook", id="cut off"),
        pytest.param(workbook([[]]), "empty_file", id="empty"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(content, code):
    with pytest.raises(UndecodableError) as refused:
        read_workbook(content, _is_header)
    assert refused.value.finding.code == code


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unopened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/workbook.xml", "w") as part:
        for _ in range(600):
            part.write(b" " * 1024 * 1024)
    with pytest.raises(UndecodableError) as refused:
        read_workbook(out.getvalue())
    assert refused.value.finding.code == "workbook_too_large"


@settings(max_examples=40)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    body = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(body)
    first_rows(content)
    try:
        assert read_table(content, _is_header).header
    except UndecodableError as error:
        assert error.finding.message


def test_a_plain_archive_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("remit.835", "ISA")
    assert not is_workbook(out.getvalue())


def test_the_first_rows_of_a_long_file_in_utf_16_are_seen():
    content = ("id,amount\n" + "1,2.00\n" * 30_000).encode("utf-16")
    assert first_rows(content)[0] == ("id", "amount")
