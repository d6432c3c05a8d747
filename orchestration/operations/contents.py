"""Content hashes of the lake's tables: the same rows in any order give the same hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from orchestration.formats.registry import kind_names

if TYPE_CHECKING:
    from orchestration.stores.practice import PracticeStores

# a model's version number counts trainings, not content
_NOT_CONTENT = {"model_version"}


def content_hashes(stores: PracticeStores) -> dict[str, str]:
    """Return a SHA-256 per table of raw and of every layer of dbt but staging, over all rows, sorted as text."""
    schemas = (*(f"raw_{source}" for source in kind_names()), "intermediate", "marts", "posting", "measures")
    hashes = {}
    with stores.lake.connect() as lake:
        tables: dict[str, list[str]] = {}
        for schema, table, column in lake.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where database_name = 'lake' and not internal order by schema_name, table_name, column_index"
        ).fetchall():
            if schema in schemas and column not in _NOT_CONTENT:
                tables.setdefault(f"{schema}.{table}", []).append(column)
        for name, columns in tables.items():
            row = ", ".join(f'CAST("{column}" AS VARCHAR)' for column in columns)
            cursor = lake.execute(f"select md5(cast(row({row}) as varchar)) as digest from {name} order by digest")
            digest = hashlib.sha256(",".join(columns).encode())
            while batch := cursor.fetchmany(50_000):
                for (value,) in batch:
                    digest.update(value.encode())
            hashes[name] = digest.hexdigest()
    return hashes
