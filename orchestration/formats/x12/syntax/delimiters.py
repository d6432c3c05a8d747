"""The delimiters of an interchange: as an ISA declares them, or as what follows shows them.

What does not belong here: where interchanges begin and end (``segments``), and cutting by delimiters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = " \t\r\n"
_ISA_SEPARATORS = 16
# 106 characters when padded; twice that leaves room for long, wrapped and unpadded fields
_ISA_LENGTH = 240


@dataclass(frozen=True, slots=True)
class Delimiters:
    """What one interchange is cut by."""

    element: str
    component: str
    terminator: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The delimiters as byte values."""

    element: int
    component: int
    terminator: int


def read_header(text: str, begin: int, separator: str) -> tuple[Delimiters, int] | None:
    """Return the delimiters an ISA declares and the place after it, ``None`` when this is no ISA.

    The sixteenth separator is followed by the component separator and the terminator (X12.5 ISA16): counting
    separators finds them however wide the fields are.
    """
    window = text[begin : begin + _ISA_LENGTH]
    place = -1
    for _ in range(_ISA_SEPARATORS):
        place = window.find(separator, place + 1)
        if place < 0:
            return None
    if re.search(r"[^A-Za-z0-9]GS" + re.escape(separator), window[:place]):
        # an ISA with fields missing: its end is only known by what follows
        terminator = terminator_before_next(text, begin + 4, separator)
        end = text.find(terminator, begin)
        return (Delimiters(separator, ":", terminator), end + 1) if end >= 0 else None
    tail = window[place + 1 :]
    # a wrapped line may break between the last three characters of the header
    after = tail.lstrip("\r\n")
    if not after:
        return None
    component, rest = after[0], after[1:]
    if not rest:
        return None
    terminator = rest[0]
    if terminator in "\r\n":
        unwrapped = rest.lstrip(_BLANK)
        if unwrapped and not re.match(r"(?:GS|ISA|TA1|IEA)[^A-Za-z0-9]", unwrapped):
            candidate = unwrapped[0]
            if not candidate.isalnum() and candidate != separator:
                terminator, rest = candidate, unwrapped
    if terminator == separator:
        return None
    return Delimiters(separator, component, terminator), begin + len(window) - len(rest) + 1


def terminator_before_next(text: str, position: int, separator: str) -> str:
    """Return the character that ends the segment before the next well-known one; a line end when there is no other."""
    following = re.compile(r"([^A-Za-z0-9 \t\r\n])?([ \t\r\n]*)(?:ST|BPR|GS|SE|TRN|BHT|BGN)" + re.escape(separator))
    # bounded: the segment sought is the very next one
    match = following.search(text, position, position + _ISA_LENGTH)
    if match and match[1] and match[1] != separator:
        return match[1]
    if match and ("\n" in match[2] or "\r" in match[2]):
        return "\r" if match[2].lstrip(" \t").startswith("\r") else "\n"
    return "~"
