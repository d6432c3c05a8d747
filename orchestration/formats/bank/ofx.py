"""OFX as a flat run of tags: 1.x SGML, where leaf tags are not closed, and 2.x XML, where they are, alike.

A tolerant scanner and no parser on purpose: entities are the five of XML and numbers, document types are not read,
nothing nests, so no input can blow up. What does not belong here: which tag means what (``reader``).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9.]{0,31})(?:\s[^<>]*)?/?>([^<]*)")
_CHARSET = re.compile(rb"(?:CHARSET:|encoding=[\"'])\s*([A-Za-z0-9-]+)", re.IGNORECASE)
_HEADER = 512


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as it comes: its name in capitals, the text after it, the line it stands on (from 1)."""

    name: str
    is_end: bool
    text: str
    line_number: int


def decode(content: bytes) -> str:
    """Return text by the declared character set, UTF-8 when it is that, else Windows-1252. Never raises."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    match = _CHARSET.search(content[:_HEADER])
    declared = match[1].decode("ascii").lower() if match else ""
    if declared not in {"1252", "windows-1252", "iso-8859-1", "8859-1"}:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return content.decode("cp1252", errors="replace")


def scan(text: str) -> list[Tag]:
    """Return every tag in order. Never raises."""
    tags: list[Tag] = []
    line, counted = 1, 0
    for match in _TAG.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        value = match[3].strip()
        tags.append(Tag(match[2].upper(), bool(match[1]), html.unescape(value) if "&" in value else value, line))
    return tags
