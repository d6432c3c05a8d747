"""``medbooks close``: what a fiscal period's end adds, whether it can be locked, locking it, and opening it again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from orchestration.accounting.closing import CloseItem
    from orchestration.operations.close.checklist import Period
    from orchestration.stores.practice import PracticeStores

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
    from orchestration.operations.close.checklist import periods_of

    stores = open_stores()
    if not _is_ready(stores, periods_of(stores, entity, period), as_json=as_json):
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
    from orchestration.core.errors import ConfigurationError
    from orchestration.operations.close import month_end
    from orchestration.operations.close.checklist import EVERY_ENTITY, periods_of

    if release_bonus and entity == EVERY_ENTITY:
        message = "a bonus is taken back in the books of one entity"
        raise ConfigurationError(message, mend="medbooks close prepare --entity ENTITY --release-bonus NPI")
    stores = open_stores()
    for chosen in periods_of(stores, entity, period):
        figures, result = month_end.prepare(stores, chosen, made_by=who(stores))
        for figure in figures:
            words = "is booked" if not figure.entries else f"{len(figure.entries)} entries, {dollars(figure.amount)}"
            say(f"{_name(chosen)} {figure.name}: {words}")
        say(f"{_name(chosen)}: {result.posted} entries posted in batch {result.batch_tag or '-'}")
        if release_bonus:
            asked = month_end.release_bonus(stores, chosen, release_bonus, made_by=who(stores))
            amount = sum((refusal.amount for refusal in asked.held), ZERO)
            if asked.rejected:
                say(f"{_name(chosen)}: a person decided before that this bonus stays owed")
            else:
                say(f"{_name(chosen)}: taking back {dollars(amount)} waits for another person: medbooks gl preview")
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
    import datetime as dt

    from orchestration.core.errors import GateFailedError
    from orchestration.operations import audit_heads
    from orchestration.operations.close.checklist import periods_of

    stores = open_stores()
    chosen = periods_of(stores, entity, period)
    _require_approver(stores, chosen)
    if not _is_ready(stores, chosen, as_json=as_json):
        message = f"period {period} is not locked: the checklist has open points"
        raise GateFailedError(message, mend=f"medbooks close check{_option(entity)} --period {period}")
    for one in chosen:
        stores.ledger.close_period(one.entity.entity_id, one.first, one.last, by=login(), reason=reason)
    kept = audit_heads.keep_head(stores, dt.datetime.now(dt.UTC).date())
    for one in chosen:
        say(f"{_name(one)} ({one.first} to {one.last}) is locked; signed head: {kept}")


@app.command("reopen")
def reopen(
    period: _Period,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit chain.")],
    entity: _Entity = "",
) -> None:
    """Take postings into a locked period again, by an approver; the reason is kept."""
    from orchestration.operations.close.checklist import periods_of

    stores = open_stores()
    chosen = periods_of(stores, entity, period)
    _require_approver(stores, chosen)
    for one in chosen:
        stores.ledger.open_period(one.entity.entity_id, one.first, one.last, by=login(), reason=reason)
        say(f"{_name(one)} is open again; lock it with: medbooks close run{_option(entity)} --period {period}")


def _require_approver(stores: PracticeStores, periods: list[Period]) -> None:
    """Raise ``BooksError`` before anything is done, so that all entities are locked or opened, or none."""
    stores.home.require_guarded_settings()
    stores.ledger.require_approver(login(), [period.entity.entity_id for period in periods])


def _name(period: Period) -> str:
    return f"{period.entity.entity_id} {period.name}"


def _option(entity: str) -> str:
    return f" --entity {entity}" if entity else ""


def _is_ready(stores: PracticeStores, periods: list[Period], *, as_json: bool) -> bool:
    from orchestration.operations.close.checklist import checklist, consolidation

    lists = [(_name(period), checklist(stores, period)) for period in periods]
    if len(periods) > 1:
        lists.append(("consolidated", [consolidation(stores, periods)]))
    if as_json:
        typer.echo(json.dumps([_facts(name, item) for name, items in lists for item in items], indent=2))
    else:
        for name, items in lists:
            typer.echo(name)
            for item in items:
                words = item.name.replace("_", " ")
                typer.echo(f"  {'ok  ' if item.is_passed else 'OPEN'}  {words:<62} {dollars(item.amount):>14}")
                if not item.is_passed:
                    typer.echo(f"        {item.words}; mend it with: {item.mend}")
    return all(item.is_passed for _name_, items in lists for item in items)


def _facts(period: str, item: CloseItem) -> dict[str, Any]:
    from orchestration.core.money import format_amount

    return {
        "period": period,
        "check": item.name,
        "passed": item.is_passed,
        "amount": format_amount(item.amount),
        "words": item.words,
        "mend": "" if item.is_passed else item.mend,
    }
