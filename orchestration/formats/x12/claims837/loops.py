"""One 837 transaction set to rows: the loops of billing provider, subscriber, patient, claim, other payer and line.

A loop is known by what opens it (HL03, CLM, SBR below a claim, LX), never by a strict order, so that a segment out of
place costs a finding and not the claim. Guides: 005010X222A1, X223A2, X224A2. What does not belong here: envelopes,
files, and what a payer answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.money import ZERO, fits, format_amount
from orchestration.formats.x12.syntax.segments import segment_id
from orchestration.formats.x12.syntax.values import amount, date, element, period, quantity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from decimal import Decimal

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

_BILLING, _SUBSCRIBER, _PATIENT = "billing", "subscriber", "patient"
_CLAIM, _OTHER_PAYER, _LINE, _TRANSACTION = "claim", "other_payer", "line", "transaction"
_LEVELS: Final = {"20": _BILLING, "22": _SUBSCRIBER, "23": _PATIENT}
# GS08 holds the guide's number; X291 and X298 to X300 are predeterminations and post-adjudicated claims
_TYPES: Final = {
    **dict.fromkeys(("X222", "X098", "X291", "X298"), "professional"),
    **dict.fromkeys(("X223", "X096", "X292", "X299"), "institutional"),
    **dict.fromkeys(("X224", "X097", "X293", "X300"), "dental"),
}
_TYPE_OF_LINE: Final = {"SV1": "professional", "SV2": "institutional", "SV3": "dental"}
_POINTABLE: Final = frozenset({"ABK", "BK", "ABF", "BF"})
_DIAGNOSES: Final = _POINTABLE | {"ABJ", "BJ", "ABN", "BN", "APR", "PR"}
_ICD10: Final = frozenset({"ABK", "ABF", "ABJ", "ABN", "APR"})
_NPI: Final = "XX"
_TRIPLET, _LAST_TRIPLET, _MODIFIERS = 3, 17, 4
# read where they stand under something, and known where we have no column for them
_SILENT: Final = frozenset(
    {"ST", "SE", "PER", "N3", "CUR", "OI", "MIA", "MOA", "CL1", "PWK", "CN1", "K3", "NTE", "CR1", "CR2", "CR3", "CR5",
     "CR6", "CRC", "HCP", "HSD", "SV4", "SV5", "PS1", "IMM", "QTY", "MEA", "LQ", "FRM", "DN1", "DN2", "UR", "CR7"}
)  # fmt: skip


@dataclass(slots=True)
class _Party:
    """An NM1 on its way to a row: the address that follows still belongs to it."""

    segment_number: int
    claim_number: int | None
    line_number: int | None
    level: str
    segment: Elements
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    taxonomy: str | None = None


@dataclass(slots=True)
class _ServiceLine:
    """An LX on its way to a row."""

    segment_number: int
    number: int
    kind: str | None = None
    procedure: list[str | None] = field(default_factory=list)
    charged: Decimal | None = None
    unit_code: str | None = None
    units: Decimal | None = None
    place: str | None = None
    revenue_code: str | None = None
    pointers: list[str] = field(default_factory=list)
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    control_number: str | None = None
    rendering: str | None = None
    authorization: str | None = None
    drug_code: str | None = None
    drug_quantity: Decimal | None = None
    teeth: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _OtherPayer:
    """An SBR below a claim on its way to a row."""

    segment_number: int
    number: int
    segment: Elements
    payer: Elements = field(default_factory=list)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Adjudication:
    """An SVD on its way to a row: DTP*573 follows it."""

    segment_number: int
    line_number: int
    cells: tuple[Any, ...]
    day: dt.date | None = None


@dataclass(slots=True)
class _Person:
    """A subscriber or patient: NM1 and DMG."""

    name: Elements = field(default_factory=list)
    birth_date: dt.date | None = None
    gender: str | None = None


@dataclass(slots=True)
class _OpenClaim:
    """A CLM on its way to a row, with what the loops above it said when it began."""

    segment_number: int
    number: int
    segment: Elements
    subscription: Elements
    subscriber: _Person
    patient: _Person
    payer: Elements
    billing: Elements
    tax_id: str | None
    lines: list[_ServiceLine] = field(default_factory=list)
    others: list[_OtherPayer] = field(default_factory=list)
    adjudications: list[_Adjudication] = field(default_factory=list)
    adjustments: list[tuple[Any, ...]] = field(default_factory=list)
    diagnoses: list[tuple[Any, ...]] = field(default_factory=list)
    pointable: list[str] = field(default_factory=list)
    codes: list[tuple[Any, ...]] = field(default_factory=list)
    npis: dict[str, str] = field(default_factory=dict)
    references: dict[str, str | None] = field(default_factory=dict)
    days: dict[str, tuple[dt.date | None, dt.date | None]] = field(default_factory=dict)
    patient_paid: Decimal | None = None


class Loops:
    """The rows of one transaction set; ``rows`` are without file and time, by table."""

    def __init__(self, transaction: TransactionSet) -> None:
        self.transaction = transaction
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.findings: list[Finding] = []
        self.charged_amount: Decimal = ZERO
        self._level = _TRANSACTION
        self._header: Elements = []
        self._names: dict[str, Elements] = {}
        self._subscription: Elements = []
        self._subscriber = _Person()
        self._patient: _Person | None = None
        self._payer: Elements = []
        self._billing: Elements = []
        self._tax_id: str | None = None
        self._claim: _OpenClaim | None = None
        self._party: _Party | None = None
        self._claim_count = 0
        self._line_count = 0
        self._is_readable = True
        self._steps: dict[str, Callable[[Elements, int], None]] = {
            "BHT": self._bht, "HL": self._hl, "NM1": self._nm1, "N4": self._n4, "PRV": self._prv, "SBR": self._sbr,
            "PAT": self._pat, "DMG": self._dmg, "CLM": self._clm, "REF": self._ref, "DTP": self._dtp, "HI": self._hi,
            "AMT": self._amt, "LX": self._lx, "SV1": self._sv, "SV2": self._sv, "SV3": self._sv, "LIN": self._lin,
            "CTP": self._ctp, "TOO": self._too, "SVD": self._svd, "CAS": self._cas,
        }  # fmt: skip

    def read(self) -> Loops:
        """Walk the segments and return self, filled."""
        first = self.transaction.first_segment_number
        for index in range(len(self.transaction.segments)):
            segment = self.transaction.elements(index)
            step = self._steps.get(segment[0])
            if step is not None:
                step(segment, first + index)
            elif segment[0] not in _SILENT:
                # what no claim has may be a name that slipped: its id is not repeated
                self._note("unknown_segment", "a segment that no claim has was not read", first + index, [""])
        self._close_claim()
        self._close_party()
        self._file_transaction()
        return self

    # --- loops ---------------------------------------------------------------------------------------------------

    def _bht(self, segment: Elements, _number: int) -> None:
        self._header = segment

    def _hl(self, segment: Elements, number: int) -> None:
        self._close_claim()
        level = _LEVELS.get(element(segment, 3) or "")
        if level is None:
            self._note("unknown_level", "a level of a kind that no claim has (HL03)", number, segment)
            return
        self._level = level
        if level == _BILLING:
            self._billing, self._tax_id = [], None
        if level in {_BILLING, _SUBSCRIBER}:
            self._subscription, self._payer, self._subscriber = [], [], _Person()
        self._patient = _Person() if level == _PATIENT else None

    def _clm(self, segment: Elements, number: int) -> None:
        self._close_claim()
        self._claim_count += 1
        self._level = _CLAIM
        self._claim = _OpenClaim(
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
            self._note("missing_control_number", message, number, segment, is_error=True)

    def _sbr(self, segment: Elements, number: int) -> None:
        self._close_party()
        if self._claim is None:
            self._subscription = segment
            return
        self._level = _OTHER_PAYER
        self._claim.others.append(_OtherPayer(number, len(self._claim.others) + 1, segment))

    def _lx(self, segment: Elements, number: int) -> None:
        if self._claim is None:
            self._note("misplaced_segment", "a service line stands outside any claim", number, segment, is_error=True)
            return
        self._open_line(number)

    def _open_line(self, number: int) -> _ServiceLine | None:
        if self._claim is None:
            return None
        self._close_party()
        self._level = _LINE
        line = _ServiceLine(number, len(self._claim.lines) + 1)
        self._claim.lines.append(line)
        return line

    # --- parties -------------------------------------------------------------------------------------------------

    def _nm1(self, segment: Elements, number: int) -> None:
        self._close_party()
        role = element(segment, 1) or ""
        self._party = _Party(number, *self._place(), self._level, segment)
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
                self._patient = _Person()
            self._patient.name = segment
        else:
            self._names.setdefault(role, segment)

    def _name_in_claim(self, role: str, segment: Elements) -> None:
        claim = self._claim
        npi = element(segment, 9) if element(segment, 8) == _NPI else None
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
        if element(segment, 8) == _NPI and found and not is_npi(found):
            message = "an NPI fails its check digit or is none: it may be mistyped"
            self._note("npi_check_digit", message, number, segment)

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
        self._add("reference_numbers", number, (*self._place(), self._level, role, qualifier, value))
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
                    self._note(
                        "unreadable_service_date", "the date of a line is none that can be read", number, segment
                    )
        elif self._level == _CLAIM:
            claim.days[qualifier] = days

    def _hi(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            self._note("misplaced_segment", "codes of a claim stand outside any claim", number, segment)
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
            self._note("unreadable_code", message, number, segment)

    def _amt(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            return
        qualifier = element(segment, 1) or ""
        found = self._amount(segment, 2, number)
        if self._level == _OTHER_PAYER:
            claim.others[-1].amounts[qualifier] = found
        elif self._level == _CLAIM and qualifier == "F5":
            claim.patient_paid = found

    def _sv(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            self._note("misplaced_segment", "a service stands outside any claim", number, segment, is_error=True)
            return
        line = claim.lines[-1] if claim.lines and claim.lines[-1].kind is None else self._open_line(number)
        if line is None:
            return
        self._level = _LINE
        line.kind = segment[0]
        code, charge, unit, units, place, pointers = _PLACES[segment[0]]
        line.procedure = self.transaction.components(element(segment, code))
        line.charged = self._amount(segment, charge, number, is_required=True)
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
            self._note("misplaced_segment", "a payer's decision on a line stands outside any line", number, segment)
            return
        procedure = self.transaction.components(element(segment, 3))
        cells = (
            element(segment, 1),
            self._amount(segment, 2, number),
            procedure[1] if len(procedure) > 1 else None,
            quantity(element(segment, 5)),
        )
        claim.adjudications.append(_Adjudication(number, claim.lines[-1].number, cells))

    def _cas(self, segment: Elements, number: int) -> None:
        claim = self._claim
        if claim is None:
            self._note("misplaced_segment", "an adjustment stands outside any claim", number, segment)
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
                    self._amount(segment, position + 1, number),
                    quantity(element(segment, position + 2)),
                )
            )

    # --- rows ----------------------------------------------------------------------------------------------------

    def _place(self) -> tuple[int | None, int | None]:
        """Return the ordinals of the open claim and line."""
        if self._claim is None:
            return None, None
        line = self._claim.lines[-1].number if self._level == _LINE and self._claim.lines else None
        return self._claim.number, line

    def _close_party(self) -> None:
        party = self._party
        if party is None:
            return
        self._party = None
        segment = party.segment
        cells = (
            party.level,
            element(segment, 1),
            element(segment, 2),
            element(segment, 3),
            element(segment, 4),
            element(segment, 8),
            element(segment, 9),
            party.city,
            party.state,
            party.postal_code,
            party.taxonomy,
        )
        self._add("parties", party.segment_number, (party.claim_number, party.line_number, *cells))

    def _close_claim(self) -> None:
        self._close_party()
        claim = self._claim
        if claim is None:
            return
        self._claim = None
        segment = claim.segment
        charged = self._amount(segment, 2, claim.segment_number, is_required=True)
        if charged is None:
            self._is_readable = False
        else:
            self.charged_amount += charged
        place = self.transaction.components(element(segment, 5))
        facility, qualifier, frequency = (*place, None, None, None)[:3]
        billing_npi = element(claim.billing, 9) if element(claim.billing, 8) == _NPI else None
        rendering = claim.npis.get("82") or claim.npis.get("71") or billing_npi
        days = claim.days.get("472") or claim.days.get("434") or (None, None)
        for line in claim.lines:
            self._file_line(claim, line, days, rendering, facility if qualifier != "A" else None)
        total, is_balanced = self._balance(claim, charged)
        first = [line.first_day for line in claim.lines if line.first_day] or [day for day in days[:1] if day]
        last = [line.last_day for line in claim.lines if line.last_day] or [day for day in days[1:] if day]
        patient = claim.patient
        self._add(
            "claims",
            claim.segment_number,
            (
                claim.number,
                element(segment, 1),
                charged,
                total,
                is_balanced,
                facility,
                qualifier,
                frequency,
                element(segment, 7),
                element(claim.subscription, 1),
                element(claim.subscription, 9),
                element(claim.subscription, 3),
                element(claim.payer, 3),
                element(claim.payer, 9),
                element(claim.subscriber.name, 3),
                element(claim.subscriber.name, 4),
                element(claim.subscriber.name, 9),
                element(patient.name, 3),
                element(patient.name, 4),
                patient.birth_date,
                patient.gender,
                element(claim.billing, 3),
                billing_npi,
                claim.tax_id,
                rendering,
                claim.npis.get("DN"),
                claim.npis.get("77"),
                min(first, default=None),
                max(last, default=None),
                claim.days.get("435", (None, None))[0],
                claim.references.get("F8"),
                claim.references.get("G1"),
                claim.references.get("D9"),
                claim.patient_paid,
                len(claim.lines),
            ),
        )
        self._file_details(claim)

    def _balance(self, claim: _OpenClaim, charged: Decimal | None) -> tuple[Decimal | None, bool | None]:
        """Return what the lines add up to, and whether that is CLM02 (TR3, note on CLM02)."""
        if not claim.lines:
            message = "a claim has no service line"
            self._note("claim_without_lines", message, claim.segment_number, claim.segment)
            return None, None
        amounts = [line.charged for line in claim.lines if line.charged is not None]
        total = sum(amounts, ZERO) if len(amounts) == len(claim.lines) else None
        if total is None or charged is None or not fits(total):
            return None, None
        if total != charged:
            message = (
                f"the lines of a claim add up to {format_amount(total)} and the claim says {format_amount(charged)}"
            )
            self._note("unbalanced_claim", message, claim.segment_number, claim.segment)
        return total, total == charged

    def _file_line(
        self,
        claim: _OpenClaim,
        line: _ServiceLine,
        days: tuple[dt.date | None, dt.date | None],
        rendering: str | None,
        place: str | None,
    ) -> None:
        self._line_count += 1
        if line.first_day is None and line.last_day is None:
            line.first_day, line.last_day = days
        if line.first_day is None:
            message = "a service line has no date that can be read"
            self._note("missing_service_date", message, line.segment_number, ["LX"])
        qualifier, code, *modifiers = (*line.procedure, None, None)[: 2 + _MODIFIERS]
        self._add(
            "service_lines",
            line.segment_number,
            (
                claim.number,
                line.number,
                qualifier,
                code,
                *(*modifiers, *[None] * _MODIFIERS)[:_MODIFIERS],
                line.charged,
                line.unit_code,
                line.units,
                line.place or place,
                line.revenue_code,
                ";".join(line.pointers) or None,
                ";".join(self._pointed(claim, line)) or None,
                line.first_day,
                line.last_day,
                line.control_number,
                line.rendering or rendering,
                line.authorization,
                line.drug_code,
                line.drug_quantity,
                ";".join(line.teeth) or None,
            ),
        )

    def _pointed(self, claim: _OpenClaim, line: _ServiceLine) -> list[str]:
        found = []
        for pointer in line.pointers:
            place = int(pointer) if pointer.isascii() and pointer.isdigit() and len(pointer) <= 2 else 0  # noqa: PLR2004
            if 1 <= place <= len(claim.pointable):
                found.append(claim.pointable[place - 1])
            else:
                message = "a service line points to a diagnosis that the claim does not have"
                self._note("unknown_diagnosis", message, line.segment_number, ["LX"])
        return found

    def _file_details(self, claim: _OpenClaim) -> None:
        for name, rows in (
            ("diagnoses", claim.diagnoses),
            ("claim_codes", claim.codes),
            ("adjustments", claim.adjustments),
        ):
            self.rows.setdefault(name, []).extend(rows)
        for other in claim.others:
            cells = (
                other.number,
                element(other.segment, 1),
                element(other.segment, 9),
                element(other.payer, 3),
                element(other.payer, 9),
                other.amounts.get("D"),
                other.amounts.get("EAF"),
                other.amounts.get("A8"),
            )
            self._add("other_payers", other.segment_number, (claim.number, *cells))
        for said in claim.adjudications:
            self._add(
                "line_adjudications", said.segment_number, (claim.number, said.line_number, *said.cells, said.day)
            )

    def _file_transaction(self) -> None:
        transaction, header = self.transaction, self.transaction.header
        submitter, receiver = self._names.get("41", []), self._names.get("40", [])
        version = transaction.version_code or ""
        claim_type = next((kind for mark, kind in _TYPES.items() if mark in version), None) or self._type_by_lines()
        is_whole = self._is_readable and fits(self.charged_amount)
        self._add(
            "transactions",
            transaction.first_segment_number,
            (
                header.interchange_control_number,
                header.group_control_number,
                transaction.control_number,
                element(self._header, 3),
                transaction.version_code,
                claim_type,
                header.usage_indicator,
                element(self._header, 2),
                date(element(self._header, 4)),
                element(self._header, 6),
                element(submitter, 3),
                element(submitter, 9),
                element(receiver, 3),
                element(receiver, 9),
                self._claim_count,
                self._line_count,
                self.charged_amount if is_whole else None,
                len(transaction.segments),
            ),
        )
        if not self._claim_count:
            message = "the transaction holds no claim"
            self._note("no_claims", message, transaction.first_segment_number, ["ST"])

    def _type_by_lines(self) -> str | None:
        separator = self.transaction.delimiters.element
        for segment in self.transaction.segments:
            kind = _TYPE_OF_LINE.get(segment.partition(separator)[0])
            if kind is not None:
                return kind
        return None

    def _add(self, table: str, number: int, cells: tuple[Any, ...]) -> None:
        self.rows.setdefault(table, []).append((number, self.transaction.number, *cells))

    def _amount(self, segment: Elements, position: int, number: int, *, is_required: bool = False) -> Decimal | None:
        """Return an amount; an unreadable one, or a required one that is missing, gets a finding."""
        written = element(segment, position)
        found = amount(written)
        if found is None and (written is not None or is_required):
            message = "an amount is missing or no number of dollars and cents"
            self._note("unreadable_amount", message, number, segment, is_error=True)
        return found

    def _note(self, code: str, message: str, number: int, segment: Elements, *, is_error: bool = False) -> None:
        self.findings.append(Finding(code, "error" if is_error else "warning", message, number, segment_id(segment)))


# element positions: procedure, charge, unit of measure, units, place of service, diagnosis pointers
_PLACES: Final = {"SV1": (1, 2, 3, 4, 5, 7), "SV2": (2, 3, 4, 5, 0, 0), "SV3": (1, 2, 0, 6, 3, 11)}
