"""Proves the claims of whole remittances at once: what is proved, the exact walker would find right.

Only the detail of a transaction (loops 2000, 2100 and 2110 of 005010X221A1), which is nearly all of a file, is proved
here, from the same grammar; everything that is not proved is walked segment by segment (``walker``). So it may doubt
what is right, and never proves what is wrong. What does not belong here: saying what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import numpy.typing as npt

from orchestration.formats.x12.era835.columnar import values
from orchestration.formats.x12.era835.columnar.index import CODE, MASKS, Flags, Index, Places
from orchestration.formats.x12.era835.validation.detail import (
    CODED,
    COMPOSITE,
    DATE,
    DECIMAL,
    LENGTHS,
    WHOLE,
    WRONG,
    DetailTables,
)
from orchestration.formats.x12.era835.validation.elements import is_of_type
from orchestration.formats.x12.era835.validation.grammar import grammar

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.loops import Loops
    from orchestration.formats.x12.era835.validation.grammar import Grammar

VERSION: Final = "005010X221A1"
# segments: below this the tables of the proof cost more than the walk
WORTH_PROVING: Final = 1000
_WORD = 8
_BLANK: Final = ord(" ")
_PRINTABLE = bytes(range(32, 127))
_FIRST_YEAR = 1800
_FIRST_DAY: Final = (_FIRST_YEAR - 1970) * 366
_DONT_CARE: Final = -(1 << 40)


@cache
def _tables() -> DetailTables:
    return DetailTables(cast("Grammar", grammar(VERSION)))


def start_node() -> int:
    """Return the node a proof begins behind: the first LX of a transaction."""
    return int(_tables().node[0, CODE["LX"]])


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved of the transactions of a stretch.

    ``first`` and ``end`` bound the detail; ``last_node`` is where the walk stands after it.
    """

    is_proved: Flags
    first: Places
    end: Places
    last_node: Places


def prove(index: Index, loops: Loops) -> Proof:
    """Return what can be proved of a stretch; of a short one nothing, because walking it costs less."""
    if len(index) >= WORTH_PROVING:
        return Prover(index, loops).prove()
    nowhere = np.zeros(len(loops.set_first), dtype=np.int64)
    return Proof(np.zeros(len(nowhere), dtype=np.bool_), nowhere, nowhere, nowhere)


class Prover:
    """Proves the details of one stretch of canonical bytes."""

    def __init__(self, index: Index, loops: Loops) -> None:
        self.index = index
        self.loops = loops
        self.tables = _tables()
        self.doubted = np.zeros(len(loops.set_first), dtype=np.bool_)

    def prove(self) -> Proof:
        """Return which transactions have a detail without fault: from after their first LX to before PLB or SE."""
        index, loops, tables = self.index, self.loops, self.tables
        first, end = self._details()
        inside = np.zeros(len(index) + 1, dtype=np.int32)
        some = end > first
        self.doubted |= ~some
        inside[first[some]] += 1
        inside[end[some]] -= 1
        detail = np.flatnonzero(np.cumsum(inside[:-1]) > 0)
        if not len(detail):
            return Proof(~self.doubted, first, end, np.zeros(len(first), dtype=np.int64))
        node = np.zeros(len(index), dtype=np.int64)
        loop = np.where(loops.line_of[detail] >= 0, 2, np.where(loops.claim_of[detail] >= 0, 1, 0))
        node[detail] = self._nodes(detail, loop)
        # the LX that the detail comes after
        node[first[some] - 1] = tables.node[0, CODE["LX"]]
        self._doubt(detail[node[detail] == 0])
        self._doubt(detail[~tables.may_follow[node[detail - 1], node[detail]]])
        self._count(detail, loop, node)
        self._check_elements(detail, node)
        self._check_notes(detail, node)
        last = node[np.maximum(end - 1, 0)]
        return Proof(~self.doubted, first, end, last)

    def _doubt(self, segments: Places) -> None:
        if len(segments):
            self.doubted[self.loops.set_of(segments)] = True

    def _details(self) -> tuple[Places, Places]:
        """Return where the detail of each transaction begins and ends; nowhere when it has none."""
        loops, code = self.loops, self.index.code
        headers = np.flatnonzero((code == CODE["LX"]) & loops.inside)
        enders = np.flatnonzero(((code == CODE["PLB"]) | (code == CODE["SE"])) & loops.inside)
        beyond = len(code)
        first = np.append(headers, beyond)[np.searchsorted(headers, loops.set_first)] + 1
        end = np.append(enders, beyond)[np.searchsorted(enders, loops.set_first)]
        end = np.minimum(end, loops.set_end)
        first = np.minimum(first, end)
        return first, end

    def _nodes(self, detail: Places, loop: Places) -> Places:
        index, tables = self.index, self.tables
        code = index.code[detail]
        node = tables.node[loop, code]
        rows = np.flatnonzero(tables.needs_qualifier[loop, code])
        qualifier = index.qualifiers[detail[rows]]
        short = qualifier < (1 << 40)
        combined = (
            qualifier
            | (code[rows].astype(np.uint64) << np.uint64(40))
            | (loop[rows].astype(np.uint64) << np.uint64(56))
        )
        node[rows] = np.where(short, tables.by_qualifier.find(combined), 0)
        return node

    def _count(self, detail: Places, loop: Places, node: npt.NDArray[np.int64]) -> None:
        """Doubt what stands more often than it may, and claims without a patient."""
        index, loops, tables = self.index, self.loops, self.tables
        code = index.code[detail]
        opens = (code == CODE["LX"]) | (code == CODE["CLP"]) | (code == CODE["SVC"])
        # what stands before the first of them belongs to the LX before the detail
        instance = np.cumsum(opens)
        place = instance * tables.width + np.maximum(node[detail] - tables.bases[loop], 0)
        counted = np.bincount(place, minlength=(int(instance[-1]) + 1) * tables.width)
        often = counted[place] > tables.most[node[detail]]
        self._doubt(detail[often])
        named = np.zeros(len(loops.claims), dtype=np.bool_)
        named[loops.claim_of[detail[node[detail] == tables.patient]]] = True
        self._doubt(loops.claims[~named])
        lines = np.bincount(loops.claim_of[loops.lines], minlength=len(loops.claims))
        self._doubt(loops.claims[lines > tables.most_lines])

    def _check_elements(self, detail: Places, node: npt.NDArray[np.int64]) -> None:
        index, tables = self.index, self.tables
        count = np.diff(index.first) - 1
        here = node[detail]
        held = count[detail]
        self._doubt(detail[(held > tables.most_elements[here]) | (held < tables.least_elements[here])])
        # a separator that ends a segment
        last = index.first[detail + 1] - 1
        self._doubt(detail[index.start[last] >= index.end[last]])
        self._check_characters()
        offset = np.full(len(index), _DONT_CARE, dtype=np.int64)
        offset[detail] = tables.spec[here] - index.first[detail]
        spec = np.repeat(offset, count + 1)
        spec += np.arange(len(spec))
        np.clip(spec, 0, len(tables.specs.codes) - 1, out=spec)
        self._check(spec, index.start[:-1], index.end[:-1], None)

    def _check(self, spec: Places, start: Places, end: Places, owners: Places | None) -> None:
        """Doubt elements (or parts, of elements ``owners``) that are not as their row says."""
        specs, tables = self.tables.specs, self.tables
        place = np.minimum(end - start, LENGTHS - 1)
        place += spec * LENGTHS
        kind = specs.by_length[place]
        bad = kind == WRONG
        rows = np.flatnonzero(kind == DECIMAL)
        bad[rows] |= ~self._numbers(start[rows], end[rows], may_have_point=True)
        rows = np.flatnonzero(kind == WHOLE)
        bad[rows] |= ~self._numbers(start[rows], end[rows], may_have_point=False)
        rows = np.flatnonzero(kind == DATE)
        bad[rows] |= ~self._dates(start[rows], end[rows])
        rows = np.flatnonzero(kind == CODED)
        keys, sets = self.index.keys_between(start[rows], end[rows]), specs.codes[spec[rows]]
        found = (keys < (1 << 40)) & (tables.small.find(keys | (sets.astype(np.uint64) << np.uint64(40))) > 0)
        for number, table in tables.large.items():
            some = np.flatnonzero(sets == number)
            place = np.searchsorted(table, keys[some])
            place[place == len(table)] = 0
            found[some] = table[place] == keys[some]
        bad[rows] |= ~found
        at = np.flatnonzero(bad)
        self._doubt_elements(at if owners is None else owners[at])
        if owners is None:
            self._check_composites(np.flatnonzero(kind == COMPOSITE), spec, start, end)

    def _check_composites(self, rows: Places, spec: Places, start: Places, end: Places) -> None:
        """Doubt composites (``rows`` of the elements) with a part that is not right, and parts where none may be."""
        specs = self.tables.specs
        marks = self.index.components
        first = np.searchsorted(marks, start[rows])
        after = np.searchsorted(marks, end[rows])
        count = after - first + 1
        kind = spec[rows]
        self._doubt_elements(rows[(count > specs.most_parts[kind]) | (count < specs.least_parts[kind])])
        owner = np.repeat(rows, count)
        ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        mark = np.repeat(first, count) + ordinal
        # a component separator anywhere else
        is_stray = np.ones(len(marks), dtype=np.bool_)
        is_stray[mark[ordinal + 1 < np.repeat(count, count)]] = False
        holders = np.searchsorted(self.index.end[:-1], marks[is_stray])
        # row 0 is what is not judged here
        self._doubt_elements(holders[spec[holders] > 0])
        known = np.append(marks, 0)
        begin = np.where(ordinal == 0, start[owner], known[mark - 1] + 1)
        stop = np.where(ordinal + 1 == np.repeat(count, count), end[owner], known[np.minimum(mark, len(marks))])
        allowed = np.minimum(ordinal, np.repeat(specs.most_parts[kind], count) - 1)
        self._check(np.repeat(specs.parts[kind], count) + 1 + allowed, begin, stop, owner)

    def _doubt_elements(self, elements: Places) -> None:
        """Doubt the transactions that elements stand in; those outside any count for nothing."""
        if len(elements):
            segments = np.searchsorted(self.index.first, elements, side="right") - 1
            self._doubt(segments[self.loops.inside[segments]])

    def _check_characters(self) -> None:
        """Doubt transactions with anything but printable ASCII, or with blanks around an element."""
        index, marks = self.index, self.index.marks
        allowed = _PRINTABLE + bytes((marks.element, marks.component, marks.terminator))
        if index.data.translate(None, allowed):
            odd = np.ones(256, dtype=np.bool_)
            odd[list(allowed)] = False
            places = np.flatnonzero(odd[index.buffer[: len(index.data)]])
            self._doubt_elements(np.searchsorted(index.end[:-1], places))
        if index.is_padded is not None:
            self._doubt_elements(np.flatnonzero(index.is_padded[:-1]))
        # around a part of an element, too
        parted = index.components
        beside = (index.buffer[parted - 1] == _BLANK) | (index.buffer[parted + 1] == _BLANK)
        self._doubt_elements(np.searchsorted(index.end[:-1], parted[beside]))

    def _numbers(self, start: Places, end: Places, *, may_have_point: bool) -> Flags:
        index = self.index
        length = end - start
        word = index.words[start] & MASKS[np.minimum(length, _WORD)]
        is_number = values.are_numbers(word, length, may_have_point=may_have_point)
        for row in np.flatnonzero(length > _WORD).tolist():
            text = index.data[start[row] : end[row]].decode("utf-8", "replace")
            is_number[row] = is_of_type("R" if may_have_point else "N0", text)
        return is_number

    def _dates(self, start: Places, end: Places) -> Flags:
        days, is_date = values.days_between(self.index, start, end)
        is_day: Flags = is_date & (end - start == _WORD) & (days >= _FIRST_DAY)
        return is_day

    def _check_notes(self, detail: Places, node: npt.NDArray[np.int64]) -> None:
        """Doubt segments whose syntax notes do not hold."""
        index = self.index
        held = index.count(detail)
        for key_, notes in self.tables.notes:
            target = next(s.node for s in self.tables.segments if s.key == key_)
            mine = node[detail] == target
            for note in notes:
                # nothing of it present: only a note that asks for something fails
                near = 0 if note.rule == "R" else min(note.positions)
                rows = detail[np.flatnonzero(mine & (held >= near))]
                if len(rows):
                    given = [index.has_text(index.element(rows, position)) for position in note.positions]
                    self._doubt(rows[~_holds(note.rule, given)])


def _holds(rule: str, given: list[Flags]) -> Flags:
    """Tell where a syntax note holds, as ``elements`` does for one segment."""
    count = sum(g.astype(np.int8) for g in given)
    first, rest = given[0], count - given[0]
    if rule == "P":
        return np.asarray((count == 0) | (count == len(given)))
    if rule == "R":
        return np.asarray(count > 0)
    if rule == "E":
        return np.asarray(count <= 1)
    if rule == "C":
        return np.asarray(~first | (rest == len(given) - 1))
    return np.asarray(~first | (rest > 0))
