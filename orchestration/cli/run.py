"""``medbooks run``: the whole pipeline once, in this process."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import BooksError, GateFailedError

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

    from orchestration.resources.practice import PracticeStores

_STRICT_EXIT = 4


def run(
    select: Annotated[str, typer.Option(help="Asset selection, e.g. 'group:learn' or 'key:marts/*'.")] = "*",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Summary as JSON on stdout.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 when anything is quarantined.")] = False,
) -> None:
    """Take what is in the inbox to posted books: ingest, transform, check, learn, post, publish."""
    stores = open_stores()
    run_pipeline(stores, select=select, quiet=quiet)
    facts = summary(stores)
    typer.echo(json.dumps(facts, indent=2) if as_json else "\n".join(summary_lines(facts)))
    if strict and facts["quarantined_files"]:
        raise typer.Exit(_STRICT_EXIT)


def run_pipeline(stores: PracticeStores, *, select: str = "*", quiet: bool = False) -> None:
    """Run the selected assets; raises ``BusyError``, ``GateFailedError`` or ``BooksError`` when it did not succeed."""
    from orchestration.resources.instance import PROCESS_TAG, bury_dead_runs, prepare_environment, process_tag

    os.environ.update(prepare_environment(stores.home))
    stores.home.inbox.mkdir(parents=True, exist_ok=True)
    with stores.lake.lock():
        import dagster as dg

        from orchestration.definitions import defs
        from orchestration.defs.schedules import DAILY_BOOKS

        with dg.DagsterInstance.get() as instance:
            buried = bury_dead_runs(instance)
            if buried and not quiet:
                say(f"{buried} earlier run(s) had been cut off; what they had not committed is done now")
            definitions = defs()
            if select == "*":
                job = definitions.resolve_job_def(DAILY_BOOKS)
            else:
                chosen = dg.define_asset_job("selected_books", selection=select)
                try:
                    job = dg.Definitions.merge(definitions, dg.Definitions(jobs=[chosen])).resolve_job_def(chosen.name)
                except dg.DagsterError:
                    message = f"no asset answers to the selection {select!r}"
                    raise BooksError(message, mend="medbooks run --select 'group:learn'") from None
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                tags={PROCESS_TAG: process_tag(), "medbooks/started_by": "command line"},
                run_config={"loggers": {"medbooks": {"config": {"quiet": quiet}}}},
            )
            if not result.success:
                raise _failure(result)


def _failure(result: ExecuteInProcessResult) -> BooksError:
    gates = [
        evaluation.check_name
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.blocking
    ]
    if gates:
        message = f"a gate refused, nothing behind it was posted: {', '.join(gates)}"
        return GateFailedError(message, mend="medbooks up   # and open the failed check")
    steps = sorted({event.step_key for event in result.all_events if event.is_step_failure and event.step_key})
    reasons = [
        event.step_failure_data.error.message.strip().splitlines()[0]
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.error
    ]
    message = f"the run failed at {', '.join(steps) or 'its start'}" + (f": {reasons[0]}" if reasons else "")
    return BooksError(message, mend="medbooks doctor")


def summary(stores: PracticeStores) -> dict[str, Any]:
    """Return the facts of the six-line summary, amounts as strings."""
    from orchestration.resources.control import control_totals
    from orchestration.resources.lake import rows

    control = control_totals(stores)
    with stores.lake.connect() as lake:
        claims = rows(
            lake,
            "SELECT count(DISTINCT claim_id) AS n FROM (SELECT claim_id FROM marts.fct_charge_lines "
            "UNION ALL SELECT claim_id FROM marts.fct_remittance_lines)",
        )[0]["n"]
        worth = rows(
            lake,
            "SELECT count(*) AS n, coalesce(sum(expected_recovery_amount), 0) AS amount FROM marts.denial_worklist "
            "WHERE is_worth_appealing",
        )[0]
        dso = rows(
            lake,
            "SELECT dso_days, as_of_date FROM measures.dso_by_payer_monthly WHERE payer_id = 'ALL' "
            "ORDER BY activity_month DESC LIMIT 1",
        )
        cash = rows(lake, "SELECT low_point_amount, low_point_date FROM marts.cash_forecast_summary")
    sources = control.sources
    days = dso[0]["dso_days"] if dso else None
    return {
        "files": sum(s.files for s in sources),
        "quarantined_files": sum(s.quarantined_files for s in sources),
        "claims": claims,
        "in_amount": f"{sum(s.in_amount for s in sources):.2f}",
        "posted_amount": f"{sum(s.posted_amount for s in sources):.2f}",
        "held_amount": f"{sum(s.held_amount for s in sources):.2f}",
        "quarantined_amount": f"{sum(s.quarantined_amount for s in sources):.2f}",
        "is_conserved": all(s.is_conserved for s in sources),
        "entries": control.entry_count,
        "trial_balance_amount": f"{control.trial_balance_amount:.2f}",
        "denials_worth_appealing": worth["n"],
        "expected_recovery_amount": f"{worth['amount']:.2f}",
        "dso_days": round(days, 1) if days is not None else None,
        "low_point_amount": f"{cash[0]['low_point_amount']:.2f}" if cash else None,
        "low_point_date": str(cash[0]["low_point_date"]) if cash else None,
    }


def summary_lines(facts: dict[str, Any]) -> list[str]:
    """Return the six lines a run ends with."""
    from decimal import Decimal

    def money(name: str) -> str:
        return dollars(Decimal(facts[name]))

    equals = "=" if facts["is_conserved"] else "≠"
    cash = (
        f"{money('low_point_amount')} on {facts['low_point_date']}"
        if facts["low_point_date"]
        else "no bank statement to forecast from"
    )
    dso = f"{facts['dso_days']} days" if facts["dso_days"] is not None else "not enough revenue to say"
    return [
        f"files in             {facts['files']:,} ({facts['quarantined_files']:,} quarantined)",
        f"claims               {facts['claims']:,}",
        (
            f"dollars in           {money('in_amount')} {equals} {money('posted_amount')} posted + "
            f"{money('held_amount')} "
            f"held + {money('quarantined_amount')} quarantined"
        ),
        (
            f"worth appealing      {facts['denials_worth_appealing']:,} denials, "
            f"expecting {money('expected_recovery_amount')}"
        ),
        f"DSO                  {dso}",
        f"lowest cash ahead    {cash}",
    ]
