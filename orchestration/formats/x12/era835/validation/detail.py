"""The detail of a guide (loops 2000, 2100 and 2110) as arrays, so that whole remittances can be judged at once.

What does not belong here: the guide itself (``grammar``), and judging by it (``prover``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from orchestration.formats.x12.era835.columnar.index import CODE, key
from orchestration.formats.x12.era835.columnar.lookup import Lookup

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.index import Flags
    from orchestration.formats.x12.era835.columnar.lookup import TextKeys
    from orchestration.formats.x12.era835.validation.grammar import ElementRule, Grammar, SegmentRule, SyntaxNote

LOOPS: Final = ("2000", "2100", "2110")
# a set of codes with more values than this is looked up in its own sorted table
_LARGE = 100
_SLOTS_BITS = 14
# what has to be looked at besides the length, and what is wrong by its length alone
FREE, DECIMAL, WHOLE, DATE, CODED, COMPOSITE, WRONG = range(7)
# lengths are distinguished up to here; what is longer is doubted
LENGTHS: Final = 256


@dataclass(slots=True)
class ElementSpecs:
    """What may stand in an element or part of a composite, one row a position; row 0 allows everything.

    ``by_length`` has ``LENGTHS`` entries a row: what has to be looked at in a text of that length.
    """

    by_length: npt.NDArray[np.uint8]
    codes: npt.NDArray[np.int64]
    # of composites: the row before its first part, how many it may have and must have
    parts: npt.NDArray[np.int64]
    most_parts: npt.NDArray[np.int64]
    least_parts: npt.NDArray[np.int64]


class DetailTables:
    """The detail of a guide as arrays."""

    def __init__(self, rules: Grammar) -> None:
        self.rules = rules
        self.segments = [s for s in rules.segments if s.loop in LOOPS]
        nodes = len(rules.nodes)
        self.node = self._nodes()
        self.needs_qualifier = np.zeros((len(LOOPS), len(CODE) + 1), dtype=np.bool_)
        entries: dict[int, int] = {}
        for segment in self.segments:
            loop, code = LOOPS.index(segment.loop), CODE[segment.segment_id]
            if segment.qualifier is not None and segment.qualifier.part is None:
                self.needs_qualifier[loop, code] = True
                entries |= {_combined(loop, code, key(v)): segment.node for v in segment.qualifier.values}
        self.by_qualifier = Lookup(entries, _SLOTS_BITS)
        self.may_follow = self._steps(nodes)
        self.most = np.zeros(nodes, dtype=np.int64)
        self.least_elements = np.zeros(nodes, dtype=np.int64)
        self.most_elements = np.zeros(nodes, dtype=np.int64)
        self.spec = np.zeros(nodes, dtype=np.int64)
        self._rows: list[tuple[ElementRule | None, int, int, int]] = [(None, 0, 0, 0)]
        self._sets: dict[frozenset[str], int] = {}
        self.notes: list[tuple[str, list[SyntaxNote]]] = []
        for segment in self.segments:
            self._add(segment)
        self.specs = self._specs()
        self.small, self.large = self._code_tables()
        self.patient = next(s.node for s in self.segments if s.key == "2100/NM1*QC")
        self.most_lines = next(loop for loop in rules.loops if loop.name == "2110").maximum or 1 << 62
        self.bases = np.array([min(s.node for s in self.segments if s.loop == loop) for loop in LOOPS])
        self.width = max(s.node - self.bases[LOOPS.index(s.loop)] for s in self.segments) + 1

    def _nodes(self) -> npt.NDArray[np.int64]:
        """Return the node of each segment code in each loop; where a qualifier decides, of any of them."""
        nodes = np.zeros((len(LOOPS), len(CODE) + 1), dtype=np.int64)
        for segment in self.segments:
            nodes[LOOPS.index(segment.loop), CODE[segment.segment_id]] = segment.node
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

    def _add(self, segment: SegmentRule) -> None:
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

    def _specs(self) -> ElementSpecs:
        elements = [row[0] for row in self._rows]
        return ElementSpecs(
            by_length=np.concatenate([_by_length(element) for element in elements]),
            codes=np.array([self._set(e.codes) if e and e.codes is not None else 0 for e in elements], dtype=np.int64),
            parts=np.array([row[1] for row in self._rows], dtype=np.int64),
            most_parts=np.array([row[2] for row in self._rows], dtype=np.int64),
            least_parts=np.array([row[3] for row in self._rows], dtype=np.int64),
        )

    def _set(self, codes: frozenset[str]) -> int:
        return self._sets.setdefault(codes, len(self._sets) + 1)

    def _code_tables(self) -> tuple[Lookup, dict[int, TextKeys]]:
        small: dict[int, int] = {}
        large: dict[int, TextKeys] = {}
        for codes, number in self._sets.items():
            if len(codes) > _LARGE:
                large[number] = np.sort(np.array([key(c) for c in codes], dtype=np.uint64))
            else:
                small |= {_combined(0, number, key(c)): 1 for c in codes if len(c) <= 5}  # noqa: PLR2004
        return Lookup(small, _SLOTS_BITS), large


def _by_length(element: ElementRule | None) -> npt.NDArray[np.uint8]:
    """Return what has to be looked at in a text of each length."""
    if element is None:
        return np.full(LENGTHS, FREE, dtype=np.uint8)
    row = np.full(LENGTHS, WRONG, dtype=np.uint8)
    row[0] = WRONG if element.usage == "R" else FREE
    if element.usage != "N":
        least, most = (1, LENGTHS) if element.is_composite else (max(element.minimum, 1), element.maximum)
        row[least : min(most, LENGTHS - 2) + 1] = _kind(element)
    return row


def _kind(element: ElementRule) -> int:
    if element.is_composite:
        return COMPOSITE
    if element.codes is not None:
        return CODED
    return {"R": DECIMAL, "N0": WHOLE, "DT": DATE, "TM": DATE}.get(element.kind, FREE)


def _combined(loop: int, code: int, text: int) -> int:
    """Return one number for a short text (up to five bytes) in a context."""
    return text | code << 40 | loop << 56


def _is_implied(note: SyntaxNote, segment: SegmentRule) -> bool:
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
