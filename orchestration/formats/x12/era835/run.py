"""One pass over stretches of files with the same delimiters: their bytes as arrays, and which file each is of.

What does not belong here: which stretches go together (``engine``) and what is judged of them (``judging``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.index import Index, Places
    from orchestration.formats.x12.era835.columnar.loops import Loops
    from orchestration.formats.x12.era835.facts import Facts
    from orchestration.formats.x12.era835.remittances import FileReading, RemittanceAdvice
    from orchestration.formats.x12.syntax.parts import Part


@dataclass(slots=True)
class Piece:
    """A part inside a run: its place among the segments of the run, and its first segment's number in its file."""

    reading: FileReading
    part: Part
    begin: int = 0
    end: int = 0
    first_number: int = 0


@dataclass(slots=True)
class Run:
    """One pass: what a collector of rows is given."""

    index: Index
    loops: Loops
    facts: Facts
    pieces: list[Piece]
    remittances: list[tuple[FileReading, RemittanceAdvice]]
    stray: Places

    def piece_of(self, segments: Places) -> Places:
        """Return the place in ``pieces`` of segments."""
        if len(self.pieces) == 1:
            return np.zeros(len(segments), dtype=np.int64)
        begins = np.array([piece.begin for piece in self.pieces], dtype=np.int64)
        return np.searchsorted(begins, segments, side="right") - 1

    def numbers(self, segments: Places) -> Places:
        """Return the segments' numbers in their files, from 1."""
        if len(self.pieces) == 1:
            return segments + (self.pieces[0].first_number - self.pieces[0].begin)
        shift = np.array([piece.first_number - piece.begin for piece in self.pieces], dtype=np.int64)
        return segments + shift[self.piece_of(segments)]


class Collector(Protocol):
    """Takes the rows of each run while its bytes are at hand."""

    def collect(self, run: Run) -> None:
        """Take what is needed of a run; nothing of it is kept afterwards."""


def give_places(index: Index, pieces: list[Piece]) -> None:
    """Give every part its place among the segments of the run and its first number in its file."""
    ends = index.end[index.first[1:] - 1]
    size = segment = 0
    counted: dict[int, int] = {}
    for piece in pieces:
        size += len(piece.part.data)
        piece.begin, segment = segment, int(np.searchsorted(ends, size, side="left"))
        piece.end = segment
        code = piece.reading.code
        before = counted.get(code, piece.reading.segment_count)
        piece.first_number = before + 1
        counted[code] = before + piece.end - piece.begin
