"""850 orders, and 855 acknowledgements of orders, which are refused.

What does not belong here: what all trade documents share (``documents``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.formats.x12.syntax.values import date, element
from orchestration.formats.x12.trade.documents import ORDER, DocumentReader, rounded

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet


class OrderReader(DocumentReader):
    """850: BEG, N1, PO1 with PID, CTT."""

    kind = ORDER

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.order_number: str | None = None
        self.day: dt.date | None = None

    def take(self, number: int, segment: Elements) -> None:
        """Read one segment that is this kind of document's own."""
        if segment[0] == "BEG":
            self.purpose(element(segment, 1), number, "BEG")
            self.order_number, self.day = element(segment, 3), date(element(segment, 5))
        elif segment[0] == "PO1":
            self.priced(number, segment)

    def finish(self) -> None:
        """Add the lines when all segments were read."""
        self.count(len(self.items), f"the order does not count its {len(self.items)} lines (CTT01)")
        head = {
            "supplier_name": self.need(self.supplier(), "supplier"),
            "order_number": self.need(self.order_number, "order_number"),
            "order_date": self.need_date(self.day),
            "location_id": self.location(),
        }
        lines = [
            (line, {"ordered_quantity": line.quantity, "unit_price": line.price, "line_amount": rounded(line.exact)})
            for line in self.items
        ]
        self.add([(line, head | values) for line, values in lines])


class AcknowledgementReader(DocumentReader):
    """855: what a supplier says of an order. It never changes what was agreed, or no dearer bill would be found."""

    kind = ORDER

    def read(self) -> None:
        """Refuse the document: it is never booked."""
        words = "a supplier's answer to an order (855) is not booked: compare it with the order"
        self._refuse("order_acknowledgement", words)
