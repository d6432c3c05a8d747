"""One 837 transaction set to rows: the loops of billing provider, subscriber, patient, claim, other payer and line.

A loop is known by what opens it (HL03, CLM, SBR below a claim, LX), never by a strict order, so that a segment out of
place costs a finding and not the claim. Guides: 005010X222A1, X223A2, X224A2. What does not belong here: envelopes,
files, rows (``rows``), and what a payer answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.ids import is_npi
from orchestration.formats.x12.claims837.open_loops import (
    Adjudication,
    OpenClaim,
    OtherPayer,
    Party,
    Person,
    ServiceLine,
)
from orchestration.formats.x12.claims837.rows import NPI, SetRows
from orchestration.formats.x12.syntax.values import amount, date, element, period, quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

_BILLING, _SUBSCRIBER, _PATIENT = "billing", "subscriber", "patient"
_CLAIM, _OTHER_PAYER, _LINE, _TRANSACTION = "claim", "other_payer", "line", "transaction"
_LEVELS: Final = {"20": _BILLING, "22": _SUBSCRIBER, "23": _PATIENT}
_POINTABLE: Final = frozenset({"ABK", "BK", "ABF", "BF"})
_DIAGNOSES: Final = _POINTABLE | {"ABJ", "BJ", "ABN", "BN", "APR", "PR"}
_ICD10: Final = frozenset({"ABK", "ABF", "ABJ", "ABN", "APR"})
_TRIPLET, _LAST_TRIPLET = 3, 17
# read where they stand under something, and known where we have no column for them
_SILENT: Final = frozenset(
    {"ST", "SE", "PER", "N3", "CUR", "OI", "MIA", "MOA", "CL1", "PWK", "CN1", "K3", "NTE", "CR1", "CR2", "CR3", "CR5",
     "CR6", "CRC", "HCP", "HSD", "SV4", "SV5", "PS1", "IMM", "QTY", "MEA", "LQ", "FRM", "DN1", "DN2", "UR", "CR7"}
)  # fmt: skip


def read_set(transaction: TransactionSet) -> SetRows:
    """Return what one transaction set says. Never raises."""
    walk = _LoopWalk(transaction)
    walk.read()
    return walk.rows


class _LoopWalk:
    """Walks the segments of one transaction set and keeps the loops that are open."""

    def __init__(self, transaction: TransactionSet) -> None:
        self.transaction = transaction
        self.rows = SetRows(transaction)
        self._level = _TRANSACTION
        self._header: Elements = []
        self._names: dict[str, Elements] = {}
        self._subscription: Elements = []
        self._subscriber = Person()
        self._patient: Person | None = None
        self._payer: Elements = []
        self._billing: Elements = []
        self._tax_id: str | None = None
        self._claim: OpenClaim | None = None
        self._party: Party | None = None
        self._claim_count = 0
        self._steps: dict[str, Callable[[Elements, int], None]] = {
            "BHT": self._bht, "HL": self._hl, "NM1": self._nm1, "N4": self._n4, "PRV": self._prv, "SBR": self._sbr,
            "PAT": self._pat, "DMG": self._dmg, "CLM": self._clm, "REF": self._ref, "DTP": self._dtp, "HI": self._hi,
            "AMT": self._amt, "LX": self._lx, "SV1": self._sv, "SV2": self._sv, "SV3": self._sv, "LIN": self._lin,
            "CTP": self._ctp, "TOO": self._too, "SVD": self._svd, "CAS": self._cas,
        }  # fmt: skip

    def read(self) -> None:
        """Walk the segments."""
        first = self.transaction.first_segment_number
        for index in range(len(self.transaction.segments)):
            segment = self.transaction.elements(index)
            step = self._steps.get(segment[0])
            if step is not None:
                step(segment, first + index)
            elif segment[0] not in _SILENT:
                # what no claim has may be a name that slipped: its id is not repeated
                self.rows.note("unknown_segment", "a segment that no claim has was not read", first + index, [""])
        self._close_claim()
        self._close_party()
        self.rows.file_transaction(self._header, self._names, self._claim_count)

    # --- loops ---------------------------------------------------------------------------------------------------

    def _bht(self, segment: Elements, _number: int) -> None:
        self._header = segment

    def _hl(self, segment: Elements, number: int) -> None:
        self._close_claim()
        level = _LEVELS.get(element(segment, 3) or "")
        if level is None:
            self.rows.note("unknown_level", "a level of a kind that no claim has (HL03)", number, segment)
            return
        self._level = level
        if level == _BILLING:
            self._billing, self._tax_id = [], None
        if level in {_BILLING, _SUBSCRIBER}:
            self._subscription, self._payer, self._subscriber = [], [], Person()
        self._patient = Person() if level == _PATIENT else None

    def _clm(self, segment: Elements, number: int) -> None:
        self._close_claim()
        self._claim_count += 1
        self._level = _CLAIM
        self._claim = OpenClaim(
            number,
            self._claim_count,
            segment,
            self._subscription,
            self._subscriber,
            self._patient or self._subscriber,
            self._payer,
            self._billing,
            self._tax_id,
        )
        if element(segment, 1) is None:
            message = "a claim has no number of its own (CLM01): no remittance can be matched to it"
            self.rows.note("missing_control_number", message, number, segment, is_error=True)

    def _sbr(self, segment: Elements, number: int) -> None:
        self._close_party()
        if self._claim is None:
            self._subscription = segment
            return
        self._level = _OTHER_PAYER
        self._claim.others.append(OtherPayer(number, len(self._claim.others) + 1, segment))

    def _lx(self, segment: Elements, number: int) -> None:
        if self._claim is None:
            self.rows.note(
                "misplaced_segment", "a service line stands outside any claim", number, segment, is_error=True
            )
            return
        self._open_line(number)

    def _open_line(self, number: int) -> ServiceLine | None:
        if self._claim is None:
            return None
        self._close_party()
        self._level = _LINE
        line = ServiceLine(number, len(self._claim.lines) + 1)
        self._claim.lines.append(line)
        return line

    # --- parties -------------------------------------------------------------------------------------------------

    def _nm1(self, segment: Elements, number: int) -> None:
        self._close_party()
        role = element(segment, 1) or ""
        self._party = Party(number, *self._place(), self._level, segment)
        self._check_npi(segment, number)
        if self._claim is not None:
            self._name_in_claim(role, segment)
        elif role == "85":
            self._billing = segment
        elif role == "PR":
            self._payer = segment
        elif role == "IL":
            self._subscriber.name = segment
        elif role == "QC":
            if self._patient is None:
                self._patient = Person()
            self._patient.name = segment
        else:
            self._names.setdefault(role, segment)

    def _name_in_claim(self, role: str, segment: Elements) -> None:
        claim = self._claim
        npi = element(segment, 9) if element(segment, 8) == NPI else None
        if claim is None:
            return
        if self._level == _OTHER_PAYER:
            if role == "PR":
                claim.others[-1].payer = segment
        elif self._level == _LINE:
            if role == "82" and npi:
                claim.lines[-1].rendering = npi
        elif npi:
            claim.npis.setdefault(role, npi)

    def _check_npi(self, segment: Elements, number: int) -> None:
        found = element(segment, 9)
        if element(segment, 8) == NPI and found and not is_npi(found):
            message = "an NPI fails its check digit or is none: it may be mistyped"
            self.rows.note("npi_check_digit", message, number, segment)

    def _n4(self, segment: Elements, _number: int) -> None:
        if self._party is not None:
            self._party.city, self._party.state = element(segment, 1), element(segment, 2)
            self._party.postal_code = element(segment, 3)

    def _prv(self, segment: Elements, _number: int) -> None:
        if self._party is not None and self._party.taxonomy is None:
            self._party.taxonomy = element(segment, 3)

    def _pat(self, _segment: Elements, _number: int) -> None:
        self._close_party()

    def _dmg(self, segment: Elements, _number: int) -> None:
        if self._claim is not None:
            return
        person = self._patient if self._patient is not None and self._level == _PATIENT else self._subscriber
        person.birth_date, person.gender = date(element(segment, 2)), element(segment, 3)

    # --- what stands under them ----------------------------------------------------------------------------------

    def _ref(self, segment: Elements, number: int) -> None:
        qualifier, value = element(segment, 1), element(segment, 2)
        role = element(self._party.segment, 1) if self._party is not None else None
        self.rows.add("reference_numbers", number, (*self._place(), self._level, role, qualifier, value))
        claim = self._claim
        if claim is None:
            if role == "85" and qualifier in {"EI", "SY", "1J"} and self._tax_id is None:
                self._tax_id = value
        elif self._level == _CLAIM and role is None:
            claim.references.setdefault(qualifier or "", value)
        elif self._level == _LINE:
            line = claim.lines[-1]
            if qualifier == "6R":
                line.control_number = value
            elif qualifier == "G1" and role is None:
                line.authorization = value

    def _dtp(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            return
        qualifier, days = element(segment, 1) or "", period(element(segment, 2), element(segment, 3))
        if qualifier == "573" and claim.adjudications:
            claim.adjudications[-1].day = days[0]
        elif self._level == _LINE:
            if qualifier == "472":
                claim.lines[-1].first_day, claim.lines[-1].last_day = days
                if days[0] is None:
                    self.rows.note(
                        "unreadable_service_date", "the date of a line is none that can be read", number, segment
                    )
        elif self._level == _CLAIM:
            claim.days[qualifier] = days

    def _hi(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            self.rows.note("misplaced_segment", "codes of a claim stand outside any claim", number, segment)
            return
        bare = 0
        for text in segment[1:]:
            parts = self.transaction.components(text)
            if not parts or parts[0] is None:
                continue
            # some senders write the qualifier and the code as two elements: which belongs to which is not sure
            qualifier, code = parts[0], parts[1] if len(parts) > 1 else None
            if code is None:
                bare += 1
                continue
            if qualifier in _DIAGNOSES:
                ordinal = None
                if qualifier in _POINTABLE:
                    claim.pointable.append(code.replace(".", ""))
                    ordinal = len(claim.pointable)
                version = "ICD-10-CM" if qualifier in _ICD10 else "ICD-9-CM"
                present = parts[8] if len(parts) > 8 else None  # noqa: PLR2004  # HI01-9
                cells = (ordinal, qualifier, version, code.replace(".", ""), present)
                claim.diagnoses.append((number, self.transaction.number, claim.number, *cells))
            else:
                (form, day, money) = (*parts[2:5], None, None, None)[:3]
                other = (qualifier, code, period(form, day)[0], amount(money))
                claim.codes.append((number, self.transaction.number, claim.number, *other))
        if bare:
            message = f"{bare} elements of a code segment (HI) are no pair of qualifier and code, and were not read"
            self.rows.note("unreadable_code", message, number, segment)

    def _amt(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            return
        qualifier = element(segment, 1) or ""
        found = self.rows.amount(segment, 2, number)
        if self._level == _OTHER_PAYER:
            claim.others[-1].amounts[qualifier] = found
        elif self._level == _CLAIM and qualifier == "F5":
            claim.patient_paid = found

    def _sv(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            self.rows.note("misplaced_segment", "a service stands outside any claim", number, segment, is_error=True)
            return
        line = claim.lines[-1] if claim.lines and claim.lines[-1].kind is None else self._open_line(number)
        if line is None:
            return
        self._level = _LINE
        line.kind = segment[0]
        code, charge, unit, units, place, pointers = _PLACES[segment[0]]
        line.procedure = self.transaction.components(element(segment, code))
        line.charged = self.rows.amount(segment, charge, number, is_required=True)
        line.unit_code = element(segment, unit) if unit else None
        line.units = quantity(element(segment, units))
        line.place = element(segment, place) if place else None
        line.pointers = [part for part in self.transaction.components(element(segment, pointers)) if part]
        if segment[0] == "SV2":
            line.revenue_code = element(segment, 1)
            line.pointers = []

    def _lin(self, segment: Elements, _number: int) -> None:
        if self._claim is not None and self._claim.lines and element(segment, 2) == "N4":
            self._claim.lines[-1].drug_code = element(segment, 3)

    def _ctp(self, segment: Elements, _number: int) -> None:
        if self._claim is not None and self._claim.lines:
            self._claim.lines[-1].drug_quantity = quantity(element(segment, 4))

    def _too(self, segment: Elements, _number: int) -> None:
        tooth = element(segment, 2)
        if self._claim is not None and self._claim.lines and tooth:
            self._claim.lines[-1].teeth.append(tooth)

    def _svd(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None or not claim.lines:
            self.rows.note("misplaced_segment", "a payer's decision on a line stands outside any line", number, segment)
            return
        procedure = self.transaction.components(element(segment, 3))
        cells = (
            element(segment, 1),
            self.rows.amount(segment, 2, number),
            procedure[1] if len(procedure) > 1 else None,
            quantity(element(segment, 5)),
        )
        claim.adjudications.append(Adjudication(number, claim.lines[-1].number, cells))

    def _cas(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            self.rows.note("misplaced_segment", "an adjustment stands outside any claim", number, segment)
            return
        line = claim.lines[-1].number if self._level == _LINE and claim.lines else None
        for position in range(2, _LAST_TRIPLET + 1, _TRIPLET):
            reason = element(segment, position)
            if reason is None and element(segment, position + 1) is None:
                continue
            claim.adjustments.append(
                (
                    number,
                    self.transaction.number,
                    claim.number,
                    line,
                    len(claim.adjustments) + 1,
                    element(segment, 1),
                    reason,
                    self.rows.amount(segment, position + 1, number),
                    quantity(element(segment, position + 2)),
                )
            )

    # --- closing -------------------------------------------------------------------------------------------------

    def _place(self) -> tuple[int | None, int | None]:
        """Return the ordinals of the open claim and line."""
        if self._claim is None:
            return None, None
        line = self._claim.lines[-1].number if self._level == _LINE and self._claim.lines else None
        return self._claim.number, line

    def _close_party(self) -> None:
        if self._party is not None:
            self.rows.file_party(self._party)
            self._party = None

    def _close_claim(self) -> None:
        self._close_party()
        if self._claim is not None:
            self.rows.file_claim(self._claim)
            self._claim = None


# element positions: procedure, charge, unit of measure, units, place of service, diagnosis pointers
_PLACES: Final = {"SV1": (1, 2, 3, 4, 5, 7), "SV2": (2, 3, 4, 5, 0, 0), "SV3": (1, 2, 0, 6, 3, 11)}
