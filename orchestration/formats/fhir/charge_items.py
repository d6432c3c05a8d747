"""ChargeItem to a charge of the canonical ledger.

Its price is that of the whole item (R4 ChargeItem.priceOverride); without one the fee schedule prices it. What does not
belong here: whether the same service is also an item of a Claim.
"""

from __future__ import annotations

from typing import Any

from orchestration.core.money import ZERO
from orchestration.formats.fhir import values
from orchestration.formats.fhir.ledger import (
    BILLED,
    VOID,
    ChargeLine,
    ResourceReading,
    ResourceTransaction,
    check_dates,
    checked_provider,
    note_dust,
    required_id,
    void_date,
)
from orchestration.formats.fhir.values import at, each

_PROFILE = "fhir_charge_item"


def read_charge_item(resource: dict[str, Any]) -> ResourceReading:
    """Return a ChargeItem as rows; raises ``RefusedError`` when it cannot be one."""
    reading = ResourceReading()
    own_id = required_id(resource)
    status = values.text(resource.get("status"))
    entered = values.date(resource.get("enteredDate"))
    occurred = (
        values.date(resource.get("occurrenceDateTime"))
        or values.date(at(resource, "occurrencePeriod", "start"))
        or values.date(at(resource, "occurrenceTiming", "event"))
    )
    transaction_id = values.identifier(resource) or own_id
    system, procedure_code, uri = values.procedure(resource.get("code"))
    transaction: ResourceTransaction | None = None
    amount, has_dust = values.money(resource.get("priceOverride"))
    if status in BILLED or status in VOID:
        if has_dust:
            note_dust(reading)
        if amount is None:
            reading.note("unpriced", "the ChargeItem has no price: the fee schedule or a person gives it")
        check_dates(occurred, entered, reading)
        provider = values.reference(at(resource, "performer", "actor"))
        reading.in_amount = amount or ZERO
        transaction = ResourceTransaction(
            profile=_PROFILE,
            transaction_id=transaction_id,
            patient_id=values.reference(resource.get("subject")),
            amount=amount,
            code_system=system,
            procedure_code=procedure_code,
            units=values.quantity(resource.get("quantity")),
            diagnosis_codes=";".join(
                code for reason in each(resource.get("reason") or []) if (code := values.code(reason))
            )
            or None,
            rendering_provider_id=checked_provider(provider, reading),
            location_id=values.reference(resource.get("performingOrganization")),
            service_date=occurred,
            post_date=entered or occurred,
        )
        if status in VOID:
            reading.void(transaction, void_date(resource=resource, posted=entered or occurred, reading=reading))
    else:
        reading.note("not_billed", "the ChargeItem is planned or of no known status: it is no charge yet")
    reading.lines.append(
        ChargeLine(
            transaction,
            transaction_id,
            "ChargeItem",
            own_id,
            None,
            values.reference(resource.get("context")),
            status,
            uri,
            "price_override" if amount is not None and transaction is not None else None,
        )
    )
    return reading
