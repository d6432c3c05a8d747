"""The envelope: ISA/IEA, GS/GE, ST/SE. Which transaction sets a file holds, and whether its trailers agree.

X12.5 and X12.6: SE01 counts segments from ST to SE, GE01 transaction sets, IEA01 groups; ST02 = SE02, GS06 = GE02,
ISA13 = IEA02. What does not belong here: anything between ST and SE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.formats.x12.values import element

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.formats.x12.segments import Delimiters, Interchange, RawSegment, Segment

REMITTANCE = "835"


@dataclass(slots=True)
class TransactionSet:
    """One ST to SE. ``segments`` includes both; ``findings`` are the errors that hold this set alone."""

    set_code: str | None
    version_code: str | None
    first_segment_number: int
    segments: list[RawSegment]
    delimiters: Delimiters
    is_closed: bool = False
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Envelope:
    """One interchange taken apart; ``findings`` hold every transaction set in it when they are errors."""

    interchange: Interchange
    sets: list[TransactionSet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    group_count: int = 0
    is_closed: bool = False


def open_envelope(interchange: Interchange) -> Envelope:
    """Return the transaction sets of an interchange and what is wrong with its trailers. Never raises."""
    return _Opener(interchange).run()


class _Opener:
    """Walks the segments once; only ids that belong to an envelope are looked at."""

    def __init__(self, interchange: Interchange) -> None:
        self.envelope = Envelope(interchange)
        self.interchange = interchange
        self.header: Segment | None = None
        self.group: Segment | None = None
        self.group_sets = 0
        self.version: str | None = None
        self.start: int | None = None
        self.number = 0
        self.has_trailer = False

    def run(self) -> Envelope:
        segments = self.interchange.segments
        offset = self.interchange.first_segment_number
        separator = self.interchange.delimiters.element
        # three characters tell an envelope's segment from all others, the separator being the third of two
        steps: dict[str, Callable[[int, Segment], None]] = {"ISA": self._isa, "IEA": self._iea}
        for end in ("", separator):
            steps |= {f"GS{end}": self._gs, f"ST{end}": self._st, f"SE{end}": self._se, f"GE{end}": self._ge}
        for index, segment in enumerate(segments):
            step = steps.get(segment[:3])
            if step is not None:
                self.number = offset + index
                step(index, segment.split(separator))
            elif self.start is None and segment[:3] != "TA1":
                self._note("stray_segment", "warning", "a segment outside any transaction set was not read", index)
        self._close_set(len(segments), is_closed=False)
        self.envelope.is_closed = self._is_closed()
        return self.envelope

    def _is_closed(self) -> bool:
        """Tell whether the last thing opened was closed: an ISA by IEA, a GS by GE, an ST by SE."""
        if self.header is not None:
            return self.has_trailer
        return self.group is None and all(s.is_closed for s in self.envelope.sets[-1:])

    def _isa(self, _index: int, segment: Segment) -> None:
        self.header = segment

    def _gs(self, index: int, segment: Segment) -> None:
        self._close_set(index, is_closed=False)
        self._close_group(index)
        self.group, self.group_sets = segment, 0
        self.version = element(segment, 8)
        self.envelope.group_count += 1

    def _st(self, index: int, _segment: Segment) -> None:
        self._close_set(index, is_closed=False)
        self.start = index
        self.group_sets += 1

    def _se(self, index: int, segment: Segment) -> None:
        if self.start is None:
            self._note("stray_segment", "error", "a transaction set ends here that never began", index)
            return
        opening = self.interchange.elements(self.start)
        count = index - self.start + 1
        self._close_set(index + 1, is_closed=True)
        current = self.envelope.sets[-1]
        stated = element(segment, 1)
        if stated is None or not _equals(stated, count):
            current.findings.append(
                Finding(
                    "segment_count_mismatch",
                    "error",
                    f"the trailer does not count the {count} segments of this transaction: some may be missing",
                    segment_number=self.number,
                    segment_id="SE",
                )
            )
        if element(segment, 2) != element(opening, 2):
            current.findings.append(
                Finding(
                    "transaction_control_mismatch",
                    "error",
                    "header and trailer of the transaction carry different control numbers (ST02, SE02)",
                    segment_number=self.number,
                    segment_id="SE",
                )
            )

    def _ge(self, index: int, segment: Segment) -> None:
        self._close_set(index, is_closed=False)
        if self.group is None:
            self._note("stray_segment", "error", "a group ends here that never began", index)
            return
        if not _equals(element(segment, 1), self.group_sets):
            self._note(
                "group_count_mismatch",
                "error",
                f"the group's trailer does not count its {self.group_sets} transaction sets (GE01)",
                index,
            )
        if element(segment, 2) != element(self.group, 6):
            self._note(
                "group_control_mismatch",
                "error",
                "header and trailer of the group carry different control numbers (GS06, GE02)",
                index,
            )
        self.group = None

    def _iea(self, index: int, segment: Segment) -> None:
        self._close_set(index, is_closed=False)
        self._close_group(index)
        self.has_trailer = True
        if self.header is None:
            self._note("stray_segment", "error", "an interchange ends here that never began", index)
            return
        if not _equals(element(segment, 1), self.envelope.group_count):
            self._note(
                "interchange_count_mismatch",
                "error",
                f"the interchange's trailer does not count its {self.envelope.group_count} groups (IEA01)",
                index,
            )
        if element(segment, 2) != element(self.header, 13):
            self._note(
                "interchange_control_mismatch",
                "error",
                "header and trailer of the interchange carry different control numbers (ISA13, IEA02)",
                index,
            )

    def _close_set(self, end: int, *, is_closed: bool) -> None:
        """File the open set, if any, as ending before ``end``; a set that is not closed gets a finding."""
        if self.start is None:
            return
        segments = self.interchange.segments[self.start : end]
        opening = self.interchange.elements(self.start)
        first = self.interchange.first_segment_number + self.start
        version = self.version or element(opening, 3)
        delimiters = self.interchange.delimiters
        current = TransactionSet(element(opening, 1), version, first, segments, delimiters, is_closed)
        if not is_closed:
            current.findings.append(
                Finding(
                    "missing_trailer",
                    "error",
                    "the transaction has no trailer (SE): its end may be missing",
                    segment_number=first,
                    segment_id="ST",
                )
            )
        self.envelope.sets.append(current)
        self.start = None

    def _close_group(self, index: int) -> None:
        if self.group is not None:
            self._note("missing_trailer", "error", "a group has no trailer (GE) before this segment", index)
            self.group = None

    def _note(self, code: str, severity: str, message: str, index: int) -> None:
        self.envelope.findings.append(
            Finding(
                code,
                "error" if severity == "error" else "warning",
                message,
                segment_number=self.interchange.first_segment_number + index,
                segment_id=segment_id(self.interchange.elements(index)),
            )
        )


def segment_id(segment: Segment) -> str | None:
    """Return a segment's id when it looks like one: a stray text never reaches a message."""
    name = segment[0]
    return name if name.isascii() and name.isalnum() and name.isupper() and len(name) in {2, 3} else None


def _equals(stated: str | None, count: int) -> bool:
    """Tell whether a written count is that number; ``007`` is 7."""
    return stated is not None and stated.isascii() and stated.isdigit() and stated.lstrip("0") == str(count or "")
