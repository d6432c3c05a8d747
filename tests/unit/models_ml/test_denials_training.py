"""Training and scoring of denials as a whole: leakage, order, fallbacks, what is scored."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import model_examples
import pandas as pd
import polars as pl
import pytest

from models_ml.denials.config import DenialConfig
from models_ml.denials.decide import SCORE_COLUMNS
from models_ml.denials.training import DenialResult, train_and_score

AS_OF = dt.date(2025, 6, 30)


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return model_examples.denials(2500)


@pytest.fixture(scope="module")
def trained(lines) -> DenialResult:
    return train_and_score(lines, as_of=AS_OF)


def same(left: DenialResult, right: DenialResult) -> None:
    pd.testing.assert_frame_equal(left.scores, right.scores)
    assert left.metrics == right.metrics
    assert left.newest_metrics == right.newest_metrics
    assert left.data_hash == right.data_hash


def test_the_trees_serve_when_they_rank_better_on_the_newest_window(trained):
    newest = trained.newest_metrics
    assert trained.model_name == "boosted_trees"
    assert newest["boosted_trees"].auc > newest["rate_table"].auc
    assert set(trained.scores["model_name"]) == {"boosted_trees"}


def test_both_models_are_judged_on_the_same_rows(trained):
    assert trained.metrics["rate_table"].row_count == trained.metrics["boosted_trees"].row_count > 300
    assert 0.7 < trained.metrics["boosted_trees"].auc < 0.9
    assert trained.metrics["boosted_trees"].ece < 0.1


def test_the_expected_value_rule_nets_nearly_what_the_oracle_does_and_the_threshold_does_not(trained):
    for metrics in trained.metrics.values():
        assert metrics.threshold_net_amount < metrics.net_amount <= metrics.oracle_net_amount
    best = trained.metrics["boosted_trees"]
    assert best.net_amount > Decimal("0.75") * best.oracle_net_amount


def test_outcomes_after_the_day_change_nothing(lines, trained):
    later = lines.copy()
    unknown = ~(pd.to_datetime(later["appeal_decided_date"]) <= pd.Timestamp(AS_OF))
    assert unknown.sum() > 500
    later.loc[unknown, "was_appealed"] = True
    later.loc[unknown, "was_overturned"] = True
    later.loc[unknown, "appeal_decided_date"] = dt.date(2026, 3, 1)
    same(train_and_score(later, as_of=AS_OF), trained)


def test_lines_denied_after_the_day_change_nothing(lines, trained):
    past = lines.loc[pd.to_datetime(lines["denied_date"]) <= pd.Timestamp(AS_OF)]
    assert len(past) < len(lines)
    same(train_and_score(past, as_of=AS_OF), trained)


def test_a_column_outside_the_contract_changes_nothing(lines, trained):
    leaking = lines.assign(paid_after_appeal=lines["was_overturned"], frequency_code="7")
    same(train_and_score(leaking, as_of=AS_OF), trained)


def test_the_order_of_rows_changes_nothing(lines, trained):
    same(train_and_score(lines.sample(frac=1, random_state=3), as_of=AS_OF), trained)


def test_the_same_frame_trains_the_same_model_twice(lines, trained):
    same(train_and_score(lines, as_of=AS_OF), trained)


def test_a_polars_frame_is_read_like_a_pandas_one(lines, trained):
    same(train_and_score(pl.from_pandas(lines), as_of=AS_OF), trained)


def test_identifiers_change_no_probability(lines, trained):
    renamed = lines.assign(denial_id=[f"x{name}" for name in lines["denial_id"]])
    result = train_and_score(renamed, as_of=AS_OF)
    assert result.scores["overturn_probability"].tolist() == trained.scores["overturn_probability"].tolist()


def test_lines_without_a_known_decision_are_scored_and_no_others(lines, trained):
    denied = pd.to_datetime(lines["denied_date"]) <= pd.Timestamp(AS_OF)
    decided = pd.to_datetime(lines["appeal_decided_date"]) <= pd.Timestamp(AS_OF)
    assert trained.scores["denial_id"].tolist() == sorted(lines.loc[denied & ~decided, "denial_id"])
    assert tuple(trained.scores.columns) == SCORE_COLUMNS
    assert trained.labelled_count == int((denied & decided).sum())


def test_every_score_is_a_probability_with_a_reason(trained):
    assert trained.scores["overturn_probability"].between(0, 1).all()
    assert trained.scores["reason"].str.len().min() > 10
    # a provider's number is not part of a sentence
    assert not trained.scores["reason"].str.contains("1234567893").any()


def test_a_judged_window_knows_only_decisions_made_before_it(lines, trained):
    judged = trained.judged
    flipped = lines.copy()
    newest = judged.loc[judged["window"] == judged["window"].max(), "denial_id"]
    change = flipped["denial_id"].isin(newest)
    flipped.loc[change, "was_overturned"] = ~flipped.loc[change, "was_overturned"].astype(bool)
    again = train_and_score(flipped, as_of=AS_OF).judged
    for model in ("rate_table", "boosted_trees"):
        assert again[model].tolist() == judged[model].tolist()


def test_no_row_is_a_table_and_no_score():
    result = train_and_score(model_examples.denials(5).iloc[:0], as_of=AS_OF)
    assert result.model_name == "rate_table"
    assert result.scores.empty
    assert tuple(result.scores.columns) == SCORE_COLUMNS
    assert result.metrics == {}


def test_no_decision_gives_the_documented_prior():
    lines = model_examples.denials(20).assign(was_appealed=False, appeal_decided_date=None, was_overturned=None)
    result = train_and_score(lines, as_of=AS_OF)
    assert set(result.scores["overturn_probability"]) == {0.44}
    assert result.scores["reason"].iloc[0] == "no appeal has been decided yet: the documented prior"


def test_a_small_practice_gets_the_rate_table():
    result = train_and_score(model_examples.denials(60), as_of=model_examples.AS_OF)
    assert result.model_name == "rate_table"
    assert result.model.boosted is None
    assert "fewer than 300" in result.choice_reason


def test_appeals_that_all_ended_alike_do_not_break_training(lines):
    won = lines.assign(was_overturned=[True if a else None for a in lines["was_appealed"]])
    result = train_and_score(won, as_of=AS_OF)
    assert result.model_name == "rate_table"
    assert result.metrics["rate_table"].auc is None
    assert result.scores["overturn_probability"].min() > 0.8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda f: f.drop(columns="reason_code"), "lacks reason_code", id="missing_column"),
        pytest.param(lambda f: f.assign(denial_id="same"), "unique", id="repeated_id"),
        pytest.param(
            lambda f: f.assign(charged_amount=Decimal("1.005")), "fraction of a cent", id="fraction_of_a_cent"
        ),
    ],
)
def test_a_frame_that_breaks_its_contract_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        train_and_score(change(model_examples.denials(10)), as_of=model_examples.AS_OF)


def test_float_money_is_refused_without_showing_it():
    with pytest.raises(TypeError, match="money is Decimal") as caught:
        train_and_score(model_examples.denials(10).assign(charged_amount=123.45), as_of=model_examples.AS_OF)
    assert "123" not in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"automatic_task_probability": 1.2}, id="floor_above_one"),
        pytest.param({"appeal_cost_amount": Decimal(-1)}, id="negative_cost"),
        pytest.param({"fold_count": 0}, id="no_fold"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings):
    with pytest.raises(ValueError, match=r"probability|negative|fold"):
        DenialConfig(**settings)
