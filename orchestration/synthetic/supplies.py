"""Clinical supplies: what is ordered each month, what comes of it, and what the supplier bills for it.

Most lines come whole and are billed as ordered. Some come short and the rest follows, some never come but are billed,
some are billed at another price: what a three-way match must find, with its cause. They are paid by purchasing card,
outside the account that is watched. What does not belong here: the bills on paper (``bills``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestration.synthetic.draws import Stream, stream
from orchestration.synthetic.workdays import ONE_DAY, bank_day_from

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from orchestration.synthetic.people import Provider

Cause = Literal["none", "backorder", "price", "not_received"]

_SUPPLIERS = ("Henry Schein", "McKesson")
# item, description, unit of measure, usual price in cents, usual quantity for one provider
_ITEMS: dict[str, tuple[tuple[str, str, str, int, int], ...]] = {
    "Henry Schein": (
        ("112-8841", "Nitrile exam gloves, medium", "BX", 1145, 5),
        ("570-0392", "Tongue depressors, sterile", "BX", 689, 2),
        ("900-4410", "Alcohol prep pads", "BX", 312, 5),
        ("104-7758", "Exam table paper, 21 inch", "CS", 4260, 1),
        ("777-1203", "Urinalysis strips", "EA", 2495, 1),
    ),
    "McKesson": (
        ("16-8890", "Syringe with needle, 3 mL", "BX", 1530, 3),
        ("24-106", "Gauze sponges, 4 x 4", "BX", 540, 4),
        ("59-1188", "Rapid strep test kit", "EA", 5875, 1),
        ("63-4721", "Suture removal tray", "CS", 7390, 1),
    ),
}
_DAYS_OF_MONTH = (4, 12)
_BACKORDER_SHARE, _PRICE_SHARE, _NOT_RECEIVED_SHARE = 0.08, 0.06, 0.02
_TERMS_DAYS = 30
# an order's receipts and invoices have all come after this many months
_MONTHS_OPEN = 2


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """One line of an order and what became of it; prices in cents of one unit.

    ``later_quantity`` follows on ``later_date`` where a part was on back order.
    """

    supplier: str
    order_number: str
    item_id: str
    description: str
    unit: str
    location_id: str
    order_date: dt.date
    quantity: int
    price_cents: int
    received_date: dt.date
    received_quantity: int
    later_date: dt.date | None
    later_quantity: int
    invoice_number: str
    invoice_date: dt.date
    billed_quantity: int
    billed_price_cents: int
    cause: Cause

    @property
    def due_date(self) -> dt.date:
        """When the invoice is due."""
        return self.invoice_date + _TERMS_DAYS * ONE_DAY

    @property
    def billed_cents(self) -> int:
        """What the line is billed at."""
        return self.billed_quantity * self.billed_price_cents


def make_supplies(seed: int, providers: tuple[Provider, ...], first: dt.date, start: dt.date) -> list[SupplyLine]:
    """Return the lines ordered in the month of ``first`` and in those before it whose goods may still come.

    Nothing was ordered before ``start``.
    """
    found = []
    month = first.replace(day=1)
    for _ in range(_MONTHS_OPEN + 1):
        found += [line for line in _orders(seed, providers, month) if line.order_date >= start]
        month = (month - ONE_DAY).replace(day=1)
    return sorted(found, key=lambda line: (line.order_date, line.order_number))


def _orders(seed: int, providers: tuple[Provider, ...], month: dt.date) -> Iterator[SupplyLine]:
    for place, (supplier, day) in enumerate(zip(_SUPPLIERS, _DAYS_OF_MONTH, strict=True)):
        ordered = bank_day_from(month.replace(day=day))
        rng = stream(seed, Stream.SUPPLIES, ordered.toordinal(), place)
        number = f"PO{ordered:%y%m%d}{place + 1}"
        arrived = bank_day_from(ordered + int(rng.integers(2, 6)) * ONE_DAY)
        for item, description, unit, usual_price, usual_quantity in _ITEMS[supplier]:
            quantity = max(1, round(usual_quantity * len(providers) * float(rng.uniform(0.7, 1.3))))
            price = round(usual_price * float(rng.uniform(0.97, 1.03)))
            draw, share, wait = (float(value) for value in rng.random(3))
            cause: Cause = "none"
            now, later, later_day, billed_price = quantity, 0, None, price
            if draw < _BACKORDER_SHARE and quantity > 1:
                cause = "backorder"
                now = max(1, int(quantity * (0.3 + 0.5 * share)))
                later, later_day = quantity - now, bank_day_from(arrived + (5 + int(20 * wait)) * ONE_DAY)
            elif draw < _BACKORDER_SHARE + _PRICE_SHARE:
                cause, billed_price = "price", price + max(1, round(price * (0.02 + 0.08 * share)))
            elif draw < _BACKORDER_SHARE + _PRICE_SHARE + _NOT_RECEIVED_SHARE:
                cause, now = "not_received", 0
            yield SupplyLine(
                supplier,
                number,
                item,
                description,
                unit,
                providers[0].location_id,
                ordered,
                quantity,
                price,
                arrived,
                now,
                later_day if later else None,
                later,
                f"{'HS' if place == 0 else 'MK'}{ordered:%y%m}{100 + place}",
                arrived + ONE_DAY,
                quantity,
                billed_price,
                cause,
            )
