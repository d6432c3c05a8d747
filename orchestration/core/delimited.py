"""Delimited text (CSV, TSV) as rows with line numbers, decoded strictly, with nothing lost.

A sniffing reader loses ragged rows and turns identifiers into numbers, so text stays text here and every
physical record comes back either as a row or as a ``ragged`` record that its caller must account for.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from orchestration.core.findings import Finding


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it starts on (from 1) and its fields; ``is_ragged`` when their count is off."""

    line_number: int
    fields: tuple[str, ...]
    is_ragged: bool


@dataclass(frozen=True, slots=True)
class Delimited:
    """A decoded file: header, records in order, findings about its text as a whole."""

    header: tuple[str, ...]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]


class UndecodableError(ValueError):
    """The bytes are not delimited text; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def decode(content: bytes) -> tuple[str, list[Finding]]:
    """Return text from bytes: byte order marks, then strict UTF-8, then Windows-1252 with a warning.

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
        warning = Finding("windows_1252_text", "warning", "the text is not UTF-8; it was read as Windows-1252")
        return _refuse_nul(content.decode("cp1252", errors="replace")), [warning]


def _refuse_nul(text: str) -> str:
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UndecodableError(
            Finding("nul_byte", "error", "the file holds NUL bytes: it is not text, or was damaged", line_number=line)
        )
    return text


def read_delimited(content: bytes, delimiter: str | None = None) -> Delimited:
    """Return header and records; the delimiter, when not given, is the likeliest of comma, tab, semicolon, bar.

    Blank lines are no records. Raises ``UndecodableError`` when the bytes are no delimited text.
    """
    text, findings = decode(content)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    mark = delimiter or max(",\t;|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=False)
    header: tuple[str, ...] | None = None
    records: list[Record] = []
    start = 1
    try:
        for fields in reader:
            line, start = start, reader.line_num + 1
            if not any(field.strip() for field in fields):
                continue
            if header is None:
                header = tuple(field.strip() for field in fields)
                continue
            row = tuple(fields)
            # a trailing delimiter on every line is a habit of some exports, not an extra field
            while len(row) > len(header) and not row[-1].strip():
                row = row[:-1]
            records.append(Record(line, row, len(row) != len(header)))
    except csv.Error:
        reason = Finding(
            "unreadable_delimited_text", "error", "a field is too long or a quote never closes", line_number=start
        )
        raise UndecodableError(reason) from None
    if header is None:
        raise UndecodableError(Finding("empty_file", "error", "the file is empty: there is nothing to load"))
    return Delimited(header, tuple(records), tuple(findings))
