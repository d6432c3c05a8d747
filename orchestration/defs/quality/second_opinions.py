"""pyx12's word on every remittance file beside ours: stored, compared, and said when they differ without reason.

pyx12 is slow, so a run asks about new files for a bounded time and the next run goes on. What does not belong here:
asking and comparing (``formats.x12.era835.opinions``).
"""

import os
import time

import dagster as dg

from orchestration.defs.catalog import DATA_TEAM
from orchestration.defs.resources import Practice
from orchestration.formats.x12.era835.opinions import SECOND_OPINIONS, second_opinion
from orchestration.privacy.phi import scrubbed
from orchestration.resources.lake import create_tables
from orchestration.resources.practice import PracticeStores

KEY = dg.AssetKey(["quality", "second_opinions"])
# CPU-seconds of a run; small next to a run's own, and the demo's files need less
_DEFAULT_SECONDS = 20.0


def ask(stores: PracticeStores, seconds: float) -> int:
    """Ask about files no row knows, newest first, until the time is used up; return how many were asked about."""
    with stores.lake.connect() as lake, scrubbed("asking for a second opinion"):
        lake.execute("CREATE SCHEMA IF NOT EXISTS quality")
        create_tables(lake, (SECOND_OPINIONS,))
        waiting = lake.execute(
            f"SELECT file_id FROM raw_era835.files WHERE file_id NOT IN "
            f"(SELECT file_id FROM {SECOND_OPINIONS.qualified_name}) ORDER BY loaded_at DESC, file_id"
        ).fetchall()
        rows = []
        started = time.process_time()
        for (identity,) in waiting:
            if time.process_time() - started >= seconds:
                break
            rows.append(second_opinion(stores.landed.get(identity)))
        if rows:
            lake.register("incoming", SECOND_OPINIONS.to_arrow(rows))
            lake.execute(f"INSERT INTO {SECOND_OPINIONS.qualified_name} BY NAME SELECT * FROM incoming")
    return len(rows)


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
    stores = practice.stores
    seconds = float(os.environ.get("MEDBOOKS_SECOND_OPINION_SECONDS") or _DEFAULT_SECONDS)
    asked = ask(stores, seconds)
    with stores.lake.connect() as lake:
        counts = dict(
            lake.execute(f"SELECT comparison, count(*) FROM {SECOND_OPINIONS.qualified_name} GROUP BY 1").fetchall()
        )
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(counts.values()),
            "asked_files": asked,
            **{k: int(v) for k, v in counts.items()},
        }
    )


@dg.asset_check(
    asset=KEY,
    name="pyx12_agrees_or_its_defect_is_known",
    description="Where pyx12's verdict on a remittance differs from ours, a listed defect of pyx12 explains it.",
)
def pyx12_agrees_or_its_defect_is_known(practice: Practice) -> dg.AssetCheckResult:
    """Say how many verdicts differ without a known reason; the files are looked at, nothing is held."""
    with practice.stores.lake.connect() as lake:
        found = lake.execute(
            f"SELECT count(*) FROM {SECOND_OPINIONS.qualified_name} WHERE comparison = 'disagreement'"
        ).fetchone() or (0,)
    return dg.AssetCheckResult(
        passed=found[0] == 0, severity=dg.AssetCheckSeverity.WARN, metadata={"disagreements": int(found[0])}
    )
