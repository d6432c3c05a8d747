"""One 850, 856 or 810 as the lines of an order, a receipt or an invoice, or the finding that refuses it whole.

Positions are those of X12 004010 and 005010, which agree in all that is read. Refused: a document that is no original,
a test or not in dollars; one whose CTT01 does not count its lines; an invoice whose TDS01 is not the sum of its lines
(quantity times price, each to the cent), charges (SAC) and taxes (TXI); a line without item or quantity; a shipment
whose hierarchy does not hold. A trade document is used whole or not at all, as its sender totals it.
What does not belong here: files and envelopes (``sets``), and the tables (``supplies``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.core.money import CENT, ZERO, fits, from_cents, parse_quantity
from orchestration.formats.x12.syntax.values import amount, date, element, quantity

if TYPE_CHECKING:
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
# element 374: when goods came, else when they left
_DELIVERED, _SHIPPED = "035", "011"
_CREDITS: Final = frozenset({"CR", "CN"})
_SIGNS: Final = {"A": -1, "C": 1}
_INFORMATION_ONLY: Final = "O"
_DOLLARS: Final = "USD"
_ITEM_LEVEL: Final = "I"
# HL03 from the top down: shipment, order, tare, pack, item
_LEVELS: Final = ("S", "O", "T", "P", "I")
# more are no money (element 610 has at most 15)
_MOST_DIGITS: Final = 17


@dataclass(slots=True)
class Charge:
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
    charges: list[Charge] = field(default_factory=list)
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


def read_document(one: TransactionSet) -> Document:
    """Return what a set of a known code says, or why it is refused. Never raises."""
    reader = _READERS[one.set_code or ""](one)
    reader.check_envelope()
    reader.read()
    return reader.document


@dataclass(slots=True)
class _Line:
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


class _Reader:
    """Walks the segments of one set; children say what theirs mean."""

    kind = ""

    def __init__(self, one: TransactionSet) -> None:
        self.set = one
        self.document = Document(self.kind, one.first_segment_number)
        self.items: list[_Line] = []
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
        for index in range(1, len(self.set.segments)):
            yield self.set.first_segment_number + index, self.set.elements(index)

    def read(self) -> None:
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
                self.tell(number, segment)
        self.finish()

    def tell(self, number: int, segment: Elements) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        raise NotImplementedError

    # --- what they share -----------------------------------------------------------------------------------------

    def purpose(self, code: str | None, number: int, name: str) -> None:
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

    def item(self, number: int, segment: Elements, first_qualifier: int) -> _Line:
        """Return a line with the item its qualifiers name, and file it."""
        named: dict[str, str] = {}
        for place in range(first_qualifier, len(segment) - 1, 2):
            qualifier, value = element(segment, place), element(segment, place + 1)
            if qualifier is not None and value is not None:
                named.setdefault(qualifier, value)
        line = _Line(number, segment[0], next((named[each] for each in _ITEM_QUALIFIERS if each in named), None))
        self.items.append(line)
        return line

    def priced(self, number: int, segment: Elements) -> _Line:
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

    def add(self, lines: Sequence[tuple[_Line, dict[str, Any]]]) -> None:
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


class _Order(_Reader):
    """850: BEG, N1, PO1 with PID, CTT."""

    kind = ORDER

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.order_number: str | None = None
        self.day: dt.date | None = None

    def tell(self, number: int, segment: Elements) -> None:
        if segment[0] == "BEG":
            self.purpose(element(segment, 1), number, "BEG")
            self.order_number, self.day = element(segment, 3), date(element(segment, 5))
        elif segment[0] == "PO1":
            self.priced(number, segment)

    def finish(self) -> None:
        self.count(len(self.items), f"the order does not count its {len(self.items)} lines (CTT01)")
        head = {
            "supplier_name": self.need(self.supplier(), "supplier"),
            "order_number": self.need(self.order_number, "order_number"),
            "order_date": self.need_date(self.day),
            "location_id": self.location(),
        }
        lines = [
            (line, {"ordered_quantity": line.quantity, "unit_price": line.price, "line_amount": _rounded(line.exact)})
            for line in self.items
        ]
        self.add([(line, head | values) for line, values in lines])


class _Invoice(_Reader):
    """810: BIG, REF, N1, ITD, IT1 with PID and PAM, TDS, SAC and TXI of lines and of the whole, CTT."""

    kind = INVOICE

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.invoice_number: str | None = None
        self.order_number: str | None = None
        self.day: dt.date | None = None
        self.due: dt.date | None = None
        self.net_days: Decimal | None = None
        self.is_credit = False
        self.stated_total: Decimal | None = None
        self.total_number: int | None = None

    def tell(self, number: int, segment: Elements) -> None:
        match segment[0]:
            case "BIG":
                self.purpose(element(segment, 8), number, "BIG")
                self.day, self.invoice_number = date(element(segment, 1)), element(segment, 2)
                self.order_number = element(segment, 4)
                self.is_credit = element(segment, 7) in _CREDITS
            case "REF" if element(segment, 1) == "PO":
                if self.items:
                    self.items[-1].order_number = element(segment, 2)
                else:
                    self.order_number = self.order_number or element(segment, 2)
            case "ITD":
                self.due = self.due or date(element(segment, 6))
                self.net_days = self.net_days if self.net_days is not None else quantity(element(segment, 7))
            case "IT1":
                self.priced(number, segment)
            case "PAM" if element(segment, 4) == "1" and self.items:
                self.items[-1].stated = amount(element(segment, 5))
            case "TDS":
                self.total_number, self.stated_total = number, _implied_cents(element(segment, 1))
            case "SAC" if element(segment, 1) in _SIGNS:
                self._charge(number, "SAC", _implied_cents(element(segment, 5)), _SIGNS[segment[1].strip(" ")])
            case "TXI" if element(segment, 6) != _INFORMATION_ONLY:
                self._charge(number, "TXI", amount(element(segment, 2)), 1)
            case _:
                pass

    def _charge(self, number: int, name: str, found: Decimal | None, sign: int) -> None:
        if found is None:
            words = "a charge, allowance or tax of the invoice states no amount"
            self._refuse("unreadable_amount", words, number, name)
            return
        self.document.charges.append(Charge(number, name, sign * found))

    def finish(self) -> None:
        # a credit is written by most senders without a sign, and its total says which way they do it
        sign = -1 if self.is_credit and self.stated_total is not None and self.stated_total > 0 else 1
        for charge in self.document.charges:
            charge.amount *= sign
        head: dict[str, Any] = {
            "supplier_name": self.need(self.supplier(), "supplier"),
            "invoice_number": self.need(self.invoice_number, "invoice_number"),
            "invoice_date": self.need_date(self.day),
            "due_date": self._due_date(),
        }
        lines = []
        for line in self.items:
            billed = line.stated if line.stated is not None else _rounded(line.exact)
            if billed is None:
                words = "a line of the invoice has neither a price nor an amount"
                self._refuse("unreadable_amount", words, line.number, line.segment_id)
            values = {
                "order_number": line.order_number or self.order_number,
                "billed_quantity": None if line.quantity is None else sign * line.quantity,
                "unit_price": line.price,
                "line_amount": None if billed is None else sign * billed,
            }
            lines.append((line, head | values))
        self.add(lines)
        self.count(len(self.items), f"the invoice does not count its {len(self.items)} lines (CTT01)")
        if self.stated_total is None or sign * self.stated_total != self.document.total:
            words = "the total of the invoice (TDS01) is not the sum of its lines, charges and taxes"
            self._refuse("total_mismatch", words, self.total_number, "TDS")

    def _due_date(self) -> dt.date | None:
        if self.due is not None or self.day is None or self.net_days is None:
            return self.due
        try:
            return self.day + dt.timedelta(days=int(self.net_days))
        except OverflowError:
            return None


@dataclass(slots=True)
class _Level:
    """One HL of a shipment, its order where it or one above it names one, and the line it holds."""

    segment_number: int
    above: _Level | None
    code: str | None
    order_number: str | None = None
    line: _Line | None = None
    has_quantity: bool = False
    # whether a level above holds an item
    is_inside_item: bool = False

    def inherit(self) -> None:
        """Take over what the level above says; told from the top down, so that depth costs nothing."""
        above = self.above
        if above is not None:
            self.order_number = self.order_number or above.order_number
            self.is_inside_item = above.is_inside_item or above.line is not None


class _Shipment(_Reader):
    """856: BSN, DTM, HL of shipment, order, tare, pack and item in any order; PRF, LIN with SN1 and PID, CTT."""

    kind = RECEIPT

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.receipt_number: str | None = None
        self.sent: dt.date | None = None
        self.days: dict[str, dt.date | None] = {}
        self.levels: dict[str, _Level] = {}
        self.level: _Level | None = None
        self.last_of: dict[str, _Level] = {}

    def tell(self, number: int, segment: Elements) -> None:
        match segment[0]:
            case "BSN":
                self.purpose(element(segment, 1), number, "BSN")
                self.receipt_number, self.sent = element(segment, 2), date(element(segment, 3))
            case "DTM":
                self.days.setdefault(element(segment, 1) or "", date(element(segment, 2)))
            case "HL":
                self._hl(number, segment)
            case "PRF" if self.level is not None:
                self.level.order_number = element(segment, 1)
            case "LIN":
                self._lin(number, segment)
            case "SN1" if self.level is not None:
                self._sn1(number, segment)
            case _:
                pass

    def _hl(self, number: int, segment: Elements) -> None:
        identity, above = element(segment, 1), element(segment, 2)
        if identity is None or identity in self.levels or (above is not None and above not in self.levels):
            words = "the levels of the shipment (HL) do not hang together"
            self._refuse("broken_hierarchy", words, number, "HL")
        code = element(segment, 3)
        upper = self.levels.get(above) if above is not None else self._last_above(code)
        self.level = _Level(number, upper, code)
        self.levels[identity or ""] = self.level
        if code is not None:
            self.last_of[code] = self.level

    def _last_above(self, code: str | None) -> _Level | None:
        """Return the level that one without HL02 stands under: senders leave it out where the order of levels tells."""
        if code not in _LEVELS:
            return None
        above = [self.last_of[upper] for upper in _LEVELS[: _LEVELS.index(code)] if upper in self.last_of]
        return max(above, key=lambda level: level.segment_number, default=None)

    def _lin(self, number: int, segment: Elements) -> None:
        if self.level is None or self.level.line is not None:
            words = "a level of the shipment (HL) holds more than one item, or an item stands outside of all"
            self._refuse("broken_hierarchy", words, number, "LIN")
            return
        self.level.line = self.item(number, segment, 2)

    def _sn1(self, number: int, segment: Elements) -> None:
        level = self.level
        if level is None or level.has_quantity:
            words = "a level of the shipment (HL) states two quantities"
            self._refuse("broken_hierarchy", words, number, "SN1")
            return
        level.has_quantity = True
        if level.line is not None:
            level.line.quantity, level.line.unit = quantity(element(segment, 2)), element(segment, 3)

    def finish(self) -> None:
        words = f"the shipment does not count its {len(self.levels)} levels (CTT01)"
        self.count(len(self.levels), words)
        day = self.days.get(_DELIVERED) or self.days.get(_SHIPPED) or self.sent
        head: dict[str, Any] = {
            "supplier_name": self.need(self.supplier(), "supplier"),
            "receipt_number": self.need(self.receipt_number, "receipt_number"),
            "received_date": self.need_date(day),
            "location_id": self.location(),
        }
        lines = []
        for level in self.levels.values():
            level.inherit()
            line = level.line
            if line is None:
                if level.code == _ITEM_LEVEL:
                    words = "an item of the shipment is not named (LIN)"
                    self._refuse("missing_item_id", words, level.segment_number, "HL")
                continue
            if level.is_inside_item:
                words = "an item of the shipment stands inside another: what came would be counted twice"
                self._refuse("broken_hierarchy", words, line.number, line.segment_id)
            values = {"order_number": level.order_number, "received_quantity": line.quantity}
            lines.append((line, head | values))
        self.add(lines)


class _Acknowledgement(_Reader):
    """855: what a supplier says of an order. It never changes what was agreed, or no dearer bill would be found."""

    kind = ORDER

    def read(self) -> None:
        words = "a supplier's answer to an order (855) is not booked: compare it with the order"
        self._refuse("order_acknowledgement", words)


_READERS: Final[dict[str, type[_Reader]]] = {
    "850": _Order,
    "855": _Acknowledgement,
    "856": _Shipment,
    "810": _Invoice,
}


def _decimal(text: str) -> Decimal | None:
    """Return a number of X12 type R as it is written, with all its places."""
    if not text.isascii() or not set(text) <= set("0123456789.-"):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _implied_cents(text: str | None) -> Decimal | None:
    """Return dollars of X12 type N2, whose last two digits are cents; ``None`` for one with a point in it."""
    digits = (text or "").removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        return None
    cents = int(digits)
    return from_cents(-cents if (text or "").startswith("-") else cents)


def _rounded(exact: Decimal | None) -> Decimal | None:
    """Return dollars to the cent, half a cent up, as invoices are added."""
    if exact is None or not fits(exact):
        return None
    return exact.quantize(CENT, rounding=ROUND_HALF_UP)
