"""Bytes to messages: character sets, MLLP blocks, line ends, and the FHS/BHS/BTS/FTS envelopes around a batch.

A generator: a file of a million messages is cut one message at a time. Every segment of the file is counted, so a
row leads back to its place. What does not belong here: what a segment says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_BLOCK, _END_BLOCK = "\x0b", "\x1c"
_HEADERS: Final = ("MSH", "FHS", "BHS", "BTS", "FTS")
_BOUNDARY = re.compile(r"\r(?=(?:MSH|FHS|BHS|BTS|FTS)(?![A-Za-z0-9 ]))")
# in a file whose segments end with a carriage return, a line feed ends one too when a segment follows
_LINE_FEED_ENDS = re.compile(r"\n(?=\s*(?:[A-Z][A-Z0-9]{2}[^A-Za-z0-9\s]|\Z))")
_HEADER_LINE = re.compile(rb"MSH([^A-Za-z0-9\s])[^\r\n]*")
# MSH-1 is the separator itself
_MSH_18 = 17
_CODECS: Final[dict[str, str]] = {
    "8859/1": "latin-1",
    "8859/15": "iso8859-15",
    "ISO-8859-1": "latin-1",
}


class Frame(NamedTuple):
    """One message or one envelope segment: which, where it starts (from 1), its segments, whether it ends, its text.

    ``is_whole`` is false for a message whose MLLP block never closes: it may have been cut off.
    """

    kind: str
    segment_number: int
    segments: list[str]
    is_whole: bool
    text: str


def decode(content: bytes) -> tuple[str, list[Finding]] | Finding:
    """Return the text of a file with one carriage return after every segment, or the reason why it has none.

    UTF-8 (or UTF-16 with its mark), else the character set of MSH-18, else Windows-1252 with a warning.
    """
    if not content.strip(b" \t\r\n\x0b\x1c"):
        return Finding("empty_file", "error", "the file is empty: there is nothing to load")
    decoded = _decode(content)
    if isinstance(decoded, Finding):
        return decoded
    text, findings = decoded
    if "\x00" in text:
        return Finding("nul_byte", "error", "the file holds NUL bytes: it is not text, or was damaged")
    if "\n" in text:
        text = text.replace("\r\n", "\r")
        text = _LINE_FEED_ENDS.sub("\r", text) if "\r" in text else text.replace("\n", "\r")
    return text, findings


def _decode(content: bytes) -> tuple[str, list[Finding]] | Finding:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), []
        except UnicodeDecodeError:
            return Finding("undecodable_text", "error", "the file says it is UTF-16 and is not")
    body = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode("utf-8"), []
    except UnicodeDecodeError:
        codec = _CODECS.get(_character_set(body))
        if codec is not None:
            return body.decode(codec), []
        warning = Finding("windows_1252_text", "warning", "the text is not UTF-8; it was read as Windows-1252")
        return body.decode("cp1252", errors="replace"), [warning]


def _character_set(content: bytes) -> str:
    """Return what MSH-18 of the first message says, in capitals."""
    found = _HEADER_LINE.search(content)
    fields = found.group().split(found.group(1)) if found else []
    return fields[_MSH_18].decode("latin-1").strip().upper() if len(fields) > _MSH_18 else ""


def frames(text: str) -> Iterator[Frame]:
    """Yield the messages and envelope segments of a decoded file in order; text before the first is kind ``""``."""
    number = 1
    for block, is_whole in _blocks(text):
        start = 0
        for found in _BOUNDARY.finditer(block):
            frame = _frame(block[start : found.start()], number, is_whole=True)
            start = found.end()
            if frame is not None:
                number += len(frame.segments)
                yield frame
        frame = _frame(block[start:], number, is_whole=is_whole)
        if frame is not None:
            number += len(frame.segments)
            yield frame


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what stands inside and between MLLP blocks, and whether it ends as it should."""
    if _START_BLOCK not in text:
        yield text.replace(_END_BLOCK, "\r"), True
        return
    before, *blocks = text.split(_START_BLOCK)
    yield before, True
    for block in blocks:
        inside, end, after = block.partition(_END_BLOCK)
        yield inside, bool(end)
        yield after.replace(_END_BLOCK, "\r"), True


def _frame(body: str, number: int, *, is_whole: bool) -> Frame | None:
    segments = body.split("\r")
    if not segments[-1] or not segments[0] or "" in segments:
        segments = [segment for segment in segments if segment.strip()]
        if not segments:
            return None
    first = segments[0]
    if first[0] == " ":
        first = segments[0] = first.lstrip()
    kind = first[:3]
    return Frame(kind if kind in _HEADERS else "", number, segments, is_whole, body)
