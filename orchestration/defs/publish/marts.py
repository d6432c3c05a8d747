"""Copies of the marts for BI tools: without direct identifiers, swapped in one step, never half written."""

import json
import os
import shutil
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice
from orchestration.privacy.phi import scrubbed
from orchestration.resources.dbt_manifest import current_manifest
from orchestration.resources.practice import PracticeStores

# the layers of dbt that people read; what of them has no contract is a step on the way
_LAYERS = ("marts", "posting", "measures")
# marts written by Python are not in dbt's manifest: their direct identifiers stand here
_LEARNED: dict[str, set[str]] = {
    "denial_scores": set(),
    "denial_worklist": {"claim_id", "line_control_number"},
    "denial_model_summary": set(),
    "cash_forecast_daily": set(),
    "cash_forecast_summary": set(),
}


def published_columns(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """Return the columns that may be published by (schema, table): all but those marked as direct identifiers."""
    manifest = json.loads(current_manifest(stores.home).read_text(encoding="utf-8"))
    marked = {("marts", table): direct for table, direct in _LEARNED.items()}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in _LAYERS and node["config"]["contract"]["enforced"]:
            marked[node["schema"], node["name"]] = {
                name for name, column in node["columns"].items() if column["config"]["meta"].get("phi") == "direct"
            }
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in lake.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = 'lake' ORDER BY table_name, column_index"
    ).fetchall():
        # a table nobody described is not published: what it holds is not known
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
        table: f"SELECT {', '.join(columns)} FROM lake.{schema}.{table}"
        for (schema, table), columns in published_columns(stores, lake).items()
    }
    return {**selections, "general_ledger": "SELECT * FROM general_ledger", "trial_balance": _TRIAL_BALANCE}


def publish_duckdb(stores: PracticeStores) -> tuple[Path, int]:
    """Write ``published/medbooks.duckdb`` anew and swap it in; readers of the old copy keep it; path, tables."""
    folder = stores.home.published
    folder.mkdir(parents=True, exist_ok=True)
    draft, target = folder / f".medbooks-{os.getpid()}.duckdb", folder / "medbooks.duckdb"
    draft.unlink(missing_ok=True)
    with stores.lake.connect() as lake, scrubbed("publishing the marts"):
        lake.execute(f"ATTACH '{draft}' AS published")
        lake.execute("CREATE SCHEMA published.marts")
        selections = _selections(stores, lake)
        for table, sql in selections.items():
            lake.execute(f"CREATE TABLE published.marts.{table} AS {sql}")
        lake.execute("DETACH published")
    draft.replace(target)
    return target, len(selections)


def publish_parquet(stores: PracticeStores) -> tuple[Path, int]:
    """Write the published marts as Parquet under ``published/parquet`` and swap the folder in; path, tables."""
    import duckdb

    folder = stores.home.published
    draft = folder / f"parquet-{os.getpid()}-{os.urandom(4).hex()}"
    draft.mkdir()
    with scrubbed("publishing the marts"), duckdb.connect(str(folder / "medbooks.duckdb"), read_only=True) as published:
        tables = [row[0] for row in published.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        for table in tables:
            published.execute(f"COPY marts.{table} TO '{draft / table}.parquet' (FORMAT parquet)")
    link, target = folder / f".parquet-{os.getpid()}", folder / "parquet"
    link.unlink(missing_ok=True)
    link.symlink_to(draft.name)
    link.replace(target)
    for old in folder.glob("parquet-*"):
        if old.name != draft.name:
            shutil.rmtree(old)
    return target, len(tables)


_UPSTREAM = [dg.AssetKey(["ledger", "entries"]), dg.AssetKey(["marts", "denial_worklist"]),
             dg.AssetKey(["marts", "cash_forecast_summary"])]  # fmt: skip


@dg.asset(
    key=["published", "marts_duckdb"],
    group_name="publish",
    owners=[FINANCE],
    kinds={"duckdb"},
    tags={"phi": "false"},
    deps=_UPSTREAM,
    pool="lake",
    description=(
        "Grain: one read-only DuckDB file with every mart, the general ledger and the trial balance, for BI tools. "
        "No direct identifiers; service dates make it a limited data set (45 CFR 164.514(e))."
    ),
)
def marts_duckdb(practice: Practice) -> dg.MaterializeResult:
    """Publish the DuckDB copy."""
    path, tables = publish_duckdb(practice.stores)
    return dg.MaterializeResult(metadata={"tables": tables, "bytes": path.stat().st_size})


@dg.asset(
    key=["published", "marts_parquet"],
    group_name="publish",
    owners=[FINANCE],
    kinds={"parquet"},
    tags={"phi": "false"},
    deps=[dg.AssetKey(["published", "marts_duckdb"])],
    pool="lake",
    description="Grain: one Parquet file per mart, the same content as the DuckDB copy.",
)
def marts_parquet(practice: Practice) -> dg.MaterializeResult:
    """Publish the Parquet copy."""
    _, tables = publish_parquet(practice.stores)
    return dg.MaterializeResult(metadata={"tables": tables})
