"""Fields to values: dates, amounts, codes, providers, places, by one message's encoding characters.

Senders repeat themselves, so a value that was read once is looked up afterwards; the methods that read a column do so
for one field of many segments at once. What does not belong here: which field of which segment (``charges``,
``people``), and whether a value is good enough to book.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from orchestration.core.ids import is_npi
from orchestration.core.money import parse_quantity, parse_written_amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from orchestration.formats.hl7.encoding import Encoding


_Written = TypeVar("_Written")
_Read = TypeVar("_Read")
# `""` in HL7 means "delete what you know": no value either way
_NULL = '""'
_DAY = re.compile(r"\d{8}\Z", re.ASCII)
_DAY_WIDTH = 8
_TIME = re.compile(r"(?:(\d{2})(\d{2})(?:\d{2}(?:\.\d{1,4})?)?)?(?:[+-]\d{4})?\Z", re.ASCII)
_OLDEST_YEAR = 1900
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
_CURRENCY_WIDTH = 3
# distinct values kept per encoding and kind before the memory starts anew: a bound, not a tuning
_MOST_KEPT = 20_000
_XCN_AUTHORITY, _XCN_CHECK, _XCN_TYPE = 8, 9, 12
_CX_TYPE = 4


class DayAndTime(NamedTuple):
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


class ProviderId(NamedTuple):
    """A person's id: the NPI where one repeat has it; ``fails_check`` when it looks like one and is none."""

    provider_id: str | None
    fails_check: bool


NO_MONEY = Money(None, "", is_written=False)
NO_PROVIDER = ProviderId(None, fails_check=False)


class Fields:
    """The fields of a segment that are read, by their numbers: picked out of it, and the rest is forgotten at once."""

    def __init__(self, *places: int) -> None:
        self.places = places
        self.pick: Callable[[list[str]], tuple[str, ...]] = itemgetter(*places)

    def columns(self, picked: Iterable[tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
        """Return the fields of many segments as columns."""
        return dict(zip(self.places, zip(*picked, strict=True), strict=True))

    def whole(self, picked: tuple[str, ...]) -> list[str]:
        """Return one segment as it was cut, with nothing where no field is read."""
        fields = [""] * (self.places[-1] + 1)
        for place, field in zip(self.places, picked, strict=True):
            fields[place] = field
        return fields


class Known(dict[_Written, _Read]):
    """What was read already, by how it is written; what is missing is read when it is asked for."""

    def __init__(self, reader: Callable[[_Written], _Read]) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, written: _Written) -> _Read:
        """Read one value and keep it."""
        if len(self) >= _MOST_KEPT:
            self.clear()
        found = self[written] = self._reader(written)
        return found


class Values:
    """Readers of single fields for messages with the same encoding characters.

    What is a ``Known`` (``days``, ``money``, ``providers`` ...) reads a field by looking it up.
    """

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self._marks = tuple(filter(None, (encoding.component, encoding.repetition, encoding.subcomponent)))
        # where none of them stands, a field is what its first component says
        self._special = (*self._marks, *filter(None, (encoding.escape, '"')))
        self.written: Known[str, str | None] = Known(lambda field: self.first(field) or None)
        self.capitals: Known[str, str] = Known(lambda field: self.first(field).upper())
        # by far the most usual way to write money needs none of the care of the others
        mark = re.escape(encoding.subcomponent)
        self._usual_money = re.compile(
            rf"(\d{{1,15}}\.\d\d)(?:{mark}([A-Z]{{3}}))?\Z" if mark else r"(\d{1,15}\.\d\d)()\Z", re.ASCII
        ).match
        self._written_days = Known(_parse_day)
        self._written_times = Known(_parse_time)
        self.moments = Known(self._read_moment)
        self.days = Known(self._read_day)
        self.money = Known(self._read_money)
        self.quantities: Known[str, Decimal | None] = Known(
            lambda field: parse_quantity(self.first(field).removeprefix("+"))
        )
        self.procedures: Known[tuple[str, str, str], Procedure] = Known(lambda fields: self._read_procedure(*fields))
        self.codes = Known(self._read_code)
        self.diagnoses = Known(self._read_diagnoses)
        self.providers = Known(self._read_provider)
        self.set_ids = Known(self._read_set_id)
        self.places = Known(self._read_place)
        self.facilities: Known[str, str | None] = Known(lambda field: self.component(field, 4) or None)
        self.flags: Known[str, bool | None] = Known(
            lambda field: {"Y": True, "N": False}.get(self.first(field).upper())
        )

    def texts(self, fields: Sequence[str]) -> list[str | None]:
        """Return many fields, each its first component (``first``) or nothing."""
        if not any(fields):
            return [None] * len(fields)
        together = "\x00".join(fields)
        # no blank anywhere, and nothing that separates, escapes or quotes: they are what they say
        if together.split(None, 1) == [together] and not any(mark in together for mark in self._special):
            return [field or None for field in fields]
        return list(map(self.written.__getitem__, fields))

    def days_of(self, fields: Sequence[str]) -> list[dt.date | None]:
        """Return the days of many fields (``days``)."""
        return list(map(self.days.__getitem__, fields))

    def capitals_of(self, fields: Sequence[str]) -> list[str | None]:
        """Return many fields in capitals, or nothing."""
        known = self.capitals
        return [known[field] or None for field in fields]

    def provider_ids(self, fields: Sequence[str]) -> list[str | None]:
        """Return the ids of the people in many fields (``providers``)."""
        known = self.providers
        return [known[field].provider_id for field in fields]

    def money_of(self, fields: Sequence[str]) -> list[Money]:
        """Return many amounts (``money``)."""
        usual, known = self._usual_money, self.money
        return [
            Money(Decimal(found[1]), found[2] or "", is_written=True) if (found := usual(field)) else known[field]
            for field in fields
        ]

    def is_usual_money(self, field: str) -> bool:
        """Tell whether a field is an amount as it is mostly written, to the cent."""
        return self._usual_money(field) is not None

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
        for mark in self._marks:
            if mark in field:
                field = field.partition(mark)[0]
        return self.text(field)

    def component(self, field: str, number: int) -> str:
        """Return one component of the first repeat, from 1, its first sub-component."""
        parts = self.components(field)
        return self.first(parts[number - 1]) if number <= len(parts) else ""

    def repeats(self, field: str) -> list[str]:
        """Return the repeats of a field that are not empty."""
        mark = self.encoding.repetition
        return [part for part in (field.split(mark) if mark else [field]) if part]

    def _read_moment(self, field: str) -> DayAndTime | None:
        """Return day and local time of a DTM, TS or the start of a DR; ``None`` without a whole day (YYYYMMDD)."""
        written = self.first(field)
        day = self._written_days[written[:_DAY_WIDTH]]
        time = self._written_times[written[_DAY_WIDTH:]]
        return DayAndTime(day, time or None) if day is not None and time is not None else None

    def _read_day(self, field: str) -> dt.date | None:
        """Return the day of a date or time; its zone does not move it: it is the day the sender wrote."""
        written = self.first(field)
        is_whole = self._written_times[written[_DAY_WIDTH:]] is not None
        return self._written_days[written[:_DAY_WIDTH]] if is_whole else None

    def _read_money(self, field: str) -> Money:
        """Return a CP or MO: ``100&USD``, ``100.00``, ``$1,234.50``, ``100^USD``.

        CP-2 is a code of table 0205 of two letters; where it is words, the field is a code that stands out of place.
        """
        mark = self.encoding.subcomponent
        first, kind, *_ = (*self.components(field), "")
        parts = first.split(mark) if mark else [first]
        number = self.text(parts[0]) if parts else ""
        if not number:
            return NO_MONEY
        kind = self.text(kind).upper()
        currency = self.text(parts[1]).upper() if len(parts) > 1 else kind if len(kind) == _CURRENCY_WIDTH else ""
        amount = parse_written_amount(number.removeprefix("+")) if len(kind) <= _CURRENCY_WIDTH else None
        return Money(amount, currency, is_written=True)

    def _read_procedure(self, charge_field: str, procedure_field: str, modifier_field: str) -> Procedure:
        """Return what FT1-7, FT1-25 and FT1-26 say was done.

        FT1-25 is the procedure; FT1-7 is the sender's charge code, which many senders fill with the CPT code. Two
        different CPT-shaped codes of which FT1-25 names another system disagree: a person must say which is billed.
        """
        modifiers = [self.first(part).upper() for part in self.repeats(modifier_field)]
        modifiers = [modifier for modifier in modifiers if modifier]
        is_odd = len(modifiers) > _MODIFIERS or any(len(modifier) != _MODIFIER_WIDTH for modifier in modifiers)
        one, two, three, four, *_ = (*modifiers, None, None, None, None)
        four_modifiers = (one, two, three, four)
        stated, stated_system = self.codes[procedure_field]
        charged, charged_system = self.codes[charge_field]
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

    def _read_code(self, field: str) -> tuple[str, str]:
        """Return identifier and coding system of a CE, CWE or CNE, both in capitals."""
        if not field:
            return "", ""
        parts = self.components(field)
        return self.first(parts[0]).upper(), self.text(parts[2]).upper() if len(parts) > 2 else ""  # noqa: PLR2004  # CWE-3

    def _read_diagnoses(self, field: str) -> tuple[str | None, bool]:
        """Return the ICD-10-CM codes of a repeating CWE joined by ``;``, and whether other codes were left out."""
        codes, others = [], False
        for part in self.repeats(field):
            code, system = self.codes[part]
            if system in _ICD_10_SYSTEMS or (not system and _ICD_10_SHAPE.match(code)):
                codes.append(code.replace(";", ""))
            elif code:
                others = True
        return ";".join(dict.fromkeys(codes)) or None, others

    def _read_provider(self, field: str) -> ProviderId:
        """Return the id of an XCN: the repeat that is an NPI, else the first that has an id."""
        if not field:
            return NO_PROVIDER
        people = [self._person(part) for part in self.repeats(field)]
        people = [(identity, is_npi) for identity, is_npi in people if identity]
        identity, is_called = next((one for one in people if one[1]), people[0] if people else ("", False))
        looks_like_one = is_called or bool(_NPI_SHAPE.match(identity))
        return ProviderId(identity or None, bool(identity) and looks_like_one and not is_npi(identity))

    def _person(self, part: str) -> tuple[str, bool]:
        """Return the id of one XCN and whether it is called an NPI."""
        parts = part.split(self.encoding.component)
        said = [self.text(parts[at]) for at in (_XCN_AUTHORITY, _XCN_CHECK, _XCN_TYPE) if at < len(parts)]
        # some senders write it where the assigning authority belongs, or one place behind: ``&1234567893&NPI``
        for text in said[:2]:
            _, inside, kind, *_ = (*text.split(self.encoding.subcomponent or None), "", "", "")
            if kind.upper() == "NPI" and _NPI_SHAPE.match(inside):
                return inside, True
        return self.first(part), any(text.upper() == "NPI" or _NPI_OID in text for text in said)

    def patient(self, field: str) -> str:
        """Return the id of a CX list: the medical record number where one is called that, else the first."""
        mark = self.encoding.repetition
        if not mark or mark not in field:
            return self.first(field)
        parts = self.repeats(field)
        for part in parts:
            pieces = part.split(self.encoding.component)
            if len(pieces) > _CX_TYPE and self.text(pieces[_CX_TYPE]).upper() in _MEDICAL_RECORD_NUMBER:
                return self.first(part)
        return next((identity for identity in map(self.first, parts) if identity), "")

    def _read_set_id(self, field: str) -> int | None:
        """Return an SI: four digits at most; what is longer counts nothing."""
        said = self.first(field)
        return int(said) if said.isascii() and said.isdigit() and len(said) <= 4 else None  # noqa: PLR2004

    def _read_place(self, field: str) -> str | None:
        """Return where a PL is: its point of care, else its facility."""
        return (self.first(field) or self.component(field, 4) or None) if field else None


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


def _parse_day(text: str) -> dt.date | None:
    """Return the day of YYYYMMDD, none before 1900."""
    if not _DAY.match(text):
        return None
    try:
        day = dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if day.year >= _OLDEST_YEAR else None


def _parse_time(text: str) -> str | None:
    """Return the HH:MM of what stands behind a day, ``""`` when no time does, ``None`` when it is something else."""
    found = _TIME.match(text)
    if not found:
        return None
    hour, minute = found.groups()
    if hour is None:
        return ""
    return f"{hour}:{minute}" if int(hour) < 24 and int(minute) < 60 else None  # noqa: PLR2004  # a day's clock
