"""Finds short texts, as numbers, in a small fixed set: one multiplication a text.

What does not belong here: sets of hundreds of codes, which a binary search in a sorted table serves as well.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

TextKeys = npt.NDArray[np.uint64]

_BITS: Final = 64
# the golden ratio: its multiples spread numbers well (Knuth, The Art of Computer Programming 6.4)
_SPREAD: Final = 0x9E3779B97F4A7C15
_TRIALS: Final = 500
_NOTHING: Final = 2**64 - 1


class Lookup:
    """A perfect hash: slots are chosen so that no two keys share one. No key is 2**64 - 1."""

    __slots__ = ("_keys", "_multiplier", "_shift", "_values")

    def __init__(self, entries: dict[int, int], bits: int) -> None:
        keys = np.array(sorted(entries), dtype=np.uint64)
        trial = 0
        while True:
            trial += 1
            multiplier = np.uint64((_SPREAD * (2 * trial + 1)) & _NOTHING)
            slots = (keys * multiplier) >> np.uint64(_BITS - bits)
            if len(set(slots.tolist())) == len(keys):
                break
            bits += trial % _TRIALS == 0
        self._multiplier, self._shift = multiplier, np.uint64(_BITS - bits)
        self._keys = np.full(1 << bits, _NOTHING, dtype=np.uint64)
        self._values = np.zeros(1 << bits, dtype=np.int16)
        self._keys[slots] = keys
        self._values[slots] = [entries[int(k)] for k in keys]

    def find(self, keys: TextKeys) -> npt.NDArray[np.int16]:
        """Return the value of each key, 0 for one that is not there."""
        slots = (keys * self._multiplier) >> self._shift
        return np.where(self._keys[slots] == keys, self._values[slots], np.int16(0))
