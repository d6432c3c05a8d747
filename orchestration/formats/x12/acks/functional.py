"""999, 997 and TA1 to rows: which interchange, group, transaction set and segment a receiver took or refused.

Loops of 005010X231A1: AK1, then per set AK2, IK3 with its CTX and IK4, IK5, then AK9; 997 says AK3, AK4, AK5 for IK3,
IK4, IK5. What does not belong here: what a code means in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.formats.x12.syntax.values import date, element

if TYPE_CHECKING:
    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import InterchangeAcknowledgement, TransactionSet

# AK501, IK501, AK901, TA104; M, W and X are refusals for security (X12 elements 715 and 717)
OUTCOMES: Final = {
    "A": "accepted",
    "E": "accepted_with_errors",
    "P": "partially_accepted",
    **dict.fromkeys(("R", "M", "W", "X"), "rejected"),
}
_DIGITS: Final = 9
_CLAIM: Final = "CLM01"
_TRIGGER: Final = "SITUATIONAL TRIGGER"
_KNOWN: Final = frozenset({"ST", "SE", "AK1", "AK2", "IK3", "AK3", "CTX", "IK4", "AK4", "IK5", "AK5", "AK9"})


def interchange_row(acknowledgement: InterchangeAcknowledgement) -> tuple[Any, ...]:
    """Return a TA1 as a row."""
    segment = acknowledgement.elements
    outcome = element(segment, 4)
    return (
        acknowledgement.segment_number,
        acknowledgement.header.interchange_sender_id,
        acknowledgement.header.usage_indicator,
        element(segment, 1),
        date(element(segment, 2)),
        outcome,
        OUTCOMES.get(outcome or ""),
        element(segment, 5),
    )


@dataclass(slots=True)
class _Error:
    """An IK3 or IK4 on its way to a row: a CTX after it may still name the claim."""

    segment_number: int
    cells: list[Any]
    patient_control_number: str | None = None
    situation: str | None = None


@dataclass(slots=True)
class Functional:
    """The rows of one 999 or 997."""

    transaction: TransactionSet
    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {"group_acknowledgements": [], "set_acknowledgements": [], "set_errors": []}
    )
    findings: list[Finding] = field(default_factory=list)
    _group: Elements | None = None
    _closing: Elements | None = None
    _set: tuple[int, Elements] | None = None
    _set_closing: Elements | None = None
    _segment: Elements | None = None
    _claim: str | None = None
    _errors: list[_Error] = field(default_factory=list)

    def read(self) -> Functional:
        """Walk the segments and return self, filled."""
        first = self.transaction.first_segment_number
        for index in range(len(self.transaction.segments)):
            self._take(self.transaction.elements(index), first + index)
        self._close_set()
        self._close_group()
        return self

    def _take(self, segment: Elements, number: int) -> None:
        name = segment[0]
        if name == "AK1":
            self._group = segment
        elif name == "AK2":
            self._close_set()
            self._set = (number, segment)
        elif name in {"IK3", "AK3"}:
            self._segment, self._claim = segment, None
            self._error(number, "segment", segment, None)
        elif name in {"IK4", "AK4"}:
            self._error(number, "element", self._segment or [], segment)
        elif name == "CTX":
            self._context(segment)
        elif name in {"IK5", "AK5"}:
            self._set_closing = segment
        elif name == "AK9":
            self._closing = segment
        elif name not in _KNOWN:
            message = "a segment that no acknowledgement has was not read"
            # it may be a name that slipped: its id is not repeated
            self.findings.append(Finding("unknown_segment", "warning", message, segment_number=number))

    def _error(self, number: int, level: str, segment: Elements, inner: Elements | None) -> None:
        at_element = inner or []
        position = self.transaction.components(element(at_element, 1))
        cells = [
            level,
            element(segment, 1),
            _count(element(segment, 2)),
            element(segment, 3),
            ":".join(part or "" for part in position) or None,
            element(at_element, 2),
            element(at_element, 3) if inner is not None else element(segment, 4),
            element(at_element, 4),
        ]
        self._errors.append(_Error(number, cells, self._claim))

    def _context(self, segment: Elements) -> None:
        """Note what a CTX says: the business unit (a claim by CLM01), or what makes a segment required."""
        if not self._errors:
            return
        for part in segment[1:2]:
            name, *rest = self.transaction.components(part.strip(" ")) or [None]
            if name == _CLAIM and rest:
                self._claim = rest[0]
                # the claim stands for the whole IK3: its own row, and the elements that follow
                for error in reversed(self._errors):
                    error.patient_control_number = self._claim
                    if error.cells[0] == "segment":
                        break
            elif name == _TRIGGER:
                place = [element(segment, position) for position in (2, 3, 4)]
                self._errors[-1].situation = ":".join(piece for piece in place if piece) or None

    def _close_set(self) -> None:
        group_number = element(self._group or [], 2)
        if self._set is not None:
            number, opening = self._set
            closing = self._set_closing or []
            outcome = element(closing, 1)
            self.rows["set_acknowledgements"].append(
                (
                    number,
                    self.transaction.number,
                    group_number,
                    element(opening, 1),
                    element(opening, 2),
                    element(opening, 3),
                    outcome,
                    OUTCOMES.get(outcome or ""),
                    _joined(closing, 2, 6),
                )
            )
            if self._set_closing is None:
                message = "a transaction set is acknowledged without saying whether it was accepted (IK5, AK5)"
                self.findings.append(Finding("missing_outcome", "error", message, number, "AK2"))
        control_number = element(self._set[1], 2) if self._set is not None else None
        for ordinal, error in enumerate(self._errors, start=1):
            self.rows["set_errors"].append(
                (
                    error.segment_number,
                    self.transaction.number,
                    group_number,
                    control_number,
                    ordinal,
                    *error.cells,
                    error.patient_control_number,
                    error.situation,
                )
            )
        self._set, self._set_closing, self._segment, self._claim, self._errors = None, None, None, None, []

    def _close_group(self) -> None:
        header, number = self.transaction.header, self.transaction.first_segment_number
        group, closing = self._group or [], self._closing or []
        if self._group is None:
            message = "the acknowledgement does not say which group it answers (AK1)"
            self.findings.append(Finding("missing_group", "error", message, number, "ST"))
        if self._closing is None:
            message = "the acknowledgement does not say whether the group was accepted (AK9)"
            self.findings.append(Finding("missing_outcome", "error", message, number, "ST"))
        outcome = element(closing, 1)
        self.rows["group_acknowledgements"].append(
            (
                number,
                self.transaction.number,
                self.transaction.set_code,
                header.sender_id or header.interchange_sender_id,
                header.group_date or header.interchange_date,
                header.usage_indicator,
                element(group, 1),
                element(group, 2),
                element(group, 3),
                outcome,
                OUTCOMES.get(outcome or ""),
                _count(element(closing, 2)),
                _count(element(closing, 3)),
                _count(element(closing, 4)),
                _joined(closing, 5, 9),
            )
        )


def _joined(segment: Elements, first: int, last: int) -> str | None:
    found = (element(segment, position) for position in range(first, last + 1))
    return ";".join(code for code in found if code) or None


def _count(text: str | None) -> int | None:
    """Return a count of at most nine digits, as X12 writes them."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
