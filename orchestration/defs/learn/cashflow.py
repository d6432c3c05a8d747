"""Cash flow: collections 90 days ahead, payroll and bills on their schedules, the low point and the pay dates."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice


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
    from orchestration.operations import forecast_cash as forecasting

    done = forecasting.forecast_cash(practice.stores, context.run_id)
    yield dg.MaterializeResult(
        asset_key=["marts", "cash_forecast_daily"],
        metadata={
            "dagster/row_count": done.day_count,
            "method": done.method,
            "model_version": done.model_version,
            "wape": done.wape,
            "seasonal_naive_wape": done.naive_wape,
        },
    )
    yield dg.MaterializeResult(
        asset_key=["marts", "cash_forecast_summary"],
        metadata={
            "dagster/row_count": 1 if done.day_count else 0,
            "opening_balance_amount": f"{done.opening_balance_amount:.2f}",
            "low_point_amount": f"{done.low_point_amount:.2f}",
            "low_point_date": str(done.low_point_date),
            "is_alert": done.is_alert,
        },
    )
