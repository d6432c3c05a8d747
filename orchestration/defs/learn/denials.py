"""Denials: both models trained on decided appeals, tracked, and every open denial scored for the worklist."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.catalog import BILLING
from orchestration.defs.resources import Practice

_DENIALS = dg.AssetKey(["marts", "fct_denials"])


def _spec(name: str, description: str, phi: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=["marts", name],
        deps=[_DENIALS],
        description=description,
        owners=[BILLING],
        kinds={"duckdb", "python", "xgboost", "mlflow"},
        tags={"phi": phi},
        group_name="learn",
    )


@dg.multi_asset(
    name="score_denials",
    pool="lake",
    specs=[
        _spec(
            "denial_scores",
            "Grain: one denied line that no later remittance has decided. Probability that an appeal is won, by the "
            "model that ranked better walk-forward: a hierarchical empirical-Bayes rate table or XGBoost. Known "
            "limit: labels come only from lines the practice appealed.",
            "false",
        ),
        _spec(
            "denial_worklist",
            "Grain: one open denied line, the largest expected recovery first: what a biller works from. Worth "
            "appealing when probability × expected allowed amount exceeds the cost of an appeal.",
            "true",
        ),
        _spec(
            "denial_model_summary",
            "Grain: one row, the model that scored the worklist: how many decided appeals it knows, how well it ranks.",
            "false",
        ),
    ],
)
def score_denials(context: dg.AssetExecutionContext, practice: Practice) -> Iterator[dg.MaterializeResult]:
    """Train on what was decided, score what is open, track both models, write the scores to the marts."""
    from orchestration.operations import score_denials as scoring

    done = scoring.score_denials(practice.stores, context.run_id)
    yield dg.MaterializeResult(
        asset_key=["marts", "denial_scores"],
        metadata={
            "dagster/row_count": done.scored_count,
            "model": done.model_name,
            "model_version": done.model_version,
            "why_this_model": done.choice_reason,
            "decided_appeals": done.decided_appeal_count,
            "walk_forward_auc": done.walk_forward_auc,
            "expected_calibration_error": done.expected_calibration_error,
            "worth_appealing": done.worth_appealing_count,
            "expected_recovery_amount": f"{done.expected_recovery_amount:.2f}",
        },
    )
    yield dg.MaterializeResult(asset_key=["marts", "denial_worklist"], metadata={"dagster/row_count": done.open_count})
    yield dg.MaterializeResult(asset_key=["marts", "denial_model_summary"], metadata={"dagster/row_count": 1})
