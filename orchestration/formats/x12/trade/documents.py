"""A trade document as the lines of an order, a receipt or an invoice, or the finding that refuses it whole.

Positions are those of X12 004010 and 005010, which agree in all that is read. Refused: a document that is no original,
a test or not in dollars; one whose CTT01 does not count its lines; an invoice whose TDS01 is not the sum of its lines
(quantity times price, each to the cent), charges (SAC) and taxes (TXI); a line without item or quantity; a shipment
whose hierarchy does not hold. A trade document is used whole or not at all, as its sender totals it.
What does not belong here: what one kind of document says besides (``orders``, ``shipments``, ``invoices``), files and
envelopes (``syntax.sets``), and the tables (``supplies``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.core.money import CENT, ZERO, fits, parse_quantity
from orchestration.formats.x12.syntax.values import element, quantity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

ORDER, RECEIPT, INVOICE = "order", "receipt", "invoice"
# BEG01, BSN01, BIG08: original, replaced, confirmed, sent again. What is changed or taken back is for a person
_ORIGINALS: Final = frozenset({None, "00", "05", "06", "07"})
# element 235, the supplier's own number of an item first: an order, its shipment and its invoice must name it alike
_ITEM_QUALIFIERS: Final = ("VN", "VP", "VC", "BP", "IN", "SK", "UP", "UI", "UK", "EN", "ND", "N4", "MG", "MF")
# element 98: who sells, supplies, ships or is paid
_SUPPLIERS: Final = ("SE", "VN", "SU", "RI", "RE", "SF")
_SHIP_TO: Final = "ST"
# element 639: the price is of a hundred or a thousand units
_PRICE_BASIS: Final = {"HP": 100, "TP": 1000}
_DOLLARS: Final = "USD"


@dataclass(slots=True)
class TradeCharge:
    """A charge, allowance or tax of an invoice that is no line of it, in dollars."""

    segment_number: int
    segment_id: str
    amount: Decimal


@dataclass(slots=True)
class Document:
    """What one transaction set says: ``lines`` by canonical column, each with its ``line_number``.

    ``refusal`` keeps all of it out; ``total`` is the dollars of an invoice's lines and charges, as far as readable.
    """

    kind: str
    first_segment_number: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    charges: list[TradeCharge] = field(default_factory=list)
    refusal: Finding | None = None
    # false: what it says is no money of the practice's, or in no dollars
    is_money: bool = True

    @property
    def total(self) -> Decimal:
        """The dollars of an invoice: its lines and its charges."""
        if not self.is_money:
            return ZERO
        billed = [line["line_amount"] for line in self.lines if self.kind == INVOICE]
        return sum((each for each in (*billed, *(one.amount for one in self.charges)) if each is not None), ZERO)


@dataclass(slots=True)
class TradeLine:
    """An item while its segments are read."""

    number: int
    segment_id: str
    item_id: str | None = None
    description: str | None = None
    unit: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    # quantity times price before it is rounded, and the amount that is stated for it instead
    exact: Decimal | None = None
    stated: Decimal | None = None
    # of an invoice for several orders
    order_number: str | None = None


class DocumentReader:
    """Walks the segments of one set; children say what theirs mean."""

    kind = ""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self.document = Document(self.kind, one.first_segment_number)
        self.items: list[TradeLine] = []
        self.parties: dict[str, tuple[str | None, str | None]] = {}
        self.places: set[str] = set()
        self.counted: tuple[int, str] | None = None

    def check_envelope(self) -> None:
        """Refuse what is cut off or no more than a test."""
        if not self.set.is_closed:
            self._refuse("cut_document", "the document has no trailer (SE): its end may be missing")
        if self.set.header.usage_indicator == "T":
            words = "the sender marks the document as a test (ISA15 is T): it is not used"
            self._refuse("test_document", words, is_money=False)

    def _refuse(
        self, code: str, message: str, number: int | None = None, name: str = "ST", *, is_money: bool = True
    ) -> None:
        """Keep the document out; the first reason counts, and what follows is still read for its dollars."""
        self.document.is_money = self.document.is_money and is_money
        if self.document.refusal is None:
            place = number or self.set.first_segment_number
            self.document.refusal = Finding(code, "error", message, segment_number=place, segment_id=name)

    def segments(self) -> Iterator[tuple[int, Elements]]:
        """Yield the segments after ST with their numbers in the file."""
        for index in range(1, len(self.set.segments)):
            yield self.set.first_segment_number + index, self.set.elements(index)

    def read(self) -> None:
        """Walk the segments."""
        for number, segment in self.segments():
            name = segment[0]
            if name == "N1":
                role = element(segment, 1)
                self.parties.setdefault(role or "", (element(segment, 2), element(segment, 4)))
                if role == _SHIP_TO:
                    self.places.add(element(segment, 4) or element(segment, 2) or "")
            elif name == "CUR":
                if element(segment, 2) not in {None, _DOLLARS}:
                    self._refuse("foreign_currency", "the document is not in dollars", number, name, is_money=False)
            elif name == "PID":
                if self.items and self.items[-1].description is None:
                    self.items[-1].description = element(segment, 5)
            elif name == "CTT":
                self.counted = (number, element(segment, 1) or "")
            else:
                self.take(number, segment)
        self.finish()

    def take(self, number: int, segment: Elements) -> None:
        """Read one segment that is this kind of document's own."""
        raise NotImplementedError

    def finish(self) -> None:
        """Add the lines when all segments were read."""
        raise NotImplementedError

    # --- what they share -----------------------------------------------------------------------------------------

    def purpose(self, code: str | None, number: int, name: str) -> None:
        """Refuse a document that is no original."""
        if code not in _ORIGINALS:
            words = "the document changes or cancels an earlier one: it is for a person to follow"
            self._refuse("document_is_no_original", words, number, name)

    def supplier(self) -> str | None:
        """Return who supplies: the name or number of the party, else the partner of the envelope."""
        for role in _SUPPLIERS:
            name, number = self.parties.get(role, (None, None))
            if name or number:
                return name or number
        header = self.set.header
        return header.receiver_id if self.kind == ORDER else header.sender_id

    def location(self) -> str | None:
        """Return where the goods go, when it is one place."""
        return next(iter(self.places)) or None if len(self.places) == 1 else None

    def item(self, number: int, segment: Elements, first_qualifier: int) -> TradeLine:
        """Return a line with the item its qualifiers name, and file it."""
        named: dict[str, str] = {}
        for place in range(first_qualifier, len(segment) - 1, 2):
            qualifier, value = element(segment, place), element(segment, place + 1)
            if qualifier is not None and value is not None:
                named.setdefault(qualifier, value)
        line = TradeLine(number, segment[0], next((named[each] for each in _ITEM_QUALIFIERS if each in named), None))
        self.items.append(line)
        return line

    def priced(self, number: int, segment: Elements) -> TradeLine:
        """Return the line of a PO1 or IT1: quantity, unit, price and its basis, item."""
        line = self.item(number, segment, 6)
        line.quantity, line.unit = quantity(element(segment, 2)), element(segment, 3)
        written = element(segment, 4)
        if written is not None:
            price = _decimal(written)
            if price is not None:
                price /= _PRICE_BASIS.get(element(segment, 5) or "", 1)
            line.price = parse_quantity(f"{price:f}") if price is not None else None
            if line.price is None:
                words = "the price of a line is unreadable, or finer than a hundredth of a cent"
                self._refuse("unreadable_price", words, number, segment[0])
            if line.quantity is not None and line.price is not None:
                line.exact = line.quantity * line.price
        return line

    def count(self, expected: int, words: str) -> None:
        """Refuse a document whose CTT01 counts something else; one that counts nothing is not judged."""
        if self.counted is None or not self.counted[1]:
            return
        number, stated = self.counted
        if not (stated.isascii() and stated.isdigit() and stated.lstrip("0") == str(expected or "")):
            self._refuse("line_count_mismatch", words, number, "CTT")

    def need(self, value: str | None, what: str) -> str | None:
        """Return the value; refuses the document without it."""
        if not value:
            self._refuse(f"missing_{what}", f"the {self.kind} has no {what.replace('_', ' ')}")
        return value

    def need_date(self, day: dt.date | None) -> dt.date | None:
        """Return the day; refuses the document without it."""
        if day is None:
            self._refuse("unreadable_date", f"the date of the {self.kind} is missing or unreadable")
        return day

    def add(self, lines: Sequence[tuple[TradeLine, dict[str, Any]]]) -> None:
        """Add lines with what those of all documents have; refuses none at all, and one without item or quantity."""
        if not lines:
            self._refuse("empty_document", f"the {self.kind} has no lines")
        for line, values in lines:
            if not line.item_id:
                words = f"a line of the {self.kind} names its item by no number that is known"
                self._refuse("missing_item_id", words, line.number, line.segment_id)
            if line.quantity is None:
                words = "the quantity of a line is missing or unreadable"
                self._refuse("unreadable_quantity", words, line.number, line.segment_id)
            common = {
                "line_number": line.number,
                "profile": f"x12_{self.set.set_code}",
                "item_id": line.item_id,
                "item_description": line.description,
                "unit_of_measure": line.unit,
            }
            self.document.lines.append(common | values)


def _decimal(text: str) -> Decimal | None:
    """Return a number of X12 type R as it is written, with all its places."""
    if not text.isascii() or not set(text) <= set("0123456789.-"):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def rounded(exact: Decimal | None) -> Decimal | None:
    """Return dollars to the cent, half a cent up, as invoices are added."""
    if exact is None or not fits(exact):
        return None
    return exact.quantize(CENT, rounding=ROUND_HALF_UP)
