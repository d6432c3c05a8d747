"""The forecasters of daily collections: Prophet, and the baselines it has to beat.

Each is fitted to the history of open days (ds, y in dollars) and gives dollars as floats for other open days,
never below zero. Deterministic: a point estimate by optimisation from a fixed seed, no sampling; intervals come
from the back-test (``intervals.py``). What does not belong here: money in cents, balances, choosing an engine.
"""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prophet import Prophet

    from models_ml.cashflow.config import CashConfig

Growth = Literal["linear", "flat"]

# trailing weeks a weekday's mean looks back on
_MEAN_WEEKS = 8
# a year seen once supports three harmonics; Prophet's default of ten would follow its noise
_YEARLY_ORDER, _FULL_YEARLY_ORDER = 3, 10
_TWO_YEARS_DAYS = 730


@dataclass(frozen=True, slots=True)
class WeekdayShape:
    """Dollars per weekday (0 Monday), and for a weekday the history never had."""

    amounts: dict[int, float]
    otherwise: float

    def predict(self, ahead: pd.Series) -> np.ndarray:
        """Return dollars for every given day."""
        values = [self.amounts.get(weekday, self.otherwise) for weekday in ahead.dt.day_of_week.tolist()]
        return np.maximum(np.array(values, dtype=np.float64), 0.0)


@dataclass(frozen=True, slots=True)
class FittedProphet:
    """A fitted Prophet, asked for its point forecast only."""

    model: Prophet

    def predict(self, ahead: pd.Series) -> np.ndarray:
        """Return dollars for every given day."""
        if not len(ahead):
            return np.zeros(0)
        with quiet():
            frame = self.model.predict(pd.DataFrame({"ds": ahead.to_numpy()}))
        amounts: np.ndarray = np.maximum(frame["yhat"].to_numpy(dtype=np.float64), 0.0)
        return amounts


def fit_weekday_mean(history: pd.DataFrame) -> WeekdayShape:
    """Return the mean of each weekday over the last eight weeks."""
    newest = history.loc[history["ds"] > history["ds"].max() - pd.Timedelta(weeks=_MEAN_WEEKS)]
    return _shape(newest, newest.groupby(newest["ds"].dt.day_of_week)["y"].mean())


def fit_seasonal_naive(history: pd.DataFrame) -> WeekdayShape:
    """Return what each weekday brought last."""
    return _shape(history, history.groupby(history["ds"].dt.day_of_week)["y"].last())


def fit_prophet(history: pd.DataFrame, config: CashConfig, closures: pd.DataFrame, growth: Growth) -> FittedProphet:
    """Return Prophet fitted to the history: weekly shape, US federal holidays, the practice's closures.

    A yearly shape joins when the history is long enough. ``growth``: with a trend or without; a trend read from
    a few months of noise adds up over 90 days, so the back-test decides. ``closures``: ds, holiday (Prophet's
    own layout).
    """
    # prophet 1.5 gets its Stan logger ready at first use, so both are loaded before they are kept quiet
    # it says at import that it cannot draw without plotly; nothing is drawn here
    logging.getLogger("prophet.plot").disabled = True
    import cmdstanpy  # noqa: F401, PLC0415  # its logger has to exist
    from prophet import Prophet  # noqa: PLC0415  # two seconds of import that only a forecast needs

    history_days = (history["ds"].max() - history["ds"].min()).days + 1
    yearly: bool | int = False
    if history_days >= config.yearly_history_days:
        yearly = _FULL_YEARLY_ORDER if history_days >= _TWO_YEARS_DAYS else _YEARLY_ORDER
    with quiet():
        model = Prophet(
            growth=growth,
            yearly_seasonality=yearly,
            weekly_seasonality=True,
            daily_seasonality=False,
            holidays=closures if len(closures) else None,
            # collections bend slowly; a livelier trend runs away within 90 days
            changepoint_prior_scale=0.01,
            n_changepoints=10,
            uncertainty_samples=0,
        )
        model.add_country_holidays("US")
        # Prophet's default, L-BFGS, stops early beside the trend's absolute-value prior and leaves closures and
        # weekdays half learned; BFGS reaches the optimum (Newton's, at a third of its time)
        model.fit(history, seed=config.seed, algorithm="BFGS")
    return FittedProphet(model)


def _shape(history: pd.DataFrame, by_weekday: pd.Series) -> WeekdayShape:
    otherwise = float(history["y"].mean()) if len(history) else 0.0
    weekdays: list[int] = by_weekday.index.tolist()
    amounts = dict(zip(weekdays, by_weekday.to_numpy(dtype=np.float64).tolist(), strict=True))
    return WeekdayShape(amounts, otherwise)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Prophet's and Stan's progress out of the log, and pandas' notices about Prophet's code."""
    loggers = [logging.getLogger(name) for name in ("prophet", "cmdstanpy")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            # prophet 1.5 still passes what pandas 3 announces to drop; both end with its next release
            warnings.filterwarnings("ignore", message="The inplace keyword")
            warnings.filterwarnings("ignore", message="The 'convert_dates' keyword")
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled
