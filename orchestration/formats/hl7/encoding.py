"""Encoding characters and escapes: how one message spells fields, components, repeats and the characters themselves.

HL7 v2 chapter 2, sections 2.5.4 (delimiters) and 2.7 (escape sequences). What does not belong here: what a field
means (``values``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_HEADER = 3
_HEXADECIMAL = re.compile(r"X((?:[0-9A-Fa-f]{2})+)\Z")
# formatting commands and highlighting carry no text; a line break does
_LINE_BREAKS: Final = frozenset({".br", ".sp", ".ce"})
# MSH-2 without a part of it: what the standard recommends stands for what a sender left out
_RECOMMENDED: Final = "^~\\&"
# the fifth, from v2.7 on, marks a value that was cut short
_MOST = 5


class Encoding(NamedTuple):
    """The five characters of MSH-1 and MSH-2; an empty one is not in use."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str

    def unescape(self, text: str) -> str:
        """Return text with its escapes replaced: delimiters, hexadecimal bytes as UTF-8, line breaks; others go."""
        if not self.escape or self.escape not in text:
            return text
        head, *rest = text.split(self.escape)
        parts = [head]
        inside = True
        for place, part in enumerate(rest):
            if not inside:
                parts.append(part)
                inside = True
            elif place == len(rest) - 1:
                # an escape character that opens nothing stands for itself
                parts.extend((self.escape, part))
            else:
                parts.append(self._meaning(part))
                inside = False
        return "".join(parts)

    def _meaning(self, sequence: str) -> str:
        delimiters = {
            "F": self.field,
            "S": self.component,
            "R": self.repetition,
            "E": self.escape,
            "T": self.subcomponent,
            "P": "#",
        }
        if sequence in delimiters:
            return delimiters[sequence]
        found = _HEXADECIMAL.match(sequence)
        if found:
            return bytes.fromhex(found.group(1)).decode("utf-8", errors="replace").replace("\x00", "")
        return "\n" if sequence[:3] in _LINE_BREAKS else ""


@lru_cache(maxsize=64)
def _checked(characters: str) -> Encoding | None:
    field, rest = characters[0], characters[1 : 1 + _MOST]
    if field.isalnum() or field.isspace() or field in "\x00\x0b\x1c":
        return None
    used = (field, *rest)
    if not rest or len(set(used)) != len(used) or any(char.isalnum() or char.isspace() for char in rest):
        return None
    full = rest + _RECOMMENDED[len(rest) :]
    component, repetition, escape, subcomponent = (
        char if place < len(rest) or char not in used else "" for place, char in enumerate(full[:4])
    )
    return Encoding(field, component, repetition, escape, subcomponent)


def encoding_of(header: str) -> Encoding | None:
    """Return the encoding an MSH, FHS or BHS segment declares; ``None`` when its characters cannot separate anything.

    They must be different, neither letters, digits nor blanks.
    """
    if len(header) <= _HEADER:
        return None
    end = header.find(header[_HEADER], _HEADER + 1)
    declared = header[_HEADER:end] if end >= 0 else header[_HEADER:]
    if len(declared) > 1 + _MOST:
        return None
    return _checked(declared)
