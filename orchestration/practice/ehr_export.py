"""The billing system's daily export: charges and patient payments posted on one working day, generic CSV layout.

What does not belong here: deciding any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.practice.people import PAYERS, SELF_PAY_ID, SELF_PAY_NAME, Patients, Provider

if TYPE_CHECKING:
    from orchestration.practice.encounters import Days
    from orchestration.practice.events import Day, Visit

HEADER = (
    "transaction_id,transaction_type,claim_id,patient_id,patient_name,patient_birth_date,service_date,post_date,"
    "rendering_provider_npi,rendering_provider_name,location_id,payer_id,payer_name,procedure_code,modifiers,units,"
    "diagnosis_codes,place_of_service,amount,parent_transaction_id,void_date"
)


def dollars(cents: int) -> str:
    """Return cents with exactly two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


class Writer:
    """Writes the exports of one practice."""

    def __init__(self, patients: Patients, providers: tuple[Provider, ...], days: Days) -> None:
        self._patients = patients
        self._days = days
        self._rendering = [f'{p.npi},"{p.last_name}, {p.first_name}",{p.location_id}' for p in providers]
        self._payers = [f"{p.payer_id},{p.name}" for p in PAYERS] + [f"{SELF_PAY_ID},{SELF_PAY_NAME}"]

    def write(self, day: Day) -> bytes:
        """Return the export of one day."""
        rows = [HEADER]
        posted = self._days.iso[day.day]
        for visit, charges in day.charges:
            start = f"{self._claim(visit)},{posted},{self._rendering[visit.provider]},{self._payers[visit.payer]}"
            end = f"{';'.join(visit.diagnoses)},{visit.place}"
            rows += [
                f"{charge.transaction_id},CHARGE,{start},{charge.code},{charge.modifier},{charge.units},{end},"
                f"{dollars(charge.cents)},,"
                for charge in charges
            ]
        rows += [
            f"{payment.transaction_id},PAYMENT,{self._claim(payment.visit)},{posted},"
            f"{self._rendering[payment.visit.provider]},,,,,,,,{dollars(-payment.cents)},{payment.charge_id},"
            for payment in day.payments
        ]
        rows.append("")
        return "\n".join(rows).encode()

    def _claim(self, visit: Visit) -> str:
        who, patients = visit.patient, self._patients
        return (
            f'{visit.claim_id},{patients.patient_id(who)},"{patients.last_name(who)}, {patients.first_name(who)}",'
            f"{patients.birth_date(who)},{self._days.iso[visit.day]}"
        )
