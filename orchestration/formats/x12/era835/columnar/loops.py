"""Which claim (loop 2100) and which service line (loop 2110) every segment belongs to.

A claim is open from its CLP to the next LX, CLP, PLB or SE; a line from its SVC to the end of that or the next SVC.
What does not belong here: what the segments of a loop say.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from orchestration.formats.x12.era835.columnar.index import CODE, Flags, Index, Places

_OPENS = np.zeros(len(CODE) + 1, dtype=np.bool_)
_OPENS[[CODE[name] for name in ("ST", "SE", "LX", "CLP", "PLB")]] = True


class Loops:
    """The remittances of an index, from segment ``set_first`` to before ``set_end``, cut into claims and lines.

    ``claims`` and ``lines`` are the places of CLP and of SVC inside a claim; ``claim_of`` and ``line_of`` give for
    every segment its place in these, or -1.
    """

    __slots__ = (
        *("claim_of", "claims", "index", "inside", "line_of", "lines", "set_end", "set_first"),
        *("claim_number", "line_number", "_at", "_set_at"),
    )

    def __init__(self, index: Index, set_first: Places, set_end: Places) -> None:
        self.index = index
        self.set_first = set_first
        self.set_end = set_end
        code = index.code
        steps = np.zeros(len(code) + 1, dtype=np.int32)
        steps[set_first] += 1
        steps[set_end] -= 1
        self.inside: Flags = np.cumsum(steps[:-1]) > 0
        here = np.arange(len(code), dtype=np.int32)
        opener = np.maximum.accumulate(np.where(_OPENS[code], here, 0))
        in_claim = (code[opener] == CODE["CLP"]) & self.inside
        is_line = (code == CODE["SVC"]) & in_claim
        # the places of every code, found by one sort of small numbers
        mine = np.where(self.inside, code, np.uint8(len(CODE) + 1))
        order = np.argsort(mine, kind="stable")
        bounds = np.searchsorted(mine[order], np.arange(len(CODE) + 2))
        self._at: list[Places] = [order[a:b] for a, b in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
        self.claims: Places = self._at[CODE["CLP"]]
        self.lines: Places = np.flatnonzero(is_line)
        inner = np.maximum.accumulate(np.where(_OPENS[code] | is_line, here, 0))
        self.claim_of = self._ordinals(self.claims, in_claim)
        self.line_of = self._ordinals(self.lines, is_line[inner] & in_claim)
        starts = np.zeros(len(code), dtype=np.int32)
        starts[set_first] = 1
        self._set_at = np.cumsum(starts, dtype=np.int32)
        # ordinals from 1: of a claim in its transaction, of a line in its claim
        self.claim_number = ordinals_in(self.set_of(self.claims))
        self.line_number = ordinals_in(self.claim_of[self.lines])

    def _ordinals(self, heads: Places, belongs: Flags) -> npt.NDArray[np.int32]:
        steps = np.zeros(len(belongs), dtype=np.int32)
        steps[heads] = 1
        return np.where(belongs, np.cumsum(steps, dtype=np.int32) - 1, np.int32(-1))

    def of(self, *names: str) -> Places:
        """Return the segments of some ids inside the remittances, in order."""
        if len(names) == 1:
            return self._at[CODE[names[0]]]
        return np.sort(np.concatenate([self._at[CODE[name]] for name in names]))

    def unknown(self) -> Places:
        """Return the segments an 835 does not have."""
        return self._at[0]

    def set_of(self, segments: Places) -> Places:
        """Return the place of the remittance that segments stand in."""
        return self._set_at[segments].astype(np.int64) - 1

    def last_in_claim(self, segments: Places) -> Places:
        """Return for every claim the last of some segments that stand in it outside a line, or -1."""
        chosen = np.full(len(self.claims), -1, dtype=np.int64)
        claim = self.claim_of[segments]
        mine = (claim >= 0) & (self.line_of[segments] < 0)
        chosen[claim[mine]] = segments[mine]
        return chosen

    def last_in_line(self, segments: Places) -> Places:
        """Return for every line the last of some segments that stand in it, or -1."""
        chosen = np.full(len(self.lines), -1, dtype=np.int64)
        line = self.line_of[segments]
        mine = line >= 0
        chosen[line[mine]] = segments[mine]
        return chosen


def ordinals_in(groups: npt.NDArray[np.integer]) -> Places:
    """Return the place of each member in its run of equal values, from 1."""
    here = np.arange(len(groups), dtype=np.int64)
    begins = np.ones(len(groups), dtype=np.bool_)
    begins[1:] = groups[1:] != groups[:-1]
    return here - np.maximum.accumulate(np.where(begins, here, 0)) + 1
