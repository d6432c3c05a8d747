"""How far a forecast may miss: rolling-origin back-tests and split-conformal intervals from their residuals.

What does not belong here: fitting an engine, money in cents.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models_ml.cashflow.config import CashConfig
    from models_ml.cashflow.engines import FittedProphet, WeekdayShape
    from models_ml.cashflow.series import Collections

    ForecastEngine = Callable[[pd.DataFrame], FittedProphet | WeekdayShape]

# residuals of one weekday are used alone when there are at least this many
_LEAST_RESIDUALS = 30
# horizons within this many days of one another share their cumulative errors
_BAND_DAYS = 10
_BANDS = (14, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class BackTest:
    """One row per engine, origin and judged open day: engine, origin, ds, horizon_days, actual, forecast."""

    rows: pd.DataFrame

    @property
    def origin_count(self) -> int:
        """How many origins were judged."""
        return int(self.rows["origin"].nunique())

    def of(self, engine: str) -> pd.DataFrame:
        """Return the rows of one engine."""
        return self.rows.loc[self.rows["engine"] == engine]

    def wape(self, engine: str) -> float | None:
        """Return Σ|actual - forecast| ÷ Σ|actual| over all origins and days; ``None`` when it is not defined."""
        rows = self.of(engine)
        total = float(rows["actual"].abs().sum())
        return float((rows["actual"] - rows["forecast"]).abs().sum()) / total if total else None

    def cumulative_error(self, engine: str, horizon_days: int) -> float | None:
        """Return Σ over origins |Σ (actual - forecast)| ÷ Σ actual within the first days, full origins only."""
        rows = self.of(engine)
        reach = rows.groupby("origin")["horizon_days"].transform("max")
        # the last open day may fall short of the horizon by a long weekend
        rows = rows.loc[(reach >= horizon_days - 4) & (rows["horizon_days"] <= horizon_days)]
        total = float(rows["actual"].abs().sum())
        if not total:
            return None
        misses = (rows["actual"] - rows["forecast"]).groupby(rows["origin"]).sum().abs().sum()
        return float(misses) / total

    def sum_error(self, engine: str) -> float | None:
        """Return Σ over origins |Σ (actual - forecast)| ÷ Σ actual over the whole judged horizon, or ``None``."""
        rows = self.of(engine)
        total = float(rows["actual"].abs().sum())
        misses = (rows["actual"] - rows["forecast"]).groupby(rows["origin"]).sum().abs().sum()
        return float(misses) / total if total else None

    def figures(self, engine: str) -> dict[str, float | None]:
        """Return WAPE and the cumulative errors of one engine by name."""
        return {
            "wape": self.wape(engine),
            "sum_error": self.sum_error(engine),
            **{f"cumulative_error_{band}_days": self.cumulative_error(engine, band) for band in _BANDS},
        }


def back_test(series: Collections, engines: Mapping[str, ForecastEngine], config: CashConfig) -> BackTest:
    """Return what every engine would have said at earlier origins, each knowing only the days up to it.

    Origins step back from the newest that leaves a full horizon of known days; a short history shortens the
    judged horizon to a third of itself, a long one spreads the origins over its newer half, because overlapping
    horizons say one thing several times. No origin when the history is too short for one.
    """
    parts: list[pd.DataFrame] = []
    last = pd.Timestamp(series.as_of).as_unit("s")
    first = last - pd.Timedelta(days=max(series.history_days - 1, 0))
    horizon = min(config.horizon_days, series.history_days // 3)
    spread = (series.history_days // 2 - horizon) // max(config.origin_count - 1, 1)
    step = max(config.origin_step_days, spread)
    for number in range(config.origin_count):
        origin = last - pd.Timedelta(days=horizon + number * step)
        if (origin - first).days + 1 < min(config.minimum_training_days, series.history_days // 2) or horizon < 1:
            break
        past = series.until(origin)
        judged = series.history.loc[
            (series.history["ds"] > origin) & (series.history["ds"] <= origin + pd.Timedelta(days=horizon))
        ]
        if past.empty or judged.empty:
            continue
        for name, engine in engines.items():
            parts.append(
                pd.DataFrame(
                    {
                        "engine": name,
                        "origin": origin,
                        "ds": judged["ds"],
                        "horizon_days": (judged["ds"] - origin).dt.days,
                        "actual": judged["y"],
                        "forecast": engine(past).predict(judged["ds"]),
                    }
                )
            )
    columns = ["engine", "origin", "ds", "horizon_days", "actual", "forecast"]
    return BackTest(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns))


def conformal_quantile(scores: np.ndarray, rate: float) -> float:
    """Return the split-conformal quantile: the ⌈(n+1)·rate⌉-th smallest score, the largest when n is too small.

    Infinite for no scores would be honest and useless; zero is returned, and ``method`` says that no back-test
    was possible.
    """
    if not len(scores):
        return 0.0
    rank = min(math.ceil((len(scores) + 1) * rate), len(scores))
    return float(np.sort(scores)[rank - 1])


def daily_margins(rows: pd.DataFrame, ahead: pd.Series, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how far below and above its forecast each open day may fall, both at least zero.

    Each side holds back half of the missing rate; a weekday with enough residuals is measured by its own.
    """
    side = 1 - (1 - rate) / 2
    misses = (rows["actual"] - rows["forecast"]).to_numpy(dtype=np.float64)
    weekdays = rows["ds"].dt.day_of_week.to_numpy() if len(rows) else np.zeros(0)
    below, above = np.zeros(len(ahead)), np.zeros(len(ahead))
    for weekday in sorted(set(ahead.dt.day_of_week.tolist())):
        own = misses[weekdays == weekday]
        scores = own if len(own) >= _LEAST_RESIDUALS else misses
        place = (ahead.dt.day_of_week == weekday).to_numpy()
        below[place] = max(0.0, conformal_quantile(-scores, side))
        above[place] = max(0.0, conformal_quantile(scores, side))
    return below, above


def cumulative_margins(rows: pd.DataFrame, horizon_days: int, rate: float) -> np.ndarray:
    """Return how far collections summed up to each day ahead may fall short, never shrinking with the horizon.

    Cumulative misses of all origins within ten days of a horizon are pooled; beyond the judged horizon the
    margin grows in proportion to the days, the careful side.
    """
    margins = np.zeros(horizon_days)
    if rows.empty:
        return margins
    side = 1 - (1 - rate) / 2
    ordered = rows.sort_values(["origin", "horizon_days"])
    shortfall = (ordered["forecast"] - ordered["actual"]).groupby(ordered["origin"]).cumsum().to_numpy()
    at = ordered["horizon_days"].to_numpy()
    reach = int(at.max())
    for day in range(1, min(horizon_days, reach) + 1):
        band = shortfall[np.abs(at - day) <= min(_BAND_DAYS, max(day // 2, 2))]
        margins[day - 1] = max(0.0, conformal_quantile(band, side))
    margins = np.maximum.accumulate(margins)
    for day in range(reach + 1, horizon_days + 1):
        margins[day - 1] = margins[reach - 1] * day / reach
    return margins
