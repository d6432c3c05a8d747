"""Bytes to segments: whatever a sender does to the bytes, the same remittance comes out."""

from __future__ import annotations

import pytest
from support.format_examples import PAID_CLAIM, era, header, interchange, join, only, rows_of, source, transaction

from orchestration.formats.x12 import era835
from orchestration.formats.x12.syntax.segments import tokenize

PLAIN = era()
LATIN_NAME = era(*(s.replace("DOE", "NÚÑEZ") for s in PAID_CLAIM)).decode().encode("latin-1")


def _wrapped(content: bytes, width: int, end: bytes) -> bytes:
    return end.join(content[place : place + width] for place in range(0, len(content), width))


def _redelimited(*marks: str) -> bytes:
    return PLAIN.translate(bytes.maketrans(b"*:~^", "".join(marks).encode("latin-1")))


SAME_REMITTANCE = {
    "plain": PLAIN,
    "byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "utf-16": b"\xff\xfe" + PLAIN.decode().encode("utf-16-le"),
    "leading blanks": b" \r\n\t\n" + PLAIN,
    "trailing junk": PLAIN + b"\r\n\x1a\x00\x00\x00",
    "line feeds after the terminator": era(end="~\n"),
    "carriage returns and line feeds": era(end="~\r\n"),
    "indentation": era(end="~\r\n      "),
    "bar, caret": _redelimited("|", "^", "~", "}"),
    "control characters": _redelimited("\x1d", "\x1f", "\x1e", "\x1c"),
    "line feed terminates": _redelimited("*", ":", "\n", "^"),
    "carriage return terminates": _redelimited("*", ":", "\r", "^"),
    "line end terminates": era(end="\r\n"),
    "high byte terminates": _redelimited("*", ":", "\x85", "^"),
    "wrapped at 80": _wrapped(PLAIN, 80, b"\r\n"),
    "wrapped at 7": _wrapped(PLAIN, 7, b"\n"),
    "wrapped inside the last fields of ISA": _wrapped(PLAIN, 105, b"\r\n"),
    "fields of ISA not padded": PLAIN.replace(b"PAYER          ", b"PAYER", 1).replace(b"          ", b""),
    "fields of ISA too wide": PLAIN.replace(b"PAYER     ", b"A PAYER WITH A LONG NAME", 1),
    "no terminator at the end": PLAIN.removesuffix(b"~"),
    "blank segments": PLAIN.replace(b"~", b"~~~"),
    "latin-1 name": LATIN_NAME,
    "no envelope": join(transaction(*PAID_CLAIM)),
    "no envelope, line ends": join(transaction(*PAID_CLAIM), "\n"),
    "no envelope, wrapped": _wrapped(join(transaction(*PAID_CLAIM)), 80, b"\r\n"),
    "group without interchange": join(interchange(transaction(*PAID_CLAIM))[1:-1]),
}


@pytest.mark.parametrize("content", SAME_REMITTANCE.values(), ids=SAME_REMITTANCE.keys())
def test_the_same_remittance_is_read_however_it_is_delimited(content):
    batch = era835.read([source(content)])
    paid = only(batch, "transactions")
    assert (str(paid["paid_amount"]), paid["is_balanced"], paid["is_postable"]) == ("80.00", True, True)
    assert paid["trace_number"] == "TRC1"
    line = only(batch, "service_lines")
    assert (line["procedure_code"], line["modifier_1"], line["line_control_number"]) == ("99213", "25", "L1")
    assert str(only(batch, "adjustments")["adjustment_amount"]) == "20.00"


def test_a_latin_1_name_keeps_its_letters():
    assert only(era835.read([source(LATIN_NAME)]), "claims")["patient_last_name"] == "NÚÑEZ"


def test_each_interchange_has_its_own_delimiters():
    second = join(interchange(transaction(*PAID_CLAIM, trace="TRN*1*TRC2*1"), control="000000002"), "\n")
    second = second.translate(bytes.maketrans(b"*:", b"|>"))
    batch = era835.read([source(PLAIN + second + PLAIN)])
    assert [row["interchange_number"] for row in rows_of(batch, "interchanges")] == [1, 2, 3]
    assert [row["trace_number"] for row in rows_of(batch, "transactions")] == ["TRC1", "TRC2", "TRC1"]
    assert {row["procedure_code"] for row in rows_of(batch, "service_lines")} == {"99213"}


def test_segments_are_numbered_through_the_whole_file():
    one = len(tokenize(PLAIN).interchanges[0].segments)
    batch = era835.read([source(PLAIN + b"\r\n" + PLAIN)])
    starts = [row["segment_number"] for row in rows_of(batch, "interchanges")]
    assert starts == [1, one + 1]
    assert only(batch, "files")["record_count"] == 2 * one


def test_text_outside_an_interchange_is_reported_and_not_printed():
    batch = era835.read([source(b"DOE JANE 1980\n" + PLAIN + b"DOE JANE")])
    found = rows_of(batch, "findings")
    assert [finding["code"] for finding in found].count("text_outside_interchange") == 2
    assert not any("DOE" in finding["message"] for finding in found)


def test_an_element_that_reads_like_a_header_starts_no_interchange():
    claim = [segment.replace("DOE*JANE", "ISA*IEA") for segment in PAID_CLAIM]
    batch = era835.read([source(era(*claim))])
    assert only(batch, "claims")["patient_last_name"] == "ISA"
    assert only(batch, "transactions")["is_postable"]


def test_a_header_with_fields_missing_is_still_cut_right():
    short = header().replace("*0*P*:", "*P")
    content = join([short, *interchange(transaction(*PAID_CLAIM))[1:]])
    assert str(only(era835.read([source(content)]), "transactions")["paid_amount"]) == "80.00"
