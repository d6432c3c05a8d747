"""An envelope read segment by segment: ISA/IEA, GS/GE, ST/SE. Which sets it holds, and whether its trailers agree.

X12.5 and X12.6: SE01 counts segments from ST to SE, GE01 transaction sets, IEA01 groups; ST02 = SE02, GS06 = GE02,
ISA13 = IEA02. An envelope takes its own segments one by one, in order, with their numbers in the file, so a file is
never held whole. Trailers that disagree are errors. What does not belong here: anything between ST and SE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding, Severity
from orchestration.formats.x12.syntax.segments import segment_id
from orchestration.formats.x12.syntax.values import element, is_count

if TYPE_CHECKING:
    from orchestration.formats.x12.syntax.segments import Elements


@dataclass(slots=True)
class SetBounds:
    """One ST to SE, both included in ``segment_count``; ``findings`` are the errors that hold this set alone."""

    envelope: InterchangeEnvelope
    opening: Elements
    set_code: str | None
    version_code: str | None
    first_segment_number: int
    segment_count: int = 0
    is_closed: bool = False
    findings: list[Finding] = field(default_factory=list)


class InterchangeEnvelope:
    """One interchange, or a stretch without ISA; ``findings`` hold every transaction set in it when they are errors.

    Sets of other codes than ``wanted_code`` are counted and reported.
    """

    def __init__(self, first_segment_number: int, wanted_code: str) -> None:
        self.first_segment_number = first_segment_number
        self.wanted_code = wanted_code
        self.header: Elements | None = None
        self.findings: list[Finding] = []
        self.group_count = 0
        self.set_count = 0
        self.other_sets = 0
        self.is_closed = False
        self.last_segment_id: str | None = None
        self._group: Elements | None = None
        self._group_sets = 0
        self._version: str | None = None
        self._open: SetBounds | None = None
        self._has_trailer = False

    @property
    def open_set(self) -> SetBounds | None:
        """The transaction set that has begun and not ended."""
        return self._open

    def take(self, number: int, segment: Elements) -> SetBounds | None:
        """Take in one segment of the envelope and return the transaction set that ends with it or before it."""
        match segment[0]:
            case "ST":
                return self._st(number, segment)
            case "SE":
                return self._se(number, segment)
            case "GS":
                return self._gs(number, segment)
            case "GE":
                return self._ge(number, segment)
            case "IEA":
                return self._iea(number, segment)
            case "ISA":
                self.header = segment
        return None

    def stray(self, number: int, segment: Elements) -> None:
        """Take note of a segment outside any transaction set."""
        self._note("stray_segment", "warning", "a segment outside any transaction set was not read", number, segment)

    def close_set(self, end: int) -> SetBounds | None:
        """End the open set, if any, before segment ``end``, without a trailer."""
        current = self._open
        if current is None:
            return None
        current.segment_count = end - current.first_segment_number
        current.findings.append(
            Finding(
                "missing_trailer",
                "error",
                "the transaction has no trailer (SE): its end may be missing",
                segment_number=current.first_segment_number,
                segment_id="ST",
            )
        )
        return self._filed(current)

    def finish(self, *, is_last: bool) -> None:
        """Judge the interchange when nothing more comes."""
        if self.header is not None:
            self.is_closed = self._has_trailer
        else:
            self.is_closed = self._group is None and not self._ends_open
        if not self.is_closed and not is_last:
            self.findings.append(
                Finding(
                    "missing_trailer",
                    "error",
                    "the interchange has no trailer (IEA) before the next one begins: its end may be missing",
                    segment_number=self.first_segment_number,
                    segment_id="ISA" if self.header is not None else None,
                )
            )
        if self.other_sets:
            self.findings.append(
                Finding(
                    "other_transaction_set",
                    "warning",
                    f"{self.other_sets} transaction sets of another kind than {self.wanted_code} were not read",
                    segment_number=self.first_segment_number,
                )
            )

    _ends_open = False

    def _filed(self, current: SetBounds) -> SetBounds:
        self._open = None
        self._ends_open = not current.is_closed
        self.set_count += 1
        self.other_sets += current.set_code != self.wanted_code
        return current

    def _gs(self, number: int, segment: Elements) -> SetBounds | None:
        ended = self.close_set(number)
        self._close_group(number, segment)
        self._group, self._group_sets = segment, 0
        self._version = element(segment, 8)
        self.group_count += 1
        return ended

    def _st(self, number: int, segment: Elements) -> SetBounds | None:
        ended = self.close_set(number)
        version = self._version or element(segment, 3)
        self._open = SetBounds(self, segment, element(segment, 1), version, number)
        self._group_sets += 1
        return ended

    def _se(self, number: int, segment: Elements) -> SetBounds | None:
        current = self._open
        if current is None:
            self._note("stray_segment", "error", "a transaction set ends here that never began", number, segment)
            return None
        count = number - current.first_segment_number + 1
        current.segment_count = count
        current.is_closed = True
        stated = element(segment, 1)
        if stated is None or not is_count(stated, count):
            current.findings.append(
                Finding(
                    "segment_count_mismatch",
                    "error",
                    f"the trailer does not count the {count} segments of this transaction: some may be missing",
                    segment_number=number,
                    segment_id="SE",
                )
            )
        if element(segment, 2) != element(current.opening, 2):
            current.findings.append(
                Finding(
                    "transaction_control_mismatch",
                    "error",
                    "header and trailer of the transaction carry different control numbers (ST02, SE02)",
                    segment_number=number,
                    segment_id="SE",
                )
            )
        return self._filed(current)

    def _ge(self, number: int, segment: Elements) -> SetBounds | None:
        ended = self.close_set(number)
        if self._group is None:
            self._note("stray_segment", "error", "a group ends here that never began", number, segment)
            return ended
        if not is_count(element(segment, 1), self._group_sets):
            words = f"the group's trailer does not count its {self._group_sets} transaction sets (GE01)"
            self._note("group_count_mismatch", "error", words, number, segment)
        if element(segment, 2) != element(self._group, 6):
            words = "header and trailer of the group carry different control numbers (GS06, GE02)"
            self._note("group_control_mismatch", "error", words, number, segment)
        self._group = None
        return ended

    def _iea(self, number: int, segment: Elements) -> SetBounds | None:
        ended = self.close_set(number)
        self._close_group(number, segment)
        self._has_trailer = True
        if self.header is None:
            self._note("stray_segment", "error", "an interchange ends here that never began", number, segment)
            return ended
        if not is_count(element(segment, 1), self.group_count):
            words = f"the interchange's trailer does not count its {self.group_count} groups (IEA01)"
            self._note("interchange_count_mismatch", "error", words, number, segment)
        if element(segment, 2) != element(self.header, 13):
            words = "header and trailer of the interchange carry different control numbers (ISA13, IEA02)"
            self._note("interchange_control_mismatch", "error", words, number, segment)
        return ended

    def _close_group(self, number: int, segment: Elements) -> None:
        if self._group is not None:
            self._note("missing_trailer", "error", "a group has no trailer (GE) before this segment", number, segment)
            self._group = None

    def _note(self, code: str, severity: Severity, message: str, number: int, segment: Elements) -> None:
        self.findings.append(Finding(code, severity, message, segment_number=number, segment_id=segment_id(segment)))
