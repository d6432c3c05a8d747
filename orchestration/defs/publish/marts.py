"""Copies of the marts for BI tools: without direct identifiers, swapped in one step, never half written."""

import dagster as dg

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice
from orchestration.operations.publish import publish_duckdb, publish_parquet

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
    copy = publish_duckdb(practice.stores)
    return dg.MaterializeResult(metadata={"tables": copy.table_count, "bytes": copy.path.stat().st_size})


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
    return dg.MaterializeResult(metadata={"tables": publish_parquet(practice.stores).table_count})
