"""Claim to charges of the canonical ledger, item by item, and to what the ledger has no column for.

A Claim's total is what its items are worth together (R4 Claim.total), so it is the control amount of the Claim: items
that add up to something else are refused. One item without a price is worth what the others leave of the total. Several
of them cannot be told apart: what they leave is one charge without a code, which waits for a person. A cancelled
resource is the charge and, on the day it was cancelled, a credit that takes it back: the charge is a duplicate where it
came before, the credit is new either way. A draft is no charge yet. What does not belong here: prices from a fee
schedule, and whether Claim or ChargeItem counts where both arrive.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orchestration.core.money import ZERO, fits, format_amount
from orchestration.formats.fhir import values
from orchestration.formats.fhir.ledger import (
    BILLED,
    VOID,
    ChargeLine,
    ResourceReading,
    ResourceTransaction,
    check_dates,
    checked_provider,
    focal_coverage,
    note_dust,
    required_id,
    void_date,
)
from orchestration.formats.fhir.values import ResourceRefusedError, at, each

if TYPE_CHECKING:
    import datetime as dt

_PROFILE = "fhir_claim"
_MODIFIERS = 4
# no price is multiplied by more
_FACTOR_LIMIT = Decimal(10) ** 6
_FOLLOWERS = ("rendering", "performing", "primary")


@dataclass(slots=True)
class _Item:
    """One item of a Claim: its number, its cells, its price and where that came from."""

    sequence: int
    body: dict[str, Any]
    amount: Decimal | None = None
    amount_source: str | None = None


def read_claim(resource: dict[str, Any]) -> ResourceReading:
    """Return a Claim as rows; raises ``RefusedError`` when it cannot be one."""
    return _Claim(resource).read()


class _Claim:
    """One Claim on its way to rows."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.resource = resource
        self.reading = ResourceReading()
        self.id = required_id(resource)
        self.status = values.text(resource.get("status"))
        self.use = values.text(resource.get("use"))
        self.patient = values.reference(resource.get("patient"))
        self.claim_id = values.identifier(resource) or self.id
        self.created = values.date(resource.get("created"))
        self.service_from = values.date(at(resource, "billablePeriod", "start"))
        served = (_served(item) for item in each(resource.get("item") or []))
        self.service_date = self.service_from or min(filter(None, served), default=None)
        self.coverage = focal_coverage(resource)
        self.payer_id = values.reference(resource.get("insurer")) or values.reference(self.coverage)
        self.payer_name = values.display(resource.get("insurer")) or self._coverage_name()
        self.encounter = next(
            (found for item in each(resource.get("item")) if (found := values.reference(at(item, "encounter")))), None
        )
        self.location = values.reference(resource.get("facility"))
        self.is_void = self.status in VOID

    def _coverage_name(self) -> str | None:
        name = values.display(self.coverage)
        mark = values.reference(self.coverage)
        if name is None and mark is not None and mark.startswith("#"):
            for inner in each(self.resource.get("contained")):
                if values.text(inner.get("id")) == mark[1:]:
                    return values.display(at(inner, "payor")) or values.text(at(inner, "type", "text"))
        return name

    def read(self) -> ResourceReading:
        reading = self.reading
        total, has_dust = _total(self.resource, reading)
        items = self._items()
        self._note_dust(has_dust=has_dust)
        reading.rows.append(("claims", self._row(total, len(items))))
        if self.use not in {"claim", None}:
            return reading
        if self.status not in BILLED and not self.is_void:
            reading.note("not_billed", "the Claim is a draft or of no known status: its items are no charges yet")
            self._lines_without_charges(items)
            return reading
        self._charges(items, total)
        if self.is_void:
            day = void_date(resource=self.resource, posted=self.created, reading=reading)
            for line in reading.lines:
                if line.transaction is not None:
                    reading.void(line.transaction, day)
        return reading

    def _items(self) -> list[_Item]:
        found = []
        for ordinal, body in enumerate(each(self.resource.get("item") or []), start=1):
            sequence = values.integer(body.get("sequence"))
            found.append(_Item(ordinal if sequence is None else sequence, body))
        if len({item.sequence for item in found}) != len(found):
            code, message = "repeated_sequence", "two items of the Claim carry the same sequence"
            raise ResourceRefusedError(code, message)
        return found

    def _charges(self, items: list[_Item], total: Decimal | None) -> None:
        """Fill lines and control amounts: every item, or one line for what the items leave of the total."""
        reading = self.reading
        refused = 0
        dusty = False
        for item in items:
            try:
                item.amount, item.amount_source, has_dust = _price(item.body)
                dusty = dusty or has_dust
            except ResourceRefusedError as refusal:
                refused += 1
                reading.note(refusal.code, f"an item of a Claim was not loaded: {refusal.message}", is_error=True)
                item.amount_source = "refused"
        self._note_dust(has_dust=dusty)
        priced = sum((item.amount for item in items if item.amount is not None), ZERO)
        if not fits(priced):
            code, message = "amount_out_of_range", "the items of the Claim sum to more than money can be"
            raise ResourceRefusedError(code, message)
        unpriced = [item for item in items if item.amount is None and item.amount_source is None]
        reading.in_amount = priced if total is None else total
        if refused:
            reading.refused_amount = reading.in_amount - priced
        elif total is not None and not self._tie(total, priced, unpriced):
            self._lines_without_charges(items)
            reading.refused_amount = total
            return
        remainder = total - priced if total is not None and not refused else ZERO
        is_unitemised = remainder > 0 and len(unpriced) != 1
        for item in items:
            if item.amount_source == "refused" or (is_unitemised and item.amount is None):
                self._line(item, None, None)
            else:
                self._line(item, self._transaction(item), item.amount_source)
        if is_unitemised:
            self._unitemised(remainder, len(unpriced))

    def _tie(self, total: Decimal, priced: Decimal, unpriced: list[_Item]) -> bool:
        """Give items without a price what the total leaves them; tell whether items and total can both be true."""
        remainder = total - priced
        if remainder < 0 < len(unpriced) or (remainder != 0 and not unpriced and self.resource.get("item")):
            message = (
                f"the Claim's items add up to {format_amount(priced)} and its total says {format_amount(total)}: "
                "one of them is wrong, so none of its charges was loaded"
            )
            self.reading.note("claim_total_mismatch", message, total, is_error=True)
            return False
        if len(unpriced) == 1 or (remainder == 0 and unpriced):
            for item in unpriced:
                item.amount, item.amount_source = (remainder if len(unpriced) == 1 else ZERO), "claim_total"
        return True

    def _unitemised(self, remainder: Decimal, count: int) -> None:
        message = (
            f"{count} items of the Claim have no price of their own: the {format_amount(remainder)} they leave of its "
            "total is one charge without a code, which waits for a person"
        )
        self.reading.note("unitemised_total", message, remainder)
        item = _Item(0, {}, remainder, "claim_total")
        self._line(item, self._transaction(item), item.amount_source)

    def _lines_without_charges(self, items: list[_Item]) -> None:
        for item in items:
            self._line(item, None, None)

    def _line(self, item: _Item, transaction: ResourceTransaction | None, source: str | None) -> None:
        self.reading.lines.append(
            ChargeLine(
                transaction,
                self._transaction_id(item),
                "Claim",
                self.id,
                item.sequence or None,
                values.reference(at(item.body, "encounter")) or self.encounter,
                self.status,
                values.procedure(item.body.get("productOrService"))[2],
                source,
            )
        )

    def _transaction_id(self, item: _Item) -> str:
        return f"{self.id}-{item.sequence or 'total'}"

    def _transaction(self, item: _Item) -> ResourceTransaction:
        body = item.body
        service_date = _served(body) or self.service_date
        system, procedure_code, _ = values.procedure(body.get("productOrService"))
        check_dates(service_date, self.created, self.reading)
        return ResourceTransaction(
            profile=_PROFILE,
            transaction_id=self._transaction_id(item),
            claim_id=self.claim_id,
            patient_id=self.patient,
            amount=item.amount,
            code_system=system,
            procedure_code=procedure_code,
            modifiers=_modifiers(body.get("modifier"), self.reading),
            units=values.quantity(body.get("quantity")),
            diagnosis_codes=self._diagnoses(body),
            place_of_service_code=values.code(body.get("locationCodeableConcept")),
            rendering_provider_id=checked_provider(self._provider(body), self.reading),
            location_id=values.reference(body.get("locationReference")) or self.location,
            payer_id=self.payer_id,
            payer_name=self.payer_name,
            service_date=service_date,
            post_date=self.created,
        )

    def _diagnoses(self, body: dict[str, Any]) -> str | None:
        """Return the ICD-10 codes an item points to, all of the Claim when it points to none."""
        pointers = body.get("diagnosisSequence")
        wanted = pointers if isinstance(pointers, list) and pointers else None
        found = [
            code
            for entry in each(self.resource.get("diagnosis") or [])
            if (wanted is None or entry.get("sequence") in wanted)
            and (code := values.code(entry.get("diagnosisCodeableConcept")))
        ]
        return ";".join(found) or None

    def _provider(self, body: dict[str, Any]) -> str | None:
        team = list(each(self.resource.get("careTeam") or []))
        pointers = body.get("careTeamSequence")
        for member in team:
            if isinstance(pointers, list) and member.get("sequence") in pointers:
                return values.reference(member.get("provider"))
        for role in _FOLLOWERS:
            for member in team:
                if values.code(member.get("role")) == role:
                    return values.reference(member.get("provider"))
        return values.reference(self.resource.get("provider"))

    def _row(self, total: Decimal | None, item_count: int) -> tuple[Any, ...]:
        resource = self.resource
        return (
            self.id,
            self.claim_id,
            self.status,
            self.use,
            values.code(resource.get("type")),
            self.patient,
            values.reference(resource.get("provider")),
            self.location,
            values.reference(self.coverage),
            values.reference(resource.get("insurer")),
            self.payer_name,
            self.encounter,
            self.created,
            self.service_from,
            values.date(at(resource, "billablePeriod", "end")),
            total,
            item_count,
        )

    def _note_dust(self, *, has_dust: bool) -> None:
        if has_dust:
            note_dust(self.reading)


def _served(body: dict[str, Any]) -> dt.date | None:
    """Return the day an item was given, the first of a period."""
    return values.date(body.get("servicedDate")) or values.date(at(body, "servicedPeriod", "start"))


def _total(resource: dict[str, Any], reading: ResourceReading) -> tuple[Decimal | None, bool]:
    try:
        return values.money(resource.get("total"))
    except ResourceRefusedError as refusal:
        reading.note(refusal.code, f"the total of a Claim was not read: {refusal.message}")
        return None, False


def _price(body: dict[str, Any]) -> tuple[Decimal | None, str | None, bool]:
    """Return the price of an item, where it came from, and whether dust was taken off it."""
    amount, has_dust = values.money(body.get("net"))
    if amount is not None:
        return amount, "net", has_dust
    unit_price, has_dust = values.money(body.get("unitPrice"))
    if unit_price is None:
        return None, None, False
    count = body.get("quantity")
    units = Decimal(1) if count is None else values.quantity(count)
    factor = Decimal(1) if body.get("factor") is None else values.number(body.get("factor"))
    if units is None or factor is None or abs(factor) >= _FACTOR_LIMIT:
        code, message = "unreadable_quantity", "its quantity or factor is no number"
        raise ResourceRefusedError(code, message)
    product, more_dust = values.to_cents(unit_price * units * factor)
    if product is None:
        code, message = "unreadable_amount", "price × quantity × factor is no number of dollars and cents"
        raise ResourceRefusedError(code, message)
    return product, "unit_price", has_dust or more_dust


def _modifiers(node: object, reading: ResourceReading) -> tuple[str | None, ...]:
    found = [code for concept in each(node or []) if (code := values.code(concept))]
    if len(found) > _MODIFIERS:
        reading.note("too_many_modifiers", "only the first four modifiers were read")
    return tuple((found + [None] * _MODIFIERS)[:_MODIFIERS])
