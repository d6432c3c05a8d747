"""856 ship notices: what came, by the levels of a shipment (HL), each under its order.

What does not belong here: what all trade documents share (``documents``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orchestration.formats.x12.syntax.values import date, element, quantity
from orchestration.formats.x12.trade.documents import RECEIPT, DocumentReader, TradeLine

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

# element 374: when goods came, else when they left
_DELIVERED, _SHIPPED = "035", "011"
_ITEM_LEVEL: Final = "I"
# HL03 from the top down: shipment, order, tare, pack, item
_LEVELS: Final = ("S", "O", "T", "P", "I")


@dataclass(slots=True)
class _HierarchyLevel:
    """One HL of a shipment, its order where it or one above it names one, and the line it holds."""

    segment_number: int
    above: _HierarchyLevel | None
    code: str | None
    order_number: str | None = None
    line: TradeLine | None = None
    has_quantity: bool = False
    # whether a level above holds an item
    is_inside_item: bool = False

    def inherit(self) -> None:
        """Take over what the level above says; called from the top down, so that depth costs nothing."""
        above = self.above
        if above is not None:
            self.order_number = self.order_number or above.order_number
            self.is_inside_item = above.is_inside_item or above.line is not None


class ShipmentReader(DocumentReader):
    """856: BSN, DTM, HL of shipment, order, tare, pack and item in any order; PRF, LIN with SN1 and PID, CTT."""

    kind = RECEIPT

    def __init__(self, one: TransactionSet) -> None:
        super().__init__(one)
        self.receipt_number: str | None = None
        self.sent: dt.date | None = None
        self.days: dict[str, dt.date | None] = {}
        self.levels: dict[str, _HierarchyLevel] = {}
        self.level: _HierarchyLevel | None = None
        self.last_of: dict[str, _HierarchyLevel] = {}

    def take(self, number: int, segment: Elements) -> None:
        """Read one segment that is this kind of document's own."""
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
        self.level = _HierarchyLevel(number, upper, code)
        self.levels[identity or ""] = self.level
        if code is not None:
            self.last_of[code] = self.level

    def _last_above(self, code: str | None) -> _HierarchyLevel | None:
        """Return the level that one without HL02 stands under: senders leave it out where the order says it."""
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
        """Add the lines when all segments were read."""
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
