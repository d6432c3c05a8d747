"""From a probability to a decision: the expected value of appealing, and who has to look.

The rule is ``p * expected_allowed_amount > appeal_cost_amount``; the probability alone decides nothing but
whether a task may be made without a person. What does not belong here: how the probability came about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from models_ml.money import MISSING_CENTS, dollars, round_cents

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from models_ml.denials.config import DenialConfig

SCORE_COLUMNS = (
    "denial_id",
    "overturn_probability",
    "model_name",
    "expected_recovery_amount",
    "worth_appealing",
    "needs_human",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one line. ``expected_recovery_amount`` is p * amount before the cost of appealing."""

    expected_recovery_amount: Decimal | None
    worth_appealing: bool
    needs_human: bool


def decide(
    probability: float, expected_allowed_amount: Decimal | None, denial_class: str, config: DenialConfig
) -> Decision:
    """Return the decision for one line.

    A person has to look when the class is a human one (medical necessity), when the expected amount is unknown
    (not evaluable is not zero), or when an appeal is worth its cost but its probability is below the floor for
    automatic tasks.
    """
    by_policy = is_human_class(denial_class, config)
    if expected_allowed_amount is None:
        return Decision(None, worth_appealing=False, needs_human=True)
    # the published, rounded figure decides, so that a reader can repeat the decision from what is shown
    recovery = round_cents(Decimal(repr(float(probability))) * expected_allowed_amount)
    worth = recovery > config.appeal_cost_amount
    unsure = worth and probability < config.automatic_task_probability
    return Decision(recovery, worth, by_policy or unsure)


def is_human_class(denial_class: str, config: DenialConfig) -> bool:
    """Tell whether the class goes to a person whatever the probability, however the class is spelt."""
    spelt = re.sub(r"[^a-z0-9]+", "_", denial_class.lower())
    return any(spelt == name or spelt.startswith(f"{name}_") for name in config.human_classes)


def score(
    frame: pd.DataFrame, probabilities: np.ndarray, reasons: Sequence[str], model_name: str, config: DenialConfig
) -> pd.DataFrame:
    """Return the scores frame (``SCORE_COLUMNS``), one row per row of a prepared frame, ordered by denial_id."""
    amounts = [None if c == MISSING_CENTS else dollars(c) for c in frame["expected_allowed_cents"].tolist()]
    decisions = [
        decide(p, amount, denial_class, config)
        for p, amount, denial_class in zip(probabilities.tolist(), amounts, frame["denial_class"].tolist(), strict=True)
    ]
    scores = pd.DataFrame(
        {
            "denial_id": frame["denial_id"].to_numpy(dtype=object),
            "overturn_probability": probabilities,
            "model_name": pd.Series([model_name] * len(frame), dtype=object),
            "expected_recovery_amount": pd.Series([d.expected_recovery_amount for d in decisions], dtype=object),
            "worth_appealing": pd.Series([d.worth_appealing for d in decisions], dtype=bool),
            "needs_human": pd.Series([d.needs_human for d in decisions], dtype=bool),
            "reason": pd.Series(list(reasons), dtype=object),
        },
        columns=list(SCORE_COLUMNS),
    )
    return scores.sort_values("denial_id", kind="stable").reset_index(drop=True)
