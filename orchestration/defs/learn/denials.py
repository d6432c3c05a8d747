"""Denials: both models trained on decided appeals, tracked, and every open denial scored for the worklist."""

import datetime as dt
from collections.abc import Iterator

import dagster as dg

from orchestration.defs.catalog import BILLING
from orchestration.defs.resources import Practice
from orchestration.privacy.phi import scrubbed
from orchestration.stores.lake import frame

_DENIALS = dg.AssetKey(["marts", "fct_denials"])

_INPUTS = """
select
    denial_id, denied_date, service_date, payer_id, payer_class, procedure_category, modifier_1, diagnosis_chapter,
    group_code, reason_code, denial_class, remark_code, place_of_service_code, rendering_provider_id, charged_amount,
    expected_allowed_amount, days_since_service, was_appealed, appeal_decided_date, was_overturned
from marts.fct_denials
order by denial_id
"""

_SCORES = """
create or replace table marts.denial_scores as
select
    cast(denial_id as varchar) as denial_id,
    cast(overturn_probability as double) as overturn_probability,
    cast(model_name as varchar) as model_name,
    cast(? as varchar) as model_version,
    cast(expected_recovery_amount as decimal(18, 2)) as expected_recovery_amount,
    cast(worth_appealing as boolean) as is_worth_appealing,
    cast(needs_human as boolean) as is_for_a_person,
    cast(reason as varchar) as reason
from incoming_scores
"""

_WORKLIST = """
create or replace table marts.denial_worklist as
select
    row_number() over (order by scores.expected_recovery_amount desc nulls last, denials.denial_id) as priority_number,
    denials.denial_id, denials.claim_id, denials.line_control_number, denials.denied_date, denials.service_date,
    denials.payer_id, denials.payer_class, denials.procedure_code, denials.procedure_category, denials.group_code,
    denials.reason_code, denials.denial_class, denials.action_code, denials.remark_code, denials.charge_match_method,
    denials.days_since_service, denials.charged_amount,
    denials.expected_allowed_amount, scores.overturn_probability, scores.expected_recovery_amount,
    scores.is_worth_appealing, scores.is_for_a_person, scores.reason, scores.model_name, scores.model_version
from marts.fct_denials as denials
inner join marts.denial_scores as scores on denials.denial_id = scores.denial_id
where not denials.was_appealed
"""

_SUMMARY = """
create or replace table marts.denial_model_summary as
select
    cast(? as date) as as_of_date, cast(? as varchar) as model_name, cast(? as varchar) as model_version,
    cast(? as varchar) as choice_reason, cast(? as bigint) as decided_appeal_count,
    cast(? as double) as walk_forward_auc, cast(? as double) as expected_calibration_error
"""


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
    from models_ml.denials.config import DenialConfig
    from models_ml.denials.training import train_and_score
    from orchestration.stores.tracking import run_tags, tracking

    stores = practice.stores
    with stores.lake.connect() as lake, scrubbed("reading denials"):
        denials = frame(lake, _INPUTS)
        newest = lake.execute("select max(posting_date) from marts.fct_remittance_lines").fetchone()
    # the data's own day, so that a rebuild learns what was learned; the clock only where there is no data
    as_of = (newest and newest[0]) or dt.datetime.now(dt.UTC).date()
    with scrubbed("training the denial models"):
        config = DenialConfig(appeal_cost_amount=stores.home.settings.appeal_cost_amount)
        result = train_and_score(denials, as_of=as_of, config=config)
        with tracking(stores.home) as store:
            version = store.log_denials(result, run_tags(context.run_id))
    serving = result.metrics.get(result.model_name)
    auc, ece = (serving.auc, serving.ece) if serving else (None, None)
    with stores.lake.connect() as lake, scrubbed("writing denial scores"):
        lake.register("incoming_scores", result.scores)
        lake.execute(_SCORES, [str(version)])
        lake.execute(_WORKLIST)
        lake.execute(
            _SUMMARY,
            [as_of, result.model_name, str(version), result.choice_reason, result.labelled_count, auc, ece],
        )
        worth, recovery, lines = lake.execute(
            "select count(*) filter (is_worth_appealing), "
            "coalesce(sum(expected_recovery_amount) filter (is_worth_appealing), 0), count(*) "
            "from marts.denial_worklist"
        ).fetchone() or (0, 0, 0)
    metadata = {
        "model": result.model_name,
        "model_version": version,
        "why_this_model": result.choice_reason,
        "decided_appeals": result.labelled_count,
        "walk_forward_auc": auc,
        "expected_calibration_error": ece,
        "worth_appealing": worth,
        "expected_recovery_amount": f"{recovery:.2f}",
    }
    yield dg.MaterializeResult(
        asset_key=["marts", "denial_scores"], metadata={**metadata, "dagster/row_count": len(result.scores)}
    )
    yield dg.MaterializeResult(asset_key=["marts", "denial_worklist"], metadata={"dagster/row_count": lines})
    yield dg.MaterializeResult(asset_key=["marts", "denial_model_summary"], metadata={"dagster/row_count": 1})
