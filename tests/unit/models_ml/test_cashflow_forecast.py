"""The cash forecast as a whole: conservation to the cent, intervals, alerts, fallbacks, determinism."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import model_examples
import pandas as pd
import pytest

from models_ml.cashflow.config import CashConfig
from models_ml.cashflow.forecast import FORECAST_COLUMNS, PAY_DATE_COLUMNS, CashForecast, forecast_cash
from models_ml.cashflow.series import federal_holidays

AS_OF = model_examples.AS_OF
OPENING = Decimal("60000.05")
# one origin: where the test is not about the back-test
QUICK = CashConfig(origin_count=1)
NOTHING_OUT = model_examples.outflows(30).iloc[:0]


def forecast(day_count: int, opening: Decimal = OPENING, **settings: object) -> CashForecast:
    return forecast_cash(
        model_examples.deposits(day_count),
        model_examples.outflows(day_count),
        opening_balance_amount=opening,
        as_of=AS_OF,
        **settings,
    )


@pytest.fixture(scope="module")
def year() -> CashForecast:
    return forecast(365)


@pytest.fixture(scope="module", params=[365, 45, 0], ids=["a_year", "six_weeks", "nothing"])
def any_history(request, year) -> CashForecast:
    return year if request.param == 365 else forecast(request.param)


def test_every_day_ahead_has_one_row(any_history):
    dates = any_history.forecast["forecast_date"].tolist()
    assert dates == [AS_OF + dt.timedelta(days=n) for n in range(1, 91)]
    assert tuple(any_history.forecast.columns) == FORECAST_COLUMNS


def test_the_balance_is_conserved_to_the_cent_on_every_day(any_history):
    balance = OPENING
    for row in any_history.forecast.itertuples():
        balance += row.collections_amount - row.payroll_amount - row.other_outflow_amount
        assert row.projected_balance_amount == balance


def test_money_leaves_as_decimal_cents(any_history):
    for name in FORECAST_COLUMNS[1:]:
        for amount in any_history.forecast[name]:
            assert isinstance(amount, Decimal)
            assert amount.as_tuple().exponent == -2


def test_intervals_enclose_the_forecast(any_history):
    for row in any_history.forecast.itertuples():
        assert 0 <= row.collections_lower_amount <= row.collections_amount <= row.collections_upper_amount
        assert row.projected_balance_lower_amount <= row.projected_balance_amount


def test_the_margin_of_the_balance_never_shrinks_with_the_horizon(year):
    table = year.forecast
    margins = (table["projected_balance_amount"] - table["projected_balance_lower_amount"]).tolist()
    assert all(a <= b for a, b in itertools.pairwise(margins))
    assert margins[-1] > 0


def test_a_year_of_deposits_is_forecast_by_prophet_close_to_its_weekday_shape(year):
    assert year.method.startswith("prophet")
    table = year.forecast.assign(weekday=[day.weekday() for day in year.forecast["forecast_date"]])
    means = table.loc[table["collections_amount"] > 0].groupby("weekday")["collections_amount"].mean()
    assert 8000 < means[1] < 11000
    assert 4000 < means[3] < 6500


def test_no_collections_on_weekends_and_federal_holidays(year):
    closed = federal_holidays([2026])
    for row in year.forecast.itertuples():
        if row.forecast_date.weekday() > 4 or row.forecast_date in closed:
            assert row.collections_amount == row.collections_upper_amount == 0
    assert dt.date(2026, 1, 19) in closed


def test_deposits_on_a_closed_day_are_moved_not_lost():
    from models_ml.cashflow.series import read_collections

    deposits = model_examples.deposits(200)
    saturday = dt.date(2025, 12, 13)
    stray = pd.concat([deposits, pd.DataFrame([(saturday, Decimal("77.77"))], columns=deposits.columns)])
    series = read_collections(stray, AS_OF)
    assert round(series.history["y"].sum() * 100) == int(sum(stray["deposit_amount"]) * 100)
    assert set(series.history["ds"].dt.day_of_week) == {0, 1, 2, 3, 4}


def test_a_practice_open_on_saturdays_collects_on_saturdays():
    deposits = model_examples.deposits(365)
    saturdays = [AS_OF - dt.timedelta(days=n) for n in range(365) if (AS_OF - dt.timedelta(days=n)).weekday() == 5]
    extra = pd.DataFrame({"date": saturdays, "deposit_amount": Decimal("3000.00")})
    result = forecast_cash(
        pd.concat([deposits, extra]), NOTHING_OUT, opening_balance_amount=OPENING, as_of=AS_OF, config=QUICK
    )
    weekdays = {r.forecast_date.weekday() for r in result.forecast.itertuples() if r.collections_amount}
    assert weekdays == {0, 1, 2, 3, 4, 5}


def test_both_prophet_and_the_seasonal_naive_baseline_are_back_tested(year):
    assert year.origin_count == 8
    assert {"prophet_linear", "prophet_flat", "seasonal_naive", "weekday_mean"} == set(year.metrics)
    served = year.metrics[year.model.engine]
    assert 0 < served["wape"] < year.metrics["seasonal_naive"]["wape"]


def test_less_than_sixty_days_fall_back_to_the_weekday_mean_and_say_so():
    result = forecast(45)
    assert result.model.engine == "weekday_mean"
    assert "fewer than 60" in result.method
    assert "prophet_flat" not in result.metrics
    assert any(result.forecast["collections_amount"] > 0)


def test_without_history_nothing_is_collected_and_the_opening_balance_stays():
    result = forecast(0)
    assert set(result.forecast["projected_balance_amount"]) == {OPENING}
    assert result.summary.runway_ratio is None
    assert not result.summary.is_alert
    assert result.pay_dates.empty
    assert tuple(result.pay_dates.columns) == PAY_DATE_COLUMNS


def test_deposits_that_never_vary_are_forecast_exactly():
    flat = model_examples.deposits(120).assign(deposit_amount=Decimal("1000.00"))
    result = forecast_cash(flat, NOTHING_OUT, opening_balance_amount=OPENING, as_of=AS_OF)
    opened = [r for r in result.forecast.itertuples() if r.collections_amount]
    assert {round(r.collections_amount, -1) for r in opened} == {Decimal(1000)}


def test_the_order_of_rows_changes_nothing(year):
    deposits, out = model_examples.deposits(365), model_examples.outflows(365)
    again = forecast_cash(
        deposits.sample(frac=1, random_state=1),
        out.sample(frac=1, random_state=2),
        opening_balance_amount=OPENING,
        as_of=AS_OF,
    )
    pd.testing.assert_frame_equal(again.forecast, year.forecast)
    assert again.data_hash == year.data_hash


def test_rows_after_the_day_change_nothing(year):
    later = dt.date(2026, 1, 5)
    deposits, out = model_examples.deposits(365), model_examples.outflows(365)
    deposits.loc[len(deposits)] = [later, Decimal("999999.00")]
    out.loc[len(out)] = [later, "payroll_net", Decimal("999999.00")]
    again = forecast_cash(deposits, out, opening_balance_amount=OPENING, as_of=AS_OF)
    pd.testing.assert_frame_equal(again.forecast, year.forecast)


def test_payroll_and_its_taxes_are_one_pay_date_and_the_ratio_is_cash_before_it(year):
    first = year.pay_dates.iloc[0]
    day = year.forecast.loc[year.forecast["forecast_date"] == first["pay_date"]].iloc[0]
    assert first["payroll_amount"] == Decimal("40000.48")
    assert first["available_amount"] == day["projected_balance_amount"] + Decimal("31000.37")
    assert first["runway_ratio"] == round(first["available_amount"] / first["payroll_amount"], 4)
    assert len(year.pay_dates) in (6, 7)


def test_a_rich_practice_is_not_alerted():
    summary = forecast(50, Decimal("900000.00")).summary
    assert not summary.is_alert
    assert summary.alert_date is None
    assert summary.runway_ratio > 10


def test_a_practice_short_of_payroll_is_alerted_at_the_first_such_pay_date():
    result = forecast(50, Decimal("500.00"))
    short = [
        row.pay_date
        for row in result.pay_dates.itertuples()
        if row.available_amount < Decimal("1.2") * row.payroll_amount
    ]
    assert result.summary.is_alert
    assert result.summary.alert_date == short[0]
    assert result.summary.lower_alert_date <= short[0]


def test_exactly_the_floor_is_no_alert_and_a_cent_less_is():
    payroll = pd.DataFrame(
        [(AS_OF - dt.timedelta(days=n), "payroll_net", Decimal("1000.00")) for n in (6, 20, 34, 48)],
        columns=["date", "outflow_kind", "amount"],
    )
    nothing_in = model_examples.deposits(1).iloc[:0]
    config = CashConfig(horizon_days=10)

    def alert(opening: str) -> bool:
        result = forecast_cash(nothing_in, payroll, opening_balance_amount=Decimal(opening), as_of=AS_OF, config=config)
        return result.summary.is_alert

    assert not alert("1200.00")
    assert alert("1199.99")


def test_the_low_point_is_the_lowest_balance(year):
    balances = year.forecast["projected_balance_amount"].tolist()
    at = balances.index(min(balances))
    assert year.summary.low_point_amount == min(balances)
    assert year.summary.low_point_date == year.forecast["forecast_date"].iloc[at]


def test_a_known_closure_is_accepted_past_and_ahead():
    closed = [AS_OF - dt.timedelta(days=n) for n in range(40, 47)]
    deposits = model_examples.deposits(200)
    deposits = deposits.loc[~deposits["date"].isin(closed)]
    ahead = [dt.date(2026, 2, n) for n in range(9, 14)]
    result = forecast_cash(
        deposits,
        NOTHING_OUT,
        opening_balance_amount=OPENING,
        as_of=AS_OF,
        closure_dates=[*closed, *ahead],
        # keep Prophet, whatever a baseline does, to see the closure
        config=CashConfig(tolerance_rate=9.0, origin_count=1),
    )
    by_date = dict(zip(result.forecast["forecast_date"], result.forecast["collections_amount"], strict=True))
    assert by_date[dt.date(2026, 2, 11)] < by_date[dt.date(2026, 2, 4)] / 2


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        pytest.param(model_examples.deposits(20).rename(columns={"date": "day"}), ValueError, id="missing_column"),
        pytest.param(model_examples.deposits(20).assign(deposit_amount=1.5), TypeError, id="float_money"),
        pytest.param(model_examples.deposits(20).assign(deposit_amount=None), ValueError, id="no_amount"),
    ],
)
def test_a_frame_that_breaks_its_contract_is_refused(frame, error):
    with pytest.raises(error, match=r"lacks date|money is Decimal|without a deposit_amount"):
        forecast_cash(frame, NOTHING_OUT, opening_balance_amount=OPENING, as_of=AS_OF)


@pytest.mark.slow
@pytest.mark.shared
def test_on_public_series_intervals_cover_what_they_say_and_prophet_beats_the_weekday_mean(shared):
    from models_ml.cashflow import card

    figure = card.figures(shared / "samples/series/daily_health.csv.gz", 365)
    assert 0.74 < figure.coverage_rate < 0.86
    assert figure.wape < figure.weekday_mean_wape
