"""The billing system's daily export: charges and patient payments posted on one working day, generic CSV layout.

What does not belong here: deciding any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.practice import fees
from orchestration.practice.people import PAYERS, SELF_PAY_ID, SELF_PAY_NAME, Patients, Provider
from orchestration.practice.remittance835 import PLACE_OF_SERVICE

if TYPE_CHECKING:
    from orchestration.practice.draws import Ints
    from orchestration.practice.encounters import Days, Encounters
    from orchestration.practice.receipts import Receipts

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
    """Writes the exports of one practice; rows are grouped by posting day once."""

    def __init__(
        self,
        encounters: Encounters,
        receipts: Receipts,
        patients: Patients,
        providers: tuple[Provider, ...],
        days: Days,
    ) -> None:
        self._encounters = encounters
        self._receipts = receipts
        self._days = days
        post_day = encounters.post_day[encounters.line_visit]
        self._charge_order: Ints = np.argsort(post_day, kind="stable")
        every_day = np.arange(len(days.dates) + 1)
        self._charge_from: list[int] = np.searchsorted(post_day[self._charge_order], every_day).tolist()
        self._payment_from: list[int] = np.searchsorted(receipts.day, every_day).tolist()
        who = [
            f'{patient_id},"{last}, {first}",{birth}'
            for patient_id, last, first, birth in zip(
                patients.patient_id,
                patients.last_name,
                patients.first_name,
                patients.birth_date,
                strict=True,
            )
        ]
        rendering = [f'{p.npi},"{p.last_name}, {p.first_name}",{p.location_id}' for p in providers]
        payers = [f"{p.payer_id},{p.name}" for p in PAYERS] + [f"{SELF_PAY_ID},{SELF_PAY_NAME}"]
        self._claim = [
            (f"{claim_id},{who[patient]},{days.iso[day]}", rendering[provider], payers[payer], diagnoses,
             PLACE_OF_SERVICE[kind])
            for claim_id, patient, day, provider, payer, diagnoses, kind in zip(
                encounters.claim_id, encounters.patient.tolist(), encounters.day.tolist(),
                encounters.provider.tolist(), encounters.payer.tolist(), encounters.diagnoses,
                encounters.kind.tolist(), strict=True,
            )
        ]  # fmt: skip
        self._line_visit: list[int] = encounters.line_visit.tolist()
        self._code: list[int] = encounters.line_code.tolist()
        self._modifier: list[int] = encounters.line_modifier.tolist()
        self._units: list[int] = encounters.line_units.tolist()
        self._charge: list[int] = encounters.line_charge.tolist()

    def write(self, day: int) -> bytes | None:
        """Return the export of one day, ``None`` when nothing was posted."""
        rows = [HEADER]
        posted = self._days.iso[day]
        ids = self._encounters.transaction_id
        for line in self._charge_order[self._charge_from[day] : self._charge_from[day + 1]].tolist():
            claim, provider, payer, diagnoses, place = self._claim[self._line_visit[line]]
            rows.append(
                f"{ids[line]},CHARGE,{claim},{posted},{provider},{payer},{fees.CODES[self._code[line]]},"
                f"{fees.MODIFIERS[self._modifier[line]]},{self._units[line]},{diagnoses},{place},"
                f"{dollars(self._charge[line])},,",
            )
        first, last = self._payment_from[day], self._payment_from[day + 1]
        for line, cents, instalment in zip(
            self._receipts.line[first:last].tolist(),
            self._receipts.cents[first:last].tolist(),
            self._receipts.instalment[first:last].tolist(),
            strict=True,
        ):
            claim, provider, _, _, _ = self._claim[self._line_visit[line]]
            rows.append(
                f"PM{ids[line][2:]}{instalment},PAYMENT,{claim},{posted},{provider},,,,,,,,"
                f"{dollars(-cents)},{ids[line]},",
            )
        if len(rows) == 1:
            return None
        rows.append("")
        return "\n".join(rows).encode()
