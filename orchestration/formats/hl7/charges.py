"""FT1 to ledger transactions: one financial transaction per segment (HL7 v2 chapter 6, section 6.5.1).

What is judged is judged segment by segment; what is only carried over is read as a column of many segments.

Refused (error finding, the amount of a charge goes to ``quarantined_amount``): an unknown type, no id, an unreadable
amount, an unreadable transaction or posting date. Held (a row that a person must look at): fields that stand one
place to the right, two procedure codes that disagree, another currency. A charge without an amount is a row without
one: the practice's fee schedule prices it, or the lake holds it. What does not belong here: what a code earns.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestration.core.findings import Finding
from orchestration.core.money import CENT, ZERO, fits
from orchestration.core.tables import Same
from orchestration.formats.hl7.values import Fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from orchestration.core.findings import Severity
    from orchestration.core.tables import SourceFile
    from orchestration.formats.hl7.values import Money, Procedure, Provider, Values

CHARGE = "CHARGE"
# HL7 table 0017
_TYPES: Final[dict[str, str]] = {
    "CG": CHARGE,
    "CD": CHARGE,
    "PY": "PAYMENT",
    "CO": "PAYMENT",
    "AJ": "ADJUSTMENT",
}
_CHARGED, _CREDIT, _COPAYMENT = "CG", "CD", "CO"
# a currency that is not said is the practice's
_DOLLARS: Final = frozenset({"", "USD"})


# What the other segments of a message say about its transactions: number of the message, profile, control id, patient,
# claim, place, attending provider (PV1-7 as it is written), payer's id and name, whether anybody insures the patient,
# and diagnosis codes. Plain tuples, here and below: there is one for every segment of a file.
Context = tuple[int, str, str, str | None, str | None, str | None, str, str | None, str | None, bool, str | None]
FT1 = Fields(1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 19, 20, 21, 23, 25, 26, 31, 39)
# One FT1: its place in the file, its fields, which of its message it is, its own diagnoses (P11), its message
Ft1 = tuple[int, tuple[str, ...], int, str | None, Context]
_POSTED = FT1.places.index(5)
# One FT1 that is a row, as far as it had to be judged: FT1, type, whether a charge, why it is held, amount, currency,
# transaction, the charge it takes back, reason, procedure, diagnoses, units, provider, service and post date
_Judged = tuple[
    Ft1,
    str,
    bool,
    str | None,
    Decimal | None,
    str | None,
    str,
    str | None,
    str | None,
    "Procedure",
    str | None,
    Decimal | None,
    str | None,
    "dt.date | None",
    "dt.date | None",
]
# Whether FT1-7 and one of FT1-4 and FT1-10 are empty; FT1-2, FT1-6, FT1-11, FT1-4, FT1-5, what was done, FT1-19, FT1-10
# and FT1-20, read
_ReadFields = tuple[
    bool,
    str | None,
    str,
    "Money",
    "dt.date | None",
    "dt.date | None",
    "Procedure",
    tuple[str | None, bool],
    Decimal | None,
    "Provider",
]


class Charges(NamedTuple):
    """What many FT1 come to: rows, as columns of their two tables, findings, and control amounts in dollars."""

    row_count: int
    transactions: list[Sequence[Any] | Same]
    details: list[Sequence[Any] | Same]
    findings: list[Finding]
    in_amount: Decimal
    refused_amount: Decimal


def read(found: Sequence[Ft1], file: SourceFile, values: Values) -> Charges:
    """Return many FT1 of one file, those that are refused as findings with what they would have added."""
    judged: list[_Judged] = []
    findings: list[Finding] = []
    in_amount = refused_amount = ZERO
    for ft1, read_fields in zip(found, _read_fields(found, values), strict=True):
        control, refusal = _judge(ft1, read_fields, values, judged, findings)
        if control is not None:
            in_amount += control
        if refusal is not None:
            findings.append(Finding(refusal, "error", _REFUSALS[refusal], ft1[0], "FT1", amount=control))
            refused_amount += control or ZERO
    if not judged:
        return Charges(0, [], [], findings, in_amount, refused_amount)
    return Charges(len(judged), *_columns(judged, file, values), findings, in_amount, refused_amount)


def _read_fields(found: Sequence[Ft1], values: Values) -> Iterable[_ReadFields]:
    """Return the fields by which an FT1 is judged, each read as a column of all of them."""
    at = FT1.columns(ft1[1] for ft1 in found)
    return zip(
        # what may stand where it does not belong
        [not code and not (day and units) for day, code, units in zip(at[4], at[7], at[10], strict=True)],
        values.texts(at[2]),
        map(values.capitals.__getitem__, at[6]),
        values.money_of(at[11]),
        map(values.days.__getitem__, at[4]),
        map(values.days.__getitem__, at[5]),
        map(values.procedures.__getitem__, zip(at[7], at[25], at[26], strict=True)),
        map(values.diagnoses.__getitem__, at[19]),
        map(values.quantities.__getitem__, at[10]),
        map(values.providers.__getitem__, at[20]),
        strict=True,
    )


def _columns(
    judged: Sequence[_Judged], file: SourceFile, values: Values
) -> tuple[list[Sequence[Any] | Same], list[Sequence[Any] | Same]]:
    """Return the columns of ``transactions`` and ``transaction_details``."""
    (
        ft1s,
        kinds,
        are_charges,
        hold_reasons,
        amounts,
        currencies,
        identities,
        reversed_ids,
        reasons,
        procedures,
        diagnoses,
        units,
        providers,
        service_dates,
        post_dates,
    ) = zip(*judged, strict=True)
    numbers, segments, _, _, contexts = zip(*ft1s, strict=True)
    messages, profiles, _, patients, claims, locations, _, payer_ids, payer_names, have_insurance, _ = zip(
        *contexts, strict=True
    )
    systems, codes, modifiers, _, _ = zip(*procedures, strict=True)
    places, charge_codes = values.places, values.codes
    at = FT1.columns(segments)
    against = values.texts(at[31])
    charged = [charge_codes[field] for field in at[7]]
    transactions: list[Sequence[Any] | Same] = [
        Same(file.file_id),
        numbers,
        profiles,
        identities,
        [r if is_charge else a for is_charge, r, a in zip(are_charges, reversed_ids, against, strict=True)],
        claims,
        patients,
        kinds,
        [
            ("primary" if insured else None) if is_charge else _payer_of(values.capitals[field])
            for field, is_charge, insured in zip(at[6], are_charges, have_insurance, strict=True)
        ],
        amounts,
        reasons,
        [system if is_charge else None for is_charge, system in zip(are_charges, systems, strict=True)],
        [code if is_charge else None for is_charge, code in zip(are_charges, codes, strict=True)],
        *zip(*modifiers, strict=True),
        units,
        diagnoses,
        Same(None),
        providers,
        [places[field] or location for field, location in zip(at[16], locations, strict=True)],
        payer_ids,
        payer_names,
        service_dates,
        post_dates,
        Same(None),
        values.texts(at[3]),
        Same(file.landed_at),
    ]
    details: list[Sequence[Any] | Same] = [
        Same(file.file_id),
        numbers,
        messages,
        hold_reasons,
        reversed_ids,
        [code or None for code, _ in charged],
        [system or None for _, system in charged],
        [values.money[field].amount for field in at[12]],
        currencies,
        values.texts(at[13]),
        values.texts(at[14]),
        values.provider_ids(at[21]),
        values.texts(at[23]),
        values.texts(at[39]),
        Same(file.landed_at),
    ]
    return transactions, details


def _judge(  # noqa: C901, PLR0912  # one segment, and the hottest lines of the reader
    ft1: Ft1, read_fields: _ReadFields, values: Values, judged: list[_Judged], findings: list[Finding]
) -> tuple[Decimal | None, str | None]:
    """Judge one FT1 and return what it adds to the charges, and why it is refused.

    One that is not refused goes to ``judged``, and what is odd about it to ``findings``.
    """
    _, picked, order, own_diagnoses, context = ft1
    (
        may_be_shifted,
        transaction_id,
        kind_code,
        money,
        service_date,
        post_date,
        procedure,
        (diagnoses, has_others),
        units,
        provider,
    ) = read_fields
    kind = _TYPES.get(kind_code)
    hold_reason = None
    if may_be_shifted and _is_shifted(FT1.whole(picked), values):
        hold_reason, kind, amount, currency, units = "shifted_fields", CHARGE, None, "", None
    else:
        amount, currency, is_written = money
        if not is_written:
            amount, currency = _unit_priced(FT1.whole(picked), values)
    is_charge = kind == CHARGE
    if amount is not None and kind_code != _CHARGED:
        amount = _signed(amount, kind, kind_code)
    # an unknown type may be a charge: its dollars are quarantined, not forgotten
    control = amount if (is_charge or kind is None) and currency in _DOLLARS else None
    if kind is None:
        return control, "unknown_type"
    if amount is None and hold_reason is None and not (is_charge and _has_no_amount(FT1.whole(picked), values)):
        return control, "unreadable_amount"
    if service_date is None and hold_reason is None:
        return control, "unreadable_service_date"
    if post_date is None and values.first(picked[_POSTED]):
        return control, "unreadable_post_date"
    if transaction_id is None:
        if not context[2]:
            return control, "missing_transaction_id"
        transaction_id = f"{context[2]}:{values.first(picked[0]) or order}"
    reason = reversed_id = None
    if kind_code == _CREDIT:
        # a credit often repeats the id of the charge it takes back: it is no copy of the charge
        fields = FT1.whole(picked)
        reason, reversed_id = _CREDIT, values.first(fields[31]) or values.first(fields[2]) or None
        transaction_id = f"{transaction_id}:{_CREDIT}"
    elif not is_charge:
        reason = values.first(FT1.whole(picked)[7]) or None
    if hold_reason is None:
        if currency not in _DOLLARS:
            hold_reason, amount = "foreign_currency", None
        elif procedure.codes_disagree and is_charge:
            hold_reason = "procedure_codes_disagree"
    if provider.provider_id is None:
        provider = values.providers[context[6]]
    row = (
        ft1,
        kind,
        is_charge,
        hold_reason,
        amount,
        currency or None,
        transaction_id,
        reversed_id,
        reason,
        procedure,
        diagnoses or own_diagnoses or context[10],
        units,
        provider.provider_id,
        service_date,
        post_date,
    )
    judged.append(row)
    if (
        amount is None
        or hold_reason is not None
        or has_others
        or procedure.odd_modifiers
        or provider.fails_check
        or units is None
        or units <= 0
        or (post_date is not None and service_date is not None and service_date > post_date)
    ):
        findings += _oddities(row, kind_code, has_other_diagnoses=has_others, fails_check=provider.fails_check)
    return control, None


def _oddities(row: _Judged, kind_code: str, *, has_other_diagnoses: bool, fails_check: bool) -> Iterable[Finding]:
    """Yield what is odd about a row, in the order in which a person would ask."""
    (number, picked, *_), _, _, hold_reason, amount, _, _, _, _, procedure, _, units, _, service_date, post_date = row
    if hold_reason is not None:
        yield _note(hold_reason, number)
    elif amount is None:
        yield _note("missing_amount", number)
    if procedure.odd_modifiers:
        yield _note("odd_modifier", number)
    if service_date is not None and post_date is not None and service_date > post_date:
        yield _note("service_after_post", number)
    if has_other_diagnoses:
        yield _note("other_diagnosis_system", number, "info")
    if units is None and FT1.whole(picked)[10] and hold_reason != "shifted_fields":
        yield _note("unreadable_units", number)
    elif units is not None and units <= 0 and kind_code != _CREDIT:
        yield _note("units_not_positive", number)
    if fails_check:
        yield _note("npi_check_digit", number)


def _payer_of(kind_code: str) -> str | None:
    return "patient" if kind_code == _COPAYMENT else None


def _signed(amount: Decimal, kind: str | None, kind_code: str) -> Decimal:
    """Return an amount with the sign of a ledger transaction: charges add, credits, payments and adjustments take."""
    if kind_code == _CREDIT:
        return -abs(amount) or ZERO
    return amount if kind == CHARGE or kind is None else -amount or ZERO


def control_amount(fields: list[str], values: Values) -> Decimal | None:
    """Return what an FT1 of a message that is refused whole would add to the charges, as far as it can be read."""
    kind_code = values.capitals[fields[6]]
    if _TYPES.get(kind_code, CHARGE) != CHARGE or _is_shifted(fields, values):
        return None
    amount, currency = _amount(fields, values)
    if amount is None or currency not in _DOLLARS:
        return None
    return _signed(amount, CHARGE, kind_code)


def _is_shifted(fields: list[str], values: Values) -> bool:
    """Tell whether fields stand where others belong, so that FT1-11 is the quantity: it would book $1.00 a unit.

    FT1-4 and FT1-7 are required. Empty both, with a date in FT1-5 and a coded value in FT1-8 (which is plain text),
    the whole segment has moved. Or the amount stands in FT1-8, FT1-7 and the quantity of FT1-10 are empty, and FT1-11
    is a whole number.
    """
    if fields[7]:
        return False
    if not fields[4] and values.days[fields[5]] is not None and values.encoding.component in fields[8]:
        return True
    return not fields[10] and fields[11].isdigit() and values.is_usual_money(fields[8])


def _amount(fields: list[str], values: Values) -> tuple[Decimal | None, str]:
    """Return dollars and currency: FT1-11, else quantity times FT1-12 when that is exact to the cent."""
    extended = values.money[fields[11]]
    return (extended.amount, extended.currency) if extended.is_written else _unit_priced(fields, values)


def _unit_priced(fields: list[str], values: Values) -> tuple[Decimal | None, str]:
    unit = values.money[fields[12]]
    units = values.quantities[fields[10]] if fields[10] else Decimal(1)
    if unit.amount is None or units is None:
        return None, unit.currency
    product = unit.amount * units
    if not fits(product) or product != product.quantize(CENT):
        return None, unit.currency
    return product.quantize(CENT) or ZERO, unit.currency


def _has_no_amount(fields: list[str], values: Values) -> bool:
    """Tell whether nothing is written where an amount may stand."""
    return not values.money[fields[11]].is_written and not values.money[fields[12]].is_written


_REFUSALS: Final[dict[str, str]] = {
    "unknown_type": "FT1-6 is none of charge, credit, payment, co-payment and adjustment",
    "unreadable_amount": "the amount of FT1-11 is no amount, or FT1-12 times FT1-10 is not exact to the cent",
    "unreadable_service_date": "FT1-4 is missing or names no whole day",
    "unreadable_post_date": "FT1-5 is missing or names no whole day",
    "missing_transaction_id": ("neither FT1-2 nor MSH-10 names the transaction, so it cannot be told from its copy"),
}
_NOTES: Final[dict[str, str]] = {
    "shifted_fields": "fields stand where others belong: FT1-11 is the quantity, and nothing of it is booked",
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
