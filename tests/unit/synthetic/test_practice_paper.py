import datetime as dt
import io
import json
from collections import Counter
from decimal import Decimal

import numpy as np
import pyarrow.parquet as pq
import pypdfium2
import pytest
from PIL import Image

from orchestration.core.errors import BooksError
from orchestration.core.tables import SourceFile
from orchestration.stores.ocr import OcrEngine
from orchestration.synthetic.generate import generate_papers
from orchestration.synthetic.paper import make_papers, print_paper

SEED = 3


@pytest.fixture(scope="module")
def papers():
    return list(make_papers(SEED, 400))


def first(papers, **wanted):
    return next(p for p in papers if all(getattr(p, name) == value for name, value in wanted.items()))


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    text = document[0].get_textpage().get_text_bounded().replace("\r", "")
    document.close()
    return text


def test_a_set_has_every_carrier_resolution_and_layout(papers):
    assert {p.medium for p in papers} == {"printed", "scan_pdf", "jpeg", "tiff"}
    assert Counter(p.dpi for p in papers).keys() == {0, 150, 200, 300}
    assert {(p.kind, p.layout) for p in papers} == {
        *(("bill", n) for n in range(4)),
        *(("receipt", n) for n in range(2)),
    }
    scans = [p for p in papers if p.medium != "printed"]
    assert max(abs(p.degrees) for p in scans) > 1.5
    assert 0.6 < len(scans) / len(papers) < 0.9
    assert any(p.has_card_number for p in papers)
    assert all(p.total_cents == sum(line.cents for line in p.lines) + p.freight_cents + p.tax_cents for p in papers)


def test_a_larger_set_begins_with_a_smaller_one(papers):
    assert list(make_papers(SEED, 12)) == papers[:12]
    assert [p.total_cents for p in make_papers(SEED + 1, 12)] != [p.total_cents for p in papers[:12]]


@pytest.mark.parametrize("layout", range(4))
def test_a_printed_bill_says_its_fields(papers, layout):
    bill = first(papers, kind="bill", medium="printed", layout=layout)
    text = text_of(print_paper(bill, SEED))
    assert bill.vendor_name in text
    assert bill.document_number in text
    assert f"${bill.total_cents / 100:,.2f}" in text
    assert all(line.description in text for line in bill.lines)


def test_a_printed_receipt_says_its_fields(papers):
    receipt = first(papers, kind="receipt", medium="printed")
    text = text_of(print_paper(receipt, SEED))
    assert receipt.vendor_name.upper() in text
    assert f"${receipt.total_cents / 100:.2f}" in text


@pytest.mark.parametrize("medium", ["scan_pdf", "jpeg", "tiff"])
def test_a_scan_is_one_grey_image_of_its_resolution_and_the_same_bytes_each_time(papers, medium):
    paper = first(papers, kind="receipt", medium=medium, dpi=150)
    content = print_paper(paper, SEED)
    assert content == print_paper(paper, SEED)
    if medium == "scan_pdf":
        assert text_of(content).strip() == ""
        return
    image = Image.open(io.BytesIO(content))
    assert image.mode == "L"
    assert [round(float(dpi)) for dpi in image.info["dpi"]] == [150, 150]
    values = np.asarray(image)
    # paper and ink, neither pure
    assert 100 < values.mean() < 250
    assert np.unique(values).size > 50


def test_a_scan_at_the_coarsest_resolution_that_is_booked_is_not_taken_for_a_coarser_one(papers, tesseract):
    assert tesseract
    paper = first(papers, kind="bill", medium="scan_pdf", dpi=150)
    content = print_paper(paper, SEED)
    read = OcrEngine().read(SourceFile("f", paper.file_name, content, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    assert (read.text_source, read.dpi) == ("ocr", 150)


def test_the_truth_has_every_field_of_every_document(tmp_path, papers):
    size = generate_papers(tmp_path, count=6, seed=SEED)
    rows = pq.read_table(tmp_path / "truth" / "documents.parquet").to_pylist()
    assert size == sum(path.stat().st_size for path in (tmp_path / "inbox").iterdir())
    assert {row["file_name"] for row in rows} == {path.name for path in (tmp_path / "inbox").iterdir()}
    for row, paper in zip(rows, papers, strict=False):
        lines = json.loads(row["lines_json"])
        assert sum(Decimal(line["line_amount"]) for line in lines) == row["subtotal_amount"]
        assert row["subtotal_amount"] + row["freight_amount"] + row["tax_amount"] == row["total_amount"]
        assert (row["document_date"], row["document_number"]) == (paper.document_date, paper.document_number)
        assert isinstance(row["document_date"], dt.date)


def test_an_empty_set_is_refused(tmp_path):
    with pytest.raises(BooksError):
        generate_papers(tmp_path, count=0)
