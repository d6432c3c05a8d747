"""Forecast cash 90 days ahead from the bank's own history, and write the forecast to the marts.

What does not belong here: how it is forecast (``models_ml.cashflow``), and what a deposit is (dbt).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.operations.tracking import run_tags, tracking
from orchestration.privacy.phi import scrubbed
from orchestration.stores.lake import frame

if TYPE_CHECKING:
    from orchestration.stores.practice import PracticeStores

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


@dataclass(frozen=True, slots=True)
class ForecastCash:
    """The newest forecast; amounts in dollars, errors as shares of what was forecast (WAPE), ``None`` where unknown."""

    method: str
    model_version: int
    day_count: int
    wape: float | None
    naive_wape: float | None
    opening_balance_amount: Decimal
    low_point_amount: Decimal
    low_point_date: dt.date | None
    is_alert: bool


def forecast_cash(stores: PracticeStores, run_id: str) -> ForecastCash:
    """Forecast from the bank's own history, track the model, write the forecast to the marts; no history, no days.

    Raises ``BooksError`` without a library's words: they may quote a row.
    """
    from models_ml.cashflow.forecast import forecast_cash as forecast_of

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
                version = store.log_cashflow(forecast, run_tags(run_id))
    summary = forecast.summary
    wape = forecast.metrics.get(forecast.model.engine, {}).get("wape")
    naive_wape = forecast.metrics.get("seasonal_naive", {}).get("wape")
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
                wape,
                naive_wape,
            ],
        )
    return ForecastCash(
        method=forecast.method,
        model_version=version,
        day_count=len(forecast.forecast) if has_history else 0,
        wape=wape,
        naive_wape=naive_wape,
        opening_balance_amount=summary.opening_balance_amount,
        low_point_amount=summary.low_point_amount,
        low_point_date=summary.low_point_date,
        is_alert=summary.is_alert,
    )
