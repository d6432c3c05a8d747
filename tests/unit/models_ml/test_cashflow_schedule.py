"""Outflows on a schedule, margins, and quantiles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models_ml.cashflow.config import CashConfig
from models_ml.cashflow.intervals import conformal_quantile, cumulative_margins
from models_ml.cashflow.schedule import OutflowPlan, plan_outflows

AS_OF = dt.date(2026, 6, 30)


def plan(dates: list[dt.date], amounts: list[str] | None = None, kind: str = "rent") -> OutflowPlan:
    values = amounts or ["100.00"] * len(dates)
    frame = pd.DataFrame({"date": dates, "outflow_kind": kind, "amount": [Decimal(value) for value in values]})
    (only,) = plan_outflows(frame, AS_OF, CashConfig())
    return only


def back(*days_ago: int) -> list[dt.date]:
    return sorted(AS_OF - dt.timedelta(days=n) for n in days_ago)


def test_biweekly_pay_keeps_its_weekday_and_step():
    dates = [dt.date(2026, 4, 3) + dt.timedelta(days=14 * n) for n in range(7)]
    found = plan(dates, kind="payroll_net")
    assert found.rhythm == "biweekly"
    assert list(found.cents_by_date)[:2] == [dt.date(2026, 7, 10), dt.date(2026, 7, 24)]
    assert len(found.cents_by_date) == 6


def test_a_pay_day_moved_for_a_holiday_does_not_move_the_next():
    dates = [dt.date(2026, 4, 10) + dt.timedelta(days=14 * n) for n in range(6)]
    # Friday 19 June is a federal holiday: paid on the Thursday
    dates[-1] = dt.date(2026, 6, 18)
    assert next(iter(plan(dates).cents_by_date)) == dt.date(2026, 7, 3)


def test_weekly_and_monthly_and_quarterly_are_told_apart():
    assert plan(back(2, 9, 16, 23, 30)).rhythm == "weekly"
    monthly = plan([dt.date(2026, m, 1) for m in range(1, 7)])
    assert (monthly.rhythm, list(monthly.cents_by_date)) == (
        "monthly",
        # 1 August 2026 is a Saturday: planned for the Friday before
        [dt.date(2026, 7, 1), dt.date(2026, 7, 31), dt.date(2026, 9, 1)],
    )
    quarterly = plan([dt.date(2025, 8, 17), dt.date(2025, 11, 17), dt.date(2026, 2, 17), dt.date(2026, 5, 17)])
    assert list(quarterly.cents_by_date) == [dt.date(2026, 8, 17)]


def test_twice_a_month_is_not_every_two_weeks():
    dates = [dt.date(2026, m, d) for m in range(1, 6) for d in (15, 28)] + [dt.date(2026, 6, 15)]
    found = plan(dates, kind="payroll_net")
    assert found.rhythm == "semimonthly"
    assert dt.date(2026, 7, 15) in found.cents_by_date
    assert len(found.cents_by_date) == 6


def test_the_next_amount_is_the_usual_one_not_the_last():
    found = plan(back(2, 9, 16, 23, 30), ["100.00", "100.00", "100.00", "100.00", "999.00"])
    assert set(found.cents_by_date.values()) == {10000}


def test_bills_without_a_rhythm_are_spread_and_no_cent_is_lost():
    found = plan(back(3, 5, 21, 40, 41, 77, 89), ["10.01"] * 7)
    assert found.rhythm == "spread"
    assert sum(found.cents_by_date.values()) == 7007
    assert all(day.weekday() < 5 for day in found.cents_by_date)


@pytest.mark.parametrize(
    ("dates", "kind", "rhythm", "count"),
    [
        pytest.param(back(10), "rent", "once", 0, id="seen_once"),
        pytest.param(back(4), "payroll_net", "assumed_biweekly", 6, id="payroll_seen_once"),
        pytest.param(back(60), "payroll_net", "once", 0, id="payroll_seen_once_long_ago"),
        pytest.param(back(72, 86, 100, 114), "lease", "ended", 0, id="steady_and_stopped"),
        pytest.param(back(100, 101, 150, 190), "supplies", "ended", 0, id="unsteady_and_stopped"),
    ],
)
def test_what_has_no_rhythm_or_has_ended(dates, kind, rhythm, count):
    found = plan(dates, kind=kind)
    assert (found.rhythm, len(found.cents_by_date)) == (rhythm, count)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30, unique=True))
@settings(max_examples=80)
def test_whatever_the_dates_plans_lie_within_the_horizon(days_ago):
    found = plan(back(*days_ago), kind="payroll_net")
    for day in found.cents_by_date:
        assert AS_OF < day <= AS_OF + dt.timedelta(days=90)


def test_the_conformal_quantile_counts_the_unseen_day():
    scores = np.arange(1.0, 10.0)
    assert conformal_quantile(scores, 0.8) == 8.0
    assert conformal_quantile(scores, 0.99) == 9.0
    assert conformal_quantile(np.array([]), 0.8) == 0.0


def test_cumulative_margins_grow_beyond_what_was_judged():
    rows = pd.DataFrame(
        {
            "origin": 0,
            "horizon_days": range(1, 31),
            "forecast": 10.0,
            "actual": 9.0,
            "ds": pd.date_range("2026-01-01", periods=30),
        }
    )
    margins = cumulative_margins(rows, 90, 0.8)
    assert (np.diff(margins) >= 0).all()
    assert margins[89] == pytest.approx(3 * margins[29])
