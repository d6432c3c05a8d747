"""Bills and receipts as paper: made-up documents in many layouts, printed, or scanned askew and noisy.

A document is what its fields say, whatever carries it: a PDF with a text layer, or a scan as PDF, JPEG or TIFF at 300,
200 or 150 dots an inch, turned by up to two degrees, grey paper, grainy. Nothing depends on the practice's life: these
are for judging how well paper is read. What does not belong here: the bills of the practice's books (``bills``).
"""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from orchestration.synthetic.bills import VENDORS, PrintedBillLine
from orchestration.synthetic.draws import Stream, stream
from orchestration.synthetic.workdays import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

PaperKind = Literal["bill", "receipt"]
Medium = Literal["printed", "scan_pdf", "jpeg", "tiff"]

_FIRST_DAY = dt.date(2025, 1, 2)
_DAYS = 700
_PER_MYRIAD = 10_000
_POINTS_AN_INCH = 72
_SUFFIXES: dict[Medium, str] = {"printed": "pdf", "scan_pdf": "pdf", "jpeg": "jpg", "tiff": "tif"}
_DPI = (300, 200, 150)
_RECEIPT_SHARE = 0.3
_PRINTED_SHARE = 0.25
_MOST_DEGREES = 2.0
# a number that every payment network reserves for tests; some tills print it whole
_CARD_NUMBER = "4111 1111 1111 1111"
_SHOPS: tuple[tuple[str, str, int, tuple[tuple[str, int], ...]], ...] = (
    ("Cornerstone Hardware", "12 Mill Road, Peoria, IL 61603", 825, (
        ("AA batteries 8pk", 899), ("LED bulb 60W", 449), ("Door stop", 375), ("Cable ties", 629),
        ("Extension cord", 1299),
    )),
    ("Blue Kettle Catering", "88 Orchard Street, Normal, IL 61761", 225, (
        ("Box lunch", 1250), ("Coffee carafe", 2200), ("Fruit tray", 3400), ("Bottled water", 175),
    )),
    ("Paper Lantern Office", "5 Ledger Lane, Joliet, IL 60435", 700, (
        ("Copy paper ream", 749), ("Toner black", 6899), ("Pens 12pk", 549), ("Folders 100pk", 1899), ("Labels", 1149),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One document; amounts in cents. ``degrees`` is how far a scan is turned, ``grain`` how noisy it is (0 to 1)."""

    number_in_set: int
    kind: PaperKind
    medium: Medium
    dpi: int
    degrees: float
    grain: float
    layout: int
    vendor_name: str
    vendor_address: str
    document_number: str
    document_date: dt.date
    due_date: dt.date | None
    lines: tuple[PrintedBillLine, ...] = field(repr=False)
    freight_cents: int
    tax_cents: int
    has_card_number: bool

    @property
    def subtotal_cents(self) -> int:
        """The lines together."""
        return sum(line.cents for line in self.lines)

    @property
    def total_cents(self) -> int:
        """What is to be paid, or was."""
        return self.subtotal_cents + self.freight_cents + self.tax_cents

    @property
    def file_name(self) -> str:
        """The name under which it arrives: it says nothing of what is in it."""
        return f"document_{self.number_in_set:04d}.{_SUFFIXES[self.medium]}"

    def lines_json(self) -> str:
        """Return the lines as JSON: description, quantity, unit price and amount in dollars."""
        return json.dumps(
            [
                {
                    "description": line.description,
                    "quantity": line.quantity,
                    "unit_amount": _plain(line.unit_cents),
                    "line_amount": _plain(line.cents),
                }
                for line in self.lines
            ]
        )


def make_papers(seed: int, count: int) -> Iterator[Paper]:
    """Yield documents, each of its own chance, so that a larger set begins with a smaller one."""
    for number in range(1, count + 1):
        rng = stream(seed, Stream.PAPER, number)
        is_receipt = float(rng.random()) < _RECEIPT_SHARE
        medium: Medium = "printed"
        if float(rng.random()) >= _PRINTED_SHARE:
            medium = ("scan_pdf", "jpeg", "tiff")[int(rng.integers(0, 3))]
        is_scan = medium != "printed"
        dpi = _DPI[int(rng.integers(0, len(_DPI)))] if is_scan else 0
        degrees = float(rng.uniform(-_MOST_DEGREES, _MOST_DEGREES)) if is_scan else 0.0
        grain = float(rng.uniform(0.1, 1.0)) if is_scan else 0.0
        carrier = (number, medium, dpi, degrees, grain)
        yield _receipt(rng, *carrier) if is_receipt else _bill(rng, *carrier)


def _bill(rng: np.random.Generator, number: int, medium: Medium, dpi: int, degrees: float, grain: float) -> Paper:
    vendor = list(VENDORS.values())[int(rng.integers(0, len(VENDORS)))]
    offers = [offer for offer in vendor.offers if float(rng.random()) < 0.8] or list(vendor.offers[:1])  # noqa: PLR2004
    lines = tuple(
        PrintedBillLine(what, int(rng.integers(few, many + 1)), int(rng.integers(low // 5, high // 5 + 1)) * 5)
        for what, low, high, few, many in offers
    )
    date = _FIRST_DAY + int(rng.integers(0, _DAYS)) * ONE_DAY
    freight = int(rng.integers(5, 60)) * 95 if float(rng.random()) < 0.3 else 0  # noqa: PLR2004  # a share
    subtotal = sum(line.cents for line in lines)
    return Paper(
        number,
        "bill",
        medium,
        dpi,
        degrees,
        grain,
        layout=int(rng.integers(0, len(_WORDS))),
        vendor_name=vendor.name,
        vendor_address=vendor.street,
        document_number=f"{vendor.number_prefix}-{date:%y%m}{int(rng.integers(100, 1000))}",
        document_date=date,
        due_date=date + vendor.terms_days * ONE_DAY,
        lines=lines,
        freight_cents=freight,
        tax_cents=(subtotal * vendor.tax_rate + _PER_MYRIAD // 2) // _PER_MYRIAD,
        has_card_number=False,
    )


def _receipt(rng: np.random.Generator, number: int, medium: Medium, dpi: int, degrees: float, grain: float) -> Paper:
    name, address, tax_rate, goods = _SHOPS[int(rng.integers(0, len(_SHOPS)))]
    chosen = [good for good in goods if float(rng.random()) < 0.6] or [goods[0]]  # noqa: PLR2004  # a share
    lines = tuple(PrintedBillLine(what, int(rng.integers(1, 5)), cents) for what, cents in chosen)
    subtotal = sum(line.cents for line in lines)
    return Paper(
        number,
        "receipt",
        medium,
        dpi,
        degrees,
        grain,
        layout=int(rng.integers(0, 2)),
        vendor_name=name,
        vendor_address=address,
        document_number=f"{int(rng.integers(100_000, 1_000_000))}",
        document_date=_FIRST_DAY + int(rng.integers(0, _DAYS)) * ONE_DAY,
        due_date=None,
        lines=lines,
        freight_cents=0,
        tax_cents=(subtotal * tax_rate + _PER_MYRIAD // 2) // _PER_MYRIAD,
        has_card_number=float(rng.random()) < 0.25,  # noqa: PLR2004  # a share
    )


def print_paper(paper: Paper, seed: int) -> bytes:
    """Return the document's bytes, the same for the same document."""
    printed = _print_bill(paper) if paper.kind == "bill" else _print_receipt(paper)
    if paper.medium == "printed":
        return printed
    return _carry(_scan(printed, paper, stream(seed, Stream.PAPER, paper.number_in_set, 1)), paper)


def _plain(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


@dataclass(frozen=True, slots=True)
class _Wording:
    """How one vendor's software words and sets a bill."""

    title: str
    number: str
    date: str
    due: str
    subtotal: str
    freight: str
    total: str
    date_format: str
    font: str
    is_number_right: bool


_WORDS: tuple[_Wording, ...] = (
    _Wording("INVOICE", "Invoice number:", "Invoice date:", "Due date:", "Subtotal", "Shipping", "Total", "%Y-%m-%d",
             "Helvetica", is_number_right=False),
    _Wording("Invoice", "Invoice #", "Date:", "Payment due", "Sub-total", "Freight", "Amount due", "%m/%d/%Y",
             "Times-Roman", is_number_right=True),
    _Wording("STATEMENT OF ACCOUNT", "Invoice No.", "Billing date", "Pay by", "Subtotal", "Delivery", "Total due",
             "%B %d, %Y", "Helvetica", is_number_right=True),
    _Wording("Bill", "Bill no:", "Bill date:", "Due on", "Net amount", "Handling", "Balance due", "%d-%b-%Y",
             "Courier", is_number_right=False),
)  # fmt: skip
_PAGE = (612.0, 792.0)
_MARGIN = 60.0


def _bold(font: str) -> str:
    return {"Times-Roman": "Times-Bold"}.get(font, f"{font}-Bold")


def _print_bill(paper: Paper) -> bytes:
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  # the command line starts without it

    words = _WORDS[paper.layout]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=_PAGE, invariant=1)
    right = _PAGE[0] - _MARGIN
    columns = (_MARGIN, 340.0, 440.0, right)
    height = _PAGE[1] - _MARGIN

    def text(x: float, said: str, *, size: int = 11, is_bold: bool = False, to_right: bool = False) -> None:
        canvas.setFont(_bold(words.font) if is_bold else words.font, size)
        (canvas.drawRightString if to_right else canvas.drawString)(x, height, said)

    text(_MARGIN, paper.vendor_name, size=17, is_bold=True)
    height -= 18
    text(_MARGIN, paper.vendor_address)
    height -= 34
    text(_MARGIN, words.title, size=14, is_bold=True)
    height -= 24
    due = paper.due_date or paper.document_date
    for label, value in (
        (words.number, paper.document_number),
        (words.date, paper.document_date.strftime(words.date_format)),
        (words.due, due.strftime(words.date_format)),
    ):
        said = f"{label} {value}"
        text(right if words.is_number_right else _MARGIN, said, to_right=words.is_number_right)
        height -= 17
    text(_MARGIN, "Bill to: Juniper Hollow Medical Group")
    height -= 32
    for x, title in zip(columns, ("Description", "Quantity", "Unit price", "Amount"), strict=True):
        text(x, title, is_bold=True, to_right=x > _MARGIN)
    canvas.line(_MARGIN, height - 6, right, height - 6)
    height -= 24
    for line in paper.lines:
        cells = (line.description, str(line.quantity), _dollars(line.unit_cents), _dollars(line.cents))
        for x, cell in zip(columns, cells, strict=True):
            text(x, cell, to_right=x > _MARGIN)
        height -= 20
    canvas.line(_MARGIN, height + 8, right, height + 8)
    height -= 12
    freight = [(words.freight, paper.freight_cents)] if paper.freight_cents else []
    sums = [
        (words.subtotal, paper.subtotal_cents),
        *freight,
        ("Tax", paper.tax_cents),
        (words.total, paper.total_cents),
    ]
    for label, cents in sums:
        text(columns[2] - 60, label, is_bold=label == words.total)
        text(right, _dollars(cents), is_bold=label == words.total, to_right=True)
        height -= 20
    height -= 16
    text(_MARGIN, "Thank you for your business.")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


_TILL_WIDTH = 226.0
_TILL_LINE = 14.0


def _print_receipt(paper: Paper) -> bytes:
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  # the command line starts without it

    street, _, town = paper.vendor_address.partition(", ")
    rows: list[tuple[str, str]] = [(paper.vendor_name.upper(), ""), (street, ""), (town, ""), ("", "")]
    stamp = paper.document_date.strftime("%m/%d/%Y" if paper.layout else "%Y-%m-%d")
    rows += [(f"Date: {stamp}", "14:05"), (f"Receipt # {paper.document_number}", ""), ("", "")]
    for line in paper.lines:
        if paper.layout and line.quantity > 1:
            rows.append((line.description, ""))
            rows.append((f"  {line.quantity} @ {_plain(line.unit_cents)}", _plain(line.cents)))
        else:
            rows.append((f"{line.quantity} {line.description}", _plain(line.cents)))
    rows += [("", ""), ("SUBTOTAL", _plain(paper.subtotal_cents)), ("SALES TAX", _plain(paper.tax_cents))]
    rows += [("TOTAL", f"${_plain(paper.total_cents)}"), ("", "")]
    card = _CARD_NUMBER if paper.has_card_number else "************1111"
    rows += [(f"VISA {card}", ""), ("APPROVED 004512", ""), ("", ""), ("THANK YOU", "")]
    page = (_TILL_WIDTH, _TILL_LINE * (len(rows) + 3))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=page, invariant=1)
    height = page[1] - 2 * _TILL_LINE
    for left, amount in rows:
        canvas.setFont("Courier-Bold" if left == "TOTAL" else "Courier", 10)
        canvas.drawString(14, height, left)
        canvas.drawRightString(_TILL_WIDTH - 14, height, amount)
        height -= _TILL_LINE
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _scan(printed: bytes, paper: Paper, rng: np.random.Generator) -> Image:
    """Return a printed page as a scanner would see it: grey, turned, uneven and grainy."""
    import pypdfium2  # noqa: PLC0415  # the command line starts without it
    from PIL import Image  # noqa: PLC0415  # the command line starts without it

    document = pypdfium2.PdfDocument(printed)
    page = document[0].render(scale=paper.dpi / _POINTS_AN_INCH, grayscale=True).to_pil().convert("L")
    document.close()
    turned = page.rotate(paper.degrees, resample=Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    ink = np.asarray(turned, dtype=np.float32)
    spread = 2.0 + 10.0 * paper.grain
    noise = rng.standard_normal(ink.shape, dtype=np.float32) * spread
    # paper is not quite white, ink not quite black, and the lamp shines brighter in the middle
    light = np.linspace(-0.5, 0.5, ink.shape[1], dtype=np.float32) ** 2 * 24.0 * paper.grain
    grey = np.clip(ink * 0.88 + 20.0 - light + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(grey)


def _carry(image: Image, paper: Paper) -> bytes:
    """Return a scan as the file its scanner makes."""
    import time  # noqa: PLC0415  # only to keep today's date out of a PDF

    buffer = io.BytesIO()
    if paper.medium == "jpeg":
        image.save(buffer, "JPEG", quality=72, dpi=(paper.dpi, paper.dpi))
    elif paper.medium == "tiff":
        image.save(buffer, "TIFF", compression="tiff_adobe_deflate", dpi=(paper.dpi, paper.dpi))
    else:
        midnight = time.struct_time((2000, 1, 1, 0, 0, 0, 5, 1, 0))
        image.save(
            buffer, "PDF", resolution=paper.dpi, quality=76, creationDate=midnight, modDate=midnight, producer="scanner"
        )
    return buffer.getvalue()
