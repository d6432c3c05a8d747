"""Many files through one columnar pass: stretches of files with the same delimiters are judged together.

Reads files one after the other (``syntax.parts``), walks their envelopes, has each run judged (``facts``,
``validation``, ``judging``), and gives its rows to a collector. What does not belong here: what is quarantined
(``reader``), printing (``inspect``).
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from orchestration.core.findings import Finding
from orchestration.formats.x12.era835.columnar.index import ENVELOPE, Index
from orchestration.formats.x12.era835.columnar.loops import Loops
from orchestration.formats.x12.era835.facts import Facts
from orchestration.formats.x12.era835.judging import judge
from orchestration.formats.x12.era835.regularity import irregular_files
from orchestration.formats.x12.era835.remittances import FINDINGS_KEPT, FileReading
from orchestration.formats.x12.era835.run import Piece, Run, give_places
from orchestration.formats.x12.era835.validation.grammar import REMITTANCE
from orchestration.formats.x12.era835.validation.prover import prove
from orchestration.formats.x12.era835.validation.stretches import StretchWalker
from orchestration.formats.x12.era835.validation.verdict import validate
from orchestration.formats.x12.era835.validation.violations import ENVELOPE_CODES
from orchestration.formats.x12.syntax.envelope import InterchangeEnvelope
from orchestration.formats.x12.syntax.parts import (
    LARGEST_IRREGULAR,
    UNTERMINATED,
    WINDOW,
    IrregularError,
    TooLargeError,
    is_blank,
    regular_parts,
    tokenized,
)
from orchestration.formats.x12.syntax.values import element

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.run import Collector
    from orchestration.formats.x12.syntax.envelope import SetBounds
    from orchestration.formats.x12.syntax.parts import Part
    from orchestration.formats.x12.syntax.segments import Elements

# the largest block from which glibc learns to keep what is freed
_LARGEST_BLOCK = 31 << 20


class _FileState:
    """Where a file stands between two of its parts."""

    def __init__(self) -> None:
        self.envelopes: list[InterchangeEnvelope] = []
        self.walker = StretchWalker()

    @property
    def envelope(self) -> InterchangeEnvelope:
        """The interchange that is being read; every part begins with one or continues one."""
        return self.envelopes[-1]

    def open(self, number: int) -> None:
        """Begin an interchange at a segment."""
        self.envelopes.append(InterchangeEnvelope(number, REMITTANCE))


class Engine:
    """Reads files; rows of claims and lines go to the collector, everything else stays with the file."""

    def __init__(self, collector: Collector | None = None) -> None:
        _keep_freed_memory()
        self._collector = collector
        self._pending: list[Piece] = []
        self._size = 0
        self._states: dict[int, _FileState] = {}
        self._irregular: set[int] = set()
        self._codes = 0

    def read(self, files: Iterable[SourceFile]) -> list[FileReading]:
        """Return one reading per file, in order. Never raises, whatever the bytes."""
        return self.read_streams((file, BytesIO(file.content)) for file in files)

    def read_streams(
        self, files: Iterable[tuple[SourceFile, BinaryIO]], exact: Collection[int] = ()
    ) -> list[FileReading]:
        """Return the same for files whose bytes are read from streams; their ``content`` is not looked at.

        ``exact`` are places of files that are known to be irregular.
        """
        with _without_collector():
            return self._read_all(files, exact)

    def _read_all(self, files: Iterable[tuple[SourceFile, BinaryIO]], exact: Collection[int]) -> list[FileReading]:
        readings: list[FileReading] = []
        again: list[int] = []
        streams: dict[int, BinaryIO] = {}
        for place, (file, stream) in enumerate(files):
            reading = self._begin(file)
            readings.append(reading)
            streams[place] = stream
            if place in exact:
                self._irregular.add(reading.code)
                again.append(place)
                continue
            try:
                for part in regular_parts(stream):
                    self._add(reading, part)
                    if reading.code in self._irregular:
                        raise IrregularError  # noqa: TRY301  # the run has found out what the part could not
            except IrregularError:
                self._irregular.add(reading.code)
                again.append(place)
        self._flush()
        again = sorted({*again, *(p for p, r in enumerate(readings) if r.code in self._irregular)})
        for place in again:
            readings[place] = self._begin(readings[place].file)
            readings[place].is_exact = True
            for part in self._tokenized(readings[place], streams[place]):
                self._add(readings[place], part)
        self._flush()
        for reading in readings:
            self._finish(reading)
        return readings

    def is_dropped(self, code: int) -> bool:
        """Tell whether rows with this code are of a first attempt that was given up."""
        return code in self._irregular

    def _begin(self, file: SourceFile) -> FileReading:
        reading = FileReading(file, self._codes)
        self._states[self._codes] = _FileState()
        self._codes += 1
        return reading

    def _tokenized(self, reading: FileReading, stream: BinaryIO) -> list[Part]:
        """Return the stretches the tokenizer makes of a file, judged by its guide; none when it is refused."""
        try:
            found = tokenized(stream)
        except TooLargeError:
            words = f"the file is irregular and larger than {LARGEST_IRREGULAR >> 20} MB: it was not read"
            reading.reason = Finding("irregular_and_too_large", "error", words)
            return []
        if found is None:
            reading.reason = (
                Finding("empty_file", "error", "the file is empty: there is nothing to load")
                if is_blank(stream)
                else Finding(
                    "not_x12", "error", "no X12 was found in the file: it may be another kind of file, or damaged"
                )
            )
            return []
        reading.add(found.tokens.findings)
        reading.verdict = validate(found.content, found.tokens)
        return found.parts

    def _add(self, reading: FileReading, part: Part) -> None:
        if self._pending and (part.marks != self._pending[0].part.marks or self._size + len(part.data) > WINDOW):
            self._flush()
        self._pending.append(Piece(reading, part))
        self._size += len(part.data)

    def _flush(self) -> None:
        """Judge the stretches that wait."""
        pieces, self._pending, self._size = self._pending, [], 0
        pieces = [piece for piece in pieces if piece.reading.code not in self._irregular]
        while pieces:
            bad = self._run(pieces)
            if not bad:
                return
            # a stretch that is irregular spoils its file, not those beside it
            self._irregular |= bad
            pieces = [piece for piece in pieces if piece.reading.code not in self._irregular]

    def _run(self, pieces: list[Piece]) -> set[int]:
        """Judge stretches together; nothing is kept when some files in it turn out irregular, which are returned."""
        index = Index(b"".join(piece.part.data for piece in pieces), pieces[0].part.marks)
        give_places(index, pieces)
        bad = irregular_files(index, pieces)
        if bad:
            return bad
        index.strip()
        at = np.flatnonzero(ENVELOPE[index.code])
        bounds = np.searchsorted(at, [piece.begin for piece in pieces] + [len(index)]).tolist()
        own = list(zip(at.tolist(), (raw.split(index.separator) for raw in index.raws_at(at)), strict=True))
        walks = [self._walk(index, piece, own[a:b]) for piece, a, b in zip(pieces, bounds, bounds[1:], strict=False)]
        sets = [(piece, found) for piece, walk in zip(pieces, walks, strict=True) for found in walk.sets]
        mine = [(piece, found) for piece, found in sets if found.set_code == REMITTANCE]
        first = np.array(
            [piece.begin + f.first_segment_number - piece.first_number for piece, f in mine], dtype=np.int64
        )
        count = np.array([found.segment_count for _, found in mine], dtype=np.int64)
        loops = Loops(index, first, first + count)
        facts = Facts(index, loops)
        proof = prove(index, loops)
        for piece in pieces:
            if not piece.part.is_exact:
                state = self._states[piece.reading.code]
                if piece.part.flaw is not None:
                    last = piece.first_number + piece.end - piece.begin - 1
                    state.walker.flaw(*piece.part.flaw, last if piece.part.flaw == UNTERMINATED else None)
                state.walker.walk(index, loops, proof, piece.begin, piece.end, piece.first_number)
        stray = np.array(sorted(s for walk in walks for s in walk.stray), dtype=np.int64)
        run = Run(index, loops, facts, pieces, [], stray)
        judge(run, mine)
        for _, found in sets:
            if found.set_code != REMITTANCE:
                reading = next(piece.reading for piece, f in sets if f is found)
                reading.add(found.findings)
        if self._collector is not None:
            self._collector.collect(run)
        return set()

    def _walk(self, index: Index, piece: Piece, own: list[tuple[int, Elements]]) -> _EnvelopeWalk:
        """Walk the envelope's segments of one part, given by place."""
        walk = _EnvelopeWalk([], [])
        reading, state = piece.reading, self._states[piece.reading.code]
        shift = piece.first_number - piece.begin
        if piece.part.is_exact:
            state.open(piece.first_number)
        expected = piece.begin
        for place, segment in own:
            if place > expected:
                walk.stray.extend(_strays(index, state.envelope, expected, place, shift))
            expected = place + 1
            if segment[0] == "ISA" and not piece.part.is_exact:
                state.open(place + shift)
            # in a stretch from the tokenizer only the first segment can be a header
            if segment[0] == "ISA" and (place == piece.begin or not piece.part.is_exact):
                reading.interchanges.append((place + shift, segment))
            walk.add(state.envelope.take(place + shift, segment))
        walk.stray.extend(_strays(index, state.envelope, expected, piece.end, shift))
        # a part ends where a set or the file ends
        walk.add(state.envelope.close_set(piece.end + shift))
        reading.last_segment_id = _elements(index, piece.end - 1)[0] if piece.end > piece.begin else None
        return walk

    def _finish(self, reading: FileReading) -> None:
        """Judge the envelopes of a file when all its parts were read."""
        state = self._states.pop(reading.code)
        envelopes = state.envelopes
        if envelopes and not reading.is_exact:
            reading.verdict = state.walker.close()
        for envelope in envelopes:
            envelope.finish(is_last=envelope is envelopes[-1])
            reading.group_count += envelope.group_count
            reading.set_count += envelope.set_count
            reading.add(envelope.findings)
        if reading.verdict is not None:
            reading.add(f for f in reading.verdict.findings if f.code not in ENVELOPE_CODES)
        reading.is_closed = bool(envelopes) and envelopes[-1].is_closed
        for number, segment in reading.interchanges:
            if element(segment, 15) == "T":
                words = "the sender marks this interchange as a test (ISA15 is T): what it would move is held"
                reading.add([Finding("test_interchange", "warning", words, segment_number=number, segment_id="ISA")])
        reading.finish()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let Python not look for cycles meanwhile: what is read lives long and holds few, and looking takes an eighth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _keep_freed_memory() -> None:
    """Let the arrays of one window lie in the memory of those before it.

    glibc gives large blocks back to the system when they are freed, and a sixth of the time goes into getting the pages
    again, until a larger block was freed (M_MMAP_THRESHOLD is dynamic). This one is never touched and costs nothing.
    """
    np.empty(_LARGEST_BLOCK, dtype=np.uint8)


@dataclass(slots=True)
class _EnvelopeWalk:
    """What a walk through the envelope of one part found: sets that ended in it, segments outside any set."""

    sets: list[SetBounds]
    stray: list[int]

    def add(self, ended: SetBounds | None) -> None:
        """Keep a set that ended, if one did."""
        if ended is not None:
            self.sets.append(ended)


def _strays(index: Index, envelope: InterchangeEnvelope, first: int, end: int, shift: int) -> range:
    """Return the segments between two of the envelope when no set is open there, noted in the envelope."""
    if envelope.open_set is not None:
        return range(0)
    for place in range(first, min(end, first + FINDINGS_KEPT + 1)):
        envelope.stray(place + shift, _elements(index, place))
    return range(first, end)


def _elements(index: Index, segment: int) -> Elements:
    return index.raw(segment).split(index.separator)
