"""Vouches for the claims of whole remittances at once: what it vouches for, the exact walker would find right.

Only the detail of a transaction (loops 2000, 2100 and 2110 of 005010X221A1), which is nearly all of a file, is proved
here, from the same grammar; everything it cannot vouch for is walked segment by segment (``walker``). So it may doubt
what is right, never the other way round. What does not belong here: saying what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import numpy.typing as npt

from orchestration.formats.x12.era835.columnar import values
from orchestration.formats.x12.era835.columnar.index import CODE, MASKS, Flags, Index, Places, key
from orchestration.formats.x12.era835.columnar.lookup import Lookup, Words
from orchestration.formats.x12.era835.validation.elements import is_of_type
from orchestration.formats.x12.era835.validation.grammar import Element, Grammar, Note, Segment, grammar

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.loops import Loops

VERSION: Final = "005010X221A1"
_LOOPS: Final = ("2000", "2100", "2110")
# segments: below this the tables of the proof cost more than the walk
WORTH_PROVING: Final = 1000
_WORD = 8
# a set of codes with more values than this is looked up in its own sorted table
_LARGE = 100
_SLOTS_BITS = 14
_BLANK: Final = ord(" ")
_PRINTABLE = bytes(range(32, 127))
_FIRST_YEAR = 1800
_FIRST_DAY: Final = (_FIRST_YEAR - 1970) * 366
_DONT_CARE: Final = -(1 << 40)


# what has to be looked at besides the length, and what is wrong by its length alone
_FREE, _DECIMAL, _WHOLE, _DATE, _CODED, _COMPOSITE, _WRONG = range(7)
# lengths are told apart up to here; what is longer is doubted
_LENGTHS: Final = 256


@dataclass(slots=True)
class _Specs:
    """What may stand in an element or part of a composite, one row a position; row 0 allows everything.

    ``by_length`` has ``_LENGTHS`` entries a row: what has to be looked at in a text of that length.
    """

    by_length: npt.NDArray[np.uint8]
    codes: npt.NDArray[np.int64]
    # of composites: the row before its first part, how many it may have and must have
    parts: npt.NDArray[np.int64]
    most_parts: npt.NDArray[np.int64]
    least_parts: npt.NDArray[np.int64]


class _Tables:
    """The detail of a guide as arrays."""

    def __init__(self, rules: Grammar) -> None:
        self.rules = rules
        self.segments = [s for s in rules.segments if s.loop in _LOOPS]
        nodes = len(rules.nodes)
        self.node = self._nodes()
        self.needs_qualifier = np.zeros((len(_LOOPS), len(CODE) + 1), dtype=np.bool_)
        entries: dict[int, int] = {}
        for segment in self.segments:
            loop, code = _LOOPS.index(segment.loop), CODE[segment.segment_id]
            if segment.qualifier is not None and segment.qualifier.part is None:
                self.needs_qualifier[loop, code] = True
                entries |= {_combined(loop, code, key(v)): segment.node for v in segment.qualifier.values}
        self.by_qualifier = Lookup(entries, _SLOTS_BITS)
        self.may_follow = self._steps(nodes)
        self.most = np.zeros(nodes, dtype=np.int64)
        self.least_elements = np.zeros(nodes, dtype=np.int64)
        self.most_elements = np.zeros(nodes, dtype=np.int64)
        self.spec = np.zeros(nodes, dtype=np.int64)
        self._rows: list[tuple[Element | None, int, int, int]] = [(None, 0, 0, 0)]
        self._sets: dict[frozenset[str], int] = {}
        self.notes: list[tuple[str, list[Note]]] = []
        for segment in self.segments:
            self._add(segment)
        self.specs = self._specs()
        self.small, self.large = self._code_tables()
        self.patient = next(s.node for s in self.segments if s.key == "2100/NM1*QC")
        self.most_lines = next(loop for loop in rules.loops if loop.name == "2110").maximum or 1 << 62
        self.bases = np.array([min(s.node for s in self.segments if s.loop == loop) for loop in _LOOPS])
        self.width = max(s.node - self.bases[_LOOPS.index(s.loop)] for s in self.segments) + 1

    def _nodes(self) -> npt.NDArray[np.int64]:
        """Return the node of each segment code in each loop; where a qualifier decides, of any of them."""
        nodes = np.zeros((len(_LOOPS), len(CODE) + 1), dtype=np.int64)
        for segment in self.segments:
            nodes[_LOOPS.index(segment.loop), CODE[segment.segment_id]] = segment.node
        return nodes

    def _steps(self, count: int) -> Flags:
        """Return which node may follow which without anything missing but the patient's name."""
        allowed = np.zeros((count, count), dtype=np.bool_)
        patient = {s.node for s in self.segments if s.key == "2100/NM1*QC"}
        inside = {s.node for s in self.segments}
        for node in inside:
            for steps in self.rules.steps[node].values():
                earlier: set[str] = set()
                for step in steps:
                    own = self._qualifiers(step.target)
                    # a step is taken for its own qualifiers only when no earlier one would be
                    if step.target in inside and not own & earlier and set(step.needs) <= patient:
                        allowed[node, step.target] = True
                    earlier |= own
        return allowed

    def _qualifiers(self, node: int) -> set[str]:
        qualifier = self.rules.segment(node).qualifier
        return set(qualifier.values) if qualifier is not None else {""}

    def _add(self, segment: Segment) -> None:
        node = segment.node
        self.most[node] = segment.maximum or 1 << 62
        self.most_elements[node] = len(segment.elements)
        self.least_elements[node] = max((e.position for e in segment.elements if e.usage == "R"), default=1)
        composites = {}
        for element in segment.elements:
            if element.is_composite and element.usage != "N":
                # row of part 1 less one
                composites[element.position] = len(self._rows) - 1
                self._rows += [(part, 0, 0, 0) for part in element.parts]
        # the id is element 0: anything
        self.spec[node] = len(self._rows)
        self._rows.append((None, 0, 0, 0))
        for element in segment.elements:
            first = composites.get(element.position)
            least = max((p.position for p in element.parts if p.usage == "R"), default=1)
            row = (element, first, len(element.parts), least) if first is not None else (element, 0, 0, 0)
            self._rows.append(row)
        notes = [note for note in segment.notes if not _is_implied(note, segment)]
        if notes:
            self.notes.append((segment.key, notes))

    def _specs(self) -> _Specs:
        elements = [row[0] for row in self._rows]
        return _Specs(
            by_length=np.concatenate([_by_length(element) for element in elements]),
            codes=np.array([self._set(e.codes) if e and e.codes is not None else 0 for e in elements], dtype=np.int64),
            parts=np.array([row[1] for row in self._rows], dtype=np.int64),
            most_parts=np.array([row[2] for row in self._rows], dtype=np.int64),
            least_parts=np.array([row[3] for row in self._rows], dtype=np.int64),
        )

    def _set(self, codes: frozenset[str]) -> int:
        return self._sets.setdefault(codes, len(self._sets) + 1)

    def _code_tables(self) -> tuple[Lookup, dict[int, Words]]:
        small: dict[int, int] = {}
        large: dict[int, Words] = {}
        for codes, number in self._sets.items():
            if len(codes) > _LARGE:
                large[number] = np.sort(np.array([key(c) for c in codes], dtype=np.uint64))
            else:
                small |= {_combined(0, number, key(c)): 1 for c in codes if len(c) <= 5}  # noqa: PLR2004
        return Lookup(small, _SLOTS_BITS), large


def _by_length(element: Element | None) -> npt.NDArray[np.uint8]:
    """Return what has to be looked at in a text of each length."""
    if element is None:
        return np.full(_LENGTHS, _FREE, dtype=np.uint8)
    row = np.full(_LENGTHS, _WRONG, dtype=np.uint8)
    row[0] = _WRONG if element.usage == "R" else _FREE
    if element.usage != "N":
        least, most = (1, _LENGTHS) if element.is_composite else (max(element.minimum, 1), element.maximum)
        row[least : min(most, _LENGTHS - 2) + 1] = _kind(element)
    return row


def _kind(element: Element) -> int:
    if element.is_composite:
        return _COMPOSITE
    if element.codes is not None:
        return _CODED
    return {"R": _DECIMAL, "N0": _WHOLE, "DT": _DATE, "TM": _DATE}.get(element.kind, _FREE)


def _combined(loop: int, code: int, text: int) -> int:
    """Return one number for a short text (up to five bytes) in a context."""
    return text | code << 40 | loop << 56


def _is_implied(note: Note, segment: Segment) -> bool:
    """Tell whether required and unused elements alone keep a syntax note."""
    usage = [segment.elements[p - 1].usage if p <= len(segment.elements) else "N" for p in note.positions]
    first, rest = usage[0], usage[1:]
    if note.rule == "P":
        return len(set(usage)) == 1 and usage[0] in {"R", "N"}
    if note.rule == "R":
        return "R" in usage
    if note.rule == "E":
        return sum(u != "N" for u in usage) <= 1
    if note.rule == "C":
        return first == "N" or all(u == "R" for u in rest)
    return first == "N" or "R" in rest


@cache
def _tables() -> _Tables:
    return _Tables(cast("Grammar", grammar(VERSION)))


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
    """Return what can be vouched for in a stretch; of a short one nothing, because walking it costs less."""
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
        place = np.minimum(end - start, _LENGTHS - 1)
        place += spec * _LENGTHS
        kind = specs.by_length[place]
        bad = kind == _WRONG
        rows = np.flatnonzero(kind == _DECIMAL)
        bad[rows] |= ~self._numbers(start[rows], end[rows], may_have_point=True)
        rows = np.flatnonzero(kind == _WHOLE)
        bad[rows] |= ~self._numbers(start[rows], end[rows], may_have_point=False)
        rows = np.flatnonzero(kind == _DATE)
        bad[rows] |= ~self._dates(start[rows], end[rows])
        rows = np.flatnonzero(kind == _CODED)
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
            self._check_composites(np.flatnonzero(kind == _COMPOSITE), spec, start, end)

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
