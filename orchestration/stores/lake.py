"""The lake: one DuckDB file, encrypted at rest, one writer at a time.

Every connection is an in-memory database with the lake attached, because only an attached file takes a key.
The lock is the operating system's: a killed run leaves none behind.
What does not belong here: which tables exist (``core.tables``, dbt) and what is read from them.
"""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.core.errors import BusyError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pandas as pd
    import pyarrow as pa

    from orchestration.core.tables import Table

DATABASE = "lake"
_RETRY_SECONDS = 0.2
# a dbt process whose parent was killed may still be finishing its statement
_ORPHAN_SECONDS = 60.0


def httpfs_extension() -> Path:
    """Return the extension file inside its wheel: its OpenSSL is what lets DuckDB write encrypted files."""
    spec = importlib.util.find_spec("duckdb_extension_httpfs")
    found = (
        sorted(Path(spec.submodule_search_locations[0]).glob("extensions/*/httpfs.duckdb_extension"))
        if (spec and spec.submodule_search_locations)
        else []
    )
    if not found:
        message = "the DuckDB encryption extension is not installed"
        raise ConfigurationError(message, fix="make setup")
    return found[-1]


def extension_directory(folder: Path) -> Path:
    """Lay the extension out as DuckDB looks for it (``<version>/<platform>/``) and return the folder: for dbt."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        platform = connection.execute("PRAGMA platform").fetchone()
    source = httpfs_extension()
    target = folder / source.parent.name / str(platform[0] if platform else "unknown") / source.name
    if not target.exists() or target.stat().st_size != source.stat().st_size:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copyfile(source, draft)
        draft.replace(target)
    return folder


class Lake:
    """The encrypted lake of one practice."""

    # locks held by this process, so that an asset inside a run that holds the lock can open the lake
    _held: dict[Path, int] = {}  # noqa: RUF012  # one per process on purpose

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._key = key

    @contextmanager
    def lock(self, *, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the lake for this process; raises ``BusyError`` naming the holder when another process has it."""
        path = self.path.with_suffix(".lock")
        if self._held.get(path):
            self._held[path] += 1
            try:
                yield
            finally:
                self._held[path] -= 1
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a+", encoding="utf-8") as file:
            _acquire(file.fileno(), path, time.monotonic() + wait_seconds)
            file.seek(0)
            file.truncate()
            file.write(json.dumps({"pid": os.getpid()}))
            file.flush()
            self._held[path] = 1
            try:
                yield
            finally:
                self._held[path] = 0

    @contextmanager
    def connect(self, *, wait_seconds: float = 30.0) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection whose default database is the lake; close early, it keeps everyone else out."""
        import duckdb

        with self.lock(wait_seconds=wait_seconds):
            connection = duckdb.connect(
                ":memory:",
                config={"autoinstall_known_extensions": "false", "allow_community_extensions": "false"},
            )
            try:
                connection.execute(f"load '{httpfs_extension()}'")
                connection.execute("set temp_file_encryption = true")
                connection.execute("set TimeZone = 'UTC'")
                self._attach(connection)
                connection.execute(f"use {DATABASE}")
                yield connection
            finally:
                connection.close()

    def _attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        import duckdb

        deadline = time.monotonic() + _ORPHAN_SECONDS
        while True:
            try:
                connection.execute(f"attach '{self.path}' as {DATABASE} (encryption_key '{self._key}')")
            except duckdb.IOException as error:
                if "lock" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            except duckdb.InvalidInputException:
                # DuckDB's words quote the statement, and the statement holds the key
                message = "the lake does not open with this key"
                raise ConfigurationError(
                    message, fix="MEDBOOKS_KEY_FILE=<the key file it was made with> medbooks status"
                ) from None
            else:
                return


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Create the tables that do not exist; raises ``ConfigurationError`` for one that another version made."""
    for schema in sorted({table.schema for table in tables}):
        connection.execute(f"create schema if not exists {schema}")
    for table in tables:
        connection.execute(table.ddl())
        found = connection.execute(
            "select column_name from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ?",
            [DATABASE, table.schema, table.name],
        ).fetchall()
        if {row[0] for row in found} != {column.name for column in table.columns}:
            message = f"{table.qualified_name} was made by another version: its columns differ"
            raise ConfigurationError(message, fix="medbooks rebuild --no-check")


def table_names(connection: duckdb.DuckDBPyConnection, *, tables: bool = True, views: bool = True) -> frozenset[str]:
    """Return tables and views of the lake as ``schema.name``: what was built so far."""
    queries = [
        f"select schema_name || '.' || table_name from duckdb_tables() where database_name = '{DATABASE}'"
    ] * tables + [
        f"select schema_name || '.' || view_name from duckdb_views() where database_name = '{DATABASE}'"
    ] * views
    return frozenset(row[0] for query in queries for row in connection.execute(query).fetchall())


def insert(connection: duckdb.DuckDBPyConnection, schema: str, batches: Mapping[str, pa.Table]) -> None:
    """Insert Arrow tables by name, all of them or none."""
    connection.begin()
    try:
        for name, rows in batches.items():
            connection.register("incoming", rows)
            connection.execute(f"insert into {schema}.{name} by name select * from incoming")
            connection.unregister("incoming")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return the rows of a query as dictionaries."""
    cursor = connection.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def frame(connection: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """Return the rows of a query as a pandas frame whose money stays Decimal (DuckDB's own ``df`` makes it float)."""
    table: pd.DataFrame = connection.execute(sql).to_arrow_table().to_pandas()
    return table


def _acquire(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise BusyError(_busy_words(path), fix="wait for it, then: medbooks run") from None
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _busy_words(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))["pid"]
    except (OSError, ValueError, KeyError):
        return "another medbooks process is using the lake"
    return f"another medbooks process (pid {holder}) is using the lake"
