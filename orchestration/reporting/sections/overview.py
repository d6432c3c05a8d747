"""The top of the page: may the figures be trusted, what they say in a few sentences, and the six headline figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.reporting import measures, numerals
from orchestration.reporting.data import MARGIN_RATE, PATIENT, SELF_PAY
from orchestration.reporting.figures import sparkline
from orchestration.reporting.markup import Html, join, tag
from orchestration.reporting.pieces import chip, explanation, mark, panel

if TYPE_CHECKING:
    from orchestration.reporting.data import ReportData
    from orchestration.reporting.measures import Measure, Tone


# patients are slow in another way than a payer is
_NOT_PAYERS: Final = frozenset({PATIENT, SELF_PAY})
# a twentieth of what is owed
_SMALL: Final = 20


def verdict(report: ReportData) -> Html:
    """Return the statement the page opens with: ready, ready with something waiting, or not ready."""
    tone, heading, sentence = _judgement(report)
    words = tag("div", tag("h2", heading), tag("p", sentence))
    return tag("div", mark(tone), words, class_=f"verdict {tone}", role="status")


def in_short(report: ReportData) -> Html | None:
    """Return what the figures say, a sentence each; nothing when there is nothing to say."""
    found = (_speed(report), _payers(report), _denials(report), _cash(report), _margin(report))
    sentences = [tag("li", sentence) for sentence in found if sentence]
    return panel("In short", tag("ul", *sentences, class_="short")) if sentences else None


def cards(report: ReportData) -> Html:
    """Return the headline figures."""
    shapes = _shapes(report)
    drawn = [_card(m, shapes.get(place, [])) for place, m in enumerate(measures.headline(report))]
    return tag("div", *drawn, class_="cards")


def _judgement(report: ReportData) -> tuple[Tone, str, str]:
    if not any(source.files for source in report.sources):
        return "plain", "Nothing has been loaded yet", "Put files into the inbox and run; this page fills by itself."
    wrong = _disagreements(report)
    if wrong:
        return "bad", "Not ready", f"{' '.join(wrong)} Do not rely on the figures below until this is fixed."
    held = sum((row.held_amount for row in report.sources), ZERO)
    items = sum(row.item_count for row in report.held)
    refused = sum((row.quarantined_amount for row in report.sources), ZERO)
    files = sum(row.quarantined_files for row in report.sources)
    proof = "Every dollar that came in is posted, held or set aside, to the cent; debits equal credits."
    waiting = []
    if items or held:
        verb = "waits" if items == 1 else "wait"
        waiting.append(f"{numerals.count(items, 'item')} worth {numerals.dollars(held)} {verb} for a person")
    if files or refused:
        whole = f" ({numerals.count(files, 'whole file')})" if files else ""
        waiting.append(f"{numerals.dollars(refused)}{whole} could not be read with certainty and was set aside")
    if not waiting:
        return "good", "Ready: the books balance", proof
    heading = f"Ready, with {numerals.count(items, 'item')} waiting" if items else "Ready, with something set aside"
    return "attention", heading, f"{proof} {'; '.join(waiting)}. None of that is in the books yet."


def _disagreements(report: ReportData) -> list[str]:
    found = []
    lost = [row for row in report.sources if row.difference_amount]
    if lost:
        amount = sum((abs(row.difference_amount) for row in lost), ZERO)
        found.append(f"{numerals.dollars(amount)} that came in cannot be accounted for.")
    debit, credit = measures.trial_balance_totals(report)
    if debit != credit:
        found.append(f"The trial balance is off by {numerals.dollars(abs(debit - credit))}.")
    apart = sum(not row.is_equal for row in report.agreements)
    if apart:
        found.append(f"{numerals.count(apart, 'control total')} {'does' if apart == 1 else 'do'} not agree.")
    return found


def _speed(report: ReportData) -> str | None:
    measure = measures.dso(report)
    if measure.value is None:
        return None
    against = f", {measure.verdict}" if measure.verdict else ""
    rows = measures.practice_dso(report)
    before = rows[-4].dso_days if len(rows) > 3 else None  # noqa: PLR2004  # three months before the newest
    change = ""
    if before is not None and rows[-1].dso_days is not None:
        moved = rows[-1].dso_days - before
        # half a day is noise
        if abs(moved) >= 0.5:  # noqa: PLR2004
            pace = "slower" if moved > 0 else "faster"
            change = f" That is {numerals.days(abs(moved))} days {pace} than three months ago."
    return f"It takes about {measure.shown} days to be paid (DSO){against}.{change}"


def _payers(report: ReportData) -> str | None:
    rows = [row for row in measures.payer_dso(report) if row.payer_id not in _NOT_PAYERS and row.receivable_amount > 0]
    total = sum((row.receivable_amount for row in rows), ZERO)
    # a payer that owes next to nothing is no news
    owing = [row for row in rows if row.dso_days is not None and row.receivable_amount * _SMALL >= total]
    if len(owing) < 2:  # noqa: PLR2004  # one payer alone is not the slowest
        return None
    slowest = owing[0]
    return (
        f"{slowest.payer_name} is the slowest payer with {numerals.days(slowest.dso_days or 0)} days "
        f"and owes {numerals.whole_dollars(slowest.receivable_amount)}."
    )


def _denials(report: ReportData) -> str | None:
    measure, work = measures.denial_rate(report), report.denial_work
    if measure.value is None:
        return None
    worth = ""
    if work and work.worth_count:
        amount = numerals.whole_dollars(work.worth_recovery_amount)
        verb = "is" if work.worth_count == 1 else "are"
        worth = f" {numerals.count(work.worth_count, 'open denial')} {verb} worth an appeal, about {amount} in all."
    return f"Payers denied {measure.shown} of the dollars they answered ({measure.period}).{worth}"


def _cash(report: ReportData) -> str | None:
    low, forecast = measures.low_point(report), report.cash_forecast
    if low is None or forecast is None:
        return None
    sentence = (
        f"Cash is expected to be lowest on {numerals.date(low.forecast_date)}, "
        f"at {numerals.whole_dollars(low.projected_balance_amount)}"
    )
    payrolls = measures.pay_dates(report)
    short = [pay for pay in payrolls if pay.ratio < forecast.floor_ratio]
    if short:
        return (
            f"{sentence}. Before the payroll of {numerals.date(short[0].pay_date)} there would be cash for only "
            f"{numerals.days(short[0].ratio)} payrolls; {forecast.floor_ratio} is the floor."
        )
    tight = [pay for pay in payrolls if pay.lower_ratio < forecast.floor_ratio]
    if tight:
        return f"{sentence}. The payroll of {numerals.date(tight[0].pay_date)} is tight if collections disappoint."
    return f"{sentence}{'; every payroll ahead is covered' if payrolls else ''}."


def _margin(report: ReportData) -> str | None:
    measure, goal = measures.margin(report), report.goal(MARGIN_RATE)
    if measure.value is None:
        return None
    against = f", {measure.verdict}" if goal else ""
    return f"Of every dollar earned, {numerals.percent(measure.value)} is left before provider pay{against}."


def _card(measure: Measure, shape: list[float]) -> Html:
    is_figure = measure.value is not None
    unit = tag("small", measure.unit) if measure.unit else None
    return tag(
        "div",
        tag("h3", measure.label, sparkline(shape)),
        tag("p", measure.shown, unit, class_="figure" if is_figure else "figure words"),
        tag("p", measure.period, class_="period"),
        tag("div", chip(measure.verdict, measure.tone)) if measure.verdict else None,
        explanation(measure) or join(),
        class_="card",
    )


def _shapes(report: ReportData) -> dict[int, list[float]]:
    """Return the course of a headline figure, by its place."""
    rows = measures.practice_dso(report)[-12:]
    days = report.cash_forecast.days if report.cash_forecast else ()
    months = sorted({row.posting_month for row in report.denial_rate_monthly})[-12:]
    rates = [
        measures.denial_rate_of(row for row in report.denial_rate_monthly if row.posting_month == m) for m in months
    ]
    return {
        0: [row.dso_days for row in rows if row.dso_days is not None],
        1: [float(row.receivable_amount) for row in rows],
        2: [float(rate) for rate in rates if rate is not None],
        3: [float(day.projected_balance_amount) for day in days],
    }
