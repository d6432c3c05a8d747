"""Copies of the marts for BI tools: which tables and columns leave, and the posted books beside them.

No direct identifier leaves. What does not belong here: how a copy is written (``stores.publish``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from orchestration.operations.learned import LEARNED
from orchestration.privacy.phi import scrubbed
from orchestration.stores.dbt import current_manifest
from orchestration.stores.publish.duckdb import write_duckdb
from orchestration.stores.publish.parquet import write_parquet

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from orchestration.stores.practice import PracticeStores

# the layers of dbt that people read; what of them has no contract is a step on the way
_LAYERS = ("marts", "posting", "measures")


def published_columns(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """Return the columns that may be published by (schema, table): all but those marked as direct identifiers."""
    manifest = json.loads(current_manifest(stores.home).read_text(encoding="utf-8"))
    marked = {("marts", table): direct for table, direct in LEARNED.items()}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in _LAYERS and node["config"]["contract"]["enforced"]:
            marked[node["schema"], node["name"]] = {
                name for name, column in node["columns"].items() if column["config"]["meta"].get("phi") == "direct"
            }
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in lake.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where database_name = 'lake' order by table_name, column_index"
    ).fetchall():
        # a table without a description is not published: what it holds is not known
        if column not in marked.get((schema, table), {column}):
            found.setdefault((schema, table), []).append(column)
    return found


def _books(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> None:
    """Lay the posted books beside the marts as temporary tables: general ledger and trial balance."""
    import pyarrow as pa

    ledger = stores.ledger
    names = {account.account_code: account.account_name for account in ledger.accounts()}
    lines = [
        (posted.entry_id, posted.entry.entry_date, posted.entry.entity_id, posted.entry.book, posted.fiscal_period,
         posted.batch_tag, posted.entry.source,
         posted.entry.event_id, line.rule_id, line.account_code, names.get(line.account_code),
         line.debit_amount, line.credit_amount, line.payer_class, line.provider_id, line.location_id)
        for posted in ledger.entries()
        for line in posted.entry.lines
    ]  # fmt: skip
    money = pa.decimal128(18, 2)
    schema = pa.schema(
        [("entry_id", pa.int64()), ("entry_date", pa.date32())]
        + [(name, pa.string()) for name in ("entity_id", "book", "fiscal_period", "batch_tag", "source", "event_id",
                                            "rule_id", "account_code", "account_name")]
        + [("debit_amount", money), ("credit_amount", money)]
        + [(name, pa.string()) for name in ("payer_class", "provider_id", "location_id")]
    )  # fmt: skip
    columns = list(zip(*lines, strict=True)) or [()] * len(schema)
    lake.register(
        "general_ledger",
        pa.Table.from_arrays([pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)], schema=schema),
    )


_TRIAL_BALANCE = """
select entity_id, book, account_code, max(account_name) as account_name,
    cast(sum(debit_amount) as decimal(18, 2)) as debit_amount,
    cast(sum(credit_amount) as decimal(18, 2)) as credit_amount
from general_ledger group by entity_id, book, account_code order by entity_id, book, account_code
"""


def _selections(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> dict[str, str]:
    _books(stores, lake)
    selections = {
        table: f"select {', '.join(columns)} from lake.{schema}.{table}"
        for (schema, table), columns in published_columns(stores, lake).items()
    }
    return {**selections, "general_ledger": "select * from general_ledger", "trial_balance": _TRIAL_BALANCE}


class PublishedCopy(NamedTuple):
    """Where a copy stands, and how many tables it has."""

    path: Path
    table_count: int


def publish_duckdb(stores: PracticeStores) -> PublishedCopy:
    """Write ``published/medbooks.duckdb`` anew."""
    with stores.lake.connect() as lake, scrubbed("publishing the marts"):
        selections = _selections(stores, lake)
        path = write_duckdb(lake, selections, stores.home.published)
    return PublishedCopy(path, len(selections))


def publish_parquet(stores: PracticeStores) -> PublishedCopy:
    """Write the tables of the published DuckDB copy as Parquet under ``published/parquet``."""
    with scrubbed("publishing the marts"):
        return PublishedCopy(*write_parquet(stores.home.published))
