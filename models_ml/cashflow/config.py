"""What a practice may set about its cash forecast; every default says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CashConfig:
    """Settings of one forecast. Times in days, rates 0-1."""

    horizon_days: int = 90
    # the guide's alert: cash on hand below 1.2 payrolls at any pay date
    runway_floor_ratio: Decimal = Decimal("1.2")
    interval_rate: float = 0.80
    # below this the weekday mean is as much as the history supports
    minimum_history_days: int = 60
    # a yearly shape needs most of a year to be seen once
    yearly_history_days: int = 330
    # rolling origins of the back-test and the least days between them
    origin_count: int = 8
    origin_step_days: int = 14
    # the shortest history a back-test origin may be fitted on
    minimum_training_days: int = 60
    # Prophet serves unless the best baseline's back-test error is lower by more than this share
    tolerance_rate: float = 0.02
    # outflow kinds whose name begins with this are payroll
    payroll_prefix: str = "payroll"
    seed: int = 20260101

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a setting that cannot be meant."""
        if self.horizon_days < 1 or not 0 < self.interval_rate < 1:
            message = "a forecast needs at least one day and an interval rate between 0 and 1"
            raise ValueError(message)
