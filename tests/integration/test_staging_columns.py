"""Staging views have the columns, in the order and of the types, that their pages say."""

from __future__ import annotations

import yaml

from orchestration.stores.home import DBT_PROJECT


def test_staging_columns_are_as_described(built_dbt, empty_practice):
    assert built_dbt
    with empty_practice.lake.connect() as lake:
        found = lake.execute(
            "select table_name, column_name, lower(data_type) from duckdb_columns() "
            "where database_name = 'lake' and schema_name = 'staging' order by table_name, column_index"
        ).fetchall()
    described = [
        (model["name"], column["name"], column["data_type"])
        for page in (DBT_PROJECT / "models" / "staging").glob("*/_*__models.yml")
        for model in yaml.safe_load(page.read_text(encoding="utf-8"))["models"]
        for column in model["columns"]
    ]
    assert found == sorted(described, key=lambda column: column[0])
