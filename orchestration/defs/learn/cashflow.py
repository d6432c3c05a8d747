"""Cash flow: collections 90 days ahead, payroll and bills on their schedules, the low point and the pay dates."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import dagster as dg

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice
from orchestration.privacy.phi import scrubbed
from orchestration.resources.lake import frame

_COLLECTIONS = """
select cash_date as date, cast(sum(deposit_amount) as decimal(18, 2)) as deposit_amount
from measures.cash_daily group by cash_date order by cash_date
"""
_OUTFLOWS = """
select posted_date as date, withdrawal_class as outflow_kind, cast(sum(withdrawal_amount) as decimal(18, 2)) as amount
from marts.fct_withdrawals where withdrawal_class <> 'duplicate'
group by posted_date, withdrawal_class order by posted_date, withdrawal_class
"""
# the newest statement of every account says what is in the bank
_BALANCE = """
select max(balance_date) as as_of, cast(sum(ledger_balance_amount) as decimal(18, 2)) as balance_amount
from (
    select *, row_number() over (partition by account_last_four order by balance_date desc, file_id) as newest
    from staging.stg_bank__statements
    where ledger_balance_amount is not null and balance_date is not null
)
where newest = 1
"""
_FORECAST = """
create or replace table marts.cash_forecast_daily as
select
    cast(forecast_date as date) as forecast_date,
    cast(collections_amount as decimal(18, 2)) as collections_amount,
    cast(collections_lower_amount as decimal(18, 2)) as collections_lower_amount,
    cast(collections_upper_amount as decimal(18, 2)) as collections_upper_amount,
    cast(payroll_amount as decimal(18, 2)) as payroll_amount,
    cast(other_outflow_amount as decimal(18, 2)) as other_outflow_amount,
    cast(projected_balance_amount as decimal(18, 2)) as projected_balance_amount,
    cast(projected_balance_lower_amount as decimal(18, 2)) as projected_balance_lower_amount
from incoming_forecast
"""
_SUMMARY = """
create or replace table marts.cash_forecast_summary as
select
    cast(? as date) as as_of_date, cast(? as varchar) as method, cast(? as varchar) as model_version,
    cast(? as decimal(18, 2)) as opening_balance_amount, cast(? as decimal(18, 2)) as low_point_amount,
    cast(? as date) as low_point_date, cast(? as decimal(18, 4)) as runway_ratio, cast(? as boolean) as is_alert,
    cast(? as date) as alert_date, cast(? as double) as wape, cast(? as double) as naive_wape
"""


def _spec(name: str, description: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=["marts", name],
        deps=[dg.AssetKey(["measures", "cash_daily"]), dg.AssetKey(["marts", "fct_withdrawals"])],
        description=description,
        owners=[FINANCE],
        kinds={"duckdb", "python", "prophet", "mlflow"},
        tags={"phi": "false"},
        group_name="learn",
    )


@dg.multi_asset(
    name="forecast_cash",
    pool="lake",
    specs=[
        _spec(
            "cash_forecast_daily",
            "Grain: one of the next 90 days. Collections by Prophet on daily deposits (or the baseline that beats it "
            "in the back-test), payroll and other outflows by the rhythm of the past, balance to the cent, with an "
            "80 % split-conformal bound. Known limit: one bank balance for all accounts.",
        ),
        _spec(
            "cash_forecast_summary",
            "Grain: one row, the newest forecast: low point, runway against payroll, alert below 1.2 payrolls.",
        ),
    ],
)
def forecast_cash(context: dg.AssetExecutionContext, practice: Practice) -> Iterator[dg.MaterializeResult]:
    """Forecast from the bank's own history, track the model, write the forecast to the marts."""
    from models_ml.cashflow.forecast import forecast_cash as forecast_of
    from orchestration.resources.tracking import run_tags, tracking

    stores = practice.stores
    with stores.lake.connect() as lake, scrubbed("reading bank history"):
        collections = frame(lake, _COLLECTIONS)
        outflows = frame(lake, _OUTFLOWS)
        as_of, balance = lake.execute(_BALANCE).fetchone() or (None, None)
    has_history = as_of is not None and len(collections) > 0
    with scrubbed("forecasting cash"):
        forecast = forecast_of(
            collections,
            outflows,
            opening_balance_amount=balance if balance is not None else Decimal("0.00"),
            as_of=as_of or dt.datetime.now(dt.UTC).date(),
        )
        version = 0
        if has_history:
            with tracking(stores.home) as store:
                version = store.log_cashflow(forecast, run_tags(context.run_id))
    summary = forecast.summary
    engine = forecast.metrics.get(forecast.model.engine, {})
    naive = forecast.metrics.get("seasonal_naive", {})
    with stores.lake.connect() as lake, scrubbed("writing the cash forecast"):
        lake.register("incoming_forecast", forecast.forecast if has_history else forecast.forecast.head(0))
        lake.execute(_FORECAST)
        lake.execute(
            _SUMMARY + ("" if has_history else " where false"),
            [
                forecast.as_of,
                forecast.method,
                str(version),
                summary.opening_balance_amount,
                summary.low_point_amount,
                summary.low_point_date,
                summary.runway_ratio,
                summary.is_alert,
                summary.alert_date,
                engine.get("wape"),
                naive.get("wape"),
            ],
        )
    yield dg.MaterializeResult(
        asset_key=["marts", "cash_forecast_daily"],
        metadata={
            "dagster/row_count": len(forecast.forecast) if has_history else 0,
            "method": forecast.method,
            "model_version": version,
            "wape": engine.get("wape"),
            "seasonal_naive_wape": naive.get("wape"),
        },
    )
    yield dg.MaterializeResult(
        asset_key=["marts", "cash_forecast_summary"],
        metadata={
            "dagster/row_count": 1 if has_history else 0,
            "opening_balance_amount": f"{summary.opening_balance_amount:.2f}",
            "low_point_amount": f"{summary.low_point_amount:.2f}",
            "low_point_date": str(summary.low_point_date),
            "is_alert": summary.is_alert,
        },
    )
