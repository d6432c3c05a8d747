"""Train the denial models on decided appeals, score every open denial, and write the worklist a biller works from.

What does not belong here: features, models and the decision rule (``models_ml.denials``), and what a denial is (dbt).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.operations.tracking import run_tags, tracking
from orchestration.privacy.phi import scrubbed
from orchestration.stores.lake import frame

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.stores.practice import PracticeStores

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


@dataclass(frozen=True, slots=True)
class ScoredDenials:
    """The model that served and what it said; rates and probabilities 0 to 1, amounts in dollars."""

    model_name: str
    model_version: int
    choice_reason: str
    decided_appeal_count: int
    walk_forward_auc: float | None
    expected_calibration_error: float | None
    scored_count: int
    open_count: int
    worth_appealing_count: int
    expected_recovery_amount: Decimal


def score_denials(stores: PracticeStores, run_id: str) -> ScoredDenials:
    """Train on what was decided, score what is open, track both models, write scores and worklist to the marts.

    Raises ``BooksError`` without a library's words: they may quote a row.
    """
    from models_ml.denials.config import DenialConfig
    from models_ml.denials.training import train_and_score

    with stores.lake.connect() as lake, scrubbed("reading denials"):
        denials = frame(lake, _INPUTS)
        newest = lake.execute("select max(posting_date) from marts.fct_remittance_lines").fetchone()
    # the data's own day, so that a rebuild learns what was learned; the clock only where there is no data
    as_of = (newest and newest[0]) or dt.datetime.now(dt.UTC).date()
    with scrubbed("training the denial models"):
        config = DenialConfig(appeal_cost_amount=stores.home.settings.appeal_cost_amount)
        result = train_and_score(denials, as_of=as_of, config=config)
        with tracking(stores.home) as store:
            version = store.log_denials(result, run_tags(run_id))
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
    return ScoredDenials(
        model_name=result.model_name,
        model_version=version,
        choice_reason=result.choice_reason,
        decided_appeal_count=result.labelled_count,
        walk_forward_auc=auc,
        expected_calibration_error=ece,
        scored_count=len(result.scores),
        open_count=lines,
        worth_appealing_count=worth,
        expected_recovery_amount=recovery,
    )
