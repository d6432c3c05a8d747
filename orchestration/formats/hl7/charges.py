"""FT1 to ledger transactions: one financial transaction per segment (HL7 v2 chapter 6, section 6.5.1).

The FT1 of many messages are read together, field by field: a column is read for all of them at once, and then the few
that are odd are looked at one by one.

Refused (error finding, the amount of a charge goes to ``quarantined_amount``): an unknown type, no id, an unreadable
amount, an unreadable transaction or posting date. Held (a row that a person must look at): fields that stand one
place to the right, two procedure codes that disagree, another currency. A charge without an amount is a row without
one: the practice's fee schedule prices it, or the lake holds it. What does not belong here: what a code earns.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO
from orchestration.core.tables import Same
from orchestration.formats.hl7.amounts import (
    CHARGE,
    CHARGED,
    COPAYMENT,
    CREDIT,
    DOLLARS,
    TYPES,
    has_no_amount,
    is_shifted,
    signed,
    unit_priced,
)
from orchestration.formats.hl7.values import Fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Sequence
    from decimal import Decimal

    from orchestration.core.findings import Severity
    from orchestration.core.tables import SourceFile
    from orchestration.formats.hl7.message import Segment
    from orchestration.formats.hl7.values import Procedure, ProviderId, Values

FT1 = Fields(1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 16, 19, 20, 21, 23, 25, 26, 31, 39)


class Context(NamedTuple):
    """What the other segments of a message say about its transactions; ``attending`` is PV1-7 as it is written."""

    message_number: int
    profile: str
    control_id: str
    patient_id: str | None
    claim_id: str | None
    location_id: str | None
    attending: str
    payer_id: str | None
    payer_name: str | None
    is_insured: bool
    diagnoses: str | None


class Ft1s:
    """The FT1 of many messages as columns: place in the file, fields, which of its message, own diagnoses, message."""

    __slots__ = ("contexts", "fields", "numbers", "orders", "own_diagnoses")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.fields: list[tuple[str, ...]] = []
        self.orders: list[int] = []
        # only a P11 has them
        self.own_diagnoses: list[str | None] = []
        self.contexts: list[Context] = []

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, segments: Sequence[Segment], own_diagnoses: Sequence[str | None], context: Context) -> None:
        """Add the FT1 of one message."""
        pick, count = FT1.pick, len(segments)
        for number, fields in segments:
            self.numbers.append(number)
            self.fields.append(pick(fields))
        self.orders += range(1, count + 1)
        self.own_diagnoses += own_diagnoses
        self.contexts += [context] * count

    def whole(self, place: int) -> list[str]:
        """Return the fields of one by their numbers."""
        return FT1.whole(self.fields[place])

    def without(self, places: Collection[int]) -> Ft1s:
        """Return the others."""
        others = Ft1s()
        kept = [place not in places for place in range(len(self))]
        others.numbers = list(compress(self.numbers, kept))
        others.fields = list(compress(self.fields, kept))
        others.orders = list(compress(self.orders, kept))
        others.own_diagnoses = list(compress(self.own_diagnoses, kept))
        others.contexts = list(compress(self.contexts, kept))
        return others


class Charges(NamedTuple):
    """What many FT1 come to: rows, as columns of their two tables, findings, and control amounts in dollars."""

    row_count: int
    transactions: list[Sequence[Any] | Same]
    details: list[Sequence[Any] | Same]
    findings: list[Finding]
    in_amount: Decimal
    refused_amount: Decimal


def read(found: Ft1s, file: SourceFile, values: Values) -> Charges:
    """Return many FT1 of one file, those that are refused as findings with what they would have added."""
    rows = _Transactions(found, values)
    controls = rows.controls()
    in_amount = sum((control for control in controls if control is not None), ZERO)
    refusals = dict(rows.refusals())
    findings = [
        Finding(code, "error", _REFUSALS[code], found.numbers[place], "FT1", amount=controls[place])
        for place, code in refusals.items()
    ]
    refused_amount = sum((controls[place] or ZERO for place in refusals), ZERO)
    if len(refusals) == len(found):
        return Charges(0, [], [], findings, in_amount, refused_amount)
    if refusals:
        rows = _Transactions(found.without(refusals), values)
    rows.hold()
    findings += rows.oddities()
    return Charges(len(rows.found), rows.transactions(file), rows.details(file), findings, in_amount, refused_amount)


class _Transactions:
    """FT1 field by field. A place is the same FT1 in every column; amounts are signed as those of the ledger are."""

    __slots__ = (
        *("amounts", "at", "currencies", "diagnoses", "found", "has_other_diagnoses", "hold_reasons", "kind_codes"),
        *("kinds", "post_dates", "procedures", "providers", "reasons", "reversed_ids", "service_dates"),
        *("transaction_ids", "units", "values"),
    )

    def __init__(self, found: Ft1s, values: Values) -> None:
        self.found = found
        self.values = values
        self.at = at = FT1.columns(found.fields)
        self.kind_codes: list[str] = list(map(values.capitals.__getitem__, at[6]))
        self.kinds: list[str | None] = list(map(TYPES.get, self.kind_codes))
        self.service_dates: list[dt.date | None] = values.days_of(at[4])
        self.post_dates: list[dt.date | None] = values.days_of(at[5])
        self.units: list[Decimal | None] = list(map(values.quantities.__getitem__, at[10]))
        self.procedures: list[Procedure] = list(
            map(values.procedures.__getitem__, zip(at[7], at[25], at[26], strict=True))
        )
        coded = list(map(values.diagnoses.__getitem__, at[19]))
        self.diagnoses: list[str | None] = [
            codes or own or context.diagnoses
            for (codes, _), own, context in zip(coded, found.own_diagnoses, found.contexts, strict=True)
        ]
        self.has_other_diagnoses: list[bool] = [has_others for _, has_others in coded]
        self.providers: list[ProviderId] = [
            provider if provider.provider_id is not None else values.providers[context.attending]
            for provider, context in zip(map(values.providers.__getitem__, at[20]), found.contexts, strict=True)
        ]
        self.hold_reasons: list[str | None] = [None] * len(found)
        self.reversed_ids: list[str | None] = [None] * len(found)
        self.reasons: list[str | None] = [None] * len(found)
        self.transaction_ids = self._identities()
        self._read_amounts()
        self._read_shifted()
        self._read_other_types()

    def _identities(self) -> list[str | None]:
        """Return FT1-2, else the message's control id with the number of the FT1 in it."""
        identities = self.values.texts(self.at[2])
        for place, identity in enumerate(identities):
            control_id = self.found.contexts[place].control_id
            if identity is None and control_id:
                identities[place] = f"{control_id}:{self.values.first(self.at[1][place]) or self.found.orders[place]}"
        return identities

    def _read_amounts(self) -> None:
        amounts = self.values.money_of(self.at[11])
        self.amounts: list[Decimal | None] = [money.amount for money in amounts]
        self.currencies: list[str] = [money.currency for money in amounts]
        for place, money in enumerate(amounts):
            if not money.is_written:
                self.amounts[place], self.currencies[place] = unit_priced(self.found.whole(place), self.values)

    def _read_shifted(self) -> None:
        """Hold what stands where other fields belong: nothing of it is booked."""
        at = self.at
        for place, (day, code, units) in enumerate(zip(at[4], at[7], at[10], strict=True)):
            if not code and not (day and units) and is_shifted(self.found.whole(place), self.values):
                self.hold_reasons[place], self.kinds[place] = "shifted_fields", CHARGE
                self.amounts[place], self.currencies[place], self.units[place] = None, "", None

    def _read_other_types(self) -> None:
        """Read what is no plain charge: its sign, its reason, and of a credit what it takes back."""
        first = self.values.first
        for place, kind_code in enumerate(self.kind_codes):
            if kind_code == CHARGED:
                continue
            amount, kind = self.amounts[place], self.kinds[place]
            if amount is not None:
                self.amounts[place] = signed(amount, kind, kind_code)
            fields = self.found.whole(place)
            if kind_code == CREDIT:
                # a credit often repeats the id of the charge it takes back: it is no copy of the charge
                self.reasons[place] = CREDIT
                self.reversed_ids[place] = first(fields[31]) or first(fields[2]) or None
                identity = self.transaction_ids[place]
                self.transaction_ids[place] = f"{identity}:{CREDIT}" if identity is not None else None
            elif kind != CHARGE:
                self.reasons[place] = first(fields[7]) or None

    def controls(self) -> list[Decimal | None]:
        """Return what each adds to the charges; an unknown type may be one: its dollars are quarantined, not lost."""
        return [
            amount if (kind == CHARGE or kind is None) and currency in DOLLARS else None
            for amount, kind, currency in zip(self.amounts, self.kinds, self.currencies, strict=True)
        ]

    def refusals(self) -> Iterator[tuple[int, str]]:
        """Yield the places of those that are refused, and why."""
        judged = zip(self.kinds, self.amounts, self.service_dates, self.post_dates, self.transaction_ids, strict=True)
        for place, (kind, amount, service_date, post_date, transaction_id) in enumerate(judged):
            if (
                kind is None or amount is None or service_date is None or post_date is None or transaction_id is None
            ) and (refusal := self._refusal(place)) is not None:
                yield place, refusal

    def _refusal(self, place: int) -> str | None:
        values, kind, is_held = self.values, self.kinds[place], self.hold_reasons[place] is not None
        if kind is None:
            return "unknown_type"
        if self.amounts[place] is None and not is_held:
            may_be_priced = kind == CHARGE and has_no_amount(self.found.whole(place), values)
            if not may_be_priced:
                return "unreadable_amount"
        if self.service_dates[place] is None and not is_held:
            return "unreadable_service_date"
        if self.post_dates[place] is None and values.first(self.at[5][place]):
            return "unreadable_post_date"
        return "missing_transaction_id" if self.transaction_ids[place] is None else None

    def hold(self) -> None:
        """Hold what a person must look at."""
        for place, (currency, procedure) in enumerate(zip(self.currencies, self.procedures, strict=True)):
            if self.hold_reasons[place] is not None:
                continue
            if currency not in DOLLARS:
                self.hold_reasons[place], self.amounts[place] = "foreign_currency", None
            elif procedure.codes_disagree and self.kinds[place] == CHARGE:
                self.hold_reasons[place] = "procedure_codes_disagree"

    def oddities(self) -> Iterator[Finding]:
        """Yield what is odd about rows."""
        judged = zip(
            self.amounts,
            self.hold_reasons,
            self.has_other_diagnoses,
            self.procedures,
            self.providers,
            self.units,
            self.service_dates,
            self.post_dates,
            strict=True,
        )
        for place, (amount, hold_reason, has_others, procedure, provider, units, served, posted) in enumerate(judged):
            if (
                amount is None
                or hold_reason is not None
                or has_others
                or procedure.odd_modifiers
                or provider.fails_check
                or units is None
                or units <= 0
                or (posted is not None and served is not None and served > posted)
            ):
                yield from self._oddities(place)

    def _oddities(self, place: int) -> Iterator[Finding]:
        """Yield what is odd about one row, in the order in which a person would ask."""
        number, hold_reason, units = self.found.numbers[place], self.hold_reasons[place], self.units[place]
        service_date, post_date = self.service_dates[place], self.post_dates[place]
        if hold_reason is not None:
            yield _note(hold_reason, number)
        elif self.amounts[place] is None:
            yield _note("missing_amount", number)
        if self.procedures[place].odd_modifiers:
            yield _note("odd_modifier", number)
        if service_date is not None and post_date is not None and service_date > post_date:
            yield _note("service_after_post", number)
        if self.has_other_diagnoses[place]:
            yield _note("other_diagnosis_system", number, "info")
        if units is None and self.at[10][place] and hold_reason != "shifted_fields":
            yield _note("unreadable_units", number)
        elif units is not None and units <= 0 and self.kind_codes[place] != CREDIT:
            yield _note("units_not_positive", number)
        if self.providers[place].fails_check:
            yield _note("npi_check_digit", number)

    def transactions(self, file: SourceFile) -> list[Sequence[Any] | Same]:
        """Return the columns of ``transactions``."""
        at, values, contexts = self.at, self.values, self.found.contexts
        places = values.places
        are_charges = [kind == CHARGE for kind in self.kinds]
        return [
            Same(file.file_id),
            self.found.numbers,
            [context.profile for context in contexts],
            self.transaction_ids,
            [
                back if is_charge else against
                for is_charge, back, against in zip(are_charges, self.reversed_ids, values.texts(at[31]), strict=True)
            ],
            [context.claim_id for context in contexts],
            [context.patient_id for context in contexts],
            self.kinds,
            [
                ("primary" if context.is_insured else None) if is_charge else _payer_of(kind_code)
                for kind_code, is_charge, context in zip(self.kind_codes, are_charges, contexts, strict=True)
            ],
            self.amounts,
            self.reasons,
            [
                procedure.code_system if is_charge else None
                for is_charge, procedure in zip(are_charges, self.procedures, strict=True)
            ],
            [
                procedure.code if is_charge else None
                for is_charge, procedure in zip(are_charges, self.procedures, strict=True)
            ],
            *zip(*(procedure.modifiers for procedure in self.procedures), strict=True),
            self.units,
            self.diagnoses,
            Same(None),
            [provider.provider_id for provider in self.providers],
            [places[field] or context.location_id for field, context in zip(at[16], contexts, strict=True)],
            [context.payer_id for context in contexts],
            [context.payer_name for context in contexts],
            self.service_dates,
            self.post_dates,
            Same(None),
            values.texts(at[3]),
            Same(file.landed_at),
        ]

    def details(self, file: SourceFile) -> list[Sequence[Any] | Same]:
        """Return the columns of ``transaction_details``."""
        at, values = self.at, self.values
        charged = [values.codes[field] for field in at[7]]
        return [
            Same(file.file_id),
            self.found.numbers,
            [context.message_number for context in self.found.contexts],
            self.hold_reasons,
            self.reversed_ids,
            [code or None for code, _ in charged],
            [system or None for _, system in charged],
            [values.money[field].amount for field in at[12]],
            [currency or None for currency in self.currencies],
            values.texts(at[13]),
            values.texts(at[14]),
            values.provider_ids(at[21]),
            values.texts(at[23]),
            values.texts(at[39]),
            Same(file.landed_at),
        ]


def _payer_of(kind_code: str) -> str | None:
    return "patient" if kind_code == COPAYMENT else None


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
