"""The billing system's daily export: charges and patient payments posted on one working day, generic CSV layout.

What does not belong here: deciding any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.synthetic.people import PAYERS, SELF_PAY_ID, SELF_PAY_NAME
from orchestration.synthetic.writers.amounts import dollars
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.events import Visit

HEADER = (
    "transaction_id,transaction_type,claim_id,patient_id,patient_name,patient_birth_date,service_date,post_date,"
    "rendering_provider_npi,rendering_provider_name,location_id,payer_id,payer_name,procedure_code,modifiers,units,"
    "diagnosis_codes,place_of_service,amount,parent_transaction_id,void_date,reason"
)


_PAYERS = (*(f"{payer.payer_id},{payer.name}" for payer in PAYERS), f"{SELF_PAY_ID},{SELF_PAY_NAME}")


class GenericCsvFeed:
    """A file for every day on which something was posted."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the export of the day; a charge that was entered by mistake shows the day on which it was voided."""
        iso = batch.world.days.iso
        for day in batch.days():
            rows = [HEADER]
            posted = iso[day.day]
            for visit, charges in day.charges:
                start = f"{_claim(batch, visit)},{posted},{_rendering(batch, visit)},{_PAYERS[visit.payer]}"
                end = f"{';'.join(visit.diagnoses)},{visit.place}"
                rows += [
                    f"{charge.transaction_id},CHARGE,{start},{charge.code},{charge.modifier},{charge.units},{end},"
                    f"{dollars(charge.cents)},,{posted if charge.is_void else ''},"
                    for charge in charges
                ]
            rows += [
                f"{payment.transaction_id},PAYMENT,{_claim(batch, payment.visit)},{posted},"
                f"{_rendering(batch, payment.visit)},,,,,,,,{dollars(-payment.cents)},{payment.charge_id},,"
                f"{'CARD' if payment.cents > 0 else 'REFUND'}"
                for payment in day.payments
            ]
            yield f"charges_{posted}.csv", lines(rows)


def _claim(batch: Batch, visit: Visit) -> str:
    who, patients = visit.patient, batch.world.patients
    return (
        f'{visit.claim_id},{patients.patient_id(who)},"{patients.last_name(who)}, {patients.first_name(who)}",'
        f"{patients.birth_date(who)},{batch.world.days.iso[visit.day]}"
    )


def _rendering(batch: Batch, visit: Visit) -> str:
    provider = batch.world.providers[visit.provider]
    return f'{provider.npi},"{provider.last_name}, {provider.first_name}",{provider.location_id}'
