"""The published copy as one Parquet file per table, from the DuckDB copy: the same content by construction."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from orchestration.stores.publish.duckdb import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path


def write_parquet(folder: Path) -> tuple[Path, int]:
    """Write every table of the folder's DuckDB copy into ``parquet`` and swap it in; return the folder and tables."""
    import duckdb

    draft = folder / f"parquet-{os.getpid()}-{os.urandom(4).hex()}"
    draft.mkdir()
    with duckdb.connect(str(folder / FILE_NAME), read_only=True) as published:
        tables = [row[0] for row in published.execute("select table_name from duckdb_tables()").fetchall()]
        for table in tables:
            published.execute(f"copy marts.{table} to '{draft / table}.parquet' (format parquet)")
    link, target = folder / f".parquet-{os.getpid()}", folder / "parquet"
    link.unlink(missing_ok=True)
    link.symlink_to(draft.name)
    link.replace(target)
    for old in folder.glob("parquet-*"):
        if old.name != draft.name:
            shutil.rmtree(old)
    return target, len(tables)
