"""What a record becomes: ledger transactions, balances, findings; and how members that any system has are read.

What does not belong here: which member of which system holds what.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.exact_json import amount_of, quantity_of, text_of
from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from decimal import Decimal

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]|\Z)", re.ASCII)
_MODIFIERS: Final = 4
_NPI_SHAPE: Final = re.compile(r"\d{10}\Z", re.ASCII)


class RecordRefusedError(Exception):
    """A record cannot be rows: its reason on the way to the reader, never seen outside this package."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class ApiTransaction:
    """A transaction of the canonical ledger, from ``profile`` to ``batch_id``."""

    profile: str
    transaction_id: str
    transaction_type: str
    amount: Decimal | None
    bucket: str | None = None
    parent_charge_id: str | None = None
    claim_id: str | None = None
    patient_id: str | None = None
    reason: str | None = None
    code_system: str | None = None
    procedure_code: str | None = None
    modifiers: tuple[str | None, ...] = (None,) * _MODIFIERS
    units: Decimal | None = None
    diagnosis_codes: str | None = None
    rendering_provider_id: str | None = None
    location_id: str | None = None
    payer_id: str | None = None
    payer_name: str | None = None
    service_date: dt.date | None = None
    post_date: dt.date | None = None
    batch_id: str | None = None

    def row(self) -> tuple[Any, ...]:
        """Return the cells in the order of the table."""
        return (
            self.profile, self.transaction_id, self.parent_charge_id, self.claim_id, self.patient_id,
            self.transaction_type, self.bucket, self.amount, self.reason, self.code_system, self.procedure_code,
            *self.modifiers, self.units, self.diagnosis_codes, None, self.rendering_provider_id, self.location_id,
            self.payer_id, self.payer_name, self.service_date, self.post_date, None, self.batch_id,
        )  # fmt: skip


@dataclass(slots=True)
class ApiReading:
    """What one record became; ``refused_amount`` are charges of it that became no row."""

    transactions: list[ApiTransaction] = field(default_factory=list)
    balances: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, message: str, *, is_error: bool = False, amount: Decimal | None = None) -> None:
        """Add a finding; its place is set by the reader."""
        self.findings.append(Finding(code, "error" if is_error else "warning", message, amount=amount))

    @property
    def charged_amount(self) -> Decimal:
        """Return the sum of its charges."""
        return sum(
            (one.amount for one in self.transactions if one.transaction_type == "CHARGE" and one.amount is not None),
            ZERO,
        )


def at(node: object, *path: str) -> Any:  # noqa: ANN401  # JSON from outside
    """Return what stands under a path, through the first element of every list on the way; ``None`` when nothing."""
    for key in path:
        inner = node[0] if isinstance(node, list) and node else node
        if not isinstance(inner, dict):
            return None
        node = inner.get(key)
    return node


def each(node: object) -> list[dict[str, Any]]:
    """Return the objects of a list, leaving out what is none."""
    return [item for item in node if isinstance(item, dict)] if isinstance(node, list) else []


def day(node: object) -> dt.date | None:
    """Return the day of a date or timestamp as written, ``None`` when it is none."""
    found = _DAY.match(node.strip()) if isinstance(node, str) else None
    if found is None:
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def money(record: object, name: str) -> Decimal | None:
    """Return an amount, ``None`` when it is absent; raises ``RefusedError`` when it is there and is none."""
    written = at(record, name)
    if written is None or written == "":
        return None
    found = amount_of(written)
    if found is None:
        code, message = "unreadable_amount", "an amount is no number of dollars and cents"
        raise RecordRefusedError(code, message)
    return found


def units_of(node: object, reading: ApiReading) -> Decimal | None:
    """Return units; ones that are no number get a finding."""
    if node is None or node == "":
        return None
    found = quantity_of(node)
    if found is None:
        reading.note("unreadable_units", "the units are not a number")
    return found


def modifiers_of(node: object, reading: ApiReading) -> tuple[str | None, ...]:
    """Return exactly four modifiers of a list of texts or of objects with a code."""
    found: list[str | None] = []
    for item in node if isinstance(node, list) else ():
        code = text_of(item.get("Code") if isinstance(item, dict) else item)
        if code:
            found.append(code)
    if len(found) > _MODIFIERS:
        reading.note("too_many_modifiers", "only the first four modifiers were read")
    return tuple((found + [None] * _MODIFIERS)[:_MODIFIERS])


def checked_provider(provider: str | None, reading: ApiReading) -> str | None:
    """Return a provider as it is; one shaped like an NPI whose check digit fails gets a finding."""
    if provider and _NPI_SHAPE.match(provider) and not is_npi(provider):
        reading.note("npi_check_digit", "the provider's NPI fails its check digit: it may be mistyped")
    return provider


def check_dates(service: dt.date | None, post: dt.date | None, reading: ApiReading) -> None:
    """Note a service without a date, and one that was posted before it was given."""
    if service is None:
        reading.note("missing_service_date", "the transaction has no service date that can be read")
    elif post is not None and service > post:
        reading.note("service_after_post", "the service date is after the post date")


def required_id(record: object, name: str) -> str:
    """Return an id; raises ``RefusedError`` without one."""
    found = text_of(at(record, name))
    if found is None:
        code, message = "missing_transaction_id", "the record has no id, so it cannot be told from its copy"
        raise RecordRefusedError(code, message)
    return found
