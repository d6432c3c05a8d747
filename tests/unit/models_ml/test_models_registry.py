"""MLflow: what a run holds, what loads back, who is champion."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import model_examples
import pandas as pd
import pytest

from models_ml.cashflow.forecast import CashForecast, forecast_cash
from models_ml.denials.config import DenialConfig
from models_ml.denials.frame import AMOUNTS, DECISION_COLUMNS
from models_ml.denials.training import DenialResult, train_and_score
from models_ml.registry import Tracking

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF = model_examples.AS_OF
TAGS = {"run_id": "run-1", "git_sha": "0" * 40}


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    return model_examples.denials(1200)


@pytest.fixture(scope="module")
def trained(lines) -> DenialResult:
    return train_and_score(lines, as_of=dt.date(2025, 9, 30), config=DenialConfig(fold_count=1))


@pytest.fixture(scope="module")
def forecast() -> CashForecast:
    return forecast_cash(
        model_examples.deposits(365),
        model_examples.outflows(365),
        opening_balance_amount=Decimal("60000.00"),
        as_of=AS_OF,
    )


@pytest.fixture(scope="module")
def tracking(tmp_path_factory) -> Iterator[Tracking]:
    folder = tmp_path_factory.mktemp("tracking")
    opened = Tracking(f"sqlite:///{folder / 'mlflow.db'}", folder / "artifacts")
    yield opened
    opened.close()


def serving_frame(lines: pd.DataFrame) -> pd.DataFrame:
    frame = lines[list(DECISION_COLUMNS)].copy()
    for name in AMOUNTS:
        frame[name] = frame[name].map(str)
    return frame.assign(days_since_service=frame["days_since_service"].astype(float))


@pytest.mark.long
def test_a_registered_denial_model_loads_back_and_gives_the_same_scores(tracking, lines, trained):
    number = tracking.log_denials(trained, TAGS)
    assert tracking.versions("denial_overturn")["challenger"] == number
    loaded = tracking.load("denial_overturn", "challenger")
    wanted = lines.set_index("denial_id").loc[trained.scores["denial_id"]]
    again = loaded.predict(serving_frame(wanted))
    assert again["overturn_probability"].tolist() == trained.scores["overturn_probability"].tolist()


def test_a_registered_forecast_loads_back_and_gives_the_same_collections(tracking, forecast):
    tracking.log_cashflow(forecast, TAGS)
    assert forecast.model.engine.startswith("prophet")
    loaded = tracking.load("cash_forecast")
    dates = pd.DataFrame({"forecast_date": pd.to_datetime(forecast.forecast["forecast_date"])})
    assert loaded.predict(dates)["collections_amount"].tolist() == forecast.forecast["collections_amount"].tolist()


def test_a_run_holds_figures_tags_and_the_rate_table_but_no_row(tracking, lines, trained):
    number = tracking.log_denials(trained, TAGS)
    client = tracking._client()
    version = client.get_model_version("denial_overturn", str(number))
    run = client.get_run(version.run_id)
    tags = run.data.tags
    assert (tags["run_id"], tags["git_sha"], tags["as_of"]) == ("run-1", "0" * 40, "2025-09-30")
    assert tags["data_hash"] == trained.data_hash
    assert run.data.metrics["rate_table.newest.auc"] == trained.newest_metrics["rate_table"].auc
    assert run.data.params["appeal_cost_amount"] == "25.00"
    assert [file.path for file in client.list_artifacts(version.run_id)] == ["rates.json"]
    stored = [path for path in tracking.artifact_root.rglob("*") if path.is_file()]
    assert stored
    for path in stored:
        content = path.read_bytes()
        assert not any(name.encode() in content for name in lines["denial_id"].head(50))


def test_requirements_are_the_declared_ones(tracking, trained):
    tracking.log_denials(trained, TAGS)
    files = sorted(tracking.artifact_root.glob("denial_overturn/models/*/artifacts/requirements.txt"))
    names = {line.split("==")[0] for line in files[-1].read_text().splitlines()}
    assert names >= {"pandas"}
    assert names <= {"pandas", "xgboost-cpu", "mlflow"}


def with_newest(result: DenialResult, name: str, table_auc: float, trees_auc: float) -> DenialResult:
    newest = {
        "rate_table": dataclasses.replace(result.newest_metrics["rate_table"], auc=table_auc),
        "boosted_trees": dataclasses.replace(result.newest_metrics["rate_table"], auc=trees_auc),
    }
    return dataclasses.replace(result, model=dataclasses.replace(result.model, name=name), newest_metrics=newest)


@pytest.fixture
def promotions(tracking, trained) -> Tracking:
    """A store whose champion is the trees; the store is shared, its champion set anew."""
    first = tracking.log_denials(with_newest(trained, "boosted_trees", 0.7, 0.8), TAGS)
    tracking._client().set_registered_model_alias("denial_overturn", "champion", str(first))
    return tracking


@pytest.mark.parametrize(
    ("name", "table_auc", "trees_auc", "days_later", "is_promoted"),
    [
        pytest.param("rate_table", 0.7, 0.8, 1, False, id="other_kind_that_ranks_worse"),
        pytest.param("rate_table", 0.8, 0.7, 1, True, id="other_kind_that_ranks_better"),
        pytest.param("rate_table", 0.8, 0.8, 1, True, id="other_kind_as_good"),
        pytest.param("boosted_trees", 0.8, 0.7, 1, True, id="same_kind_with_newer_data"),
        pytest.param("boosted_trees", 0.7, 0.8, -1, False, id="an_earlier_day"),
    ],
)
def test_a_challenger_becomes_champion_when_it_is_at_least_as_good(
    promotions, trained, name, table_auc, trees_auc, days_later, is_promoted
):
    result = with_newest(trained, name, table_auc, trees_auc)
    result = dataclasses.replace(result, as_of=trained.as_of + dt.timedelta(days=days_later))
    number = promotions.log_denials(result, TAGS)
    aliases = promotions.versions("denial_overturn")
    assert aliases["challenger"] == number
    assert (aliases["champion"] == number) is is_promoted


def test_an_unknown_model_has_no_versions(tracking):
    assert tracking.versions("never_registered") == {}
