"""Bytes to FHIR resources, one at a time: NDJSON, Bundles, arrays, single resources, concatenated ones, Parquet.

Amounts keep every digit they are written with. Nothing larger than one resource is taken apart at once. What does not
belong here: what a resource means.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.core.tables import SourceFile

_PARQUET = b"PAR1"
_BLANK = re.compile(r"[ \t\r\n]*")
# a lone half of a surrogate pair can be written in JSON and is no text
_SUSPECT = re.compile(r"\\u[dD][89a-fA-F]")
_PARQUET_ROWS = 1024
# columns that hold a whole resource as JSON text
_JSON_COLUMNS = ("resource", "json", "raw", "value", "data", "body")
# one column of its own for each type: tables of a lakehouse often leave resourceType to the table's name
_SIGNATURES = (
    ("ExplanationOfBenefit", {"insurer", "outcome", "insurance"}),
    ("Claim", {"billablePeriod", "insurance", "item"}),
    ("ChargeItem", {"code", "subject", "priceOverride"}),
    ("Coverage", {"beneficiary", "payor"}),
    ("Encounter", {"class", "subject", "period"}),
    ("Patient", {"birthDate", "gender", "address"}),
    ("PractitionerRole", {"practitioner", "organization"}),
    ("Practitioner", {"name", "gender", "qualification"}),
    ("Location", {"managingOrganization", "name"}),
)


class UnreadableError(Exception):
    """The file as a whole cannot be read; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """One resource with its place, or what is wrong at that place."""

    number: int
    resource: dict[str, Any] | None
    finding: Finding | None = None


def records(file: SourceFile) -> Iterator[ResourceRecord]:
    """Yield the resources of a file in order. Raises ``UnreadableError``, possibly after the first of them."""
    content = file.content
    if content.startswith(_PARQUET):
        yield from _parquet(file)
        return
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeError:
            _fail("undecodable_text", "the file says it is UTF-16 and is not")
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip(b" \t\r\n\x00"):
        _fail("empty_file", "the file is empty: there is nothing to load")
    yield from _ndjson(content) if _is_ndjson(content) else _document(content)


def _fail(code: str, message: str, line_number: int | None = None) -> NoReturn:
    raise UnreadableError(Finding(code, "error", message, line_number=line_number))


def _number(written: str) -> Decimal:
    return Decimal(written)


def _constant(_written: str) -> NoReturn:
    message = "NaN and Infinity are no JSON"
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_constant)


def _is_ndjson(content: bytes) -> bool:
    """Tell whether every resource stands on a line of its own: there are two lines, and the first holds a whole one."""
    body = content.strip(b" \t\r\n")
    end = body.find(b"\n")
    if end < 0 or body.startswith(b"["):
        return False
    try:
        _DECODER.decode(body[:end].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return _second_starts_at_margin(body)
    return True


def _second_starts_at_margin(content: bytes) -> bool:
    """Tell whether two lines begin with ``{"``: a document that is printed over many lines has one such line."""
    return len(re.findall(rb'^\{[ \t]*"', content[: 1 << 20], re.MULTILINE)) > 1


def _ndjson(content: bytes) -> Iterator[ResourceRecord]:
    position = line = 0
    while position < len(content):
        end = content.find(b"\n", position)
        end = len(content) if end < 0 else end
        body = content[position:end].strip(b" \t\r")
        position, line = end + 1, line + 1
        if not body:
            continue
        yield from _line(body, line)


def _line(body: bytes, line: int) -> Iterator[ResourceRecord]:
    try:
        written = body.decode("utf-8")
        value = _DECODER.decode(written)
    except UnicodeDecodeError:
        yield _refused(line, "undecodable_text", "the line is not UTF-8 text")
        return
    except (ValueError, RecursionError):
        yield _refused(line, "unreadable_json", "the line is no whole JSON object: it may be cut or damaged")
        return
    if isinstance(value, dict) and value.get("resourceType") == "Bundle":
        entries = value.get("entry")
        for entry in entries if isinstance(entries, list) else ():
            yield _entry(entry, line, written)
        return
    yield _checked(value, line, written)


def _refused(number: int, code: str, message: str) -> ResourceRecord:
    return ResourceRecord(number, None, Finding(code, "error", message, line_number=number))


def _checked(value: object, number: int, written: str) -> ResourceRecord:
    """Return a resource; what is none, or holds text that is none, is refused."""
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        return _refused(number, "no_resource", "this is JSON but no FHIR resource: it has no resourceType")
    if _SUSPECT.search(written):
        try:
            json.dumps(value, ensure_ascii=False, default=str).encode()
        except (UnicodeError, RecursionError):
            return _refused(number, "undecodable_text", "the resource holds half a character, which is no text")
    return ResourceRecord(number, value)


def _entry(entry: object, number: int, written: str) -> ResourceRecord:
    if isinstance(entry, dict):
        if "resource" in entry:
            return _checked(entry["resource"], number, written)
        request = entry.get("request")
        if isinstance(request, dict) and request.get("method") == "DELETE":
            message = "the entry deletes a resource; a charge leaves the books by a cancelled Claim or ChargeItem"
            return _refused(number, "deleted_resource", message)
    return _refused(number, "no_resource", "the entry of the Bundle holds no resource")


class _Cursor:
    """A place in JSON text; every method raises ``ValueError`` where the text is not what it must be."""

    def __init__(self, written: str) -> None:
        self.written = written
        self.position = 0

    def peek(self) -> str:
        match = _BLANK.match(self.written, self.position)
        self.position = match.end() if match else self.position
        return self.written[self.position : self.position + 1]

    def take(self, mark: str) -> None:
        if self.peek() != mark:
            message = "not the mark expected here"
            raise ValueError(message)
        self.position += 1

    def value(self) -> tuple[Any, str]:
        """Return the next value and the text it was read from."""
        self.peek()
        begin = self.position
        value, self.position = _DECODER.raw_decode(self.written, begin)
        return value, self.written[begin : self.position]

    def more(self, close: str) -> bool:
        """Step over a comma, or over the closing mark and end."""
        mark = self.peek()
        self.position += 1
        if mark == close:
            return False
        if mark != ",":
            message = "a comma or an end was expected"
            raise ValueError(message)
        return True


def _document(content: bytes) -> Iterator[ResourceRecord]:
    """Yield the resources of JSON documents that follow each other; entries of a Bundle are read one by one."""
    try:
        written = content.decode("utf-8")
    except UnicodeDecodeError:
        _fail("undecodable_text", "the file is not UTF-8 text")
    cursor = _Cursor(written)
    number = 0
    try:
        while cursor.peek().strip("\x00\x1a"):
            for record in _one_document(cursor, number):
                number += 1
                yield record
    except (ValueError, RecursionError) as error:
        line = written.count("\n", 0, cursor.position) + 1
        if _is_cut(written, error):
            _fail("truncated", "the JSON ends in the middle: the rest may still be on its way", line)
        _fail("unreadable_json", "the JSON is damaged: nothing after this place can be trusted", line)


def _is_cut(written: str, error: Exception) -> bool:
    """Tell whether JSON broke because it ends: at its last character, or on one that closes nothing."""
    body = written.rstrip()
    at_end = isinstance(error, json.JSONDecodeError) and error.pos >= len(body)
    return at_end or (not isinstance(error, RecursionError) and body[-1:] not in {"}", "]"})


def _one_document(cursor: _Cursor, number: int) -> Iterator[ResourceRecord]:
    opening = cursor.peek()
    if opening == "[":
        cursor.take("[")
        is_open = cursor.peek() != "]"
        if not is_open:
            cursor.take("]")
        while is_open:
            number += 1
            yield _checked(*_placed(cursor, number))
            is_open = cursor.more("]")
        return
    begin = cursor.position
    cursor.take("{")
    members: dict[str, Any] = {}
    has_entries = False
    is_open = cursor.peek() != "}"
    if not is_open:
        cursor.take("}")
    while is_open:
        name, _ = cursor.value()
        cursor.take(":")
        if name == "entry" and cursor.peek() == "[":
            has_entries = True
            cursor.take("[")
            inside = cursor.peek() != "]"
            if not inside:
                cursor.take("]")
            while inside:
                number += 1
                entry, written = cursor.value()
                yield _entry(entry, number, written)
                inside = cursor.more("]")
        else:
            members[str(name)] = cursor.value()[0]
        is_open = cursor.more("}")
    if not has_entries and members.get("resourceType") != "Bundle":
        yield _checked(members, number + 1, cursor.written[begin : cursor.position])


def _placed(cursor: _Cursor, number: int) -> tuple[Any, int, str]:
    value, written = cursor.value()
    return value, number, written


def _parquet(file: SourceFile) -> Iterator[ResourceRecord]:
    import pyarrow as pa  # noqa: PLC0415  # the command line starts without Arrow
    import pyarrow.parquet as pq  # noqa: PLC0415  # same

    number = 0
    try:
        source = pq.ParquetFile(pa.BufferReader(file.content))
        names = set(source.schema_arrow.names)
        kind = _type_of(file.file_name, names)
        column = next((name for name in source.schema_arrow.names if name.lower() in _JSON_COLUMNS), None)
        is_json = "resourceType" not in names and column is not None
        if not is_json and kind is None:
            _fail("unknown_layout", "the Parquet columns are those of no FHIR resource that we read")
        for batch in source.iter_batches(batch_size=_PARQUET_ROWS):
            for row in batch.to_pylist():
                number += 1
                if is_json:
                    written = row.get(column)
                    body = written.encode() if isinstance(written, str) else written
                    yield from _line(body if isinstance(body, bytes) else b"", number)
                else:
                    yield _checked(
                        {"resourceType": kind, **{k: v for k, v in row.items() if v is not None}}, number, ""
                    )
    except (pa.ArrowException, OSError, ValueError, OverflowError, RecursionError):
        # Arrow's words may quote a value
        _fail("unreadable_parquet", "the Parquet file is damaged or of a kind that cannot be read")


def _type_of(file_name: str, columns: set[str]) -> str | None:
    """Return the type of the rows of a Parquet file by its name, else its columns; a resourceType of a row wins."""
    stem = re.split(r"[^A-Za-z]", file_name)[0].lower()
    for name, _ in (*_SIGNATURES, ("Organization", None)):
        if stem == name.lower():
            return name
    if "resourceType" in columns:
        # each row says it itself
        return ""
    return next((name for name, signature in _SIGNATURES if signature <= columns), None)
