"""Bills: fields from printed text, proved by arithmetic, without card numbers."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, only, rows_of, source, sum_of

from orchestration.core.findings import Finding
from orchestration.formats.documents import reader as documents
from orchestration.formats.documents.fields import read_bill
from orchestration.formats.documents.masking import mask_card_numbers
from orchestration.formats.documents.written import amounts_in, currency_of, date_in
from orchestration.formats.pages import DocumentText

CONTROL = sum_of("bills", "total_amount")
BILL = """Larkspur Medical Supply Co
48 Foundry Lane, Peoria, IL 61602
Invoice number: LMS-251293
Invoice date: December 9, 2025
Due date: January 8, 2026
Bill to: Juniper Hollow Medical Group
Description Quantity Unit price Amount
Exam gloves, box of 100 16 $10.20 $163.20
Table paper, case 5 $44.90 $224.50
Subtotal $387.70
Tax $24.23
Total $411.93
"""


def _document(*pages: str, **facts):
    return DocumentText(source("\f".join(pages), "bill.pdf"), pages, "text_layer", **facts)


def _read(*pages: str, **facts):
    batch = documents.read([_document(*pages, **facts)])
    assert_conserved(batch, CONTROL)
    return batch


def test_a_bill_is_read_whole():
    batch = _read(BILL)
    row = only(batch, "bills")
    assert (row["vendor_name"], row["bill_number"]) == ("Larkspur Medical Supply Co", "LMS-251293")
    assert (row["bill_date"], row["due_date"]) == (dt.date(2025, 12, 9), dt.date(2026, 1, 8))
    assert (row["subtotal_amount"], row["tax_amount"]) == (Decimal("387.70"), Decimal("24.23"))
    assert (row["total_amount"], row["currency_code"], row["is_arithmetic_proved"]) == (Decimal("411.93"), "USD", True)
    assert (row["page_count"], row["text_source"], row["line_number"]) == (1, "text_layer", 1)
    lines = rows_of(batch, "bill_lines")
    assert [(r["line_number"], r["quantity"], r["unit_amount"]) for r in lines] == [
        (8, Decimal(16), Decimal("10.20")),
        (9, Decimal(5), Decimal("44.90")),
    ]
    assert not batch.rows["findings"]


def test_lines_that_sum_to_the_total_prove_it_without_a_subtotal():
    text = "\n".join(line for line in BILL.splitlines() if "Subtotal" not in line)
    row = only(_read(text), "bills")
    assert (row["subtotal_amount"], row["is_arithmetic_proved"]) == (None, True)


def test_arithmetic_chooses_between_two_totals():
    batch = _read(BILL.replace("Total $411.93", "Total $411.93\nTotal $999.99"))
    assert only(batch, "bills")["total_amount"] == Decimal("411.93")


def test_a_total_that_nothing_proves_is_loaded_and_told():
    batch = _read(BILL.replace("$411.93", "$411.94"))
    assert codes_of(batch) == ["total_not_proved"]
    assert only(batch, "bills")["is_arithmetic_proved"] is False


def test_freight_is_part_of_the_sum():
    assert only(_read(BILL.replace("Total $411.93", "Shipping $5.00\nTotal $416.93")), "bills")["is_arithmetic_proved"]


def test_a_label_whose_amount_was_not_read_does_not_take_that_of_the_next_line():
    bill = read_bill(["Blue Kettle Catering\nSUBTOTAL 140.00\nSALES TAX\nTOTAL $143.15"])
    assert (bill.subtotal_amount, bill.tax_amount, bill.total_amount) == (Decimal(140), None, Decimal("143.15"))
    assert not bill.is_arithmetic_proved
    below = read_bill(["Blue Kettle Catering\nSUBTOTAL 140.00\nSALES TAX\n3.15\nTOTAL $143.15"])
    assert (below.tax_amount, below.is_arithmetic_proved) == (Decimal("3.15"), True)


def test_labels_in_one_column_take_their_values_from_the_block_before():
    text = "ACME SUPPLY\nInvoice # A-17\nJan 1, 2026\nJan 31, 2026\n$127.50\nDate:\nDue Date:\nBalance Due:"
    row = only(_read(text), "bills")
    assert (row["bill_date"], row["due_date"]) == (dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    assert (row["total_amount"], row["bill_number"]) == (Decimal("127.50"), "A-17")


@pytest.mark.parametrize(
    ("line", "total"),
    [
        pytest.param("TOTAL AMOUNT DUE ON August 3 , 2014 $4.11", "4.11", id="a date before the amount"),
        pytest.param("Grand Total Rs 1939", "1939.00", id="no cents"),
        pytest.param("Total\n12.50", "12.50", id="amount on the next line"),
        pytest.param("Total: 1,234.50", "1234.50", id="thousands"),
        pytest.param("Total TTC : 1.234,50 €", "1234.50", id="thousands as in Europe"),
        pytest.param("Balance due (3.00)", "-3.00", id="a credit"),
        pytest.param("Total 9.85 0.59\nTotal payable 10.45\nTotal 9.85 0.59", "10.45", id="a table of tax rates"),
        pytest.param("Total $60.31\nRounded total $60.30\nCash $70.30", "60.30", id="rounded"),
    ],
)
def test_the_total_is_found_by_its_name(line, total):
    assert only(_read(f"ACME SUPPLY\n{line}"), "bills")["total_amount"] == Decimal(total)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(_document(), "no_text", id="no pages"),
        pytest.param(_document(" \n", ""), "no_text", id="blank pages"),
        pytest.param(_document("Dear sir,\nthank you."), "no_total", id="a letter"),
        pytest.param(_document("ACME\nSubtotal $10.00\nTax $1.00"), "no_total", id="a subtotal only"),
        pytest.param(
            DocumentText(source(b"x"), refusal=Finding("encrypted_document", "error", "needs a password")),
            "encrypted_document",
            id="refused",
        ),
    ],
)
def test_a_document_without_a_total_is_quarantined(document, reason):
    batch = documents.read([document])
    file = only(batch, "files")
    assert (file["status"], file["reason_code"], file["in_amount"]) == ("quarantined", reason, Decimal(0))
    assert_conserved(batch, CONTROL)


def test_a_bill_in_another_currency_is_an_error():
    batch = _read(BILL.replace("$", "€"))
    assert only(batch, "bills")["currency_code"] == "EUR"
    assert [(f["code"], f["severity"]) for f in rows_of(batch, "findings")] == [("foreign_currency", "error")]


@pytest.mark.parametrize(
    ("dpi", "code"), [(300, None), (200, None), (180, "low_resolution"), (100, "resolution_too_low")]
)
def test_a_coarse_scan_is_told(dpi, code):
    batch = _read(BILL, dpi=dpi, ocr_engine="tesseract", confidence_rate=Decimal("0.912345"))
    assert codes_of(batch) == ([code] if code else [])
    assert only(batch, "bills")["ocr_confidence_rate"] == Decimal("0.9123")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("4111111111111111", "************1111", id="plain"),
        pytest.param("Visa 4111 1111 1111 1111 exp 12/27", "Visa **** **** **** 1111 exp 12/27", id="in groups"),
        pytest.param("3782-822463-10005", "****-******-*0005", id="fifteen digits"),
        pytest.param("12345 4111111111111111", "12345 ************1111", id="a number before it"),
        pytest.param("4111111111111112", "4111111111111112", id="check digit fails"),
        pytest.param("1234567893", "1234567893", id="an NPI"),
        pytest.param("808401234567893", "808401234567893", id="an NPI as a card"),
        pytest.param("0000000000000000", "0000000000000000", id="zeros"),
    ],
)
def test_card_numbers_are_masked_to_their_last_four(text, masked):
    assert mask_card_numbers(text) == masked


def test_no_card_number_reaches_a_table():
    text = BILL.replace("Larkspur Medical Supply Co", "4111 1111 1111 1111 Supply").replace("Exam", "4111111111111111")
    assert "411111111" not in repr(_read(text).rows).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2025-12-09", dt.date(2025, 12, 9), id="ISO"),
        pytest.param("12/09/2025", dt.date(2025, 12, 9), id="US"),
        pytest.param("12/09/25", dt.date(2025, 12, 9), id="US, two digits"),
        pytest.param("20-10-2015", dt.date(2015, 10, 20), id="day first where it must be"),
        pytest.param("December 9th, 2025", dt.date(2025, 12, 9), id="month name"),
        pytest.param("Dec. 9, 2025", dt.date(2025, 12, 9), id="month short"),
        pytest.param("9 December 2025", dt.date(2025, 12, 9), id="day before month"),
        pytest.param("13/13/2025", None, id="no date"),
        pytest.param("2025", None, id="a year"),
    ],
)
def test_dates_are_read_as_they_are_printed(text, expected):
    assert date_in(f"of {text} or so") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("$1,234.56", ["1234.56"], id="dollars"),
        pytest.param("2 € 2.321,00 21% € 2.321,00", ["2321.00", "2321.00"], id="europe, with a rate"),
        pytest.param("1 278.61 40.39 319.00", ["278.61", "40.39", "319.00"], id="a quantity before"),
        pytest.param("15.00% of 100.00", ["100.00"], id="a rate is no amount"),
        pytest.param("-$5.00 ($6.00)", ["-5.00", "-6.00"], id="negative"),
        pytest.param("12/31/2025 and 2025", [], id="dates and years"),
    ],
)
def test_amounts_are_read_as_they_are_printed(text, expected):
    assert amounts_in(text) == [Decimal(amount) for amount in expected]


@pytest.mark.parametrize(
    ("text", "code"), [("$5", "USD"), ("5 €", "EUR"), ("Rs 5", "INR"), ("CAD 5", "CAD"), ("5", None)]
)
def test_the_currency_is_told_by_its_sign(text, code):
    assert currency_of(text) == code


@settings(max_examples=150)
@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(0, len(BILL)))
def test_any_text_is_read_or_quarantined(noise, place):
    _read(noise)
    _read(BILL[:place] + noise + BILL[place:])


def test_a_very_long_line_takes_no_longer_than_its_length():
    for line in ("1 " * 50_000, "total " * 20_000, "a " * 50_000 + "1 1.00 1.00", "invoice " * 20_000, ":" * 100_000):
        _read(line)


@pytest.mark.shared
def test_the_totals_of_the_sample_invoices_are_found(shared):
    import pypdfium2 as pdfium

    found, dated = {}, 0
    for path in sorted((shared / "samples" / "documents" / "invoices").glob("*.pdf")):
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))[0]
        document = pdfium.PdfDocument(path)
        pages = tuple(page.get_textpage().get_text_range() for page in document)
        row = only(_read(*pages), "bills")
        if "amount" in truth:
            found[path.name] = row["total_amount"] == Decimal(str(truth["amount"]))
        dated += str(row["bill_date"]) == truth["date"]
    assert len(found) == 10
    assert all(found.values()), found
    assert dated >= 7


def _printed_lines(boxes: str) -> str:
    """The words of a receipt as lines of text: a word whose middle is above the line's bottom belongs to it."""
    words = [line.split(",", 8) for line in boxes.splitlines() if line.count(",") >= 8]
    lines: list[tuple[int, list[tuple[int, str]]]] = []
    for top, bottom, left, text in sorted((int(w[1]), int(w[7]), int(w[0]), w[8]) for w in words):
        if not lines or (top + bottom) / 2 >= lines[-1][0]:
            lines.append((bottom, []))
        lines[-1][1].append((left, text))
    return "\n".join(" ".join(text for _, text in sorted(line)) for _, line in lines)


@pytest.mark.shared
def test_most_totals_and_nearly_all_dates_of_the_sample_receipts_are_found(shared):
    totals = dates = count = 0
    for path in sorted((shared / "samples" / "documents" / "receipts").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        bill = read_bill([_printed_lines(path.with_suffix(".box.csv").read_text(encoding="utf-8", errors="replace"))])
        count += 1
        totals += bill.total_amount is not None and f"{bill.total_amount}" in truth["total"].replace(",", "")
        dates += bill.bill_date is not None and bill.bill_date == date_in(truth["date"])
    # a step on the way to 0.94: the engine's reading is not in it, only the finding of fields
    assert (totals / count > 0.85, dates / count > 0.97) == (True, True), (totals, dates, count)
