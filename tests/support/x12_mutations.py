"""Remittances made from the guide, and ways to spoil them: what we and pyx12 are compared by.

Everything is drawn from a seeded ``random.Random``. What does not belong here: comparing.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from orchestration.formats.x12.era835.validation.elements import exact_problems
from orchestration.formats.x12.era835.validation.grammar import ElementRule, Grammar, LoopRule, SegmentRule, grammar

if TYPE_CHECKING:
    from collections.abc import Callable

Segments = list[list[str]]

KNOWN_TO_BOTH = frozenset({"CT", "TX", "PR", "US", "CA", "USD", "CAD", "M1", "M144", "MA01", "MA134", "N1", "N734"})
_SHORT_LIST = 60
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

CLEAN = """
ISA*00*          *00*          *ZZ*PAYERX         *ZZ*CLINICX        *260301*1200*^*00501*000000001*0*P*:
GS*HP*PAYERX*CLINICX*20260301*1200*1*X*005010X221A1
ST*835*0001
BPR*I*80*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260301
TRN*1*TRC001*1512345678
DTM*405*20260301
N1*PR*SYNTH HEALTH*XV*60054
N3*PO BOX 1
N4*HARTFORD*CT*06156
PER*BL*EDI DESK*TE*8005550199
N1*PE*SYNTH CLINIC*XX*1234567893
REF*TJ*123456789
LX*1
CLP*P1*1*100*80**12*ICN1*11*1
NM1*QC*1*DOE*JANE****MI*W000000001
MOA***MA01
SVC*HC:99213:25*100*80**1
DTM*472*20260110
CAS*CO*45*20
REF*6R*L1
LQ*HE*N1
SE*20*0001
GE*1*1
IEA*1*000000001
"""


def dice(seed: int) -> random.Random:
    """Return a generator that always draws the same for a seed."""
    return random.Random(seed)  # noqa: S311 examples, no secrets


def clean(*changes: tuple[str, str]) -> bytes:
    """Return a remittance that keeps to its guide, after replacing texts once each; counts are put right."""
    text = CLEAN.strip()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return write(count([line.split("*") for line in text.split("\n") if line]))


def write(segments: Segments, element: str = "*", terminator: str = "~", line_end: str = "") -> bytes:
    """Return the bytes of segments, each with its id first."""
    return (terminator + line_end).join([element.join(segment) for segment in segments] + [""]).encode("latin-1")


def cut(content: bytes) -> Segments:
    """Return the segments of a clean file that is cut by * and ~."""
    return [segment.split("*") for segment in content.decode("latin-1").replace("\n", "").split("~") if segment]


def count(segments: Segments) -> Segments:
    """Put right the counts in all trailers, so that a mutation is judged for itself."""
    held = {"SE": 0, "GE": 0, "IEA": 0}
    for segment in segments:
        name = segment[0]
        held["SE"] = 1 if name == "ST" else held["SE"] + 1
        held["GE"] = 0 if name == "GS" else held["GE"] + (name == "ST")
        held["IEA"] = 0 if name == "ISA" else held["IEA"] + (name == "GS")
        if name in held and len(segment) > 1:
            segment[1] = str(held[name])
    return segments


def made_from_guide(rng: random.Random, version: str = "005010X221A1", richness: float = 0.5) -> Segments:
    """Return a remittance that keeps to its guide: situational loops, segments and elements by chance."""
    rules = grammar(version)
    assert rules is not None
    return count(_Maker(rng, rules, richness).loop("interchange"))


class _Maker:
    def __init__(self, rng: random.Random, rules: Grammar, richness: float) -> None:
        self.rng = rng
        self.rules = rules
        self.richness = richness

    def loop(self, name: str) -> Segments:
        children = [n for n in self.rules.nodes if name == (n.parent if isinstance(n, LoopRule) else n.loop)]
        made: Segments = []
        # segments that share a position may come in any order, loops come in theirs
        children.sort(key=lambda n: (n.position, 0.0 if isinstance(n, LoopRule) else self.rng.random()))
        for child in children:
            for _ in range(self._times(child)):
                if isinstance(child, LoopRule):
                    made += self.loop(child.name)
                else:
                    made.append(self.segment(child))
        return made

    def _times(self, node: LoopRule | SegmentRule) -> int:
        if node.usage == "S" and self.rng.random() > self.richness:
            return 0
        # one envelope, and no acknowledgement in the middle of it
        if isinstance(node, SegmentRule) and node.segment_id == "TA1":
            return 0
        if isinstance(node, SegmentRule) and node.node - 1 == self._loop_of(node).node:
            return 1
        if isinstance(node, LoopRule) and node.name in {"interchange", "group", "transaction", "summary"}:
            return 1
        return self.rng.randint(1, min(node.maximum or 3, 3))

    def _loop_of(self, segment: SegmentRule) -> LoopRule:
        return next(loop for loop in self.rules.loops if loop.name == segment.loop)

    def segment(self, rule: SegmentRule) -> list[str]:
        """Return a segment that keeps to its row, drawn until its syntax notes hold too."""
        while True:
            made = self._drawn(rule)
            if not exact_problems(rule, made[1:], ":"):
                return made

    def _drawn(self, rule: SegmentRule) -> list[str]:
        values = [self._element(element) for element in rule.elements]
        for note in rule.notes:
            self._mend(note.rule, [position - 1 for position in note.positions], rule, values)
        if not any(values):
            values[0] = self._value(rule.elements[0])
        while not values[-1]:
            values.pop()
        return [rule.segment_id, *self._envelope(rule, values)]

    def _envelope(self, rule: SegmentRule, values: list[str]) -> list[str]:
        """Return the values with control numbers that agree."""
        fixed = {
            "ISA": {13: "000000001", 16: ":", 11: "^" if "5010" in self.rules.version else "U"},
            "IEA": {2: "000000001"},
            "GS": {6: "1"},
            "GE": {2: "1"},
            "ST": {2: "0001"},
            "SE": {2: "0001"},
        }
        for position, value in fixed.get(rule.segment_id, {}).items():
            values[position - 1] = value
        return values

    def _element(self, element: ElementRule) -> str:
        if element.usage == "N" or (element.usage == "S" and self.rng.random() > self.richness):
            return ""
        if not element.is_composite:
            return self._value(element)
        parts = [
            "" if p.usage == "N" or (p.usage == "S" and self.rng.random() > self.richness) else self._value(p)
            for p in element.parts
        ]
        while parts and not parts[-1]:
            parts.pop()
        return ":".join(parts)

    def _value(self, element: ElementRule) -> str:  # noqa: PLR0911 one per type
        if element.is_composite:
            return ":".join(self._value(part) for part in element.parts if part.usage == "R")
        if element.codes is not None:
            # of the long lists only what pyx12 knows too: it keeps older ones
            common = element.codes & KNOWN_TO_BOTH if len(element.codes) > _SHORT_LIST else frozenset()
            return self.rng.choice(sorted(common or element.codes))
        most = min(element.maximum, element.minimum + 8)
        length = self.rng.randint(element.minimum, most)
        if element.kind == "N0":
            return "".join(self.rng.choice("0123456789") for _ in range(length))
        if element.kind == "R":
            return self.rng.choice(["0", "12", "-12.5", "100.00", ".5", "7"])[: element.maximum]
        if element.kind == "DT":
            return self.rng.choice(["20260301", "20240229", "19991231"])[8 - element.maximum :]
        if element.kind == "TM":
            return self.rng.choice(["1200", "2359"])
        return "".join(self.rng.choice(_LETTERS) for _ in range(length))

    def _mend(self, note: str, places: list[int], rule: SegmentRule, values: list[str]) -> None:
        """Make it likely that a syntax note holds."""
        usable = [place for place in places if rule.elements[place].usage != "N"]
        given = [place for place in places if values[place]]
        if note == "E":
            for place in given[1:]:
                values[place] = ""
        elif given and len(given) < len(places):
            self._fill_or_empty(places, usable, rule, values)

    def _fill_or_empty(self, places: list[int], usable: list[int], rule: SegmentRule, values: list[str]) -> None:
        is_needed = any(rule.elements[place].usage == "R" for place in places)
        for place in places:
            if is_needed or (len(usable) == len(places) and self.rng.random() < 0.7):
                values[place] = values[place] or self._value(rule.elements[place])
            elif rule.elements[place].usage != "R":
                values[place] = ""


# what spoils a remittance: each takes segments apart in place, or returns new bytes


def _some(rng: random.Random, segments: Segments, *, keep: int = 0) -> int:
    return rng.randrange(keep, len(segments))


def _element_of(rng: random.Random, segments: Segments) -> tuple[list[str], int]:
    segment = segments[_some(rng, segments)]
    return segment, rng.randrange(1, max(len(segment), 2)) if len(segment) > 1 else 0


def _delete_segment(rng: random.Random, segments: Segments) -> None:
    del segments[_some(rng, segments, keep=1)]


def _duplicate_segment(rng: random.Random, segments: Segments) -> None:
    place = _some(rng, segments, keep=1)
    segments.insert(place, list(segments[place]))


def _swap_segments(rng: random.Random, segments: Segments) -> None:
    place = rng.randrange(1, len(segments) - 1)
    segments[place], segments[place + 1] = segments[place + 1], segments[place]


def _move_segment(rng: random.Random, segments: Segments) -> None:
    segment = segments.pop(_some(rng, segments, keep=1))
    segments.insert(_some(rng, segments, keep=1), segment)


def _repeat_segment(rng: random.Random, segments: Segments) -> None:
    place = _some(rng, segments, keep=1)
    for _ in range(rng.choice([2, 3, 5, 10, 15, 100])):
        segments.insert(place, list(segments[place]))


def _repeat_stretch(rng: random.Random, segments: Segments) -> None:
    begin = _some(rng, segments, keep=1)
    stretch = segments[begin : begin + rng.randint(1, 12)]
    segments[begin:begin] = [list(segment) for segment in stretch]


def _delete_stretch(rng: random.Random, segments: Segments) -> None:
    begin = _some(rng, segments, keep=1)
    del segments[begin : begin + rng.randint(1, 8)]


def _reverse_stretch(rng: random.Random, segments: Segments) -> None:
    begin = _some(rng, segments, keep=1)
    segments[begin : begin + 3] = reversed(segments[begin : begin + 3])


_FOREIGN = """
NTE*ADD*HELLO  HL*1**20*1  XX*1  REF*ZZ*1  DTM*999*20260101  LX*2  N2*MORE  PER*IC**UR*HTTP  AMT*B6*1  QTY*CA*1
LQ*HE*N1  NM1*82*1*A*B****XX*1  CAS*CO*45*1  PLB*1*20261231*WO*0  TA1*000000001*260301*1200*A*000  K3*FREE  a1*x  *
ABCD*1
"""


def _insert_foreign(rng: random.Random, segments: Segments) -> None:
    segments.insert(_some(rng, segments, keep=1), rng.choice(_FOREIGN.split()).split("*"))


def _blank_element(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    if place:
        segment[place] = ""


def _cut_elements(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    if place:
        del segment[place:]


def _extra_elements(rng: random.Random, segments: Segments) -> None:
    segment = segments[_some(rng, segments)]
    segment += [rng.choice(["", "X", "1"]) for _ in range(rng.randint(1, 3))]


def _shift_elements(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    if place:
        segment.insert(place, rng.choice(["", "X"]))


_ODD_WORDS = """
X x ZZ ZZZ 0 00 - -0 +1 1. . .5 -.5 1.5.2 1e5 1,000 $5 --1 100.001 12345678901234567890 1234567890123456789
20260230 20250229 20240229 20261301 17991231 260101 2026011 202601011200 2400 2360 12 12345 123456 1234567 12345678
ab A:B A:B:C:D:E:F:G:H A:B:C:D:E:F:G:H:I ^ ` | {} N800 QC ME MA12 M1 N1 HE RX CO CR PI HC:99213 HC:99213:25 XX:99213
HC WO 0001 835 837 005010X221A1 005010X221 004010X091A1 000000001 000000002 1 2 PR PE QC IL 74 82 TT GB C D ACH NON
"""
ODD_VALUES = [
    *["", " ", "  ", "A B", "AB ", " AB", "20260101 ", "\t", "A\x07B", "\x01", "\x7f", "HC:", ":", "A:", ":A"],
    *["A" * 30, "A" * 60, "A" * 81, "A" * 257, "1" * 18, "1" * 19, "-" + "1" * 18, "1" * 15 + ".1"],
    *_ODD_WORDS.split(),
]


def _odd_element(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    if place:
        segment[place] = rng.choice(ODD_VALUES)


def _borrowed_element(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    other, there = _element_of(rng, segments)
    if place and there:
        segment[place] = other[there]


def _changed_character(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    if place and segment[place]:
        at = rng.randrange(len(segment[place]))
        new = rng.choice("0123456789ABCXYZabc .-:^&'()%_\t\x00\x1bÉñ§")
        segment[place] = (
            segment[place][:at] + rng.choice([new, "", new + segment[place][at]]) + segment[place][at + 1 :]
        )


def _odd_part(rng: random.Random, segments: Segments) -> None:
    places = [(s, i) for s in segments if s[0] in {"SVC", "PLB"} for i in range(1, len(s))]
    composed = [(s, i) for s, i in places if ":" in s[i] or i in {1, 3, 6}]
    if not composed:
        return
    segment, place = rng.choice(composed)
    parts = segment[place].split(":")
    change = rng.choice(["insert", "append", "replace", "remove"])
    if change == "insert":
        parts.insert(rng.randint(0, len(parts)), rng.choice(ODD_VALUES))
    elif change == "append":
        parts += [""] * rng.randint(1, 9)
    elif change == "replace":
        parts[rng.randrange(len(parts))] = rng.choice(ODD_VALUES)
    else:
        parts.pop()
    segment[place] = ":".join(parts)


def _changed_id(rng: random.Random, segments: Segments) -> None:
    segment = segments[_some(rng, segments)]
    segment[0] = rng.choice([segment[0].lower(), segment[0] + "X", segment[0][:1], "", *[s[0] for s in segments]])


def _trailing_space(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    segment[place] += " " * rng.randint(1, 3)


def _leading_space(rng: random.Random, segments: Segments) -> None:
    segment = segments[_some(rng, segments)]
    segment[0] = rng.choice([" ", "\n ", "\t", "\r\n", "\n\n"]) + segment[0]


def _trailing_separator(rng: random.Random, segments: Segments) -> None:
    segments[_some(rng, segments)].append("")


def _line_break(rng: random.Random, segments: Segments) -> None:
    segment, place = _element_of(rng, segments)
    at = rng.randint(0, len(segment[place]))
    segment[place] = segment[place][:at] + rng.choice(["\n", "\r\n"]) + segment[place][at:]


def _changed_count(rng: random.Random, segments: Segments) -> None:
    trailers = [s for s in segments if s[0] in {"SE", "GE", "IEA"} and len(s) > 1]
    if trailers:
        segment = rng.choice(trailers)
        segment[1] = rng.choice(["0", "1", "99", "0" + segment[1], " " + segment[1], "X", "", segment[1] + ".0", "-1"])


def _changed_control(rng: random.Random, segments: Segments) -> None:
    places = {"ISA": 13, "IEA": 2, "GS": 6, "GE": 2, "ST": 2, "SE": 2}
    envelope = [s for s in segments if s[0] in places and len(s) > places[s[0]]]
    if envelope:
        segment = rng.choice(envelope)
        segment[places[segment[0]]] = rng.choice(["000000002", "2", "0002", "0001", "1", "", "A", "000000001"])


def _another_set(rng: random.Random, segments: Segments) -> None:
    begin = next((i for i, s in enumerate(segments) if s[0] == "ST"), None)
    end = next((i for i, s in enumerate(segments) if s[0] == "SE"), None)
    if begin is not None and end is not None:
        copy = [list(s) for s in segments[begin : end + 1]]
        if rng.random() < 0.5 and len(copy[0]) > 2 and len(copy[-1]) > 2:
            copy[0][2] = copy[-1][2] = "0777"
        segments[end + 1 : end + 1] = copy


def _another_group(rng: random.Random, segments: Segments) -> None:
    begin = next((i for i, s in enumerate(segments) if s[0] == "GS"), None)
    end = next((i for i, s in enumerate(segments) if s[0] == "GE"), None)
    if begin is not None and end is not None:
        copy = [list(s) for s in segments[begin : end + 1]]
        if rng.random() < 0.6 and len(copy[0]) > 6 and len(copy[-1]) > 2:
            copy[0][6] = copy[-1][2] = "77"
        segments[end + 1 : end + 1] = copy


def _another_interchange(rng: random.Random, segments: Segments) -> None:
    copy = [list(s) for s in segments]
    if rng.random() < 0.6:
        for segment in copy:
            if segment[0] == "ISA" and len(segment) > 13:
                segment[13] = "000000009"
            if segment[0] == "IEA" and len(segment) > 2:
                segment[2] = "000000009"
    segments += copy


SEGMENT_MUTATIONS: tuple[Callable[[random.Random, Segments], None], ...] = (
    _delete_segment,
    _duplicate_segment,
    _swap_segments,
    _move_segment,
    _repeat_segment,
    _repeat_stretch,
    _delete_stretch,
    _reverse_stretch,
    _insert_foreign,
    _blank_element,
    _cut_elements,
    _extra_elements,
    _shift_elements,
    _odd_element,
    _odd_element,
    _borrowed_element,
    _changed_character,
    _odd_part,
    _changed_id,
    _trailing_space,
    _leading_space,
    _trailing_separator,
    _line_break,
    _changed_count,
    _changed_control,
    _another_set,
    _another_group,
    _another_interchange,
)


def _bytes_as_they_are(_rng: random.Random, content: bytes) -> bytes:
    return content


def _cut_off(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def _changed_byte(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes([rng.choice([rng.randrange(128), 126, 42, 58, 10, 32])]) + content[place + 1 :]


def _deleted_byte(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + content[place + 1 :]


def _inserted_byte(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes([rng.choice([rng.randrange(128), 126, 42, 58, 10, 32])]) + content[place:]


def _junk_behind(rng: random.Random, content: bytes) -> bytes:
    return content + rng.choice([b"\n", b"\r\n\r\n", b"\x1a\x00", b"junk", b"junk~", b" ", b"~", b"\n~\n", b"REF*1~"])


def _junk_before(rng: random.Random, content: bytes) -> bytes:
    return rng.choice([b" ", b"\n", b"junk ", b"~"]) + content


BYTE_MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *[_bytes_as_they_are] * 12,
    _cut_off,
    _changed_byte,
    _deleted_byte,
    _inserted_byte,
    _junk_behind,
    _junk_before,
)


def mutated(rng: random.Random, base: Segments) -> tuple[bytes, list[str]]:
    """Return a spoiled copy and what was done to it: none, one or two changes, counts put right most of the time."""
    segments = [list(segment) for segment in base]
    done = []
    for _ in range(rng.choice([0, 1, 1, 1, 1, 2])):
        mutation = rng.choice(SEGMENT_MUTATIONS)
        mutation(rng, segments)
        done.append(mutation.__name__)
        if mutation is not _changed_count and rng.random() < 0.7:
            count(segments)
    element, terminator = rng.choice([*[("*", "~")] * 6, ("|", "~"), ("*", "\n"), ("+", "'"), ("*", "\r\n")])
    content = write(segments, element, terminator, rng.choice(["", "", "\n", "\r\n"]))
    if rng.random() < 0.1:
        content = content.replace(b":", rng.choice([b">", b"^", b"\\"]))
    change = rng.choice(BYTE_MUTATIONS)
    done.append(change.__name__)
    return change(rng, content), done
