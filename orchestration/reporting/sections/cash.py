"""What will cash do? The balance behind us, the one ahead, and the payrolls it must pay."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.reporting import numerals
from orchestration.reporting.figures import FULL, Balance, cash_legend, responsive
from orchestration.reporting.figures import cash as draw
from orchestration.reporting.markup import join, tag
from orchestration.reporting.measures import pay_dates
from orchestration.reporting.pieces import Col, chip, disclosure, nothing, panel, section, table

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.reporting.data import ReportData, ReportedForecast
    from orchestration.reporting.markup import Html
    from orchestration.reporting.measures import PayDate

_PAST_DAYS: Final = 180
_LEDE: Final = "The bank balance of the last six months, and what it should be over the next ninety days."


def cash(report: ReportData) -> Html:
    """Return the balance chart, the payrolls ahead and how the forecast was made."""
    forecast = report.cash_forecast
    if forecast is None or not forecast.days:
        return section("cash", "What will cash do?", "", _without_forecast(report))
    payrolls = pay_dates(report)
    return section(
        "cash", "What will cash do?", _LEDE, _chart(report, forecast, payrolls), _payrolls(forecast, payrolls)
    )


def _without_forecast(report: ReportData) -> Html:
    if not report.cash_daily:
        return panel(
            "Balance at the bank", nothing("No bank statement has arrived yet; with one, this section forecasts.")
        )
    rows: dict[dt.date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for day in report.cash_daily:
        month = rows[day.cash_date.replace(day=1)]
        month[0] += day.deposit_amount
        month[1] += day.withdrawal_amount
    columns = (Col("Month", is_lead=True), Col("Came in", is_number=True), Col("Went out", is_number=True))
    cells = [(numerals.month(m), *map(numerals.dollars, rows[m])) for m in sorted(rows, reverse=True)]
    sentence = "The bank's history does not allow a forecast yet."
    return panel("Came in and went out", nothing(sentence), table(columns, cells))


def _chart(report: ReportData, forecast: ReportedForecast, payrolls: list[PayDate]) -> Html:
    past = _past(report, forecast)
    ahead = [
        Balance(day.forecast_date, day.projected_balance_amount, day.projected_balance_lower_amount)
        for day in forecast.days
    ]
    chart = responsive(lambda size: draw(past, ahead, payrolls, forecast.floor_ratio, size), FULL)
    sub = f"{numerals.dollars(forecast.opening_balance_amount)} on {numerals.date(forecast.as_of_date)}."
    if forecast.wape is not None:
        sub += " On any day ahead, nine times in ten the balance should be above the careful line."
    return panel("Balance at the bank", cash_legend(has_payrolls=bool(payrolls)), chart, _method(forecast), sub=sub)


def _past(report: ReportData, forecast: ReportedForecast) -> list[Balance]:
    """Return the balance of every day of the past, walked back from what the bank says is there now."""
    changes: dict[dt.date, Decimal] = defaultdict(lambda: ZERO)
    for row in report.cash_daily:
        changes[row.cash_date] += row.deposit_amount - row.withdrawal_amount
    known = [day for day in changes if day <= forecast.as_of_date]
    if not known:
        return []
    first = max(min(known), forecast.as_of_date - dt.timedelta(days=_PAST_DAYS))
    balance, found, day = forecast.opening_balance_amount, [], forecast.as_of_date
    while day >= first:
        found.append(Balance(day, balance))
        balance -= changes.get(day, ZERO)
        day -= dt.timedelta(days=1)
    return found[::-1]


def _method(forecast: ReportedForecast) -> Html:
    terms = [
        (
            "Formula",
            "balance = balance the day before + collections \N{MINUS SIGN} payroll \N{MINUS SIGN} other payments",
        ),
        ("How collections are forecast", forecast.method),
    ]
    if forecast.wape is not None:
        naive = (
            f"; repeating the past misses by {numerals.percent(forecast.naive_wape)}"
            if forecast.naive_wape is not None
            else ""
        )
        words = (
            f"in rehearsals over the past, days were missed by {numerals.percent(forecast.wape)} of the money{naive}"
        )
        terms.append(("How good it is (WAPE: Σ |forecast \N{MINUS SIGN} actual| ÷ Σ actual)", words))
    terms.append(
        ("Careful line", "lower end of the 80% range of all collections so far, from the errors of the rehearsals")
    )
    terms.append(("Payroll, rent and bills", "leave by the rhythm they left by before"))
    return disclosure(
        "How it is calculated", tag("dl", *(join(tag("dt", term), tag("dd", words)) for term, words in terms))
    )


def _payrolls(forecast: ReportedForecast, payrolls: list[PayDate]) -> Html:
    heading = "Payrolls ahead"
    if not payrolls:
        return panel(heading, nothing("No payroll is known from the bank or a payroll file, so none is forecast."))
    columns = (
        Col("Pay date", is_lead=True),
        Col("Cash before it", is_number=True),
        Col("Payroll with taxes", is_number=True),
        Col("Cash ÷ payroll", is_number=True),
        Col("", is_number=True),
    )
    cells = [
        (
            numerals.date(pay.pay_date),
            numerals.dollars(pay.available_amount),
            numerals.dollars(pay.payroll_amount),
            f"{numerals.days(pay.ratio)} times",
            _cover(pay, forecast),
        )
        for pay in payrolls
    ]
    sub = (
        f"Before each payroll there should be cash for {forecast.floor_ratio} of it. Tight: there is as projected, "
        "but not on the careful line."
    )
    return panel(heading, table(columns, cells), sub=sub)


def _cover(pay: PayDate, forecast: ReportedForecast) -> Html:
    if pay.ratio < forecast.floor_ratio:
        return chip("short", "bad")
    if pay.lower_ratio < forecast.floor_ratio:
        return chip("tight", "attention")
    return chip("covered", "good")
