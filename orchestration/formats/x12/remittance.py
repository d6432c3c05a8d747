"""One ST*835 to rows: loops 1000 to 2110 and PLB of 005010X221A1 (and 004010X091A1) as tuples of ``tables``.

Segments go in, rows and findings come out, with the verdict on what they sum to (``balancing``). What does not
belong here: bytes and delimiters (``segments``), trailers (``envelope``), files and quarantine (``reader``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding, Severity
from orchestration.core.money import ZERO
from orchestration.formats.x12 import balancing, values
from orchestration.formats.x12.denials import STATUS_WITHOUT_DENIAL, denies
from orchestration.formats.x12.envelope import segment_id
from orchestration.formats.x12.values import element

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from decimal import Decimal

    from orchestration.formats.x12.envelope import TransactionSet
    from orchestration.formats.x12.segments import Segment

Row = tuple[Any, ...]

# segments of an 835 that carry no row of their own; anything else unknown is reported
_INFORMATION: Final = frozenset({"ST", "SE", "N2", "N3", "N4", "PER", "RDM", "CUR", "QTY", "TS2", "TS3"})
_REVERSAL, _PREDETERMINATION = "22", "25"
_CLAIM_DATES: Final = {"232": "statement_from", "233": "statement_to", "050": "received"}
_MOA_REMARKS: Final = range(3, 8)
_MIA_REMARKS: Final = (5, 20, 21, 22, 23)
# CAS holds six triplets from its second element on, PLB six pairs from its third
_CAS_FIRST, _CAS_END = 2, 20
_PLB_FIRST, _PLB_END = 3, 15


@dataclass(frozen=True, slots=True)
class Lineage:
    """What every row of a file carries: the file's id, the transaction's ordinal in it, when it was landed."""

    file_id: str
    transaction_number: int
    landed_at: dt.datetime


@dataclass(slots=True)
class _Header:
    """What comes before the claims: payment, payer, payee."""

    handling_code: str | None = None
    paid: Decimal | None = None
    method_code: str | None = None
    payment_date: dt.date | None = None
    trace_number: str | None = None
    company_id: str | None = None
    production_date: dt.date | None = None
    payer_name: str | None = None
    payer_id: str | None = None
    payer_reference: str | None = None
    payee_name: str | None = None
    payee_npi: str | None = None
    party: str | None = None
    has_payment: bool = False
    has_trace: bool = False


@dataclass(slots=True)
class _Claim:
    """A CLP whose segments are still coming."""

    segment_number: int
    segment: Segment
    charged: Decimal | None
    paid: Decimal | None
    adjusted: Decimal | None = ZERO
    line_count: int = 0
    adjustment_count: int = 0
    names: dict[str, str | None] = field(default_factory=dict)
    dates: dict[str, dt.date | None] = field(default_factory=dict)
    has_denial_code: bool = False
    is_denied: bool = False


@dataclass(slots=True)
class _Line:
    """An SVC whose segments are still coming."""

    segment_number: int
    segment: Segment
    charged: Decimal | None
    paid: Decimal | None
    adjusted: Decimal | None = ZERO
    service_date: dt.date | None = None
    is_exact_date: bool = False
    control_number: str | None = None
    npi: str | None = None
    allowed: Decimal | None = None
    has_denial_code: bool = False


@dataclass(slots=True)
class Remittance:
    """One transaction read: rows by table, findings, and the counts ``inspect`` prints."""

    transaction: Row = ()
    claims: list[Row] = field(default_factory=list)
    service_lines: list[Row] = field(default_factory=list)
    adjustments: list[Row] = field(default_factory=list)
    provider_adjustments: list[Row] = field(default_factory=list)
    remarks: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    paid_amount: Decimal | None = None
    claim_paid_amount: Decimal = ZERO
    provider_adjustment_amount: Decimal = ZERO
    unbalanced_lines: int = 0
    unbalanced_claims: int = 0
    is_transaction_unbalanced: bool = False
    denied_claims: int = 0
    reversals: int = 0


def read_remittance(transaction: TransactionSet, lineage: Lineage, envelope_findings: list[Finding]) -> Remittance:
    """Return the rows of one ST*835. Never raises, whatever the segments hold.

    ``envelope_findings`` are the errors of its interchange: they hold the transaction, and are not repeated.
    """
    return _RemittanceReader(transaction, lineage).run(envelope_findings)


def content_key(transaction: TransactionSet) -> str:
    """Return the SHA-256 of the segments between ST and SE, written with one set of delimiters."""
    inner = transaction.segments[1:-1] if transaction.is_closed else transaction.segments[1:]
    marks = transaction.delimiters
    text = "~".join(segment.rstrip(marks.element) for segment in inner)
    if (marks.element, marks.component) != ("*", ":"):
        text = text.translate(str.maketrans(marks.element + marks.component, "*:"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _RemittanceReader:
    """A walk over the segments; which loop is open decides what a segment says."""

    def __init__(self, transaction: TransactionSet, lineage: Lineage) -> None:
        self.source = transaction
        self.component = transaction.delimiters.component
        self.lineage = lineage
        self.out = Remittance()
        self.header = _Header()
        self.claim: _Claim | None = None
        self.line: _Line | None = None
        self.claim_count = 0
        self.line_count = 0
        self.pair_count = 0
        self.claim_paid: Decimal | None = ZERO
        self.provider_adjusted: Decimal | None = ZERO
        self.balances: list[bool | None] = []
        self.number = 0
        self.steps: dict[str, Callable[[Segment], None]] = {
            "BPR": self._bpr,
            "TRN": self._trn,
            "N1": self._n1,
            "LX": self._lx,
            "CLP": self._clp,
            "SVC": self._svc,
            "CAS": self._cas,
            "NM1": self._nm1,
            "DTM": self._dtm,
            "REF": self._ref,
            "AMT": self._amt,
            "LQ": self._lq,
            "MOA": self._moa,
            "MIA": self._mia,
            "PLB": self._plb,
        }

    def run(self, envelope_findings: list[Finding]) -> Remittance:
        steps = self.steps
        separator = self.source.delimiters.element
        for number, raw in enumerate(self.source.segments, start=self.source.first_segment_number):
            segment = raw.split(separator)
            step = steps.get(segment[0])
            self.number = number
            if step is not None:
                step(segment)
            elif segment[0] not in _INFORMATION:
                self._note("unknown_segment", "warning", "a segment that an 835 does not have was not read", segment)
        self._close_claim()
        self._finish(envelope_findings)
        return self.out

    # --- header: loops 1000A and 1000B -------------------------------------------------------------------------

    def _bpr(self, segment: Segment) -> None:
        header = self.header
        if header.has_payment:
            self._note("repeated_payment", "error", "the transaction states its payment twice (BPR)", segment)
            return
        header.has_payment = True
        header.handling_code = element(segment, 1)
        header.method_code = element(segment, 4)
        paid = self._amount(segment, 2, "paid_amount", "the payment (BPR02)")
        header.paid = -paid if paid and element(segment, 3) == "D" else paid
        header.payment_date = self._date(segment, 16)
        if header.payment_date is None:
            state = "missing" if element(segment, 16) is None else "unreadable"
            self._note(f"{state}_payment_date", "error", f"the payment date (BPR16) is {state}", segment)

    def _trn(self, segment: Segment) -> None:
        if self.header.has_trace:
            self._note("repeated_trace_number", "warning", "a second trace number (TRN) was not read", segment)
            return
        self.header.has_trace = True
        self.header.trace_number = element(segment, 2)
        self.header.company_id = element(segment, 3)
        if self.header.trace_number is None:
            self._note("missing_trace_number", "error", "the payment has no trace number (TRN02)", segment)

    def _n1(self, segment: Segment) -> None:
        header = self.header
        header.party = element(segment, 1)
        if header.party == "PR":
            header.payer_name, header.payer_id = element(segment, 2), element(segment, 4)
        elif header.party == "PE":
            header.payee_name = element(segment, 2)
            if element(segment, 3) == "XX":
                header.payee_npi = element(segment, 4)

    def _lx(self, _segment: Segment) -> None:
        self._close_claim()

    # --- claims: loop 2100 -------------------------------------------------------------------------------------

    def _clp(self, segment: Segment) -> None:
        self._close_claim()
        self.claim_count += 1
        charged = self._amount(segment, 3, "amount", "the claim's charge (CLP03)")
        paid = self._amount(segment, 4, "amount", "the claim's payment (CLP04)")
        self.claim = _Claim(self.number, segment, charged, paid)

    def _nm1(self, segment: Segment) -> None:
        claim = self.claim
        if claim is None:
            return
        role = element(segment, 1)
        if role == "82":
            npi = element(segment, 9) if element(segment, 8) == "XX" else None
            if self.line is not None:
                self.line.npi = npi
            else:
                claim.names["npi"] = npi
        elif role == "QC":
            claim.names["last"], claim.names["first"] = element(segment, 3), element(segment, 4)
            claim.names["patient_member"] = element(segment, 9)
        elif role == "IL":
            claim.names["insured_member"] = element(segment, 9)

    def _dtm(self, segment: Segment) -> None:
        role = element(segment, 1)
        line, claim = self.line, self.claim
        if role == "405" and claim is None:
            self.header.production_date = self._date(segment, 2, expected=True)
        elif line is not None and role in {"472", "150"}:
            # a single service date outranks the start of a range
            if role == "472" or not line.is_exact_date:
                line.service_date = self._date(segment, 2, expected=True)
                line.is_exact_date = role == "472"
        elif claim is not None and role in _CLAIM_DATES:
            claim.dates[_CLAIM_DATES[role]] = self._date(segment, 2, expected=True)

    def _ref(self, segment: Segment) -> None:
        role = element(segment, 1)
        line = self.line
        if line is not None:
            if role == "6R":
                line.control_number = element(segment, 2)
            elif role == "HPI" and line.npi is None:
                line.npi = element(segment, 2)
        elif self.claim is None:
            if role == "2U" and self.header.party == "PR":
                self.header.payer_reference = element(segment, 2)
            elif role == "HPI" and self.header.party == "PE" and self.header.payee_npi is None:
                self.header.payee_npi = element(segment, 2)

    def _close_claim(self) -> None:
        """File the open claim, if any: rule 2, denial, row."""
        self._close_line()
        claim = self.claim
        if claim is None:
            return
        self.claim = None
        segment, names, dates = claim.segment, claim.names, claim.dates
        status = element(segment, 2)
        adjusted = balancing.bounded(claim.adjusted)
        is_balanced = self._judge(
            "unbalanced_claim", f"claim {self.claim_count}", (claim.charged, adjusted, claim.paid), claim.segment_number
        )
        if is_balanced is False:
            self.out.unbalanced_claims += 1
        is_reversal = status == _REVERSAL
        self.out.reversals += is_reversal
        if not claim.line_count and claim.paid == 0 and claim.has_denial_code:
            claim.is_denied = True
        if claim.is_denied and status not in STATUS_WITHOUT_DENIAL:
            self.out.denied_claims += 1
        if status == _PREDETERMINATION and claim.paid:
            self._error_at(
                claim.segment_number,
                "CLP",
                "predetermination_with_payment",
                f"claim {self.claim_count} is a predetermination, which pays nothing, but carries {claim.paid:,.2f}",
            )
        paid = claim.paid
        # a CLP cut off before its amounts states none: it adds nothing, while one missing amount leaves the sum unknown
        if element(segment, 3) is not None or element(segment, 4) is not None:
            self.claim_paid = None if paid is None or self.claim_paid is None else self.claim_paid + paid
        self.out.claim_paid_amount += paid or ZERO
        self.out.claims.append(
            (
                self.lineage.file_id,
                claim.segment_number,
                self.lineage.transaction_number,
                self.claim_count,
                element(segment, 1),
                status,
                claim.charged,
                paid,
                self._amount_information(segment, 5, "CLP", claim.segment_number),
                element(segment, 6),
                element(segment, 7),
                element(segment, 8),
                element(segment, 9),
                names.get("last"),
                names.get("first"),
                names.get("patient_member") or names.get("insured_member"),
                names.get("npi"),
                dates.get("statement_from"),
                dates.get("statement_to"),
                dates.get("received"),
                adjusted,
                is_reversal,
                is_balanced,
                self.lineage.landed_at,
            )
        )

    # --- service lines: loop 2110 ------------------------------------------------------------------------------

    def _svc(self, segment: Segment) -> None:
        self._close_line()
        claim = self.claim
        if claim is None:
            self._misplaced(segment)
            return
        claim.line_count += 1
        self.line_count += 1
        charged = self._amount(segment, 2, "amount", "the line's charge (SVC02)")
        paid = self._amount(segment, 3, "amount", "the line's payment (SVC03)")
        self.line = _Line(self.number, segment, charged, paid)

    def _amt(self, segment: Segment) -> None:
        if self.line is not None and element(segment, 1) == "B6":
            self.line.allowed = self._amount_information(segment, 2, "AMT", self.number)

    def _close_line(self) -> None:
        """File the open service line, if any: rule 1, denial, row."""
        line, claim = self.line, self.claim
        if line is None or claim is None:
            return
        self.line = None
        segment = line.segment
        adjusted = balancing.bounded(line.adjusted)
        is_balanced = self._judge(
            "unbalanced_line",
            f"line {claim.line_count} of claim {self.claim_count}",
            (line.charged, adjusted, line.paid),
            line.segment_number,
        )
        if is_balanced is False:
            self.out.unbalanced_lines += 1
        if line.paid == 0 and (line.has_denial_code or claim.has_denial_code):
            claim.is_denied = True
        procedure = self._composite(segment, 1)
        submitted = self._composite(segment, 6)
        self.out.service_lines.append(
            (
                self.lineage.file_id,
                line.segment_number,
                self.lineage.transaction_number,
                self.claim_count,
                claim.line_count,
                *procedure[:6],
                submitted[1],
                line.charged,
                line.paid,
                element(segment, 4),
                self._quantity(segment, 5, line.segment_number),
                self._quantity(segment, 7, line.segment_number),
                line.service_date,
                line.control_number,
                line.npi,
                line.allowed,
                adjusted,
                is_balanced,
                self.lineage.landed_at,
            )
        )

    def _composite(self, segment: Segment, position: int) -> list[str | None]:
        """Return at least six components: qualifier, code, four modifiers."""
        text = segment[position] if position < len(segment) else ""
        parts: list[str | None] = [part.strip(" ") or None for part in text.split(self.component)]
        return parts + [None] * (6 - len(parts))

    # --- adjustments and remarks, of a claim or of a line ------------------------------------------------------

    def _cas(self, segment: Segment) -> None:
        claim, line = self.claim, self.line
        if claim is None:
            self._misplaced(segment)
            return
        group = element(segment, 1)
        for position in range(_CAS_FIRST, min(len(segment), _CAS_END), 3):
            reason = element(segment, position)
            quantity = element(segment, position + 2)
            if reason is None and quantity is None and element(segment, position + 1) is None:
                continue
            amount = self._amount(segment, position + 1, "amount", "an adjustment's amount (CAS)")
            if reason is None or group is None:
                self._note("missing_reason_code", "error", "an adjustment has no group or reason code (CAS)", segment)
            claim.adjustment_count += 1
            claim.adjusted = None if amount is None or claim.adjusted is None else claim.adjusted + amount
            is_denial = denies(group, reason)
            if line is not None:
                line.adjusted = None if amount is None or line.adjusted is None else line.adjusted + amount
                line.has_denial_code |= is_denial
            else:
                claim.has_denial_code |= is_denial
            self.out.adjustments.append(
                (
                    self.lineage.file_id,
                    self.number,
                    self.lineage.transaction_number,
                    self.claim_count,
                    claim.line_count if line is not None else None,
                    claim.adjustment_count,
                    group,
                    reason,
                    amount,
                    self._quantity(segment, position + 2, self.number),
                    self.lineage.landed_at,
                )
            )
        if len(segment) > _CAS_END and any(text.strip() for text in segment[_CAS_END:]):
            self._note("segment_too_long", "error", "more adjustments than a CAS segment can hold", segment)

    def _lq(self, segment: Segment) -> None:
        self._remark(segment, element(segment, 1), 2)

    def _moa(self, segment: Segment) -> None:
        for position in _MOA_REMARKS:
            self._remark(segment, "MOA", position)

    def _mia(self, segment: Segment) -> None:
        for position in _MIA_REMARKS:
            self._remark(segment, "MIA", position)

    def _remark(self, segment: Segment, qualifier: str | None, position: int) -> None:
        code = element(segment, position)
        if code is None:
            return
        if self.claim is None:
            self._misplaced(segment)
            return
        self.out.remarks.append(
            (
                self.lineage.file_id,
                self.number,
                self.lineage.transaction_number,
                self.claim_count,
                self.claim.line_count if self.line is not None else None,
                qualifier,
                code,
                self.lineage.landed_at,
            )
        )

    # --- provider adjustments ----------------------------------------------------------------------------------

    def _plb(self, segment: Segment) -> None:
        self._close_claim()
        for position in range(_PLB_FIRST, min(len(segment), _PLB_END), 2):
            identifier = element(segment, position)
            if identifier is None and element(segment, position + 1) is None:
                continue
            amount = self._amount(segment, position + 1, "amount", "a provider adjustment's amount (PLB)")
            code, _, reference = (identifier or "").partition(self.component)
            if not code:
                self._note("missing_reason_code", "error", "a provider adjustment has no reason code (PLB)", segment)
            self.pair_count += 1
            total = self.provider_adjusted
            self.provider_adjusted = None if amount is None or total is None else total + amount
            self.out.provider_adjustment_amount += amount or ZERO
            self.out.provider_adjustments.append(
                (
                    self.lineage.file_id,
                    self.number,
                    self.lineage.transaction_number,
                    self.pair_count,
                    element(segment, 1),
                    self._date(segment, 2, expected=True),
                    code.strip(" ") or None,
                    reference.replace(self.component, ":").strip(" ") or None,
                    amount,
                    self.lineage.landed_at,
                )
            )
        if len(segment) > _PLB_END and any(text.strip() for text in segment[_PLB_END:]):
            self._note("segment_too_long", "error", "more adjustments than a PLB segment can hold", segment)

    # --- verdict -----------------------------------------------------------------------------------------------

    def _finish(self, envelope_findings: list[Finding]) -> None:
        """Judge rule 3 and write the transaction's row."""
        header, out, source = self.header, self.out, self.source
        first = source.first_segment_number
        if not header.has_payment:
            self._error_at(first, "ST", "missing_payment", "the transaction does not state its payment (no BPR)")
        if not header.has_trace:
            self._error_at(first, "ST", "missing_trace_number", "the payment has no trace number (no TRN)")
        claim_paid = balancing.bounded(self.claim_paid)
        provider_adjusted = balancing.bounded(self.provider_adjusted)
        difference = balancing.remainder(claim_paid, provider_adjusted, header.paid)
        if difference and claim_paid is not None and provider_adjusted is not None and header.paid is not None:
            out.is_transaction_unbalanced = True
            figures = (claim_paid, provider_adjusted, header.paid)
            words = ("claim payments of", "provider adjustments of")
            out.findings.append(
                balancing.explain("unbalanced_transaction", "the transaction", figures, words, first, "ST")
            )
        self.balances.append(None if difference is None else not difference)
        is_balanced = balancing.verdict(self.balances)
        own = sorted((f for f in (*source.findings, *out.findings) if f.severity == "error"), key=_position)
        holds = [*own, *(f for f in envelope_findings if f.severity == "error")]
        hold = holds[0].code if holds else None if is_balanced else "balance_not_evaluable"
        out.findings.extend(source.findings)
        out.paid_amount = header.paid
        opening = source.segments[0].split(source.delimiters.element)
        out.transaction = (
            self.lineage.file_id,
            first,
            self.lineage.transaction_number,
            element(opening, 2),
            source.version_code,
            header.handling_code,
            header.paid,
            header.method_code,
            header.payment_date,
            header.trace_number,
            header.company_id,
            header.production_date,
            header.payer_name,
            header.payer_id or header.payer_reference or header.company_id,
            header.payee_name,
            header.payee_npi,
            self.claim_count,
            self.line_count,
            claim_paid,
            provider_adjusted,
            out.unbalanced_lines,
            out.unbalanced_claims,
            is_balanced,
            hold is None,
            hold,
            len(source.segments),
            content_key(source),
            self.lineage.landed_at,
        )

    def _judge(
        self, code: str, what: str, figures: tuple[Decimal | None, Decimal | None, Decimal | None], number: int
    ) -> bool | None:
        """Evaluate rule 1 or 2 and keep its finding when it fails."""
        whole, reduction, paid = figures
        difference = balancing.remainder(whole, reduction, paid)
        if difference is None or whole is None or reduction is None or paid is None:
            self.balances.append(None)
            return None
        if difference:
            place = "SVC" if code == "unbalanced_line" else "CLP"
            self.out.findings.append(
                balancing.explain(code, what, (whole, reduction, paid), ("charge", "adjustments"), number, place)
            )
            self.balances.append(False)
            return False
        self.balances.append(True)
        return True

    # --- values with findings ----------------------------------------------------------------------------------

    def _amount(self, segment: Segment, position: int, noun: str, what: str) -> Decimal | None:
        """Return an amount the balance needs; a missing or unreadable one is an error."""
        text = segment[position] if position < len(segment) else ""
        amount = values.amount(text)
        if amount is None:
            state = "unreadable" if text.strip() else "missing"
            self._note(f"{state}_{noun}", "error", f"{what} is {state}: the balance cannot be evaluated", segment)
        return amount

    def _amount_information(self, segment: Segment, position: int, place: str, number: int) -> Decimal | None:
        """Return an amount that no balance needs; an unreadable one is a warning."""
        text = element(segment, position)
        amount = values.amount(text) if text is not None else None
        if text is not None and amount is None:
            self.out.findings.append(
                Finding("unreadable_information", "warning", f"an amount in {place} is unreadable", number, place)
            )
        return amount

    def _quantity(self, segment: Segment, position: int, number: int) -> Decimal | None:
        text = element(segment, position)
        quantity = values.quantity(text) if text is not None else None
        if text is not None and quantity is None:
            place = segment[0]
            self.out.findings.append(
                Finding("unreadable_information", "warning", f"a quantity in {place} is unreadable", number, place)
            )
        return quantity

    def _date(self, segment: Segment, position: int, *, expected: bool = False) -> dt.date | None:
        """Return a date; with ``expected`` an unreadable one is a warning."""
        date = values.date(segment[position]) if position < len(segment) else None
        if date is None and expected:
            self._note("unreadable_date", "warning", f"a date in {segment[0]} is unreadable", segment)
        return date

    def _misplaced(self, segment: Segment) -> None:
        self._note("misplaced_segment", "error", "a segment of a claim stands outside any claim", segment)

    def _note(self, code: str, severity: Severity, message: str, segment: Segment) -> None:
        self.out.findings.append(Finding(code, severity, message, self.number, segment_id(segment)))

    def _error_at(self, number: int, place: str, code: str, message: str) -> None:
        self.out.findings.append(Finding(code, "error", message, number, place))


def _position(finding: Finding) -> int:
    return finding.segment_number or 0
