"""Many files through one columnar pass: stretches of files with the same delimiters are judged together.

Reads files one after the other (``parts``), walks their envelopes (``envelope``), hands the sets between to the
columnar path (``columnar``) and the payments to ``payment``, and keeps for each file what it counted, summed and
found. What does not belong here: what is quarantined (``reader``), printing (``inspect``).
"""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import numpy as np

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, from_cents
from orchestration.formats.x12.era835 import balancing
from orchestration.formats.x12.era835.columnar.index import CODE, ENVELOPE, Index, distinct
from orchestration.formats.x12.era835.columnar.loops import Loops
from orchestration.formats.x12.era835.columnar.values import group_sums
from orchestration.formats.x12.era835.content import content_keys
from orchestration.formats.x12.era835.facts import Facts
from orchestration.formats.x12.era835.payment import Payment
from orchestration.formats.x12.era835.validation.prover import prove
from orchestration.formats.x12.era835.validation.stretches import StretchWalker
from orchestration.formats.x12.era835.validation.violations import ENVELOPE_CODES
from orchestration.formats.x12.syntax.envelope import REMITTANCE, Envelope, TransactionSet
from orchestration.formats.x12.syntax.parts import (
    LARGEST_IRREGULAR,
    UNTERMINATED,
    WINDOW,
    IrregularError,
    Part,
    TooLargeError,
    exact_parts,
    is_blank,
    regular_parts,
)
from orchestration.formats.x12.syntax.segments import read_header
from orchestration.formats.x12.syntax.values import element

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from decimal import Decimal

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.columnar.index import Flags, Places
    from orchestration.formats.x12.era835.facts import Note
    from orchestration.formats.x12.era835.validation.verdict import Verdict
    from orchestration.formats.x12.syntax.segments import Segment

# of one code in one file: enough to see what is wrong, little enough to keep for any bytes
FINDINGS_KEPT: Final = 1000
# the tokenizer looks this far for the end of an interchange
_LONGEST_TRAILER = 110
# the largest block from which glibc learns to keep what is freed
_LARGEST_BLOCK = 31 << 20
# findings of claims come after those of the payment at the same segment
_AFTER_OWN = 100
_LIKE_HEADER = int.from_bytes(b"ISA", "little")
_THREE_BYTES = np.uint64(0xFFFFFF)


@dataclass(slots=True)
class Remittance:
    """One ST*835: what it pays, what its claims sum to, and whether that balances."""

    set: TransactionSet
    number: int
    payment: Payment
    claim_count: int
    line_count: int
    claim_paid: Decimal | None
    claim_paid_readable: Decimal
    unbalanced_lines: int
    unbalanced_claims: int
    is_unbalanced: bool
    is_balanced: bool | None
    content_key: str
    # the first error of its own, by segment
    own_hold: str | None

    @property
    def hold_reason(self) -> str | None:
        """Why it must not post: its own first error, else one of its interchange, else a balance nobody can tell."""
        if self.own_hold is not None:
            return self.own_hold
        of_envelope = next((f.code for f in self.set.envelope.findings if f.severity == "error"), None)
        return of_envelope or (None if self.is_balanced else "balance_not_evaluable")


@dataclass(slots=True)
class FileReading:
    """One file read as far as it can be. ``code`` tells its rows from those of other files of the same engine."""

    file: SourceFile
    code: int
    segment_count: int = 0
    group_count: int = 0
    set_count: int = 0
    claim_count: int = 0
    line_count: int = 0
    adjustment_count: int = 0
    provider_adjustment_count: int = 0
    denied_claims: int = 0
    reversals: int = 0
    interchanges: list[tuple[int, Segment]] = field(default_factory=list)
    remittances: list[Remittance] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    reason: Finding | None = None
    last_segment_id: str | None = None
    is_closed: bool = False
    # read by the tokenizer
    is_exact: bool = False
    # by its implementation guide; None when there is no X12 to judge
    verdict: Verdict | None = None
    _kept: Counter[str] = field(default_factory=Counter)

    @property
    def paid_amount(self) -> Decimal:
        """The control amount: the sum of every readable BPR02, signed by BPR03."""
        return sum((r.payment.paid for r in self.remittances if r.payment.paid is not None), ZERO)

    def room(self, code: str, count: int) -> int:
        """Return how many of ``count`` more findings of a code are kept; the others are only counted."""
        kept = min(count, max(FINDINGS_KEPT - self._kept[code], 0))
        self._kept[code] += count
        return kept

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep findings, as many of each code as are kept."""
        self.findings.extend(f for f in findings if self.room(f.code, 1))

    def finish(self) -> None:
        """Put findings in the order of the file and say which codes were met more often than they are shown."""
        self.findings.sort(key=lambda finding: finding.segment_number or 0)
        for code, count in self._kept.items():
            if count > FINDINGS_KEPT:
                words = f"{count - FINDINGS_KEPT} more findings of code {code} are not listed"
                self.findings.append(Finding("more_findings", "info", words))


@dataclass(slots=True)
class _Piece:
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
    pieces: list[_Piece]
    remittances: list[tuple[FileReading, Remittance]]
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


class _State:
    """Where a file stands between two of its parts."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.walker = StretchWalker()

    @property
    def envelope(self) -> Envelope:
        """The interchange that is being read; every part begins with one or continues one."""
        return self.envelopes[-1]

    def open(self, number: int) -> None:
        """Begin an interchange at a segment."""
        self.envelopes.append(Envelope(number))


class Engine:
    """Reads files; rows of claims and lines go to the collector, everything else stays with the file."""

    def __init__(self, collector: Collector | None = None) -> None:
        _keep_freed_memory()
        self._collector = collector
        self._pending: list[_Piece] = []
        self._size = 0
        self._states: dict[int, _State] = {}
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
            self._read_exactly(readings[place], streams[place])
        self._flush()
        for reading in readings:
            self._finish(reading)
        return readings

    def is_dropped(self, code: int) -> bool:
        """Tell whether rows with this code are of a first attempt that was given up."""
        return code in self._irregular

    def _begin(self, file: SourceFile) -> FileReading:
        reading = FileReading(file, self._codes)
        self._states[self._codes] = _State()
        self._codes += 1
        return reading

    def _read_exactly(self, reading: FileReading, stream: BinaryIO) -> None:
        try:
            parts, findings, reading.verdict = exact_parts(stream)
        except TooLargeError:
            words = f"the file is irregular and larger than {LARGEST_IRREGULAR >> 20} MB: it was not read"
            reading.reason = Finding("irregular_and_too_large", "error", words)
            return
        if not parts:
            reading.reason = (
                Finding("empty_file", "error", "the file is empty: there is nothing to load")
                if is_blank(stream)
                else Finding(
                    "not_x12", "error", "no X12 was found in the file: it may be another kind of file, or damaged"
                )
            )
            return
        reading.add(findings)
        for part in parts:
            self._add(reading, part)

    def _add(self, reading: FileReading, part: Part) -> None:
        if self._pending and (part.marks != self._pending[0].part.marks or self._size + len(part.data) > WINDOW):
            self._flush()
        self._pending.append(_Piece(reading, part))
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

    def _run(self, pieces: list[_Piece]) -> set[int]:
        """Judge stretches together; nothing is kept when some files in it turn out irregular, which are returned."""
        index = Index(b"".join(piece.part.data for piece in pieces), pieces[0].part.marks)
        _place(index, pieces)
        bad = _irregular_files(index, pieces)
        if bad:
            return bad
        index.strip()
        at = np.flatnonzero(ENVELOPE[index.code])
        bounds = np.searchsorted(at, [piece.begin for piece in pieces] + [len(index)]).tolist()
        told = list(zip(at.tolist(), (raw.split(index.separator) for raw in index.raws_at(at)), strict=True))
        walks = [self._walk(index, piece, told[a:b]) for piece, a, b in zip(pieces, bounds, bounds[1:], strict=False)]
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
        _judge(run, mine)
        for _, found in sets:
            if found.set_code != REMITTANCE:
                reading = next(piece.reading for piece, f in sets if f is found)
                reading.add(found.findings)
        if self._collector is not None:
            self._collector.collect(run)
        return set()

    def _walk(self, index: Index, piece: _Piece, told: list[tuple[int, Segment]]) -> _Walk:
        """Walk the envelope's segments of one part, given by place."""
        walk = _Walk([], [])
        reading, state = piece.reading, self._states[piece.reading.code]
        shift = piece.first_number - piece.begin
        if piece.part.is_exact:
            state.open(piece.first_number)
        expected = piece.begin
        for place, segment in told:
            if place > expected:
                walk.stray.extend(_strays(index, state.envelope, expected, place, shift))
            expected = place + 1
            if segment[0] == "ISA" and not piece.part.is_exact:
                state.open(place + shift)
            # in a stretch from the tokenizer only the first segment can be a header
            if segment[0] == "ISA" and (place == piece.begin or not piece.part.is_exact):
                reading.interchanges.append((place + shift, segment))
            walk.add(state.envelope.tell(place + shift, segment))
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
class _Walk:
    """What a walk through the envelope of one part found: sets that ended in it, segments outside any set."""

    sets: list[TransactionSet]
    stray: list[int]

    def add(self, ended: TransactionSet | None) -> None:
        """Keep a set that ended, if one did."""
        if ended is not None:
            self.sets.append(ended)


def _strays(index: Index, envelope: Envelope, first: int, end: int, shift: int) -> range:
    """Return the segments between two of the envelope when no set is open there, and tell the envelope of them."""
    if envelope.open_set is not None:
        return range(0)
    for place in range(first, min(end, first + FINDINGS_KEPT + 1)):
        envelope.stray(place + shift, _elements(index, place))
    return range(first, end)


def _elements(index: Index, segment: int) -> Segment:
    return index.raw(segment).split(index.separator)


def _place(index: Index, pieces: list[_Piece]) -> None:
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


def _irregular_files(index: Index, pieces: list[_Piece]) -> set[int]:
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


def _touches(segments: Places, piece: _Piece) -> bool:
    place = int(np.searchsorted(segments, piece.begin))
    return place < len(segments) and int(segments[place]) < piece.end


def _is_plain(index: Index, piece: _Piece, headers: Places) -> bool:
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


def _judge(run: Run, mine: list[tuple[_Piece, TransactionSet]]) -> None:
    """File the remittances of a run with their files: sums, verdicts, findings."""
    loops, facts, index = run.loops, run.facts, run.index
    payments = _payments(run, [piece for piece, _ in mine])
    claims_of = np.searchsorted(loops.claims, np.append(loops.set_first, len(index)))
    lines_of = np.searchsorted(loops.lines, np.append(loops.set_first, len(index)))
    stated = index.has_text(index.element(loops.claims, 3)) | index.has_text(index.element(loops.claims, 4))
    paid, is_paid_known = group_sums(facts.claim_paid.units, claims_of[:-1], claims_of[1:])
    unknown = _counts(stated & ~facts.claim_paid.is_read, claims_of)
    bad_claims = _counts(facts.claim_evaluable & ~facts.claim_balanced, claims_of)
    bad_lines = _counts(facts.line_evaluable & ~facts.line_balanced, lines_of)
    blind = _counts(~facts.claim_evaluable, claims_of) + _counts(~facts.line_evaluable, lines_of)
    denied = _counts(facts.claim_denied, claims_of)
    reversed_ = _counts(facts.claim_reversed, claims_of)
    triplets = np.searchsorted(facts.triplets.segment, np.append(loops.set_first, len(index)))
    holds = _first_errors(run, len(mine))
    contents = content_keys(index, loops.set_first, loops.set_end, [found.is_closed for _, found in mine])
    for place, (piece, found) in enumerate(mine):
        reading, payment = piece.reading, payments[place]
        readable = from_cents(int(paid[place])) if is_paid_known[place] else ZERO
        claim_paid = readable if is_paid_known[place] and not unknown[place] else None
        adjusted = balancing.bounded(payment.provider_adjusted)
        difference = balancing.remainder(claim_paid, adjusted, payment.paid)
        payment.finish(found.first_segment_number)
        if difference and claim_paid is not None and adjusted is not None and payment.paid is not None:
            words = balancing.explanation(
                "the transaction",
                (claim_paid, adjusted, payment.paid),
                ("claim payments of", "provider adjustments of"),
            )
            amount = difference if balancing.bounded(difference) is not None else None
            payment.findings.append(
                Finding(
                    "unbalanced_transaction",
                    "error",
                    words,
                    segment_number=found.first_segment_number,
                    segment_id="ST",
                    amount=amount,
                )
            )
        own = [f for f in (*found.findings, *payment.findings) if f.severity == "error"]
        candidates = [(f.segment_number or 0, rank, f.code) for rank, f in enumerate(own)]
        candidates.extend(holds[place])
        is_balanced = balancing.verdict(
            [
                None if difference is None else not difference,
                False if bad_claims[place] or bad_lines[place] else None if blind[place] else True,
            ]
        )
        remittance = Remittance(
            set=found,
            number=len(reading.remittances) + 1,
            payment=payment,
            claim_count=int(claims_of[place + 1] - claims_of[place]),
            line_count=int(lines_of[place + 1] - lines_of[place]),
            claim_paid=claim_paid,
            claim_paid_readable=readable,
            unbalanced_lines=int(bad_lines[place]),
            unbalanced_claims=int(bad_claims[place]),
            is_unbalanced=bool(difference),
            is_balanced=is_balanced,
            content_key=contents[place],
            own_hold=min(candidates)[2] if candidates else None,
        )
        reading.remittances.append(remittance)
        run.remittances.append((reading, remittance))
        reading.claim_count += remittance.claim_count
        reading.line_count += remittance.line_count
        reading.adjustment_count += int(triplets[place + 1] - triplets[place])
        reading.provider_adjustment_count += len(payment.provider_adjustments)
        reading.denied_claims += int(denied[place])
        reading.reversals += int(reversed_[place])
        reading.add(found.findings)
        reading.add(payment.findings)
    for piece in run.pieces:
        piece.reading.segment_count += piece.end - piece.begin
    for note in facts.notes:
        _tell(run, note)


def _counts(flags: Flags, bounds: Places) -> Places:
    """Return how many flags are set between bounds."""
    running = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=running[1:])
    counted: Places = running[bounds[1:]] - running[bounds[:-1]]
    return counted


def _payments(run: Run, pieces: list[_Piece]) -> list[Payment]:
    """Read the headers and the provider adjustments of the remittances; ``pieces`` are where they stand."""
    loops, index = run.loops, run.index
    claims = np.append(loops.claims, len(index))
    heads = np.minimum(claims[np.searchsorted(loops.claims, loops.set_first)], loops.set_end)
    # of what stands behind the first claim only these are the payment's
    later = loops.of("PLB", "BPR", "TRN")
    later = later[later >= heads[loops.set_of(later)]]
    bounds = np.searchsorted(later, np.append(loops.set_first, len(index))).tolist()
    told = list(zip(later.tolist(), index.raws_at(later), strict=True))
    element, component = index.separator, chr(index.marks.component)
    payments = []
    for place, (piece, first, head) in enumerate(zip(pieces, loops.set_first.tolist(), heads.tolist(), strict=True)):
        payment = Payment()
        shift = piece.first_number - piece.begin
        header = enumerate(index.raws(first, head), start=first)
        for segment, raw in [*header, *told[bounds[place] : bounds[place + 1]]]:
            payment.tell(segment + shift, raw.split(element), component)
        payments.append(payment)
    return payments


def _first_errors(run: Run, count: int) -> list[list[tuple[int, int, str]]]:
    """Return for every remittance the first error of each kind among its claims: segment number, rank, code."""
    first: list[list[tuple[int, int, str]]] = [[] for _ in range(count)]
    for rank, note in enumerate(run.facts.notes):
        if note.severity != "error":
            continue
        sets = run.loops.set_of(note.segments)
        at = np.flatnonzero(np.append(True, sets[1:] != sets[:-1]))  # numpy's own
        sets = sets[at]
        numbers = run.numbers(note.segments[at])
        for place, number in zip(sets.tolist(), numbers.tolist(), strict=True):
            first[place].append((number, _AFTER_OWN + rank, note.code))
    return first


def _tell(run: Run, note: Note) -> None:
    """Put the findings of a note into words, file by file, as many as are kept."""
    pieces = run.piece_of(note.segments)
    numbers = run.numbers(note.segments)
    for place in distinct(pieces).tolist():
        reading = run.pieces[place].reading
        rows = np.flatnonzero(pieces == place)
        for row in rows[: reading.room(note.code, len(rows))].tolist():
            segment = int(note.segments[row])
            reading.findings.append(note.finding(row, int(numbers[row]), run.facts.segment_id(segment)))
