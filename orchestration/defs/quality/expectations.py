"""The quality report finance reads: what is new since the last report, checked at three gates, as pages."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice
from orchestration.operations.judge import GATE_MODELS, judge
from orchestration.quality.rules import GATES

KEY = dg.AssetKey(["quality", "data_docs"])


def _check_name(gate: str) -> str:
    return f"{gate}_{'is' if gate == 'journal_batch' else 'are'}_fit_to_post"


@dg.asset(
    key=KEY,
    group_name="quality",
    owners=[FINANCE],
    kinds={"greatexpectations", "html"},
    tags={"phi": "false"},
    deps=[dg.AssetKey(list(model)) for model in GATE_MODELS.values()],
    pool="lake",
    check_specs=[
        dg.AssetCheckSpec(
            name=_check_name(gate),
            asset=KEY,
            blocking=True,
            description=f"No rule of the gate '{gate}' whose failure keeps a batch from being posted has failed.",
        )
        for gate in GATES
    ],
    description=(
        "Grain: one report per run with new rows. A Great Expectations checkpoint over the rows that are new at three "
        "gates, as Data Docs that render offline; results are pass or fail, never a value of a row. Known limit: "
        "drift against history is not judged yet."
    ),
)
def data_docs(context: dg.AssetExecutionContext, practice: Practice) -> Iterator[dg.MaterializeResult]:
    """Check what is new at every gate and write the pages."""
    judged = judge(practice.stores, context.run_id)
    yield dg.MaterializeResult(metadata={"checked_rows": sum(judged.row_counts.values()), "report": str(judged.page)})
    for gate in GATES:
        yield dg.AssetCheckResult(
            asset_key=KEY,
            check_name=_check_name(gate),
            passed=judged.is_passed[gate],
            metadata={"checked_rows": judged.row_counts[gate]},
        )
