"""ExplanationOfBenefit to what a payer says it decided and paid: adjudications, and payments of the canonical ledger.

A payment here is the payer's word, not the practice's receipt: the remittance (835) is what is booked. Categories are
named by three vocabularies (HL7 adjudication, CARIN Blue Button, CMS Blue Button); the last part of a code tells them.
What does not belong here: charges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.money import ZERO, fits
from orchestration.formats.fhir import values
from orchestration.formats.fhir.ledger import (
    ResourceReading,
    ResourceTransaction,
    focal_coverage,
    note_dust,
    required_id,
)
from orchestration.formats.fhir.values import ResourceRefusedError, at, each

if TYPE_CHECKING:
    from decimal import Decimal

PROFILE = "fhir_explanation_of_benefit"
# first found is the payment: HL7, CARIN Blue Button, CMS Blue Button (line payment)
_PAYMENTS = ("benefit", "paidtoprovider", "line_nch_pmt_amt")
# what a contract takes off (CARIN Blue Button)
_DISCOUNTS = ("discount",)
_SUBMITTED = "submitted"
_CANCELLED = frozenset({"cancelled", "entered-in-error"})


def read_explanation(resource: dict[str, Any]) -> ResourceReading:
    """Return an ExplanationOfBenefit as rows; raises ``RefusedError`` when it cannot be one."""
    return _Explanation(resource).read()


class _Explanation:
    """One ExplanationOfBenefit on its way to rows."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.resource = resource
        self.reading = ResourceReading()
        self.id = required_id(resource)
        self.status = values.text(resource.get("status"))
        self.use = values.text(resource.get("use"))
        self.claim = values.reference(resource.get("claim"))
        self.claim_id = values.identifier(resource) or self.id
        self.patient = values.reference(resource.get("patient"))
        self.created = values.date(resource.get("created"))
        self.payment_date = values.date(at(resource, "payment", "date"))
        self.count = 0
        self.submitted: Decimal | None = None

    def read(self) -> ResourceReading:
        resource, reading = self.resource, self.reading
        payment = self._money(at(resource, "payment", "amount"))
        paid: list[tuple[int, str, Decimal, dict[str, Any]]] = []
        for ordinal, item in enumerate(each(resource.get("item") or []), start=1):
            sequence = values.integer(item.get("sequence"))
            sequence = ordinal if sequence is None else sequence
            found = self._adjudications(item.get("adjudication"), sequence)
            for kind, words in (("PAYMENT", _PAYMENTS), ("ADJUSTMENT", _DISCOUNTS)):
                amount = next((found[word] for word in words if word in found), None)
                if amount:
                    paid.append((sequence, kind, amount, item))
        self._adjudications(resource.get("adjudication"), None)
        self._totals(resource.get("total"))
        self._transactions(paid, payment)
        reading.rows.insert(0, ("explanations_of_benefit", self._row(payment)))
        return reading

    def _money(self, node: object) -> Decimal | None:
        try:
            amount, has_dust = values.money(node)
        except ResourceRefusedError as refusal:
            self.reading.note(refusal.code, f"an amount of the explanation was not read: {refusal.message}")
            return None
        if has_dust:
            note_dust(self.reading)
        return amount

    def _adjudications(self, node: object, sequence: int | None) -> dict[str, Decimal]:
        """File the adjudications of one item and return the amounts by category."""
        found: dict[str, Decimal] = {}
        for entry in each(node or []):
            category = _category(entry.get("category"))
            amount = self._money(entry.get("amount"))
            self._file(sequence, category, values.code(entry.get("reason")), amount)
            if category is not None and amount is not None:
                found[category] = found.get(category, ZERO) + amount
        return {category: amount for category, amount in found.items() if fits(amount)}

    def _totals(self, node: object) -> None:
        for entry in each(node or []):
            category = _category(entry.get("category"))
            amount = self._money(entry.get("amount"))
            self._file(None, category, None, amount)
            if category == _SUBMITTED:
                self.submitted = amount

    def _file(self, sequence: int | None, category: str | None, reason: str | None, amount: Decimal | None) -> None:
        self.count += 1
        self.reading.rows.append(("adjudications", (self.id, sequence, self.count, category, reason, amount)))

    def _transactions(self, paid: list[tuple[int, str, Decimal, dict[str, Any]]], payment: Decimal | None) -> None:
        """File payments and discounts by item, else the payment of the whole; both are negative in the ledger."""
        if self.use not in {"claim", None} or self.status in _CANCELLED:
            return
        for sequence, kind, amount, item in paid:
            self._transaction(f"{self.id}-{sequence}-{kind.lower()}", kind, amount, sequence, item)
        if payment and not any(kind == "PAYMENT" for _, kind, _, _ in paid):
            self._transaction(f"{self.id}-payment", "PAYMENT", payment, None, {})

    def _transaction(
        self, transaction_id: str, kind: str, amount: Decimal, sequence: int | None, item: dict[str, Any]
    ) -> None:
        resource = self.resource
        system, procedure_code, _ = values.procedure(item.get("productOrService"))
        is_parent = self.claim is not None and sequence is not None
        self.reading.transactions.append(
            ResourceTransaction(
                profile=PROFILE,
                transaction_id=transaction_id,
                claim_id=self.claim or self.claim_id,
                parent_charge_id=f"{self.claim}-{sequence}" if is_parent else None,
                patient_id=self.patient,
                transaction_type=kind,
                amount=-amount,
                reason="benefit" if kind == "PAYMENT" else "discount",
                code_system=system,
                procedure_code=procedure_code,
                payer_id=values.reference(resource.get("insurer")) or values.reference(focal_coverage(resource)),
                payer_name=self._payer_name(),
                service_date=values.date(item.get("servicedDate"))
                or values.date(at(item, "servicedPeriod", "start"))
                or values.date(at(resource, "billablePeriod", "start")),
                post_date=self.payment_date or self.created,
            )
        )

    def _payer_name(self) -> str | None:
        return values.display(self.resource.get("insurer")) or values.display(focal_coverage(self.resource))

    def _row(self, payment: Decimal | None) -> tuple[Any, ...]:
        resource = self.resource
        return (
            self.id,
            self.claim,
            self.claim_id,
            self.status,
            self.use,
            values.text(resource.get("outcome")),
            values.code(resource.get("type")),
            self.patient,
            values.reference(resource.get("provider")),
            values.reference(resource.get("insurer")),
            self._payer_name(),
            self.created,
            self.payment_date,
            payment,
            self.submitted,
        )


def _category(node: object) -> str | None:
    """Return the last part of a category's code: CMS writes whole addresses as codes."""
    found = values.code(node)
    return found.rstrip("/").rpartition("/")[2] if found else None
