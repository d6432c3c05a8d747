"""What a FHIR resource becomes before it is rows: ledger transactions, their items, findings and control amounts.

Also what every charge is asked, from whichever resource it comes. What does not belong here: which element of a
resource holds what.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.money import ZERO
from orchestration.formats.fhir import values
from orchestration.formats.fhir.values import ResourceRefusedError, at, each

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

# R4 FinancialResourceStatusCodes and ChargeItemStatus
VOID = frozenset({"cancelled", "entered-in-error", "aborted", "not-billable"})
BILLED = frozenset({"active", "billable", "billed"})
_NPI_LENGTH = 10


@dataclass(frozen=True, slots=True)
class ResourceTransaction:
    """A transaction of the canonical ledger, from ``profile`` to ``batch_id`` in the order of its table."""

    profile: str
    transaction_id: str
    claim_id: str | None = None
    parent_charge_id: str | None = None
    patient_id: str | None = None
    transaction_type: str = "CHARGE"
    bucket: str | None = "primary"
    amount: Decimal | None = None
    reason: str | None = None
    code_system: str | None = None
    procedure_code: str | None = None
    modifiers: tuple[str | None, ...] = (None, None, None, None)
    units: Decimal | None = None
    diagnosis_codes: str | None = None
    place_of_service_code: str | None = None
    rendering_provider_id: str | None = None
    location_id: str | None = None
    payer_id: str | None = None
    payer_name: str | None = None
    service_date: dt.date | None = None
    post_date: dt.date | None = None

    def row(self) -> tuple[Any, ...]:
        """Return the cells in the order of the table."""
        return (
            self.profile,
            self.transaction_id,
            self.parent_charge_id,
            self.claim_id,
            self.patient_id,
            self.transaction_type,
            self.bucket,
            self.amount,
            self.reason,
            self.code_system,
            self.procedure_code,
            *self.modifiers,
            self.units,
            self.diagnosis_codes,
            self.place_of_service_code,
            self.rendering_provider_id,
            self.location_id,
            self.payer_id,
            self.payer_name,
            self.service_date,
            self.post_date,
            None,
            None,
        )

    def credit(self, day: dt.date | None) -> ResourceTransaction:
        """Return the charge that takes this one back on a day."""
        return replace(
            self,
            transaction_id=f"{self.transaction_id}-void",
            parent_charge_id=self.transaction_id,
            amount=None if self.amount is None else -self.amount or ZERO,
            units=None if self.units is None else -self.units,
            reason="void",
            post_date=day,
        )


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """An item beside its transaction, which is ``None`` when the item became none."""

    transaction: ResourceTransaction | None
    transaction_id: str
    resource_type: str
    resource_id: str
    item_sequence: int | None
    encounter_id: str | None
    status_code: str | None
    code_system_uri: str | None
    amount_source: str | None


@dataclass(slots=True)
class ResourceReading:
    """What one resource became: rows of its own tables, charges, payments, findings, and its control amounts."""

    rows: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    lines: list[ChargeLine] = field(default_factory=list)
    transactions: list[ResourceTransaction] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    in_amount: Decimal = ZERO
    refused_amount: Decimal = ZERO

    def note(self, code: str, message: str, amount: Decimal | None = None, *, is_error: bool = False) -> None:
        """Add a finding; its place is set by the reader."""
        self.findings.append(Finding(code, "error" if is_error else "warning", message, amount=amount))

    def void(self, transaction: ResourceTransaction, day: dt.date | None) -> None:
        """Add the credit that takes a charge back, if it has a price."""
        if transaction.amount is not None:
            self.transactions.append(transaction.credit(day))
            self.in_amount -= transaction.amount


def required_id(resource: dict[str, Any]) -> str:
    """Return the id of a resource; raises ``RefusedError`` without one."""
    found = values.text(resource.get("id"))
    if found is None:
        code, message = "missing_id", "the resource has no id: nothing can refer to it, and a repeat could not be told"
        raise ResourceRefusedError(code, message)
    return found


def note_dust(reading: ResourceReading) -> None:
    """Say once that amounts carried the dust of binary arithmetic."""
    if not any(finding.code == "binary_fraction" for finding in reading.findings):
        message = "an amount carries digits that binary arithmetic leaves behind; it was read to the cent it stands for"
        reading.note("binary_fraction", message)


def focal_coverage(resource: dict[str, Any]) -> object:
    """Return the coverage that is billed: of the focal insurance, else of the first."""
    entries = list(each(resource.get("insurance") or []))
    focal = next((entry for entry in entries if entry.get("focal") is True), entries[0] if entries else {})
    return focal.get("coverage")


def checked_provider(provider: str | None, reading: ResourceReading) -> str | None:
    """Return a provider as it is; one shaped like an NPI whose check digit fails gets a finding."""
    if provider and len(provider) == _NPI_LENGTH and provider.isdigit() and not is_npi(provider):
        reading.note("npi_check_digit", "the provider's NPI fails its check digit: it may be mistyped")
    return provider


def check_dates(service_date: dt.date | None, post_date: dt.date | None, reading: ResourceReading) -> None:
    """Note a charge without a whole service date, and one posted before it was given."""
    if service_date is None:
        reading.note("missing_service_date", "the charge has no service date that is a whole date")
    elif post_date is not None and service_date > post_date:
        reading.note("service_after_post", "the service date is after the post date")


def void_date(resource: dict[str, Any], posted: dt.date | None, reading: ResourceReading) -> dt.date | None:
    """Return the day a cancelled resource left the books: that of its last change, else of its posting."""
    changed = values.date(at(resource, "meta", "lastUpdated"))
    if changed is None:
        message = "the resource is cancelled and does not say when: it is voided on the day it was posted"
        reading.note("missing_void_date", message)
    return changed or posted
