"""EHR exports to ``raw_ehr``: every record becomes a row or a refused record with its amount.

Refused (error finding, the amount of a charge goes to ``quarantined_amount``): a ragged record, an unknown type,
no transaction id, an unreadable amount, an unreadable service, post or void date. Loaded with a warning: an NPI
whose check digit fails, a service after its post date, units of zero or less. Duplicate ids are loaded: which one
counts is known only across files. What does not belong here: layouts (``profiles/*.toml``).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import Delimited, Record, UndecodableError, read_delimited
from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.money import ZERO, fits, parse_quantity, parse_written_amount
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.exports.profile import Profile, match_profile, profiles
from orchestration.formats.exports.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_CHARGE = "CHARGE"
_RAGGED, _UNKNOWN_TYPE = "ragged_record", "unknown_type"
_NO_ID, _NO_AMOUNT = "missing_transaction_id", "unreadable_amount"
_MODIFIERS = 4
_CODE_WIDTH = 5
_SEPARATORS = re.compile(r"[\s,;:|-]+")
_NPI_SHAPE = re.compile(r"\d{10}\Z", re.ASCII)


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many export files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    try:
        table = read_delimited(file.content)
    except UndecodableError as error:
        batch.quarantine_file(file, profile=None, reason=error.finding)
        return
    name = match_profile(table.header)
    if name is None:
        reason = Finding("unknown_layout", "error", "the header matches no profile: no known export has these columns")
        batch.quarantine_file(file, profile=None, reason=reason, record_count=len(table.records))
        return
    rows = _Rows(profiles()[name], file, table)
    missing = rows.missing_columns()
    if missing:
        names = ", ".join(missing)
        reason = Finding("missing_column", "error", f"the {name} layout needs the column {names}, which is not there")
        batch.quarantine_file(
            file, profile=name, reason=reason, record_count=len(table.records), in_amount=rows.readable_charges()
        )
        return
    rows.read()
    if not fits(rows.in_amount):
        reason = Finding("amount_out_of_range", "error", "the charges of the file sum to more than money can be")
        batch.quarantine_file(file, profile=name, reason=reason, record_count=len(table.records))
        return
    batch.rows["transactions"].extend(rows.accepted)
    batch.add_file(
        file,
        profile=name,
        record_count=len(table.records),
        in_amount=rows.in_amount,
        quarantined_amount=rows.refused_amount,
        findings=[*table.findings, *rows.findings],
    )


class _RefusedError(Exception):
    """One record cannot be a row: its reason on the way to the record's loop, never seen outside this module."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class _Rows:
    """The records of one file, read by one profile."""

    def __init__(self, profile: Profile, file: SourceFile, table: Delimited) -> None:
        self.profile = profile
        self.file = file
        self.table = table
        self.places = {name.lower(): place for place, name in reversed(list(enumerate(table.header)))}
        self.columns = {key: self.places.get(name.lower()) for key, name in profile.columns.items()}
        self.modifiers = [self.places.get(name.lower()) for name in profile.modifier_columns]
        self.amounts = {
            kind: (self.places.get(name.removeprefix("-").lower()), name.startswith("-"))
            for kind, name in profile.amounts.items()
        }
        self.types = {word.upper(): kind for word, kind in profile.types.items()}
        self.buckets = {word.lower(): bucket for word, bucket in profile.buckets.items()}
        self.dates: dict[str, dt.date | None] = {}
        self.accepted: list[tuple[Any, ...]] = []
        self.findings: list[Finding] = []
        self.in_amount = ZERO
        self.refused_amount = ZERO

    def missing_columns(self) -> list[str]:
        """Return the source names of required columns that the header lacks."""
        needed = (self.profile.columns[key] for key in sorted(self.profile.required))
        by_type = (name.removeprefix("-") for name in self.profile.amounts.values())
        return list(dict.fromkeys(name for name in (*needed, *by_type) if name.lower() not in self.places))

    def readable_charges(self) -> Decimal:
        """Return the charges of a file that is not read: what can be told without the missing columns."""
        amounts = (self._control_amount(record) for record in self.table.records)
        total = sum((amount for amount in amounts if amount is not None), ZERO)
        return total if fits(total) else ZERO

    def read(self) -> None:
        """Fill ``accepted``, ``findings`` and both control amounts."""
        extra = [name for name in self.table.header if name.lower() not in self.profile.known_columns]
        if extra:
            count = f"{len(extra)} columns that the {self.profile.name} layout does not know were not read"
            self.findings.append(Finding("extra_column", "warning", count, line_number=1))
        for record in self.table.records:
            control = self._control_amount(record)
            self.in_amount += control or ZERO
            try:
                self.accepted.append(self._row(record))
            except _RefusedError as refusal:
                self.refused_amount += control or ZERO
                self.findings.append(
                    Finding(refusal.code, "error", refusal.message, line_number=record.line_number, amount=control)
                )

    def _control_amount(self, record: Record) -> Decimal | None:
        """Return what the record adds to the control amount: a charge's, or one of a type nobody knows.

        A record with fields too many has moved cells, so none of its amounts can be trusted.
        """
        if len(record.fields) > len(self.table.header):
            return None
        kind = self.types.get(self._text(record, "transaction_type").upper())
        return self._amount(record, _CHARGE) if kind in {_CHARGE, None} else None

    def _row(self, record: Record) -> tuple[Any, ...]:
        """Return the record as a row; raises ``_RefusedError`` when it cannot be one."""
        if record.is_ragged:
            found, expected = len(record.fields), len(self.table.header)
            message = f"the record has {found} fields where the header has {expected}: its cells may have moved"
            raise _RefusedError(_RAGGED, message)
        kind = self.types.get(self._text(record, "transaction_type").upper())
        if kind is None:
            message = "the transaction type is none that the layout knows"
            raise _RefusedError(_UNKNOWN_TYPE, message)
        transaction_id = self._text(record, "transaction_id")
        if not transaction_id:
            message = "the record has no transaction id"
            raise _RefusedError(_NO_ID, message)
        amount = self._amount(record, kind)
        if amount is None:
            message = f"the amount of a {kind.lower()} is missing or unreadable"
            raise _RefusedError(_NO_AMOUNT, message)
        service_date = self._date(record, "service_date", is_required=True)
        post_date = self._date(record, "post_date", is_required="post_date" in self.profile.required)
        void_date = self._date(record, "void_date", is_required=False)
        if service_date and post_date and service_date > post_date:
            self._warn(record, "service_after_post", "the service date is after the post date")
        provider = self._text(record, "rendering_provider_id")
        if _NPI_SHAPE.match(provider) and not is_npi(provider):
            self._warn(record, "npi_check_digit", "the provider's NPI fails its check digit: it may be mistyped")
        code, modifiers = self._procedure(record)
        return (
            self.file.file_id,
            record.line_number,
            self.profile.name,
            transaction_id,
            self._text(record, "parent_charge_id") or None,
            self._text(record, "claim_id") or None,
            self._text(record, "patient_id") or None,
            kind,
            self.buckets.get(self._text(record, "bucket").lower()) or self.profile.default_bucket.get(kind),
            amount,
            self._text(record, "reason") or None,
            self.profile.code_system,
            code,
            *modifiers,
            self._units(record),
            self._text(record, "diagnosis_codes") or None,
            self._text(record, "place_of_service_code") or None,
            provider or None,
            self._text(record, "location_id") or None,
            self._text(record, "payer_id") or None,
            self._text(record, "payer_name") or None,
            service_date,
            post_date,
            void_date,
            self._text(record, "batch_id") or None,
            self.file.landed_at,
        )

    def _text(self, record: Record, key: str) -> str:
        place = self.columns.get(key)
        return record.fields[place].strip() if place is not None and place < len(record.fields) else ""

    def _cell(self, record: Record, place: int | None) -> str:
        return record.fields[place].strip() if place is not None and place < len(record.fields) else ""

    def _amount(self, record: Record, kind: str) -> Decimal | None:
        place, is_turned = self.amounts.get(kind, (self.columns.get("amount"), False))
        amount = parse_written_amount(self._cell(record, place))
        return -amount if amount and is_turned else amount

    def _date(self, record: Record, key: str, *, is_required: bool) -> dt.date | None:
        """Return a date; an unreadable one refuses the record, and so does a required one that is missing."""
        text = self._text(record, key)
        if not text and not is_required:
            return None
        if text not in self.dates:
            self.dates[text] = _parse_date(text, self.profile.date_formats)
        date = self.dates[text]
        if date is None:
            code, words = f"unreadable_{key}", key.replace("_", " ")
            message = f"the {words} is missing or not a date of this layout"
            raise _RefusedError(code, message)
        return date

    def _units(self, record: Record) -> Decimal | None:
        text = self._text(record, "units")
        if not text:
            return None
        units = parse_quantity(text)
        if units is None:
            self._warn(record, "unreadable_units", "the units are not a number")
        elif units <= 0:
            self._warn(record, "units_not_positive", "the units are zero or less")
        return units

    def _procedure(self, record: Record) -> tuple[str | None, list[str | None]]:
        """Return the code and exactly four modifiers."""
        text = self._text(record, "procedure_code")
        modifiers: list[str | None] = []
        if self.profile.modifiers_follow_code:
            text, following = split_procedure(text)
            modifiers.extend(following)
        for place in self.modifiers:
            modifiers.extend(part for part in _SEPARATORS.split(self._cell(record, place)) if part)
        if len(modifiers) > _MODIFIERS:
            self._warn(record, "too_many_modifiers", "only the first four modifiers were read")
        return text or None, (modifiers + [None] * _MODIFIERS)[:_MODIFIERS]

    def _warn(self, record: Record, code: str, message: str) -> None:
        self.findings.append(Finding(code, "warning", message, line_number=record.line_number))


def split_procedure(text: str) -> tuple[str, list[str]]:
    """Return a code and the modifiers written after it: ``99213,25`` and ``9921325`` are both 99213 with 25.

    A code is never padded and never cut short: what is not a five-character code followed by pairs stays whole.
    """
    head, *rest = [part for part in _SEPARATORS.split(text.strip()) if part] or [""]
    tail = head[_CODE_WIDTH:]
    if not rest and tail and len(tail) % 2 == 0 and head.isalnum():
        return head[:_CODE_WIDTH], [tail[place : place + 2] for place in range(0, len(tail), 2)]
    return head, rest


def _parse_date(text: str, formats: Sequence[str]) -> dt.date | None:
    for pattern in formats:
        try:
            # the date as the practice wrote it: a timestamp's time and zone are not moved
            return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a calendar date has no zone
        except ValueError:
            continue
    return None
