"""Redox Financial/Transaction: one message, its patient and visit, and the transactions in it.

Quantity and Amount may be null: the price then comes from the fee schedule. Amount is that of the whole transaction, as
FT1-11 of the HL7 message it stands for. A credit is a charge taken back; payments and adjustments reduce what is owed.
What does not belong here: whether a message marked as a test is booked (staging holds it).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.exact_json import text_of
from orchestration.core.money import ZERO
from orchestration.formats.billing_api.ledger import (
    ApiReading,
    ApiTransaction,
    RecordRefusedError,
    at,
    check_dates,
    checked_provider,
    day,
    each,
    modifiers_of,
    money,
    required_id,
    units_of,
)

if TYPE_CHECKING:
    from decimal import Decimal

PROFILE: Final = "redox"
TEST_PROFILE: Final = "redox_test"
# FT1-6 as Redox spells it, and whether the amount is turned
_TYPES: Final = {
    "charge": ("CHARGE", False),
    "credit": ("CHARGE", True),
    "payment": ("PAYMENT", True),
    "adjustment": ("ADJUSTMENT", True),
}
_CODED: Final = frozenset({"cpt", "hcpcs", "cpt4", "cpt-4", "cdt", "c4"})
_MEDICAL_RECORD: Final = "MR"


def read_message(record: dict[str, Any]) -> ApiReading:
    """Return a message as transactions; raises ``RefusedError`` when none of it can be read."""
    reading = ApiReading()
    if at(record, "Meta", "EventType") != "Transaction":
        code, message = "other_event", "the message is of another event than Transaction: nothing is booked from it"
        raise RecordRefusedError(code, message)
    is_test = at(record, "Meta", "Test") is True
    if is_test:
        reading.note("test_message", "the sender marks the message as a test: its transactions are held")
    items = each(record.get("Transactions"))
    if not items:
        code, message = "no_transactions", "the message holds no transaction"
        raise RecordRefusedError(code, message)
    identifiers = each(at(record, "Patient", "Identifiers"))
    patient = next((one for one in identifiers if one.get("IDType") == _MEDICAL_RECORD), None) or at(identifiers)
    company = at(record, "Visit", "Insurances", "Company")
    template = ApiTransaction(
        profile=TEST_PROFILE if is_test else PROFILE,
        transaction_id="",
        transaction_type="CHARGE",
        amount=None,
        claim_id=text_of(at(record, "Visit", "AccountNumber")) or text_of(at(record, "Visit", "VisitNumber")),
        patient_id=text_of(at(patient, "ID")),
        payer_id=text_of(at(company, "ID")),
        payer_name=text_of(at(company, "Name")),
        bucket="primary" if company is not None else "patient",
        post_date=day(at(record, "Meta", "EventDateTime")),
    )
    for item in items:
        _read_item(item, template, reading)
    return reading


def _read_item(item: dict[str, Any], template: ApiTransaction, reading: ApiReading) -> None:
    """Add one transaction, or a finding in its place: one that is damaged never hides its neighbours."""
    try:
        kind, is_turned = _type(item)
        identity = required_id(item, "ID")
        amount = money(at(item, "Chargeable"), "Amount")
    except RecordRefusedError as refusal:
        reading.note(refusal.code, refusal.message, is_error=True, amount=_readable(item))
        return
    if amount is None and kind != "CHARGE":
        reading.note("unreadable_amount", "a payment or adjustment has no amount", is_error=True)
        return
    if amount is None:
        reading.note("unpriced", "the charge has no price: the fee schedule or a person gives it")
    service = day(item.get("DateTimeOfService"))
    check_dates(service, template.post_date, reading)
    system, procedure_code = _procedure(item)
    diagnoses = (text_of(one.get("Code")) for one in each(item.get("Diagnoses")))
    reading.transactions.append(
        replace(
            template,
            transaction_id=identity,
            transaction_type=kind,
            amount=(-amount or ZERO) if amount is not None and is_turned else amount,
            reason=(text_of(item.get("Type")) or "").lower(),
            code_system=system,
            procedure_code=procedure_code,
            modifiers=modifiers_of(at(item, "Procedure", "Modifiers"), reading),
            units=units_of(at(item, "Chargeable", "Quantity"), reading),
            diagnosis_codes=";".join(found for found in diagnoses if found) or None,
            rendering_provider_id=checked_provider(text_of(at(item, "Performers", "ID")), reading),
            location_id=text_of(at(item, "Department", "Code")),
            service_date=service,
        )
    )


def _type(item: dict[str, Any]) -> tuple[str, bool]:
    """Return the kind of a transaction and whether its amount is turned; raises ``RefusedError`` for any other."""
    found = _TYPES.get((text_of(item.get("Type")) or "").lower())
    if found is None:
        code, message = "unknown_type", "a transaction is neither a charge nor a credit, payment or adjustment"
        raise RecordRefusedError(code, message)
    return found


def _readable(item: dict[str, Any]) -> Decimal | None:
    """Return the charge of a refused transaction, as far as it can be told."""
    if (text_of(item.get("Type")) or "").lower() != "charge":
        return None
    try:
        return money(at(item, "Chargeable"), "Amount")
    except RecordRefusedError:
        return None


def _procedure(item: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return code system and code: the procedure's, else the chargeable's, which is the sender's own."""
    for place in ("Procedure", "Chargeable"):
        code = text_of(at(item, place, "Code"))
        if code:
            codeset = (text_of(at(item, place, "Codeset")) or "").lower()
            return "CPT" if codeset in _CODED else "OTHER", code
    return None, None
