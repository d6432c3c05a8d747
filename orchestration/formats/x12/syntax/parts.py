"""A file of any size to stretches of canonical X12: whole transaction sets, one delimiter set, ready to be indexed.

A *regular* file (an ISA first, one kind of line end at most, nothing between interchanges) is read window by window
and never held whole. Everything else is taken apart by the tokenizer (``segments``) and put together again, so that
both ways meet in the same bytes. Canonical: UTF-8, every segment followed by its terminator and by nothing else.
What does not belong here: what segments mean, and whether a stretch that looked regular was.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from orchestration.formats.x12.syntax.delimiters import Marks, read_header
from orchestration.formats.x12.syntax.segments import Interchange, Tokens, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

# near the cache: larger windows are slower, smaller ones pay their fixed costs more often
WINDOW: Final = 2 << 20
# a transaction set longer than this is not looked for window by window
_LARGEST_SET: Final = 64 << 20
# what the tokenizer may hold whole: it keeps about ten bytes for each of the file
LARGEST_IRREGULAR: Final = 128 << 20

_HEAD = 1024
_NO_HEADER = ("no_interchange_header", "the file does not begin with the header of an interchange (ISA)")
UNTERMINATED = ("unterminated_segment", "the last segment does not end with the segment terminator")
_MARK_BYTES = b"\xef\xbb\xbf"
_JUNK = b" \t\r\n\x00\x1a"
_SEPARATORS = 16
_BEGINNING = re.compile(rb"ISA[^A-Za-z0-9 ]|GS([^A-Za-z0-9 ])[A-Z]{2}\1|ST([^A-Za-z0-9 ])\d{3}\2")
# bytes that UTF-8 never holds
_OTHER_ELEMENT, _OTHER_TERMINATOR = 0xFF, 0xFE
_CONTROLS = (
    "\x1f\x1c\x1d\x1e\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1b"
)


class IrregularError(Exception):
    """The file is not regular after all: the tokenizer must read it. Never leaves this package."""


class TooLargeError(Exception):
    """The file is not regular and larger than the tokenizer may hold. Never leaves this package."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a file; an ``is_exact`` one is a whole interchange or stretch without ISA, from the tokenizer."""

    data: bytes
    marks: Marks
    is_exact: bool
    has_header: bool
    # what departs from a strict layout: code and words
    flaw: tuple[str, str] | None = None


def regular_parts(stream: BinaryIO) -> Iterator[Part]:
    """Yield the stretches of a regular file, each ending with a whole set; raises ``IrregularError``."""
    stream.seek(0)
    # what does not begin like one is refused before the whole file is looked at
    marks = _regular_marks(stream.read(_HEAD).removeprefix(_MARK_BYTES).lstrip(_JUNK))
    codec = _codec(stream)
    stream.seek(0)
    raw = stream.read(WINDOW)
    body = raw.removeprefix(_MARK_BYTES).lstrip(_JUNK)
    line_end = _line_end(body, marks)
    flaw = None if raw.removeprefix(_MARK_BYTES).startswith(b"ISA") else _NO_HEADER
    starts = [bytes((mark,)) + b"ST" + bytes((marks.element,)) for mark in {marks.terminator, *line_end[-1:]}]
    while True:
        more = stream.read(WINDOW)
        cut = len(body) if not more else max(body.rfind(start) for start in starts) + 1
        if cut > 0:
            if not more and not _is_terminated(body, marks):
                # a header that is cut off opens nothing, padding may be meant as a terminator: the tokenizer decides
                last = body[body.rfind(marks.terminator) + 1 :]
                if last.lstrip(_JUNK).startswith(b"ISA") or last != last.rstrip(_JUNK):
                    raise IrregularError
                flaw = flaw or UNTERMINATED
            canonical = _canonical(body[:cut], marks, line_end, codec, is_last=not more)
            yield Part(canonical, marks, is_exact=False, has_header=True, flaw=flaw)
            body, flaw = body[cut:], None
        elif len(body) > _LARGEST_SET:
            raise IrregularError
        if not more:
            return
        body += more


@dataclass(frozen=True, slots=True)
class TokenizedFile:
    """A file that was held whole: its bytes, what the tokenizer made of them, and that as canonical stretches."""

    content: bytes
    tokens: Tokens
    parts: list[Part]


def tokenized(stream: BinaryIO) -> TokenizedFile | None:
    """Return what the tokenizer makes of a whole file, ``None`` for no X12; raises ``TooLargeError``."""
    stream.seek(0, 2)
    if stream.tell() > LARGEST_IRREGULAR:
        if _mentions_x12(stream):
            raise TooLargeError
        return None
    stream.seek(0)
    content = stream.read()
    tokens = tokenize(content)
    if not tokens.interchanges:
        return None
    return TokenizedFile(content, tokens, [_rejoined(interchange) for interchange in tokens.interchanges])


def is_blank(stream: BinaryIO) -> bool:
    """Tell whether a file holds nothing but blanks."""
    stream.seek(0)
    while window := stream.read(WINDOW):
        if window.strip(_JUNK):
            return False
    return True


def _is_terminated(body: bytes, marks: Marks) -> bool:
    return not body[body.rfind(marks.terminator) + 1 :].strip(_JUNK)


def _codec(stream: BinaryIO) -> str:
    """Return how the bytes of a file are written, as the tokenizer decides it."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    codec = "ascii"
    while window := stream.read(WINDOW):
        if codec == "ascii" and window.isascii():
            continue
        codec = "utf-8"
        try:
            decoder.decode(window)
        except UnicodeDecodeError:
            return "latin-1"
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "latin-1"
    return codec


def _regular_marks(head: bytes) -> Marks:
    """Return the delimiters of a file that begins with a plain ISA."""
    text = head.decode("latin-1")
    found = read_header(text, 0, text[3]) if text.startswith("ISA") and len(text) > 3 else None  # noqa: PLR2004
    if found is None:
        raise IrregularError
    delimiters, end = found
    marks = (delimiters.element, delimiters.component, delimiters.terminator)
    is_plain = len(set(marks)) == len(marks) and all(mark.isascii() and not mark.isalnum() for mark in marks)
    if not is_plain or marks[0] in " \r\n" or marks[1] in " \r\n" or marks[2] == " ":
        raise IrregularError
    header = text[:end]
    if header.count(marks[0]) != _SEPARATORS or any(char in header[:-1] for char in "\r\n"):
        raise IrregularError
    return Marks(*(ord(mark) for mark in marks))


def _line_end(body: bytes, marks: Marks) -> bytes:
    """Return what follows the terminators of a file: nothing, or one kind of line end."""
    if marks.terminator in b"\r\n":
        return b""
    after = body[body.find(marks.terminator) + 1 :][:2]
    return after if after == b"\r\n" else after[:1] if after[:1] in (b"\r", b"\n") else b""


def _canonical(raw: bytes, marks: Marks, line_end: bytes, codec: str, *, is_last: bool) -> bytes:
    """Return a stretch without its line ends, in UTF-8; raises ``IrregularError`` when a line end stands elsewhere."""
    terminator = bytes((marks.terminator,))
    if is_last:
        raw = raw.rstrip(_JUNK.replace(terminator, b""))
        if not raw.endswith(terminator):
            raw += terminator
        raw += line_end
    if line_end:
        count = raw.count(terminator + line_end)
        if any(raw.count(char) != count for char in (b"\r", b"\n") if char in line_end or char in raw):
            raise IrregularError
        raw = raw.translate(None, b"\r\n")
    elif terminator not in (b"\r", b"\n") and (b"\n" in raw or b"\r" in raw):
        raise IrregularError
    return raw.decode("latin-1").encode() if codec == "latin-1" else raw


def _mentions_x12(stream: BinaryIO) -> bool:
    stream.seek(0)
    tail = b""
    while window := stream.read(WINDOW):
        stretch = tail + window
        if any(word in stretch for word in (b"ISA", b"GS", b"ST")) and _BEGINNING.search(stretch):
            return True
        tail = window[-_SEPARATORS:]
    return False


def _rejoined(interchange: Interchange) -> Part:
    """Return an interchange as canonical bytes; delimiters that take more than one byte are exchanged."""
    own = interchange.delimiters
    if own.element.isascii() and own.terminator.isascii() and own.component.isascii():
        body = "".join(segment + own.terminator for segment in interchange.segments).encode()
        marks = Marks(ord(own.element), ord(own.component), ord(own.terminator))
        return Part(body, marks, is_exact=True, has_header=interchange.has_header)
    joined = "".join(interchange.segments)
    component = next((char for char in _CONTROLS if char not in joined), ":")
    element, end = bytes((_OTHER_ELEMENT,)), bytes((_OTHER_TERMINATOR,))
    body = b"".join(
        element.join(_plain(part, own.component, component) for part in segment.split(own.element)) + end
        for segment in interchange.segments
    )
    marks = Marks(_OTHER_ELEMENT, ord(component), _OTHER_TERMINATOR)
    return Part(body, marks, is_exact=True, has_header=interchange.has_header)


def _plain(part: str, component: str, other: str) -> bytes:
    # the replacement character stands for the element separator once the bytes are decoded again
    return part.replace(component, other).replace("\ufffd", "?").encode()
