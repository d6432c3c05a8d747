"""The headline figures, computed from the rows that the report also shows, so that the two cannot disagree.

Every measure carries its formula, numerator and denominator. What does not belong here: how a figure is drawn.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from orchestration.core.money import ZERO
from orchestration.reporting import numerals
from orchestration.reporting.data import ALL_PAYERS, DENIAL_RATE, DSO_DAYS, MARGIN_RATE, PATIENT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from orchestration.reporting.data import DenialRateRow, DsoRow, ForecastDay, Goal, MarginRow, ReportData

Tone = Literal["good", "attention", "bad", "plain"]

# a rate over three months is steadier than one month with two or three pay days
_WINDOW_MONTHS: Final = 3
# payroll and its taxes may leave on neighbouring days and are one payroll (as models_ml.cashflow counts them)
_ONE_PAYROLL_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One headline figure. ``value`` is ``None`` when it cannot be evaluated, and ``shown`` then says why in words."""

    label: str
    shown: str
    unit: str
    period: str
    formula: str
    parts: tuple[tuple[str, str], ...]
    value: Decimal | None = None
    goal: Goal | None = None
    verdict: str = ""
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Window:
    """The newest full months rows exist for, at most three; the running month when there is no full one."""

    months: tuple[dt.date, ...]
    is_full: bool

    @property
    def words(self) -> str:
        """The window in words: ``Sep to Nov 2026``."""
        first, last = self.months[0], self.months[-1]
        if first == last:
            return numerals.month(last) + ("" if self.is_full else " so far")
        start = numerals.short_month(first) if first.year == last.year else numerals.month(first)
        return f"{start} to {numerals.month(last)}"


@dataclass(frozen=True, slots=True)
class PayrollDate:
    """One payroll ahead: cash on hand before it, the same on the careful line, and what leaves with its taxes."""

    pay_date: dt.date
    available_amount: Decimal
    available_lower_amount: Decimal
    payroll_amount: Decimal

    @property
    def ratio(self) -> Decimal:
        """How many such payrolls the cash would pay."""
        return self.available_amount / self.payroll_amount

    @property
    def lower_ratio(self) -> Decimal:
        """How many such payrolls the cash of the careful line would pay."""
        return self.available_lower_amount / self.payroll_amount


def window(months: Iterable[dt.date], as_of: dt.date | None) -> Window | None:
    """Return the window of the months given; ``None`` without any."""
    known = sorted(set(months))
    if not known:
        return None
    full = [month for month in known if as_of is not None and _last_day(month) <= as_of]
    return Window(tuple(full[-_WINDOW_MONTHS:]), is_full=True) if full else Window((known[-1],), is_full=False)


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part ÷ whole, ``None`` when the whole is not above zero."""
    return part / whole if whole > 0 else None


def practice_dso(report: ReportData) -> list[DsoRow]:
    """Return the practice's own rows, oldest first."""
    rows = [row for row in report.dso_by_payer_monthly if row.payer_id == ALL_PAYERS]
    return sorted(rows, key=lambda row: row.activity_month)


def payer_dso(report: ReportData) -> list[DsoRow]:
    """Return the newest month's row of every payer that owes anything, the slowest first, those without a DSO last."""
    newest = max((row.activity_month for row in report.dso_by_payer_monthly), default=None)
    rows = [
        row
        for row in report.dso_by_payer_monthly
        if row.activity_month == newest and row.payer_id != ALL_PAYERS and (row.receivable_amount or row.dso_days)
    ]
    return sorted(rows, key=lambda row: (row.dso_days is None, -(row.dso_days or 0), row.payer_name, row.payer_id))


def dso(report: ReportData) -> Measure:
    """Return days sales outstanding of the practice on the newest day measured."""
    label, formula = "Days to get paid (DSO)", "A/R ÷ (net revenue of the last 90 days ÷ 90)"
    rows = practice_dso(report)
    goal = report.goal(DSO_DAYS)
    if not rows or rows[-1].dso_days is None:
        return Measure(label, "no revenue yet", "", "", formula, (), goal=goal)
    row = rows[-1]
    value = Decimal(repr(rows[-1].dso_days))
    parts = (
        ("Numerator: A/R, charges less payments and reductions", numerals.dollars(row.receivable_amount)),
        ("Denominator: net revenue of 90 days (charges less price concessions)",
         numerals.dollars(row.net_revenue_90_day_amount)),
        ("Net revenue a day", numerals.dollars(row.net_revenue_90_day_amount / 90)),
    )  # fmt: skip
    period = f"on {numerals.date(row.as_of_date)}"
    verdict, tone = _against(value, goal, numerals.short_days, " days")
    return Measure(label, numerals.days(value), "days", period, formula, parts, value, goal, verdict, tone)


def receivable(report: ReportData) -> Measure:
    """Return what payers and patients owe."""
    label, formula = (
        "Owed to you (A/R)",
        "charges \N{MINUS SIGN} payments \N{MINUS SIGN} reductions ± transfers",
    )
    rows = practice_dso(report)
    if not rows:
        return Measure(label, "nothing yet", "", "", formula, ())
    row = rows[-1]
    newest = [r for r in report.dso_by_payer_monthly if r.activity_month == row.activity_month]
    patients = sum((r.receivable_amount for r in newest if r.payer_id == PATIENT), ZERO)
    parts = (
        ("With payers", numerals.dollars(row.receivable_amount - patients)),
        ("With patients", numerals.dollars(patients)),
        ("Together", numerals.dollars(row.receivable_amount)),
    )
    shown = numerals.whole_dollars(row.receivable_amount)
    return Measure(
        label, shown, "", f"on {numerals.date(row.as_of_date)}", formula, parts, row.receivable_amount, None,
        f"{numerals.whole_dollars(patients)} of it with patients",
    )  # fmt: skip


def denial_rate(report: ReportData) -> Measure:
    """Return the dollars denied at first remittance over the window."""
    label, formula = (
        "Denied at first answer",
        "charges on lines denied at their first remittance ÷ charges first remitted",
    )
    goal = report.goal(DENIAL_RATE)
    recent = window((row.posting_month for row in report.denial_rate_monthly), report.as_of_date)
    rows = denial_rows(report)
    denied, remitted = _denied(rows)
    value = ratio(denied, remitted)
    if recent is None or value is None:
        return Measure(label, "no remittance yet", "", "", formula, (), goal=goal)
    claims = sum(row.remitted_claim_count for row in rows)
    denied_claims = sum(row.denied_claim_count for row in rows)
    parts = (
        ("Numerator: charges denied", numerals.dollars(denied)),
        ("Denominator: charges remitted", numerals.dollars(remitted)),
        ("In claims", f"{denied_claims:,} with a denied line of {claims:,} remitted"),
    )
    verdict, tone = _against(value, goal, numerals.short_percent, "")
    return Measure(
        label, numerals.percent(value), "of dollars", recent.words, formula, parts, value, goal, verdict, tone
    )


def denial_rows(report: ReportData) -> list[DenialRateRow]:
    """Return the denial rows of the window."""
    recent = window((row.posting_month for row in report.denial_rate_monthly), report.as_of_date)
    return [row for row in report.denial_rate_monthly if recent and row.posting_month in recent.months]


def margin_rows(report: ReportData) -> list[MarginRow]:
    """Return the margin rows of the window."""
    recent = window((row.margin_month for row in report.provider_margin_monthly), report.as_of_date)
    return [row for row in report.provider_margin_monthly if recent and row.margin_month in recent.months]


def margin(report: ReportData) -> Measure:
    """Return the margin before the providers' own pay, of the practice over the window."""
    label = "Margin before provider pay"
    formula = "(net revenue \N{MINUS SIGN} direct cost) ÷ net revenue"
    goal = report.goal(MARGIN_RATE)
    recent = window((row.margin_month for row in report.provider_margin_monthly), report.as_of_date)
    rows = margin_rows(report)
    revenue = sum((row.net_revenue_amount for row in rows), ZERO)
    cost = sum((row.direct_cost_amount for row in rows), ZERO)
    value = ratio(revenue - cost, revenue)
    if recent is None or value is None:
        return Measure(label, "no revenue yet", "", "", formula, (), goal=goal)
    parts = (
        ("Numerator: net revenue less direct cost", numerals.dollars(revenue - cost)),
        ("Denominator: net revenue", numerals.dollars(revenue)),
        ("Direct cost: clinical staff and supplies, shared out by charges", numerals.dollars(cost)),
        ("Provider pay, not taken off here",
         numerals.dollars(sum((row.provider_compensation_amount for row in rows), ZERO))),
    )  # fmt: skip
    verdict, tone = _against(value, goal, numerals.short_percent, "")
    return Measure(
        label, numerals.percent(value), "of net revenue", recent.words, formula, parts, value, goal, verdict, tone
    )


def low_point(report: ReportData) -> ForecastDay | None:
    """Return the day with the lowest projected balance, the first of equals."""
    days = report.cash_forecast.days if report.cash_forecast else ()
    return min(days, key=lambda day: (day.projected_balance_amount, day.forecast_date), default=None)


def cash_low(report: ReportData) -> Measure:
    """Return the lowest projected balance and its day."""
    label, formula = (
        "Lowest cash ahead",
        "balance yesterday + collections \N{MINUS SIGN} payroll \N{MINUS SIGN} other payments",
    )
    low, forecast = low_point(report), report.cash_forecast
    if forecast is None or low is None:
        return Measure(label, "no forecast", "", "needs a bank file", formula, ())
    parts = [
        (f"In the bank on {numerals.date(forecast.as_of_date)}", numerals.dollars(forecast.opening_balance_amount)),
        ("Lowest projected balance", numerals.dollars(low.projected_balance_amount)),
        ("On the careful line that day", numerals.dollars(low.projected_balance_lower_amount)),
    ]
    payrolls = pay_dates(report)
    verdict, tone = "no payroll known ahead", _plain()
    if payrolls:
        tightest = min(payrolls, key=lambda pay: pay.ratio)
        parts.append((f"Cash before the payroll of {numerals.date(tightest.pay_date)}",
                      numerals.dollars(tightest.available_amount)))  # fmt: skip
        parts.append(("That payroll", numerals.dollars(tightest.payroll_amount)))
        is_short = tightest.ratio < forecast.floor_ratio
        verdict = f"covers {'only ' if is_short else ''}{numerals.days(tightest.ratio)} payrolls at worst"
        tone = "bad" if is_short else "good"
    if low.projected_balance_amount < 0:
        tone = "bad"
    return Measure(
        label, numerals.whole_dollars(low.projected_balance_amount), "", f"on {numerals.date(low.forecast_date)}",
        formula, tuple(parts), low.projected_balance_amount, None, verdict, tone,
    )  # fmt: skip


def pay_dates(report: ReportData) -> list[PayrollDate]:
    """Return the payrolls ahead; payroll leaving within five days of the first is one payroll."""
    found: list[PayrollDate] = []
    for day in report.cash_forecast.days if report.cash_forecast else ():
        if day.payroll_amount <= 0:
            continue
        if found and (day.forecast_date - found[-1].pay_date).days <= _ONE_PAYROLL_DAYS:
            found[-1] = replace(found[-1], payroll_amount=found[-1].payroll_amount + day.payroll_amount)
        else:
            before = day.projected_balance_amount + day.payroll_amount
            lower = day.projected_balance_lower_amount + day.payroll_amount
            found.append(PayrollDate(day.forecast_date, before, lower, day.payroll_amount))
    return found


def books(report: ReportData) -> Measure:
    """Return the posted entries with the sums of their lines, and whether both sides agree."""
    label, formula = "Entries in the books", "Σ debits = Σ credits over every posted entry"
    debit, credit = report.posted_debit_amount, report.posted_credit_amount
    parts = (("Debits", numerals.dollars(debit)), ("Credits", numerals.dollars(credit)))
    if not report.entry_count:
        return Measure(label, "none yet", "", "", formula, ())
    is_balanced = debit == credit
    verdict = "debits equal credits" if is_balanced else f"off by {numerals.dollars(debit - credit)}"
    return Measure(
        label, f"{report.entry_count:,}", "", f"{numerals.whole_dollars(debit)} each side" if is_balanced else "",
        formula, parts, Decimal(report.entry_count), None, verdict, "good" if is_balanced else "bad",
    )  # fmt: skip


def trial_balance_totals(report: ReportData) -> tuple[Decimal, Decimal]:
    """Return the sums of the debit balances and of the credit balances: less than what was posted on each side."""
    return (
        sum((row.debit_amount for row in report.trial_balance), ZERO),
        sum((row.credit_amount for row in report.trial_balance), ZERO),
    )


def headline(report: ReportData) -> tuple[Measure, ...]:
    """Return the headline figures in the order a manager asks."""
    return (dso(report), receivable(report), denial_rate(report), cash_low(report), margin(report), books(report))


def denial_rate_of(rows: Iterable[DenialRateRow]) -> Decimal | None:
    """Return charges denied ÷ charges remitted over rows, ``None`` when nothing was remitted."""
    return ratio(*_denied(rows))


def _denied(rows: Iterable[DenialRateRow]) -> tuple[Decimal, Decimal]:
    known = list(rows)
    return (
        sum((row.denied_charge_amount for row in known), ZERO),
        sum((row.remitted_charge_amount for row in known), ZERO),
    )


def _against(value: Decimal, goal: Goal | None, show: Callable[[Decimal], str], unit: str) -> tuple[str, Tone]:
    """Return how a value stands to its goal, in words and as a tone."""
    if goal is None:
        return "", "plain"
    is_met = value <= goal.value if goal.is_ceiling else value >= goal.value
    if is_met:
        where = "within the goal of" if goal.is_ceiling else "the goal is at least"
        return f"{where} {show(goal.value)}{unit}", "good"
    where = "above" if goal.is_ceiling else "below"
    return f"{where} the goal of {show(goal.value)}{unit}", "attention"


def _plain() -> Tone:
    return "plain"


def _last_day(month: dt.date) -> dt.date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
