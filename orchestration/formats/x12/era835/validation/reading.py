"""Does a file lie on disk as X12 wants it: ISA first and in full width, nothing but line ends between segments.

The tokenizer (``segments``) undoes what senders do to their bytes; here the same bytes are read to the letter, so
that what it repaired is named. The segments returned keep the numbers of the tokenizer's. What does not belong here:
which segment may follow which (``walker``) and what stands in it (``elements``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestration.formats.x12.era835.validation.violations import Violation
from orchestration.formats.x12.syntax.segments import decode

if TYPE_CHECKING:
    from orchestration.formats.x12.syntax.segments import Interchange, Tokens

# pyx12 loses what it notes about blanks before these: a file that is indented only there passes
LENIENT_IDS = frozenset({"ISA", "GS", "ST", "GE", "IEA"})
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BLANK = " \t\n\x00\x1a\ufeff"


@dataclass(frozen=True, slots=True)
class StrictReading:
    """A file to the letter: interchanges whose segments keep their blanks, and what is wrong around them."""

    interchanges: list[Interchange]
    violations: list[Violation]


def read_strictly(content: bytes, tokens: Tokens) -> StrictReading:
    """Return the segments as they are written, and where the bytes depart from X12. Never raises.

    ``tokens`` are those of the same bytes; numbers of interchanges and segments stay theirs.
    """
    if content.startswith(_UTF16_MARKS):
        return _unreadable(tokens, "wide_characters", "the file is written in UTF-16: X12 has one byte a character")
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    headers = [interchange for interchange in tokens.interchanges if interchange.has_header]
    if not headers or not text.startswith("ISA"):
        words = "the file does not begin with the header of an interchange (ISA)"
        return _unreadable(tokens, "no_interchange_header", words)
    if _is_as_written(text, tokens.interchanges):
        return StrictReading(tokens.interchanges, [])
    violations: list[Violation] = []
    interchanges = []
    for interchange, lines in zip(headers, _lines(text, headers), strict=True):
        interchanges.append(_to_the_letter(interchange, lines, violations))
    for interchange in tokens.interchanges:
        if not interchange.has_header:
            violations.append(
                _violation("outside_interchange", interchange, 0, "segments stand outside any interchange")
            )
            interchanges.append(interchange)
    return StrictReading(sorted(interchanges, key=lambda interchange: interchange.number), violations)


def _is_as_written(text: str, interchanges: list[Interchange]) -> bool:
    """Tell whether the segments alone, each with its terminator and at most one line end, are the whole text."""
    terminator = interchanges[0].delimiters.terminator.replace("\r", "\n")
    if any(i.delimiters.terminator.replace("\r", "\n") != terminator or not i.has_header for i in interchanges):
        return False
    plain = text if terminator == "\n" else text.replace(terminator + "\n", terminator)
    expected = "".join([terminator.join(i.segments) + terminator for i in interchanges])
    return plain == expected


def _unreadable(tokens: Tokens, code: str, words: str) -> StrictReading:
    return StrictReading(tokens.interchanges, [Violation(code, "warning", words)])


@dataclass(slots=True)
class _Lines:
    """What stands between two headers, cut at each terminator; ``tail`` is what no terminator follows."""

    texts: list[str]
    tail: str


def _lines(text: str, headers: list[Interchange]) -> list[_Lines]:
    """Return the lines of each interchange: from its ISA up to the next one, by the delimiters its ISA declares."""
    found: list[_Lines] = []
    position = 0
    while True:
        delimiters = headers[len(found)].delimiters
        terminator = "\n" if delimiters.terminator == "\r" else delimiters.terminator
        following = headers[len(found) + 1].delimiters.element if len(found) + 1 < len(headers) else None
        lines = _Lines([], "")
        found.append(lines)
        is_next = False
        while not is_next:
            end = text.find(terminator, position)
            if end < 0:
                lines.tail = text[position:]
                # an interchange the strict reading cannot find has no lines
                return found + [_Lines([], "") for _ in headers[len(found) :]]
            lines.texts.append(text[position:end])
            position = end + 1
            start = _after_blanks(text, position)
            is_next = following is not None and text.startswith("ISA" + following, start)


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \n":
        position += 1
    return position


def _to_the_letter(interchange: Interchange, lines: _Lines, violations: list[Violation]) -> Interchange:
    """Return the interchange with its segments as written; note what the tokenizer repaired."""
    is_line_terminated = interchange.delimiters.terminator in "\r\n"
    texts = lines.texts if is_line_terminated else [line.lstrip("\n") for line in lines.texts]
    trailer = "IEA" + interchange.delimiters.element
    end = next((i + 1 for i, line in enumerate(texts) if line.lstrip(" ").startswith(trailer)), None)
    inside, outside = (texts, []) if end is None else (texts[:end], texts[end:])
    number = len(interchange.segments)
    if end is None and lines.tail.strip(_BLANK):
        words = "the last segment does not end with the segment terminator"
        violations.append(_violation("unterminated_segment", interchange, number - 1, words))
        inside = [*inside, lines.tail.lstrip("\n")]
    # pyx12 stops reading at an empty segment, so blank lines after the trailer are as good as none
    stray = next((i for i, line in enumerate(outside) if not line), len(outside))
    if stray:
        words = f"{stray} segments stand after the end of the interchange"
        violations.append(_violation("outside_interchange", interchange, number - 1, words))
    segments = [line for line in inside if line.strip(_BLANK)]
    if len(segments) < len(inside):
        words = "two segment terminators follow each other with nothing between them"
        violations.append(_violation("empty_segment", interchange, 0, words))
    if len(segments) != number:
        words = "the interchange cannot be read to the letter: line breaks or blanks stand inside its segments"
        violations.append(_violation("unreadable_layout", interchange, 0, words))
        return interchange
    return replace(interchange, segments=_compared(interchange, segments, violations))


def _compared(interchange: Interchange, segments: list[str], violations: list[Violation]) -> list[str]:
    if segments == interchange.segments:
        return interchange.segments
    result = []
    for index, (written, repaired) in enumerate(zip(segments, interchange.segments, strict=True)):
        segment = written
        if written != repaired and written.startswith(" "):
            segment = written.lstrip()
            if segment.split(interchange.delimiters.element, 1)[0] not in LENIENT_IDS:
                violations.append(_violation("leading_blank", interchange, index, "blanks stand before the segment"))
        if "\n" in segment:
            violations.append(_violation("line_break_in_segment", interchange, index, "a line breaks inside a segment"))
            segment = repaired
        result.append(segment)
    return result


def _violation(code: str, interchange: Interchange, index: int, words: str) -> Violation:
    return Violation(code, "warning", words, segment_number=interchange.first_segment_number + max(index, 0))
