"""Fields to values: dates, amounts, codes, providers, places, by one message's encoding characters.

Senders repeat themselves, so a value that was read once is looked up afterwards. What does not belong here: which
field of which segment (``charges``, ``people``), and whether a value is good enough to book.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestration.core.ids import is_npi
from orchestration.core.money import parse_quantity, parse_written_amount

if TYPE_CHECKING:
    from orchestration.formats.hl7.encoding import Encoding

# `""` in HL7 means "delete what you know": no value either way
_NULL = '""'
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:\d{2}(?:\.\d{1,4})?)?)?(?:[+-]\d{4})?\Z", re.ASCII)
_OLDEST_YEAR = 1900
_CENTS = re.compile(r"\d{1,15}\.\d\d\Z", re.ASCII)
_NPI_SHAPE = re.compile(r"\d{10}\Z", re.ASCII)
# the object identifier of the National Provider Identifier
_NPI_OID = "2.16.840.1.113883.4.6"
_CPT_SHAPE = re.compile(r"(?:\d{4}[0-9A-Z]|[A-Z]\d{4})\Z", re.ASCII)
_ICD_10_SHAPE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?\Z", re.ASCII)
# HL7 table 0396 and what senders write instead
_CPT_SYSTEMS: Final = frozenset({"C4", "C5", "CPT", "CPT4", "CPT-4", "CPTM", "HCPCS", "HCP", "HCPT", "HPC", "HC"})
_ICD_10_SYSTEMS: Final = frozenset({"I10", "I10C", "ICD10", "ICD-10", "ICD10CM", "ICD-10-CM", "10D"})
_SNOMED_SYSTEMS: Final = frozenset({"SCT", "SNOMED", "SNM", "SNOMEDCT"})
_MEDICAL_RECORD_NUMBER: Final = frozenset({"MR", "MRN"})
_MODIFIERS = 4
_MODIFIER_WIDTH = 2
# distinct values kept per encoding before the memory starts anew: a bound, not a tuning
_MOST_KEPT = 20_000
_XCN_AUTHORITY, _XCN_CHECK, _XCN_TYPE = 8, 9, 12
_CX_TYPE = 4


class Moment(NamedTuple):
    """A day and, when it was said, the local time as HH:MM."""

    day: dt.date
    time: str | None


class Money(NamedTuple):
    """A composite price: exact dollars or ``None``, its currency, and whether something stood there at all."""

    amount: Decimal | None
    currency: str
    is_written: bool


class Procedure(NamedTuple):
    """What was done: code system (CPT, SNOMED, LOCAL or none), code, four modifiers, and what is odd about them."""

    code_system: str | None
    code: str | None
    modifiers: tuple[str | None, str | None, str | None, str | None]
    codes_disagree: bool
    odd_modifiers: bool


class Provider(NamedTuple):
    """A person's id: the NPI where one repeat has it; ``fails_check`` when it looks like one and is none."""

    provider_id: str | None
    fails_check: bool


NO_MONEY = Money(None, "", is_written=False)
NO_PROVIDER = Provider(None, fails_check=False)


class Values:
    """Readers of single fields for messages with the same encoding characters."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        marks = (encoding.component, encoding.repetition, encoding.subcomponent)
        self._up_to_mark = re.compile(f"[^{re.escape(''.join(marks))}]*").match
        self._firsts: dict[str, str] = {}
        self._quantities: dict[str, Decimal | None] = {}
        self._moments: dict[str, Moment | None] = {}
        self._money: dict[str, Money] = {}
        self._procedures: dict[tuple[str, str, str], Procedure] = {}
        self._providers: dict[str, Provider] = {}
        self._diagnoses: dict[str, tuple[str | None, bool]] = {}

    def text(self, value: str) -> str:
        """Return one component without escapes and blanks around it; ``""`` is nothing."""
        if self.encoding.escape in value:
            value = self.encoding.unescape(value)
        value = value.strip()
        return "" if value == _NULL else value

    def components(self, field: str) -> list[str]:
        """Return the components of the first repeat of a field, escaped as they are."""
        mark = self.encoding.repetition
        if mark and mark in field:
            field = field.partition(mark)[0]
        return field.split(self.encoding.component)

    def first(self, field: str) -> str:
        """Return the first sub-component of the first component of the first repeat."""
        # no delimiter, blank or quote is a letter or a digit
        if not field or field.isalnum():
            return field
        found = self._firsts.get(field)
        if found is None:
            part = self._up_to_mark(field).group()  # type: ignore[union-attr]  # nothing matches too
            found = self.text(part)
            _keep(self._firsts, field, found)
        return found

    def component(self, field: str, number: int) -> str:
        """Return one component of the first repeat, from 1, its first sub-component."""
        parts = self.components(field)
        return self.first(parts[number - 1]) if number <= len(parts) else ""

    def repeats(self, field: str) -> list[str]:
        """Return the repeats of a field that are not empty."""
        mark = self.encoding.repetition
        return [part for part in (field.split(mark) if mark else [field]) if part]

    def moment(self, field: str) -> Moment | None:
        """Return day and local time of a DTM, TS or the start of a DR; ``None`` without a whole day (YYYYMMDD)."""
        if field in self._moments:
            return self._moments[field]
        found = _parse_moment(self.first(field))
        _keep(self._moments, field, found)
        return found

    def day(self, field: str) -> dt.date | None:
        """Return the day of a date or time; its zone does not move it: it is the day the sender wrote."""
        found = self.moment(field) if field else None
        return found.day if found else None

    def money(self, field: str) -> Money:
        """Return a CP or MO: ``100&USD``, ``100.00``, ``$1,234.50``."""
        if not field:
            return NO_MONEY
        known = self._money.get(field)
        if known is not None:
            return known
        mark = self.encoding.subcomponent
        first = self.components(field)[0]
        parts = first.split(mark) if mark else [first]
        number = self.text(parts[0]) if parts else ""
        currency = self.text(parts[1]).upper() if len(parts) > 1 else ""
        found = Money(_dollars(number), currency, is_written=True) if number else NO_MONEY
        _keep(self._money, field, found)
        return found

    def quantity(self, field: str) -> Decimal | None:
        """Return an NM that fits DECIMAL(18,4), ``None`` when it does not or is none."""
        if field in self._quantities:
            return self._quantities[field]
        found = parse_quantity(self.first(field).removeprefix("+"))
        _keep(self._quantities, field, found)
        return found

    def procedure(self, charge_code: str, procedure_code: str, modifiers: str) -> Procedure:
        """Return what FT1-7, FT1-25 and FT1-26 say was done.

        FT1-25 is the procedure; FT1-7 is the sender's charge code, which many senders fill with the CPT code. Two
        different CPT-shaped codes of which FT1-25 names another system disagree: a person must say which is billed.
        """
        key = (charge_code, procedure_code, modifiers)
        found = self._procedures.get(key)
        if found is None:
            found = self._procedure(*key)
            _keep(self._procedures, key, found)
        return found

    def _procedure(self, charge_field: str, procedure_field: str, modifier_field: str) -> Procedure:
        modifiers = [self.first(part).upper() for part in self.repeats(modifier_field)]
        modifiers = [modifier for modifier in modifiers if modifier]
        is_odd = len(modifiers) > _MODIFIERS or any(len(modifier) != _MODIFIER_WIDTH for modifier in modifiers)
        one, two, three, four, *_ = (*modifiers, None, None, None, None)
        four_modifiers = (one, two, three, four)
        stated, stated_system = self.code(procedure_field)
        charged, charged_system = self.code(charge_field)
        system, code = _likeliest(stated, stated_system, charged, charged_system)
        disagree = bool(
            stated != charged
            and _CPT_SHAPE.match(stated)
            and _CPT_SHAPE.match(charged)
            and stated_system not in _CPT_SYSTEMS
            and stated_system
        )
        if disagree:
            system, code = None, None
        return Procedure(system, code, four_modifiers, disagree, is_odd)

    def code(self, field: str) -> tuple[str, str]:
        """Return identifier and coding system of a CE, CWE or CNE, both in capitals."""
        if not field:
            return "", ""
        parts = self.components(field)
        return self.first(parts[0]).upper(), self.text(parts[2]).upper() if len(parts) > 2 else ""  # noqa: PLR2004  # CWE-3

    def diagnoses(self, field: str) -> tuple[str | None, bool]:
        """Return the ICD-10-CM codes of a repeating CWE joined by ``;``, and whether other codes were left out."""
        found = self._diagnoses.get(field)
        if found is None:
            codes, others = [], False
            for part in self.repeats(field):
                code, system = self.code(part)
                if system in _ICD_10_SYSTEMS or (not system and _ICD_10_SHAPE.match(code)):
                    codes.append(code.replace(";", ""))
                elif code:
                    others = True
            found = (";".join(dict.fromkeys(codes)) or None, others)
            _keep(self._diagnoses, field, found)
        return found

    def provider(self, field: str) -> Provider:
        """Return the id of an XCN: the repeat that is an NPI, else the first that has an id."""
        if not field:
            return NO_PROVIDER
        found = self._providers.get(field)
        if found is None:
            people = [(self.first(part), self._is_called_npi(part)) for part in self.repeats(field)]
            people = [(identity, is_npi) for identity, is_npi in people if identity]
            identity, is_called = next((one for one in people if one[1]), people[0] if people else ("", False))
            looks_like_one = is_called or bool(_NPI_SHAPE.match(identity))
            found = Provider(identity or None, bool(identity) and looks_like_one and not is_npi(identity))
            _keep(self._providers, field, found)
        return found

    def _is_called_npi(self, part: str) -> bool:
        parts = part.split(self.encoding.component)
        said = [self.text(parts[at]) for at in (_XCN_AUTHORITY, _XCN_CHECK, _XCN_TYPE) if at < len(parts)]
        return any(text.upper() == "NPI" or _NPI_OID in text for text in said)

    def patient(self, field: str) -> str:
        """Return the id of a CX list: the medical record number where one is called that, else the first."""
        parts = self.repeats(field)
        for part in parts:
            pieces = part.split(self.encoding.component)
            if len(pieces) > _CX_TYPE and self.text(pieces[_CX_TYPE]).upper() in _MEDICAL_RECORD_NUMBER:
                return self.first(part)
        return next((identity for identity in map(self.first, parts) if identity), "")

    def place(self, field: str) -> str:
        """Return where a PL is: its point of care, else its facility."""
        return (self.first(field) or self.component(field, 4)) if field else ""


def _likeliest(stated: str, stated_system: str, charged: str, charged_system: str) -> tuple[str | None, str | None]:
    """Return code system and code of FT1-25 (stated) and FT1-7 (charged)."""
    for code, system in ((stated, stated_system), (charged, charged_system)):
        if code and (system in _CPT_SYSTEMS or not system) and _CPT_SHAPE.match(code):
            return "CPT", code
        if code and system in _SNOMED_SYSTEMS:
            return "SNOMED", code
    # what is left is a code of the sender's own charge master, which FT1-7 is for
    code = charged or stated
    return ("LOCAL", code) if code else (None, None)


def _dollars(number: str) -> Decimal | None:
    # by far the most usual form needs none of the care of the others
    if _CENTS.match(number):
        return Decimal(number)
    return parse_written_amount(number.removeprefix("+"))


def _parse_moment(text: str) -> Moment | None:
    found = _DAY.match(text)
    if not found:
        return None
    year, month, day, hour, minute = found.groups()
    try:
        if int(year) < _OLDEST_YEAR:
            return None
        date = dt.date(int(year), int(month), int(day))
        if hour is None:
            return Moment(date, None)
        dt.time(int(hour), int(minute))
    except ValueError:
        return None
    return Moment(date, f"{hour}:{minute}")


def _keep(known: dict[Any, Any], key: object, value: object) -> None:
    if len(known) >= _MOST_KEPT:
        known.clear()
    known[key] = value
