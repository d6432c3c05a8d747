"""The published copy as one read-only DuckDB file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

FILE_NAME = "medbooks.duckdb"


def write_duckdb(lake: DuckDBPyConnection, selections: Mapping[str, str], folder: Path) -> Path:
    """Write table name → query into ``medbooks.duckdb`` of a folder and swap it in; readers of the old copy keep it."""
    folder.mkdir(parents=True, exist_ok=True)
    draft, target = folder / f".medbooks-{os.getpid()}.duckdb", folder / FILE_NAME
    draft.unlink(missing_ok=True)
    lake.execute(f"attach '{draft}' as published")
    lake.execute("create schema published.marts")
    for table, sql in selections.items():
        lake.execute(f"create table published.marts.{table} as {sql}")
    lake.execute("detach published")
    draft.replace(target)
    return target
