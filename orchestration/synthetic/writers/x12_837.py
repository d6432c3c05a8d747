"""Claims as they are submitted: X12 837P 005010X222A1 or 837I 005010X223A2, one file per payer and day of submission.

CLM01 and REF*6R are what a remittance repeats. A prior authorization (REF*G1) is there unless it was forgotten.
The surgery centre bills professional claims: place of service 24, as Medicare wants it of such centres. Some other
payers want the same claims institutional: type of bill 83, a revenue code on every line, an attending provider.
What does not belong here: secondary claims, and what becomes of a claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.synthetic import fees
from orchestration.synthetic.cases import inside
from orchestration.synthetic.encounters import NOTHING
from orchestration.synthetic.events import charges_of
from orchestration.synthetic.fees import Family
from orchestration.synthetic.people import PAYERS, SELF_PAY
from orchestration.synthetic.writers.amounts import x12_amount
from orchestration.synthetic.writers.x12_envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.draws import Ints
    from orchestration.synthetic.events import Charge, Visit
    from orchestration.synthetic.world import World
    from orchestration.synthetic.writers.feed import Batch, File

_PROFESSIONAL, _INSTITUTIONAL = "005010X222A1", "005010X223A2"
# NUBC's revenue code of a line, by what it is
_REVENUE_CODES = {
    Family.VACCINE: "0771",
    Family.LAB: "0300",
    Family.RADIOLOGY: "0320",
    Family.PROCEDURE: "0361",
    Family.MEDICINE: "0920",
    Family.SUPPLY: "0636",
    Family.SURGERY: "0490",
}
_CLINIC = "0510"
_FAMILIES = {code: Family(family) for code, family in zip(fees.CODES, fees.CODE_FAMILY.tolist(), strict=True)}
_NEEDS_AUTHORIZATION = frozenset(
    code for code, family in _FAMILIES.items() if family in {Family.RADIOLOGY, Family.PROCEDURE, Family.SURGERY}
)


class Claims837Feed:
    """The claims of one practice as they are submitted, professional ones or the same as institutional ones."""

    def __init__(self, *, is_institutional: bool = False) -> None:
        self._is_institutional = is_institutional

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the claims submitted on the days of the batch, by day and payer; rejected ones a first time, too."""
        cases, days = batch.month.cases, batch.written
        writer = _ClaimWriter(batch.world, is_institutional=self._is_institutional)
        prefix = "institutional" if self._is_institutional else "claims"
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
            yield f"{prefix}_{PAYERS[payer].payer_id}_{cases.days.compact[day]}.837", [content]


class _ClaimWriter:
    def __init__(self, world: World, *, is_institutional: bool) -> None:
        self._world = world
        self._days = world.days
        self._is_institutional = is_institutional
        self._version = _INSTITUTIONAL if is_institutional else _PROFESSIONAL

    def file(self, cases: Cases, visits: Ints, day: int, payer_index: int) -> bytes:
        entity, payer, date = self._world.entity, PAYERS[payer_index], self._days.compact[day]
        control = f"{payer_index + 1}{self._days.dates[day].toordinal():08d}"
        body = [
            f"ST*837*0001*{self._version}",
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
        return Envelope("HC", self._version, entity.receiver_id, payer.payer_id, date, "2000", control).around(body)

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
            *self._claim_information(visit, total, service),
        ]
        if not lacks_authorization and any(charge.code in _NEEDS_AUTHORIZATION for charge in charges):
            found.append(f"REF*G1*AU{visit.claim_id}")
        found += self._diagnoses(visit)
        role = "71" if self._is_institutional else "82"
        found.append(f"NM1*{role}*1*{provider.last_name.upper()}*{provider.first_name.upper()}****XX*{provider.npi}")
        pointers = ":".join(str(place + 1) for place in range(len(visit.diagnoses)))
        for order, charge in enumerate(charges, start=1):
            procedure = f"HC:{charge.code}" + (f":{charge.modifier}" if charge.modifier else "")
            found += [
                f"LX*{order}",
                (
                    f"SV2*{_REVENUE_CODES.get(_FAMILIES[charge.code], _CLINIC)}*{procedure}*{x12_amount(charge.cents)}"
                    f"*UN*{charge.units}"
                    if self._is_institutional
                    else f"SV1*{procedure}*{x12_amount(charge.cents)}*UN*{charge.units}***{pointers}"
                ),
                f"DTP*472*D8*{service}",
                f"REF*6R*{charge.transaction_id}",
            ]
        return found

    def _claim_information(self, visit: Visit, total: int, service: str) -> list[str]:
        if not self._is_institutional:
            return [f"CLM*{visit.claim_id}*{x12_amount(total)}***{visit.place}:B:1*Y*A*Y*Y"]
        # type of bill 83 is ambulatory surgery, frequency 1 an original claim; an elective visit that ended at home
        return [
            f"CLM*{visit.claim_id}*{x12_amount(total)}***83:A:1**A*Y*Y",
            f"DTP*434*RD8*{service}-{service}",
            "CL1*3**01",
        ]

    def _diagnoses(self, visit: Visit) -> list[str]:
        first, *others = [code.replace(".", "") for code in visit.diagnoses]
        found = [f"ABK:{first}"]
        more = [f"ABF:{code}" for code in others]
        if not self._is_institutional:
            return ["HI*" + "*".join([*found, *more])]
        # the principal diagnosis has a segment of its own there
        return ["HI*" + "*".join(segment) for segment in (found, more) if segment]
