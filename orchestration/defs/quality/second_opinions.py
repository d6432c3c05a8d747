"""pyx12's word on every remittance file beside ours: stored, compared, and said when they differ without reason."""

import os

import dagster as dg

from orchestration.defs.catalog import DATA_TEAM
from orchestration.defs.resources import Practice
from orchestration.operations.second_opinions import ask_second_opinions, second_opinion_counts

KEY = dg.AssetKey(["quality", "second_opinions"])
# CPU-seconds of a run; small next to a run's own, and the demo's files need less
_DEFAULT_SECONDS = 20.0


@dg.asset(
    key=KEY,
    group_name="quality",
    owners=[DATA_TEAM],
    kinds={"duckdb", "python"},
    tags={"phi": "false"},
    deps=[dg.AssetKey(["raw_era835", "files"])],
    pool="lake",
    description=(
        "Grain: one remittance file pyx12 was asked about. Our verdict and pyx12's, and why they differ when they do: "
        "a listed defect of pyx12, or a disagreement somebody should look at. Known limit: bounded time a run "
        "(MEDBOOKS_SECOND_OPINION_SECONDS); of files above 500 KB one transaction is asked about."
    ),
)
def second_opinions(practice: Practice) -> dg.MaterializeResult:
    """Ask pyx12 about remittance files it has not seen."""
    seconds = float(os.environ.get("MEDBOOKS_SECOND_OPINION_SECONDS") or _DEFAULT_SECONDS)
    asked = ask_second_opinions(practice.stores, seconds)
    counts = second_opinion_counts(practice.stores)
    return dg.MaterializeResult(metadata={"dagster/row_count": sum(counts.values()), "asked_files": asked, **counts})


@dg.asset_check(
    asset=KEY,
    name="pyx12_agrees_or_its_defect_is_known",
    description="Where pyx12's verdict on a remittance differs from ours, a listed defect of pyx12 explains it.",
)
def pyx12_agrees_or_its_defect_is_known(practice: Practice) -> dg.AssetCheckResult:
    """Say how many verdicts differ without a known reason; the files are looked at, nothing is held."""
    count = second_opinion_counts(practice.stores).get("disagreement", 0)
    return dg.AssetCheckResult(
        passed=count == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"disagreements": count}
    )
