"""HL7 files to ``raw_hl7``: every message is accepted or refused with a finding, every FT1 a row or a finding.

A file is quarantined whole when it is no HL7, or when its own counts say that something is missing (BTS-1, FTS-1, an
envelope that never closes). A message is refused whole when its header separates nothing, or when segments have run
together: a charge that is not seen would be a silent zero. What does not belong here: what a segment says
(``charges``, ``people``).
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.hl7 import amounts, charges, people
from orchestration.formats.hl7.encoding import Encoding, encoding_of
from orchestration.formats.hl7.framing import Frame, decode, frames
from orchestration.formats.hl7.message import NO_FIELDS, NO_HEADER, PROFILE, RESOURCES, Dialect, Message
from orchestration.formats.hl7.second_opinion import Opinions
from orchestration.formats.hl7.tables import (
    APPOINTMENTS,
    DETAILS,
    INSURANCES,
    PATIENTS,
    PROCEDURES,
    TABLES,
    TRANSACTIONS,
    VISITS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from orchestration.core.tables import Same, Table

# MSH-11; one that is not said is no test
_LIVE = frozenset({"", "P"})
_READ_MESSAGES = frozenset({"DFT", "ADT", "BAR", "SIU"})
# messages whose segments are made rows together: few enough to keep, many enough to be read as columns
_BLOCK = 250
# of an IN1: which coverage of its message, and where its payer stands among the fields
_COVERAGE, _PAYER = itemgetter(4), people.IN1.places.index(3)


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
    reading.finish()
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
    batch.rows["messages"].extend(reading.messages)
    for name, blocks in reading.columns.items():
        batch.columns.setdefault(name, []).extend(blocks)
    batch.add_file(
        file,
        profile=PROFILE,
        record_count=reading.segment_count,
        in_amount=reading.in_amount,
        quarantined_amount=reading.refused_amount,
        findings=reading.findings,
    )


class _BatchEnvelope:
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


class _Block:
    """The segments of some messages with the same encoding characters, until they are made rows together."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.message_count = 0
        self.ft1s = charges.Ft1s()
        self.pids: list[people.Pid] = []
        self.pv1s: list[people.Pv1] = []
        self.pr1s: list[people.Pr1] = []
        self.in1s: list[people.In1] = []
        self.schs: list[people.Sch] = []


class _Reading:
    """What the frames of one file add up to."""

    def __init__(self, file: SourceFile, findings: list[Finding]) -> None:
        self.file = file
        self.findings = findings
        self.messages: list[tuple[Any, ...]] = []
        self.columns: dict[str, list[pa.Table]] = {}
        self.segment_count = 0
        self.message_count = 0
        self.in_amount = ZERO
        self.refused_amount = ZERO
        self._file = _BatchEnvelope("batches")
        self._batch = _BatchEnvelope("messages")
        self._mismatch: Finding | None = None
        self._dialects: dict[Encoding, Dialect] = {}
        self._block: _Block | None = None
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

    def finish(self) -> None:
        """Make rows of what is left, after the last frame, and put the findings in the order of the file."""
        self._make_rows()
        self.findings.sort(key=lambda finding: finding.segment_number or 0)
        self.findings.extend(self._opinions.findings())

    def why_quarantined(self) -> Finding | None:
        """Return why the file is quarantined whole, when it is finished."""
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
            readable = [amounts.control_amount(fields, message.values) for _, fields in message.ft1s]
            known = [one for one in readable if one is not None]
            amount = sum(known, ZERO) if known else None
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
        self.messages.append(
            (
                self.file.file_id,
                frame.segment_number,
                self.message_count,
                *header.sender_and_type,
                (message.control_id or None) if message is not None else None,
                header.processing_id or None,
                header.version or None,
                message.values.days[message.sent] if message is not None else None,
                len(frame.segments),
                len(message.ft1s) if message is not None else 0,
                refused_code,
                self.file.landed_at,
            )
        )

    def _accept(self, message: Message) -> None:
        header, number = message.header, message.frame.segment_number
        self._add_message(message.frame, message, None)
        if header.message_type not in _READ_MESSAGES:
            words = "a message that is neither a charge nor about a patient, visit or appointment was not read"
            self.findings.append(Finding("other_message_type", "info", words, number, "MSH"))
            return
        if header.processing_id not in _LIVE:
            words = "MSH-11 marks the message as training or debugging: its charges are held as test data"
            self.findings.append(Finding("test_message", "warning", words, number, "MSH"))
        diagnoses, has_others = message.diagnoses()
        if has_others:
            words = "diagnoses that are not ICD-10-CM were not read"
            self.findings.append(Finding("other_diagnosis_system", "info", words, number, "DG1"))
        block = self._block
        if block is None or block.dialect is not message.dialect or block.message_count >= _BLOCK:
            self._make_rows()
            block = self._block = _Block(message.dialect)
        block.message_count += 1
        self._collect(message, block, diagnoses)

    def _collect(self, message: Message, block: _Block, diagnoses: str | None) -> None:
        """Put the segments of one message into the block."""
        values, header, count = message.values, message.header, self.message_count
        pid, pv1, sch = message.first("PID"), message.first("PV1"), message.first("SCH")
        patient = None
        if pid:
            patient, mrg = people.patient_id(pid[1], values), message.first("MRG")
            merged = (values.patient(mrg[1][1]) or None) if mrg else None
            block.pids.append((pid[0], count, people.PID.pick(pid[1]), patient, merged))
        if pv1:
            block.pv1s.append((pv1[0], count, people.PV1.pick(pv1[1]), patient, header.event, diagnoses))
        block.pr1s += [(number, count, people.PR1.pick(fields), patient) for number, fields in message.all("PR1")]
        in1s: list[people.In1] = []
        for order, (number, fields) in enumerate(message.all("IN1"), start=1):
            said = values.set_ids[fields[1]]
            in1s.append((number, count, people.IN1.pick(fields), patient, order if said is None else said))
        block.in1s += in1s
        if sch:
            found = {name: message.first(name) for name in RESOURCES}
            resources = {name: segment[1] for name, segment in found.items() if segment}
            block.schs.append((sch[0], count, sch[1], patient, header.event, resources))
        if not message.ft1s:
            return
        pid_fields, pv1_fields = pid[1] if pid else NO_FIELDS, pv1[1] if pv1 else NO_FIELDS
        # the one that pays first
        insurance = min(in1s, key=_COVERAGE)[2] if in1s else None
        context = charges.Context(
            message_number=count,
            profile=header.profile,
            control_id=message.control_id,
            patient_id=patient,
            claim_id=values.first(pid_fields[18]) or values.first(pv1_fields[19]) or None,
            location_id=values.places[pv1_fields[3]],
            attending=pv1_fields[7],
            payer_id=values.written[insurance[_PAYER]] if insurance else None,
            payer_name=values.written[insurance[_PAYER + 1]] if insurance else None,
            is_insured=insurance is not None,
            diagnoses=diagnoses,
        )
        own: list[str | None] = [None] * len(message.ft1s)
        if message.has_own_diagnoses:
            own = [message.own_diagnoses(order) for order in range(1, len(own) + 1)]
        block.ft1s.add(message.ft1s, own, context)

    def _make_rows(self) -> None:
        """Make rows of the block."""
        block, self._block = self._block, None
        if block is None:
            return
        values, file = block.dialect.values, self.file
        if block.pids:
            self._add(PATIENTS, people.patient_columns(block.pids, file, values), len(block.pids))
        if block.pv1s:
            self._add(VISITS, people.visit_columns(block.pv1s, file, values), len(block.pv1s))
        if block.pr1s:
            self._add(PROCEDURES, people.procedure_columns(block.pr1s, file, values), len(block.pr1s))
        if block.in1s:
            self._add(INSURANCES, people.insurance_columns(block.in1s, file, values), len(block.in1s))
        if block.schs:
            self._add(APPOINTMENTS, people.appointment_columns(block.schs, file, values), len(block.schs))
        if block.ft1s:
            found = charges.read(block.ft1s, file, values)
            if found.row_count:
                self._add(TRANSACTIONS, found.transactions, found.row_count)
                self._add(DETAILS, found.details, found.row_count)
            self.findings.extend(found.findings)
            self.in_amount += found.in_amount
            self.refused_amount += found.refused_amount

    def _add(self, table: Table, columns: Sequence[Sequence[Any] | Same], count: int) -> None:
        self.columns.setdefault(table.name, []).append(table.from_columns(columns, count))
