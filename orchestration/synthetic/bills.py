"""Suppliers' bills: a fixed rhythm of vendors that are made up, lines that add up, printed as PDF.

Most carry a text layer; two a year are scans: one grey image a page, slightly askew and noisy. What does not belong
here: paying them beyond the day it happens (``bank_ofx`` writes that).
"""

from __future__ import annotations

import datetime as dt
import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.synthetic.draws import Stream, stream
from orchestration.synthetic.workdays import bank_days_after

if TYPE_CHECKING:
    import numpy as np

_MONTHS = 12
_PER_MYRIAD = 10_000
_SCAN_DPI = 240
_POINTS_AN_INCH = 72
_PAGE = (612.0, 792.0)
_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class Seller:
    """A supplier: its offers are (description, lowest and highest unit price in cents, lowest and highest quantity).

    ``account_code`` is the expense its bills are booked to.
    """

    slug: str
    name: str
    account_code: str
    street: str
    number_prefix: str
    tax_rate: int  # per ten thousand
    terms_days: int
    offers: tuple[tuple[str, int, int, int, int], ...]


VENDORS: dict[str, Seller] = {
    vendor.slug: vendor
    for vendor in (
        Seller("larkspur", "Larkspur Medical Supply Co", "6200", "48 Foundry Lane, Peoria, IL 61602", "LMS", 625, 30, (
            ("Exam gloves, box of 100", 780, 1_240, 12, 40),
            ("Table paper, case", 3_450, 4_900, 2, 6),
            ("Syringes 3 mL, box", 1_190, 1_880, 4, 12),
            ("Gauze pads, sleeve", 310, 560, 10, 30),
        )),
        Seller("coldharbor", "Coldharbor Vaccine Depot", "6210", "9 Icehouse Road, Moline, IL 61265", "CVD", 0, 25, (
            ("Influenza vaccine, 10-dose vial", 14_800, 17_900, 10, 18),
            ("Tdap vaccine, single dose", 3_120, 3_680, 10, 20),
            ("MMR vaccine, single dose", 8_050, 8_950, 5, 10),
        )),
        Seller("tessera", "Tessera Clinical Laboratory", "6220", "210 Assay Street, Decatur, IL 62521", "TCL", 0, 30, (
            ("Reference tests, send-out", 1_450, 2_900, 12, 30),
            ("Courier pick-up", 1_200, 1_800, 4, 9),
            ("Specimen kits", 240, 460, 20, 60),
        )),
        Seller(
            "brightline", "Brightline Internet Services", "6400", "77 Signal Avenue, Joliet, IL 60432", "BIS", 700, 20,
            (("Fiber line, per month", 18_900, 18_900, 1, 1), ("Static addresses", 500, 500, 5, 5)),
        ),
        Seller(
            "everclean", "Everclean Janitorial Partners", "6410", "3 Harvest Court, Normal, IL 61761", "EJP", 0, 30,
            (("Evening cleaning, per visit", 5_400, 6_600, 8, 10), ("Floor care, per hour", 3_800, 4_500, 3, 6)),
        ),
    )
}  # fmt: skip

# month of the practice's year (0 is its first) → bills of that month: vendor, day of the month, is it a scan
_CALENDAR: dict[int, tuple[tuple[str, int, bool], ...]] = {
    0: (("brightline", 5, False),),
    1: (("larkspur", 9, False), ("everclean", 17, True)),
    2: (("tessera", 14, False),),
    3: (("brightline", 5, False),),
    4: (("coldharbor", 11, False),),
    5: (("larkspur", 13, False),),
    6: (("brightline", 5, False), ("everclean", 19, False)),
    7: (("tessera", 15, True),),
    8: (("larkspur", 8, False),),
    9: (("brightline", 5, False),),
    10: (("coldharbor", 3, False),),
    11: (("larkspur", 12, False), ("tessera", 21, False)),
}


@dataclass(frozen=True, slots=True)
class PrintedBillLine:
    """One line of a bill, unit price in cents."""

    description: str
    quantity: int
    unit_cents: int

    @property
    def cents(self) -> int:
        """Quantity times unit price."""
        return self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True)
class PrintedBill:
    """One bill; ``paid_date`` is the day the bank pays it."""

    vendor: Seller
    bill_number: str
    bill_date: dt.date
    due_date: dt.date
    paid_date: dt.date
    is_scan: bool
    lines: tuple[PrintedBillLine, ...]

    @property
    def file_name(self) -> str:
        """The name under which the bill arrives."""
        return f"bill_{self.vendor.slug}_{self.bill_date:%Y-%m}.pdf"

    @property
    def subtotal_cents(self) -> int:
        """The lines together."""
        return sum(line.cents for line in self.lines)

    @property
    def tax_cents(self) -> int:
        """Sales tax on the lines, half up."""
        return (self.subtotal_cents * self.vendor.tax_rate + _PER_MYRIAD // 2) // _PER_MYRIAD

    @property
    def total_cents(self) -> int:
        """What is to be paid."""
        return self.subtotal_cents + self.tax_cents


def make_bills(seed: int, start: dt.date, days: int) -> list[PrintedBill]:
    """Return the bills dated on the watched days, oldest first."""
    bills = []
    end = start + dt.timedelta(days=days)
    months = (end.year - start.year) * _MONTHS + end.month - start.month + 1
    for number in range(months):
        year, month = divmod(start.month - 1 + number, _MONTHS)
        for place, (slug, day, is_scan) in enumerate(_CALENDAR[number % _MONTHS]):
            date = dt.date(start.year + year, month + 1, day)
            if start <= date < end:
                bills.append(_bill(seed, VENDORS[slug], date, is_scan=is_scan, place=place))
    return bills


def _bill(seed: int, vendor: Seller, date: dt.date, *, is_scan: bool, place: int) -> PrintedBill:
    rng = stream(seed, Stream.BILLS, date.toordinal(), place)
    lines = tuple(
        PrintedBillLine(what, int(rng.integers(few, many + 1)), int(rng.integers(low // 5, high // 5 + 1)) * 5)
        for what, low, high, few, many in vendor.offers
    )
    due = date + dt.timedelta(days=vendor.terms_days)
    paid = bank_days_after(due - dt.timedelta(days=int(rng.integers(0, 6))), 0)
    number = f"{vendor.number_prefix}-{date:%y%m}{int(rng.integers(10, 100))}"
    return PrintedBill(vendor, number, date, due, paid, is_scan, lines)


def print_bill(bill: PrintedBill, seed: int) -> bytes:
    """Return the bill as a PDF, the same bytes for the same bill; a scan holds an image and no text."""
    content = _print(bill)
    if not bill.is_scan:
        return content
    return _scan(content, stream(seed, Stream.SCANS, bill.bill_date.toordinal()))


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


def _print(bill: PrintedBill) -> bytes:
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  # the command line starts without it

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=_PAGE, invariant=1)
    canvas.setTitle("Invoice")
    right = _PAGE[0] - _MARGIN
    columns = (_MARGIN, 340.0, 440.0, right)
    height = _PAGE[1] - _MARGIN

    def text(x: float, words: str, *, size: int = 11, font: str = "Helvetica", to_right: bool = False) -> None:
        canvas.setFont(font, size)
        (canvas.drawRightString if to_right else canvas.drawString)(x, height, words)

    text(_MARGIN, bill.vendor.name, size=18, font="Helvetica-Bold")
    height -= 20
    text(_MARGIN, bill.vendor.street)
    height -= 40
    # half of the vendors write dates in words
    is_iso = bill.vendor.slug < "d"
    for label, date in (("Invoice date", bill.bill_date), ("Due date", bill.due_date)):
        if label == "Invoice date":
            text(_MARGIN, f"Invoice number: {bill.bill_number}")
            height -= 18
        written = date.isoformat() if is_iso else f"{date:%B} {date.day}, {date.year}"
        text(_MARGIN, f"{label}: {written}")
        height -= 18
    text(_MARGIN, "Bill to: Juniper Hollow Medical Group")
    height -= 36
    for x, title in zip(columns, ("Description", "Quantity", "Unit price", "Amount"), strict=True):
        text(x, title, font="Helvetica-Bold", to_right=x > _MARGIN)
    canvas.line(_MARGIN, height - 6, right, height - 6)
    height -= 24
    for line in bill.lines:
        cells = (line.description, str(line.quantity), _dollars(line.unit_cents), _dollars(line.cents))
        for x, cell in zip(columns, cells, strict=True):
            text(x, cell, to_right=x > _MARGIN)
        height -= 20
    canvas.line(_MARGIN, height + 8, right, height + 8)
    height -= 12
    for label, cents in (("Subtotal", bill.subtotal_cents), ("Tax", bill.tax_cents), ("Total", bill.total_cents)):
        font = "Helvetica-Bold" if label == "Total" else "Helvetica"
        text(columns[2] - 60, label, font=font)
        text(right, _dollars(cents), font=font, to_right=True)
        height -= 20
    height -= 20
    text(_MARGIN, "Please pay by the due date. Thank you.")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _scan(content: bytes, rng: np.random.Generator) -> bytes:
    """Return a printed page as the office scanner would see it."""
    import numpy as np  # noqa: PLC0415  # only scans need it here
    import pypdfium2  # noqa: PLC0415  # the command line starts without it
    from PIL import Image  # noqa: PLC0415  # the command line starts without it

    document = pypdfium2.PdfDocument(content)
    page = document[0].render(scale=_SCAN_DPI / _POINTS_AN_INCH, grayscale=True).to_pil().convert("L")
    document.close()
    angle = float(rng.uniform(0.2, 0.7)) * (1 if rng.random() < 0.5 else -1)  # noqa: PLR2004  # either way
    turned = np.asarray(page.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=255), dtype=np.int16)
    noise = rng.integers(-4, 5, turned.shape, dtype=np.int16)
    # paper is not quite white, ink not quite black
    grey = np.clip(turned * 9 // 10 + 18 + noise, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    # Pillow would write today's date
    midnight = time.struct_time((2000, 1, 1, 0, 0, 0, 5, 1, 0))
    Image.fromarray(grey).save(
        buffer,
        "PDF",
        resolution=_SCAN_DPI,
        quality=80,
        creationDate=midnight,
        modDate=midnight,
        producer="scanner",
    )
    return buffer.getvalue()
