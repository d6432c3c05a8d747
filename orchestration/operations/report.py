"""The HTML report: marts, ledger and control totals as one page a person looks at.

What does not belong here: how it looks (``reporting``), and what a figure is (dbt).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from orchestration.formats.registry import kind_names
from orchestration.operations.control import control_totals
from orchestration.operations.reconcile import compared_sums
from orchestration.operations.vocabulary import vocabulary
from orchestration.privacy.phi import scrubbed
from orchestration.reporting import data as rd
from orchestration.reporting.report import render
from orchestration.stores.lake import rows

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from orchestration.stores.practice import PracticeStores

_WORKLIST_ROWS = 25
_CASH_DAYS = 180


def report_data(stores: PracticeStores, generated_on: dt.date) -> rd.ReportData:
    """Return what the report shows, read from marts, ledger and control totals."""
    control = control_totals(stores)
    ledger = stores.ledger
    names = {account.account_code: account.account_name for account in ledger.accounts()}
    posted = ledger.posted_totals()
    with stores.lake.connect() as lake, scrubbed("reading the marts for the report"):
        return rd.ReportData(
            practice_name=stores.home.settings.practice_name,
            generated_on=generated_on,
            as_of_date=_one(lake, "select max(posting_date) from posting.receivables_activity"),
            vocabulary=vocabulary(),
            sources=tuple(
                rd.SourceRow(s.source, s.files, s.quarantined_files, s.in_amount, s.posted_amount, s.held_amount,
                             s.quarantined_amount)
                for s in control.sources
            ),
            held=tuple(rd.HeldRow(h.source, h.hold_reason, h.item_count, h.held_amount) for h in control.held),
            also_waiting=_made(
                lake,
                rd.HeldRow,
                "select source, hold_reason, item_count, held_amount from posting.waiting_by_reason "
                "order by source, hold_reason",
            ),
            agreements=_agreements(lake),
            bank_statuses=_made(
                lake,
                rd.BankStatusRow,
                "select reconciliation_status, count(*) as payment_count, "
                "cast(sum(paid_amount) as decimal(18, 2)) as paid_amount "
                "from marts.bank_reconciliation group by reconciliation_status order by reconciliation_status",
            ),
            findings=_findings(lake),
            entry_count=control.entry_count,
            posted_debit_amount=posted.debit_amount,
            posted_credit_amount=posted.credit_amount,
            trial_balance=tuple(
                rd.ReportedBalance(row.account_code, names.get(row.account_code, ""), row.debit_amount,
                                   row.credit_amount)
                for row in ledger.trial_balance(book="accrual")
            ),
            goals=_made(
                lake, rd.Goal, "select measure, benchmark_value as value, is_ceiling, source, stated_date "
                "from reference.benchmarks order by measure",
            ),
            dso_by_payer_monthly=_made(
                lake,
                rd.DsoRow,
                "select activity_month, as_of_date, payer_id, payer_name, receivable_amount, "
                "net_revenue_90_day_amount, dso_days from measures.dso_by_payer_monthly "
                "order by activity_month, payer_id",
            ),
            denial_rate_monthly=_made(
                lake,
                rd.DenialRateRow,
                "select d.posting_month, d.payer_id, coalesce(p.payer_name, d.payer_id) as payer_name, "
                "d.remitted_claim_count, d.denied_claim_count, d.remitted_charge_amount, d.denied_charge_amount "
                "from measures.denial_rate_monthly as d left join marts.dim_payers as p on d.payer_id = p.payer_id "
                "order by d.posting_month, d.payer_id",
            ),
            revenue_by_category_monthly=_made(
                lake,
                rd.RevenueRow,
                "select posting_month, category_code, category_name, "
                "cast(sum(charged_amount) as decimal(18, 2)) as charged_amount "
                "from measures.revenue_by_category_monthly "
                "group by posting_month, category_code, category_name order by posting_month, category_code",
            ),
            provider_margin_monthly=_made(
                lake,
                rd.MarginRow,
                "select margin_month, provider_id, net_revenue_amount, direct_cost_amount, "
                "provider_compensation_amount from measures.provider_margin_monthly order by margin_month, provider_id",
            ),
            cash_daily=_made(
                lake,
                rd.CashDay,
                "select cash_date, cast(sum(deposit_amount) as decimal(18, 2)) as deposit_amount, "
                "cast(sum(withdrawal_amount) as decimal(18, 2)) as withdrawal_amount from measures.cash_daily "
                f"where cash_date > (select max(cash_date) - interval {_CASH_DAYS} day from measures.cash_daily) "
                "group by cash_date order by cash_date",
            ),
            cash_forecast=_forecast(lake),
            denial_work=_denial_work(lake),
            open_rejections=_made(
                lake,
                rd.RejectionRow,
                "select coalesce(payer_name, payer_id, rejected_by, 'unknown') as payer_name, reason, what_to_do, "
                "count(*) as claim_count, cast(coalesce(sum(charged_amount), 0) as decimal(18, 2)) as charged_amount "
                "from marts.fct_claim_rejections where is_open "
                "group by coalesce(payer_name, payer_id, rejected_by, 'unknown'), reason, what_to_do "
                "order by charged_amount desc, payer_name, reason",
            ),
            denial_model=next(
                iter(
                    _made(
                        lake,
                        rd.ReportedDenialModel,
                        "select model_name, decided_appeal_count as labelled_count, walk_forward_auc as auc, "
                        "expected_calibration_error as ece, model_version from marts.denial_model_summary",
                    )
                ),
                None,
            ),
        )  # fmt: skip


def _made(lake: duckdb.DuckDBPyConnection, row_type: type[Any], sql: str) -> tuple[Any, ...]:
    return tuple(row_type(**row) for row in rows(lake, sql))


def _one(lake: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401  # whatever the query's only column is
    return (lake.execute(sql).fetchone() or (None,))[0]


def _agreements(lake: duckdb.DuckDBPyConnection) -> tuple[rd.AgreementRow, ...]:
    return tuple(
        rd.AgreementRow(
            compared.agreement.sentence,
            compared.agreement.left.replace("_", " "),
            compared.left_amount,
            compared.agreement.right.replace("_", " "),
            compared.right_amount,
        )
        for compared in compared_sums(lake)
    )


def _findings(lake: duckdb.DuckDBPyConnection) -> tuple[rd.FindingRow, ...]:
    parts = [
        f"select '{source}' as source, code, severity, count(*) as finding_count, "
        f"cast(sum(amount) as decimal(18, 2)) as amount from raw_{source}.findings group by code, severity"
        for source in kind_names()
    ]
    return _made(lake, rd.FindingRow, " union all ".join(parts) + " order by 1, 2, 3")


def _forecast(lake: duckdb.DuckDBPyConnection) -> rd.ReportedForecast | None:
    summary = rows(
        lake, "select as_of_date, opening_balance_amount, method, wape, naive_wape from marts.cash_forecast_summary"
    )
    if not summary:
        return None
    days = _made(
        lake,
        rd.ForecastDay,
        "select forecast_date, payroll_amount, projected_balance_amount, projected_balance_lower_amount "
        "from marts.cash_forecast_daily order by forecast_date",
    )
    return rd.ReportedForecast(days=days, **summary[0])


def _denial_work(lake: duckdb.DuckDBPyConnection) -> rd.DenialWork:
    head = _made(
        lake,
        rd.WorklistRow,
        "select coalesce(p.payer_name, w.payer_id) as payer_name, w.denial_class, w.group_code, w.reason_code, "
        "w.days_since_service, w.charged_amount, w.overturn_probability, w.expected_recovery_amount, w.is_for_a_person "
        "from marts.denial_worklist as w left join marts.dim_payers as p on w.payer_id = p.payer_id "
        f"order by w.priority_number limit {_WORKLIST_ROWS}",
    )
    total = rows(
        lake,
        "select count(*) as open_count, count(*) filter (is_worth_appealing) as worth_count, "
        "cast(coalesce(sum(expected_recovery_amount) filter (is_worth_appealing), 0) as decimal(18, 2)) "
        "as worth_recovery_amount from marts.denial_worklist",
    )[0]
    return rd.DenialWork(rows=head, **total)


class WrittenReport(NamedTuple):
    """Where the page is, and its size."""

    path: Path
    byte_count: int


def write_report(stores: PracticeStores) -> WrittenReport:
    """Write the report as of today and swap it in."""
    text = render(report_data(stores, dt.datetime.now(dt.UTC).date()))
    folder = stores.home.reports
    folder.mkdir(parents=True, exist_ok=True)
    draft, target = folder / ".index.html", folder / "index.html"
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)
    return WrittenReport(target, len(text.encode()))
