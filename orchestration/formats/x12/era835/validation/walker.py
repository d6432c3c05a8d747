"""The exact walk: each segment of a file against the steps and rows of its guide, from ISA to IEA.

It judges one interchange after the other by the grammar of its version (ISA12, GS08). Control numbers and counts are
judged for every transaction set (X12.5: ISA13 = IEA02, GS06 = GE02, ST02 = SE02; IEA01, GE01, SE01), order, usage
and elements for remittances only. What does not belong here: money, and how a file is cut into segments.
"""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast

from orchestration.formats.x12.era835.validation.elements import Checker
from orchestration.formats.x12.era835.validation.grammar import REMITTANCE, LoopRule, grammar
from orchestration.formats.x12.era835.validation.reading import LENIENT_IDS
from orchestration.formats.x12.era835.validation.violations import ENVELOPE_CODES, Violation
from orchestration.formats.x12.syntax.delimiters import Delimiters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.formats.x12.era835.validation.grammar import Grammar, SegmentRule, WalkStep
    from orchestration.formats.x12.syntax.segments import Interchange

_REMITTANCE_GROUP = "HP"
# interchange version (ISA12) to the guide of a remittance in it
GUIDES: Mapping[str, str] = {"00501": "005010X221A1", "00401": "004010X091A1"}
_DEFAULT = "00501"
_UNLIMITED = 1 << 60
_ID_LENGTHS = frozenset({2, 3})
# clean segments remembered for each guide and set of delimiters
_CLEAN_KEPT = 4096


class Findings:
    """Collects violations: all are counted, the first ``limit`` are kept."""

    def __init__(self, limit: int) -> None:
        self.kept: list[Violation] = []
        self.counts: Counter[str] = Counter()
        self.is_rejected = False
        self._limit = limit

    def add(self, violation: Violation) -> None:
        """Count a violation, and keep it while there is room."""
        self.counts[violation.code] += 1
        self.is_rejected |= violation.violates_guide
        if len(self.kept) < self._limit:
            self.kept.append(violation)


class Walker:
    """Walks the interchanges of one file in order; what is unique per file is remembered between them."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.remittance_count = 0
        self._controls = _Controls(self)
        self._number = 0
        self._segment_id = ""
        self._node = 0
        self._is_judged = True
        self._rules = _rules(_DEFAULT)
        self._ways, self._tables = _made_of(self._rules.version)
        self._start(self._rules)
        self._delimiters = Delimiters("*", ":", "~")
        self._segment_checker, self._clean = _checker(self._rules.version, self._delimiters)

    def walk(self, interchange: Interchange) -> None:
        """Judge every segment of an interchange."""
        self.begin(interchange)
        for number, segment in enumerate(interchange.segments, start=interchange.first_segment_number):
            self.take(number, segment)

    def begin(self, interchange: Interchange) -> None:
        """Stand before an interchange; of its segments only the first are looked at, for its version."""
        self._delimiters = interchange.delimiters
        self._start(_rules(_version(interchange)))
        self._segment_checker, self._clean = _checker(self._rules.version, interchange.delimiters)
        if not interchange.has_header:
            self._stand_at("group/GS")

    def take(self, number: int, segment: str) -> None:
        """Judge the next segment; ``number`` is its place in the file."""
        self._number = number
        place = (self._node, segment)
        clean = self._clean.get(place)
        if clean is None:
            self._segment_id = segment.split(self._delimiters.element, 1)[0]
            clean = self._look_up(place)
        else:
            self._segment_id = clean[0]
        if clean is None or not self._is_judged or not self._advance(clean[1]):
            self._segment(segment)

    def may_pass_over(self, version: str, node: int) -> bool:
        """Tell whether the walk stands at a node of a guide, so that a proof that begins there holds for it."""
        return self._is_judged and self._rules.version == version and self._node == node

    def pass_over(self, count: int, node: int) -> None:
        """Pass over segments of a transaction's detail that were proved to be right; stand at the last one's node."""
        self._controls.pass_over(count)
        detail = next(loop for loop in self._rules.loops if loop.name == "detail")
        self._counts[detail.node : detail.last + 1] = [1] * (detail.last + 1 - detail.node)
        self._node = node

    def close(self) -> None:
        """Note what the file has opened and not closed."""
        self._controls.close()

    def note(self, code: str, words: str, reference: str | None = None, *, violates_guide: bool = True) -> None:
        """Add a violation at the segment the walk stands at."""
        name = self._segment_id
        is_id = name.isascii() and name.isalnum() and name.isupper() and len(name) in _ID_LENGTHS
        self.findings.add(
            Violation(
                code,
                "error" if code in ENVELOPE_CODES else "warning",
                words,
                segment_number=self._number or None,
                segment_id=name if is_id else None,
                reference=reference,
                violates_guide=violates_guide,
            )
        )

    def _start(self, rules: Grammar) -> None:
        if rules is not self._rules:
            self._rules = rules
            self._ways, self._tables = _made_of(rules.version)
        self._counts = [0] * len(rules.nodes)
        self._node = rules.headers["ISA"].target
        self._is_judged = True

    def _stand_at(self, key: str) -> None:
        """Stand at a segment as if the walk had come there."""
        rule = next(rule for rule in self._rules.segments if rule.key == key)
        loop = next(loop for loop in self._rules.loops if loop.name == rule.loop)
        self._node = rule.node
        self._counts[rule.node] = self._counts[loop.node] = 1

    def _look_up(self, place: tuple[int, str]) -> tuple[str, WalkStep] | None:
        """Return the id and step of a segment of no envelope that is surely right after a node; remember them.

        Payer, payee and contacts are the same from one transaction to the next.
        """
        node, segment = place
        way = self._ways.get((node, self._segment_id))
        if way is None or way.is_envelope:
            return None
        step = way.always or way.step(segment, self._delimiters)
        if step is None or not self._segment_checker.is_clean(step.target, segment):
            return None
        if len(self._clean) >= _CLEAN_KEPT:
            self._clean.clear()
        self._clean[place] = self._segment_id, step
        return self._clean[place]

    def _advance(self, step: WalkStep) -> bool:
        """Take a step when the counters let it; say whether they did. Most do, and need nothing else.

        Steps and counters are those of ``_segment``, without anything that could be said.
        """
        counts, tables, target, loop = self._counts, self._tables, step.target, step.enters
        counted = target if loop is None else loop
        if counts[counted] >= tables.limits[counted] or (step.needs and not all(counts[need] for need in step.needs)):
            return False
        counts[counted] += 1
        if loop is not None:
            counts[loop + 1 : tables.ends[loop]] = tables.zeros[loop]
            counts[target] = 1
        self._node = target
        self._controls.pass_over(1)
        return True

    def _segment(self, segment: str) -> None:
        name, delimiters = self._segment_id, self._delimiters
        if segment.endswith(delimiters.element):
            words = "the segment ends with element separators that hold nothing"
            self.note("trailing_separator", words, violates_guide=name not in LENIENT_IDS)
        values = segment.split(delimiters.element) if name in _Controls.IDS else None
        self._controls.take(name, values)
        if name == "GS" and values is not None and not self._judge_group(values):
            return
        if name == "ISA":
            self._start(self._rules)
        if not self._is_judged:
            self._skip(name)
            return
        if name == "ST" and values is not None and values[1:2] == [REMITTANCE]:
            self.remittance_count += 1
        step = self._step(segment, delimiters)
        if step is not None:
            rule = self._go(step)
            for problem in self._segment_checker.problems(rule, segment):
                self.note(problem.code, problem.words, problem.reference)

    def _judge_group(self, values: list[str]) -> bool:
        """Decide whether a group is judged: it holds remittances, or says so."""
        self._is_judged = _value(values, 1) == _REMITTANCE_GROUP or _value(values, 8) in GUIDES.values()
        if not self._is_judged:
            words = "this group holds no remittances: only its envelope is judged"
            self.note("group_not_judged", words, violates_guide=False)
        return self._is_judged

    def _skip(self, name: str) -> None:
        """Pass over a segment of a group that is not judged; stand behind its last set when it ends."""
        if name in {"GE", "IEA"}:
            self._is_judged = True
            self._stand_at("transaction/SE")
            if name == "GE":
                self._stand_at("group/GE")

    def _step(self, segment: str, delimiters: Delimiters) -> WalkStep | None:
        """Return the step the segment takes from here; say so when there is none."""
        name = self._segment_id
        ways = self._ways.get((self._node, name))
        if ways is None:
            ways = _Ways(self._rules, self._node, name)
            # an id the guide does not know may be any text of the file: none of them is kept
            if ways.steps:
                self._ways[self._node, name] = ways
        step = ways.step(segment, delimiters)
        if step is not None:
            return step
        here = self._rules.segment(self._node)
        if not ways.steps:
            words = f"this segment may not follow {here.segment_id} ({here.label}) of loop {here.loop}"
            self.note("unexpected_segment", words)
            return None
        self.note("unknown_qualifier", "its qualifier is none of those this guide allows here", f"{name}01")
        # one way on only: what follows is judged as if the qualifier were right
        return ways.steps[0] if len(ways.steps) == 1 else None

    def _go(self, step: WalkStep) -> SegmentRule:
        counts, nodes = self._counts, self._rules.nodes
        for need in step.needs:
            if not counts[need]:
                self._missing(nodes[need])
        rule = self._rules.segment(step.target)
        if step.enters is None:
            counts[step.target] += 1
            if rule.maximum is not None and counts[step.target] > rule.maximum:
                most = _times(rule.maximum)
                words = f"{rule.segment_id} ({rule.label}) stands more often than {most} in loop {rule.loop}"
                self.note("segment_repeated", words)
        else:
            loop = cast("LoopRule", nodes[step.enters])
            counts[loop.node + 1 : loop.last + 1] = [0] * (loop.last - loop.node)
            counts[loop.node] += 1
            counts[step.target] = 1
            if loop.maximum is not None and counts[loop.node] > loop.maximum:
                words = f"loop {loop.name} ({loop.label}) stands more often than {_times(loop.maximum)}"
                self.note("loop_repeated", words)
        self._node = step.target
        return rule

    def _missing(self, node: LoopRule | SegmentRule) -> None:
        if isinstance(node, LoopRule):
            self.note("missing_loop", f"the required loop {node.name} ({node.label}) is missing before this segment")
            return
        words = f"the required {node.segment_id} ({node.label}) of loop {node.loop} is missing before this segment"
        self.note("missing_segment", words)


class _Controls:
    """Control numbers and counts, as a stack of what is open (X12.5, X12.6)."""

    IDS = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
    # header id: its words, the place of its control number, that of the trailer's
    _HEADERS: Mapping[str, tuple[str, int]] = {
        "ISA": ("interchange", 13),
        "GS": ("group", 6),
        "ST": ("transaction", 2),
    }
    _TRAILERS: Mapping[str, str] = {"IEA": "ISA", "GE": "GS", "SE": "ST"}

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._open: list[tuple[str, str]] = []
        self._seen: dict[str, set[str]] = {"ISA": set(), "GS": set(), "ST": set()}
        # how many of each have come since their header: segments for ST, sets for GS, groups for ISA
        self._held: dict[str, int] = {"ISA": 0, "GS": 0, "ST": 0}

    def take(self, name: str, values: list[str] | None) -> None:
        """Count a segment; ``values`` are its elements when it belongs to an envelope."""
        if values is None:
            self._held["ST"] += 1
        elif name in self._HEADERS:
            self._header(name, values)
        else:
            self._trailer(name, values)

    def pass_over(self, count: int) -> None:
        """Count segments inside a transaction."""
        self._held["ST"] += count

    def close(self) -> None:
        for header, _ in self._open:
            kind = self._HEADERS[header][0]
            self._walker.note("missing_trailer", f"the {kind} is not closed: its end may be missing")
        self._open.clear()

    def _header(self, name: str, values: list[str]) -> None:
        kind, place = self._HEADERS[name]
        control = _value(values, place)
        if control in self._seen[name]:
            words = f"another {kind} has the same control number"
            self._walker.note(f"repeated_{kind}_control", words, f"{name}{place:02d}")
        self._seen[name].add(control)
        self._open.append((name, control))
        if name == "ISA":
            self._held["ISA"] = 0
            self._seen["GS"] = set()
        elif name == "GS":
            self._held["ISA"] += 1
            self._held["GS"] = 0
            self._seen["ST"] = set()
        else:
            self._held["GS"] += 1
            self._held["ST"] = 1

    def _trailer(self, name: str, values: list[str]) -> None:
        header = self._TRAILERS[name]
        kind, place = self._HEADERS[header]
        if header != "ST" and self._open and self._open[-1][0] != header:
            inner = self._HEADERS[self._open.pop()[0]][0]
            self._walker.note("missing_trailer", f"the {inner} before this trailer is not closed")
        if not self._open or self._open[-1][0] != header:
            self._walker.note("stray_segment", f"an end of {kind} stands here that has no beginning")
        elif self._open[-1][1] != _value(values, 2):
            words = f"header and trailer of the {kind} carry different control numbers ({header}{place:02d}, {name}02)"
            self._walker.note(f"{kind}_control_mismatch", words, f"{name}02")
        held = self._held[header] + (header == "ST")
        if not _equals(_value(values, 1), held):
            code = "segment_count_mismatch" if header == "ST" else f"{kind}_count_mismatch"
            inner = {"ST": "segments", "GS": "transaction sets", "ISA": "groups"}[header]
            self._walker.note(code, f"the trailer does not count the {held} {inner} of this {kind}", f"{name}01")
        if self._open:
            self._open.pop()


# thousands of small files share a few sets of delimiters: what is made of a guide is made once
@lru_cache(maxsize=64)
def _checker(version: str, delimiters: Delimiters) -> tuple[Checker, dict[tuple[int, str], tuple[str, WalkStep]]]:
    """Return the checker of a guide, and what ``Walker`` remembers of segments that it found clean."""
    return Checker(cast("Grammar", grammar(version)), delimiters), {}


@cache
def _made_of(version: str) -> tuple[dict[tuple[int, str], _Ways], _Tables]:
    """Return the steps of a guide that were looked up so far, and its counters' limits."""
    return {}, _Tables(cast("Grammar", grammar(version)))


def _rules(interchange_version: str) -> Grammar:
    return cast("Grammar", grammar(GUIDES.get(interchange_version, GUIDES[_DEFAULT])))


def _version(interchange: Interchange) -> str:
    """Return the interchange version (ISA12), or that of its groups where there is no ISA."""
    separator = interchange.delimiters.element
    if interchange.has_header:
        return _value(interchange.elements(0), 12)
    for segment in interchange.segments[:2]:
        values = segment.split(separator)
        said = {_value(values, 8) if values[0] == "GS" else _value(values, 3)}
        for version, guide in GUIDES.items():
            if guide in said:
                return version
    return _DEFAULT


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _value(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""


class _Tables:
    """What the counters of a grammar are held against, by node."""

    def __init__(self, rules: Grammar) -> None:
        self.limits = [_UNLIMITED if node.maximum is None else node.maximum for node in rules.nodes]
        self.ends = [node.last + 1 if isinstance(node, LoopRule) else 0 for node in rules.nodes]
        self.zeros = [[0] * (end - node - 1) for node, end in enumerate(self.ends)]


class _Ways:
    """The steps one segment id can take from one place, by the value that distinguishes them."""

    def __init__(self, rules: Grammar, node: int, name: str) -> None:
        header = rules.headers.get(name)
        self.is_envelope = name in _Controls.IDS
        self.steps = rules.steps[node].get(name, ()) if header is None else (header,)
        self.always: WalkStep | None = None
        self.by_value: dict[str, WalkStep] = {}
        self.by_part: dict[str, WalkStep] = {}
        # ISA and GS are taken as they are, and so are segments of one id that no code distinguishes
        for step in reversed(self.steps):
            qualifier = rules.segment(step.target).qualifier
            if qualifier is None or header is not None:
                self.always = step
                continue
            by = self.by_value if qualifier.part is None else self.by_part
            by.update(dict.fromkeys(qualifier.values, step))

    def step(self, segment: str, delimiters: Delimiters) -> WalkStep | None:
        """Return the step of a segment by its first element, trailing empty parts apart."""
        if self.always is not None:
            return self.always
        first = _value(segment.split(delimiters.element, 2), 1)
        if self.by_part:
            return self.by_part.get(first.split(delimiters.component, 1)[0])
        return self.by_value.get(first) or self.by_value.get(first.rstrip(delimiters.component))


def _equals(stated: str, count: int) -> bool:
    return (
        stated.isascii() and stated.isdigit() and int(stated[:_COUNT_DIGITS]) == count and len(stated) <= _COUNT_DIGITS
    )


# more digits than any count has; a longer number of a hostile file is not turned into an integer
_COUNT_DIGITS = 18
