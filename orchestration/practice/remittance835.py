"""Remittances as X12 835 005010X221A1 text, one payment a file, proved at three levels while it is written.

What does not belong here: why anything is paid (``adjudication``, ``remittances``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from orchestration.practice import fees
from orchestration.practice.adjudication import DENIAL_CLASSES, Outcomes
from orchestration.practice.fees import Kind
from orchestration.practice.people import (
    GROUP_NPI,
    PAYERS,
    PRACTICE_NAME,
    PRACTICE_TAX_ID,
    Patients,
    Provider,
)
from orchestration.practice.remittances import ClaimReports, Remittance, Report, payer_control_number

if TYPE_CHECKING:
    from orchestration.practice.encounters import Days, Encounters

_END = "~\n"
_PAIRS_IN_A_PLB = 6
_RECEIVER = "JUNIPERHOLLOW"
# place of service by kind of visit; all others are seen in the office
PLACE_OF_SERVICE = {int(kind): "11" for kind in Kind} | {int(Kind.TELEHEALTH): "10", int(Kind.READING): "22"}


class OutOfBalanceError(AssertionError):
    """The generator made a remittance that does not balance: a fault of this package, never of data."""


@cache
def money(cents: int) -> str:
    """Return cents as X12 type R: no plus, no needless zeros after the point, ``-`` in front when negative."""
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    if not rest:
        return f"{sign}{dollars}"
    return f"{sign}{dollars}.{rest:02d}" if rest % 10 else f"{sign}{dollars}.{rest // 10}"


@dataclass(frozen=True, slots=True)
class _Lines:
    """Columns of the charge lines as Python lists: a writer touches single values."""

    service: list[str]
    units: list[int]
    charge: list[int]
    allowed: list[int]
    contractual: list[int]
    sequestration: list[int]
    deductible: list[int]
    coinsurance: list[int]
    copay: list[int]
    takeback: list[int]
    is_denied: list[bool]


class Writer:
    """Writes remittances of one practice; holds the columns it reads as lists."""

    def __init__(
        self,
        encounters: Encounters,
        outcomes: Outcomes,
        reports: ClaimReports,
        patients: Patients,
        providers: tuple[Provider, ...],
        days: Days,
    ) -> None:
        self._days = days
        self._patients = patients
        self._providers = providers
        self._claim_id = encounters.claim_id
        self._transaction_id = encounters.transaction_id
        self._first_line: list[int] = encounters.first_line.tolist()
        self._line_count: list[int] = encounters.line_count.tolist()
        self._day: list[int] = encounters.day.tolist()
        self._submit_day: list[int] = encounters.submit_day.tolist()
        self._provider: list[int] = encounters.provider.tolist()
        self._patient: list[int] = encounters.patient.tolist()
        self._kind: list[int] = encounters.kind.tolist()
        self._visit: list[int] = reports.visit.tolist()
        self._report: list[int] = reports.report.tolist()
        self._denial_class: list[int] = outcomes.denial_class.tolist()
        self._remark = outcomes.remark
        self._is_overturned: list[bool] = outcomes.is_overturned.tolist()
        amounts = outcomes.money
        self._lines = _Lines(
            service=[
                f"HC:{fees.CODES[code]}" + (f":{fees.MODIFIERS[modifier]}" if modifier else "")
                for code, modifier in zip(encounters.line_code.tolist(), encounters.line_modifier.tolist(), strict=True)
            ],
            units=encounters.line_units.tolist(),
            charge=encounters.line_charge.tolist(),
            allowed=amounts.allowed.tolist(),
            contractual=amounts.contractual.tolist(),
            sequestration=amounts.sequestration.tolist(),
            deductible=amounts.deductible.tolist(),
            coinsurance=amounts.coinsurance.tolist(),
            copay=amounts.copay.tolist(),
            takeback=outcomes.takeback.tolist(),
            is_denied=outcomes.is_denied_line.tolist(),
        )

    def write(self, remittance: Remittance) -> bytes:
        """Return one file; raises ``OutOfBalanceError`` when its parts do not add up."""
        body: list[str] = []
        claim_paid = sum(
            self._claim(body, index, remittance.payer) for index in range(remittance.first, remittance.last)
        )
        taken = sum(a.cents for a in remittance.adjustments)
        if claim_paid != remittance.claim_paid_cents or claim_paid - taken != remittance.paid_cents:
            message = "the claims and provider adjustments of a remittance do not come to its payment"
            raise OutOfBalanceError(message)
        header = self._header(remittance)
        if body:
            body.insert(0, "LX*1")
        body.extend(self._provider_level(remittance))
        # ST and SE count too
        segments = [*header[2:], *body, f"SE*{len(header) - 2 + len(body) + 1}*0001"]
        control = header[0].split("*")[13]
        text = _END.join([*header[:2], *segments, f"GE*1*{int(control)}", f"IEA*1*{control}", ""])
        return text.encode("ascii")

    def _header(self, remittance: Remittance) -> list[str]:
        payer = PAYERS[remittance.payer]
        day = self._days.compact[remittance.day]
        control = f"{remittance.payer + 1}{self._days.dates[remittance.day].toordinal():08d}"
        sender = payer.payer_id
        if remittance.paid_cents:
            payment = (
                f"BPR*I*{money(remittance.paid_cents)}*C*ACH*CCP*01*999999992*DA*{payer.tax_id}"
                f"*1{payer.tax_id}**01*999988880*DA*0123454321*{day}"
            )
        else:
            payment = f"BPR*H*0*C*NON************{day}"
        return [
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{_RECEIVER:15}*{day[2:]}*0200*^*00501*{control}*0*P*:",
            f"GS*HP*{sender}*{_RECEIVER}*{day}*0200*{int(control)}*X*005010X221A1",
            "ST*835*0001",
            payment,
            f"TRN*1*{remittance.trace_number}*1{payer.tax_id}",
            f"DTM*405*{day}",
            f"N1*PR*{payer.name}*XV*{payer.payer_id}",
            "N3*PO BOX 1000",
            "N4*SPRINGFIELD*IL*62701",
            f"REF*2U*{payer.payer_id}",
            "PER*BL*PROVIDER SERVICES*TE*8005550100",
            f"N1*PE*{PRACTICE_NAME}*XX*{GROUP_NPI}",
            "N3*100 MAIN STREET",
            "N4*SPRINGFIELD*IL*62701",
            f"REF*TJ*{PRACTICE_TAX_ID}",
        ]

    def _provider_level(self, remittance: Remittance) -> list[str]:
        year_end = f"{self._days.dates[remittance.day].year}1231"
        pairs = [
            f"*{a.reason_code}{':' + a.reference_id if a.reference_id else ''}*{money(a.cents)}"
            for a in remittance.adjustments
        ]
        return [
            f"PLB*{GROUP_NPI}*{year_end}" + "".join(pairs[n : n + _PAIRS_IN_A_PLB])
            for n in range(0, len(pairs), _PAIRS_IN_A_PLB)
        ]

    def _claim(self, body: list[str], index: int, payer_index: int) -> int:
        """Append one claim report and return its payment in cents."""
        visit, report = self._visit[index], self._report[index]
        payer = PAYERS[payer_index]
        sign = -1 if report == Report.REVERSAL else 1
        is_correction = report == Report.CORRECTION
        is_still_denied = not (is_correction and self._is_overturned[visit])
        lines: list[str] = []
        charged = paid = patient = denied = 0
        first = self._first_line[visit]
        service_date = self._days.compact[self._day[visit]]
        for line in range(first, first + self._line_count[visit]):
            is_denied = is_still_denied and self._lines.is_denied[line]
            line_paid, line_patient = self._line(lines, line, visit, service_date, (sign, is_denied, is_correction))
            charged += self._lines.charge[line]
            paid += line_paid
            patient += line_patient
            denied += self._lines.charge[line] if is_denied else 0
        status = "22" if report == Report.REVERSAL else "4" if payer.is_four_for_denied and denied == charged else "1"
        control = payer_control_number(self._claim_id[visit], payer_index, is_correction=is_correction)
        # CLP05 is the claim's patient responsibility and stays empty on a reversal
        owed = money(patient) if patient and sign > 0 else ""
        who = self._patient[visit]
        provider = self._providers[self._provider[visit]]
        body.append(
            f"CLP*{self._claim_id[visit]}*{status}*{money(sign * charged)}*{money(sign * paid)}*{owed}"
            f"*{payer.filing_code}*{control}*{PLACE_OF_SERVICE[self._kind[visit]]}*1",
        )
        body.append(
            f"NM1*QC*1*{self._patients.last_name[who].upper()}*{self._patients.first_name[who].upper()}****MI*"
            f"{self._patients.member_id[who]}",
        )
        body.append(f"NM1*82*1*{provider.last_name.upper()}*{provider.first_name.upper()}****XX*{provider.npi}")
        if payer.rhythm == "medicare":
            body.append("MOA***MA01")
        body.append(f"DTM*232*{service_date}")
        body.append(f"DTM*233*{service_date}")
        body.append(f"DTM*050*{self._days.compact[self._submit_day[visit]]}")
        body.extend(lines)
        return sign * paid

    def _line(
        self,
        body: list[str],
        line: int,
        visit: int,
        service_date: str,
        how: tuple[int, bool, bool],
    ) -> tuple[int, int]:
        """Append one service line; return payment and patient responsibility in cents, before the sign."""
        sign, is_denied, is_correction = how
        columns = self._lines
        charge = columns.charge[line]
        taken = columns.takeback[line] if is_correction else 0
        contractual: list[tuple[str, int]] = []
        patient: list[tuple[str, int]] = []
        allowed = 0
        if is_denied:
            denial = DENIAL_CLASSES[self._denial_class[visit]]
            (patient if denial.group_code == "PR" else contractual).append((denial.reason_code, charge))
        else:
            allowed = columns.allowed[line] - taken
            contractual = [("45", columns.contractual[line] + taken), ("253", columns.sequestration[line])]
            patient = [("1", columns.deductible[line]), ("2", columns.coinsurance[line]), ("3", columns.copay[line])]
        owed = sum(cents for _, cents in patient)
        paid = charge - owed - sum(cents for _, cents in contractual)
        if paid < 0 or (not is_denied and paid != allowed - owed - columns.sequestration[line]):
            message = "a service line's adjustments do not come to what it is paid"
            raise OutOfBalanceError(message)
        body.append(f"SVC*{columns.service[line]}*{money(sign * charge)}*{money(sign * paid)}**{columns.units[line]}")
        body.append(f"DTM*472*{service_date}")
        for group, triplets in (("CO", contractual), ("PR", patient)):
            # the quantity between two triplets stays empty
            written = "**".join([f"{code}*{money(sign * cents)}" for code, cents in triplets if cents])
            if written:
                body.append(f"CAS*{group}*{written}")
        body.append(f"REF*6R*{self._transaction_id[line]}")
        if allowed:
            body.append(f"AMT*B6*{money(sign * allowed)}")
        if is_denied and self._remark[visit]:
            body.append(f"LQ*HE*{self._remark[visit]}")
        return paid, owed
