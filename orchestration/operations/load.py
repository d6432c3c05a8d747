"""Landed files → raw tables, one kind of file at a time, incremental by the file registry; and whether none was lost.

A load reads only files of its kind that no raw table knows yet, in landing order, a few at a time: all rows of a batch
and the registry of its files commit together, so a killed run leaves no half-loaded file. What does not belong here:
what a kind is (``formats.registry``), and what its rows mean (dbt).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.formats.file_kind import NO_LAYOUTS
from orchestration.privacy.phi import scrubbed
from orchestration.stores.lake import create_tables, insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import duckdb

    from orchestration.formats.file_kind import FileKind
    from orchestration.stores.practice import PracticeStores

_BATCH_BYTES: Final = 32 * 1024 * 1024
_BATCH_FILES: Final = 500


@dataclass(frozen=True, slots=True)
class LoadedKind:
    """What a load added, and what the raw tables of the kind hold after it; ``row_counts`` by table."""

    new_file_count: int
    row_counts: Mapping[str, int]
    quarantined_file_count: int
    in_amount: Decimal
    quarantined_amount: Decimal


@dataclass(frozen=True, slots=True)
class Conservation:
    """The control amount of all files of a kind, and where it is."""

    in_amount: Decimal
    loaded_amount: Decimal
    quarantined_amount: Decimal

    @property
    def holds(self) -> bool:
        """Whether every dollar of the files is in raw rows or quarantined."""
        return self.in_amount == self.loaded_amount + self.quarantined_amount


def load(stores: PracticeStores, kind: FileKind) -> LoadedKind:
    """Load what is new of one kind."""
    with stores.lake.connect() as lake:
        create_tables(lake, kind.tables)
        _forget_retried(lake, kind)
        new = lake.execute(
            f"select file_id, byte_count from landing.files where kind = ? "
            f"and file_id not in (select file_id from {kind.schema}.files) order by loaded_at, file_id",
            [kind.name],
        ).fetchall()
        # a layout that cannot be used must not stop kinds that have none
        layouts = stores.layouts if new and kind.read_layout is not None else NO_LAYOUTS
        for identities in _batches(new):
            with scrubbed(f"loading {kind.contents}"):
                files = [stores.landed.get(identity) for identity in identities]
                insert(lake, kind.schema, kind.reader(files, layouts, stores.ocr).to_arrow())
        if new:
            lake.execute("checkpoint")
        return _loaded(lake, kind, len(new))


def conservation(stores: PracticeStores, kind: FileKind) -> Conservation:
    """Compare what the files of a kind say came in with what its raw rows hold and what is quarantined."""
    with stores.lake.connect() as lake:
        in_amount, quarantined_amount = lake.execute(
            f"select coalesce(sum(in_amount), 0), coalesce(sum(quarantined_amount), 0) from {kind.schema}.files"
        ).fetchone() or (ZERO, ZERO)
        loaded_amount = (lake.execute(kind.loaded_amount).fetchone() or (None,))[0] or ZERO
    return Conservation(in_amount, Decimal(loaded_amount), quarantined_amount)


def _forget_retried(lake: duckdb.DuckDBPyConnection, kind: FileKind) -> None:
    """Forget files that were quarantined for a reason that lies with us, so that they are read again."""
    for reason in kind.retried_reasons:
        lake.begin()
        lake.execute(
            f"delete from {kind.schema}.findings where file_id in "
            f"(select file_id from {kind.schema}.files where reason_code = ?)",
            [reason],
        )
        lake.execute(f"delete from {kind.schema}.files where reason_code = ?", [reason])
        lake.commit()


def _loaded(lake: duckdb.DuckDBPyConnection, kind: FileKind, new_file_count: int) -> LoadedKind:
    counts = {
        table.name: int((lake.execute(f"select count(*) from {table.qualified_name}").fetchone() or (0,))[0])
        for table in kind.tables
    }
    quarantined_file_count, in_amount, quarantined_amount = lake.execute(
        f"select count(*) filter (status = 'quarantined'), coalesce(sum(in_amount), 0), "
        f"coalesce(sum(quarantined_amount), 0) from {kind.schema}.files"
    ).fetchone() or (0, ZERO, ZERO)
    return LoadedKind(new_file_count, counts, int(quarantined_file_count), in_amount, quarantined_amount)


def _batches(files: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for identity, byte_count in files:
        if batch and (size + byte_count > _BATCH_BYTES or len(batch) >= _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(identity)
        size += byte_count
    if batch:
        yield batch
