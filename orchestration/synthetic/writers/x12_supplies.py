"""Orders, ship notices and invoices of suppliers over X12 004010: 850, 856 and 810, one file per document.

What does not belong here: what was ordered and what went wrong (``supplies``).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.supplier_files import receipt_number, receipts
from orchestration.synthetic.writers.x12_envelope import Envelope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from orchestration.synthetic.supplies import SupplyLine
    from orchestration.synthetic.writers.feed import Batch, File

_VERSION = "004010"
_PARTNERS = {"Henry Schein": "HENRYSCHEIN", "McKesson": "MCKESSON"}
_ORDER, _SHIPMENT, _INVOICE = 1, 2, 3


class X12SuppliesFeed:
    """An order, its shipments and its invoice, each in a file of its own."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the files of the batch."""
        lines = batch.supplies()
        practice, partner = batch.world.entity.name, batch.world.entity.receiver_id
        for number, ordered in groupby(lines, key=lambda line: line.order_number):
            of_order = list(ordered)
            first = of_order[0]
            parties = [f"N1*ST*{practice}*92*{first.location_id}", f"N1*SE*{first.supplier}"]
            if batch.is_written(first.order_date):
                envelope = _envelope("PO", partner, _PARTNERS[first.supplier], first.order_date, _ORDER, first)
                yield f"orders_{number}.850", [envelope.around(_order(of_order, parties))]
            if batch.is_written(first.invoice_date):
                envelope = _envelope("IN", _PARTNERS[first.supplier], partner, first.invoice_date, _INVOICE, first)
                yield f"invoices_{first.invoice_number}.810", [envelope.around(_invoice(of_order, parties))]
            came = sorted(receipts(of_order), key=lambda receipt: receipt[0])
            for day, of_day in groupby(came, key=lambda receipt: receipt[0]):
                if batch.is_written(day):
                    envelope = _envelope("SH", _PARTNERS[first.supplier], partner, day, _SHIPMENT, first)
                    name = receipt_number(first, day)
                    body = _shipment([(line, quantity) for _, line, quantity in of_day], parties, name, day)
                    yield f"receipts_{name}.856", [envelope.around(body)]


def _envelope(group: str, sender: str, receiver: str, day: dt.date, kind: int, line: SupplyLine) -> Envelope:
    # nine digits that no other document of the day has: its kind, the day, the supplier
    place = [*_PARTNERS].index(line.supplier)
    return Envelope(group, _VERSION, sender, receiver, f"{day:%Y%m%d}", "0600", f"{kind}{day.toordinal():07d}{place}")


def _order(lines: list[SupplyLine], parties: list[str]) -> list[str]:
    first = lines[0]
    body = ["ST*850*0001", f"BEG*00*SA*{first.order_number}**{first.order_date:%Y%m%d}", *parties]
    for place, line in enumerate(lines, start=1):
        item = f"{line.unit}*{dollars(line.price_cents)}*PE*VN*{line.item_id}"
        body += [f"PO1*{place}*{line.quantity}*{item}", f"PID*F****{line.description}"]
    return [*body, f"CTT*{len(lines)}"]


def _invoice(lines: list[SupplyLine], parties: list[str]) -> list[str]:
    first = lines[0]
    day, due = f"{first.invoice_date:%Y%m%d}", f"{first.due_date:%Y%m%d}"
    body = [
        "ST*810*0001",
        f"BIG*{day}*{first.invoice_number}**{first.order_number}***DI",
        *parties,
        f"ITD*05*3****{due}",
    ]
    for place, line in enumerate(lines, start=1):
        item = f"{line.unit}*{dollars(line.billed_price_cents)}*PE*VN*{line.item_id}"
        body += [f"IT1*{place}*{line.billed_quantity}*{item}", f"PID*F****{line.description}"]
    # TDS01 has no point: its last two digits are cents
    return [*body, f"TDS*{sum(line.billed_cents for line in lines)}", f"CTT*{len(lines)}"]


def _shipment(came: list[tuple[SupplyLine, int]], parties: list[str], number: str, day: dt.date) -> list[str]:
    first = came[0][0]
    body = ["ST*856*0001", f"BSN*00*{number}*{day:%Y%m%d}*0600*0004", "HL*1**S", f"DTM*035*{day:%Y%m%d}", *parties]
    body += ["HL*2*1*O", f"PRF*{first.order_number}"]
    for place, (line, quantity) in enumerate(came, start=3):
        body += [f"HL*{place}*2*I", f"LIN**VN*{line.item_id}", f"SN1**{quantity}*{line.unit}"]
        body.append(f"PID*F****{line.description}")
    return [*body, f"CTT*{len(came) + 2}"]
