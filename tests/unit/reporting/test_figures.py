import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.reporting import numerals
from orchestration.reporting.figures import (
    PHONE,
    Balance,
    Bar,
    Point,
    Series,
    bars,
    cash,
    columns,
    shares,
    sparkline,
    ticks,
    trend,
)

# figures of a report are no finer than a millionth
NUMBERS = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False).map(lambda number: round(number, 6))


@given(NUMBERS, NUMBERS)
def test_ticks_cover_their_values_with_few_even_steps(one, other):
    low, high = min(one, other), max(one, other)
    steps = ticks(low, high)
    span = (high - low) or abs(high) or 1
    assert steps[0] <= low + span * 1e-6
    assert steps[-1] >= high - span * 1e-6
    assert 2 <= len(steps) <= 8


@pytest.mark.parametrize(("low", "high", "expected"), [(0, 100, [0, 20, 40, 60, 80, 100]), (0, 0, [0, 0.2])])
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


def coordinates(svg: str) -> list[float]:
    return [float(n) for n in re.findall(r'(?:x|y|cx|cy|x1|x2|y1|y2|width|height)="([-0-9.]+)"', svg)]


@given(st.lists(st.none() | NUMBERS, min_size=1, max_size=30).filter(lambda values: any(v is not None for v in values)))
def test_a_trend_of_any_values_stays_inside_its_frame(values):
    points = [Point("Jan", value, "x", "tip") for value in values]
    svg = trend(points, numerals.short_days, PHONE, "name", (35.0, "goal"))
    assert "nan" not in svg
    assert all(-70 <= place <= PHONE.width + 70 for place in coordinates(svg))


@given(st.lists(st.decimals(min_value=-1000000, max_value=1000000, places=2), min_size=1, max_size=40))
def test_cash_of_any_balances_names_the_lowest_day_ahead(amounts):
    start = dt.date(2026, 1, 1)
    ahead = [Balance(start + dt.timedelta(days=n), amount, amount - 10) for n, amount in enumerate(amounts)]
    svg = cash([], ahead, [], Decimal("1.2"), PHONE)
    low = min(ahead, key=lambda balance: (balance.amount, balance.day))
    assert f"lowest {numerals.whole_dollars(low.amount)} on {numerals.short_date(low.day)}" in svg


def test_a_bar_without_a_value_has_no_bar_and_one_beyond_the_goal_is_marked():
    drawn = bars([Bar("A", None, "-", "tip"), Bar("B", 40.0, "40", "tip", is_beyond=True)], (35.0, "goal 35"))
    assert drawn.count("<b ") == 1
    assert 'class="bar beyond"' in drawn
    assert "goal 35" in drawn


def test_bars_of_nothing_but_zero_and_less_do_not_divide_by_zero():
    drawn = bars([Bar("A", 0.0, "0", "tip"), Bar("B", -4.0, "4", "tip")])
    assert drawn.count("width:0.0%") == 2


def test_columns_stack_without_negative_heights():
    series = [Series("One", (5.0, -3.0, 0.0), ("a", "b", "c")), Series("Two", (1.0, 2.0, 0.0), ("d", "e", "f"))]
    svg = columns(["Jan", "Feb", "Mar"], series, PHONE, "name")
    assert svg.count('class="stack') == 3
    assert not re.search(r'height="-', svg)


def test_a_share_of_nothing_is_an_empty_bar():
    assert "<b" not in shares([("posted", Decimal("0.00")), ("held", Decimal("-1.00"))], "tip")


def test_a_line_needs_two_values():
    assert not sparkline([1.0])
    assert "<svg" in sparkline([1.0, 1.0])
