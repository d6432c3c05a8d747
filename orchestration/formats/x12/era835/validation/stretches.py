"""The walk through a file that is read stretch by stretch: what was proved at once is passed over.

What does not belong here: the rules (``walker``), the proof (``prover``), files that are not regular (``verdict``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestration.formats.x12.era835.columnar.index import CODE
from orchestration.formats.x12.era835.validation.prover import VERSION, start_node
from orchestration.formats.x12.era835.validation.verdict import FINDING_LIMIT, Verdict, conclude
from orchestration.formats.x12.era835.validation.violations import Violation
from orchestration.formats.x12.era835.validation.walker import Findings, Walker
from orchestration.formats.x12.syntax.delimiters import Delimiters
from orchestration.formats.x12.syntax.segments import Interchange

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.columnar.index import Index
    from orchestration.formats.x12.era835.columnar.loops import Loops
    from orchestration.formats.x12.era835.validation.prover import Proof


class StretchWalker:
    """The exact walker of one regular file, given its stretches in order."""

    def __init__(self) -> None:
        self._walker = Walker(Findings(FINDING_LIMIT))
        self._interchanges = 0

    def flaw(self, code: str, words: str, number: int | None = None) -> None:
        """Note what is wrong with the layout of the file."""
        self._walker.findings.add(Violation(code, "warning", words, segment_number=number))

    def walk(self, index: Index, loops: Loops, proof: Proof, begin: int, end: int, first_number: int) -> None:
        """Walk the segments from ``begin`` to before ``end``; the first of them is number ``first_number``."""
        shift = first_number - begin
        here = begin
        for place in self._proved(loops, proof, begin, end):
            first, stop = int(proof.first[place]), int(proof.end[place])
            self._take(index, here, first, shift)
            here = first
            if self._walker.may_pass_over(VERSION, start_node()):
                self._walker.pass_over(stop - first, int(proof.last_node[place]))
                here = stop
        self._take(index, here, end, shift)

    def close(self) -> Verdict:
        """Return the verdict when nothing more comes."""
        return conclude(self._walker)

    def _proved(self, loops: Loops, proof: Proof, begin: int, end: int) -> list[int]:
        within = (loops.set_first >= begin) & (loops.set_first < end)
        return [int(place) for place in np.flatnonzero(within & proof.is_proved)]

    def _take(self, index: Index, begin: int, end: int, shift: int) -> None:
        marks = index.marks
        header, codes = CODE["ISA"], index.code[begin:end].tolist()
        for segment, (code, text) in enumerate(zip(codes, index.raws(begin, end), strict=True), start=begin):
            if code == header:
                self._interchanges += 1
                delimiters = Delimiters(chr(marks.element), chr(marks.component), chr(marks.terminator))
                interchange = Interchange(self._interchanges, segment + shift, delimiters, True, [text])  # noqa: FBT003
                self._walker.begin(interchange)
            self._walker.take(segment + shift, text)
