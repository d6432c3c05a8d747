"""HL7 files to ``raw_hl7``: every message is accepted or refused with a finding, every FT1 a row or a finding.

A file is quarantined whole when it is no HL7, or when its own counts say that something is missing (BTS-1, FTS-1, an
envelope that never closes). A message is refused whole when its header separates nothing, or when segments have run
together: a charge that is not seen would be a silent zero. What does not belong here: what a segment says
(``charges``, ``people``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.hl7 import charges, people
from orchestration.formats.hl7.encoding import Encoding, encoding_of
from orchestration.formats.hl7.framing import Frame, decode, frames
from orchestration.formats.hl7.message import NO_FIELDS, NO_HEADER, RESOURCES, Dialect, Message
from orchestration.formats.hl7.second_opinion import Opinions
from orchestration.formats.hl7.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

PROFILE = "hl7v2"
# MSH-11; one that is not said is no test
_LIVE = frozenset({"", "P"})
_READ_MESSAGES = frozenset({"DFT", "ADT", "BAR", "SIU"})


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many HL7 files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    decoded = decode(file.content)
    if isinstance(decoded, Finding):
        batch.quarantine_file(file, profile=None, reason=decoded)
        return
    text, findings = decoded
    reading = _Reading(file, findings)
    for frame in frames(text):
        reading.add(frame)
    reason = reading.why_quarantined()
    if reason is not None:
        batch.quarantine_file(
            file,
            profile=PROFILE,
            reason=reason,
            record_count=reading.segment_count,
            in_amount=reading.in_amount if fits(reading.in_amount) else ZERO,
            findings=reading.findings,
        )
        return
    for name, rows in reading.rows.items():
        batch.rows[name].extend(rows)
    batch.add_file(
        file,
        profile=PROFILE,
        record_count=reading.segment_count,
        in_amount=reading.in_amount,
        quarantined_amount=reading.refused_amount,
        findings=reading.findings,
    )


class _Envelope:
    """The counts of one FHS/FTS or BHS/BTS pair."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.is_open = False
        self.count = 0

    def close(self, said: str, number: int, trailer: str) -> Finding | None:
        """Return the finding when the trailer's count is not what arrived since the header."""
        counted, self.count, self.is_open = self.count, 0, False
        if not said:
            return None
        if said.isascii() and said.isdigit() and said.lstrip("0") == (str(counted) if counted else ""):
            return None
        message = f"{trailer}-1 does not count the {counted} {self.noun} that arrived: some may be missing"
        return Finding("batch_count_mismatch", "error", message, number, trailer)


class _Reading:
    """What the frames of one file add up to."""

    def __init__(self, file: SourceFile, findings: list[Finding]) -> None:
        self.file = file
        self.findings = findings
        self.rows: dict[str, list[tuple[Any, ...]]] = {
            table.name: [] for table in TABLES if table.name not in {"files", "findings"}
        }
        self.segment_count = 0
        self.message_count = 0
        self.in_amount = ZERO
        self.refused_amount = ZERO
        self._file = _Envelope("batches")
        self._batch = _Envelope("messages")
        self._mismatch: Finding | None = None
        self._dialects: dict[Encoding, Dialect] = {}
        self._opinions = Opinions(file.file_id)

    def add(self, frame: Frame) -> None:
        """Read one frame."""
        self.segment_count += len(frame.segments)
        kind = frame.kind
        if kind == "MSH":
            self.message_count += 1
            self._batch.count += 1
            self._message(frame)
        elif kind == "":
            self._stray(frame.segment_number, len(frame.segments))
        else:
            self._envelope(frame)

    def why_quarantined(self) -> Finding | None:
        """Return why the file is quarantined whole, after its last frame."""
        self.findings.extend(self._opinions.findings())
        if self.message_count == 0:
            return Finding("not_hl7", "error", "the file holds no HL7 message (MSH): it is something else, or damaged")
        if self._mismatch is not None:
            return self._mismatch
        if self._batch.is_open or self._file.is_open:
            message = "the batch has a header and no trailer (BTS, FTS): it was cut off, or is still being written"
            return Finding("truncated", "error", message)
        if not fits(self.in_amount) or not fits(self.refused_amount):
            return Finding("amount_out_of_range", "error", "the charges of the file sum to more than money can be")
        return None

    def _stray(self, number: int, count: int) -> None:
        message = f"{count} segments stand outside any message and were not read"
        self.findings.append(Finding("text_outside_message", "warning", message, number))

    def _envelope(self, frame: Frame) -> None:
        name, number = frame.kind, frame.segment_number
        segment = frame.segments[0]
        # BTS and FTS declare no separator of their own: it is the character behind their name
        fields = segment.split(segment[3:4] or "|")
        said = fields[1].strip() if len(fields) > 1 else ""
        mismatch = None
        if name == "FHS":
            self._file.is_open, self._file.count = True, 0
        elif name == "BHS":
            self._batch.is_open, self._batch.count = True, 0
            self._file.count += 1
        elif name == "BTS":
            mismatch = self._batch.close(said, number, name)
        else:
            # a file without BHS is one batch
            self._file.count = self._file.count or 1
            mismatch = self._file.close(said, number, name)
        self._mismatch = self._mismatch or mismatch
        if len(frame.segments) > 1:
            self._stray(number + 1, len(frame.segments) - 1)

    def _message(self, frame: Frame) -> None:
        header = frame.segments[0]
        encoding = encoding_of(header)
        if encoding is None:
            self._refuse(frame, None, "bad_encoding_characters", "MSH-1 and MSH-2 do not say what separates the fields")
            return
        dialect = self._dialects.get(encoding)
        if dialect is None:
            dialect = self._dialects[encoding] = Dialect(encoding)
        message = Message(frame, dialect)
        refusal = message.why_refused()
        if refusal is not None:
            self._refuse(frame, message, *refusal)
            return
        self._opinions.sample(frame.segments, frame.segment_number, self.message_count)
        self._accept(message)

    def _refuse(self, frame: Frame, message: Message | None, code: str, words: str) -> None:
        number, amount = frame.segment_number, None
        if message is not None:
            readable = [charges.control_amount(fields, message.values) for _, fields in message.ft1s]
            amounts = [one for one in readable if one is not None]
            amount = sum(amounts, ZERO) if amounts else None
        if amount is not None and fits(amount):
            self.in_amount += amount
            self.refused_amount += amount
        else:
            amount = None
        self.findings.append(Finding(code, "error", words, number, "MSH", amount=amount))
        self._opinions.on_refused(frame.segments, number)
        self._add_message(frame, message, code)

    def _add_message(self, frame: Frame, message: Message | None, refused_code: str | None) -> None:
        header = message.header if message is not None else NO_HEADER
        self.rows["messages"].append(
            (
                self.file.file_id,
                frame.segment_number,
                self.message_count,
                header.application or None,
                header.facility or None,
                header.message_type or None,
                header.event or None,
                (message.control_id or None) if message is not None else None,
                header.processing_id or None,
                header.version or None,
                message.values.day(message.sent) if message is not None else None,
                len(frame.segments),
                len(message.ft1s) if message is not None else 0,
                refused_code,
                self.file.landed_at,
            )
        )

    def _accept(self, message: Message) -> None:
        values, header, number = message.values, message.header, message.frame.segment_number
        self._add_message(message.frame, message, None)
        if header.message_type not in _READ_MESSAGES:
            words = "a message that is neither a charge nor about a patient, visit or appointment was not read"
            self.findings.append(Finding("other_message_type", "info", words, number, "MSH"))
            return
        if header.processing_id not in _LIVE:
            words = "MSH-11 marks the message as training or debugging"
            self.findings.append(Finding("test_message", "warning", words, number, "MSH"))
        diagnoses, has_others = message.diagnoses()
        if has_others:
            words = "diagnoses that are not ICD-10-CM were not read"
            self.findings.append(Finding("other_diagnosis_system", "info", words, number, "DG1"))
        pid = message.first("PID")
        patient = people.patient_id(pid[1], values) if pid else None
        insurances = self._people(message, patient, diagnoses)
        if message.ft1s:
            self._charges(message, patient, insurances, diagnoses)

    def _place(self, number: int) -> people.Place:
        return people.Place(self.file.file_id, number, self.message_count, self.file.landed_at)

    def _people(self, message: Message, patient: str | None, diagnoses: str | None) -> list[tuple[Any, ...]]:
        """Add the rows of everything but FT1, and return those of IN1."""
        values, rows, trigger = message.values, self.rows, message.header.event
        pid, pv1, sch, mrg = (message.first(name) for name in ("PID", "PV1", "SCH", "MRG"))
        if pid:
            merged = mrg[1] if mrg else None
            rows["patients"].append(people.patient_row(pid[1], merged, self._place(pid[0]), values))
        if pv1:
            place = self._place(pv1[0])
            rows["visits"].append(people.visit_row(pv1[1], patient, trigger, diagnoses, place, values))
        insurances = [
            people.insurance_row(fields, order, patient, self._place(number), values)
            for order, (number, fields) in enumerate(message.all("IN1"), start=1)
        ]
        rows["insurances"].extend(insurances)
        if sch:
            found = {name: message.first(name) for name in RESOURCES}
            resources = {name: segment[1] for name, segment in found.items() if segment}
            place = self._place(sch[0])
            rows["appointments"].append(people.appointment_row(sch[1], resources, patient, trigger, place, values))
        return insurances

    def _charges(
        self, message: Message, patient: str | None, insurances: list[tuple[Any, ...]], diagnoses: str | None
    ) -> None:
        values, header = message.values, message.header
        pid, pv1 = (segment[1] if segment else NO_FIELDS for segment in (message.first("PID"), message.first("PV1")))
        # coverage_number, payer_id, payer_name of the one that pays first
        first = min(insurances, key=lambda row: row[4], default=None)
        context = charges.Context(
            file_id=self.file.file_id,
            landed_at=self.file.landed_at,
            message_number=self.message_count,
            profile=f"{PROFILE}:{header.application}:{header.facility}",
            control_id=message.control_id,
            patient_id=patient,
            claim_id=values.first(pid[18]) or values.first(pv1[19]) or None,
            location_id=values.place(pv1[3]) or None,
            attending=pv1[7],
            payer_id=first[6] if first else None,
            payer_name=first[7] if first else None,
            has_insurance=first is not None,
            diagnosis_codes=diagnoses,
        )
        rows, details = self.rows["transactions"], self.rows["transaction_details"]
        for order, (number, fields) in enumerate(message.ft1s, start=1):
            outcome = charges.read_ft1(fields, number, order, message.own_diagnoses(order), context, values)
            if outcome.control_amount is not None:
                self.in_amount += outcome.control_amount
            if outcome.row is not None and outcome.details is not None:
                rows.append(outcome.row)
                details.append(outcome.details)
            else:
                self.refused_amount += outcome.control_amount or ZERO
            self.findings.extend(outcome.findings)
