"""The 90-day cash forecast: collections by the engine that earned it, outflows by schedule, balances to the cent.

What does not belong here: where the frames come from, where the forecast goes, e-mail, MLflow.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from models_ml.cashflow.config import CashConfig
from models_ml.cashflow.engines import Growth, fit_prophet, fit_seasonal_naive, fit_weekday_mean
from models_ml.cashflow.intervals import BackTest, back_test, cumulative_margins, daily_margins
from models_ml.cashflow.model import CashModel
from models_ml.cashflow.schedule import OutflowPlan, plan_outflows
from models_ml.cashflow.series import Collections, read_collections
from models_ml.money import cents, dollars

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from models_ml.cashflow.intervals import Engine

FORECAST_COLUMNS = (
    "forecast_date",
    "collections_amount",
    "collections_lower_amount",
    "collections_upper_amount",
    "payroll_amount",
    "other_outflow_amount",
    "projected_balance_amount",
    "projected_balance_lower_amount",
)
# payroll and its taxes may leave on neighbouring days and are one payroll
_ONE_PAYROLL_DAYS = 5
_RATIO = Decimal("0.0001")
_PROPHETS: dict[str, Growth] = {"prophet_linear": "linear", "prophet_flat": "flat"}
_BASELINES: dict[str, Engine] = {"weekday_mean": fit_weekday_mean, "seasonal_naive": fit_seasonal_naive}
_NO_CLOSURES = pd.DataFrame({"ds": pd.Series(dtype="datetime64[s]"), "holiday": pd.Series(dtype=object)})


class PayDate(NamedTuple):
    """One payroll ahead: cash on hand before it, the same at the lower bound, the payroll, cash ÷ payroll."""

    pay_date: dt.date
    available_amount: Decimal
    available_lower_amount: Decimal
    payroll_amount: Decimal
    runway_ratio: Decimal


PAY_DATE_COLUMNS = PayDate._fields


@dataclass(frozen=True, slots=True)
class CashSummary:
    """The forecast in a few figures. Amounts in dollars.

    ``runway_ratio``: the lowest, over the pay dates ahead, of cash on hand before that payroll ÷ the payroll
    (``None`` without a pay date). ``alert_date``: the first pay date below the floor, ``None`` when none is.
    ``lower_alert_date``: the same when collections fall to the lower bound.
    """

    opening_balance_amount: Decimal
    low_point_amount: Decimal
    low_point_date: dt.date
    runway_ratio: Decimal | None
    is_alert: bool
    alert_date: dt.date | None
    lower_alert_date: dt.date | None


@dataclass(frozen=True, slots=True)
class CashForecast:
    """One forecast and the figures behind it.

    ``forecast``: one row per calendar day (``FORECAST_COLUMNS``), money as Decimal cents. ``pay_dates``: one row
    per pay date ahead (``PAY_DATE_COLUMNS``). ``method``: the engine and why. ``metrics``: per engine, ``wape``
    and cumulative errors of the rolling-origin back-test, ``None`` where not defined.
    """

    as_of: dt.date
    config: CashConfig
    method: str
    model: CashModel
    forecast: pd.DataFrame
    pay_dates: pd.DataFrame
    summary: CashSummary
    plans: tuple[OutflowPlan, ...]
    metrics: dict[str, dict[str, float | None]]
    origin_count: int
    history_days: int
    data_hash: str


def forecast_cash(
    collections: object,
    outflows: object,
    *,
    opening_balance_amount: Decimal,
    as_of: dt.date,
    closure_dates: Iterable[dt.date] = (),
    config: CashConfig | None = None,
) -> CashForecast:
    """Return the cash forecast for the days after ``as_of``.

    ``collections``: ``date, deposit_amount`` from the bank. ``outflows``: ``date, outflow_kind, amount``, money
    that left (positive). ``opening_balance_amount``: the bank's ledger balance at the close of ``as_of``.
    ``closure_dates``: days the practice was or will be closed. A day's balance is the day before's plus
    collections less payroll and other outflows, exactly. Raises ``ValueError`` or ``TypeError`` for frames that
    break their contract.
    """
    config = config or CashConfig()
    series = read_collections(collections, as_of)
    plans = tuple(plan_outflows(outflows, as_of, config))
    candidates = _candidates(series, _closures(closure_dates), config)
    test = back_test(series, candidates, config)
    engine, method = _choose(series, test, config)
    model = CashModel(engine, candidates[engine](series.history), series.open_days)
    forecast = _forecast_frame(model, series.ahead(config.horizon_days), test, plans, (opening_balance_amount, config))
    pay_dates = _pay_dates(forecast)
    return CashForecast(
        as_of=as_of,
        config=config,
        method=method,
        model=model,
        forecast=forecast,
        pay_dates=pd.DataFrame(pay_dates, columns=list(PAY_DATE_COLUMNS), dtype=object),
        summary=_summary(forecast, pay_dates, opening_balance_amount, config),
        plans=plans,
        metrics={name: test.figures(name) for name in dict.fromkeys(test.rows["engine"].tolist())},
        origin_count=test.origin_count,
        history_days=series.history_days,
        data_hash=_digest(series, plans, opening_balance_amount),
    )


def _candidates(series: Collections, closures: pd.DataFrame, config: CashConfig) -> dict[str, Engine]:
    """Return the engines the history is long enough for, by name."""
    if series.history_days < config.minimum_history_days:
        return dict(_BASELINES)

    def prophet(growth: Growth) -> Engine:
        return lambda history: fit_prophet(history, config, closures, growth)

    return {**{name: prophet(growth) for name, growth in _PROPHETS.items()}, **_BASELINES}


def _choose(series: Collections, test: BackTest, config: CashConfig) -> tuple[str, str]:
    """Return the engine the back-test chose and why, in words."""
    if series.history_days < config.minimum_history_days:
        reason = f"{series.history_days} days of history, fewer than {config.minimum_history_days}"
        return "weekday_mean", f"weekday_mean: {reason}"
    daily = {name: error for name in (*_PROPHETS, *_BASELINES) if (error := test.wape(name)) is not None}
    if len(daily) < len(_PROPHETS) + len(_BASELINES):
        return "weekday_mean", "weekday_mean: the history allows no back-test"
    # equal day by day, a drifting trend misses the sum, and a balance is a sum
    best = min(_PROPHETS, key=lambda name: daily[name] + (test.sum_error(name) or 0.0))
    baseline = min(_BASELINES, key=lambda name: daily[name])
    if daily[best] <= daily[baseline] * (1 + config.tolerance_rate):
        return best, f"{best}: no baseline was better by more than {config.tolerance_rate:.0%}"
    return baseline, f"{baseline}: its back-test error was lower than prophet's"


def _forecast_frame(
    model: CashModel,
    calendar: pd.Series,
    test: BackTest,
    plans: tuple[OutflowPlan, ...],
    opening: tuple[Decimal, CashConfig],
) -> pd.DataFrame:
    opening_balance_amount, config = opening
    collected = model.collections_cents(calendar)
    residuals = test.of(model.engine)
    below, above = daily_margins(residuals, calendar, config.interval_rate)
    is_open = model.open_days.are_open(calendar)
    lower = np.where(is_open, np.maximum(collected - _whole(below), 0), collected)
    upper = np.where(is_open, collected + _whole(above), collected)
    dates = calendar.dt.date.tolist()
    payroll = _planned(plans, dates, config, is_payroll=True)
    other = _planned(plans, dates, config, is_payroll=False)
    start = int(cents([opening_balance_amount], "opening_balance_amount")[0])
    balance = start + np.cumsum(collected - payroll - other)
    margins = _whole(cumulative_margins(residuals, len(calendar), config.interval_rate))
    # collections cannot fall short by more than was forecast
    floor = balance - np.minimum(margins, np.cumsum(collected))
    figures = (collected, lower, upper, payroll, other, balance, floor)
    columns = {
        name: pd.Series([dollars(c) for c in values.tolist()], dtype=object)
        for name, values in zip(FORECAST_COLUMNS[1:], figures, strict=True)
    }
    return pd.DataFrame({"forecast_date": pd.Series(dates, dtype=object), **columns})


def _pay_dates(forecast: pd.DataFrame) -> list[PayDate]:
    """Return the pay dates ahead, oldest first; a payroll's taxes within days of it belong to it."""
    dates: list[dt.date] = forecast["forecast_date"].tolist()
    payroll: list[Decimal] = forecast["payroll_amount"].tolist()
    balance: list[Decimal] = forecast["projected_balance_amount"].tolist()
    lower: list[Decimal] = forecast["projected_balance_lower_amount"].tolist()
    found: list[PayDate] = []
    until = -1
    for start, due in enumerate(payroll):
        if start <= until or not due:
            continue
        until = max(n for n in range(start, len(dates)) if (dates[n] - dates[start]).days <= _ONE_PAYROLL_DAYS)
        total = sum(payroll[start : until + 1], Decimal(0))
        ratio = ((balance[start] + due) / total).quantize(_RATIO, rounding=ROUND_HALF_EVEN)
        found.append(PayDate(dates[start], balance[start] + due, lower[start] + due, total, ratio))
    return found


def _summary(
    forecast: pd.DataFrame, pay_dates: list[PayDate], opening_balance_amount: Decimal, config: CashConfig
) -> CashSummary:
    balances: list[Decimal] = forecast["projected_balance_amount"].tolist()
    lowest = balances.index(min(balances))
    floor = config.runway_floor_ratio
    # the amounts decide, not the rounded ratio
    short = [p.pay_date for p in pay_dates if p.available_amount < floor * p.payroll_amount]
    lower_short = [p.pay_date for p in pay_dates if p.available_lower_amount < floor * p.payroll_amount]
    return CashSummary(
        opening_balance_amount=opening_balance_amount,
        low_point_amount=balances[lowest],
        low_point_date=forecast["forecast_date"].iloc[lowest],
        runway_ratio=min((p.runway_ratio for p in pay_dates), default=None),
        is_alert=bool(short),
        alert_date=min(short, default=None),
        lower_alert_date=min(lower_short, default=None),
    )


def _planned(
    plans: tuple[OutflowPlan, ...], dates: list[dt.date], config: CashConfig, *, is_payroll: bool
) -> np.ndarray:
    totals = np.zeros(len(dates), dtype=np.int64)
    for plan in plans:
        if plan.outflow_kind.startswith(config.payroll_prefix) == is_payroll:
            totals += np.array([plan.cents_by_date.get(day, 0) for day in dates], dtype=np.int64)
    return totals


def _closures(closure_dates: Iterable[dt.date]) -> pd.DataFrame:
    dates = sorted(set(closure_dates))
    if not dates:
        return _NO_CLOSURES
    return pd.DataFrame({"ds": pd.to_datetime(pd.Series(dates)), "holiday": "practice_closed"})


def _whole(amounts: np.ndarray) -> np.ndarray:
    """Return dollars as whole cents, half to even."""
    whole: np.ndarray = np.rint(amounts * 100).astype(np.int64)
    return whole


def _digest(series: Collections, plans: tuple[OutflowPlan, ...], opening_balance_amount: Decimal) -> str:
    """Return the SHA-256 of everything the forecast was made from."""
    content = (
        series.as_of.isoformat(),
        [(str(day.date()), value) for day, value in zip(series.history["ds"], series.history["y"], strict=True)],
        [(plan.outflow_kind, sorted(plan.cents_by_date.items())) for plan in plans],
        str(opening_balance_amount),
    )
    return hashlib.sha256(repr(content).encode()).hexdigest()
