"""``medbooks close``: whether a fiscal period can be locked, locking it, and opening it again."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from orchestration.cli.people import who
from orchestration.cli.stores import dollars, open_stores, say

app = typer.Typer(help="The close of a fiscal period.", no_args_is_help=True)
_GATE_FAILED = 3

_Period = Annotated[str, typer.Option(help="Fiscal period YYYY-PP by the entity's own calendar.")]
_Entity = Annotated[str, typer.Option(help="Legal entity; the main one when not given.")]


@app.callback()
def close() -> None:
    """Group of verbs."""


@app.command("check")
def check(
    period: _Period,
    entity: _Entity = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Go through the close checklist; exit code 3 when something is in the way."""
    if not _is_ready(period, entity, as_json=as_json):
        raise typer.Exit(_GATE_FAILED)


@app.command("prepare")
def prepare(period: _Period, entity: _Entity = "") -> None:
    """Propose what the period's end adds: credits shown as debts, pay worked, bonuses. Again adds what changed."""
    from orchestration.resources import month_end
    from orchestration.resources.closing import period_of

    stores = open_stores()
    chosen = period_of(stores, entity, period)
    figures, result = month_end.prepare(stores, chosen, made_by=who())
    for figure in figures:
        words = "is booked" if not figure.entries else f"{len(figure.entries)} entries, {dollars(figure.amount)}"
        say(f"{chosen.entity.entity_id} {period} {figure.name}: {words}")
    say(f"{result.posted} entries posted in batch {result.batch_tag or '-'}")
    waiting = [*result.held, *result.refusals, *result.conflicts]
    if waiting:
        say(f"{len(waiting)} wait for a person: medbooks gl preview")


@app.command("run")
def run(
    period: _Period,
    entity: _Entity = "",
    reason: Annotated[str, typer.Option(help="Kept in the audit chain.")] = "period closed",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Lock the period when every check passes: nothing can be posted into it then. The head is signed and kept."""
    import datetime as dt

    from orchestration.core.errors import GateFailedError
    from orchestration.resources import audit_heads
    from orchestration.resources.closing import period_of

    if not _is_ready(period, entity, as_json=as_json):
        message = f"period {period} is not locked: the checklist has open points"
        raise GateFailedError(message, mend=f"medbooks close check --period {period}")
    stores = open_stores()
    chosen = period_of(stores, entity, period)
    stores.ledger.close_period(chosen.entity.entity_id, chosen.first, chosen.last, made_by=who(), reason=reason)
    kept = audit_heads.keep_head(stores, dt.datetime.now(dt.UTC).date())
    say(f"{chosen.entity.entity_id} {period} ({chosen.first} to {chosen.last}) is locked; signed head: {kept}")


@app.command("reopen")
def reopen(
    period: _Period,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit chain.")],
    entity: _Entity = "",
) -> None:
    """Take postings into a locked period again; the reason is kept."""
    from orchestration.resources.closing import period_of

    stores = open_stores()
    chosen = period_of(stores, entity, period)
    stores.ledger.open_period(chosen.entity.entity_id, chosen.first, chosen.last, made_by=who(), reason=reason)
    say(f"{chosen.entity.entity_id} {period} is open again; lock it with: medbooks close run --period {period}")


def _is_ready(period: str, entity: str, *, as_json: bool) -> bool:
    from orchestration.core.money import format_amount
    from orchestration.resources.closing import checklist, period_of

    stores = open_stores()
    items = checklist(stores, period_of(stores, entity, period))
    if as_json:
        rows = [
            {
                "check": item.name,
                "passed": item.is_passed,
                "amount": format_amount(item.amount),
                "words": item.words,
                "mend": "" if item.is_passed else item.mend,
            }
            for item in items
        ]
        typer.echo(json.dumps(rows, indent=2))
    else:
        for item in items:
            typer.echo(
                f"{'ok  ' if item.is_passed else 'OPEN'}  {item.name.replace('_', ' '):<50} {dollars(item.amount):>14}"
            )
            if not item.is_passed:
                typer.echo(f"      {item.words}; mend it with: {item.mend}")
    return all(item.is_passed for item in items)
