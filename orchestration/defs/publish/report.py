"""The HTML report: the marts, the ledger and the control totals as one page a person looks at."""

import dagster as dg

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice
from orchestration.operations.report import write_report


@dg.asset(
    key=["reports", "index"],
    group_name="publish",
    owners=[FINANCE],
    kinds={"html"},
    tags={"phi": "false"},
    deps=[
        dg.AssetKey(["ledger", "entries"]),
        dg.AssetKey(["marts", "denial_worklist"]),
        dg.AssetKey(["marts", "cash_forecast_summary"]),
        dg.AssetKey(["marts", "fct_claim_rejections"]),
    ],
    pool="lake",
    description=(
        "Grain: one self-contained HTML page: can I trust it, how fast are we paid, who denies, what will cash do, "
        "which provider earns, what must somebody do. No identifier of a patient or a claim."
    ),
)
def report_index(practice: Practice) -> dg.MaterializeResult:
    """Write the report and swap it in."""
    written = write_report(practice.stores)
    return dg.MaterializeResult(metadata={"bytes": written.byte_count, "path": str(written.path)})
