"""``medbooks close``: what a fiscal period's end adds, whether it can be locked, locking it, and opening it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import GateFailedError
from orchestration.core.money import ZERO, format_amount

if TYPE_CHECKING:
    from orchestration.accounting.closing import CloseItem
    from orchestration.operations.close.closing import JudgedPeriod, PreparedPeriod

app = typer.Typer(help="The close of a fiscal period.", no_args_is_help=True)
_GATE_FAILED = 3

_Period = Annotated[
    str, typer.Option(help="Fiscal period YYYY-PP by the entity's own calendar; for all, by the main entity's.")
]
_Entity = Annotated[str, typer.Option(help="Legal entity, or all; the main one when not given.")]


@app.callback()
def close() -> None:
    """Group of verbs."""


@app.command("check")
def check(
    period: _Period,
    entity: _Entity = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """Go through the close checklist of one entity, or of all and their consolidation; exit code 3 when one is open."""
    from orchestration.operations.close import closing

    judged = closing.check(open_stores(), entity, period)
    _show(judged, as_json=as_json)
    if not closing.is_ready(judged):
        raise typer.Exit(_GATE_FAILED)


@app.command("prepare")
def prepare(
    period: _Period,
    entity: _Entity = "",
    release_bonus: Annotated[
        str,
        typer.Option(help="NPI of a provider whose overdue bonus of an earlier year is not owed: take it back."),
    ] = "",
) -> None:
    """Propose what the period's end adds: credits shown as debts, pay worked, bonuses. Again adds what changed."""
    from orchestration.operations.close import closing

    stores = open_stores()
    for prepared in closing.prepare(stores, entity, period, by=who(stores), release_bonus_of=release_bonus):
        _say_prepared(prepared)


def _say_prepared(prepared: PreparedPeriod) -> None:
    title, result, release = prepared.period.title, prepared.result, prepared.release
    for figure in prepared.figures:
        words = "is booked" if not figure.entries else f"{len(figure.entries)} entries, {dollars(figure.amount)}"
        say(f"{title} {figure.name}: {words}")
    say(f"{title}: {result.posted} entries posted in batch {result.batch_tag or '-'}")
    if release is not None and release.rejected:
        say(f"{title}: a person decided before that this bonus stays owed")
    elif release is not None:
        amount = sum((refusal.amount for refusal in release.held), ZERO)
        say(f"{title}: taking back {dollars(amount)} waits for another person: medbooks gl preview")
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
    """Lock the period when every check passes, of all entities or of none, by an approver. The signed head is kept."""
    from orchestration.operations.close import closing

    locked = closing.lock(open_stores(), entity, period, by=login(), reason=reason)
    _show(locked.judged, as_json=as_json)
    if locked.head_file is None:
        message = f"period {period} is not locked: the checklist has open points"
        raise GateFailedError(message, fix=f"medbooks close check{_option(entity)} --period {period}")
    for one in locked.periods:
        say(f"{one.title} ({one.first} to {one.last}) is locked; signed head: {locked.head_file}")


@app.command("reopen")
def reopen(
    period: _Period,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit chain.")],
    entity: _Entity = "",
) -> None:
    """Take postings into a locked period again, by an approver; the reason is kept."""
    from orchestration.operations.close import closing

    for one in closing.reopen(open_stores(), entity, period, by=login(), reason=reason):
        say(f"{one.title} is open again; lock it with: medbooks close run{_option(entity)} --period {period}")


def _option(entity: str) -> str:
    return f" --entity {entity}" if entity else ""


def _show(judged: list[JudgedPeriod], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([_facts(one.title, item) for one in judged for item in one.items], indent=2))
        return
    for one in judged:
        typer.echo(one.title)
        for item in one.items:
            words = item.name.replace("_", " ")
            typer.echo(f"  {'ok  ' if item.is_passed else 'OPEN'}  {words:<62} {dollars(item.amount):>14}")
            if not item.is_passed:
                typer.echo(f"        {item.words}; fix it with: {item.fix}")


def _facts(period: str, item: CloseItem) -> dict[str, Any]:
    return {
        "period": period,
        "check": item.name,
        "passed": item.is_passed,
        "amount": format_amount(item.amount),
        "words": item.words,
        "fix": "" if item.is_passed else item.fix,
    }
