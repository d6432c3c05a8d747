import datetime as dt
from decimal import Decimal

import pytest
from made_up_report import AS_OF, a_report, dso_rows, forecast, margin_rows

from orchestration.operations.vocabulary import vocabulary
from orchestration.reporting import measures
from orchestration.reporting.data import DenialRateRow, ForecastDay, Goal, MarginRow, ReportData, ReportedForecast


def denial(month: dt.date, denied: str, remitted: str = "100.00") -> DenialRateRow:
    return DenialRateRow(month, "A", "Payer A", 10, 1, Decimal(remitted), Decimal(denied))


def test_the_window_is_the_newest_three_full_months():
    months = [dt.date(2026, n, 1) for n in range(5, 12)]
    window = measures.window(months, AS_OF)
    assert window is not None
    assert window.months == (dt.date(2026, 8, 1), dt.date(2026, 9, 1), dt.date(2026, 10, 1))
    assert window.words == "Aug to Oct 2026"


def test_a_month_whose_last_day_was_posted_is_full():
    window = measures.window([dt.date(2026, 11, 1)], dt.date(2026, 11, 30))
    assert window is not None
    assert window.is_full


def test_a_practice_in_its_first_month_sees_the_month_so_far():
    window = measures.window([dt.date(2026, 11, 1)], AS_OF)
    assert window is not None
    assert window.words == "Nov 2026 so far"


def test_a_window_over_new_year_names_both_years():
    window = measures.window([dt.date(2026, 12, 1), dt.date(2027, 1, 1)], dt.date(2027, 1, 31))
    assert window is not None
    assert window.words == "Dec 2026 to Jan 2027"


def test_the_denial_rate_divides_the_sums_and_not_the_rates():
    rows = (denial(dt.date(2026, 9, 1), "50.00"), denial(dt.date(2026, 10, 1), "0.00", "900.00"))
    measure = measures.denial_rate(a_report(denial_rate_monthly=rows))
    assert measure.value == Decimal("0.05")
    assert ("Numerator: charges denied", "$50.00") in measure.parts
    assert ("Denominator: charges remitted", "$1,000.00") in measure.parts


def test_the_margin_is_that_of_all_providers_together():
    row = MarginRow(dt.date(2026, 10, 1), "1234567893", Decimal("100.00"), Decimal("20.00"), Decimal("40.00"))
    loss = MarginRow(dt.date(2026, 10, 1), "1457382913", Decimal("100.00"), Decimal("90.00"), Decimal("40.00"))
    assert measures.margin(a_report(provider_margin_monthly=(row, loss))).value == Decimal("0.45")


@pytest.mark.parametrize(
    ("limit", "is_ceiling", "tone"),
    [("100", True, "good"), ("1", True, "attention"), ("1", False, "good"), ("100", False, "attention")],
)
def test_a_goal_is_a_ceiling_or_a_floor(limit, is_ceiling, tone):
    goal = Goal("dso_days", Decimal(limit), is_ceiling, "nobody", AS_OF)
    assert measures.dso(a_report(goals=(goal,))).tone == tone


def test_a_figure_without_a_goal_is_not_judged():
    measure = measures.dso(a_report(goals=()))
    assert not measure.verdict
    assert measure.tone == "plain"


def test_payroll_and_its_taxes_a_few_days_later_are_one_payroll():
    start = dt.date(2026, 12, 4)
    amounts = {0: "100.00", 3: "30.00", 14: "100.00"}
    days = tuple(
        ForecastDay(start + dt.timedelta(days=n), Decimal(amounts.get(n, "0.00")), Decimal(50 - n), Decimal(20 - n))
        for n in range(20)
    )
    payrolls = measures.pay_dates(a_report(cash_forecast=ReportedForecast(AS_OF, Decimal(150), "words", days)))
    assert [(pay.pay_date, pay.payroll_amount) for pay in payrolls] == [
        (start, Decimal("130.00")),
        (start + dt.timedelta(days=14), Decimal("100.00")),
    ]
    assert payrolls[0].available_amount == Decimal("150.00")
    assert payrolls[0].available_lower_amount == Decimal("120.00")


def test_cash_below_the_floor_before_a_payroll_is_bad_news():
    assert measures.cash_low(a_report(cash_forecast=forecast(opening="6000.00"))).tone == "bad"
    assert measures.cash_low(a_report()).tone == "good"


def test_headline_figures_say_formula_numerator_and_denominator():
    for measure in measures.headline(a_report()):
        assert measure.formula
        assert len(measure.parts) >= 2


def test_nothing_at_all_is_said_in_words_and_not_as_zero():
    for measure in measures.headline(ReportData("New practice", AS_OF, None, vocabulary())):
        assert measure.value is None
        assert measure.shown
        assert not any(char.isdigit() for char in measure.shown)


def test_a_practice_without_revenue_has_no_dso():
    rows = tuple(row for row in dso_rows() if row.payer_id == "PATIENT")
    assert measures.dso(a_report(dso_by_payer_monthly=rows)).value is None


def test_margin_rows_outside_the_window_do_not_count():
    months = {row.margin_month for row in measures.margin_rows(a_report(provider_margin_monthly=margin_rows()))}
    assert months == {dt.date(2026, 8, 1), dt.date(2026, 9, 1), dt.date(2026, 10, 1)}
