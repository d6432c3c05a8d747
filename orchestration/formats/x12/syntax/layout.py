"""A file as its segments and what stands between them, so that it can be written back byte for byte.

``segments`` reads a file and forgets how it was laid out; here nothing is forgotten: byte order mark, line ends, wraps,
indentation, text outside any interchange. What does not belong here: what a segment says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.formats.x12.syntax.segments import decode, tokenize

if TYPE_CHECKING:
    from orchestration.formats.x12.syntax.delimiters import Delimiters

_MARKS: Final = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_JUNK: Final = " \t\r\n\x00\x1a\ufeff"


@dataclass(frozen=True, slots=True)
class SegmentLayout:
    """``gaps[n]`` stands before segment ``n``, the last gap after all; a segment keeps the line ends inside it.

    ``codec`` is ``bytes`` when the file is no text that can be written as it was read: then it is one gap.
    """

    codec: str
    mark: bytes
    gaps: tuple[str, ...]
    segments: tuple[str, ...]

    def write(self) -> bytes:
        """Return the bytes of the file."""
        pieces = [piece for pair in zip(self.gaps, (*self.segments, ""), strict=True) for piece in pair]
        return self.mark + "".join(pieces).encode("latin-1" if self.codec == "bytes" else self.codec)


def lay_out(content: bytes) -> SegmentLayout:
    """Return the layout of any bytes; ``lay_out(content).write() == content`` holds for all of them."""
    mark, codec = _codec(content)
    text = decode(content)
    if mark + text.encode(codec, "replace") != content:
        return SegmentLayout("bytes", b"", (content.decode("latin-1"),), ())
    gaps: list[str] = []
    segments: list[str] = []
    position = 0
    for interchange in tokenize(content).interchanges:
        start, marks = interchange.begin, interchange.delimiters
        between = marks.terminator + "".join(char for char in _JUNK if char != marks.element)
        for segment in interchange.segments:
            start = _first(text, start, between)
            end = _end(text, start, segment)
            gaps.append(text[position:start])
            segments.append(text[start:end])
            position = start = end
    gaps.append(text[position:])
    return SegmentLayout(codec, mark, tuple(gaps), tuple(segments))


def as_read(segment: str, delimiters: Delimiters) -> str:
    """Return a segment of a layout as the tokenizer gives it: without line ends that delimit nothing."""
    if "\n" in (delimiters.element, delimiters.terminator) or "\r" in (delimiters.element, delimiters.terminator):
        return segment
    return segment.replace("\r", "").replace("\n", "")


def _codec(content: bytes) -> tuple[bytes, str]:
    for codec, mark in _MARKS.items():
        if content.startswith(mark):
            return mark, codec
    mark = _UTF8_MARK if content.startswith(_UTF8_MARK) else b""
    try:
        content[len(mark) :].decode("utf-8")
    except UnicodeDecodeError:
        return mark, "latin-1"
    return mark, "utf-8"


def _first(text: str, place: int, between: str) -> int:
    """Return where the next segment begins: after terminators and what may stand between segments."""
    while place < len(text) and text[place] in between:
        place += 1
    return place


def _end(text: str, start: int, segment: str) -> int:
    """Return the place after a segment that begins at ``start``, over the line ends it is wrapped by."""
    if text.startswith(segment, start):
        return start + len(segment)
    place = start
    for char in segment:
        while text[place] != char:
            place += 1
        place += 1
    return place
