"""Which reader takes a file: its content decides, its name helps where the content is silent."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import (
    charge,
    charges,
    entry,
    era,
    header,
    join,
    pay_line,
    payroll,
    source,
    statement,
    transaction,
)

from orchestration.formats.registry import UNKNOWN, detect_kind, kind_named, kind_names, kinds, readers
from orchestration.stores.ocr import OcrEngine

CLAIMS = era().replace(b"ST*835", b"ST*837")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("upload", era(), "era835", id="835 without a name"),
        pytest.param("bill.pdf", era(), "era835", id="835 named as a PDF"),
        pytest.param("x", b"\xef\xbb\xbf \r\n" + era(), "era835", id="835 with a mark and blanks"),
        pytest.param("x", b"\xff\xfe" + era().decode().encode("utf-16-le"), "era835", id="835 in UTF-16"),
        pytest.param("x", join(transaction()), "era835", id="835 without envelope"),
        pytest.param("x", era().translate(bytes.maketrans(b"*~", b"\x1d\x1e")), "era835", id="control characters"),
        pytest.param("charges.csv", CLAIMS, "claims837", id="837 named as charges"),
        pytest.param("x.835", CLAIMS.replace(b"GS*HP", b"GS*HC"), "claims837", id="837 named as 835"),
        pytest.param("x", era().replace(b"ST*835*", b"ST*999*"), "acks", id="999 without a name"),
        pytest.param("x", era().replace(b"ST*835*", b"ST*277*"), "acks", id="277"),
        pytest.param("x", era().replace(b"ST*835*", b"S\r\nT*999*"), "acks", id="999 that is wrapped"),
        pytest.param("x", header().encode() + b"~TA1*000000905*260301*1200*A*000~IEA*0*1~", "acks", id="TA1 alone"),
        pytest.param("x", era().replace(b"ST*835*", b"ST*850*"), "supplies", id="850 without a name"),
        pytest.param("x.edi", era().replace(b"ST*835*", b"ST*856*"), "supplies", id="856 named as X12"),
        pytest.param("bill.835", era().replace(b"ST*835*", b"ST*810*"), "supplies", id="810 named as 835"),
        pytest.param("x", era().replace(b"ST*835*", b"ST*855*"), "supplies", id="855"),
        pytest.param("order.850", b"garbage", "supplies", id="garbage named 850"),
        pytest.param("x", CLAIMS + era(), "era835", id="a remittance after claims"),
        pytest.param("x", era().replace(b"ST*835*", b"ST*278*"), "era835", id="X12 that nobody reads"),
        pytest.param("x.edi", b"Example 1. A claim.\r\n" + CLAIMS, "claims837", id="words before claims"),
        pytest.param("batch.837", b"garbage", "claims837", id="garbage named 837"),
        pytest.param("reply.999", b"", "acks", id="empty 999"),
        pytest.param("remit.835", b"garbage", "era835", id="garbage named 835"),
        pytest.param("REMIT.ERA", b"", "era835", id="empty ERA"),
        pytest.param("upload", charges(charge()), "ehr", id="charges without a name"),
        pytest.param("x", charges(charge()).replace(b",", b"\t"), "ehr", id="charges by tab"),
        pytest.param("charges_2026-01-10.csv", b"", "ehr", id="empty charges"),
        pytest.param("x", charges(charge()).replace(b"T1", b"T\x00"), "ehr", id="charges with a NUL"),
        pytest.param("upload", statement(entry()), "bank", id="OFX without a name"),
        pytest.param("x", b'<?xml version="1.0"?><?OFX VERSION="211"?><OFX xmlns="u"></OFX>', "bank", id="OFX 2"),
        pytest.param("march.ofx", b"garbage", "bank", id="garbage named OFX"),
        pytest.param("march.QFX", b"", "bank", id="empty QFX"),
        pytest.param("upload", payroll(pay_line()), "payroll", id="payroll without a name"),
        pytest.param("charges.csv", payroll(pay_line()), "payroll", id="payroll named as charges"),
        pytest.param("payroll_2026-03-06.csv", b"a,b\n1,2\n", "payroll", id="payroll by name alone"),
        pytest.param("payroll_2026-03-06.json", b'{"a": "b', "payroll", id="damaged JSON named payroll"),
        pytest.param("line_items.json", b'{"results": [', "billing_api", id="damaged JSON named line items"),
        pytest.param("upload", b"%PDF-1.7\n", "documents", id="PDF"),
        pytest.param("era.835", b"\xff\xd8\xff\xe0", "documents", id="JPEG named 835"),
        pytest.param("x", b"\x89PNG\r\n\x1a\n", "documents", id="PNG"),
        pytest.param("x", b"II*\x00", "documents", id="TIFF, little end first"),
        pytest.param("x", b"MM\x00*", "documents", id="TIFF, big end first"),
        pytest.param("bill.pdf", b"garbage", "documents", id="garbage named PDF"),
        pytest.param("upload", b"MSH|^~\\&|EHR", "hl7", id="HL7 without a name"),
        pytest.param("x", b"\x0bMSH*!%@$*EHR", "hl7", id="HL7 in a frame, with other marks"),
        pytest.param("charges.csv", b"\r\nFHS|^~\\&|EHR", "hl7", id="a batch named as charges"),
        pytest.param("x", "MSH|^~\\&|EHR".encode("utf-16"), "hl7", id="HL7 in UTF-16"),
        pytest.param("today.hl7", b"garbage", "hl7", id="garbage named HL7"),
        pytest.param("notes.txt", b"MSHAPED like a message", "unknown", id="words that begin like HL7"),
        pytest.param("upload", b'{"resourceType": "Claim"}', "fhir", id="a FHIR resource without a name"),
        pytest.param("x.json", b'\xef\xbb\xbf[{"id": 1, "resourceType" : "Claim"}]', "fhir", id="FHIR in an array"),
        pytest.param("x", b"PAR1....", "fhir", id="Parquet"),
        pytest.param("Claim.ndjson", b"", "fhir", id="empty NDJSON"),
        pytest.param("notes.csv", b"a,b\n1,2\n", "unknown", id="a table nobody knows"),
        pytest.param("notes.txt", b"ISABELLA owes STEVE", "unknown", id="words that begin like X12"),
        pytest.param("x", b"", "unknown", id="empty without a name"),
    ],
)
def test_a_file_is_told_by_its_content_then_by_its_name(name, content, kind):
    assert detect_kind(name, content) == kind


@settings(max_examples=150)
@given(st.text(max_size=20), st.binary(max_size=200))
def test_every_file_has_a_kind(name, content):
    assert detect_kind(name, content) in {*kind_names(), UNKNOWN}


def test_every_direct_identifier_is_marked_and_every_row_ends_when_it_was_landed():
    file = source(b"")
    for kind in kinds():
        for table in kind.tables:
            assert table.columns[0].name == "file_id"
            assert table.columns[-1].name == "loaded_at"
            names = {column.name: column.phi for column in table.columns}
            direct = {name for name, phi in names.items() if phi == "direct"}
            assert names.keys() & {"claim_id", "patient_id", "memo", "member_id", "employee_name"} <= direct
    remittances = readers(OcrEngine())["era835"]([file])
    assert remittances.rows.keys() == {table.name for table in kind_named("era835").tables}


def test_no_two_kinds_claim_one_place():
    assert len(set(kind_names())) == len(kinds())
    assert len({kind.arrival for kind in kinds()}) == len(kinds())
    for what in ("signs", "header_signs", "late_signs"):
        places = [sign.place for kind in kinds() for sign in getattr(kind, what)]
        assert len(places) == len(set(places)), what
    for form in ("table", "json"):
        places = [sign.place for kind in kinds() for sign in kind.name_signs if sign.of == form]
        assert len(places) == len(set(places)), form
    extensions = [extension for kind in kinds() for extension in kind.extensions]
    assert len(extensions) == len(set(extensions))


def test_the_registry_brings_no_reader_along():
    code = "import sys, orchestration.formats.registry; print(*sys.modules)"
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(started.stdout.split())
    assert "orchestration.formats.bank.kind" in loaded
    assert {name for name in loaded if name.endswith(".reader")} == set()
