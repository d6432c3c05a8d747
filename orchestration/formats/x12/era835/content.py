"""What a remittance says apart from its envelope: the digest by which a resend and a conflict differ.

What does not belong here: payment identity (payer and trace number), which the lake compares.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.formats.x12.era835.columnar.index import Index, Places

_ELEMENT, _COMPONENT, _TERMINATOR = b"*:~"


def content_keys(index: Index, firsts: Places, ends: Places, closed: Sequence[bool]) -> list[str]:
    """Return per transaction the SHA-256 of the segments between ST and SE, written with one set of delimiters.

    Empty elements at the end of a segment say nothing and are left out.
    """
    marks = index.marks
    own = bytes((marks.element, marks.component, marks.terminator))
    usual = bytes((_ELEMENT, _COMPONENT, _TERMINATOR))
    table = bytes.maketrans(own, usual) if own != usual else None
    last = index.first[1:] - 1
    # a segment whose last element is empty, its id aside
    trailing = np.flatnonzero((index.start[last] == index.end[last]) & (np.diff(index.first) > 1))
    keys = []
    for first, end, is_closed in zip(firsts.tolist(), ends.tolist(), closed, strict=True):
        stop = end - 1 if is_closed else end
        near = int(np.searchsorted(trailing, first + 1))
        if near < len(trailing) and trailing[near] < stop:
            text = b"~".join(_plain(index.raw_bytes(segment), table) for segment in range(first + 1, stop))
        else:
            # the place of the last terminator is left out
            text = index.data[index.segment_start(first + 1) : max(index.segment_start(stop) - 1, 0)]
            text = text.translate(table) if table else text
        keys.append(hashlib.sha256(text).hexdigest())
    return keys


def _plain(raw: bytes, table: bytes | None) -> bytes:
    return (raw.translate(table) if table else raw).rstrip(b"*")
