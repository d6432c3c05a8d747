"""The tables of claims and lines as Arrow columns, built from offsets: one slice of the bytes a text column.

Which element goes into which column is said by ``tables`` and here, nowhere else. What does not belong here: sums and
verdicts (``facts``).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.formats.x12.era835 import tables
from orchestration.formats.x12.era835.columnar import values
from orchestration.formats.x12.era835.columnar.index import CODE, ElementPlaces, Flags, Index, Places, distinct, key
from orchestration.formats.x12.era835.columnar.loops import ordinals_in
from orchestration.formats.x12.era835.columnar.values import MISSING, Decimals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from orchestration.core.tables import Table
    from orchestration.formats.x12.era835.run import Run

_MOMENT = pa.timestamp("us", tz="UTC")
_MONEY, _UNITS = pa.decimal128(18, 2), pa.decimal128(18, 4)
_QC, _IL, _82, _XX = (np.uint64(key(text)) for text in ("QC", "IL", "82", "XX"))
_6R, _HPI, _B6 = (np.uint64(key(text)) for text in ("6R", "HPI", "B6"))
_COMPONENTS: Final = 6
_BLANK = ord(" ")
# bytes: a code, a qualifier, an identifier
_SHORT: Final = 40


class Rows:
    """Collects the tables of every run; ``chunks`` are Arrow tables by name, in the order of the files."""

    def __init__(self) -> None:
        self.chunks: dict[str, list[pa.Table]] = {}
        # per run, in the order of the chunks: the codes of its files
        self._codes: list[list[int]] = []

    def collect(self, run: Run) -> None:
        """Build all tables of a run."""
        builder = _Builder(run)
        self._codes.append([piece.reading.code for piece in run.pieces])
        for table, columns in builder.tables():
            self.chunks.setdefault(table.name, []).append(pa.Table.from_arrays(columns, names=_names(table)))

    def drop(self, is_dropped: Callable[[int], bool]) -> None:
        """Take out the rows of attempts that were given up: their file was read again from its start."""
        for place, codes in enumerate(self._codes):
            given_up = [piece for piece, code in enumerate(codes) if is_dropped(code)]
            if given_up:
                for chunks in self.chunks.values():
                    pieces = chunks[place]["file_id"].combine_chunks().indices.to_numpy()
                    chunks[place] = chunks[place].filter(pa.array(~np.isin(pieces, given_up)))


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


class _Builder:
    """Columns of one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.index = run.index
        self.loops = run.loops
        self.facts = run.facts
        self.file_ids = pa.array([piece.reading.file.file_id for piece in run.pieces], type=pa.string())
        landed = pa.array([piece.reading.file.landed_at for piece in run.pieces], type=_MOMENT)
        self.landed = landed.cast(pa.int64()).to_numpy()
        self.sets = np.array([remittance.number for _, remittance in run.remittances], dtype=np.int64)

    def tables(self) -> Iterable[tuple[Table, list[Any]]]:
        """Yield every table of the run with its columns in order, the empty ones too."""
        yield tables.CLAIMS, self._claims()
        yield tables.SERVICE_LINES, self._lines()
        yield tables.ADJUSTMENTS, self._adjustments()
        yield tables.REMARKS, self._remarks()
        yield tables.REFERENCES, self._details(self.loops.of("REF"), 1, 2, 3)
        facts = self.facts
        yield tables.DATES, self._details(facts.dates_at, 1, extra=[_dates(facts.days, facts.is_date)])
        yield tables.AMOUNTS, self._details(facts.amounts_at, 1, extra=[_decimal(facts.information, _MONEY)])
        yield tables.QUANTITIES, self._details(facts.quantities_at, 1, extra=[_decimal(facts.quantity, _UNITS)])
        yield tables.PARTIES, self._parties()
        yield tables.CONTACTS, self._details(self.loops.of("PER"), *range(1, 9))
        yield tables.INPATIENT_ADJUDICATIONS, self._adjudications(tables.INPATIENT_ADJUDICATIONS, "MIA")
        yield tables.OUTPATIENT_ADJUDICATIONS, self._adjudications(tables.OUTPATIENT_ADJUDICATIONS, "MOA")
        yield tables.PROVIDER_SUMMARIES, self._provider_summaries()
        yield tables.UNREAD_SEGMENTS, self._unread()

    # --- the columns every table begins and ends with -------------------------------------------------------------

    def _head(self, segments: Places, *, claim: bool = True, line: bool = True, transaction: bool = True) -> list[Any]:
        pieces = self.run.piece_of(segments)
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(pieces.astype(np.int32)), self.file_ids),
            pa.array(self.run.numbers(segments)),
        ]
        if transaction:
            columns.append(pa.array(self.sets[self.loops.set_of(segments)]))
        if claim:
            columns.append(self._claim_numbers(segments))
        if line:
            columns.append(self._line_numbers(segments))
        return columns

    def _tail(self, segments: Places) -> pa.Array:
        return _moments(self.landed[self.run.piece_of(segments)])

    def _claim_numbers(self, segments: Places) -> pa.Array:
        return _numbered(self.loops.claim_number, self.loops.claim_of[segments])

    def _line_numbers(self, segments: Places) -> pa.Array:
        return _numbered(self.loops.line_number, self.loops.line_of[segments])

    # --- tables ---------------------------------------------------------------------------------------------------

    def _claims(self) -> list[Any]:
        index, loops, facts = self.index, self.loops, self.facts
        at, own = loops.claims, index.elements(loops.claims)
        names = loops.of("NM1")
        roles = index.qualifiers[names]
        patient, insured = (loops.last_in_claim(names[roles == role]) for role in (_QC, _IL))
        rendering = loops.last_in_claim(names[roles == _82])
        patient_member = self._at(patient, 9)
        member = np.where(index.has_text(patient_member), patient_member, self._at(insured, 9))
        return [
            *self._head(at, line=False),
            *self._texts(own, 1, 2),
            _decimal(facts.claim_charged, _MONEY),
            _decimal(facts.claim_paid, _MONEY),
            _decimal(facts.patient_share, _MONEY),
            *self._texts(own, 6, 7, 8, 9),
            self._text(self._at(patient, 3)),
            self._text(self._at(patient, 4)),
            self._text(member),
            self._text(self._npi(rendering)),
            *(self._claim_date(role) for role in ("232", "233", "050")),
            _known(facts.claim_adjusted, facts.claim_summed, _MONEY),
            pa.array(facts.claim_reversed),
            pa.array(facts.claim_balanced, mask=~facts.claim_evaluable),
            self._tail(at),
        ]

    def _lines(self) -> list[Any]:
        index, loops, facts = self.index, self.loops, self.facts
        at = loops.lines
        references = loops.of("REF")
        roles = index.qualifiers[references]
        names = loops.of("NM1")
        rendering = loops.last_in_line(names[index.qualifiers[names] == _82])
        npi = self._npi(rendering)
        other = self._at(loops.last_in_line(references[roles == _HPI]), 2)
        allowed = loops.last_in_line(facts.amounts_at[index.qualifiers[facts.amounts_at] == _B6])
        return [
            *self._head(at, line=False),
            pa.array(loops.line_number),
            *self._components(index.element(at, 1)),
            *self._components(index.element(at, 6)),
            _decimal(facts.line_charged, _MONEY),
            _decimal(facts.line_paid, _MONEY),
            self._text(index.element(at, 4)),
            _decimal(facts.paid_units, _UNITS),
            _decimal(facts.submitted_units, _UNITS),
            self._line_date("472", "150"),
            self._line_date("151"),
            self._text(self._at(loops.last_in_line(references[roles == _6R]), 2)),
            self._text(np.where(index.has_text(npi), npi, other)),
            _decimal(_chosen(facts.information, facts.amounts_at, allowed), _MONEY),
            _known(facts.line_adjusted, facts.line_summed, _MONEY),
            pa.array(facts.line_balanced, mask=~facts.line_evaluable),
            self._tail(at),
        ]

    def _adjustments(self) -> list[Any]:
        triplets = self.facts.triplets
        at = triplets.segment
        return [
            *self._head(at),
            pa.array(ordinals_in(triplets.claim)),
            self._text(self.index.element(at, 1)),
            self._text(triplets.reason),
            _decimal(triplets.amount, _MONEY),
            _decimal(triplets.units, _UNITS),
            self._tail(at),
        ]

    def _remarks(self) -> list[Any]:
        at = self.facts.remarks_at
        written = self._text(self.index.element(at, 1)) if len(at) else pa.array([], pa.string())
        code = self.index.code[at]
        named = pa.array(np.where(code == CODE["MIA"], "MIA", "MOA").tolist(), type=pa.string())
        is_written = pa.array(code == CODE["LQ"])
        qualifier = pa.compute.if_else(is_written, written, named)
        return [*self._head(at), qualifier, self._text(self.facts.remark_codes), self._tail(at)]

    def _details(self, at: Places, *positions: int, extra: Iterable[Any] = ()) -> list[Any]:
        texts = self._texts(self.index.elements(at), *positions)
        return [*self._head(at), *texts, *extra, self._tail(at)]

    def _parties(self) -> list[Any]:
        index, loops, code = self.index, self.loops, self.index.code
        at = loops.of("N1", "NM1")
        is_person = code[at] == CODE["NM1"]
        last = len(code) - 1
        street = np.minimum(at + 1, last)
        has_street = code[street] == CODE["N3"]
        town = np.minimum(np.where(has_street, at + 2, at + 1), last)
        has_town = code[town] == CODE["N4"]

        own, of_street, of_town = index.elements(at), index.elements(street), index.elements(town)

        def either(person: int, other: int) -> pa.Array:
            return self._text(np.where(is_person, own.at(person), own.at(other) if other else index.nothing))

        def following(elements: ElementPlaces, present: Flags, position: int) -> pa.Array:
            return self._text(np.where(present, elements.at(position), index.nothing))

        return [
            *self._head(at),
            self._text(own.at(1)),
            *(either(person, other) for person, other in ((2, 0), (3, 2), (4, 0), (5, 0), (7, 0), (8, 3), (9, 4))),
            *(following(of_street, has_street, position) for position in (1, 2)),
            *(following(of_town, has_town, position) for position in (1, 2, 3)),
            self._tail(at),
        ]

    def _adjudications(self, table: Table, name: str) -> list[Any]:
        at = self.loops.of(name)
        own = self.index.elements(at)
        columns = []
        for column in table.columns[4:-1]:
            position = int(column.description[3:5])
            is_amount = column.kind == "amount"
            kind, read = (_MONEY, values.amounts) if is_amount else (_UNITS, values.quantities)
            reached = own.reach(position)
            columns.append(_decimal(read(self.index, own.at(position)), kind) if reached else pa.nulls(len(at), kind))
        return [*self._head(at, line=False), *columns, self._tail(at)]

    def _provider_summaries(self) -> list[Any]:
        index = self.index
        at = self.loops.of("TS3", "TS2")
        is_third = index.code[at] == CODE["TS3"]

        def third(position: int) -> Places:
            return np.where(is_third, index.element(at, position), index.nothing)

        second = np.where(is_third, index.nothing, index.element(at, 1))
        return [
            *self._head(at, claim=False, line=False),
            pa.array(np.where(is_third, "TS3", "TS2").tolist(), type=pa.string()),
            self._text(third(1)),
            self._text(third(2)),
            _dates(*values.days(index, third(3))),
            _decimal(values.quantities(index, third(4)), _UNITS),
            _decimal(values.amounts(index, third(5)), _MONEY),
            _decimal(values.amounts(index, second), _MONEY),
            self._tail(at),
        ]

    def _unread(self) -> list[Any]:
        at = distinct(np.concatenate((self.facts.unread_at, self.run.stray)))
        ids = [self.facts.segment_id(segment) for segment in at.tolist()]
        raw = [self.index.raw(segment) for segment in at.tolist()]
        return [
            *self._head(at, claim=False, line=False, transaction=False),
            pa.array(ids, type=pa.string()),
            pa.array(raw, type=pa.string()),
            self._tail(at),
        ]

    # --- columns --------------------------------------------------------------------------------------------------

    def _at(self, segments: Places, position: int) -> Places:
        """Return the elements at a position of segments that may be absent (-1)."""
        present = segments >= 0
        return np.where(present, self.index.element(np.where(present, segments, 0), position), self.index.nothing)

    def _npi(self, names: Places) -> Places:
        """Return NM109 of names whose NM108 says that it is an NPI."""
        is_npi = self.index.keys(self._at(names, 8)) == _XX
        return np.where(is_npi, self._at(names, 9), self.index.nothing)

    def _claim_date(self, role: str) -> pa.Array:
        return self._dates_of(self.loops.last_in_claim(self._dated(role)))

    def _line_date(self, *roles: str) -> pa.Array:
        """Return the date of the first of some roles that a line has."""
        chosen = self.loops.last_in_line(self._dated(roles[-1]))
        for role in reversed(roles[:-1]):
            better = self.loops.last_in_line(self._dated(role))
            chosen = np.where(better >= 0, better, chosen)
        return self._dates_of(chosen)

    def _dated(self, role: str) -> Places:
        at = self.facts.dates_at
        dated: Places = at[self.index.qualifiers[at] == np.uint64(key(role))]
        return dated

    def _dates_of(self, segments: Places) -> pa.Array:
        place = np.searchsorted(self.facts.dates_at, np.maximum(segments, 0))
        place[place == len(self.facts.dates_at)] = 0
        present = segments >= 0
        if not len(self.facts.dates_at):
            return pa.nulls(len(segments), pa.date32())
        return _dates(self.facts.days[place], self.facts.is_date[place] & present)

    def _components(self, elements: Places) -> list[Any]:
        """Return the first six components of composites as columns."""
        index = self.index
        begin, end = index.start[elements], index.end[elements]
        places = index.components
        first = np.searchsorted(places, begin)
        most = int((np.searchsorted(places, end) - first).max(initial=0)) + 1
        if not (end > begin).any():
            most = 0
        places = np.append(places, np.full(_COMPONENTS, len(index.data)))
        columns = []
        start = begin
        for component in range(min(most, _COMPONENTS)):
            stop = np.minimum(places[first + component], end)
            columns.append(self._between(start, stop))
            start = np.minimum(stop + 1, end)
        columns.extend(pa.nulls(len(elements), pa.string()) for _ in range(_COMPONENTS - len(columns)))
        return columns

    def _text(self, elements: Places) -> pa.Array:
        return _strings(self.index, self.index.start[elements], self.index.end[elements])

    def _texts(self, own: ElementPlaces, *positions: int) -> Iterator[pa.Array]:
        """Yield the texts at some positions; what no segment reaches is not looked for."""
        for position in positions:
            yield self._text(own.at(position)) if own.reach(position) else pa.nulls(len(own), pa.string())

    def _between(self, start: Places, end: Places) -> pa.Array:
        """Return parts of elements, without blanks around them."""
        index = self.index
        if self._has_padded_parts:
            blank = (end > start) & ((index.buffer[start] == _BLANK) | (index.buffer[np.maximum(end, 1) - 1] == _BLANK))
            start, end = start.copy(), end.copy()
            for row in np.flatnonzero(blank).tolist():
                text = index.data[start[row] : end[row]]
                start[row] += len(text) - len(text.lstrip(b" "))
                end[row] = start[row] + len(text.strip(b" "))
        return _strings(index, start, end)

    @cached_property
    def _has_padded_parts(self) -> bool:
        """Whether a blank stands beside a component separator anywhere; elements have none around them."""
        buffer, marks = self.index.buffer, self.index.components
        beside = (buffer[np.maximum(marks, 1) - 1] == _BLANK) | (buffer[marks + 1] == _BLANK)
        return bool(beside.any())


def _strings(index: Index, start: Places, end: Places) -> pa.Array:
    """Return texts as an Arrow column; an empty one is null."""
    length = end - start
    if len(length) and length[0] <= _SHORT and (length == length[0]).all():
        return _strings_of(index, start, int(length[0]))
    offsets = np.zeros(len(length) + 1, dtype=np.int32)
    np.cumsum(length, out=offsets[1:])
    # one index a byte: where it lies in the bytes of the stretch
    source = np.repeat((start - offsets[:-1]).astype(np.int32), length)
    source += np.arange(len(source), dtype=np.int32)
    data = index.buffer[source]
    absent = length == 0
    validity = pa.py_buffer(np.packbits(~absent, bitorder="little")) if absent.any() else None
    return pa.Array.from_buffers(
        pa.string(), len(length), [validity, pa.py_buffer(offsets), pa.py_buffer(data)], int(absent.sum())
    )


def _strings_of(index: Index, start: Places, length: int) -> pa.Array:
    """Return short texts that are all of one length."""
    if not length:
        return pa.nulls(len(start), pa.string())
    data = index.buffer[start[:, None] + np.arange(length)]
    offsets = np.arange(0, (len(start) + 1) * length, length, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(start), [None, pa.py_buffer(offsets), pa.py_buffer(data)], 0)


def _decimal(read: Decimals, kind: pa.DataType) -> pa.Array:
    return _known(read.units, read.is_read, kind)


def _known(units: values.Numbers, known: Flags, kind: pa.DataType) -> pa.Array:
    """Return whole hundredths (or ten-thousandths) as exact decimals: 128 bits, sign extended."""
    wide = np.empty((len(units), 2), dtype=np.int64)
    wide[:, 0] = units
    wide[:, 1] = units >> 63
    return pa.Array.from_buffers(kind, len(units), [*_validity(known), pa.py_buffer(wide)], -1)


def _validity(known: Flags) -> list[pa.Buffer | None]:
    return [None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))]


def _numbered(numbers: Places, owners: npt.NDArray[np.int32]) -> pa.Array:
    """Return the ordinals of owners; -1 has none."""
    absent = owners < 0
    if not absent.any():
        return pa.array(numbers[owners])
    padded = np.append(numbers, 0)
    return pa.array(padded[owners], mask=absent)


def _moments(micros: values.Numbers) -> pa.Array:
    return pa.Array.from_buffers(_MOMENT, len(micros), [None, pa.py_buffer(micros)])


def _dates(days: npt.NDArray[np.int32], known: Flags) -> pa.Array:
    return pa.Array.from_buffers(pa.date32(), len(days), [*_validity(known), pa.py_buffer(days)], -1)


def _chosen(read: Decimals, at: Places, segments: Places) -> Decimals:
    """Return values by the segment they stand in; -1 has none."""
    if not len(at):
        empty = np.zeros(len(segments), dtype=np.int64)
        return Decimals(empty, np.full(len(segments), MISSING, dtype=np.uint8))
    place = np.searchsorted(at, np.maximum(segments, 0))
    place[place == len(at)] = 0
    state = np.where(segments >= 0, read.state[place], MISSING).astype(np.uint8)
    return Decimals(read.units[place], state)
