"""810 invoices: lines, charges, allowances and taxes, whose sum is the total the invoice states.

What does not belong here: what all trade documents share (``documents``).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.money import from_cents
from orchestration.formats.x12.syntax.values import amount, date, element, quantity
from orchestration.formats.x12.trade.documents import INVOICE, DocumentReader, TradeCharge, rounded

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

_CREDITS: Final = frozenset({"CR", "CN"})
_SIGNS: Final = {"A": -1, "C": 1}
_INFORMATION_ONLY: Final = "O"
# more are no money (element 610 has at most 15)
_MOST_DIGITS: Final = 17


class InvoiceReader(DocumentReader):
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

    def take(self, number: int, segment: Elements) -> None:
        """Read one segment that is this kind of document's own."""
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
        self.document.charges.append(TradeCharge(number, name, sign * found))

    def finish(self) -> None:
        """Add the lines when all segments were read."""
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
            billed = line.stated if line.stated is not None else rounded(line.exact)
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


def _implied_cents(text: str | None) -> Decimal | None:
    """Return dollars of X12 type N2, whose last two digits are cents; ``None`` for one with a point in it."""
    digits = (text or "").removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        return None
    cents = int(digits)
    return from_cents(-cents if (text or "").startswith("-") else cents)
