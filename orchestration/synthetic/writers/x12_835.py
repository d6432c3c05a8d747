"""Remittances as X12 835 005010X221A1 text, one payment a file, proved at three levels while it is written.

What does not belong here: why anything is paid (``adjudication``, ``remittances``).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from orchestration.synthetic import fees
from orchestration.synthetic.adjudication import DENIAL_CLASSES, REMARK_CODES, DenialClass
from orchestration.synthetic.events import Visit, visit_of
from orchestration.synthetic.people import (
    PAYERS,
    Patients,
    Provider,
)
from orchestration.synthetic.remittances import ClaimReports, Remittance, Report, payer_control_number
from orchestration.synthetic.writers.amounts import x12_amount
from orchestration.synthetic.writers.x12_envelope import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.encounters import Days
    from orchestration.synthetic.entities import LegalEntity
    from orchestration.synthetic.writers.feed import Batch, File

_VERSION = "005010X221A1"
_PAIRS_IN_A_PLB = 6


class OutOfBalanceError(AssertionError):
    """The generator made a remittance that does not balance: a fault of this package, never of data."""


class _Line(NamedTuple):
    """One charge line as plain numbers."""

    code: int
    modifier: int
    units: int
    charge: int
    allowed: int
    contractual: int
    sequestration: int
    deductible: int
    coinsurance: int
    copay: int
    takeback: int
    secondary_paid: int
    is_capitated: bool
    is_denied: bool


class Remittances835Feed:
    """A file for every payment of a payer."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the remittances paid on the days of the batch."""
        world, remitted = batch.world, batch.month.remittances
        writer = _RemittanceWriter(world.entity, world.patients, world.providers, world.days)
        for each in remitted.remittances:
            if each.day in batch.written:
                name = f"era_{PAYERS[each.payer].payer_id}_{world.days.compact[each.day]}.835"
                yield name, [writer.write(batch.month.cases, remitted.reports, each)]


class _RemittanceWriter:
    def __init__(self, entity: LegalEntity, patients: Patients, providers: tuple[Provider, ...], days: Days) -> None:
        self._entity = entity
        self._days = days
        self._patients = patients
        self._providers = providers

    def write(self, cases: Cases, reports: ClaimReports, remittance: Remittance) -> bytes:
        """Return one file; raises ``OutOfBalanceError`` when its parts do not add up."""
        body: list[str] = []
        told = slice(remittance.first, remittance.last)
        visits = reports.visit[told]
        at, count = cases.lines_of(visits)
        columns = [getattr(cases.lines, name)[at].tolist() for name in _Line._fields]
        lines = map(_Line._make, zip(*columns, strict=True))
        claim_paid = sum(
            self._claim(body, cases, (visit, report), list(islice(lines, of_visit)))
            for visit, report, of_visit in zip(
                visits.tolist(), reports.report[told].tolist(), count.tolist(), strict=True
            )
        )
        taken = sum(a.cents for a in remittance.adjustments)
        if claim_paid != remittance.claim_paid_cents or claim_paid - taken != remittance.paid_cents:
            message = "the claims and provider adjustments of a remittance do not come to its payment"
            raise OutOfBalanceError(message)
        header = self._header(remittance)
        if body:
            body.insert(0, "LX*1")
        body.extend(self._provider_level(remittance))
        day = self._days.compact[remittance.day]
        control = f"{remittance.payer + 1}{self._days.dates[remittance.day].toordinal():08d}"
        sender = PAYERS[remittance.payer].payer_id
        return Envelope("HP", _VERSION, sender, self._entity.receiver_id, day, "0200", control).around(header + body)

    def _header(self, remittance: Remittance) -> list[str]:
        payer = PAYERS[remittance.payer]
        day = self._days.compact[remittance.day]
        if remittance.paid_cents:
            payment = (
                f"BPR*I*{x12_amount(remittance.paid_cents)}*C*ACH*CCP*01*999999992*DA*{payer.tax_id}"
                f"*1{payer.tax_id}**01*999988880*DA*0123454321*{day}"
            )
        else:
            payment = f"BPR*H*0*C*NON************{day}"
        return [
            "ST*835*0001",
            payment,
            f"TRN*1*{remittance.trace_number}*1{payer.tax_id}",
            f"DTM*405*{day}",
            f"N1*PR*{payer.name}*XV*{payer.payer_id}",
            "N3*PO BOX 1000",
            "N4*SPRINGFIELD*IL*62701",
            f"REF*2U*{payer.payer_id}",
            "PER*BL*PROVIDER SERVICES*TE*8005550100",
            f"N1*PE*{self._entity.name}*XX*{self._entity.group_npi}",
            "N3*100 MAIN STREET",
            "N4*SPRINGFIELD*IL*62701",
            f"REF*TJ*{self._entity.tax_id}",
        ]

    def _provider_level(self, remittance: Remittance) -> list[str]:
        year_end = f"{self._days.dates[remittance.day].year}1231"
        pairs = [
            f"*{a.reason_code}{':' + a.reference_id if a.reference_id else ''}*{x12_amount(a.cents)}"
            for a in remittance.adjustments
        ]
        return [
            f"PLB*{self._entity.group_npi}*{year_end}" + "".join(pairs[n : n + _PAIRS_IN_A_PLB])
            for n in range(0, len(pairs), _PAIRS_IN_A_PLB)
        ]

    def _claim(self, body: list[str], cases: Cases, told: tuple[int, int], lines: list[_Line]) -> int:
        """Append one claim report and return its payment in cents."""
        index, report = told
        visit = visit_of(cases, index)
        is_secondary = report == Report.SECONDARY
        payer_index = int(cases.visits.secondary_payer[index]) if is_secondary else visit.payer
        payer = PAYERS[payer_index]
        sign = -1 if report == Report.REVERSAL else 1
        is_correction = report == Report.CORRECTION
        is_still_denied = not (is_correction and cases.visits.is_overturned[index])
        denial = DENIAL_CLASSES[cases.visits.denial_class[index]]
        remark = REMARK_CODES[cases.visits.remark[index]]
        written: list[str] = []
        charged = paid = patient = denied = 0
        service_date = self._days.compact[visit.day]
        for slot, line in enumerate(lines, start=1):
            is_denied = is_still_denied and line.is_denied
            told_line = _tell(line, report, denial if is_denied else None)
            line_paid, owed = told_line.paid, told_line.owed
            modifier = fees.MODIFIERS[line.modifier]
            service = f"HC:{fees.CODES[line.code]}" + (f":{modifier}" if modifier else "")
            written.append(
                f"SVC*{service}*{x12_amount(sign * line.charge)}*{x12_amount(sign * line_paid)}**{line.units}"
            )
            written.append(f"DTM*472*{service_date}")
            written.extend(told_line.segments(sign))
            written.append(f"REF*6R*{visit.claim_id}{slot}")
            if told_line.allowed:
                written.append(f"AMT*B6*{x12_amount(sign * told_line.allowed)}")
            if is_denied and remark:
                written.append(f"LQ*HE*{remark}")
            charged += line.charge
            paid += line_paid
            patient += owed
            denied += line.charge if is_denied else 0
        status = "22" if report == Report.REVERSAL else "4" if payer.is_four_for_denied and denied == charged else "1"
        status = "2" if is_secondary else status
        control = payer_control_number(visit.claim_id, payer_index, is_correction=is_correction)
        # CLP05 is the claim's patient responsibility and stays empty on a reversal
        owed_text = x12_amount(patient) if patient and sign > 0 else ""
        body.append(
            f"CLP*{visit.claim_id}*{status}*{x12_amount(sign * charged)}*{x12_amount(sign * paid)}*{owed_text}"
            f"*{payer.filing_code}*{control}*{visit.place}*1",
        )
        body.extend(self._people(visit))
        if payer.rhythm == "medicare":
            body.append("MOA***MA01")
        body.append(f"DTM*232*{service_date}")
        body.append(f"DTM*233*{service_date}")
        body.append(f"DTM*050*{self._days.compact[cases.visits.submit_day[index]]}")
        body.extend(written)
        return sign * paid

    def _people(self, visit: Visit) -> tuple[str, str]:
        who, patients = visit.patient, self._patients
        provider = self._providers[visit.provider]
        last, first = patients.last_name(who).upper(), patients.first_name(who).upper()
        return (
            f"NM1*QC*1*{last}*{first}****MI*{patients.member_id(who)}",
            f"NM1*82*1*{provider.last_name.upper()}*{provider.first_name.upper()}****XX*{provider.npi}",
        )


class _Told(NamedTuple):
    """What a report says of a line: adjustments by group and code, and what is allowed, owed and paid; in cents."""

    adjusted: tuple[tuple[str, list[tuple[str, int]]], ...]
    allowed: int
    owed: int
    paid: int

    def segments(self, sign: int) -> Iterator[str]:
        """Yield the CAS segments; the quantity between two triplets stays empty."""
        for group, triplets in self.adjusted:
            written = "**".join([f"{code}*{x12_amount(sign * cents)}" for code, cents in triplets if cents])
            if written:
                yield f"CAS*{group}*{written}"


def _tell(line: _Line, report: int, denial: DenialClass | None) -> _Told:
    """Return what a report says of a line; raises ``OutOfBalanceError`` when that does not come to its payment."""
    taken = line.takeback if report == Report.CORRECTION else 0
    contractual: list[tuple[str, int]] = []
    prior: list[tuple[str, int]] = []
    patient: list[tuple[str, int]] = []
    allowed = due = 0
    if report == Report.SECONDARY:
        # what the first payer paid and took off (OA-23); the deductible stays the patient's
        prior = [("23", line.charge - line.deductible - line.secondary_paid)]
        patient = [("1", line.deductible)]
        allowed, due = line.deductible + line.secondary_paid, line.secondary_paid
    elif denial is not None:
        (patient if denial.group_code == "PR" else contractual).append((denial.reason_code, line.charge))
    else:
        contractual = [("24" if line.is_capitated else "45", line.contractual + taken), ("253", line.sequestration)]
        patient = [("1", line.deductible), ("2", line.coinsurance), ("3", line.copay)]
        allowed = line.allowed - taken
        due = allowed - sum(cents for _, cents in patient) - line.sequestration
    owed = sum(cents for _, cents in patient)
    paid = line.charge - owed - sum(cents for _, cents in (*contractual, *prior))
    if paid < 0 or paid != due:
        message = "a service line's adjustments do not come to what it is paid"
        raise OutOfBalanceError(message)
    return _Told((("CO", contractual), ("OA", prior), ("PR", patient)), allowed, owed, paid)
