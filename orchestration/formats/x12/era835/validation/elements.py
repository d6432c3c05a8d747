"""One segment against its row of the guide: elements that are missing, not used, too long, of a wrong type or code.

``Checker`` judges most segments by one regular expression made from the guide; only what that does not match is
taken apart element by element to say what is wrong. Both must agree: the expression accepts a part of what the exact
check accepts. Values never enter a message. What does not belong here: which segment may follow which (``walker``).

Rules of type, length and character set: ASC X12.5 and X12.6 as pyx12 4.0.0 applies them. Letters outside ASCII are
allowed, as the extended character set of the guides (appendix B.1.1.2.2) has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestration.formats.x12.era835.validation.grammar import ElementRule, Grammar, SegmentRule, SyntaxNote
    from orchestration.formats.x12.syntax.delimiters import Delimiters

_NUMBER = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]*(?:\.[0-9]+)?")
_DIGITS = re.compile(r"[0-9]*")
_NEVER = 1_000
# ASCII without control characters and the blank
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST_YEAR = 1800
_CENTURY_PIVOT = 50
# ISA11 and ISA16 hold delimiters, which may be control characters (X12.5)
_DELIMITER_ELEMENTS = frozenset({("ISA", 11), ("ISA", 16)})
_PUNCTUATION_BEYOND_ASCII = "¡¿"

_TYPE_WORDS = {
    "N0": ("invalid_number", "is not a whole number"),
    "R": ("invalid_number", "is not a decimal number"),
    "DT": ("invalid_date", "is no date that exists"),
    "TM": ("invalid_time", "is no time of day"),
}

_NOTE_WORDS = {
    "P": "either all of {all} or none of them may be present",
    "R": "at least one of {all} must be present",
    "E": "only one of {all} may be present",
    "C": "{first} is present, so {rest} must be too",
    "L": "{first} is present, so one of {rest} must be too",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one element; ``reference`` is the guide's name of it, ``CLP02`` or ``SVC01-3``."""

    code: str
    reference: str
    words: str


# more than clean files ever show; hostile ones could show any
_MASKS_KEPT = 4096


class Checker:
    """Judges segments of one grammar and one set of delimiters; keeps one expression per segment of the guide."""

    def __init__(self, rules: Grammar, delimiters: Delimiters) -> None:
        self._rules = rules
        self._element = delimiters.element
        self._component = delimiters.component
        self._matchers: dict[int, tuple[Callable[[str], object], int]] = {}
        self._masks: dict[tuple[int, int], bool] = {}

    def is_clean(self, node: int, segment: str) -> bool:
        """Tell whether a segment surely keeps to its row; a false answer says nothing."""
        matcher = self._matchers.get(node)
        if matcher is None:
            matcher = self._matchers[node] = self._matcher(node)
        matches, first_noted = matcher
        if not matches(segment):
            return False
        # notes are about elements that most segments do not reach
        return segment.count(self._element) < first_noted or self._notes_hold(node, segment)

    def problems(self, rule: SegmentRule, segment: str) -> list[Problem]:
        """Return what is wrong with the elements of a segment, nothing when it is as the guide wants it."""
        if self.is_clean(rule.node, segment):
            return []
        values = segment.split(self._element)[1:]
        return exact_problems(rule, values, self._component, self._rules.unknown_characters)

    def _matcher(self, node: int) -> tuple[Callable[[str], object], int]:
        """Return what matches clean segments, and the first element a note can fail at."""
        rule = self._rules.segment(node)
        pattern = _pattern(rule, self._element, self._component, self._rules.unknown_characters)
        noted = [position for note in rule.notes if not _always_holds(note, rule) for position in note.positions]
        return pattern.fullmatch, min(noted, default=_NEVER)

    def _notes_hold(self, node: int, segment: str) -> bool:
        """Tell whether the syntax notes hold; they look at presence only, so few patterns of it ever occur."""
        mask, bit = 0, 1
        for value in segment.split(self._element)[1:]:
            if value:
                mask |= bit
            bit <<= 1
        known = self._masks.get((node, mask))
        if known is None:
            if len(self._masks) >= _MASKS_KEPT:
                self._masks.clear()
            rule = self._rules.segment(node)
            present = [bool(mask >> position & 1) for position in range(len(rule.elements))]
            known = self._masks[node, mask] = all(_holds(note, present) for note in rule.notes)
        return known


def exact_problems(rule: SegmentRule, values: list[str], component: str, unknown: str = "") -> list[Problem]:
    """Return what is wrong with the values of a segment, element by element in their order, then by syntax note.

    ``unknown`` are the characters the grammar does not know.
    """
    found: list[Problem] = []
    if not any(value.strip(component) for value in values):
        found.append(Problem("no_elements", rule.segment_id, f"{rule.segment_id} holds no value at all"))
    if len(values) > len(rule.elements):
        reference = f"{rule.segment_id}{len(rule.elements) + 1:02d}"
        found.append(
            Problem("too_many_elements", reference, f"{rule.segment_id} ends with element {len(rule.elements)}")
        )
    # only ISA, which declares the component separator, is not cut by it
    is_cut = rule.segment_id != "ISA"
    for element in rule.elements:
        reference = f"{rule.segment_id}{element.position:02d}"
        value = values[element.position - 1] if element.position <= len(values) else ""
        parts = value.split(component) if is_cut else [value]
        if element.is_composite:
            found += _composite_problems(element, parts, reference, unknown)
        elif len(parts) > 1:
            found.append(Problem("element_has_parts", reference, f"{reference} is one value, not several parts"))
        else:
            declares = (rule.segment_id, element.position) in _DELIMITER_ELEMENTS and not element.codes
            chars = None if declares else unknown
            found += _element_problems(element, value, reference, chars, is_required=element.usage == "R")
    present = [bool(value.strip(component) if is_cut else value) for value in values]
    for note in rule.notes:
        if not _holds(note, present):
            names = [f"{rule.segment_id}{position:02d}" for position in note.positions]
            words = _NOTE_WORDS[note.rule].format(all=", ".join(names), first=names[0], rest=", ".join(names[1:]))
            found.append(Problem("elements_disagree", names[0], words))
    return found


def _composite_problems(element: ElementRule, parts: list[str], reference: str, unknown: str) -> list[Problem]:
    if not any(parts):
        if element.usage == "R":
            return [Problem("element_missing", reference, f"{reference} is required and empty")]
        # parts beyond the last are too many even when all are empty
        if len(parts) <= max(len(element.parts), 1) or element.usage == "N":
            return []
    if element.usage == "N":
        return [Problem("element_not_used", reference, f"{reference} is not used by this guide")]
    found: list[Problem] = []
    if len(parts) > len(element.parts):
        words = f"{reference} has {len(parts)} parts, at most {len(element.parts)} are allowed"
        found.append(Problem("too_many_parts", reference, words))
    for part in element.parts:
        name = f"{reference}-{part.position}"
        value = parts[part.position - 1] if part.position <= len(parts) else ""
        # pyx12 lets the first part of a situational composite be empty while another is given
        is_required = part.usage == "R" and (part.position > 1 or element.usage == "R")
        found += _element_problems(part, value, name, unknown, is_required=is_required)
    return found


def _element_problems(
    element: ElementRule, value: str, reference: str, unknown: str | None, *, is_required: bool
) -> list[Problem]:
    """Return what is wrong with one value; ``unknown`` is ``None`` where any character may stand."""
    if not value:
        return [Problem("element_missing", reference, f"{reference} is required and empty")] if is_required else []
    if element.usage == "N":
        return [Problem("element_not_used", reference, f"{reference} is not used by this guide")]
    found = _length_problems(element, value, reference)
    if unknown is None:
        return found
    if any(char < " " or char == "\x7f" for char in value):
        found.append(Problem("control_character", reference, f"{reference} holds a control character or line break"))
        return found
    if element.kind in {"AN", "ID"}:
        if value.endswith(" ") and len(value.rstrip()) >= element.minimum:
            found.append(Problem("trailing_spaces", reference, f"{reference} ends with spaces it does not need"))
        if not is_writable(value, unknown):
            found.append(Problem("invalid_character", reference, f"{reference} holds a character X12 does not know"))
    elif not is_of_type(element.kind, value):
        code, words = _TYPE_WORDS[element.kind]
        found.append(Problem(code, reference, f"{reference} {words}"))
    if element.codes is not None and value not in element.codes:
        found.append(Problem("invalid_code", reference, f"{reference} is none of the codes this guide allows here"))
    return found


def _length_problems(element: ElementRule, value: str, reference: str) -> list[Problem]:
    length = len(value)
    if element.kind in {"N0", "R"}:
        length -= value.count("-") + value.count(".")
    if length < element.minimum:
        words = f"{reference} has {length} characters, at least {element.minimum} are required"
        return [Problem("element_too_short", reference, words)]
    if length > element.maximum:
        words = f"{reference} has {length} characters, at most {element.maximum} are allowed"
        return [Problem("element_too_long", reference, words)]
    return []


def is_writable(value: str, unknown: str = "") -> bool:
    """Tell whether a value without control characters holds only what X12 knows: ASCII, and letters beyond."""
    if any(char in value for char in unknown):
        return False
    return value.isascii() or all(
        char.isascii() or char.isalpha() or char in _PUNCTUATION_BEYOND_ASCII for char in value
    )


def is_of_type(kind: str, value: str) -> bool:
    """Tell whether a value is a number, date or time as its type wants it; ``kind`` is N0, R, DT or TM."""
    if kind == "N0":
        return _NUMBER.fullmatch(value) is not None
    if kind == "R":
        return _DECIMAL.fullmatch(value) is not None
    if kind == "DT":
        return _is_date(value)
    return _is_time(value)


def _is_date(value: str) -> bool:
    """Tell whether a value of six or eight digits is a day since 1800."""
    if not _DIGITS.fullmatch(value) or len(value) not in {6, 8}:
        return False
    if len(value) == len("YYMMDD"):
        value = ("20" if int(value[:2]) < _CENTURY_PIVOT else "19") + value
    year, month, day = int(value[:4]), int(value[4:6]), int(value[6:])
    if year < _FIRST_YEAR or not 1 <= month <= len(_DAYS) or not 1 <= day <= _DAYS[month - 1]:
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return is_leap or (month, day) != (2, 29)


def _is_time(value: str) -> bool:
    """Tell whether a value is HHMM, HHMMSS or HHMMSSD, HHMMSSDD."""
    if not _DIGITS.fullmatch(value) or value[:2] > "23" or value[2:4] > "59":
        return False
    return len(value) in {4, 6, 7, 8} and value[4:6] <= "59"


def _holds(note: SyntaxNote, present: list[bool]) -> bool:
    """Tell whether a syntax note holds; ``present`` has one entry per element, from the first."""
    given = [position <= len(present) and present[position - 1] for position in note.positions]
    if note.rule == "P":
        return all(given) or not any(given)
    if note.rule == "R":
        return any(given)
    if note.rule == "E":
        return sum(given) <= 1
    if note.rule == "C":
        return not given[0] or all(given[1:])
    return not given[0] or any(given[1:])


# what follows builds the expression that matches a clean segment


def _always_holds(note: SyntaxNote, rule: SegmentRule) -> bool:
    """Tell whether a note holds in every segment whose required elements are there and unused ones are not."""
    usages = [rule.elements[position - 1].usage for position in note.positions]
    if note.rule == "P":
        return set(usages) in ({"R"}, {"N"})
    if note.rule == "R":
        return "R" in usages
    if note.rule == "E":
        return len(usages) - usages.count("N") <= 1
    rest = usages[1:]
    return usages[0] == "N" or ("R" in rest if note.rule == "L" else set(rest) == {"R"})


def _pattern(rule: SegmentRule, element: str, component: str, unknown: str) -> re.Pattern[str]:
    """Return an expression for segments that are surely right: no trailing separator, no odd but allowed value."""
    separator = re.escape(element)
    marks = element + component + unknown
    bodies = [_element_pattern(e, separator, re.escape(component), marks, rule.segment_id) for e in rule.elements]
    chain = _chain(bodies, list(rule.elements), separator)
    # a separator that does not end the segment: there is at least one value
    return re.compile(f"{rule.segment_id}(?={separator}){chain}(?<!{separator})", re.DOTALL)


def _chain(bodies: list[str], elements: list[ElementRule], separator: str, *, is_first: bool = False) -> str:
    """Return the elements one after the other: what follows the last required one may be cut off."""
    last = max((i for i, e in enumerate(elements) if e.usage == "R"), default=-1)
    text = ""
    for index in reversed(range(len(elements))):
        lead = "" if is_first and index == 0 else separator
        body = bodies[index] if elements[index].usage == "R" else f"(?:{bodies[index]})?"
        text = f"{lead}{body}{text}" if index <= last else f"(?:{lead}{body}{text})?"
    return text


def _element_pattern(element: ElementRule, separator: str, component: str, marks: str, segment_id: str) -> str:
    """Return the expression of one element; ``marks`` may stand in no value, the separators are escaped."""
    if element.usage == "N":
        return ""
    if element.is_composite:
        bodies = [_element_pattern(part, separator, component, marks, segment_id) for part in element.parts]
        return _chain(bodies, list(element.parts), component, is_first=True)
    if element.codes is not None:
        return "(?:" + "|".join(map(re.escape, sorted(element.codes))) + ")"
    if (segment_id, element.position) in _DELIMITER_ELEMENTS:
        return f"[^{separator}]"
    return _value_pattern(element, marks)


def _value_pattern(element: ElementRule, marks: str) -> str:
    """Return an expression for values of a type that need no second look."""
    least, most = element.minimum, element.maximum
    if element.kind == "N0":
        return f"-?[0-9]{{{least},{most}}}"
    if element.kind == "R":
        return f"-?(?:[0-9]{{{least},{most - 4}}}(?:\\.[0-9]{{1,4}})?|\\.[0-9]{{{least},{most}}})"
    if element.kind == "DT":
        century = "" if most == len("YYMMDD") else "(?:1[89]|[2-9][0-9])"
        return (
            century + "[0-9]{2}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])"
            "|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
        )
    if element.kind == "TM":
        seconds = "" if most == len("HHMM") else "(?:[0-5][0-9](?:[0-9]{1,2})?)?"
        return "(?:[01][0-9]|2[0-3])[0-5][0-9]" + seconds
    allowed = "".join(re.escape(char) for char in _PRINTABLE if char not in marks)
    blank = "" if " " in marks else " "
    # a value of one length only is filled up with blanks; any other does not end with one
    if least == most:
        return f"[{blank}{allowed}]{{{most}}}"
    return f"[{blank}{allowed}]{{{least - 1},{most - 1}}}[{allowed}]"
