"""Frames the tests of the models share: seeded denials with a known truth, deposits and outflows of a small practice.

What does not belong here: assertions.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from decimal import Decimal

import holidays
import pandas as pd

AS_OF = dt.date(2025, 12, 31)

_REASONS = {
    "97": ("coding_bundling", 0.8),
    "50": ("medical_necessity", -0.5),
    "197": ("authorization", 0.2),
    "29": ("timely", -1.8),
    "27": ("eligibility", 0.6),
}
_PAYERS = {"P1": 0.8, "P2": 0.0, "P3": -0.8, "P4": 0.3}
_FAMILIES = {"visits": 1.2, "imaging": -1.2, "procedures": 0.0}


def denials(count: int, seed: int = 1) -> pd.DataFrame:
    """One row per denied line; whether an appeal is won depends on reason, payer, family, amount and age."""
    chance = random.Random(seed)  # noqa: S311  # examples, not secrets
    return pd.DataFrame([_denial(number, chance) for number in range(count)])


def _denial(number: int, chance: random.Random) -> dict[str, object]:
    denied = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(700))
    reason = chance.choice(sorted(_REASONS))
    payer, family = chance.choice(sorted(_PAYERS)), chance.choice(sorted(_FAMILIES))
    amount, age = Decimal(chance.randrange(2000, 40000)).scaleb(-2), chance.randrange(10, 200)
    denial_class, push = _REASONS[reason]
    odds = push + _PAYERS[payer] + _FAMILIES[family] + (0.9 if amount > 200 else -0.3) - age / 150
    was_appealed = chance.random() < 0.8
    decided = denied + dt.timedelta(days=chance.randrange(20, 120)) if was_appealed else None
    return {
        "denial_id": f"d{number:05d}",
        "denied_date": denied,
        "service_date": denied - dt.timedelta(days=age),
        "payer_id": payer,
        "payer_class": "commercial",
        "procedure_category": family,
        "modifier_1": chance.choice([None, "25", "59"]),
        "diagnosis_chapter": chance.choice("EIJMZ"),
        "group_code": "CO",
        "reason_code": reason,
        "denial_class": denial_class,
        "remark_code": None,
        "place_of_service_code": "11",
        "rendering_provider_id": chance.choice(["1234567893", "1003000126"]),
        "charged_amount": amount * 2,
        "expected_allowed_amount": amount,
        "days_since_service": age,
        "was_appealed": was_appealed,
        "appeal_decided_date": decided,
        "was_overturned": chance.random() < 1 / (1 + math.exp(-odds)) if was_appealed else None,
    }


def deposits(day_count: int, seed: int = 1, as_of: dt.date = AS_OF) -> pd.DataFrame:
    """Deposits of the last days: Tuesdays are the strongest, none on weekends and federal holidays."""
    chance = random.Random(seed)  # noqa: S311  # examples, not secrets
    closed = holidays.country_holidays("US", years=range(as_of.year - 4, as_of.year + 1))
    rows = []
    for back in range(day_count - 1, -1, -1):
        day = as_of - dt.timedelta(days=back)
        if day.weekday() < 5 and day not in closed:
            usual = 9000 if day.weekday() == 1 else 5000
            rows.append((day, Decimal(round(100 * usual * chance.lognormvariate(0, 0.3))).scaleb(-2)))
    return pd.DataFrame(rows, columns=["date", "deposit_amount"])


def outflows(day_count: int, as_of: dt.date = AS_OF) -> pd.DataFrame:
    """Biweekly payroll with its taxes three days later, rent on the first, supplies without a rhythm."""
    chance = random.Random(7)  # noqa: S311  # examples, not secrets
    rows = []
    for back in range(day_count - 1, -1, -1):
        day = as_of - dt.timedelta(days=back)
        if (day - dt.date(2024, 1, 5)).days % 14 == 0:
            rows.append((day, "payroll_net", Decimal("31000.37")))
        if (day - dt.date(2024, 1, 8)).days % 14 == 0:
            rows.append((day, "payroll_tax", Decimal("9000.11")))
        if day.day == 1:
            rows.append((day, "rent", Decimal("8500.00")))
        if chance.random() < 0.15:
            rows.append((day, "supplies", Decimal(chance.randrange(1000, 90000)).scaleb(-2)))
    return pd.DataFrame(rows, columns=["date", "outflow_kind", "amount"])
