"""EHR exports to ``raw_ehr``: every record becomes a row or a refused record with its amount.

Refused (error finding, the amount of a charge goes to ``quarantined_amount``): a ragged record, an unknown type,
no transaction id, an unreadable amount or one whose sign contradicts its own flag, an unreadable or ambiguous service,
post or void date. Loaded with a warning: an NPI whose check digit fails, a service after its post date, a payment
before its service, a void before its posting, a date after the day the file landed, an id used before in the file,
units of zero or less. Which of two equal ids counts, whether a provider is known and whether the charge of a void was
ever seen can be told only across files (dbt).
Quarantined whole: no table, no known layout, a required column missing, a report whose own totals or counts do not
tie. What does not belong here: layouts (``profiles/*.toml``).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from orchestration.core.delimited import Delimited, Record, UndecodableError
from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.layouts import Cells
from orchestration.core.money import ZERO, fits, parse_quantity, parse_written_amount
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.core.tabular import read_table
from orchestration.formats.exports.known import finding, match_known
from orchestration.formats.exports.profile import Profile, match_profile, profiles
from orchestration.formats.exports.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

_CHARGE, _PAYMENT = "CHARGE", "PAYMENT"
_RAGGED, _UNKNOWN_TYPE = "ragged_record", "unknown_type"
_SIGN = "sign_contradicts_flag"
_NO_ID, _NO_AMOUNT = "missing_transaction_id", "unreadable_amount"
_MODIFIERS = 4
_CODE_WIDTH = 5
_SEPARATORS = re.compile(r"[\s,;:|-]+")
_NPI_SHAPE = re.compile(r"\d{10}\Z", re.ASCII)


def read(files: Sequence[SourceFile], own: Mapping[str, Profile] | None = None) -> RawBatch:
    """Return the rows of many export files; ``own`` are the practice's own layouts by name.

    Never raises, whatever the bytes.
    """
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file, own or {})
    return batch


def _read_file(batch: RawBatch, file: SourceFile, own: Mapping[str, Profile]) -> None:
    try:
        table = read_table(
            file.content, lambda header: match_profile(header, own) is not None or match_known(header) is not None
        )
    except UndecodableError as error:
        batch.quarantine_file(file, profile=None, reason=error.finding)
        return
    name = match_profile(table.header, own)
    if name is None:
        known = match_known(table.header)
        words = "the header matches no profile: no known export has these columns"
        unknown = Finding("unknown_layout", "error", words) if known is None else finding(known)
        batch.quarantine_file(file, profile=None, reason=unknown, record_count=len(table.records))
        return
    rows = _Rows(own.get(name) or profiles()[name], file, table)
    count = len(rows.records)
    missing = rows.missing_finding()
    if missing is not None:
        charged = rows.readable_charges()
        batch.quarantine_file(file, profile=name, reason=missing, record_count=count, in_amount=charged)
        return
    rows.read()
    if not fits(rows.in_amount):
        large = Finding("amount_out_of_range", "error", "the charges of the file sum to more than money can be")
        batch.quarantine_file(file, profile=name, reason=large, record_count=count)
        return
    untied = rows.untied()
    if untied is not None:
        batch.quarantine_file(file, profile=name, reason=untied, record_count=count, in_amount=rows.in_amount)
        return
    batch.rows["transactions"].extend(rows.accepted)
    batch.add_file(
        file,
        profile=name,
        record_count=count,
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
    """The records of one file, read by one profile; its rows of totals are kept apart."""

    def __init__(self, profile: Profile, file: SourceFile, table: Delimited) -> None:
        self.profile = profile
        self.file = file
        self.cells = Cells(profile, table)
        self.amounts = {kind: (name.removeprefix("-"), name.startswith("-")) for kind, name in profile.amounts.items()}
        self.records: list[Record] = []
        self.totals: list[Record] = []
        self.counts: list[Record] = []
        for record in table.records:
            label = next((cell.strip(" \t:").lower() for cell in record.fields if cell.strip()), "")
            if label in profile.total_labels:
                self.totals.append(record)
            elif label in profile.count_labels:
                self.counts.append(record)
            else:
                self.records.append(record)
        self.landed_date = file.landed_at.date()
        self.seen: set[str] = set()
        self.accepted: list[tuple[Any, ...]] = []
        self.findings: list[Finding] = []
        self.in_amount = ZERO
        self.refused_amount = ZERO

    def missing_finding(self) -> Finding | None:
        """Return why the layout cannot be read, naming the missing columns; ``None`` when it can."""
        by_type = [name for name, _ in self.amounts.values() if name.lower() not in self.cells.places]
        if by_type:
            words = f"the {self.profile.name} layout needs the column {', '.join(by_type)}, which is not there"
            return Finding("missing_column", "error", words, line_number=1)
        return self.cells.missing_finding()

    def readable_charges(self) -> Decimal:
        """Return the charges of a file that is not read: what can be told without the missing columns."""
        amounts = (self._control_amount(record) for record in self.records)
        total = sum((amount for amount in amounts if amount is not None), ZERO)
        return total if fits(total) else ZERO

    def read(self) -> None:
        """Fill ``accepted``, ``findings`` and both control amounts."""
        extra = self.cells.extra_finding()
        if extra is not None:
            self.findings.append(extra)
        for record in self.records:
            control = self._control_amount(record)
            self.in_amount += control or ZERO
            try:
                self.accepted.append(self._row(record))
            except _RefusedError as refusal:
                self.refused_amount += control or ZERO
                self.findings.append(
                    Finding(refusal.code, "error", refusal.message, line_number=record.line_number, amount=control)
                )

    def untied(self) -> Finding | None:
        """Return how the report's own totals or counts differ from its records; ``None`` when they tie."""
        columns = dict.fromkeys([*self.profile.columns.get("amount", ()), *(name for name, _ in self.amounts.values())])
        for record in self.totals:
            for name in columns:
                written = self.cells.cell(record, name)
                if not written:
                    continue
                stated = parse_written_amount(written)
                read = (parse_written_amount(self.cells.cell(each, name)) for each in self.records)
                found = sum((amount for amount in read if amount is not None), ZERO)
                if stated != found:
                    said = "cannot be read" if stated is None else f"is {stated:,.2f}"
                    words = f"the report's own total {said}, but its records add up to {found:,.2f}: it is not complete"
                    return Finding("totals_do_not_tie", "error", words, line_number=record.line_number)
        for record in self.counts:
            cells = [cell.strip() for cell in record.fields if cell.strip()][1:]
            stated = parse_written_amount(cells[0]) if cells else None
            if stated != len(self.records):
                said = "cannot be read" if stated is None else f"is {stated:,.0f}"
                words = f"the report's own count {said}, but it has {len(self.records)} records: it is not complete"
                return Finding("counts_do_not_tie", "error", words, line_number=record.line_number)
        return None

    def _control_amount(self, record: Record) -> Decimal | None:
        """Return what the record adds to the control amount: a charge's, or one of a type nobody knows.

        A record with fields too many has moved cells, so none of its amounts can be trusted.
        """
        if len(record.fields) > self.cells.width:
            return None
        kind = self.profile.types.get(self.cells.text(record, "transaction_type").upper())
        return self._amount(record, _CHARGE) if kind in {_CHARGE, None} else None

    def _row(self, record: Record) -> tuple[Any, ...]:
        """Return the record as a row; raises ``_RefusedError`` when it cannot be one."""
        text = self.cells.text
        if record.is_ragged:
            found, expected = len(record.fields), self.cells.width
            message = f"the record has {found} fields where the header has {expected}: its cells may have moved"
            raise _RefusedError(_RAGGED, message)
        kind = self.profile.types.get(text(record, "transaction_type").upper())
        if kind is None:
            message = "the transaction type is none that the layout knows"
            raise _RefusedError(_UNKNOWN_TYPE, message)
        transaction_id = self._transaction_id(record)
        if not transaction_id:
            message = "the record has no transaction id"
            raise _RefusedError(_NO_ID, message)
        amount = self._amount(record, kind)
        if amount is None:
            message = f"the amount of a {kind.lower()} is missing or unreadable"
            raise _RefusedError(_NO_AMOUNT, message)
        self._check_sign(record, amount)
        service_date = self._date(record, "service_date", is_required="service_date" in self.profile.required)
        post_date = self._date(record, "post_date", is_required="post_date" in self.profile.required)
        void_date = self._date(record, "void_date", is_required=False)
        self._compare_dates(record, kind, service_date, post_date, void_date)
        if transaction_id in self.seen:
            self._warn(record, "repeated_transaction_id", "the id was used before in this file: the first one counts")
        self.seen.add(transaction_id)
        provider = text(record, "rendering_provider_id")
        if _NPI_SHAPE.match(provider) and not is_npi(provider):
            self._warn(record, "npi_check_digit", "the provider's NPI fails its check digit: it may be mistyped")
        code, modifiers = self._procedure(record)
        return (
            self.file.file_id,
            record.line_number,
            self.profile.name,
            transaction_id,
            self._text(record, "parent_charge_id") or None,
            text(record, "claim_id") or None,
            text(record, "patient_id") or None,
            kind,
            self._bucket(record, kind),
            amount,
            text(record, "reason") or None,
            self._code_system(record),
            code,
            *modifiers,
            self._units(record),
            text(record, "diagnosis_codes") or None,
            text(record, "place_of_service_code") or None,
            provider or None,
            text(record, "location_id") or None,
            self._text(record, "payer_id") or None,
            text(record, "payer_name") or None,
            service_date,
            post_date,
            void_date,
            text(record, "batch_id") or None,
            # a positive charge with such an id is the one that replaces a voided charge, and takes nothing back
            (self._text(record, "reversed_transaction_id") or None) if kind == _CHARGE and amount < 0 else None,
            self.file.landed_at,
        )

    def _instead(self, record: Record, key: str) -> str | None:
        """Return the column that a record's type has instead of the usual one."""
        return self.profile.by_type.get(self.cells.text(record, "transaction_type").upper(), {}).get(key)

    def _text(self, record: Record, key: str) -> str:
        column = self._instead(record, key)
        return self.cells.text(record, key) if column is None else self.cells.cell(record, column).strip()

    def _transaction_id(self, record: Record) -> str:
        found = self._text(record, "transaction_id")
        prefix = "" if self._instead(record, "transaction_id") else self.profile.transaction_id_prefix
        return f"{prefix}{found}" if found else ""

    def _amount(self, record: Record, kind: str) -> Decimal | None:
        if kind not in self.amounts:
            return parse_written_amount(self.cells.text(record, "amount"))
        name, is_turned = self.amounts[kind]
        amount = parse_written_amount(self.cells.cell(record, name))
        return -amount if amount and is_turned else amount

    def _check_sign(self, record: Record, amount: Decimal) -> None:
        """Refuse an amount whose sign is not the one the source states beside it."""
        flag = self.cells.text(record, "sign_flag").lower()
        if (flag in self.profile.positive_flags and amount < 0) or (flag in self.profile.negative_flags and amount > 0):
            message = "the amount's sign contradicts the debit or credit flag beside it: one of them is wrong"
            raise _RefusedError(_SIGN, message)

    def _bucket(self, record: Record, kind: str) -> str | None:
        bucket = self.profile.buckets.get(self.cells.text(record, "bucket").lower())
        bucket = bucket or self.profile.default_bucket.get(kind)
        if bucket is None and not self._text(record, "payer_id"):
            return self.profile.bucket_without_payer
        return bucket

    def _date(self, record: Record, key: str, *, is_required: bool) -> dt.date | None:
        """Return a date; an unreadable or ambiguous one refuses the record, and so does a required one missing."""
        text = self.cells.text(record, key)
        if not text and not is_required:
            return None
        date = self.cells.date(text)
        if isinstance(date, dt.date):
            return date
        words = key.replace("_", " ")
        if date == "ambiguous":
            message = f"the {words} can be read as two days, and the file's other dates do not tell which"
        else:
            message = f"the {words} is missing or not a date of this layout"
        code = f"{date}_{key}"
        raise _RefusedError(code, message)

    def _compare_dates(
        self, record: Record, kind: str, service: dt.date | None, post: dt.date | None, void: dt.date | None
    ) -> None:
        if service and post and service > post:
            if kind == _PAYMENT:
                self._warn(record, "payment_before_service", "the payment was posted before the service was given")
            else:
                self._warn(record, "service_after_post", "the service date is after the post date")
        if void and post and void < post:
            self._warn(record, "void_before_post", "the void date is before the post date")
        # a day of slack: a practice west of Greenwich may land tomorrow's file today
        if any(day and (day - self.landed_date).days > 1 for day in (service, post, void)):
            self._warn(record, "date_in_the_future", "a date is after the day on which the file arrived")

    def _units(self, record: Record) -> Decimal | None:
        text = self.cells.text(record, "units")
        if not text:
            return None
        units = parse_quantity(text)
        if units is None:
            self._warn(record, "unreadable_units", "the units are not a number")
        elif units <= 0:
            self._warn(record, "units_not_positive", "the units are zero or less")
        return units

    def _code_system(self, record: Record) -> str:
        if not self.profile.code_systems:
            return self.profile.code_system
        column = self.cells.column_read(record, "procedure_code") or ""
        return self.profile.code_systems.get(column, self.profile.code_system)

    def _procedure(self, record: Record) -> tuple[str | None, list[str | None]]:
        """Return the code and exactly four modifiers."""
        text = self.cells.text(record, "procedure_code")
        modifiers: list[str | None] = []
        if self.profile.modifiers_follow_code:
            text, following = split_procedure(text)
            modifiers.extend(following)
        for name in self.profile.modifier_columns:
            modifiers.extend(part for part in _SEPARATORS.split(self.cells.cell(record, name)) if part)
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
