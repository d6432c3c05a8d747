"""eClinicalWorks: an eBO transaction detail report of a month as CSV, with its own total and count at the end.

Such a report has no public layout; this one has the columns of the layout that is shipped to start from. Transfers are
no transactions of it. What does not belong here: what was charged and paid (``events``).
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from orchestration.synthetic.people import PAYERS, SELF_PAY, SELF_PAY_ID, SELF_PAY_NAME
from orchestration.synthetic.writers.amounts import dollars

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from orchestration.synthetic.events import Visit
    from orchestration.synthetic.writers.feed import Batch, File

COLUMNS = (
    "Transaction ID", "Charge ID", "Claim No", "Patient Acct No", "Patient Name", "Transaction Type", "Service Date",
    "Posted Date", "CPT Code", "Modifier 1", "Units", "ICD Codes", "POS", "Rendering Provider NPI",
    "Rendering Provider", "Facility ID", "Facility Name", "Payer ID", "Payer Name", "Responsible Party",
    "Payment Method", "Adjustment Code", "Amount", "Voided Date",
)  # fmt: skip


class EClinicalWorksFeed:
    """A report a month; a month without a transaction has none."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the report of the month."""
        rows = list(_rows(batch))
        if rows:
            total = sum(cents for cents, _ in rows)
            records = [cells for _, cells in rows]
            ends: list[dict[str, str]] = [
                {"Transaction ID": "Report Total", "Amount": dollars(total)},
                {"Transaction ID": "Total Records", "Charge ID": str(len(records))},
            ]
            yield f"ebo_transactions_{batch.label}.csv", [_line(COLUMNS), *map(_record, records), *map(_record, ends)]


def _rows(batch: Batch) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (cents, cells) of every transaction."""
    dates = batch.world.days.dates
    for day in batch.days():
        posted = _us(dates[day.day])
        for visit, charges in day.charges:
            party = "patient" if visit.payer == SELF_PAY else "primary"
            start = _start(batch, visit) | _payer(visit.payer) | {"POS": visit.place}
            for charge in charges:
                yield (
                    charge.cents,
                    start
                    | {
                        "Transaction ID": charge.transaction_id,
                        "Transaction Type": "Charge",
                        "Posted Date": posted,
                        "CPT Code": charge.code,
                        "Modifier 1": charge.modifier,
                        "Units": str(charge.units),
                        "ICD Codes": ";".join(visit.diagnoses),
                        "Responsible Party": party,
                        "Amount": dollars(charge.cents),
                        "Voided Date": posted if charge.is_void else "",
                    },
                )
        for payment in day.payments:
            yield (
                -payment.cents,
                _start(batch, payment.visit)
                | {
                    "Transaction ID": payment.transaction_id,
                    "Charge ID": payment.charge_id,
                    "Transaction Type": "Patient Payment" if payment.cents > 0 else "Refund",
                    "Posted Date": posted,
                    "Responsible Party": "patient",
                    "Payment Method": "CREDIT CARD" if payment.cents > 0 else "REFUND CHECK",
                    "Amount": dollars(-payment.cents),
                },
            )
    for posting in batch.postings():
        if posting.kind in {"PAYMENT", "ADJUSTMENT"}:
            is_payment = posting.kind == "PAYMENT"
            yield (
                posting.cents,
                _start(batch, posting.visit)
                | _payer(posting.payer)
                | {
                    "Transaction ID": posting.transaction_id,
                    "Charge ID": posting.charge_id,
                    "Transaction Type": "Insurance Payment" if is_payment else "Adjustment",
                    "Posted Date": _us(dates[posting.day]),
                    "Responsible Party": posting.bucket,
                    "Payment Method": "EFT" if is_payment else "",
                    "Adjustment Code": "" if is_payment else posting.reason,
                    "Amount": dollars(posting.cents),
                },
            )


def _start(batch: Batch, visit: Visit) -> dict[str, str]:
    world = batch.world
    provider, patients = world.providers[visit.provider], world.patients
    return {
        "Claim No": visit.claim_id,
        "Patient Acct No": patients.patient_id(visit.patient),
        "Patient Name": f"{patients.last_name(visit.patient)}, {patients.first_name(visit.patient)}",
        "Service Date": _us(world.days.dates[visit.day]),
        "Rendering Provider NPI": provider.npi,
        "Rendering Provider": f"{provider.last_name}, {provider.first_name}",
        "Facility ID": provider.location_id,
        "Facility Name": world.entity.name,
    }


def _payer(index: int) -> dict[str, str]:
    if index == SELF_PAY:
        return {"Payer ID": SELF_PAY_ID, "Payer Name": SELF_PAY_NAME}
    return {"Payer ID": PAYERS[index].payer_id, "Payer Name": PAYERS[index].name}


def _record(cells: dict[str, str]) -> bytes:
    return _line([cells.get(name, "") for name in COLUMNS])


def _line(cells: list[str] | tuple[str, ...]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def _us(date: dt.date) -> str:
    return f"{date:%m/%d/%Y}"
