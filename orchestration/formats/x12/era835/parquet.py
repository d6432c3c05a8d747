"""The tables of remittance files as Parquet files, one per table, where there is no lake.

A file of any size is written window by window: it is read once to learn whether it may be loaded, and once to write.
What does not belong here: the tables themselves (``tables``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.core.tables import RawBatch
from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.reader import add, quarantine_reason
from orchestration.formats.x12.era835.rows import Rows
from orchestration.formats.x12.era835.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.run import Run


class ParquetWriters:
    """Open Parquet files in a folder, one per table; ``counts`` are the rows written to each."""

    def __init__(self, folder: Path) -> None:
        self.counts = {table.name: 0 for table in TABLES}
        self._schemas = {table.name: table.arrow_schema() for table in TABLES}
        self._writers = {
            table.name: pq.ParquetWriter(folder / f"{table.name}.parquet", self._schemas[table.name])
            for table in TABLES
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, files: list[tuple[SourceFile, BinaryIO]]) -> None:
        """Write the rows of some files."""
        first = Engine()
        readings = first.read_streams(files)
        batch = RawBatch(TABLES)
        for reading in readings:
            add(batch, reading)
        for name, rows in batch.rows.items():
            if rows:
                self._put(name, next(t for t in TABLES if t.name == name).to_arrow(rows))
        good = [place for place, reading in enumerate(readings) if quarantine_reason(reading) is None]
        exact = {place for place in good if readings[place].is_exact}
        Engine(_Sink(self)).read_streams([files[place] for place in good], exact={good.index(p) for p in exact})

    def put_all(self, chunks: dict[str, list[pa.Table]]) -> None:
        """Write chunks of every table."""
        for name, tables in chunks.items():
            for table in tables:
                self._put(name, table)

    def _put(self, name: str, table: pa.Table) -> None:
        if table.num_rows:
            self._writers[name].write_table(table.cast(self._schemas[name]))
            self.counts[name] += table.num_rows


class _Sink(Rows):
    """Writes the rows of each run and keeps none."""

    def __init__(self, writers: ParquetWriters) -> None:
        super().__init__()
        self._writers = writers

    def collect(self, run: Run) -> None:
        super().collect(run)
        self._writers.put_all(self.chunks)
        self.chunks.clear()
