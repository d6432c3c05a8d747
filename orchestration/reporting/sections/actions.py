"""What must somebody do now? The short list, then the denials worth an appeal and what the readers found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.reporting import measures, numerals
from orchestration.reporting.figures import meter
from orchestration.reporting.markup import Html, join, tag
from orchestration.reporting.pieces import Col, disclosure, nothing, panel, section, table
from orchestration.reporting.words import denial_class_name

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.reporting.data import ReportData, ReportedDenialModel, WorklistRow

WORKLIST_ROWS: Final = 25
_SEVERITIES: Final = ("error", "warning", "info")
_LEDE: Final = (
    "What only a person can decide, the most urgent first. Claim numbers are in the worklist of the practice, not here."
)


@dataclass(frozen=True, slots=True)
class _Task:
    """One thing to do. ``rank`` orders: 0 the books are wrong, 1 money is at risk, 2 the rest by amount."""

    rank: int
    amount: Decimal
    title: str
    detail: str
    shown_amount: str = ""


def actions(report: ReportData) -> Html:
    """Return the tasks, claims that never reached a payer, the head of the denial worklist and the findings."""
    return section(
        "actions",
        "What must somebody do now?",
        _LEDE,
        _tasks(report),
        _rejections(report),
        _worklist(report),
        _findings(report),
    )


def _tasks(report: ReportData) -> Html:
    found = [*_broken(report), *_cash(report), *_rejected(report), *_waiting(report), *_appeals(report)]
    if not found:
        return panel("To do", nothing("Nothing waits for a person."))
    found.sort(key=lambda task: (task.rank, -task.amount, task.title))
    rows = [
        tag(
            "li",
            tag("strong", task.title),
            tag("span", task.shown_amount, class_="amount"),
            tag("small", task.detail),
            class_="urgent" if task.rank == 0 else None,
        )
        for task in found
    ]
    return panel("To do", tag("ol", *rows, class_="todo"))


def _broken(report: ReportData) -> list[_Task]:
    tasks = [
        _Task(0, abs(row.difference_amount), f"Find what is missing from {report.vocabulary.title(row.source).lower()}",
              "In is not posted + held + set aside.", numerals.dollars(row.difference_amount))
        for row in report.sources
        if row.difference_amount
    ]  # fmt: skip
    tasks += [
        _Task(0, abs(row.left_amount - row.right_amount), "Two sums differ that must be equal", row.sentence,
              numerals.dollars(row.left_amount - row.right_amount))
        for row in report.agreements
        if not row.is_equal
    ]  # fmt: skip
    quarantined = [row for row in report.sources if row.quarantined_files]
    for row in quarantined:
        count = numerals.count(row.quarantined_files, "file")
        tasks.append(
            _Task(1, row.quarantined_amount, f"{report.vocabulary.title(row.source)}: {count} set aside",
                  "Look at why each could not be read, and ask its sender for a good copy.",
                  numerals.dollars(row.quarantined_amount))
        )  # fmt: skip
    return tasks


def _cash(report: ReportData) -> list[_Task]:
    forecast = report.cash_forecast
    tasks = []
    short = [pay for pay in measures.pay_dates(report) if forecast and pay.ratio < forecast.floor_ratio]
    if short:
        first = short[0]
        tasks.append(
            _Task(1, first.payroll_amount, f"Secure the payroll of {numerals.date(first.pay_date)}",
                  f"Only {numerals.dollars(first.available_amount)} is expected to be there before it.",
                  numerals.dollars(first.payroll_amount))
        )  # fmt: skip
    overdue = [row for row in report.bank_statuses if row.reconciliation_status == "overdue" and row.payment_count]
    tasks += [
        _Task(1, row.paid_amount, f"Ask where {numerals.count(row.payment_count, 'payment')} went",
              "Said to be paid more than 7 days ago; the bank does not show it.", numerals.dollars(row.paid_amount))
        for row in overdue
    ]  # fmt: skip
    return tasks


def _rejected(report: ReportData) -> list[_Task]:
    """Return the task to send again what never reached a payer: the filing limit runs while nobody looks."""
    rows = report.open_rejections
    if not rows:
        return []
    amount = sum((row.charged_amount for row in rows), ZERO)
    count = numerals.count(sum(row.claim_count for row in rows), "claim")
    title = f"Send {count} again that never reached the payer"
    detail = "Refused by a clearinghouse or payer before anybody decided on them; no remittance will name them."
    return [_Task(1, amount, title, detail, numerals.dollars(amount))]


def _rejections(report: ReportData) -> Html | None:
    rows = report.open_rejections
    if not rows:
        return None
    columns = (
        Col("Payer", is_lead=True),
        Col("Why it was refused"),
        Col("What to do"),
        Col("Claims", is_number=True),
        Col("Charged", is_number=True),
    )
    cells = [
        (row.payer_name, row.reason, row.what_to_do, f"{row.claim_count:,}", numerals.dollars(row.charged_amount))
        for row in rows[:WORKLIST_ROWS]
    ]
    sub = (
        "Neither sent again nor answered by a remittance, the largest amount first. "
        "Claim numbers are in the mart of claim rejections, not on this page."
    )
    return panel("Claims that never reached the payer", table(columns, cells), sub=sub)


def _waiting(report: ReportData) -> list[_Task]:
    tasks = []
    for row in (*report.held, *report.also_waiting):
        meaning, action = report.vocabulary.reason(row.source, row.hold_reason)
        # what nobody need do anything about is explained above, and is no task
        if action.startswith("Nothing"):
            continue
        title = f"{report.vocabulary.title(row.source)}: {numerals.count(row.item_count, 'item')}"
        tasks.append(_Task(2, abs(row.held_amount), title, f"{meaning} {action}", numerals.dollars(row.held_amount)))
    return tasks


def _appeals(report: ReportData) -> list[_Task]:
    work = report.denial_work
    if work is None or not work.worth_count:
        return []
    title = f"Appeal {numerals.count(work.worth_count, 'denial')} worth it"
    detail = f"Of {numerals.count(work.open_count, 'open denial')}; the list below starts with the most to recover."
    shown = f"about {numerals.whole_dollars(work.worth_recovery_amount)}"
    return [_Task(2, work.worth_recovery_amount, title, detail, shown)]


def _worklist(report: ReportData) -> Html:
    heading, work = "Open denials, the most to recover first", report.denial_work
    if work is None or not work.rows:
        return panel(heading, nothing("No denial is open."), _model(report.denial_model))
    columns = (
        Col("Payer", is_lead=True),
        Col("Why it was denied"),
        Col("Code"),
        Col("Days to denial", is_number=True),
        Col("Charged", is_number=True),
        Col("Chance to win", is_number=True),
        Col("Expected recovery", is_number=True),
    )
    shown = work.rows[:WORKLIST_ROWS]
    sub = (
        f"The first {len(shown)} of {numerals.count(work.open_count, 'open denial')}, by the chance to win times what "
        "the payer usually allows. Days count "
        "from the service. No names or claim numbers on this page."
    )
    return panel(heading, table(columns, [_work_cells(row) for row in shown]), _model(report.denial_model), sub=sub)


def _work_cells(row: WorklistRow) -> tuple[str, ...]:
    why: str = denial_class_name(row.denial_class)
    if row.is_for_a_person:
        why = tag("span", why, tag("small", "a person decides"))
    code = "-".join(part for part in (row.group_code, row.reason_code) if part) or "\N{EN DASH}"
    chance = tag("span", meter(row.overturn_probability), numerals.percent(row.overturn_probability))
    recovery = row.expected_recovery_amount
    return (
        row.payer_name,
        why,
        tag("span", code, class_="code"),
        "\N{EN DASH}" if row.days_since_service is None else f"{row.days_since_service:,}",
        numerals.dollars(row.charged_amount),
        chance,
        "unknown" if recovery is None else numerals.dollars(recovery),
    )


def _model(model: ReportedDenialModel | None) -> Html | None:
    if model is None:
        return None
    version = f", version {model.model_version}" if model.model_version else ""
    terms = [
        (
            "Expected recovery",
            "probability that an appeal wins, times the expected allowed amount; worth it above the cost of an appeal",
        ),
        (
            "Model",
            f"{model.model_name}{version}, learned from {numerals.count(model.labelled_count, 'decided appeal')}",
        ),
    ]
    if model.auc is not None:
        terms.append(
            ("How well it ranks (AUC; 0.5 is chance, 1 perfect)", f"{model.auc:.3f}, on appeals newer than it had seen")
        )
    if model.ece is not None:
        terms.append(("How far its probabilities are off (ECE)", f"{numerals.percent(model.ece)} on average"))
    return disclosure(
        "How it is calculated", tag("dl", *(join(tag("dt", term), tag("dd", words)) for term, words in terms))
    )


def _findings(report: ReportData) -> Html:
    heading = "What the readers found in the files"
    if not report.findings:
        return panel(heading, nothing("Nothing was found wrong with any file."))
    counts = {s: sum(row.finding_count for row in report.findings if row.severity == s) for s in _SEVERITIES}
    many = numerals.count(counts["error"], "error")
    others = numerals.count(counts["warning"] + counts["info"], "remark")
    sentence = f"{many}, which hold or set aside what they stand on, and {others}, which hold nothing."
    rows = sorted(report.findings, key=lambda row: (_severity(row.severity), -row.finding_count, row.source, row.code))
    columns = (
        Col("What", is_lead=True),
        Col("From"),
        Col("Kind"),
        Col("Times", is_number=True),
        Col("Amount", is_number=True),
    )
    cells = [
        (
            report.vocabulary.reason(row.source, row.code).what_it_means,
            report.vocabulary.title(row.source),
            "error" if row.severity == "error" else "remark",
            f"{row.finding_count:,}",
            "" if row.amount is None or row.amount == ZERO else numerals.dollars(row.amount),
        )
        for row in rows
    ]
    return panel(heading, tag("p", sentence), disclosure("Every finding", table(columns, cells)))


def _severity(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
