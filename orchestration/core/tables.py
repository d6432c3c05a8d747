"""How a table is declared once: columns give the Arrow schema, DuckDB's DDL, dbt's sources and the data dictionary.

Also the two shapes every reader speaks: ``SourceFile`` in, ``RawBatch`` out. Every reader returns, beside its
own tables, one ``files`` row per file and one ``findings`` row per finding, so that
``in_amount = accepted + quarantined_amount`` holds for every file whatever was wrong with it.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    import pyarrow as pa

    from orchestration.core.findings import Finding

Kind = Literal["text", "integer", "amount", "quantity", "date", "timestamp", "boolean"]
# `direct`: a direct identifier of 45 CFR 164.514(b)(2), dropped from everything published.
# `limited`: allowed in a limited data set (dates, towns), never in a GL payload.
Phi = Literal["none", "limited", "direct"]

_DUCKDB: dict[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "amount": "DECIMAL(18,2)",
    "quantity": "DECIMAL(18,4)",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name carries the unit, its description the source of the value.

    ``required`` says that every row has a value here, whatever the file was like.
    """

    name: str
    kind: Kind
    description: str
    phi: Phi = "none"
    required: bool = False

    @property
    def data_type(self) -> str:
        """The type DuckDB stores it as."""
        return _DUCKDB[self.kind]


@dataclass(frozen=True, slots=True)
class Same:
    """A column that holds one value, or nothing, in every row."""

    value: Any


@dataclass(frozen=True)
class Table:
    """One table of a raw schema; ``grain`` says what one row is, ``key`` by which columns, where that is known."""

    schema: str
    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def qualified_name(self) -> str:
        """``schema.table`` as DuckDB and the asset key spell it."""
        return f"{self.schema}.{self.name}"

    def ddl(self) -> str:
        """Return the statement that creates the table where it does not exist."""
        columns = ", ".join(f'"{c.name}" {c.data_type}' for c in self.columns)
        return f"create table if not exists {self.qualified_name} ({columns})"

    @cached_property
    def _schema(self) -> pa.Schema:
        import pyarrow as pa  # noqa: PLC0415  # the command line starts without Arrow

        types: dict[Kind, pa.DataType] = {
            "text": pa.string(),
            "integer": pa.int64(),
            "amount": pa.decimal128(18, 2),
            "quantity": pa.decimal128(18, 4),
            "date": pa.date32(),
            "timestamp": pa.timestamp("us", tz="UTC"),
            "boolean": pa.bool_(),
        }
        return pa.schema([(c.name, types[c.kind]) for c in self.columns])

    def arrow_schema(self) -> pa.Schema:
        """Return the Arrow schema with the same exact types."""
        return self._schema

    def from_columns(self, columns: Sequence[Sequence[Any] | Same], count: int) -> pa.Table:
        """Return ``count`` rows, given as columns in order, as one Arrow table; raises ``pyarrow.ArrowInvalid``."""
        import pyarrow as pa  # noqa: PLC0415  # as above

        arrays = [
            pa.repeat(pa.scalar(values.value, f.type), count) if isinstance(values, Same) else pa.array(values, f.type)
            for values, f in zip(columns, self._schema, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def to_arrow(self, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
        """Return rows, each a tuple in column order, as one Arrow table; raises ``pyarrow.ArrowInvalid``."""
        import pyarrow as pa  # noqa: PLC0415  # the command line starts without Arrow

        schema = self.arrow_schema()
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return pa.Table.from_arrays(
            [
                _timestamps(values, f.type) if column.kind == "timestamp" else pa.array(values, type=f.type)
                for values, f, column in zip(columns, schema, self.columns, strict=True)
            ],
            schema=schema,
        )


def _timestamps(values: Sequence[dt.datetime | None], kind: pa.DataType) -> pa.Array:
    """Return timestamps, which repeat for a whole file: Arrow takes most of a microsecond to read one."""
    import pyarrow as pa  # noqa: PLC0415  # as above

    runs = [pa.repeat(pa.scalar(value, kind), sum(1 for _ in same)) for value, same in groupby(values)]
    return pa.concat_arrays(runs) if runs else pa.array([], type=kind)


def lineage(position: Literal["segment_number", "line_number"], what: str) -> tuple[Column, Column]:
    """Return the two columns that lead a raw row back to its file and place in it."""
    return (
        Column("file_id", "text", "SHA-256 of the file's bytes", required=True),
        Column(position, "integer", f"{what}, counted from 1", required=True),
    )


LOADED_AT = Column("loaded_at", "timestamp", "when the file was landed, the same after a rebuild", required=True)


def files_table(schema: str) -> Table:
    """Return the table of files every raw schema has."""
    return Table(
        schema,
        "files",
        "one row per file of this kind",
        (
            Column("file_id", "text", "SHA-256 of the file's bytes", required=True),
            Column("file_name", "text", "name under which it first arrived", phi="direct", required=True),
            Column("profile", "text", "layout it was read by, e.g. generic, synthea"),
            Column("status", "text", "loaded or quarantined", required=True),
            Column("reason_code", "text", "why it is quarantined"),
            Column("reason", "text", "why it is quarantined, in plain words"),
            Column("record_count", "integer", "segments or lines in the file, the bad ones too"),
            Column("in_amount", "amount", "control amount of the whole file, as far as it is readable"),
            Column("quarantined_amount", "amount", "the part of it that is in no raw table"),
            LOADED_AT,
        ),
        key=("file_id",),
    )


def findings_table(schema: str) -> Table:
    """Return the table of findings every raw schema has."""
    return Table(
        schema,
        "findings",
        "one row per finding",
        (
            Column("file_id", "text", "SHA-256 of the file's bytes", required=True),
            Column("finding_number", "integer", "order within the file, from 1", required=True),
            Column("code", "text", "short stable code", required=True),
            Column("severity", "text", "error, warning or info", required=True),
            Column("segment_number", "integer", "X12 segment, from 1"),
            Column("segment_id", "text", "X12 segment id, e.g. CLP"),
            Column("line_number", "integer", "text line, from 1"),
            Column("message", "text", "plain words, without a value of the file", required=True),
            Column("amount", "amount", "control amount at stake, when readable"),
            LOADED_AT,
        ),
        key=("file_id", "finding_number"),
    )


# the bytes of a file, in memory or mapped from where they are on disk
Content: TypeAlias = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One landed file as a reader sees it."""

    file_id: str
    file_name: str
    content: bytes
    landed_at: dt.datetime


@dataclass(slots=True)
class RawBatch:
    """Rows of many files on their way into one raw schema: table name → rows in column order.

    A reader that works by columns puts Arrow tables into ``columns`` instead; a table has one or the other. Columns
    that repeat one value a file (``file_id``) may be dictionaries there.
    """

    tables: tuple[Table, ...]
    rows: dict[str, list[tuple[Any, ...]]] = field(init=False)
    columns: dict[str, list[pa.Table]] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {table.name: [] for table in self.tables}
        self.columns = {}

    def add_file(
        self,
        file: SourceFile,
        *,
        profile: str,
        record_count: int,
        in_amount: Decimal,
        findings: Iterable[Finding],
        quarantined_amount: Decimal = ZERO,
    ) -> None:
        """Record a file that was loaded; ``quarantined_amount`` is what its refused rows carried."""
        self._add(file, profile, ("loaded", None, None), record_count, (in_amount, quarantined_amount), findings)

    def quarantine_file(
        self,
        file: SourceFile,
        *,
        profile: str | None,
        reason: Finding,
        record_count: int = 0,
        in_amount: Decimal = ZERO,
        findings: Iterable[Finding] = (),
    ) -> None:
        """Record a file that is quarantined whole: none of its rows may be in the batch."""
        outcome = ("quarantined", reason.code, reason.message)
        self._add(file, profile, outcome, record_count, (in_amount, in_amount), [reason, *findings])

    def _add(
        self,
        file: SourceFile,
        profile: str | None,
        outcome: tuple[str, str | None, str | None],
        record_count: int,
        amounts: tuple[Decimal, Decimal],
        findings: Iterable[Finding],
    ) -> None:
        self.rows["files"].append(
            (file.file_id, file.file_name, profile, *outcome, record_count, *amounts, file.landed_at)
        )
        self.rows["findings"].extend(
            (
                file.file_id,
                number,
                f.code,
                f.severity,
                f.segment_number,
                f.segment_id,
                f.line_number,
                f.message,
                f.amount,
                file.landed_at,
            )
            for number, f in enumerate(findings, start=1)
        )

    def to_arrow(self) -> dict[str, pa.Table]:
        """Return every table of the schema as Arrow, the empty ones too."""
        import pyarrow as pa  # noqa: PLC0415  # the command line starts without Arrow

        return {
            table.name: pa.concat_tables(self.columns[table.name])
            if self.columns.get(table.name)
            else table.to_arrow(self.rows[table.name])
            for table in self.tables
        }
