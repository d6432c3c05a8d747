"""Train both denial models on what was known on a day, choose by the newest window, score the open lines.

What does not belong here: where the frame comes from, where scores go, MLflow.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models_ml.denials.boosted import BoostedTrees, fit_boosted
from models_ml.denials.config import DenialConfig
from models_ml.denials.decide import score
from models_ml.denials.evaluation import Metrics, measure, recent, walk_forward, windows
from models_ml.denials.frame import labelled_by, prepare
from models_ml.denials.model import DenialModel
from models_ml.denials.rates import fit_rates
from models_ml.money import stamp

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

_NAMES = ("rate_table", "boosted_trees")


@dataclass(frozen=True, slots=True)
class DenialResult:
    """One training run.

    ``scores``: one row per line denied by ``as_of`` whose appeal was not decided by then (see
    ``decide.SCORE_COLUMNS``). ``metrics`` per model over all windows and ``newest_metrics`` over the newest
    one; a model that could not be judged is absent. ``judged``: one row per appeal judged walk-forward, with
    the probability each model would have given it. ``data_hash``: SHA-256 of everything the models read.
    """

    as_of: dt.date
    config: DenialConfig
    model: DenialModel
    choice_reason: str
    labelled_count: int
    metrics: dict[str, Metrics]
    newest_metrics: dict[str, Metrics]
    scores: pd.DataFrame
    judged: pd.DataFrame
    data_hash: str

    @property
    def model_name(self) -> str:
        """The name of the model that serves."""
        return self.model.name


def train_and_score(denials: object, *, as_of: dt.date, config: DenialConfig | None = None) -> DenialResult:
    """Return both models, their walk-forward figures and the scores of the lines still open on ``as_of``.

    The trees serve when at least ``minimum_labelled_count`` appeals were decided and they rank better than the
    rate table on the newest window; otherwise the rate table does. Works on a frame without rows. Raises
    ``ValueError`` or ``TypeError`` for a frame that breaks its contract (see ``frame.prepare``).
    """
    config = config or DenialConfig()
    today = stamp(as_of)
    frame = prepare(denials, as_of)
    known = labelled_by(frame, today)
    judged = walk_forward(frame, windows(known["denied_date"], config), config)
    metrics = _measured(judged, config)
    newest_metrics = _measured(judged.loc[judged["window"] == judged["window"].max()], config)
    boosted, choice_reason = _challenge(known, today, newest_metrics, config)
    name = _NAMES[1] if boosted is not None and choice_reason == _BETTER else _NAMES[0]
    model = DenialModel(name, fit_rates(recent(known, today, config)), boosted)
    unsettled = frame.loc[~frame["is_labelled"]].reset_index(drop=True)
    scores = score(unsettled, model.probabilities(unsettled), model.serving.explain(unsettled), model.name, config)
    return DenialResult(
        as_of=as_of,
        config=config,
        model=model,
        choice_reason=choice_reason,
        labelled_count=len(known),
        metrics=metrics,
        newest_metrics=newest_metrics,
        scores=scores,
        judged=judged,
        data_hash=_digest(frame),
    )


_BETTER = "the boosted trees rank better than the rate table on the newest window"


def _challenge(
    known: pd.DataFrame, today: pd.Timestamp, newest: dict[str, Metrics], config: DenialConfig
) -> tuple[BoostedTrees | None, str]:
    """Return the trees, when there is enough to grow them, and why they serve or do not."""
    if len(known) < config.minimum_labelled_count:
        return None, f"fewer than {config.minimum_labelled_count} decided appeals: the rate table serves"
    if known["label"].nunique() < 2:  # noqa: PLR2004  # two outcomes
        return None, "every decided appeal ended alike: the rate table serves"
    trees = fit_boosted(
        known,
        as_of=today,
        half_life_days=config.half_life_days,
        minimum_code_count=config.minimum_code_count,
        seed=config.seed,
    )
    table, challenger = (newest[name].auc if name in newest else None for name in _NAMES)
    if table is None or challenger is None:
        return trees, "the newest window cannot tell the models apart: the rate table serves"
    if challenger > table:
        return trees, _BETTER
    return trees, "the boosted trees rank no better than the rate table on the newest window"


def _measured(judged: pd.DataFrame, config: DenialConfig) -> dict[str, Metrics]:
    """Return the metrics of every model that gave every judged row a probability, on those rows."""
    measured: dict[str, Metrics] = {}
    for name in _NAMES:
        probabilities = judged[name].to_numpy(dtype=np.float64)
        if not len(probabilities) or np.isnan(probabilities).any():
            continue
        measured[name] = measure(
            judged["label"].to_numpy(dtype=np.float64),
            probabilities,
            judged["expected_allowed_cents"].to_numpy(dtype=np.int64),
            config,
        )
    return measured


def _digest(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of a prepared frame's values in its own order."""
    digest = hashlib.sha256()
    for name in frame.columns:
        digest.update(name.encode())
        for value in frame[name].tolist():
            digest.update(repr(value).encode())
            digest.update(b"\x1f")
    return digest.hexdigest()
