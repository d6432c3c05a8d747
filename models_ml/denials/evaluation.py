"""How good a denial model would have been: time-ordered windows, labels only from the day they were known.

A random split flatters (design: models); here every window is judged by models that knew only the decisions
known when it began. What does not belong here: the choice between models, and scores of open lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models_ml.denials.boosted import NUMBERS, fit_boosted
from models_ml.denials.frame import CODES, labelled_by
from models_ml.denials.rates import LEVELS, fit_rates
from models_ml.money import MISSING_CENTS, dollars

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from models_ml.denials.config import DenialConfig

# fewer decided appeals than this in a window say little about an AUC (standard error about .05)
_LEAST_WINDOW = 100
# fewer than this in a fold's training set and the trees are not tried there
_LEAST_TRAINING = 100
_BINS = 10


@dataclass(frozen=True, slots=True)
class Metrics:
    """One model on one set of decided appeals. Amounts are net dollars after the cost of every appeal made.

    ``auc`` and ``ece`` are ``None`` when they are not defined (one outcome only, no rows).
    ``net_amount`` follows the expected-value rule, ``threshold_net_amount`` the rule p > floor,
    ``oracle_net_amount`` knows every outcome; lines without an expected amount are in none of the three.
    """

    row_count: int
    overturned_count: int
    auc: float | None
    ece: float | None
    brier: float | None
    net_amount: Decimal
    threshold_net_amount: Decimal
    oracle_net_amount: Decimal


@dataclass(frozen=True, slots=True)
class Inputs:
    """Which columns the two models read; another data set names its own."""

    levels: tuple[tuple[str, ...], ...] = LEVELS
    codes: tuple[str, ...] = CODES
    numbers: tuple[str, ...] = NUMBERS


def area_under_curve(labels: np.ndarray, probabilities: np.ndarray) -> float | None:
    """Return the chance that a won appeal ranks above a lost one, ties counting half; ``None`` for one outcome."""
    won = labels > 0
    wins, losses = int(won.sum()), int((~won).sum())
    if not wins or not losses:
        return None
    ranks = pd.Series(probabilities).rank(method="average").to_numpy()
    return float((ranks[won].sum() - wins * (wins + 1) / 2) / (wins * losses))


def expected_calibration_error(labels: np.ndarray, probabilities: np.ndarray, bins: int = _BINS) -> float | None:
    """Return Σ share * |mean probability - share won| over bins of equal count; ``None`` for no rows."""
    if not len(labels):
        return None
    # order by outcome within ties would depend on the rows' order, so a tie is ordered by its label
    order = np.lexsort((labels, probabilities))
    gaps = [
        len(chunk) * abs(probabilities[chunk].mean() - labels[chunk].mean())
        for chunk in np.array_split(order, min(bins, len(order)))
    ]
    return float(sum(gaps) / len(labels))


def net_amount(labels: np.ndarray, amounts_cents: np.ndarray, chosen: np.ndarray, cost_amount: Decimal) -> Decimal:
    """Return the dollars won by the chosen appeals less the cost of each, exactly."""
    chosen = chosen & (amounts_cents != MISSING_CENTS)
    recovered = int(amounts_cents[chosen & (labels > 0)].sum())
    return dollars(recovered) - cost_amount * int(chosen.sum())


def measure(labels: np.ndarray, probabilities: np.ndarray, amounts_cents: np.ndarray, config: DenialConfig) -> Metrics:
    """Return the metrics of one model's probabilities on decided appeals."""
    cost = config.appeal_cost_amount
    cost_cents = float(cost * 100)
    present = np.where(amounts_cents == MISSING_CENTS, 0, amounts_cents)
    return Metrics(
        row_count=len(labels),
        overturned_count=int(labels.sum()),
        auc=area_under_curve(labels, probabilities),
        ece=expected_calibration_error(labels, probabilities),
        brier=float(((probabilities - labels) ** 2).mean()) if len(labels) else None,
        net_amount=net_amount(labels, amounts_cents, probabilities * present > cost_cents, cost),
        threshold_net_amount=net_amount(labels, amounts_cents, probabilities > config.automatic_task_probability, cost),
        oracle_net_amount=net_amount(labels, amounts_cents, (labels > 0) & (present > cost_cents), cost),
    )


def windows(denied: pd.Series, config: DenialConfig) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return (after, until] windows of denial dates over the newest decided appeals, oldest first.

    Of about equal count, cut between days so that one remittance never lies on both sides, fewer than asked
    when they would be too small to judge by; empty when there is nothing older to learn from.
    """
    dates = denied.sort_values().reset_index(drop=True)
    judged = int(len(dates) * config.evaluated_share)
    if not judged:
        return []
    count = max(1, min(config.fold_count, judged // _LEAST_WINDOW))
    starts = [len(dates) - judged + judged * fold // count for fold in range(count)]
    edges = sorted({dates[start] - pd.Timedelta(days=1) for start in starts})
    edges.append(dates.iloc[-1])
    return [(a, b) for a, b in pairwise(edges) if a < b]


def walk_forward(
    frame: pd.DataFrame,
    cuts: Sequence[tuple[pd.Timestamp, pd.Timestamp]],
    config: DenialConfig,
    inputs: Inputs | None = None,
) -> pd.DataFrame:
    """Return one row per judged appeal: denial_id, denied_date, window, label, amount in cents, a column per model.

    ``boosted_trees`` is NaN in windows whose past was too small for trees. Expects a prepared frame.
    """
    inputs = inputs or Inputs()
    parts: list[pd.DataFrame] = []
    for number, (after, until) in enumerate(cuts, start=1):
        judged = frame.loc[frame["is_labelled"] & (frame["denied_date"] > after) & (frame["denied_date"] <= until)]
        past = labelled_by(frame, after)
        part = judged[["denial_id", "denied_date", "label", "expected_allowed_cents"]].assign(window=number)
        part["rate_table"] = fit_rates(recent(past, after, config), inputs.levels).predict(judged)
        part["boosted_trees"] = _boosted(past, judged, after, config, inputs)
        parts.append(part)
    if not parts:
        columns = ["denial_id", "denied_date", "label", "expected_allowed_cents", "window", "rate_table"]
        return pd.DataFrame(columns=[*columns, "boosted_trees"])
    return pd.concat(parts, ignore_index=True)


def recent(past: pd.DataFrame, day: pd.Timestamp, config: DenialConfig) -> pd.DataFrame:
    """Return the decisions young enough for the rate table."""
    return past.loc[past["decided_date"] > day - pd.Timedelta(days=config.history_days)]


def _boosted(
    past: pd.DataFrame, judged: pd.DataFrame, after: pd.Timestamp, config: DenialConfig, inputs: Inputs
) -> np.ndarray:
    if len(past) < _LEAST_TRAINING or past["label"].nunique() < 2:  # noqa: PLR2004  # two outcomes
        return np.full(len(judged), np.nan)
    trees = fit_boosted(
        past,
        as_of=after,
        half_life_days=config.half_life_days,
        minimum_code_count=config.minimum_code_count,
        seed=config.seed,
        codes=inputs.codes,
        numbers=inputs.numbers,
    )
    return trees.predict(judged)
