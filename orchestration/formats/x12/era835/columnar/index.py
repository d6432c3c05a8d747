"""Where every segment and element of a stretch of X12 begins and ends, found in one pass over its bytes.

The stretch is canonical: UTF-8, one delimiter set, no line end that delimits nothing (``parts``). What does not belong
here: what an element means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from orchestration.formats.x12.era835.columnar.lookup import Lookup, TextKeys

if TYPE_CHECKING:
    from orchestration.formats.x12.syntax.delimiters import Marks

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SEGMENT_IDS: Final = (
    *("ISA", "IEA", "TA1", "GS", "GE", "ST", "SE"),
    *("BPR", "TRN", "CUR", "REF", "DTM", "N1", "N2", "N3", "N4", "PER", "RDM"),
    *("LX", "TS2", "TS3", "CLP", "CAS", "NM1", "MIA", "MOA", "AMT", "QTY", "SVC", "LQ", "PLB"),
)
# a segment's code: its place here from 1; 0 is a segment an 835 does not have
CODE: Final = {name: place for place, name in enumerate(SEGMENT_IDS, start=1)}
# by code: whether a segment belongs to the envelope
ENVELOPE: Final = np.zeros(len(CODE) + 1, dtype=np.bool_)
ENVELOPE[[CODE[name] for name in ("ISA", "IEA", "TA1", "GS", "GE", "ST", "SE")]] = True

_WORD = 8
_LONGEST_ID = 3
# what the tokenizer strips around segments: blanks and control characters a sender pads with
_JUNK: Final = np.zeros(256, dtype=np.bool_)
_JUNK[list(b" \t\r\n\x00\x1a")] = True
# keeps the first n bytes of a little-endian word
MASKS: Final = np.array([(1 << (8 * n)) - 1 for n in range(_WORD)] + [2**64 - 1], dtype=np.uint64)
# no text of up to eight bytes has this key: bytes of UTF-8 are never 0xFF
TOO_LONG: Final = np.uint64(2**64 - 1)
_BLANK: Final = ord(" ")
_ASCII_END: Final = 128
_UNDECODABLE: Final = "\ufffd"


def distinct(values: Places) -> Places:
    """Return the different numbers in order, as ``numpy.unique`` does, which loads a library this has no use for."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), dtype=np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def key(text: str) -> int:
    """Return the key of a short text: its bytes as one little-endian number."""
    return int.from_bytes(text.encode(), "little")


_BY_ID: Final = Lookup({key(name): code for name, code in CODE.items()}, bits=9)


class Index:
    """Offsets of one stretch of canonical bytes, which ends with a terminator.

    Element ``first[s] + k`` is element ``k`` of segment ``s`` (the id is element 0), from ``start`` to ``end`` without
    blanks around it. The last element of all is empty: it stands for every element that is not there.
    """

    __slots__ = (
        "_components",
        "_qualifiers",
        "buffer",
        "code",
        "data",
        "end",
        "first",
        "is_padded",
        "marks",
        "start",
        "terminators",
        "words",
    )

    def __init__(self, data: bytes, marks: Marks) -> None:
        self.data = data
        self.marks = marks
        padded = data + bytes(_WORD)
        self.buffer: Bytes = np.frombuffer(padded, dtype=np.uint8)
        # any eight bytes as one number: an unaligned view, one byte apart
        self.words: TextKeys = np.ndarray(shape=(len(data) + 1,), dtype="<u8", buffer=padded, strides=(1,))
        body = self.buffer[: len(data)]
        is_cut = body == marks.element
        is_cut |= body == marks.terminator
        cuts = np.flatnonzero(is_cut)
        ends = np.flatnonzero(body[cuts] == marks.terminator)
        # one past the last element stands an empty one
        self.start: Places = np.empty(len(cuts) + 1, dtype=np.int64)
        self.start[0] = 0
        self.start[1:-1] = cuts[:-1] + 1
        self.start[-1] = len(data)
        self.end: Places = np.empty(len(cuts) + 1, dtype=np.int64)
        self.end[:-1] = cuts
        self.end[-1] = len(data)
        self.terminators: Places = cuts[ends]
        self.first: Places = np.empty(len(ends) + 1, dtype=np.int64)
        self.first[0] = 0
        self.first[1:] = ends + 1
        self.code = self._codes()
        # which elements had blanks around them, None when none had
        self.is_padded: Flags | None = None
        self._components: Places | None = None
        self._qualifiers: TextKeys | None = None

    def __len__(self) -> int:
        return len(self.code)

    def _codes(self) -> npt.NDArray[np.uint8]:
        ids = self.first[:-1]
        length = self.end[ids] - self.start[ids]
        # an id and the byte behind it: what is longer is none
        keys = self.words[self.start[ids]] & MASKS[np.minimum(length, _LONGEST_ID + 1)]
        codes = _BY_ID.find(keys).astype(np.uint8)
        if b"\x00" in self.data:
            # to the key of an id a NUL behind it is nothing
            codes[self.buffer[self.end[ids] - 1] == 0] = 0
        return codes

    def odd_segments(self) -> Places:
        """Return the segments that are empty or have blanks around them: only the tokenizer undoes that."""
        begin = self.start[self.first[:-1]]
        stop = self.end[self.first[1:] - 1]
        return np.flatnonzero((begin >= stop) | _JUNK[self.buffer[begin]] | _JUNK[self.buffer[stop - 1]])

    def strip(self) -> None:
        """Take the blanks off all elements, as every reader of values wants them; ``is_padded`` says where."""
        start, end = self.start, self.end
        some = end > start
        blank = some & ((self.buffer[start] == _BLANK) | (self.buffer[np.maximum(end, 1) - 1] == _BLANK))
        rows = np.flatnonzero(blank)
        if not len(rows):
            return
        self.is_padded = blank
        for row in rows.tolist():
            text = self.data[start[row] : end[row]]
            start[row] += len(text) - len(text.lstrip(b" "))
            end[row] = start[row] + len(text.strip(b" "))

    # --- reading -----------------------------------------------------------------------------------------------

    @property
    def separator(self) -> str:
        """What separates elements in a segment that was decoded: bytes that UTF-8 never holds decode to this one."""
        return chr(self.marks.element) if self.marks.element < _ASCII_END else _UNDECODABLE

    @property
    def components(self) -> Places:
        """The places of all component separators."""
        if self._components is None:
            self._components = np.flatnonzero(self.buffer[: len(self.data)] == self.marks.component)
        return self._components

    @property
    def qualifiers(self) -> TextKeys:
        """The first element of every segment as ``keys`` gives it: the qualifier of most segments."""
        if self._qualifiers is None:
            self._qualifiers = self.keys(self.element(np.arange(len(self)), 1))
        return self._qualifiers

    @property
    def nothing(self) -> int:
        """The element that stands for every absent one."""
        return len(self.start) - 1

    def count(self, segments: Places) -> Places:
        """Return how many elements segments have, the id not counted."""
        return self.first[segments + 1] - self.first[segments] - 1

    def element(self, segments: Places, position: int | Places) -> Places:
        """Return the elements at a position, or at one each, as the guides count it (CLP01 is 1)."""
        return self.elements(segments).at(position)

    def elements(self, segments: Places) -> ElementPlaces:
        """Return the elements of segments, to be asked for by position one after the other."""
        return ElementPlaces(self.first[segments], self.first[segments + 1], self.nothing)

    def keys(self, elements: Places) -> TextKeys:
        """Return texts of up to eight bytes as numbers (``key``), longer ones as ``TOO_LONG``; 0 is an absent one."""
        start = self.start[elements]
        return self.keys_between(start, self.end[elements])

    def keys_between(self, start: Places, end: Places) -> TextKeys:
        """Return the same for texts given by their bounds."""
        length = end - start
        keys = self.words[start] & MASKS[np.minimum(length, _WORD)]
        return np.where(length > _WORD, TOO_LONG, keys)

    def has_text(self, elements: Places) -> Flags:
        """Tell which elements are there and not blank."""
        return self.end[elements] > self.start[elements]

    def text(self, element: int) -> str:
        """Return one element."""
        return self.data[self.start[element] : self.end[element]].decode()

    def raw(self, segment: int) -> str:
        """Return one segment as it stands in the stretch, without its terminator."""
        return self.raw_bytes(segment).decode("utf-8", "replace")

    def raw_bytes(self, segment: int) -> bytes:
        """Return the bytes of one segment, without its terminator."""
        return self.data[self.segment_start(segment) : int(self.terminators[segment])]

    def raws(self, begin: int, end: int) -> list[str]:
        """Return the segments from ``begin`` to before ``end``, as ``raw`` gives them."""
        if begin >= end:
            return []
        stretch = self.data[self.segment_start(begin) : int(self.terminators[end - 1])]
        terminator = self.marks.terminator
        if terminator < _ASCII_END:
            return stretch.decode("utf-8", "replace").split(chr(terminator))
        return [raw.decode("utf-8", "replace") for raw in stretch.split(bytes((terminator,)))]

    def raws_at(self, segments: Places) -> list[str]:
        """Return some segments in ascending order, as ``raw`` gives them."""
        starts = np.where(segments > 0, self.terminators[segments - 1] + 1, 0).tolist()
        stops = self.terminators[segments].tolist()
        return [self.data[a:b].decode("utf-8", "replace") for a, b in zip(starts, stops, strict=True)]

    def segment_start(self, segment: int) -> int:
        """Return where a segment begins; the place after the last one for the segment that would follow it."""
        return int(self.terminators[segment - 1]) + 1 if segment else 0


class ElementPlaces:
    """The elements of some segments; ``at`` gives those of one position, or of one position each."""

    __slots__ = ("_end", "_first", "_most", "_nothing")

    def __init__(self, first: Places, end: Places, nothing: int) -> None:
        self._first = first
        self._end = end
        self._nothing = nothing
        # elements of the longest segment, its id among them
        self._most: int | None = None

    def __len__(self) -> int:
        return len(self._first)

    def reach(self, position: int) -> bool:
        """Tell whether any of the segments has an element at a position."""
        if self._most is None:
            self._most = int((self._end - self._first).max(initial=0))
        return position < self._most

    def at(self, position: int | Places) -> Places:
        """Return the elements at a position as the guides count it (CLP01 is 1)."""
        elements = self._first + position
        return np.where(elements < self._end, elements, self._nothing)
