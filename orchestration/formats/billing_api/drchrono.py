"""DrChrono's /api/line_items and /api/transactions: charges with the balances of the day, payments and adjustments.

A line item is a snapshot: its charge is a transaction, what it says is open is kept apart, export by export. A
transaction holds a payment and an adjustment at once; an adjustment of group PR moves money to the patient and takes
nothing off. What does not belong here: which export of a line item is the newest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orchestration.core.exact_json import quantity_of, text_of
from orchestration.core.money import ZERO, parse_amount
from orchestration.formats.billing_api.ledger import (
    ApiReading,
    ApiTransaction,
    RecordRefusedError,
    at,
    check_dates,
    checked_provider,
    day,
    modifiers_of,
    money,
    required_id,
    units_of,
)

if TYPE_CHECKING:
    from decimal import Decimal

LINE_ITEMS: Final = "drchrono_line_items"
TRANSACTIONS: Final = "drchrono_transactions"
# CPT(C) and HCPCS(H); custom codes (U, S) belong to the practice
_CODED: Final = frozenset({"C", "H"})
_BUCKETS: Final = {"1": "primary", "2": "secondary"}
_PATIENT_GROUP: Final = "PR"
_BALANCES: Final = (
    "billed", "allowed", "adjustment", "ins1_paid", "ins2_paid", "ins3_paid", "pt_paid", "balance_ins", "balance_pt",
    "expected_reimbursement",
)  # fmt: skip


def read_line_item(record: dict[str, Any]) -> ApiReading:
    """Return a line item as a charge and its balances; raises ``RefusedError`` when it cannot be one."""
    reading = ApiReading()
    identity = required_id(record, "id")
    amount = money(record, "billed")
    if amount is None:
        amount = _priced(record)
    if amount is None:
        reading.note("unpriced", "the charge has no price: the fee schedule or a person gives it")
    service, posted = day(record.get("service_date")), day(record.get("posted_date"))
    check_dates(service, posted, reading)
    pointers = record.get("diagnosis_pointers")
    codes = [text_of(pointer) for pointer in pointers] if isinstance(pointers, list) else []
    kind = (text_of(record.get("procedure_type")) or "").strip("()").upper()[:1]
    claim = text_of(record.get("appointment"))
    reading.transactions.append(
        ApiTransaction(
            profile=LINE_ITEMS,
            transaction_id=identity,
            transaction_type="CHARGE",
            amount=amount,
            bucket="primary",
            claim_id=claim,
            patient_id=text_of(record.get("patient")),
            reason=text_of(record.get("billing_status")),
            code_system="OTHER" if kind and kind not in _CODED else "CPT",
            procedure_code=text_of(record.get("code")),
            modifiers=modifiers_of(record.get("modifiers"), reading),
            units=units_of(record.get("quantity"), reading),
            # a pointer may be a code or the number of one that the line item does not hold
            diagnosis_codes=";".join(code for code in codes if code and not code.isdigit()) or None,
            rendering_provider_id=checked_provider(text_of(record.get("doctor")), reading),
            service_date=service,
            post_date=posted,
        )
    )
    denied = record.get("denied_flag")
    reading.balances.append(
        (
            identity,
            claim,
            text_of(record.get("billing_status")),
            text_of(record.get("insurance_status")),
            denied if isinstance(denied, bool) else None,
            *(_balance(record, name, reading) for name in _BALANCES),
            day(record.get("updated_at")),
        )
    )
    return reading


def _priced(record: dict[str, Any]) -> Decimal | None:
    """Return price × quantity, ``None`` when there is no price; raises ``RefusedError`` when it is no amount."""
    price = money(record, "price")
    if price is None:
        return None
    written = record.get("quantity")
    units = quantity_of(written) if written is not None else None
    product = price if units is None else parse_amount(f"{price * units:f}")
    if product is None:
        code, message = "unreadable_amount", "price × quantity is no number of dollars and cents"
        raise RecordRefusedError(code, message)
    return product


def _balance(record: dict[str, Any], name: str, reading: ApiReading) -> Decimal | None:
    try:
        return money(record, name)
    except RecordRefusedError:
        reading.note("unreadable_balance", "a balance of a line item is no number of dollars and cents")
        return None


def read_transaction(record: dict[str, Any]) -> ApiReading:
    """Return a payment, an adjustment or a transfer to the patient; raises ``RefusedError`` when it cannot be any."""
    reading = ApiReading()
    identity = required_id(record, "id")
    paid, adjusted = money(record, "ins_paid"), money(record, "adjustment")
    bucket = _BUCKETS.get(text_of(record.get("ins_name")) or "", "primary")
    group = text_of(record.get("adjustment_group_code"))
    reason = "-".join(part for part in (group, text_of(record.get("adjustment_reason"))) if part) or None
    parts: list[tuple[str, str, str, Decimal, str | None]] = []
    if paid:
        parts.append(("payment", "PAYMENT", bucket, -paid, text_of(record.get("claim_status"))))
    if adjusted and group == _PATIENT_GROUP:
        parts.append(("transfer-out", "TRANSFER_OUT", bucket, -adjusted, reason))
        parts.append(("transfer-in", "TRANSFER_IN", "patient", adjusted, reason))
    elif adjusted:
        parts.append(("adjustment", "ADJUSTMENT", bucket, -adjusted, reason))
    if not parts:
        reading.note("no_money", "the transaction pays and adjusts nothing: it is a note of the payer")
    for suffix, kind, owner, amount, why in parts:
        reading.transactions.append(
            ApiTransaction(
                profile=TRANSACTIONS,
                transaction_id=f"{identity}-{suffix}",
                transaction_type=kind,
                amount=amount or ZERO,
                bucket=owner,
                parent_charge_id=text_of(record.get("line_item")),
                claim_id=text_of(record.get("appointment")),
                patient_id=text_of(record.get("patient")),
                reason=why,
                rendering_provider_id=checked_provider(text_of(record.get("doctor")), reading),
                payer_id=text_of(at(record, "insurance", "id_number")),
                payer_name=text_of(at(record, "insurance", "name")),
                post_date=day(record.get("posted_date")),
                batch_id=text_of(record.get("trace_number")),
            )
        )
    return reading
