"""Claims as they are submitted: X12 837P 005010X222A1, one file per payer and day of submission.

CLM01 and REF*6R are what a remittance repeats. A prior authorization (REF*G1) is there unless it was forgotten.
The surgery centre bills professional claims, too: place of service 24, as Medicare wants it of such centres.
What does not belong here: secondary claims, and what becomes of a claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.practice import fees
from orchestration.practice.cases import inside
from orchestration.practice.encounters import NOTHING
from orchestration.practice.events import charges_of
from orchestration.practice.fees import Family
from orchestration.practice.people import PAYERS, SELF_PAY
from orchestration.practice.writers.amounts import x12_amount
from orchestration.practice.writers.x12_envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.practice.cases import Cases
    from orchestration.practice.draws import Ints
    from orchestration.practice.events import Charge, Visit
    from orchestration.practice.world import World
    from orchestration.practice.writers.feed import Batch, File

_VERSION = "005010X222A1"
_NEEDS_AUTHORIZATION = frozenset(
    code
    for code, family in zip(fees.CODES, fees.CODE_FAMILY.tolist(), strict=True)
    if family in {Family.RADIOLOGY, Family.PROCEDURE, Family.SURGERY}
)


class Claims837Feed:
    """The claims of one practice as they are submitted."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the claims submitted on the days of the batch, by day and payer; rejected ones a first time, too."""
        cases, days = batch.month.cases, batch.written
        writer = _Writer(batch.world)
        visits = cases.visits
        accepted = np.flatnonzero((visits.payer != SELF_PAY) & inside(visits.submit_day, days))
        rejected = np.flatnonzero((visits.rejected_day != NOTHING) & inside(visits.rejected_day - 1, days))
        chosen = np.concatenate([accepted, rejected])
        day_sent = np.concatenate([visits.submit_day[accepted], visits.rejected_day[rejected] - 1])
        keys = day_sent * len(PAYERS) + visits.payer[chosen]
        order = np.lexsort((chosen, keys))
        chosen, keys = chosen[order], keys[order]
        for key in np.unique(keys).tolist():
            day, payer = divmod(key, len(PAYERS))
            content = writer.file(cases, chosen[keys == key], day, payer)
            yield f"claims_{PAYERS[payer].payer_id}_{cases.days.compact[day]}.837", [content]


class _Writer:
    def __init__(self, world: World) -> None:
        self._world = world
        self._days = world.days

    def file(self, cases: Cases, visits: Ints, day: int, payer_index: int) -> bytes:
        entity, payer, date = self._world.entity, PAYERS[payer_index], self._days.compact[day]
        control = f"{payer_index + 1}{self._days.dates[day].toordinal():08d}"
        body = [
            f"ST*837*0001*{_VERSION}",
            f"BHT*0019*00*{control}*{date}*2000*CH",
            f"NM1*41*2*{entity.name}*****46*{entity.receiver_id}",
            "PER*IC*BILLING OFFICE*TE*8005550147",
            f"NM1*40*2*{payer.name}*****46*{payer.payer_id}",
            "HL*1**20*1",
            f"NM1*85*2*{entity.name}*****XX*{entity.group_npi}",
            "N3*100 MAIN STREET",
            "N4*SPRINGFIELD*IL*62701",
            f"REF*EI*{entity.tax_id}",
        ]
        for number, (index, (visit, charges)) in enumerate(
            zip(visits.tolist(), charges_of(cases, visits), strict=True), start=2
        ):
            lacks = bool(cases.visits.lacks_authorization[index])
            body += self._claim(number, visit, charges, lacks_authorization=lacks)
        return Envelope("HC", _VERSION, entity.receiver_id, payer.payer_id, date, "2000", control).around(body)

    def _claim(self, number: int, visit: Visit, charges: list[Charge], *, lacks_authorization: bool) -> list[str]:
        patients, who, payer = self._world.patients, visit.patient, PAYERS[visit.payer]
        provider = self._world.providers[visit.provider]
        service = self._days.compact[visit.day]
        total = sum(charge.cents for charge in charges)
        found = [
            f"HL*{number}*1*22*0",
            f"SBR*P*18*******{payer.filing_code}",
            f"NM1*IL*1*{patients.last_name(who).upper()}*{patients.first_name(who).upper()}****MI*{patients.member_id(who)}",
            "N3*200 OAK STREET",
            "N4*SPRINGFIELD*IL*62701",
            f"DMG*D8*{patients.birth_date(who):%Y%m%d}*U",
            f"NM1*PR*2*{payer.name}*****PI*{payer.payer_id}",
            f"CLM*{visit.claim_id}*{x12_amount(total)}***{visit.place}:B:1*Y*A*Y*Y",
        ]
        if not lacks_authorization and any(charge.code in _NEEDS_AUTHORIZATION for charge in charges):
            found.append(f"REF*G1*AU{visit.claim_id}")
        pointed = [
            f"{'ABK' if place == 0 else 'ABF'}:{code.replace('.', '')}" for place, code in enumerate(visit.diagnoses)
        ]
        found.append("HI*" + "*".join(pointed))
        found.append(f"NM1*82*1*{provider.last_name.upper()}*{provider.first_name.upper()}****XX*{provider.npi}")
        pointers = ":".join(str(place + 1) for place in range(len(visit.diagnoses)))
        for order, charge in enumerate(charges, start=1):
            procedure = f"HC:{charge.code}" + (f":{charge.modifier}" if charge.modifier else "")
            found += [
                f"LX*{order}",
                f"SV1*{procedure}*{x12_amount(charge.cents)}*UN*{charge.units}***{pointers}",
                f"DTP*472*D8*{service}",
                f"REF*6R*{charge.transaction_id}",
            ]
        return found
