"""``medbooks run``: the whole pipeline once, in this process."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import BooksError, GateFailedError

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

    from orchestration.operations.summary import Summary
    from orchestration.stores.practice import PracticeStores

_STRICT_EXIT = 4


def run(
    select: Annotated[str, typer.Option(help="Asset selection, e.g. 'group:learn' or 'key:marts/*'.")] = "*",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Summary as JSON on stdout.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 when anything is quarantined.")] = False,
) -> None:
    """Take what is in the inbox to posted books: ingest, transform, check, learn, post, publish."""
    from orchestration.operations.summary import summarize

    stores = open_stores()
    run_pipeline(stores, select=select, quiet=quiet)
    facts = summarize(stores)
    typer.echo(summary_json(facts) if as_json else "\n".join(summary_lines(facts)))
    if strict and facts.quarantined_files:
        raise typer.Exit(_STRICT_EXIT)


def run_pipeline(stores: PracticeStores, *, select: str = "*", quiet: bool = False) -> None:
    """Run the selected assets; raises ``BusyError``, ``GateFailedError`` or ``BooksError`` when it did not succeed."""
    from orchestration.defs.instance import PROCESS_TAG, bury_dead_runs, prepare_environment, process_tag

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
                    raise BooksError(message, fix="medbooks run --select 'group:learn'") from None
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
        return GateFailedError(message, fix="medbooks up   # and open the failed check")
    steps = sorted({event.step_key for event in result.all_events if event.is_step_failure and event.step_key})
    reasons = [
        event.step_failure_data.error.message.strip().splitlines()[0]
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.error
    ]
    message = f"the run failed at {', '.join(steps) or 'its start'}" + (f": {reasons[0]}" if reasons else "")
    return BooksError(message, fix="medbooks doctor")


def summary_json(facts: Summary) -> str:
    """Return the facts as ``--json`` prints them, amounts as strings with two decimals."""
    return json.dumps(
        {
            name: f"{value:.2f}"
            if isinstance(value, Decimal)
            else str(value)
            if name == "low_point_date" and value
            else value
            for name, value in asdict(facts).items()
        },
        indent=2,
    )


def summary_lines(facts: Summary) -> list[str]:
    """Return the six lines a run ends with."""
    equals = "=" if facts.is_conserved else "≠"
    cash = (
        f"{dollars(facts.low_point_amount)} on {facts.low_point_date}"
        if facts.low_point_date
        else "no bank statement to forecast from"
    )
    dso = f"{facts.dso_days} days" if facts.dso_days is not None else "not enough revenue to say"
    return [
        f"files in             {facts.files:,} ({facts.quarantined_files:,} quarantined)",
        f"claims               {facts.claims:,}",
        (
            f"dollars in           {dollars(facts.in_amount)} {equals} {dollars(facts.posted_amount)} posted + "
            f"{dollars(facts.held_amount)} held + {dollars(facts.quarantined_amount)} quarantined"
        ),
        (
            f"worth appealing      {facts.denials_worth_appealing:,} denials, "
            f"expecting {dollars(facts.expected_recovery_amount)}"
        ),
        f"DSO                  {dso}",
        f"lowest cash ahead    {cash}",
    ]
