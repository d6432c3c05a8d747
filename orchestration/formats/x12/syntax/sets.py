"""The transaction sets of a file that is held whole (837, 277, 999, 997, TA1, 850): their bounds and their envelope.

X12.5 and X12.6: SE01 counts segments from ST to SE, GE01 sets, IEA01 groups; ST02 = SE02, GS06 = GE02, ISA13 = IEA02.
Trailers that disagree are findings and keep nothing from being read. What does not belong here: anything between ST and
SE, and files of any size, whose envelopes are read segment by segment (``envelope``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestration.core.findings import Finding, Severity
from orchestration.formats.x12.syntax.segments import segment_id, tokenize
from orchestration.formats.x12.syntax.values import date, element, is_count

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.formats.x12.syntax.delimiters import Delimiters
    from orchestration.formats.x12.syntax.segments import Elements, Interchange

TA1: Final = "TA1"


@dataclass(frozen=True, slots=True)
class EnvelopeHeader:
    """What ISA and GS say about the sets inside; ``None`` where there is no such envelope."""

    interchange_number: int
    interchange_control_number: str | None = None
    interchange_sender_id: str | None = None
    interchange_receiver_id: str | None = None
    interchange_date: dt.date | None = None
    usage_indicator: str | None = None
    functional_code: str | None = None
    sender_id: str | None = None
    receiver_id: str | None = None
    group_date: dt.date | None = None
    group_control_number: str | None = None
    version_code: str | None = None


@dataclass(slots=True)
class TransactionSet:
    """One ST to SE; ``number`` is its ordinal in the file and ``first_segment_number`` its place, both from 1."""

    number: int
    header: EnvelopeHeader
    set_code: str | None
    control_number: str | None
    version_code: str | None
    first_segment_number: int
    segments: list[str]
    delimiters: Delimiters
    is_closed: bool = False

    def elements(self, index: int) -> Elements:
        """Return the elements of one segment, the id first."""
        return self.segments[index].split(self.delimiters.element)

    def components(self, text: str | None) -> list[str | None]:
        """Return the components of a composite, blank ones as ``None``."""
        if text is None:
            return []
        return [part.strip(" ") or None for part in text.split(self.delimiters.component)]


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgement:
    """A TA1 segment and the envelope it came in."""

    segment_number: int
    header: EnvelopeHeader
    elements: Elements


@dataclass(slots=True)
class Opened:
    """A file taken apart: its sets in order, its TA1 segments, and what is wrong with its envelopes."""

    sets: list[TransactionSet] = field(default_factory=list)
    acknowledgements: list[InterchangeAcknowledgement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    segment_count: int = 0
    interchange_count: int = 0
    is_closed: bool = True


def open_file(content: bytes) -> Opened:
    """Return the transaction sets of a file; none when the bytes hold no X12. Never raises."""
    tokens = tokenize(content)
    opened = Opened(findings=list(tokens.findings), segment_count=tokens.segment_count)
    opened.interchange_count = len(tokens.interchanges)
    for interchange in tokens.interchanges:
        is_last = interchange is tokens.interchanges[-1]
        _InterchangeWalk(interchange, opened).run(is_last=is_last)
    return opened


def quarantine_reason(opened: Opened, content: bytes, wanted: frozenset[str], what: str) -> Finding | None:
    """Return why a file must be quarantined whole, if it must; ``what`` names the sets that were looked for."""
    if not opened.interchange_count:
        if not content.strip(b"\x00 \t\r\n"):
            return Finding("empty_file", "error", "the file is empty: there is nothing to load")
        return Finding("not_x12", "error", "no X12 was found in the file: it may be another kind of file, or damaged")
    if not opened.is_closed:
        message = "the file ends before its trailers (SE, GE, IEA): the rest may still be on its way"
        return Finding("truncated", "error", message, segment_number=opened.segment_count)
    if not any(one.set_code in wanted for one in opened.sets) and not (TA1 in wanted and opened.acknowledgements):
        return Finding("other_transaction_set", "error", f"the file is X12 but holds {what}")
    return None


class _InterchangeWalk:
    """Walks the segments of one interchange once; only ids that belong to an envelope are looked at."""

    def __init__(self, interchange: Interchange, opened: Opened) -> None:
        self.interchange = interchange
        self.opened = opened
        self.isa: Elements | None = None
        self.gs: Elements | None = None
        self.header = EnvelopeHeader(interchange.number)
        self.start: int | None = None
        self.group_sets = 0
        self.groups = 0
        self.has_trailer = False

    def run(self, *, is_last: bool) -> None:
        separator = self.interchange.delimiters.element
        steps = {"ISA": self._isa, "GS": self._gs, "ST": self._st, "SE": self._se, "GE": self._ge, "IEA": self._iea,
                 TA1: self._ta1}  # fmt: skip
        segments = self.interchange.segments
        for index, segment in enumerate(segments):
            name = segment[: segment.find(separator)] if separator in segment[:4] else segment[:3]
            step = steps.get(name)
            if step is not None and (name != TA1 or self.start is None):
                step(index, segment.split(separator))
            elif self.start is None:
                self._note("stray_segment", "warning", "a segment outside any transaction set was not read", index)
        self._close_set(len(segments), is_closed=False)
        is_closed = self.has_trailer if self.isa is not None else self._headless_is_closed()
        if is_last:
            self.opened.is_closed = is_closed
        elif not is_closed:
            message = "the interchange has no trailer (IEA) before the next one begins: its end may be missing"
            self._note("missing_trailer", "error", message, 0)

    def _headless_is_closed(self) -> bool:
        return self.gs is None and all(one.is_closed for one in self.opened.sets[-1:])

    def _isa(self, index: int, segment: Elements) -> None:
        self.isa = segment
        self.header = EnvelopeHeader(
            self.interchange.number,
            element(segment, 13),
            element(segment, 6),
            element(segment, 8),
            date(element(segment, 9)),
            element(segment, 15),
        )
        if element(segment, 15) == "T":
            message = "the sender marks this interchange as a test (ISA15 is T): nothing is made of it"
            self._note("test_interchange", "warning", message, index)

    def _gs(self, index: int, segment: Elements) -> None:
        self._close_set(index, is_closed=False)
        self._close_group(index)
        self.gs, self.group_sets = segment, 0
        self.groups += 1
        outer = self.header
        self.header = EnvelopeHeader(
            outer.interchange_number,
            outer.interchange_control_number,
            outer.interchange_sender_id,
            outer.interchange_receiver_id,
            outer.interchange_date,
            outer.usage_indicator,
            element(segment, 1),
            element(segment, 2),
            element(segment, 3),
            date(element(segment, 4)),
            element(segment, 6),
            element(segment, 8),
        )

    def _st(self, index: int, _segment: Elements) -> None:
        self._close_set(index, is_closed=False)
        self.start = index
        self.group_sets += 1

    def _se(self, index: int, segment: Elements) -> None:
        if self.start is None:
            self._note("stray_segment", "error", "a transaction set ends here that never began", index)
            return
        count = index - self.start + 1
        self._close_set(index + 1, is_closed=True)
        if not is_count(element(segment, 1), count):
            message = f"the trailer does not count the {count} segments of this transaction: some may be missing"
            self._note("segment_count_mismatch", "warning", message, index)
        if element(segment, 2) != self.opened.sets[-1].control_number:
            message = "header and trailer of the transaction carry different control numbers (ST02, SE02)"
            self._note("transaction_control_mismatch", "warning", message, index)

    def _ge(self, index: int, segment: Elements) -> None:
        self._close_set(index, is_closed=False)
        if self.gs is None:
            self._note("stray_segment", "error", "a group ends here that never began", index)
            return
        if not is_count(element(segment, 1), self.group_sets):
            message = f"the group's trailer does not count its {self.group_sets} transaction sets (GE01)"
            self._note("group_count_mismatch", "warning", message, index)
        if element(segment, 2) != element(self.gs, 6):
            message = "header and trailer of the group carry different control numbers (GS06, GE02)"
            self._note("group_control_mismatch", "warning", message, index)
        self.gs = None

    def _iea(self, index: int, segment: Elements) -> None:
        self._close_set(index, is_closed=False)
        self._close_group(index)
        self.has_trailer = True
        if self.isa is None:
            self._note("stray_segment", "error", "an interchange ends here that never began", index)
            return
        if not is_count(element(segment, 1), self.groups):
            message = f"the interchange's trailer does not count its {self.groups} groups (IEA01)"
            self._note("interchange_count_mismatch", "warning", message, index)
        if element(segment, 2) != element(self.isa, 13):
            message = "header and trailer of the interchange carry different control numbers (ISA13, IEA02)"
            self._note("interchange_control_mismatch", "warning", message, index)

    def _ta1(self, index: int, segment: Elements) -> None:
        number = self.interchange.first_segment_number + index
        self.opened.acknowledgements.append(InterchangeAcknowledgement(number, self.header, segment))

    def _close_set(self, end: int, *, is_closed: bool) -> None:
        """File the open set, if any, as ending before ``end``."""
        if self.start is None:
            return
        opening = self.interchange.elements(self.start)
        one = TransactionSet(
            len(self.opened.sets) + 1,
            self.header,
            element(opening, 1),
            element(opening, 2),
            self.header.version_code or element(opening, 3),
            self.interchange.first_segment_number + self.start,
            self.interchange.segments[self.start : end],
            self.interchange.delimiters,
            is_closed,
        )
        if not is_closed:
            message = "the transaction has no trailer (SE): its end may be missing"
            self._note("missing_trailer", "error", message, self.start)
        self.opened.sets.append(one)
        self.start = None

    def _close_group(self, index: int) -> None:
        if self.gs is not None:
            self._note("missing_trailer", "error", "a group has no trailer (GE) before this segment", index)
            self.gs = None

    def _note(self, code: str, severity: Severity, message: str, index: int) -> None:
        self.opened.findings.append(
            Finding(
                code,
                severity,
                message,
                segment_number=self.interchange.first_segment_number + index,
                segment_id=segment_id(self.interchange.elements(index)),
            )
        )
