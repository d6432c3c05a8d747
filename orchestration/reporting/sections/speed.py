"""How fast are we paid? DSO over time, and what is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.reporting import numerals
from orchestration.reporting.data import DSO_DAYS
from orchestration.reporting.figures import LOW, Point, responsive, trend
from orchestration.reporting.measures import practice_dso
from orchestration.reporting.pieces import Col, disclosure, goal_source, nothing, panel, section, table

if TYPE_CHECKING:
    from orchestration.reporting.data import DsoRow, ReportData
    from orchestration.reporting.markup import Html

_MONTHS: Final = 24
_LEDE: Final = "How many days of revenue are still owed. Fewer is faster; the line should stay below the goal."


def speed(report: ReportData) -> Html:
    """Return DSO of the practice by month."""
    return section("speed", "How fast are we paid?", _LEDE, _trend(report))


def _trend(report: ReportData) -> Html:
    heading = "Days to get paid (DSO)"
    rows = practice_dso(report)[-_MONTHS:]
    if not any(row.dso_days is not None for row in rows):
        return panel(heading, nothing("There is no revenue of 90 days to divide by yet."))
    goal = report.goal(DSO_DAYS)
    points = [_point(row) for row in rows]
    line = (float(goal.value), f"goal {numerals.short_days(goal.value)} days") if goal else None
    chart = responsive(lambda size: trend(points, numerals.short_days, size, heading, line), LOW)
    sub = "At the end of each month, the newest at its last posting."
    if goal:
        sub += f" Goal {numerals.short_days(goal.value)} days: {goal_source(goal)}."
    columns = (
        Col("On", is_lead=True),
        Col("A/R (numerator)", is_number=True),
        Col("Net revenue of 90 days (denominator)", is_number=True),
        Col("A/R ÷ (revenue ÷ 90)", is_number=True),
    )
    cells = [
        (
            numerals.date(row.as_of_date),
            numerals.dollars(row.receivable_amount),
            numerals.dollars(row.net_revenue_90_day_amount),
            _days(row),
        )
        for row in reversed(rows)
    ]
    return panel(heading, chart, disclosure("The figures behind the chart", table(columns, cells)), sub=sub)


def _point(row: DsoRow) -> Point:
    tip = f"{numerals.date(row.as_of_date)}: {_days(row)}, {numerals.whole_dollars(row.receivable_amount)} owed"
    text = "" if row.dso_days is None else numerals.days(row.dso_days)
    return Point(numerals.short_month(row.activity_month), row.dso_days, text, tip)


def _days(row: DsoRow) -> str:
    return "no revenue" if row.dso_days is None else f"{numerals.days(row.dso_days)} days"
