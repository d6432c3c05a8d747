"""FT1 to ledger transactions: one financial transaction per segment (HL7 v2 chapter 6, section 6.5.1).

Refused (error finding, the amount of a charge goes to ``quarantined_amount``): an unknown type, no id, an unreadable
amount, an unreadable transaction or posting date. Held (a row that a person must look at): fields that stand one
place to the right, two procedure codes that disagree, another currency. A charge without an amount is a row without
one: the practice's fee schedule prices it, or the lake holds it. What does not belong here: what a code earns.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from orchestration.core.findings import Finding
from orchestration.core.money import CENT, ZERO, fits

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.core.findings import Severity
    from orchestration.formats.hl7.values import Values

CHARGE = "CHARGE"
# HL7 table 0017
_TYPES: Final[dict[str, str]] = {
    "CG": CHARGE,
    "CD": CHARGE,
    "PY": "PAYMENT",
    "CO": "PAYMENT",
    "AJ": "ADJUSTMENT",
}
_CREDIT, _COPAYMENT = "CD", "CO"
# a currency that is not said is the practice's
_DOLLARS: Final = frozenset({"", "USD"})


class Context(NamedTuple):
    """What the other segments of a message say about its transactions."""

    file_id: str
    landed_at: dt.datetime
    message_number: int
    profile: str
    control_id: str
    patient_id: str | None
    claim_id: str | None
    location_id: str | None
    attending: str
    payer_id: str | None
    payer_name: str | None
    has_insurance: bool
    diagnosis_codes: str | None


class Outcome(NamedTuple):
    """One FT1: its row and details, or neither when it was refused; what is wrong; what it adds to the charges."""

    row: tuple[Any, ...] | None
    details: tuple[Any, ...] | None
    findings: tuple[Finding, ...]
    control_amount: Decimal | None


class _RefusedError(Exception):
    """One FT1 cannot be a row: its reason on the way to ``read_ft1``, never seen outside this module."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def read_ft1(
    fields: list[str], number: int, order: int, own_diagnoses: str | None, context: Context, values: Values
) -> Outcome:
    """Return one FT1, the ``order``-th of its message, at segment ``number``; its fields come padded."""
    ft1 = _Ft1(fields, number, context, values)
    try:
        row = ft1.row(order, own_diagnoses)
    except _RefusedError as refusal:
        finding = Finding(refusal.code, "error", refusal.message, number, "FT1", amount=ft1.control)
        return Outcome(None, None, (finding,), ft1.control)
    return Outcome(row, ft1.details(), tuple(ft1.findings), ft1.control)


class _Ft1:
    """One segment on its way to a row."""

    __slots__ = (
        "amount",
        "context",
        "control",
        "currency",
        "fields",
        "findings",
        "hold_reason",
        "is_charge",
        "kind",
        "kind_code",
        "number",
        "procedure",
        "reversed_id",
        "values",
    )

    def __init__(self, fields: list[str], number: int, context: Context, values: Values) -> None:
        self.fields = fields
        self.number = number
        self.context = context
        self.values = values
        self.findings: list[Finding] = []
        self.kind_code = values.first(fields[6]).upper()
        self.kind = _TYPES.get(self.kind_code)
        self.amount: Decimal | None = None
        self.currency = ""
        self.hold_reason: str | None = None
        if _is_shifted(fields, values):
            self.hold_reason = "shifted_fields"
            self.kind = CHARGE
        else:
            self.amount, self.currency = _amount(fields, values)
        self.is_charge = self.kind == CHARGE
        if self.amount is not None:
            self.amount = _signed(self.amount, self.kind, self.kind_code)
        # an unknown type may be a charge: its dollars are quarantined, not forgotten
        counts = self.is_charge or self.kind is None
        self.control = self.amount if counts and self.currency in _DOLLARS else None
        self.procedure = values.procedure(fields[7], fields[25], fields[26])
        self.reversed_id = _reversed_id(fields, self.kind_code, values)

    def row(self, order: int, own_diagnoses: str | None) -> tuple[Any, ...]:
        """Return the row of ``transactions``; raises ``_RefusedError`` when it cannot be one."""
        fields, values, context = self.fields, self.values, self.context
        if self.hold_reason is None:
            self._require_readable()
        service_date = self._date(4, "unreadable_service_date", is_required=self.hold_reason is None)
        post_date = self._date(5, "unreadable_post_date", is_required=False)
        transaction_id = _transaction_id(fields, order, self.kind_code, context, values)
        self._judge()
        if service_date and post_date and service_date > post_date:
            self._warn("service_after_post")
        diagnoses, has_others = values.diagnoses(fields[19])
        if has_others:
            self.findings.append(_note("other_diagnosis_system", self.number, "info"))
        is_charge = self.is_charge
        return (
            context.file_id,
            self.number,
            context.profile,
            transaction_id,
            self.reversed_id if is_charge else (fields[31] and values.first(fields[31])) or None,
            context.claim_id,
            context.patient_id,
            self.kind,
            self._bucket(),
            self.amount,
            self._reason(),
            self.procedure.code_system if is_charge else None,
            self.procedure.code if is_charge else None,
            *self.procedure.modifiers,
            self._units(),
            diagnoses or own_diagnoses or context.diagnosis_codes,
            None,
            self._provider(),
            (fields[16] and values.place(fields[16])) or context.location_id,
            context.payer_id,
            context.payer_name,
            service_date,
            post_date,
            None,
            (fields[3] and values.first(fields[3])) or None,
            context.landed_at,
        )

    def details(self) -> tuple[Any, ...]:
        """Return the row of ``transaction_details``."""
        fields, values, context = self.fields, self.values, self.context
        charge_code, charge_system = values.code(fields[7])
        return (
            context.file_id,
            self.number,
            context.message_number,
            self.hold_reason,
            self.reversed_id,
            charge_code or None,
            charge_system or None,
            values.money(fields[12]).amount if fields[12] else None,
            self.currency or None,
            (fields[13] and values.first(fields[13])) or None,
            (fields[14] and values.first(fields[14])) or None,
            values.provider(fields[21]).provider_id if fields[21] else None,
            (fields[23] and values.first(fields[23])) or None,
            (fields[39] and values.first(fields[39])) or None,
            context.landed_at,
        )

    def _require_readable(self) -> None:
        """Refuse a type nobody knows, and an amount that is written and is none; a charge's may be missing."""
        if self.kind is None:
            _refuse("unknown_type", "FT1-6 is none of charge, credit, payment, co-payment and adjustment")
        if self.amount is None:
            written = self.values.money(self.fields[11]).is_written or self.values.money(self.fields[12]).is_written
            if written or not self.is_charge:
                _refuse(
                    "unreadable_amount",
                    "the amount of FT1-11 is no amount, or FT1-12 times FT1-10 is not exact to the cent",
                )

    def _judge(self) -> None:
        """Decide whether a person must look, and say what is odd."""
        if self.hold_reason is None:
            if self.currency not in _DOLLARS:
                self.hold_reason, self.amount = "foreign_currency", None
            elif self.procedure.codes_disagree and self.is_charge:
                self.hold_reason = "procedure_codes_disagree"
        if self.hold_reason is not None:
            self._warn(self.hold_reason)
        elif self.amount is None:
            self._warn("missing_amount")
        if self.procedure.odd_modifiers:
            self._warn("odd_modifier")

    def _date(self, place: int, code: str, *, is_required: bool) -> dt.date | None:
        """Return a day; an unreadable one refuses the FT1, and so does a required one that is missing."""
        text = self.fields[place]
        if not is_required and not self.values.first(text):
            return None
        day = self.values.day(text)
        if day is None:
            _refuse(code, f"FT1-{place} is missing or names no whole day")
        return day

    def _units(self) -> Decimal | None:
        if not self.fields[10] or self.hold_reason == "shifted_fields":
            return None
        units = self.values.quantity(self.fields[10])
        if units is None:
            self._warn("unreadable_units")
        elif units <= 0 and self.kind_code != _CREDIT:
            self._warn("units_not_positive")
        return units

    def _provider(self) -> str | None:
        provider = self.values.provider(self.fields[20])
        if provider.provider_id is None:
            provider = self.values.provider(self.context.attending)
        if provider.fails_check:
            self._warn("npi_check_digit")
        return provider.provider_id

    def _bucket(self) -> str | None:
        if self.kind_code == _COPAYMENT:
            return "patient"
        return "primary" if self.is_charge and self.context.has_insurance else None

    def _reason(self) -> str | None:
        if self.is_charge:
            return _CREDIT if self.kind_code == _CREDIT else None
        return self.values.first(self.fields[7]) or None

    def _warn(self, code: str) -> None:
        self.findings.append(_note(code, self.number))


def _signed(amount: Decimal, kind: str | None, kind_code: str) -> Decimal:
    """Return an amount with the sign of a ledger transaction: charges add, credits, payments and adjustments take."""
    if kind_code == _CREDIT:
        return -abs(amount) or ZERO
    return amount if kind in {CHARGE, None} else -amount or ZERO


def control_amount(fields: list[str], values: Values) -> Decimal | None:
    """Return what an FT1 of a message that is refused whole would add to the charges, as far as it can be read."""
    kind_code = values.first(fields[6]).upper()
    if _TYPES.get(kind_code, CHARGE) != CHARGE or _is_shifted(fields, values):
        return None
    amount, currency = _amount(fields, values)
    if amount is None or currency not in _DOLLARS:
        return None
    return _signed(amount, CHARGE, kind_code)


def _is_shifted(fields: list[str], values: Values) -> bool:
    """Tell whether date and code stand one place to the right of where they belong.

    FT1-4 and FT1-7 are required. Empty both, with a date in FT1-5 and a coded value in FT1-8 (which is plain text),
    the whole segment has moved, and what stands in FT1-11 is the quantity: read as it is, it would book $1.00 a unit.
    """
    return (
        not fields[4] and not fields[7] and values.day(fields[5]) is not None and values.encoding.component in fields[8]
    )


def _amount(fields: list[str], values: Values) -> tuple[Decimal | None, str]:
    """Return dollars and currency: FT1-11, else quantity times FT1-12 when that is exact to the cent."""
    extended = values.money(fields[11])
    if extended.is_written:
        return extended.amount, extended.currency
    unit = values.money(fields[12])
    units = values.quantity(fields[10]) if fields[10] else Decimal(1)
    if unit.amount is None or units is None:
        return None, unit.currency
    product = unit.amount * units
    if not fits(product) or product != product.quantize(CENT):
        return None, unit.currency
    return product.quantize(CENT) or ZERO, unit.currency


def _refuse(code: str, message: str) -> NoReturn:
    raise _RefusedError(code, message)


def _transaction_id(fields: list[str], order: int, kind_code: str, context: Context, values: Values) -> str:
    """Return FT1-2, else the message's control id and the segment's own number in it.

    A credit often repeats the id of the charge it takes back, so it carries its type: it is no copy of the charge.
    """
    identity = values.first(fields[2])
    if not identity:
        if not context.control_id:
            _refuse(
                "missing_transaction_id",
                "neither FT1-2 nor MSH-10 names the transaction, so it cannot be told from its copy",
            )
        identity = f"{context.control_id}:{values.first(fields[1]) or order}"
    return f"{identity}:{_CREDIT}" if kind_code == _CREDIT else identity


def _reversed_id(fields: list[str], kind_code: str, values: Values) -> str | None:
    """Return the charge that a credit takes back: FT1-31 when it names one, else its own FT1-2."""
    if kind_code != _CREDIT:
        return None
    return values.first(fields[31]) or values.first(fields[2]) or None


_NOTES: Final[dict[str, str]] = {
    "shifted_fields": "the fields stand one place to the right: FT1-11 is the quantity, and nothing of it is booked",
    "procedure_codes_disagree": "FT1-7 and FT1-25 name two different procedures: a person must say which is billed",
    "foreign_currency": "the amount is not in dollars, and the books are",
    "missing_amount": "the charge has no amount: the fee schedule prices it, or it waits",
    "service_after_post": "the service date is after the post date",
    "npi_check_digit": "the provider's NPI fails its check digit: it may be mistyped",
    "odd_modifier": "a modifier is not two characters, or there are more than four",
    "unreadable_units": "the units are not a number",
    "units_not_positive": "the units are zero or less",
    "other_diagnosis_system": "diagnoses that are not ICD-10-CM were not read",
}


def _note(code: str, number: int, severity: Severity = "warning") -> Finding:
    return Finding(code, severity, _NOTES[code], number, "FT1")
