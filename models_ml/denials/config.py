"""What a practice may set about appeals; every default says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DenialConfig:
    """Settings of one training run. Amounts in dollars, times in days, probabilities 0-1."""

    # staff time and postage of one appeal; a practice sets its own
    appeal_cost_amount: Decimal = Decimal("25.00")
    # below this a task is not created without a person's look; the guide's figure, kept as a floor only,
    # because as the rule for appealing it captured a twenty-fifth of the money (design: models)
    automatic_task_probability: float = 0.65
    # a class is a policy, whatever the probability
    human_classes: tuple[str, ...] = ("medical_necessity",)
    # with fewer decided appeals the trees have too little to split on and the rate table serves
    minimum_labelled_count: int = 300
    # overturn rates drift: older decisions do not enter the table, and fade by half in the trees
    history_days: int = 1461
    half_life_days: int = 730
    # walk-forward: the newest share of decided appeals is judged, in this many windows, each by models that
    # knew only the decisions known when it began
    fold_count: int = 4
    evaluated_share: float = 0.4
    # a code seen on fewer decided appeals than this shares the bucket `other`
    minimum_code_count: int = 10
    seed: int = 20260101

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a setting that cannot be meant."""
        if not 0 <= self.automatic_task_probability <= 1:
            message = "automatic_task_probability is a probability from 0 to 1"
            raise ValueError(message)
        if self.appeal_cost_amount < 0:
            message = "appeal_cost_amount cannot be negative"
            raise ValueError(message)
        if self.fold_count < 1 or not 0 < self.evaluated_share < 1:
            message = "walk-forward evaluation needs at least one fold and a share between 0 and 1"
            raise ValueError(message)
