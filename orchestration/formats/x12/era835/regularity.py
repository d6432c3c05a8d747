"""Which files of a run only the tokenizer can read, though each of their stretches looked regular by itself.

What does not belong here: what makes a stretch look regular (``syntax.parts``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.formats.x12.era835.columnar.index import CODE, distinct
from orchestration.formats.x12.syntax.delimiters import read_header

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.index import Index, Places
    from orchestration.formats.x12.era835.run import Piece

# the tokenizer looks this far for the end of an interchange
_LONGEST_TRAILER = 110
_LIKE_HEADER = int.from_bytes(b"ISA", "little")
_THREE_BYTES = np.uint64(0xFFFFFF)


def irregular_files(index: Index, pieces: list[Piece]) -> set[int]:
    """Return the files in a run that only the tokenizer can read."""
    odd = index.odd_segments()
    code = index.code
    starts = index.start[index.first[:-1]]
    unknown = np.flatnonzero(code == 0)
    if len(unknown):
        like = (index.words[starts[unknown]] & _THREE_BYTES) == _LIKE_HEADER
        odd = distinct(np.concatenate((odd, unknown[like])))
    bad = {piece.reading.code for piece in pieces if not piece.part.is_exact and _touches(odd, piece)}
    headers = np.flatnonzero((code == CODE["ISA"]) | (code == CODE["IEA"]))
    for piece in pieces:
        if not piece.part.is_exact and piece.reading.code not in bad and not _is_plain(index, piece, headers):
            bad.add(piece.reading.code)
    return bad


def _touches(segments: Places, piece: Piece) -> bool:
    place = int(np.searchsorted(segments, piece.begin))
    return place < len(segments) and int(segments[place]) < piece.end


def _is_plain(index: Index, piece: Piece, headers: Places) -> bool:
    """Tell whether interchanges follow each other without anything between, each with the same delimiters."""
    marks = index.marks
    within = headers[np.searchsorted(headers, piece.begin) : np.searchsorted(headers, piece.end)]
    for place in within.tolist():
        raw = index.raw_bytes(place)
        if index.code[place] == CODE["IEA"]:
            follows = place + 1 < piece.end and index.code[place + 1] != CODE["ISA"]
            if follows or len(raw) > _LONGEST_TRAILER or len(raw) < 4 or raw[3] != marks.element:  # noqa: PLR2004
                return False
            # the next interchange may begin inside a trailer that is cut off
            if b"ISA" in raw[3:]:
                return False
            continue
        text = (raw + bytes((marks.terminator,))).decode("latin-1")
        found = read_header(text + " " * 4, 0, chr(marks.element)) if len(raw) > 3 else None  # noqa: PLR2004
        if found is None or found[1] != len(text):
            return False
        own = found[0]
        if (ord(own.component), ord(own.terminator)) != (marks.component, marks.terminator):
            return False
    return True
