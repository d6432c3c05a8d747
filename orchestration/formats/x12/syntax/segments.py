"""Bytes to segments: where interchanges start and end, by which delimiters they are cut, on which segment number.

Everything a sender does to the bytes is undone here and nowhere else: byte order marks, leading blanks, trailing
junk, delimiters of any kind and different ones per interchange, fields of ISA that are not padded, lines wrapped in
the middle of a segment, line ends and indentation after the terminator, files without ISA. What does not belong
here: what a segment means, and whether the envelope holds (``envelope``, ``sets``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.formats.x12.syntax.delimiters import Delimiters, read_header, terminator_before_next

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# a segment as it stands in the file, and the same cut into its elements: the id is element 0
RawSegment = str
Elements = list[str]

_ID_LENGTHS = frozenset({2, 3})
_JUNK = " \t\r\n\x00\x1a\ufeff"
_IEA_LENGTH = 120
_ISA = re.compile(r"(?<![A-Za-z0-9])ISA([^A-Za-z0-9 ])")
_HEADLESS = re.compile(r"(?<![A-Za-z0-9])(?:GS([^A-Za-z0-9 ])[A-Z]{2}\1|ST([^A-Za-z0-9 ])\d{3}\2)")
_COMPOSITE = re.compile(r"SVC.[A-Z0-9]{2}([^A-Za-z0-9 \t\r\n])")


@dataclass(frozen=True, slots=True)
class Interchange:
    """The segments from one ISA to its IEA, or of a stretch without ISA.

    ``number`` is its ordinal in the file and ``first_segment_number`` the place of its first segment, both from 1.
    """

    number: int
    first_segment_number: int
    delimiters: Delimiters
    has_header: bool
    segments: list[RawSegment]
    # where it begins in the decoded text
    begin: int = 0

    def elements(self, index: int) -> Elements:
        """Return the elements of one segment. They are cut when they are read, so that few of them live at once."""
        return self.segments[index].split(self.delimiters.element)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A file cut into interchanges, with findings about the text outside them."""

    interchanges: list[Interchange]
    findings: list[Finding]
    segment_count: int


def tokenize(content: bytes) -> Tokens:
    """Return the interchanges of a file; none when the bytes hold no X12. Never raises, in time linear in the bytes."""
    text = decode(content)
    interchanges: list[Interchange] = []
    findings: list[Finding] = []
    count = 0
    position = 0
    for stretch in _stretches(text):
        segments = _cut(text[stretch.begin : stretch.end], stretch.delimiters)
        if segments:
            _note_stray_text(text[position : stretch.begin], count, findings)
            number = len(interchanges) + 1
            interchanges.append(
                Interchange(number, count + 1, stretch.delimiters, stretch.has_header, segments, stretch.begin)
            )
            count += len(segments)
            position = stretch.end
    if interchanges:
        _note_stray_text(text[position:], count, findings)
    return Tokens(interchanges, findings, count)


def decode(content: bytes) -> str:
    """Return text: UTF-16 by its mark, else UTF-8 when it is that, else one character per byte."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    body = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where an interchange, or a run of segments without one, begins and ends in the text."""

    begin: int
    end: int
    delimiters: Delimiters
    has_header: bool


def _stretches(text: str) -> Iterator[_Stretch]:
    """Yield the stretches of X12 in order; each character is looked at a bounded number of times."""
    headers = _headers(text)
    header = next(headers, None)
    position = 0
    while position < len(text):
        while header is not None and header[0] < position:
            header = next(headers, None)
        match = _HEADLESS.search(text, position, header[0] if header else len(text))
        if match:
            stretch = _headless(text, match)
        elif header:
            begin, delimiters, body = header
            stretch = _Stretch(begin, _end(text, body, delimiters), delimiters, has_header=True)
        else:
            return
        yield stretch
        position = stretch.end


def _headers(text: str) -> Iterator[tuple[int, Delimiters, int]]:
    """Yield what reads like an ISA: its place, the delimiters it declares, the place after it."""
    for match in _ISA.finditer(text):
        found = read_header(text, match.start(), match[1])
        if found:
            yield match.start(), *found


def _headless(text: str, match: re.Match[str]) -> _Stretch:
    """Return the stretch that starts with GS or ST; its delimiters are found in what follows."""
    separator = match[1] or match[2]
    terminator = terminator_before_next(text, match.end(), separator)
    end = _end(text, match.end(), Delimiters(separator, ":", terminator))
    # the separator of components shows first where a procedure is coded
    composite = _COMPOSITE.search(text, match.end(), end)
    component = composite[1] if composite and composite[1] not in {separator, terminator} else ":"
    return _Stretch(match.start(), end, Delimiters(separator, component, terminator), has_header=False)


def _end(text: str, position: int, delimiters: Delimiters) -> int:
    """Return the place after the terminator of the next IEA, or the place of the next ISA that comes before it."""
    separator, terminator = re.escape(delimiters.element), delimiters.terminator
    gap = "[\r\n]{0,2}"
    boundary = re.compile(f"I{gap}(?:E{gap}A{gap}{separator}|SA[^A-Za-z0-9 ])")
    for match in boundary.finditer(text, position):
        before = match.start() - 1
        while before >= position and text[before] in _JUNK and text[before] != terminator:
            before -= 1
        if before >= position and text[before] != terminator:
            continue
        if "S" in match[0]:
            if read_header(text, match.start(), match[0][-1]):
                return match.start()
            continue
        limit = min(len(text), match.end() + _IEA_LENGTH)
        closing = text.find(terminator, match.end(), limit)
        # a last segment that is not terminated ends where the next interchange begins
        for following in _ISA.finditer(text, match.end(), closing if closing >= 0 else limit):
            if read_header(text, following.start(), following[1]):
                return following.start()
        return closing + 1 if closing >= 0 else limit
    return len(text)


def _cut(body: str, delimiters: Delimiters) -> list[RawSegment]:
    """Return the segments without the line ends and indentation between them."""
    marks = (delimiters.element, delimiters.terminator)
    if "\n" not in marks and "\r" not in marks:
        # a line end that terminates nothing is a wrap or a habit after the terminator
        body = body.replace("\r", "").replace("\n", "")
    blank = "".join(char for char in _JUNK if char not in marks)
    pieces = (piece.strip(blank) for piece in body.split(delimiters.terminator))
    return [piece for piece in pieces if piece]


def segment_id(elements: Sequence[str]) -> str | None:
    """Return a segment's id when it looks like one: a stray text never reaches a message."""
    name = elements[0]
    return name if len(name) in _ID_LENGTHS and name.isascii() and name.isalnum() and name.isupper() else None


def _note_stray_text(text: str, after_segment: int, findings: list[Finding]) -> None:
    if text.strip(_JUNK):
        findings.append(
            Finding(
                "text_outside_interchange",
                "warning",
                f"{len(text.strip(_JUNK))} characters stand outside any interchange and were not read",
                segment_number=after_segment or None,
            )
        )
