"""FHIR files to ``raw_fhir``: every resource becomes rows or a finding, every dollar a charge or a refused amount.

A resource is refused for itself, never its neighbours; a file is quarantined whole when its bytes cannot be taken
apart. What does not belong here: what a resource means (``claims``, ``charge_items``, ``explanations``, ``reference``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.fhir import values
from orchestration.formats.fhir.charge_items import read_charge_item
from orchestration.formats.fhir.claims import read_claim
from orchestration.formats.fhir.explanations import read_explanation
from orchestration.formats.fhir.records import ResourceRecord, UnreadableError, records
from orchestration.formats.fhir.reference import TYPES, read_reference
from orchestration.formats.fhir.tables import TABLES
from orchestration.formats.fhir.values import ResourceRefusedError, at, each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestration.formats.fhir.ledger import ResourceReading

_PROFILE = "fhir_r4"
# a resource with this security label or tag is no patient's: HL7 v3 ActReason, "test health data"
_TEST_LABEL, _TEST_PROFILE = "HTEST", "fhir_test"
_READERS: dict[str, Callable[[dict[str, Any]], ResourceReading]] = {
    "Claim": read_claim,
    "ChargeItem": read_charge_item,
    "ExplanationOfBenefit": read_explanation,
    **dict.fromkeys(TYPES, read_reference),
}


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many FHIR files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        reading = _File(file)
        reason = reading.read()
        reading.add_to(batch, reason)
    return batch


@dataclass(slots=True)
class _File:
    """One file on its way to rows; nothing reaches the batch before the whole file is read."""

    file: SourceFile
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    record_count: int = 0
    transaction_count: int = 0
    in_amount: Any = ZERO
    refused_amount: Any = ZERO

    def read(self) -> Finding | None:
        """Take every record; return why the file must be quarantined whole, if it must."""
        try:
            for record in records(self.file):
                self.record_count += 1
                self._take(record)
        except UnreadableError as error:
            return error.finding
        if not self.record_count:
            return Finding("no_resource", "error", "the file holds no FHIR resource")
        if not self.rows.get("resources"):
            return Finding("not_fhir", "error", "none of the file's records is a FHIR resource that can be read")
        if not (fits(self.in_amount) and fits(self.refused_amount)):
            return Finding("amount_out_of_range", "error", "the charges of the file sum to more than money can be")
        for kind, count in sorted(self.others.items()):
            message = f"{count} {kind} resources were counted and not read: nothing here is made of them"
            self.findings.append(Finding("other_resource_type", "info", message))
        return None

    def add_to(self, batch: RawBatch, reason: Finding | None) -> None:
        """File what was read."""
        if reason is not None:
            total = self.in_amount if fits(self.in_amount) else ZERO
            batch.quarantine_file(
                self.file,
                profile=_PROFILE if self.record_count else None,
                reason=reason,
                record_count=self.record_count,
                in_amount=total,
                findings=self.findings,
            )
            return
        for name, rows in self.rows.items():
            batch.rows[name].extend(rows)
        batch.add_file(
            self.file,
            profile=_PROFILE,
            record_count=self.record_count,
            in_amount=self.in_amount,
            quarantined_amount=self.refused_amount,
            findings=self.findings,
        )

    def _take(self, record: ResourceRecord) -> None:
        resource = record.resource
        if resource is None:
            if record.finding is not None:
                self.findings.append(record.finding)
            return
        kind = str(resource["resourceType"])
        reader = _READERS.get(kind)
        if reader is None:
            # a type is ours to name only when it looks like one: a stray text never reaches a message
            is_type = kind.isascii() and kind.isalpha() and len(kind) <= _LONGEST_TYPE
            self.others[kind if is_type else "unknown"] += 1
            self._add("resources", record.number, self._inventory(resource, kind if is_type else None, is_read=False))
            return
        try:
            reading = reader(resource)
        except ResourceRefusedError as refusal:
            message = f"a {kind} was not loaded: {refusal.message}"
            self.findings.append(Finding(refusal.code, "error", message, line_number=record.number))
            return
        self._add("resources", record.number, self._inventory(resource, kind, is_read=True))
        if _is_test(resource) and (reading.transactions or reading.lines):
            _mark_as_test(reading)
        self._add_reading(reading, record.number)

    def _add_reading(self, reading: ResourceReading, number: int) -> None:
        for name, cells in reading.rows:
            self._add(name, number, cells)
        for line in reading.lines:
            place = self._transaction(line.transaction.row()) if line.transaction is not None else None
            self._add(
                "charge_lines",
                number,
                (
                    place,
                    line.transaction_id,
                    line.resource_type,
                    line.resource_id,
                    line.item_sequence,
                    line.encounter_id,
                    line.status_code,
                    line.code_system_uri,
                    line.amount_source,
                ),
            )
        for transaction in reading.transactions:
            self._transaction(transaction.row())
        self.findings.extend(replace(finding, line_number=number) for finding in reading.findings)
        self.in_amount += reading.in_amount
        self.refused_amount += reading.refused_amount

    def _transaction(self, cells: tuple[Any, ...]) -> int:
        self.transaction_count += 1
        self._add("transactions", self.transaction_count, cells)
        return self.transaction_count

    def _inventory(self, resource: dict[str, Any], kind: str | None, *, is_read: bool) -> tuple[Any, ...]:
        return (
            kind,
            values.text(resource.get("id")),
            values.instant(at(resource, "meta", "lastUpdated")),
            is_read,
        )

    def _add(self, table: str, number: int, cells: tuple[Any, ...]) -> None:
        row = (self.file.file_id, number, *cells, self.file.landed_at)
        self.rows.setdefault(table, []).append(row)


def _is_test(resource: dict[str, Any]) -> bool:
    labels = [*each(at(resource, "meta", "security") or []), *each(at(resource, "meta", "tag") or [])]
    return any(label.get("code") == _TEST_LABEL for label in labels)


def _mark_as_test(reading: ResourceReading) -> None:
    """Give what a test resource became the profile by which the lake holds it."""
    reading.note("test_message", "the resource is labelled as test data (HTEST): its transactions are held")
    reading.transactions = [replace(one, profile=_TEST_PROFILE) for one in reading.transactions]
    reading.lines = [
        replace(line, transaction=replace(line.transaction, profile=_TEST_PROFILE)) if line.transaction else line
        for line in reading.lines
    ]


# the longest resource type of R4 is SubstanceReferenceInformation and its kin
_LONGEST_TYPE = 40
