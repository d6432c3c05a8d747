"""Delimited text (CSV, TSV) as rows with line numbers, decoded strictly, with nothing lost.

A sniffing reader loses ragged rows and turns identifiers into numbers, so text stays text here and every
physical record comes back either as a row or as a ``ragged`` record that its caller must account for.
What does not belong here: workbooks (``workbook``), and what a column means (``layouts``).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# how far down a header may stand below the titles of a report
HEADER_SEARCH_ROWS = 20


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it starts on (from 1) and its fields; ``is_ragged`` when their count is off."""

    line_number: int
    fields: tuple[str, ...]
    is_ragged: bool


@dataclass(frozen=True, slots=True)
class Delimited:
    """A decoded table: header, records in order, findings about its text as a whole, the titles above its header."""

    header: tuple[str, ...]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    titles: tuple[tuple[str, ...], ...] = ()


class UndecodableError(ValueError):
    """The bytes are no table; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def decode(content: bytes) -> tuple[str, list[Finding]]:
    """Return text from bytes: byte order marks, then strict UTF-8, then Windows-1252 with a warning.

    A text that is UTF-8 on some lines and not on others is decoded line by line, with a warning of its own.
    Raises ``UndecodableError`` for an empty file or one with NUL bytes, which is no text.
    """
    if not content.strip():
        raise UndecodableError(Finding("empty_file", "error", "the file is empty: there is nothing to load"))
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            body = content.removeprefix(mark) if encoding == "utf-8" else content
            try:
                return _refuse_nul(body.decode(encoding)), []
            except UnicodeDecodeError:
                reason = Finding("undecodable_text", "error", f"the file says it is {encoding} and is not")
                raise UndecodableError(reason) from None
    try:
        return _refuse_nul(content.decode("utf-8")), []
    except UnicodeDecodeError:
        text, warnings = _decode_by_line(content)
        return _refuse_nul(text), warnings


def _decode_by_line(content: bytes) -> tuple[str, list[Finding]]:
    """Return the text of bytes that are not UTF-8 as a whole, with what was assumed."""
    lines: list[str] = []
    foreign: list[int] = []
    has_utf8 = has_gap = False
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            text = line.decode("utf-8")
            has_utf8 = has_utf8 or not line.isascii()
        except UnicodeDecodeError:
            text = line.decode("cp1252", errors="replace")
            has_gap = has_gap or "\ufffd" in text
            foreign.append(number)
        lines.append(text)
    if has_utf8:
        words = f"the text is UTF-8 on some lines and Windows-1252 on {len(foreign)}: each line was read as what it is"
        warnings = [Finding("mixed_encodings", "warning", words, line_number=foreign[0])]
    else:
        words = "the text is not UTF-8; it was read as Windows-1252"
        warnings = [Finding("windows_1252_text", "warning", words)]
    if has_gap:
        words = "some bytes are no character of Windows-1252 either and were replaced by a mark"
        warnings.append(Finding("undecodable_bytes", "warning", words))
    return "\n".join(lines), warnings


def _refuse_nul(text: str) -> str:
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UndecodableError(
            Finding("nul_byte", "error", "the file holds NUL bytes: it is not text, or was damaged", line_number=line)
        )
    return text


def read_delimited(
    content: bytes, delimiter: str | None = None, *, is_header: Callable[[Sequence[str]], bool] | None = None
) -> Delimited:
    """Return header and records; the delimiter, when not given, is the likeliest of comma, tab, semicolon, bar.

    The header is the first of the first 20 rows that ``is_header`` takes, else the first row; rows above it are the
    titles of a report. Blank lines are no records. Raises ``UndecodableError`` when the bytes are no delimited text.
    """
    text, findings = decode(content)
    mark = delimiter or _likeliest(text)
    # a line end of old Macs alone would make one line of the whole file
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=False)
    rows: list[tuple[int, tuple[str, ...]]] = []
    start = 1
    try:
        for fields in reader:
            line, start = start, reader.line_num + 1
            if any(field.strip() for field in fields):
                rows.append((line, tuple(fields)))
    except csv.Error:
        reason = Finding(
            "unreadable_delimited_text", "error", "a field is too long or a quote never closes", line_number=start
        )
        raise UndecodableError(reason) from None
    return with_header(rows, findings, is_header)


def with_header(
    rows: Sequence[tuple[int, tuple[str, ...]]],
    findings: Sequence[Finding],
    is_header: Callable[[Sequence[str]], bool] | None,
) -> Delimited:
    """Return rows as a table under its header; raises ``UndecodableError`` when there is no row."""
    if not rows:
        raise UndecodableError(Finding("empty_file", "error", "the file is empty: there is nothing to load"))
    found = [place for place, (_, row) in enumerate(rows[:HEADER_SEARCH_ROWS]) if is_header and is_header(row)]
    place = found[0] if found else 0
    header = tuple(field.strip() for field in rows[place][1])
    while len(header) > 1 and not header[-1]:
        header = header[:-1]
    notes = []
    if place:
        words = f"{place} rows above the header are titles of the report: they were not read"
        notes = [Finding("titles_above_header", "info", words, line_number=rows[0][0])]
    records = []
    for line, fields in rows[place + 1 :]:
        row = fields
        # a trailing delimiter on every line is a habit of some exports, not an extra field
        while len(row) > len(header) and not row[-1].strip():
            row = row[:-1]
        records.append(Record(line, row, len(row) != len(header)))
    return Delimited(header, tuple(records), (*findings, *notes), tuple(row for _, row in rows[:place]))


def _likeliest(text: str) -> str:
    """Return the delimiter of the first line that has one."""
    for line in text.lstrip("\r\n").split("\n", HEADER_SEARCH_ROWS)[:HEADER_SEARCH_ROWS]:
        mark = max(",\t;|", key=line.count)
        if mark in line:
            return mark
    return ","
