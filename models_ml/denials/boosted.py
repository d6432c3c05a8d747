"""Small gradient-boosted trees on what is known when somebody decides whether to appeal.

Codes become whole numbers by a vocabulary fixed at training (rare and unseen codes share ``other``), never by
their outcomes: no target encoding. What does not belong here: evaluation, money, thresholds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models_ml.denials.frame import CODES
from models_ml.money import MISSING_CENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xgboost as xgb

NUMBERS = ("charged_cents", "expected_allowed_cents", "days_since_service")
_LABELS = {
    "charged_cents": "charge",
    "expected_allowed_cents": "expected payment",
    "days_since_service": "days since service",
}
# a name of a person's number is of no use in a sentence
_UNQUOTED = frozenset({"rendering_provider_id"})
_ROUNDS = 150
_SHOWN = 3
_SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Encoder:
    """The vocabulary of every code column; 0 is ``other``."""

    codes: tuple[str, ...]
    numbers: tuple[str, ...]
    vocabularies: dict[str, tuple[str, ...]]

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the matrix the trees read: categories as integers, amounts as log dollars, days as they are."""
        columns: dict[str, Any] = {}
        for name in self.codes:
            places = {code: place for place, code in enumerate(self.vocabularies[name], start=1)}
            numbers = [places.get(code, 0) for code in frame[name].tolist()]
            columns[name] = pd.Categorical.from_codes(numbers, categories=pd.RangeIndex(len(places) + 1))
        for name in self.numbers:
            columns[name] = _number(name, frame[name].to_numpy())
        return pd.DataFrame(columns)


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """A fitted booster with the encoder it was fitted through."""

    encoder: Encoder
    booster: xgb.Booster

    @property
    def name(self) -> str:
        """The model's name in scores and metrics."""
        return "boosted_trees"

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the overturn probability of every row."""
        if frame.empty:
            return np.zeros(0)
        probabilities: np.ndarray = self.booster.predict(self._matrix(frame))
        return probabilities.astype(np.float64)

    def explain(self, frame: pd.DataFrame) -> list[str]:
        """Return for every row the inputs that moved its probability most (exact tree SHAP), in plain words."""
        if frame.empty:
            return []
        # the last column is the base rate
        contributions = self.booster.predict(self._matrix(frame), pred_contribs=True)[:, :-1]
        names = (*self.encoder.codes, *self.encoder.numbers)
        strongest = np.argsort(-np.abs(contributions), axis=1, kind="stable")[:, :_SHOWN]
        quoted = {name: frame[name].tolist() for name in self.encoder.codes if name not in _UNQUOTED}
        return [
            "; ".join(_phrase(names[i], quoted, row, float(contributions[row, i])) for i in places)
            for row, places in enumerate(strongest.tolist())
        ]

    def _matrix(self, frame: pd.DataFrame) -> xgb.DMatrix:
        import xgboost as xgb  # noqa: PLC0415  # a practice too small for trees never loads it

        return xgb.DMatrix(self.encoder.transform(frame), enable_categorical=True, nthread=1)


def fit_boosted(
    frame: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    half_life_days: int,
    minimum_code_count: int,
    seed: int,
    codes: Sequence[str] = CODES,
    numbers: Sequence[str] = NUMBERS,
) -> BoostedTrees:
    """Return trees fitted to decided rows (``label`` 0/1, ``decided_date``), newer decisions weighing more.

    Deterministic: no sampling, rows in the given order. The probability may not rise with days since service
    (filing limits only run out). Raises ``ValueError`` when all labels are alike: there is nothing to learn.
    """
    import xgboost as xgb  # noqa: PLC0415  # a practice too small for trees never loads it

    labels = frame["label"].to_numpy(dtype=np.float64)
    if labels.min(initial=1.0) == labels.max(initial=0.0) or not len(labels):
        message = "decided appeals of one outcome only: there is nothing to learn"
        raise ValueError(message)
    encoder = fit_encoder(frame, minimum_code_count, codes, numbers)
    age_days = (as_of - frame["decided_date"]).dt.total_seconds().to_numpy() / _SECONDS_PER_DAY
    weights = 0.5 ** (age_days / half_life_days)
    rate = float(np.average(labels, weights=weights))
    parameters = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "max_depth": 4,
        "eta": 0.08,
        "min_child_weight": 5,
        "lambda": 5,
        "base_score": min(max(rate, 0.01), 0.99),
        # a few thousand rows: a second thread saves nothing and spins when the machine is busy
        "nthread": 1,
        "seed": seed,
        "monotone_constraints": {"days_since_service": -1} if "days_since_service" in numbers else {},
        "verbosity": 0,
    }
    data = xgb.DMatrix(encoder.transform(frame), labels, weight=weights, enable_categorical=True, nthread=1)
    return BoostedTrees(encoder, xgb.train(parameters, data, num_boost_round=_ROUNDS))


def fit_encoder(frame: pd.DataFrame, minimum_count: int, codes: Sequence[str], numbers: Sequence[str]) -> Encoder:
    """Return the vocabularies of the code columns: codes seen often enough, in alphabetical order."""
    vocabularies: dict[str, tuple[str, ...]] = {}
    for name in codes:
        counts = frame[name].value_counts()
        vocabularies[name] = tuple(sorted(counts.index[counts >= minimum_count]))
    return Encoder(tuple(codes), tuple(numbers), vocabularies)


def _number(name: str, values: np.ndarray) -> np.ndarray:
    if not name.endswith("_cents"):
        return values.astype(np.float64)
    present = values != MISSING_CENTS
    amounts = np.where(present, values, 0) / 100.0
    return np.where(present, np.sign(amounts) * np.log1p(np.abs(amounts)), math.nan)


def _phrase(name: str, quoted: dict[str, list[str]], row: int, push: float) -> str:
    label = _LABELS.get(name, name.removesuffix("_id").replace("_", " "))
    value = f" {quoted[name][row]}" if name in quoted else ""
    return f"{label}{value} {'raises' if push > 0 else 'lowers'} it"
