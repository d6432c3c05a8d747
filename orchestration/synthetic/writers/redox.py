"""Redox Financial/Transaction: a message for every visit that was charged and every payment, one JSON text a line.

Amount is that of the whole transaction, as FT1-11 of the HL7 message it stands for. A charge entered by mistake is
followed by its Credit. What does not belong here: the other data models of Redox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.exact_json import exact_json
from orchestration.core.money import from_cents as amount
from orchestration.synthetic.people import PAYERS, SELF_PAY
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.events import Charge, Payment, Visit


class RedoxFeed:
    """A file a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the messages of the batch."""
        yield f"redox_{batch.label}.json", lines(map(exact_json, self._messages(batch)))

    def _messages(self, batch: Batch) -> Iterator[dict[str, Any]]:
        iso = batch.world.days.iso
        for day in batch.days():
            posted = f"{iso[day.day]}T19:00:00.000Z"
            for visit, charges in day.charges:
                found = [_charge(batch, visit, charge) for charge in charges]
                found += [_charge(batch, visit, charge, is_credit=True) for charge in charges if charge.is_void]
                yield _message(batch, visit, posted, found, is_payment=False)
            for payment in day.payments:
                yield _message(batch, payment.visit, posted, [_payment(batch, payment)], is_payment=True)


def _message(
    batch: Batch, visit: Visit, posted: str, transactions: list[dict[str, Any]], *, is_payment: bool
) -> dict[str, Any]:
    patients, who = batch.world.patients, visit.patient
    # what a patient pays is not said to be a payer's
    insurances = [] if is_payment or visit.payer == SELF_PAY else [_insurance(visit.payer)]
    return {
        "Meta": {"DataModel": "Financial", "EventType": "Transaction", "EventDateTime": posted, "Test": False},
        "Patient": {
            "Identifiers": [{"ID": patients.patient_id(who), "IDType": "MR"}],
            "Demographics": {
                "FirstName": patients.first_name(who),
                "LastName": patients.last_name(who),
                "DOB": patients.birth_date(who).isoformat(),
            },
        },
        "Visit": {
            "VisitNumber": visit.claim_id,
            "VisitDateTime": f"{batch.world.days.iso[visit.day]}T00:00:00.000Z",
            "Insurances": insurances,
        },
        "Transactions": transactions,
    }


def _insurance(payer: int) -> dict[str, Any]:
    found = PAYERS[payer]
    return {
        "Plan": {"ID": found.filing_code, "IDType": "Payor ID", "Name": found.name},
        "Company": {"ID": found.payer_id, "IDType": None, "Name": found.name},
    }


def _common(batch: Batch, visit: Visit) -> dict[str, Any]:
    provider = batch.world.providers[visit.provider]
    return {
        "DateTimeOfService": f"{batch.world.days.iso[visit.day]}T00:00:00.000Z",
        "Department": {"Code": provider.location_id, "Codeset": "DeptID", "Name": provider.location_id},
        "Performers": [
            {
                "ID": provider.npi,
                "IDType": "NPI",
                "FirstName": provider.first_name,
                "LastName": provider.last_name,
            }
        ],
    }


def _charge(batch: Batch, visit: Visit, charge: Charge, *, is_credit: bool = False) -> dict[str, Any]:
    return {
        "ID": charge.transaction_id + ("C" if is_credit else ""),
        "Type": "Credit" if is_credit else "Charge",
        **_common(batch, visit),
        "Chargeable": {
            "Code": f"CDM{charge.code}",
            "Codeset": "JuniperChargeables",
            "Quantity": charge.units,
            "Amount": amount(charge.cents),
        },
        "Diagnoses": [{"Code": code, "Codeset": "ICD-10"} for code in visit.diagnoses],
        "Procedure": {
            "Code": charge.code,
            "Codeset": "CPT" if charge.code[0].isdigit() else "HCPCS",
            "Modifiers": [charge.modifier] if charge.modifier else [],
        },
    }


def _payment(batch: Batch, payment: Payment) -> dict[str, Any]:
    return {
        "ID": payment.transaction_id,
        "Type": "Payment",
        **_common(batch, payment.visit),
        "Chargeable": {"Code": "CARD", "Codeset": "JuniperPayments", "Quantity": None, "Amount": amount(payment.cents)},
        "Diagnoses": [],
    }
