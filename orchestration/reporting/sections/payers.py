"""Who pays late, and who denies? DSO and denial rate by payer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.reporting import numerals
from orchestration.reporting.data import DENIAL_RATE, DSO_DAYS
from orchestration.reporting.figures import LOW, Bar, Point, bars, responsive, trend
from orchestration.reporting.measures import denial_rate, denial_rate_of, denial_rows, payer_dso
from orchestration.reporting.pieces import Col, disclosure, goal_source, nothing, pair, panel, section, table

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.reporting.data import DenialRateRow, DsoRow, ReportData
    from orchestration.reporting.markup import Html

# more bars than a person compares are in the table underneath
_SHOWN: Final = 10
_MONTHS: Final = 24
_LEDE: Final = (
    "The payers side by side: how many days of their revenue they still owe, and how much they refuse at first."
)


def payers(report: ReportData) -> Html:
    """Return DSO by payer, denial rate by payer, and the denial rate over time."""
    question = "Who pays late, and who denies?"
    return section("payers", question, _LEDE, pair(_late(report), _denying(report)), _denial_trend(report))


def _late(report: ReportData) -> Html:
    heading, rows, goal = "Days owed, by payer", payer_dso(report), report.goal(DSO_DAYS)
    if not rows:
        return panel(heading, nothing("No payer owes anything yet."))
    largest = sorted(rows, key=lambda row: -row.receivable_amount)[:_SHOWN]
    shown = [row for row in rows if row in largest]
    limit = float(goal.value) if goal else None
    drawn = [
        Bar(
            row.payer_name,
            row.dso_days,
            _days(row),
            f"{row.payer_name}: {numerals.dollars(row.receivable_amount)} owed, "
            f"{numerals.dollars(row.net_revenue_90_day_amount)} net revenue of 90 days",
            f"{numerals.whole_dollars(row.receivable_amount)} owed",
            is_beyond=limit is not None and row.dso_days is not None and row.dso_days > limit,
        )
        for row in shown
    ]
    line = (limit, f"goal {numerals.short_days(limit)} days") if limit is not None else None
    columns = (
        Col("Payer", is_lead=True),
        Col("A/R (numerator)", is_number=True),
        Col("Net revenue, 90 days (denominator)", is_number=True),
        Col("Days", is_number=True),
    )
    cells = [
        (
            row.payer_name,
            numerals.dollars(row.receivable_amount),
            numerals.dollars(row.net_revenue_90_day_amount),
            _days(row),
        )
        for row in rows
    ]
    sub = f"On {numerals.date(rows[0].as_of_date)}: A/R ÷ (net revenue of 90 days ÷ 90). Never averaged over payers."
    return panel(heading, bars(drawn, line), _all(len(rows), len(shown), table(columns, cells)), sub=sub)


def _denying(report: ReportData) -> Html:
    heading, measure, goal = "Denied at first answer, by payer", denial_rate(report), report.goal(DENIAL_RATE)
    grouped: dict[tuple[str, str], list[DenialRateRow]] = defaultdict(list)
    for row in denial_rows(report):
        grouped[row.payer_id, row.payer_name].append(row)
    totals = [(name, *_sums(rows)) for (_, name), rows in sorted(grouped.items())]
    known = [(name, denied, remitted, denied / remitted) for name, denied, remitted in totals if remitted > 0]
    if not known:
        return panel(heading, nothing("No remittance has answered a claim yet, so nothing can have been denied."))
    known.sort(key=lambda one: (-one[3], one[0]))
    largest = {name for name, *_ in sorted(known, key=lambda one: -one[2])[:_SHOWN]}
    limit = float(goal.value) if goal else None
    drawn = [
        Bar(
            name,
            float(rate),
            numerals.percent(rate),
            f"{name}: {numerals.dollars(denied)} denied of {numerals.dollars(remitted)} remitted",
            f"{numerals.whole_dollars(denied)} denied",
            is_beyond=limit is not None and rate > limit,
        )
        for name, denied, remitted, rate in known
        if name in largest
    ]
    line = (limit, f"goal {numerals.short_percent(limit)}") if limit is not None else None
    columns = (
        Col("Payer", is_lead=True),
        Col("Denied (numerator)", is_number=True),
        Col("Remitted (denominator)", is_number=True),
        Col("Rate", is_number=True),
    )
    cells = [
        (name, numerals.dollars(denied), numerals.dollars(remitted), numerals.percent(rate))
        for name, denied, remitted, rate in known
    ]
    sub = f"{measure.period}: charges on denied lines ÷ charges first remitted."
    return panel(heading, bars(drawn, line), _all(len(known), len(drawn), table(columns, cells)), sub=sub)


def _denial_trend(report: ReportData) -> Html:
    heading, goal = "Denied at first answer, by month", report.goal(DENIAL_RATE)
    months: dict[object, list[DenialRateRow]] = defaultdict(list)
    for row in sorted(report.denial_rate_monthly, key=lambda row: row.posting_month):
        months[row.posting_month].append(row)
    recent = [rows for rows in months.values() if denial_rate_of(rows) is not None][-_MONTHS:]
    if not recent:
        return panel(heading, nothing("No remittance has answered a claim yet."))
    points = []
    for rows in recent:
        denied, remitted = _sums(rows)
        rate, month = denied / remitted, rows[0].posting_month
        amounts = f"{numerals.dollars(denied)} of {numerals.dollars(remitted)}"
        tip = f"{numerals.month(month)}: {numerals.percent(rate)}, {amounts}"
        points.append(Point(numerals.short_month(month), float(rate), numerals.percent(rate), tip))
    line = (float(goal.value), f"goal {numerals.short_percent(goal.value)}") if goal else None
    chart = responsive(lambda size: trend(points, numerals.short_percent, size, heading, line), LOW)
    columns = (
        Col("Month", is_lead=True),
        Col("Denied (numerator)", is_number=True),
        Col("Remitted (denominator)", is_number=True),
        Col("Rate", is_number=True),
        Col("Claims with a denied line", is_number=True),
    )
    cells = []
    for rows in reversed(recent):
        denied, remitted = _sums(rows)
        claims = f"{sum(r.denied_claim_count for r in rows):,} of {sum(r.remitted_claim_count for r in rows):,}"
        name = numerals.month(rows[0].posting_month)
        cells.append(
            (name, numerals.dollars(denied), numerals.dollars(remitted), numerals.percent(denied / remitted), claims)
        )
    sub = "Dollars denied at first remittance ÷ dollars first remitted. The newest month may not be over."
    if goal:
        sub += f" Goal {numerals.short_percent(goal.value)}: {goal_source(goal)}."
    return panel(heading, chart, disclosure("The figures behind the chart", table(columns, cells)), sub=sub)


def _sums(rows: list[DenialRateRow]) -> tuple[Decimal, Decimal]:
    return (
        sum((row.denied_charge_amount for row in rows), ZERO),
        sum((row.remitted_charge_amount for row in rows), ZERO),
    )


def _days(row: DsoRow) -> str:
    return "\N{EN DASH}" if row.dso_days is None else numerals.days(row.dso_days)


def _all(count: int, shown: int, whole: Html) -> Html:
    summary = "The figures behind the bars" if count == shown else f"All {count} payers, with the figures"
    return disclosure(summary, whole)
