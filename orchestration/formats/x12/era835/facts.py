"""What the claims and lines of a stretch say in numbers: amounts, sums, balances, denials, and what is wrong.

The three balances are those of ``balancing``; here they are evaluated for all claims at once. A finding is noted for
an array of segments and put into words only when it is shown. What does not belong here: text columns (``rows``),
payment and provider adjustments (``payment``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from orchestration.core.findings import Finding, Severity
from orchestration.core.money import fits
from orchestration.formats.x12.era835 import balancing
from orchestration.formats.x12.era835.columnar import values
from orchestration.formats.x12.era835.columnar.index import SEGMENT_IDS, Flags, Index, Places, distinct, key
from orchestration.formats.x12.era835.columnar.values import Decimals, Numbers, dollars
from orchestration.formats.x12.era835.denials import DENIAL_CLASSES, STATUS_WITHOUT_DENIAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestration.formats.x12.era835.columnar.lookup import TextKeys
    from orchestration.formats.x12.era835.columnar.loops import Loops

_REVERSAL, _PREDETERMINATION = key("22"), key("25")
# CAS holds six triplets from its second element on
_CAS_FIRST, _CAS_LAST = 2, 19
_MOA_REMARKS: Final = range(3, 8)
_MIA_REMARKS: Final = (5, 20, 21, 22, 23)


def _table(texts: Iterable[str]) -> TextKeys:
    return np.sort(np.array([key(text) for text in texts], dtype=np.uint64))


def is_one_of(keys: TextKeys, table: TextKeys) -> Flags:
    """Tell which keys stand in a sorted table."""
    place = np.searchsorted(table, keys)
    place[place == len(table)] = 0
    found: Flags = table[place] == keys
    return found


_DENIAL_REASONS = _table(DENIAL_CLASSES)
_NO_DENIAL_STATUS = _table(STATUS_WITHOUT_DENIAL)


@dataclass(slots=True)
class Note:
    """One kind of finding at many segments, in ascending order; ``row`` of ``message`` is a place in ``segments``."""

    code: str
    severity: Severity
    segments: Places
    message: str | Callable[[int], str]
    place: str | None = None
    amount: Callable[[int], int] | None = None

    def finding(self, row: int, number: int, segment_id: str | None) -> Finding:
        """Put one of them into words."""
        cents = dollars(self.amount(row)) if self.amount is not None else None
        return Finding(
            self.code,
            self.severity,
            self.message if isinstance(self.message, str) else self.message(row),
            segment_number=number,
            segment_id=self.place or segment_id,
            amount=cents if cents is not None and fits(cents) else None,
        )


@dataclass(frozen=True, slots=True)
class Triplets:
    """CAS triplets in the order of the file: ``segment`` and the elements each is made of."""

    segment: Places
    reason: Places
    quantity: Places
    amount: Decimals
    units: Decimals
    claim: Places
    line: Places


class Facts:
    """Everything about claims, lines and adjustments that inspection and tables both need."""

    def __init__(self, index: Index, loops: Loops) -> None:
        self.index = index
        self.loops = loops
        self.notes: list[Note] = []
        claims, lines = loops.claims, loops.lines
        self.status: TextKeys = index.keys(index.element(claims, 2))
        self.claim_charged = self._amounts(claims, 3, "CLP", "the claim's charge (CLP03)")
        self.claim_paid = self._amounts(claims, 4, "CLP", "the claim's payment (CLP04)")
        self.patient_share = self._information(claims, 5, "CLP")
        self.line_charged = self._amounts(lines, 2, "SVC", "the line's charge (SVC02)")
        self.line_paid = self._amounts(lines, 3, "SVC", "the line's payment (SVC03)")
        self.paid_units = self._quantities(index.element(lines, 5), lines, "SVC")
        self.submitted_units = self._quantities(index.element(lines, 7), lines, "SVC")
        self.line_claim: Places = loops.claim_of[lines].astype(np.int64)
        self.unread = [loops.unknown()]
        self.triplets = self._read_triplets()
        self._balance()
        self._judge_denials()
        self._read_information()
        self._note_unread()

    # --- reading -----------------------------------------------------------------------------------------------

    def note(
        self,
        code: str,
        severity: Severity,
        segments: Places,
        message: str | Callable[[int], str],
        place: str | None = None,
        amount: Callable[[int], int] | None = None,
    ) -> None:
        """Keep a finding for each of some segments."""
        if len(segments):
            self.notes.append(Note(code, severity, segments, message, place, amount))

    def _amounts(self, segments: Places, position: int, place: str, what: str) -> Decimals:
        """Return amounts the balance needs; a missing or unreadable one is an error."""
        read = values.amounts(self.index, self.index.element(segments, position))
        self._note_amounts(read, segments, place, what)
        return read

    def _note_amounts(self, read: Decimals, segments: Places, place: str, what: str) -> None:
        for state, word in ((values.MISSING, "missing"), (values.UNREADABLE, "unreadable")):
            bad = segments[read.state == state]
            self.note(f"{word}_amount", "error", bad, f"{what} is {word}: the balance cannot be evaluated", place)

    def _information(self, segments: Places, position: int, place: str) -> Decimals:
        """Return amounts that no balance needs; an unreadable one is a warning."""
        read = values.amounts(self.index, self.index.element(segments, position))
        bad = segments[read.state == values.UNREADABLE]
        self.note("unreadable_information", "warning", bad, f"an amount in {place} is unreadable", place)
        return read

    def _quantities(self, elements: Places, segments: Places, place: str) -> Decimals:
        read = values.quantities(self.index, elements)
        bad = segments[read.state == values.UNREADABLE]
        self.note("unreadable_information", "warning", bad, f"a quantity in {place} is unreadable", place)
        return read

    def _read_triplets(self) -> Triplets:
        index, loops = self.index, self.loops
        cas = loops.of("CAS")
        self._misplaced(cas[loops.claim_of[cas] < 0])
        cas = cas[loops.claim_of[cas] >= 0]
        count = index.count(cas)
        places, segments = [], []
        for first in range(_CAS_FIRST, _CAS_LAST, 3):
            having = cas[count >= first]
            segments.append(having)
            places.append(np.full(len(having), first, dtype=np.int64))
        segment, place = np.concatenate(segments), np.concatenate(places)
        order = np.argsort(segment * (_CAS_LAST + 1) + place, kind="stable")
        segment, place = segment[order], place[order]
        own = index.elements(segment)
        reason, amount, quantity = (own.at(place + n) for n in range(3))
        some = index.has_text(reason) | index.has_text(amount) | index.has_text(quantity)
        if not some.all():
            segment, reason, amount, quantity = segment[some], reason[some], amount[some], quantity[some]
        read = values.amounts(index, amount)
        self._note_amounts(read, segment, "CAS", "an adjustment's amount (CAS)")
        nameless = ~index.has_text(reason) | ~index.has_text(index.element(segment, 1))
        words = "an adjustment has no group or reason code (CAS)"
        self.note("missing_reason_code", "error", segment[nameless], words, "CAS")
        long = cas[count > _CAS_LAST]
        crowded = [s for s in long.tolist() if self._is_crowded(s)]
        words = "more adjustments than a CAS segment can hold"
        self.note("segment_too_long", "error", np.array(crowded, dtype=np.int64), words, "CAS")
        units = self._quantities(quantity, segment, "CAS")
        claim, line = loops.claim_of[segment].astype(np.int64), loops.line_of[segment].astype(np.int64)
        return Triplets(segment, reason, quantity, read, units, claim, line)

    def _is_crowded(self, segment: int) -> bool:
        index = self.index
        beyond = np.arange(index.first[segment] + _CAS_LAST + 1, index.first[segment + 1])
        return bool(index.has_text(beyond).any())

    def _misplaced(self, segments: Places) -> None:
        self.note("misplaced_segment", "error", segments, "a segment of a claim stands outside any claim")
        if len(segments):
            self.unread.append(segments)

    # --- balances ----------------------------------------------------------------------------------------------

    def _balance(self) -> None:
        """Evaluate rules 1 and 2."""
        loops, triplets = self.loops, self.triplets
        units, good = triplets.amount.units, triplets.amount.is_read
        ordinals = np.arange(len(loops.claims) + 1)
        bounds = np.searchsorted(triplets.claim, ordinals)
        self.claim_adjusted, self.claim_summed = _sums(units, good, bounds)
        on_line = triplets.line >= 0
        bounds = np.searchsorted(triplets.line[on_line], np.arange(len(loops.lines) + 1))
        self.line_adjusted, self.line_summed = _sums(units[on_line], good[on_line], bounds)
        self.line_balanced, self.line_evaluable = self._judge(
            "unbalanced_line",
            loops.lines,
            (self.line_charged, self.line_adjusted, self.line_summed, self.line_paid),
            "SVC",
        )
        self.claim_balanced, self.claim_evaluable = self._judge(
            "unbalanced_claim",
            loops.claims,
            (self.claim_charged, self.claim_adjusted, self.claim_summed, self.claim_paid),
            "CLP",
        )

    def _judge(
        self, code: str, segments: Places, figures: tuple[Decimals, Numbers, Flags, Decimals], place: str
    ) -> tuple[Flags, Flags]:
        """Return which segments balance and for which that can be evaluated; keep a finding for each that does not."""
        charged, adjusted, summed, paid = figures
        difference = charged.units - adjusted - paid.units
        evaluable = charged.is_read & summed & paid.is_read
        balanced = evaluable & (difference == 0)
        rows = np.flatnonzero(evaluable & ~balanced)

        def words(row: int) -> str:
            at = rows[row]
            amounts = (dollars(charged.units[at]), dollars(adjusted[at]), dollars(paid.units[at]))
            return balancing.explanation(self._name(place, int(at)), amounts, ("charge", "adjustments"))

        self.note(code, "error", segments[rows], words, place, lambda row: int(difference[rows[row]]))
        return balanced, evaluable

    def _name(self, place: str, ordinal: int) -> str:
        if place == "CLP":
            return f"claim {self.loops.claim_number[ordinal]}"
        claim = self.loops.claim_number[self.line_claim[ordinal]]
        return f"line {self.loops.line_number[ordinal]} of claim {claim}"

    def _judge_denials(self) -> None:
        """Tell which claims are denied (``denials``), reversed, or predeterminations that pay."""
        index, loops, triplets = self.index, self.loops, self.triplets
        denies = is_one_of(index.keys(triplets.reason), _DENIAL_REASONS)
        denies &= index.has_text(index.element(triplets.segment, 1))
        on_claim = np.zeros(len(loops.claims), dtype=np.bool_)
        on_claim[triplets.claim[denies & (triplets.line < 0)]] = True
        on_line = np.zeros(len(loops.lines), dtype=np.bool_)
        on_line[triplets.line[denies & (triplets.line >= 0)]] = True
        unpaid = self.line_paid.is_read & (self.line_paid.units == 0)
        denied = on_claim & self.claim_paid.is_read & (self.claim_paid.units == 0)
        denied[self.line_claim] = False
        denied[self.line_claim[unpaid & (on_line | on_claim[self.line_claim])]] = True
        self.claim_denied = denied & ~is_one_of(self.status, _NO_DENIAL_STATUS)
        self.claim_reversed = self.status == _REVERSAL
        paying = np.flatnonzero((self.status == _PREDETERMINATION) & (self.claim_paid.units != 0))

        def words(row: int) -> str:
            at = int(paying[row])
            paid = dollars(self.claim_paid.units[at])
            return f"{self._name('CLP', at)} is a predetermination, which pays nothing, but carries {paid:,.2f}"

        self.note("predetermination_with_payment", "error", loops.claims[paying], words, "CLP")

    # --- information -------------------------------------------------------------------------------------------

    def _read_information(self) -> None:
        """Read dates, amounts, quantities and remarks that move no money."""
        index, loops = self.index, self.loops
        self.amounts_at = loops.of("AMT")
        self.information = self._information(self.amounts_at, 2, "AMT")
        self.quantities_at = loops.of("QTY")
        self.quantity = self._quantities(index.element(self.quantities_at, 2), self.quantities_at, "QTY")
        self.dates_at = loops.of("DTM")
        self.days, self.is_date = values.days(index, index.element(self.dates_at, 2))
        bad = self.dates_at[~self.is_date]
        self.note("unreadable_date", "warning", bad, "a date in DTM is unreadable", "DTM")
        parts = [(loops.of("LQ"), (2,)), (loops.of("MOA"), _MOA_REMARKS), (loops.of("MIA"), _MIA_REMARKS)]
        segments, elements = [], []
        for at, positions in parts:
            for position in positions:
                element = index.element(at, position)
                some = index.has_text(element)
                segments.append(at[some])
                elements.append(element[some])
        segment, element = np.concatenate(segments), np.concatenate(elements)
        order = np.argsort(element, kind="stable")
        segment, element = segment[order], element[order]
        placed = loops.claim_of[segment] >= 0
        self._misplaced(distinct(segment[~placed]))
        self.remarks_at, self.remark_codes = segment[placed], element[placed]

    def _note_unread(self) -> None:
        loops = self.loops
        words = "a segment that an 835 does not have was not read"
        self.note("unknown_segment", "warning", self.unread[0], words)
        lost = loops.of("SVC")
        self._misplaced(lost[loops.claim_of[lost] < 0])
        self.unread_at = distinct(np.concatenate(self.unread))

    def segment_id(self, segment: int) -> str | None:
        """Return the id of a segment when it looks like one."""
        code = int(self.index.code[segment])
        if code:
            return SEGMENT_IDS[code - 1]
        name = self.index.text(int(self.index.first[segment]))
        return name if name.isascii() and name.isalnum() and name.isupper() and len(name) in {2, 3} else None


def _sums(units: Numbers, good: Flags, bounds: Places) -> tuple[Numbers, Flags]:
    """Return the sum between bounds and whether it is known: all its parts were read and it fits."""
    sums, known = values.group_sums(units, bounds[:-1], bounds[1:])
    if not good.all():
        bad = np.zeros(len(good) + 1, dtype=np.int64)
        np.cumsum(~good, out=bad[1:])
        known = known & (bad[bounds[1:]] == bad[bounds[:-1]])
    return sums, known
