"""The payment of one ST*835: its header (BPR, TRN, loops 1000A and 1000B) and its provider adjustments (PLB).

There are a handful of these segments in a transaction, so they are read one by one. What does not belong here:
claims and lines (``facts``), and the verdict on what sums to what (``balancing``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding, Severity
from orchestration.core.money import ZERO
from orchestration.formats.x12.syntax import values
from orchestration.formats.x12.syntax.segments import segment_id
from orchestration.formats.x12.syntax.values import element

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from orchestration.formats.x12.syntax.segments import Elements

# PLB holds six pairs from its third element on
_PLB_FIRST, _PLB_END = 3, 15


@dataclass(slots=True)
class RemittancePayment:
    """What a remittance pays, who pays whom, and what it takes back; ``findings`` in the order they were met."""

    handling_code: str | None = None
    paid: Decimal | None = None
    method_code: str | None = None
    payment_date: dt.date | None = None
    currency_code: str | None = None
    trace_number: str | None = None
    company_id: str | None = None
    production_date: dt.date | None = None
    payer_name: str | None = None
    payer_code: str | None = None
    payer_reference: str | None = None
    payee_name: str | None = None
    payee_npi: str | None = None
    has_payment: bool = False
    has_trace: bool = False
    # (segment number, provider, fiscal period, reason, reference, amount), one per PLB pair
    provider_adjustments: list[tuple[Any, ...]] = field(default_factory=list)
    provider_adjusted: Decimal | None = ZERO
    provider_adjusted_readable: Decimal = ZERO
    findings: list[Finding] = field(default_factory=list)
    _party: str | None = None

    @property
    def payer_id(self) -> str | None:
        """The best id of the payer there is."""
        return self.payer_code or self.payer_reference or self.company_id

    def take(self, number: int, segment: Elements, component: str) -> None:
        """Take in one segment of the header or one PLB; others say nothing here."""
        name = segment[0]
        if name == "BPR":
            self._bpr(number, segment)
        elif name == "TRN":
            self._trn(number, segment)
        elif name == "N1":
            self._n1(segment)
        elif name == "REF":
            self._ref(segment)
        elif name == "DTM":
            self._dtm(segment)
        elif name == "CUR":
            self._cur(number, segment)
        elif name == "PLB":
            self._plb(number, segment, component)

    def finish(self, number: int) -> None:
        """Say what is missing when the transaction that began at segment ``number`` is over."""
        if not self.has_payment:
            words = "the transaction does not state its payment (no BPR)"
            self.findings.append(Finding("missing_payment", "error", words, number, "ST"))
        if not self.has_trace:
            words = "the payment has no trace number (no TRN)"
            self.findings.append(Finding("missing_trace_number", "error", words, number, "ST"))

    def _bpr(self, number: int, segment: Elements) -> None:
        if self.has_payment:
            self._note("repeated_payment", "error", "the transaction states its payment twice (BPR)", number, segment)
            return
        self.has_payment = True
        self.handling_code = element(segment, 1)
        self.method_code = element(segment, 4)
        paid = self._amount(number, segment, 2, "paid_amount", "the payment (BPR02)")
        self.paid = -paid if paid and element(segment, 3) == "D" else paid
        self.payment_date = values.date(element(segment, 16) or "")
        if self.payment_date is None:
            state = "missing" if element(segment, 16) is None else "unreadable"
            words = f"the payment date (BPR16) is {state}"
            self._note(f"{state}_payment_date", "error", words, number, segment)

    def _trn(self, number: int, segment: Elements) -> None:
        if self.has_trace:
            words = "a second trace number (TRN) was not read"
            self._note("repeated_trace_number", "warning", words, number, segment)
            return
        self.has_trace = True
        self.trace_number = element(segment, 2)
        self.company_id = element(segment, 3)
        if self.trace_number is None:
            words = "the payment has no trace number (TRN02)"
            self._note("missing_trace_number", "error", words, number, segment)

    def _n1(self, segment: Elements) -> None:
        self._party = element(segment, 1)
        if self._party == "PR":
            self.payer_name, self.payer_code = element(segment, 2), element(segment, 4)
        elif self._party == "PE":
            self.payee_name = element(segment, 2)
            if element(segment, 3) == "XX":
                self.payee_npi = element(segment, 4)

    def _ref(self, segment: Elements) -> None:
        role = element(segment, 1)
        if role == "2U" and self._party == "PR":
            self.payer_reference = element(segment, 2)
        elif role == "HPI" and self._party == "PE" and self.payee_npi is None:
            self.payee_npi = element(segment, 2)

    def _dtm(self, segment: Elements) -> None:
        if element(segment, 1) == "405":
            self.production_date = values.date(element(segment, 2) or "")

    def _cur(self, number: int, segment: Elements) -> None:
        self.currency_code = element(segment, 2)
        if self.currency_code not in {None, "USD"}:
            words = "the payment is not in US dollars (CUR02)"
            self._note("foreign_currency", "error", words, number, segment)

    def _plb(self, number: int, segment: Elements, component: str) -> None:
        period = values.date(element(segment, 2) or "")
        if period is None:
            self._note("unreadable_date", "warning", "a date in PLB is unreadable", number, segment)
        for position in range(_PLB_FIRST, min(len(segment), _PLB_END), 2):
            identifier = element(segment, position)
            if identifier is None and element(segment, position + 1) is None:
                continue
            words = "a provider adjustment's amount (PLB)"
            amount = self._amount(number, segment, position + 1, "amount", words)
            code, _, reference = (identifier or "").partition(component)
            code = code.strip(" ")
            if not code:
                words = "a provider adjustment has no reason code (PLB)"
                self._note("missing_reason_code", "error", words, number, segment)
            total = self.provider_adjusted
            self.provider_adjusted = None if amount is None or total is None else total + amount
            self.provider_adjusted_readable += amount or ZERO
            reference = reference.replace(component, ":").strip(" ")
            self.provider_adjustments.append(
                (number, element(segment, 1), period, code or None, reference or None, amount)
            )
        if len(segment) > _PLB_END and any(text.strip() for text in segment[_PLB_END:]):
            words = "more adjustments than a PLB segment can hold"
            self._note("segment_too_long", "error", words, number, segment)

    def _amount(self, number: int, segment: Elements, position: int, noun: str, what: str) -> Decimal | None:
        """Return an amount the balance needs; a missing or unreadable one is an error."""
        text = segment[position] if position < len(segment) else ""
        amount = values.amount(text)
        if amount is None:
            state = "unreadable" if text.strip() else "missing"
            words = f"{what} is {state}: the balance cannot be evaluated"
            self._note(f"{state}_{noun}", "error", words, number, segment)
        return amount

    def _note(self, code: str, severity: Severity, message: str, number: int, segment: Elements) -> None:
        self.findings.append(Finding(code, severity, message, number, segment_id(segment)))
