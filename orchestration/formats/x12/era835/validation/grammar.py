"""The guide's tables as rules: loops, segments, elements, and every step from one segment to the next.

``grammar(version)`` reads ``guide_5010`` or ``guide_4010`` once. Its parts are flat and plain, so that the exact
walker and a vectorised one judge by the same facts:

- ``nodes``: loops and segments in the order of the guide, numbered from 0. The numbers of what a loop holds run from
  ``loop.node + 1`` to ``loop.last``, so entering a loop resets one slice of counters.
- ``SegmentRule.qualifier``: the element and values by which this segment differs from others of the same id.
- ``SegmentRule.elements``: one ``ElementRule`` per position from 1; a composite holds its own in ``parts``.
- ``steps[node][segment_id]``: where the walk can go from a segment when that id comes next. The first step whose
  qualifier fits is taken. ``enters`` is the loop that begins (or begins again) there: its own counter goes up, those
  of all it holds start anew. ``needs`` are the required nodes that were passed over and may be missing: each must
  have been counted since the loop around it was entered.
- ISA and GS are reached from anywhere: ``headers`` holds their steps, ``steps`` leads to neither.

What does not belong here: judging a file (``walker``), values (``elements``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, cast

from orchestration.formats.x12.era835.validation import guide_4010, guide_5010
from orchestration.formats.x12.era835.validation.codes import code_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# ST01 of the transaction sets the guides are of
REMITTANCE: Final = "835"
Usage = Literal["R", "S", "N"]
# "" where nothing may stand
ElementType = Literal["AN", "ID", "N0", "R", "DT", "TM", ""]
_HEADERS = frozenset({"ISA", "GS"})


@dataclass(frozen=True, slots=True)
class ElementRule:
    """What may stand at one position of a segment, or of a composite.

    ``position`` counts from 1. Lengths are characters; those of N0 and R do not count sign and decimal point.
    ``codes`` is ``None`` when any value of the type is allowed. ``parts`` belong to a composite only.
    """

    position: int
    usage: Usage
    kind: ElementType = ""
    minimum: int = 0
    maximum: int = 0
    codes: frozenset[str] | None = None
    is_composite: bool = False
    parts: tuple[ElementRule, ...] = ()


@dataclass(frozen=True, slots=True)
class SyntaxNote:
    """A syntax note: ``rule`` is P, R, E, C or L; ``positions`` are elements from 1."""

    rule: str
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Element ``position`` (its part ``part``, from 1, in a composite) holds one of ``values``."""

    position: int
    part: int | None
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """One segment of a loop. ``key`` names it: ``2100/NM1*QC``. ``maximum`` is ``None`` when it may repeat freely."""

    node: int
    key: str
    loop: str
    segment_id: str
    label: str
    position: int
    usage: Usage
    maximum: int | None
    qualifier: Qualifier | None
    notes: tuple[SyntaxNote, ...]
    elements: tuple[ElementRule, ...]


@dataclass(frozen=True, slots=True)
class LoopRule:
    """One loop. ``last`` is the number of the last node it holds; ``maximum`` is ``None`` when it may repeat freely."""

    node: int
    last: int
    name: str
    parent: str | None
    label: str
    position: int
    usage: Usage
    maximum: int | None


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One way on: to segment ``target``, into loop node ``enters`` (``None``: within a loop already entered)."""

    target: int
    enters: int | None
    needs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """All rules of one version; see the module's text for their shape.

    ``unknown_characters`` are the printable ASCII characters that may stand in no value.
    """

    version: str
    unknown_characters: str
    nodes: tuple[LoopRule | SegmentRule, ...]
    steps: Mapping[int, Mapping[str, tuple[WalkStep, ...]]]
    headers: Mapping[str, WalkStep]

    @property
    def loops(self) -> tuple[LoopRule, ...]:
        """The loops in the guide's order."""
        return tuple(node for node in self.nodes if isinstance(node, LoopRule))

    @property
    def segments(self) -> tuple[SegmentRule, ...]:
        """The segments in the guide's order."""
        return tuple(node for node in self.nodes if isinstance(node, SegmentRule))

    def segment(self, node: int) -> SegmentRule:
        """Return the segment of a node number."""
        return cast("SegmentRule", self.nodes[node])


# guide by version (GS08), and the ASCII characters it does not know: X12 has had ^ and ` since 5010
_GUIDES: Mapping[str, tuple[str, str]] = {
    guide_5010.VERSION: (guide_5010.GUIDE, ""),
    guide_4010.VERSION: (guide_4010.GUIDE, "^`"),
}


@cache
def grammar(version: str) -> Grammar | None:
    """Return the grammar of a guide's version (GS08), ``None`` when there is none. Read once, about 10 ms."""
    if version not in _GUIDES:
        return None
    guide, unknown_characters = _GUIDES[version]
    return _GuideReader(version, unknown_characters).read(guide)


@dataclass(slots=True)
class _NodeDraft:
    """A loop or segment while its guide is read."""

    name: str
    loop: str
    position: int
    usage: Usage
    maximum: int | None
    label: str
    is_loop: bool
    notes: tuple[SyntaxNote, ...] = ()
    elements: list[ElementRule] = field(default_factory=list)
    children: list[_NodeDraft] = field(default_factory=list)
    node: int = -1

    def ordered(self) -> list[_NodeDraft]:
        """Return what the loop holds by position, loops before segments of the same position."""
        return sorted(self.children, key=lambda child: (child.position, not child.is_loop))


class _GuideReader:
    """Turns a guide's text into a grammar; a mistake in the text is a mistake of ours and raises ``ValueError``."""

    def __init__(self, version: str, unknown_characters: str) -> None:
        self.version = version
        self.unknown_characters = unknown_characters
        self.root = _NodeDraft("", "", 0, "R", None, "", is_loop=True)
        self.loops = {"-": self.root}
        self.segments: list[_NodeDraft] = []
        self.nodes: list[LoopRule | SegmentRule] = []

    def read(self, guide: str) -> Grammar:
        for line in re.sub(r"\n *: ", " ", guide).splitlines():
            if line.startswith(" "):
                self._body(line.split())
            elif line:
                self._head(line)
        self._number(self.root)
        steps = {draft.node: self._steps(draft) for draft in self.segments}
        headers = {
            draft.name: WalkStep(draft.node, self.loops[draft.loop].node, ())
            for draft in self.segments
            if draft.name in _HEADERS
        }
        return Grammar(self.version, self.unknown_characters, tuple(self.nodes), steps, headers)

    def _head(self, line: str) -> None:
        fields, _, label = line.partition(" | ")
        words = fields.split()
        is_loop = words[1] == "loop"
        position, usage, maximum = words[-3:]
        home = words[3] if is_loop else words[0]
        draft = _NodeDraft(
            words[0] if is_loop else words[1],
            home,
            int(position),
            cast("Usage", usage),
            None if maximum == ">1" else int(maximum),
            label,
            is_loop,
        )
        self.loops[home].children.append(draft)
        if is_loop:
            self.loops[draft.name] = draft
        else:
            self.segments.append(draft)

    def _body(self, words: list[str]) -> None:
        draft = self.segments[-1]
        if words[0] == "notes":
            draft.notes = tuple(_note(word) for word in words[1:])
        elif words[0] == "like":
            other = next(s for s in self.segments if [s.loop, s.name] == words[1:])
            draft.notes, draft.elements = other.notes, other.elements
        elif words[0].startswith("."):
            whole = draft.elements[-1]
            draft.elements[-1] = replace(whole, parts=(*whole.parts, *_elements(words)))
        else:
            draft.elements.extend(_elements(words))

    def _number(self, loop: _NodeDraft) -> None:
        """Give numbers to what a loop holds, depth first."""
        children = loop.ordered()
        for draft in children:
            draft.node = len(self.nodes)
            if draft.is_loop:
                parent = draft.loop if draft.loop != "-" else None
                rule = LoopRule(
                    draft.node, 0, draft.name, parent, draft.label, draft.position, draft.usage, draft.maximum
                )
                self.nodes.append(rule)
                self._number(draft)
                self.nodes[draft.node] = replace(rule, last=len(self.nodes) - 1)
                continue
            qualifier = _qualifier(draft.elements)
            alike = [c for c in children if c.name == draft.name and not c.is_loop]
            suffix = f"*{min(qualifier.values)}" if len(alike) > 1 and qualifier else ""
            self.nodes.append(
                SegmentRule(
                    draft.node,
                    f"{draft.loop}/{draft.name}{suffix}",
                    draft.loop,
                    draft.name,
                    draft.label,
                    draft.position,
                    draft.usage,
                    draft.maximum,
                    qualifier,
                    draft.notes,
                    tuple(draft.elements),
                )
            )

    def _steps(self, start: _NodeDraft) -> dict[str, tuple[WalkStep, ...]]:
        """Return the ways on from a segment: along its loop, then along each loop around it."""
        found: dict[str, list[WalkStep]] = {}
        passed: list[_NodeDraft] = []
        certain = self._certain(start)
        loop, position = self.loops[start.loop], start.position
        while True:
            children = loop.ordered()
            for child in children:
                if child.position < position:
                    continue
                if not child.is_loop and child is not children[0]:
                    # what stands at the same position of the same loop may come in any order
                    needs = [p.node for p in passed if p.loop != child.loop or p.position != child.position]
                    steps = [WalkStep(child.node, None, tuple(needs))]
                else:
                    needs = [p.node for p in passed]
                    entries = _entries(child if child.is_loop else loop)
                    steps = [WalkStep(first.node, entered.node, tuple(needs)) for first, entered in entries]
                for step in steps:
                    known = found.setdefault(cast("SegmentRule", self.nodes[step.target]).segment_id, [])
                    if step.target not in {other.target for other in known}:
                        known.append(step)
                is_wrapper = child.is_loop and child.ordered()[0].is_loop
                if child.usage == "R" and not is_wrapper and child.node not in certain:
                    passed.append(child)
            if loop is self.root:
                return {name: tuple(steps) for name, steps in found.items() if name not in _HEADERS}
            loop, position = self.loops[loop.loop], loop.position

    def _certain(self, start: _NodeDraft) -> set[int]:
        """Return the nodes that have been counted whenever a walk stands at ``start``."""
        counted, loop = {start.node}, self.loops[start.loop]
        while loop is not self.root:
            counted |= {loop.node, loop.ordered()[0].node}
            loop = self.loops[loop.loop]
        return counted


def _entries(loop: _NodeDraft) -> Iterator[tuple[_NodeDraft, _NodeDraft]]:
    """Yield the segments a loop can begin with and the loop each of them begins: a wrapper begins with its loops."""
    first = loop.ordered()[0]
    if not first.is_loop:
        yield first, loop
        return
    for child in loop.ordered():
        if child.is_loop:
            yield from _entries(child)


def _qualifier(elements: list[ElementRule]) -> Qualifier | None:
    """Return what distinguishes a segment from others of its id, as pyx12 does: a coded first element or first part."""
    first = elements[0]
    if not first.is_composite and first.kind == "ID" and first.usage == "R" and first.codes:
        return Qualifier(1, None, first.codes)
    if first.parts and first.parts[0].kind == "ID" and first.parts[0].codes:
        return Qualifier(1, 1, first.parts[0].codes)
    return None


def _note(word: str) -> SyntaxNote:
    return SyntaxNote(word[0], tuple(int(word[i : i + 2]) for i in range(1, len(word), 2)))


def _elements(words: list[str]) -> list[ElementRule]:
    """Return the elements one line of a guide describes."""
    place, usage, *rest = words
    first, _, last = place.replace(".", "").partition("-")
    element = ElementRule(0, cast("Usage", usage))
    if rest == ["parts"]:
        element = replace(element, is_composite=True)
    elif rest:
        kind, size, *codes = rest
        minimum, _, maximum = size.partition("-")
        element = replace(
            element,
            kind=cast("ElementType", kind),
            minimum=int(minimum),
            maximum=int(maximum or minimum),
            codes=_codes(codes[1:]),
        )
    return [replace(element, position=position) for position in range(int(first), int(last or first) + 1)]


def _codes(words: list[str]) -> frozenset[str] | None:
    """Return the values a line allows, with those of the sets it names; ``None`` when it lists none."""
    if not words:
        return None
    named = (code_set(word[1:]) for word in words if word.startswith("@"))
    return frozenset(word for word in words if not word.startswith("@")).union(*named)
