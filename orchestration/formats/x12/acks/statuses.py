"""277 to rows: what a payer or clearinghouse says about each claim it was sent or asked about.

Levels by HL03: 20 payer, 21 receiver, 19 provider, PT, 22 or 23 patient, under which each TRN opens a claim and each
SVC a line (005010X214 claim acknowledgement, 005010X212 status response). What does not belong here: X12's texts of
status codes, and which claim of ours is meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.formats.x12.syntax.segments import segment_id
from orchestration.formats.x12.syntax.values import amount, date, element, period

if TYPE_CHECKING:
    import datetime as dt

    from orchestration.formats.x12.syntax.segments import Elements
    from orchestration.formats.x12.syntax.sets import TransactionSet

# first letter, or letter and digit, of a claim status category code, in our words
_CATEGORIES: Final = {
    **dict.fromkeys(("A0", "A1", "A2", "A5"), "accepted"),
    **dict.fromkeys(("A3", "A6", "A7", "A8"), "rejected"),
    "A4": "not_found",
    "F1": "paid",
    "F2": "denied",
    "D0": "not_found",
}
_FAMILIES: Final = {"F": "finalized", "P": "pending", "R": "requested", "E": "error"}
# STC03, where the category is not a known one (X12 element 306)
_ACTIONS: Final = {"U": "rejected", "WQ": "accepted"}
_LEVELS: Final = {"20": "payer", "21": "receiver", "19": "provider", "PT": "claim", "22": "claim", "23": "claim"}
_PATIENTS: Final = frozenset({"QC", "IL"})
_PROVIDERS: Final = frozenset({"85", "1P"})
_SENDERS: Final = frozenset({"PR", "AY"})
_COMPOSITES: Final = ((1, 1), (10, 10), (11, 11))
_CLAIM_ACKNOWLEDGEMENT: Final = "X214"
# DTP01 of the days of service
_SERVICE: Final = "472"
_UNREAD: Final = frozenset(
    {"ST", "SE", "BHT", "PER", "DMG", "QTY", "AMT", "N3", "N4", "PWK"},
)


@dataclass(slots=True)
class _Status:
    """An STC on its way to rows: REF and DTP that follow it still belong to it."""

    segment_number: int
    segment: Elements
    level: str


@dataclass(slots=True)
class _ClaimStatus:
    """What is said at one TRN of a patient, or at one SVC below it."""

    trace: str | None = None
    statuses: list[_Status] = field(default_factory=list)
    references: dict[str, str | None] = field(default_factory=dict)
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(slots=True)
class Statuses:
    """The rows of one 277."""

    transaction: TransactionSet
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _level: str | None = None
    _names: dict[str, Elements] = field(default_factory=dict)
    _batch: str | None = None
    _open: _ClaimStatus = field(default_factory=_ClaimStatus)
    _outer: _ClaimStatus | None = None

    def read(self) -> Statuses:
        """Walk the segments and return self, filled."""
        first = self.transaction.first_segment_number
        for index in range(len(self.transaction.segments)):
            self._take(self.transaction.elements(index), first + index)
        self._close()
        return self

    def _take(self, segment: Elements, number: int) -> None:
        name = segment[0]
        if name == "HL":
            self._hierarchy(segment, number)
        elif name == "NM1":
            self._name(segment)
        elif name == "TRN":
            self._trace(segment)
        elif name == "SVC":
            self._line()
        elif name == "STC":
            level = "line" if self._outer is not None else self._level or "claim"
            self._open.statuses.append(_Status(number, segment, level))
        elif name in {"REF", "DTP"}:
            self._detail(segment)
        elif name not in _UNREAD:
            # it may be a name that slipped: its id is not repeated
            self._note("unknown_segment", "a segment that no 277 has was not read", number, [""])

    def _hierarchy(self, segment: Elements, number: int) -> None:
        self._close()
        self._level = _LEVELS.get(element(segment, 3) or "")
        if self._level is None:
            self._note("unknown_level", "a level of a kind that no 277 has", number, segment)

    def _trace(self, segment: Elements) -> None:
        self._close()
        self._open = _ClaimStatus(trace=element(segment, 2))
        if self._level == "receiver":
            self._batch = self._open.trace

    def _detail(self, segment: Elements) -> None:
        if segment[0] == "REF":
            self._open.references.setdefault(element(segment, 1) or "", element(segment, 2))
        elif element(segment, 1) == _SERVICE:
            self._open.first_day, self._open.last_day = period(element(segment, 2), element(segment, 3))

    def _name(self, segment: Elements) -> None:
        role = element(segment, 1) or ""
        for family in (_PATIENTS, _PROVIDERS, _SENDERS):
            if role in family:
                for other in family:
                    self._names.pop(other, None)
        if role in _SENDERS:
            # a new sender begins a new hierarchy
            self._names.clear()
            self._batch = None
        self._names[role] = segment

    def _line(self) -> None:
        """Open a line under the claim; the statuses of the claim stay to be filed with it."""
        outer = self._outer or self._open
        if self._outer is not None:
            self._file(self._open, outer)
        else:
            self._file(outer, outer)
            outer.statuses = []
        self._outer = outer
        self._open = _ClaimStatus(trace=outer.trace)

    def _close(self) -> None:
        self._file(self._open, self._outer or self._open)
        self._open, self._outer = _ClaimStatus(), None

    def _file(self, said: _ClaimStatus, claim: _ClaimStatus) -> None:
        """Turn the statuses of one claim or line into rows."""
        patient = self._first(_PATIENTS)
        provider = self._first(_PROVIDERS)
        sender = self._first(_SENDERS)
        for status in said.statuses:
            is_claim = status.level in {"claim", "line"}
            charged, paid = (self._amount(status, position) for position in (4, 5))
            action = element(status.segment, 3)
            for position, number in _COMPOSITES:
                parts = self.transaction.components(element(status.segment, position))
                if position > 1 and not parts:
                    continue
                category, code, entity = (*parts, None, None, None)[:3]
                self.rows.append(
                    (
                        status.segment_number,
                        self.transaction.number,
                        self.transaction.version_code,
                        self.transaction.header.usage_indicator,
                        status.level,
                        number,
                        element(sender, 3),
                        element(sender, 9),
                        element(provider, 9) if element(provider, 8) == "XX" else None,
                        self._batch,
                        self._control_number(claim) if is_claim else None,
                        claim.references.get("1K") if is_claim else None,
                        claim.references.get("D9") if is_claim else None,
                        said.references.get("FJ") if status.level == "line" else None,
                        element(patient, 3) if is_claim else None,
                        element(patient, 4) if is_claim else None,
                        element(patient, 9) if is_claim else None,
                        category,
                        code,
                        entity,
                        outcome(category, action),
                        action,
                        date(element(status.segment, 2)),
                        charged,
                        paid,
                        element(status.segment, 12),
                        (said.first_day or claim.first_day) if is_claim else None,
                        (said.last_day or claim.last_day) if is_claim else None,
                    )
                )

    def _control_number(self, claim: _ClaimStatus) -> str | None:
        if _CLAIM_ACKNOWLEDGEMENT in (self.transaction.version_code or ""):
            return claim.trace
        return claim.references.get("EJ") or claim.trace

    def _amount(self, status: _Status, position: int) -> Any:  # noqa: ANN401  # Decimal, kept out of run time imports
        written = element(status.segment, position)
        found = amount(written)
        if written is not None and found is None:
            message = "an amount of the status is no number of dollars and cents"
            self._note("unreadable_amount", message, status.segment_number, status.segment)
        return found

    def _first(self, roles: frozenset[str]) -> Elements:
        return next((self._names[role] for role in roles if role in self._names), [])

    def _note(self, code: str, message: str, number: int, segment: Elements) -> None:
        self.findings.append(Finding(code, "warning", message, segment_number=number, segment_id=segment_id(segment)))


def outcome(category: str | None, action: str | None) -> str | None:
    """Return what became of the claim, by the claim status category, else by the action (STC03)."""
    if category is not None:
        known = _CATEGORIES.get(category) or _FAMILIES.get(category[:1])
        if known is not None:
            return known
    return _ACTIONS.get(action or "")
