"""Measure the collections forecast on public daily series: the figures of ``card.md``.

``python -m models_ml.cashflow.card FILE`` with a CSV (gzip or plain) of ``unique_id, ds, y``: one daily value per
row. The values stand in for dollars a day; the series are emergency visits and pharmacy sales, so the figures
show the method, not a practice's cash. What does not belong here: a practice's own data.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from models_ml.cashflow.forecast import forecast_cash
from models_ml.money import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SERIES = ("uihc_ed", "pharm_total", "pharm_N02BE", "pharm_R03")
_HISTORY_DAYS = (365, 730)
_ORIGINS = 4
_HORIZON_DAYS = 90
_NOTHING_OUT = pd.DataFrame({"date": [], "outflow_kind": [], "amount": []})


@dataclass(frozen=True, slots=True)
class CashFigure:
    """One history length over all series and origins: forecast error on days nobody had seen."""

    history_days: int
    forecast_count: int
    wape: float
    weekday_mean_wape: float
    sum_error: float
    coverage_rate: float
    balance_floor_rate: float


def figures(path: Path, history_days: int) -> CashFigure:
    """Return the figures of 90-day forecasts made from ``history_days`` of each series at several dates."""
    table = pd.read_csv(path)
    judged: list[pd.DataFrame] = []
    for name in _SERIES:
        daily = table.loc[table["unique_id"] == name, ["ds", "y"]].reset_index(drop=True)
        for origin in range(_ORIGINS):
            end = len(daily) - _HORIZON_DAYS * (origin + 1)
            past = daily.iloc[end - history_days : end]
            ahead = daily.iloc[end : end + _HORIZON_DAYS]
            judged.append(_judge(past, ahead).assign(run=f"{name} {origin}"))
    rows = pd.concat(judged, ignore_index=True)
    total = rows["actual"].sum()
    by_run = rows.groupby("run")[["actual", "forecast"]].sum()
    return CashFigure(
        history_days,
        len(judged),
        float((rows["actual"] - rows["forecast"]).abs().sum() / total),
        float((rows["actual"] - rows["baseline"]).abs().sum() / total),
        float((by_run["actual"] - by_run["forecast"]).abs().sum() / total),
        float(rows["is_covered"].mean()),
        float(rows["is_above_floor"].mean()),
    )


def _judge(past: pd.DataFrame, ahead: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(past["ds"])
    collections = pd.DataFrame({"date": days, "deposit_amount": [dollars(round(y * 100)) for y in past["y"]]})
    result = forecast_cash(collections, _NOTHING_OUT, opening_balance_amount=Decimal(0), as_of=days.iloc[-1].date())
    actual = ahead["y"].to_numpy(dtype=float)
    forecast, lower, upper, floor = (
        result.forecast[name].to_numpy(dtype=float)
        for name in (
            "collections_amount",
            "collections_lower_amount",
            "collections_upper_amount",
            "projected_balance_lower_amount",
        )
    )
    newest = past.tail(56).assign(weekday=days.tail(56).dt.day_of_week)
    weekdays = pd.to_datetime(ahead["ds"]).dt.day_of_week
    return pd.DataFrame(
        {
            "actual": actual,
            "forecast": forecast,
            "baseline": weekdays.map(newest.groupby("weekday")["y"].mean()).to_numpy(dtype=float),
            "is_covered": (lower <= actual) & (actual <= upper),
            "is_above_floor": actual.cumsum() >= floor,
        }
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of ``card.md`` for a file of daily series; return 0."""
    parser = argparse.ArgumentParser(prog="python -m models_ml.cashflow.card", description="Figures of card.md.")
    parser.add_argument("file", help="the CSV of daily series, gzip or plain")
    path = parser.parse_args(arguments).file
    sys.stdout.write("history  forecasts  WAPE   weekday mean  90-day sum  80 % interval covered  above the floor\n")
    for history_days in _HISTORY_DAYS:
        figure = figures(path, history_days)
        sys.stdout.write(
            f"{history_days:3d} d    {figure.forecast_count:9d}  {figure.wape:.3f}  {figure.weekday_mean_wape:12.3f}  "
            f"{figure.sum_error:10.3f}  {figure.coverage_rate:21.3f}  {figure.balance_floor_rate:15.3f}\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
