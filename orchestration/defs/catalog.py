"""What every asset of the shell says about itself, said once: owners, row counts, control totals."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.core.tables import Table
from orchestration.stores.lake import Lake

DATA_TEAM = "team:data-engineering"
BOOKKEEPING = "team:bookkeeping"
BILLING = "team:billing"
FINANCE = "team:finance"


def row_counts(lake: Lake, tables: Sequence[Table]) -> Mapping[str, Any]:
    """Return ``dagster/row_count`` of the only table, as Dagster's catalog shows it."""
    with lake.connect() as connection:
        total = connection.execute(f"select count(*) from {tables[0].qualified_name}").fetchone()
    return {"dagster/row_count": int(total[0]) if total else 0}
