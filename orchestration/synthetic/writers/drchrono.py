"""DrChrono's API: /api/line_items and /api/transactions, as pages of JSON, a month at a time.

A line item is a snapshot: its balances are those of the last day that the file covers. A transaction is what a payer
paid or adjusted of one line item. A line that was entered by mistake is deleted there and is in neither.
What does not belong here: what patients paid, which is only in a line item's ``pt_paid``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from orchestration.core.exact_json import exact_json
from orchestration.core.money import from_cents as amount
from orchestration.synthetic.cases import inside
from orchestration.synthetic.encounters import NOTHING
from orchestration.synthetic.events import charges_of
from orchestration.synthetic.people import PAYERS, SELF_PAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestration.synthetic.events import Charge, Posting, Visit
    from orchestration.synthetic.writers.feed import Batch, File

_GROUPS = {"CONTRACTUAL": ("CO", "45"), "SEQUESTRATION": ("CO", "253"), "PATIENT RESPONSIBILITY": ("PR", "2")}


class DrChronoFeed:
    """Two files a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the line items posted and the transactions made on the days of the batch."""
        yield f"drchrono_line_items_{batch.label}.json", _page(_line_items(batch))
        yield f"drchrono_transactions_{batch.label}.json", _page(_transactions(batch))


def _page(results: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    first = True
    for result in results:
        yield (('{"previous":null,"next":null,"results":[\n' if first else ",\n") + exact_json(result)).encode()
        first = False
    if not first:
        yield b"\n]}\n"


def _line_items(batch: Batch) -> Iterator[dict[str, Any]]:
    cases = batch.month.cases
    chosen = np.flatnonzero(inside(cases.visits.post_day, batch.written))
    chosen = chosen[np.argsort(cases.visits.post_day[chosen], kind="stable")]
    for index, (visit, charges) in zip(chosen.tolist(), charges_of(cases, chosen), strict=True):
        if batch.is_here(visit.provider):
            posted = batch.world.days.iso[cases.visits.post_day[index]]
            for slot, charge in enumerate(charges):
                line = int(cases.visits.first_line[index]) + slot
                yield _line_item(batch, visit, charge, posted) | _balances(batch, index, line)


def _line_item(batch: Batch, visit: Visit, charge: Charge, posted: str) -> dict[str, Any]:
    return {
        "id": int(charge.transaction_id),
        "appointment": int(visit.claim_id),
        "patient": batch.world.patients.patient_id(visit.patient),
        "doctor": batch.world.providers[visit.provider].npi,
        "code": charge.code,
        "procedure_type": "C" if charge.code[0].isdigit() else "H",
        "modifiers": [charge.modifier] if charge.modifier else [],
        "diagnosis_pointers": list(visit.diagnoses),
        "quantity": charge.units,
        "units": "UN",
        "price": amount(charge.cents // charge.units),
        "billed": amount(charge.cents),
        "service_date": batch.world.days.iso[visit.day],
        "posted_date": posted,
        "updated_at": f"{batch.dates[1]}T20:00:00",
    }


def _balances(batch: Batch, index: int, line: int) -> dict[str, Any]:
    """Return what is open of a line on the last day of the batch."""
    visits, lines = batch.month.cases.visits, batch.month.cases.lines
    last = batch.written.stop - 1
    is_told = NOTHING < visits.first_day[index] <= last
    is_decided = NOTHING < visits.second_day[index] <= last
    is_denied = bool(is_told and lines.is_denied[line] and not (is_decided and visits.is_overturned[index]))
    paid = adjusted = owed = 0
    if is_told and not is_denied:
        taken = int(lines.takeback[line]) if is_decided else 0
        paid = int(lines.paid[line]) - taken
        adjusted = int(lines.contractual[line] + lines.sequestration[line]) + taken
        owed = int(lines.deductible[line] + lines.coinsurance[line] + lines.copay[line])
    days, cents = lines.receipt_day[line], lines.receipt_cents[line]
    other = int(lines.secondary_paid[line]) if NOTHING < visits.secondary_day[index] <= last else 0
    received = int(cents[(days != NOTHING) & (days <= last)].sum())
    is_self = visits.payer[index] == SELF_PAY
    billed = int(lines.charge[line])
    insured = 0 if is_self else billed - paid - adjusted - owed
    return {
        "billing_status": "ERA Denied" if is_denied else "ERA Received" if is_told else "In Process Payer",
        "denied_flag": is_denied,
        "allowed": amount(paid + owed + int(lines.sequestration[line]) if is_told and not is_denied else 0),
        "adjustment": amount(adjusted),
        "ins1_paid": amount(paid),
        "ins2_paid": amount(other),
        "pt_paid": amount(received),
        "balance_ins": amount(insured),
        "balance_pt": amount((billed if is_self else owed) - other - received),
    }


def _transactions(batch: Batch) -> Iterator[dict[str, Any]]:
    for posting in batch.postings():
        # DrChrono says a transfer once: an adjustment of group PR moves it to the patient
        if posting.kind != "TRANSFER_IN":
            yield _transaction(batch, posting)


def _transaction(batch: Batch, posting: Posting) -> dict[str, Any]:
    payer, day = PAYERS[posting.payer], batch.world.days.iso[posting.day]
    is_payment = posting.kind == "PAYMENT"
    group, reason = ("", "") if is_payment else _GROUPS[posting.reason]
    return {
        "id": int(posting.transaction_id),
        "line_item": int(posting.charge_id),
        "appointment": int(posting.visit.claim_id),
        "doctor": batch.world.providers[posting.visit.provider].npi,
        "patient": batch.world.patients.patient_id(posting.visit.patient),
        "posted_date": day,
        "check_date": day,
        "ins_name": 2 if posting.bucket == "secondary" else 1,
        "insurance": {"id_number": payer.payer_id, "name": payer.name},
        "ins_paid": amount(-posting.cents if is_payment else 0),
        "adjustment": amount(0 if is_payment else -posting.cents),
        "adjustment_group_code": group,
        "adjustment_reason": reason,
        "claim_status": "22" if posting.transaction_id[-2] == "6" else "1",
    }
