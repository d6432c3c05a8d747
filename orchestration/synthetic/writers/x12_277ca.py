"""Claim acknowledgements: X12 277CA 005010X214, one file per payer and day, the day after claims were submitted.

A rejected claim (STC A3) never reaches a remittance: the practice fixes it and submits it again. An accepted one
(STC A2) carries the payer's number (REF*1K). Amounts accepted and rejected are stated and tie (AMT*YU, AMT*YY).
What does not belong here: denials, which are decided after acceptance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.synthetic.cases import inside
from orchestration.synthetic.encounters import NOTHING
from orchestration.synthetic.events import visit_of
from orchestration.synthetic.people import PAYERS, SELF_PAY
from orchestration.synthetic.remittances import payer_control_number
from orchestration.synthetic.writers.amounts import x12_amount
from orchestration.synthetic.writers.x12_envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.world import World
    from orchestration.synthetic.writers.feed import Batch, File

_VERSION = "005010X214"
# the subscriber is who could not be found
_ENTITY_REJECTED = "IL"


class Acknowledgements277Feed:
    """The acknowledgements a practice receives."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the acknowledgements that arrive on the days of the batch, by day and payer."""
        cases, days = batch.month.cases, batch.written
        writer = _AcknowledgementWriter(batch.world)
        visits = cases.visits
        insured = visits.payer != SELF_PAY
        accepted = np.flatnonzero(insured & inside(visits.submit_day + 1, days))
        rejected = np.flatnonzero((visits.rejected_day != NOTHING) & inside(visits.rejected_day, days))
        chosen = np.concatenate([accepted, rejected])
        day = np.concatenate([visits.submit_day[accepted] + 1, visits.rejected_day[rejected]])
        is_rejected = np.repeat(np.array([False, True]), [accepted.size, rejected.size])
        keys = day * len(PAYERS) + visits.payer[chosen]
        order = np.lexsort((is_rejected, chosen, keys))
        chosen, is_rejected, keys = chosen[order], is_rejected[order], keys[order]
        for key in np.unique(keys).tolist():
            of_file = keys == key
            on, payer = divmod(key, len(PAYERS))
            told = list(zip(chosen[of_file].tolist(), is_rejected[of_file].tolist(), strict=True))
            content = writer.file(cases, told, on, payer)
            yield f"ack_{PAYERS[payer].payer_id}_{cases.days.compact[on]}.277", [content]


class _AcknowledgementWriter:
    def __init__(self, world: World) -> None:
        self._world = world
        self._days = world.days

    def file(self, cases: Cases, told: list[tuple[int, bool]], day: int, payer_index: int) -> bytes:
        entity, payer, date = self._world.entity, PAYERS[payer_index], self._days.compact[day]
        control = f"{payer_index + 1}{self._days.dates[day].toordinal():08d}"
        total = cases.by_visit(cases.lines.charge)
        sums = {
            flag: sum(int(total[visit]) for visit, is_rejected in told if is_rejected is flag) for flag in (False, True)
        }
        counts = {flag: sum(is_rejected is flag for _, is_rejected in told) for flag in (False, True)}
        quantities = [f"QTY*90*{counts[False]}"] if counts[False] else []
        quantities += [f"QTY*AA*{counts[True]}"] if counts[True] else []
        quantities += [f"AMT*YU*{x12_amount(sums[False])}"] if counts[False] else []
        quantities += [f"AMT*YY*{x12_amount(sums[True])}"] if counts[True] else []
        body = [
            f"ST*277*0001*{_VERSION}",
            f"BHT*0085*08*{control}*{date}*0600*TH",
            "HL*1**20*1",
            f"NM1*PR*2*{payer.name}*****PI*{payer.payer_id}",
            f"TRN*1*{control}",
            f"DTP*050*D8*{date}",
            f"DTP*009*D8*{date}",
            "HL*2*1*21*1",
            f"NM1*41*2*{entity.name}*****46*{entity.receiver_id}",
            f"TRN*2*{control}",
            f"STC*A1:19:PR*{date}*WQ*{x12_amount(sums[False] + sums[True])}",
            *quantities,
            "HL*3*2*19*1",
            f"NM1*85*2*{entity.name}*****XX*{entity.group_npi}",
            "TRN*2*0",
            *(quantity.replace("QTY*90", "QTY*QA").replace("QTY*AA", "QTY*QC") for quantity in quantities),
        ]
        patients = self._world.patients
        for number, (index, is_rejected) in enumerate(told, start=4):
            visit = visit_of(cases, index)
            who, amount = visit.patient, x12_amount(int(total[index]))
            body += [
                f"HL*{number}*3*PT",
                f"NM1*QC*1*{patients.last_name(who).upper()}*{patients.first_name(who).upper()}****MI*{patients.member_id(who)}",
                f"TRN*2*{visit.claim_id}",
            ]
            if is_rejected:
                body.append(f"STC*A3:21:{_ENTITY_REJECTED}*{date}*U*{amount}")
            else:
                control_number = payer_control_number(visit.claim_id, visit.payer, is_correction=False)
                body += [f"STC*A2:20:PR*{date}*WQ*{amount}", f"REF*1K*{control_number}"]
            body.append(f"DTP*472*D8*{self._days.compact[visit.day]}")
        return Envelope("HN", _VERSION, payer.payer_id, entity.receiver_id, date, "0600", control).around(body)
