"""``medbooks waiting``: what waits for a person, by number, and the verbs that settle it in the books."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import login
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import BooksError
from orchestration.core.money import format_amount

if TYPE_CHECKING:
    from orchestration.ledger.items import DecisionPart
    from orchestration.operations.decide import WaitingItem

app = typer.Typer(help="What waits for a person, and the verbs that settle it.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number that list shows.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit chain.")]
Account = Annotated[str, typer.Option(help="Code of the account it goes to.")]


@app.callback()
def waiting() -> None:
    """Group of verbs."""


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False) -> None:
    """List what waits: number, day, dollars, what it is, and the verbs it takes."""
    from orchestration.operations.decide import waiting_items

    found = waiting_items(open_stores())
    if as_json:
        typer.echo(json.dumps([_facts(item) for item in found], indent=2))
        return
    for item in found:
        _show(item)
    typer.echo(f"{len(found)} waiting" if found else "nothing waits")


@app.command("show")
def show(number: Number) -> None:
    """Show one item."""
    from orchestration.operations.decide import waiting_items

    found = [item for item in waiting_items(open_stores()) if item.number == number]
    if not found:
        message = f"nothing waits under the number {number}"
        raise BooksError(message, fix="medbooks waiting list")
    _show(found[0])


@app.command("reclassify")
def reclassify(number: Number, account: Account, reason: Reason) -> None:
    """Say what it is: the whole amount goes to one account."""
    from orchestration.ledger.items import DecisionPart

    _decide(number, "reclassify", [DecisionPart(account)], reason)


@app.command("split")
def split(
    number: Number, part: Annotated[list[str], typer.Option(help="ACCOUNT=AMOUNT, once for each part.")], reason: Reason
) -> None:
    """Say what it is in several parts, which are its dollars to the cent: a loan's principal and interest."""
    _decide(number, "split", [_part(text) for text in part], reason)


@app.command("apply")
def apply(number: Number, reason: Reason) -> None:
    """Owe the payer what came a second time for a claim it had paid."""
    _decide(number, "apply", [], reason)


@app.command("release")
def release(number: Number, reason: Reason) -> None:
    """Book it as it is."""
    _decide(number, "release", [], reason)


@app.command("reject")
def reject(number: Number, reason: Reason) -> None:
    """Book nothing of it: it is none of ours, or came by mistake."""
    _decide(number, "reject", [], reason)


@app.command("approve")
def approve(number: Number, reason: Reason) -> None:
    """Decide what another person proposed; above the limit for exceptions two people are needed."""
    from orchestration.operations.decide import approve_item

    item = approve_item(open_stores(), number, by=login(), reason=reason)
    say(f"item {number} ({dollars(item.amount)}) is decided: medbooks run books it")


@app.command("undo")
def undo(number: Number, reason: Reason) -> None:
    """Take a decision back: the next run books the difference, and the item waits again."""
    from orchestration.operations.decide import undo as take_back

    last = take_back(open_stores(), number, by=login(), reason=reason)
    say(f"item {number}: {last.made.verb} of {dollars(last.made.amount)} is taken back, medbooks run books it")


def _decide(number: int, verb: str, parts: list[DecisionPart], reason: str) -> None:
    from orchestration.operations.decide import decide

    done = decide(open_stores(), number, verb, parts, by=login(), reason=reason)
    if done.is_decided:
        say(f"item {number} ({dollars(done.item.amount)}) is decided: medbooks run books it")
    else:
        say(
            f"item {number} ({dollars(done.item.amount)}) is above the limit and proposed: another person decides with "
            f"medbooks waiting approve {number} --reason WHY"
        )


def _part(text: str) -> DecisionPart:
    from orchestration.ledger.items import DecisionPart

    account, _, amount = text.partition("=")
    try:
        return DecisionPart(account, Decimal(amount.replace(",", "")).quantize(Decimal("0.01")))
    except InvalidOperation:
        message = f"{text} is no part: an account, = and an amount"
        raise BooksError(message, fix="medbooks waiting split 1 --part 6300=400.00 --part 6310=25.00") from None


def _show(item: WaitingItem) -> None:
    way = "in " if item.incoming_amount else "out"
    typer.echo(f"{item.number:>5}  {item.item_date}  {way} {dollars(item.amount):>14}  {item.words}")
    why = item.reason_code.replace("_", " ")
    typer.echo(f"{'':>5}  {why}; settle it by: medbooks waiting {'|'.join(item.verbs)} {item.number} --reason WHY")
    if item.proposed is not None:
        made = item.proposed.made
        typer.echo(f"{'':>5}  {made.verb} is proposed by {made.proposed_by}: medbooks waiting approve {item.number}")


def _facts(item: WaitingItem) -> dict[str, Any]:
    """Return an item as ``--json`` prints it: amounts as text with two decimals."""
    return {
        "number": item.number,
        "source": item.source,
        "reason": item.reason_code,
        "date": item.item_date.isoformat() if item.item_date else None,
        "incoming_amount": format_amount(item.incoming_amount),
        "outgoing_amount": format_amount(item.outgoing_amount),
        "words": item.words,
        "verbs": list(item.verbs),
        "proposed_by": item.proposed.made.proposed_by if item.proposed else None,
    }
