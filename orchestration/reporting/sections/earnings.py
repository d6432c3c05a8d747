"""What do we earn, and which provider earns it? Charges by category, margin by provider."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.reporting import numerals
from orchestration.reporting.data import MARGIN_RATE
from orchestration.reporting.figures import FULL, Bar, Series, bars, columns, legend, responsive
from orchestration.reporting.measures import margin, margin_rows, ratio
from orchestration.reporting.pieces import Col, disclosure, goal_source, nothing, panel, section, table

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

    from orchestration.reporting.data import ReportData
    from orchestration.reporting.markup import Html

_MONTHS: Final = 12
# the colours a person can tell apart; what is left is one colour
_CATEGORIES: Final = 5
_LEDE: Final = "Which services were charged, and what each provider's work leaves after what it cost."


def earnings(report: ReportData) -> Html:
    """Return charges by category and month, and margin by provider."""
    return section("earnings", "Which provider earns, and with what?", _LEDE, _providers(report), _categories(report))


def _providers(report: ReportData) -> Html:
    heading, measure, goal = "Margin before provider pay, by provider", margin(report), report.goal(MARGIN_RATE)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for row in margin_rows(report):
        figures = (row.net_revenue_amount, row.direct_cost_amount, row.provider_compensation_amount)
        sums[row.provider_id] = [so_far + figure for so_far, figure in zip(sums[row.provider_id], figures, strict=True)]
    if not sums:
        return panel(heading, nothing("No charge or remittance names a provider yet."))
    providers = sorted(sums, key=lambda provider: (-sums[provider][0], provider))
    limit = float(goal.value) if goal else None
    drawn, cells = [], []
    for provider in providers:
        revenue, cost, pay = sums[provider]
        before, after = ratio(revenue - cost, revenue), ratio(revenue - cost - pay, revenue)
        drawn.append(
            Bar(
                provider,
                float(before) if before is not None else None,
                _rate(before),
                f"{numerals.dollars(revenue - cost)} left of {numerals.dollars(revenue)} net revenue",
                f"{numerals.whole_dollars(revenue)} net revenue",
                is_beyond=limit is not None and before is not None and before < limit,
            )
        )
        amounts = (revenue, cost, revenue - cost, pay, revenue - cost - pay)
        cells.append((provider, *map(numerals.dollars, amounts), _rate(before), _rate(after)))
    line = (limit, f"goal {numerals.short_percent(limit)}: {goal_source(goal)}") if goal and limit is not None else None
    headings = (
        "Net revenue",
        "Direct cost",
        "Left before pay",
        "Provider pay",
        "Left after pay",
        "Before pay",
        "After pay",
    )
    heads = (Col("Provider (NPI)", is_lead=True), *(Col(name, is_number=True) for name in headings))
    sub = (
        f"{measure.period}: (net revenue \N{MINUS SIGN} direct cost) ÷ net revenue. Direct cost is clinical staff and "
        "supplies, shared out by charges; front office and administration stay out."
    )
    behind = disclosure("The figures behind the bars", table(heads, cells))
    return panel(heading, bars(drawn, line), behind, sub=sub)


def _categories(report: ReportData) -> Html:
    heading = "Charges by service, by month"
    sums: dict[tuple[dt.date, str], Decimal] = defaultdict(lambda: ZERO)
    names: dict[str, str] = {}
    for row in report.revenue_by_category_monthly:
        sums[row.posting_month, row.category_code] += row.charged_amount
        names[row.category_code] = row.category_name
    months = sorted({month for month, _ in sums})[-_MONTHS:]
    if not months:
        return panel(heading, nothing("No charge has been posted yet."))
    totals = {code: sum((sums.get((m, code), ZERO) for m in months), ZERO) for code in names}
    codes = sorted((code for code in names if totals[code]), key=lambda code: (-totals[code], code))
    groups = [(names[code], [code]) for code in codes[:_CATEGORIES]]
    if rest := codes[_CATEGORIES:]:
        groups.append((names[rest[0]] if len(rest) == 1 else "All other services", rest))
    series = [
        Series(
            label,
            tuple(float(_sum(sums, month, members)) for month in months),
            tuple(
                f"{label}, {numerals.month(month)}: {numerals.dollars(_sum(sums, month, members))}" for month in months
            ),
        )
        for label, members in groups
    ]
    labels = [numerals.short_month(month) for month in months]
    chart = responsive(lambda size: columns(labels, series, size, heading), FULL)
    heads = (
        Col("Month", is_lead=True),
        *(Col(label, is_number=True) for label, _ in groups),
        Col("All", is_number=True),
    )
    cells = [
        (
            numerals.month(month),
            *(numerals.dollars(_sum(sums, month, members)) for _, members in groups),
            numerals.dollars(_sum(sums, month, codes)),
        )
        for month in reversed(months)
    ]
    behind = disclosure("The figures behind the chart", table(heads, cells))
    sub = "Gross charges, before what payers take off by contract. The newest month may not be over."
    return panel(heading, legend([label for label, _ in groups]), chart, behind, sub=sub)


def _sum(sums: dict[tuple[dt.date, str], Decimal], month: dt.date, codes: list[str]) -> Decimal:
    return sum((sums.get((month, code), ZERO) for code in codes), ZERO)


def _rate(rate: Decimal | None) -> str:
    return "\N{EN DASH}" if rate is None else numerals.percent(rate)
