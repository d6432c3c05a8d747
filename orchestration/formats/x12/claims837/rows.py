"""The rows, findings and control amount of one 837 transaction set, from its loops when they are closed.

Which element goes into which column is said by ``tables`` and here. What does not belong here: which loop a segment
belongs to (``loops``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits, format_amount
from orchestration.formats.x12.syntax import values
from orchestration.formats.x12.syntax.segments import segment_id
from orchestration.formats.x12.syntax.values import date, element

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

    from orchestration.formats.x12.claims837.open_loops import OpenClaim, Party, ServiceLine
    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

# GS08 holds the guide's number; X291 and X298 to X300 are predeterminations and post-adjudicated claims
_TYPES: Final = {
    **dict.fromkeys(("X222", "X098", "X291", "X298"), "professional"),
    **dict.fromkeys(("X223", "X096", "X292", "X299"), "institutional"),
    **dict.fromkeys(("X224", "X097", "X293", "X300"), "dental"),
}
_TYPE_OF_LINE: Final = {"SV1": "professional", "SV2": "institutional", "SV3": "dental"}
NPI: Final = "XX"
_MODIFIERS = 4


class SetRows:
    """What one transaction set comes to; ``rows`` are without file and time, by table."""

    def __init__(self, transaction: TransactionSet) -> None:
        self.transaction = transaction
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.findings: list[Finding] = []
        self.charged_amount: Decimal = ZERO
        self._line_count = 0
        self._is_readable = True

    def file_party(self, party: Party) -> None:
        """Add a party that nothing more belongs to."""
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
        self.add("parties", party.segment_number, (party.claim_number, party.line_number, *cells))

    def file_claim(self, claim: OpenClaim) -> None:
        """Add a claim with its lines and all that stands under it."""
        segment = claim.segment
        charged = self.amount(segment, 2, claim.segment_number, is_required=True)
        if charged is None:
            self._is_readable = False
        else:
            self.charged_amount += charged
        place = self.transaction.components(element(segment, 5))
        facility, qualifier, frequency = (*place, None, None, None)[:3]
        billing_npi = element(claim.billing, 9) if element(claim.billing, 8) == NPI else None
        rendering = claim.npis.get("82") or claim.npis.get("71") or billing_npi
        days = claim.days.get("472") or claim.days.get("434") or (None, None)
        for line in claim.lines:
            self._file_line(claim, line, days, rendering, facility if qualifier != "A" else None)
        total, is_balanced = self._balance(claim, charged)
        first = [line.first_day for line in claim.lines if line.first_day] or [day for day in days[:1] if day]
        last = [line.last_day for line in claim.lines if line.last_day] or [day for day in days[1:] if day]
        patient = claim.patient
        self.add(
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

    def _balance(self, claim: OpenClaim, charged: Decimal | None) -> tuple[Decimal | None, bool | None]:
        """Return what the lines add up to, and whether that is CLM02 (TR3, note on CLM02)."""
        if not claim.lines:
            message = "a claim has no service line"
            self.note("claim_without_lines", message, claim.segment_number, claim.segment)
            return None, None
        amounts = [line.charged for line in claim.lines if line.charged is not None]
        total = sum(amounts, ZERO) if len(amounts) == len(claim.lines) else None
        if total is None or charged is None or not fits(total):
            return None, None
        if total != charged:
            message = (
                f"the lines of a claim add up to {format_amount(total)} and the claim says {format_amount(charged)}"
            )
            self.note("unbalanced_claim", message, claim.segment_number, claim.segment)
        return total, total == charged

    def _file_line(
        self,
        claim: OpenClaim,
        line: ServiceLine,
        days: tuple[dt.date | None, dt.date | None],
        rendering: str | None,
        place: str | None,
    ) -> None:
        self._line_count += 1
        if line.first_day is None and line.last_day is None:
            line.first_day, line.last_day = days
        if line.first_day is None:
            message = "a service line has no date that can be read"
            self.note("missing_service_date", message, line.segment_number, ["LX"])
        qualifier, code, *modifiers = (*line.procedure, None, None)[: 2 + _MODIFIERS]
        self.add(
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

    def _pointed(self, claim: OpenClaim, line: ServiceLine) -> list[str]:
        found = []
        for pointer in line.pointers:
            place = int(pointer) if pointer.isascii() and pointer.isdigit() and len(pointer) <= 2 else 0  # noqa: PLR2004
            if 1 <= place <= len(claim.pointable):
                found.append(claim.pointable[place - 1])
            else:
                message = "a service line points to a diagnosis that the claim does not have"
                self.note("unknown_diagnosis", message, line.segment_number, ["LX"])
        return found

    def _file_details(self, claim: OpenClaim) -> None:
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
            self.add("other_payers", other.segment_number, (claim.number, *cells))
        for said in claim.adjudications:
            self.add("line_adjudications", said.segment_number, (claim.number, said.line_number, *said.cells, said.day))

    def file_transaction(self, beginning: Elements, names: Mapping[str, Elements], claim_count: int) -> None:
        """Add the transaction when all its claims are filed: ``beginning`` is BHT, ``names`` are NM1 by their role."""
        transaction, header = self.transaction, self.transaction.header
        submitter, receiver = names.get("41", []), names.get("40", [])
        version = transaction.version_code or ""
        claim_type = next((kind for mark, kind in _TYPES.items() if mark in version), None) or self._type_by_lines()
        is_whole = self._is_readable and fits(self.charged_amount)
        self.add(
            "transactions",
            transaction.first_segment_number,
            (
                header.interchange_control_number,
                header.group_control_number,
                transaction.control_number,
                element(beginning, 3),
                transaction.version_code,
                claim_type,
                header.usage_indicator,
                element(beginning, 2),
                date(element(beginning, 4)),
                element(beginning, 6),
                element(submitter, 3),
                element(submitter, 9),
                element(receiver, 3),
                element(receiver, 9),
                claim_count,
                self._line_count,
                self.charged_amount if is_whole else None,
                len(transaction.segments),
            ),
        )
        if not claim_count:
            message = "the transaction holds no claim"
            self.note("no_claims", message, transaction.first_segment_number, ["ST"])

    def _type_by_lines(self) -> str | None:
        separator = self.transaction.delimiters.element
        for segment in self.transaction.segments:
            kind = _TYPE_OF_LINE.get(segment.partition(separator)[0])
            if kind is not None:
                return kind
        return None

    def add(self, table: str, number: int, cells: tuple[Any, ...]) -> None:
        """Add a row of a table; ``number`` is its segment's."""
        self.rows.setdefault(table, []).append((number, self.transaction.number, *cells))

    def amount(self, segment: Elements, position: int, number: int, *, is_required: bool = False) -> Decimal | None:
        """Return an amount; an unreadable one, or a required one that is missing, gets a finding."""
        written = element(segment, position)
        found = values.amount(written)
        if found is None and (written is not None or is_required):
            message = "an amount is missing or no number of dollars and cents"
            self.note("unreadable_amount", message, number, segment, is_error=True)
        return found

    def note(self, code: str, message: str, number: int, segment: Elements, *, is_error: bool = False) -> None:
        """Keep a finding."""
        self.findings.append(Finding(code, "error" if is_error else "warning", message, number, segment_id(segment)))
