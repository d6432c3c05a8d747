"""``medbooks explain``: where an amount comes from, back to the file and the place in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.stores import dollars, open_stores
from orchestration.core.money import format_amount

if TYPE_CHECKING:
    from orchestration.operations.explain import Explained

app = typer.Typer(
    help="Where an amount comes from: balances by account, the events they are made of, files and places in them.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="As JSON on stdout.")]
InBook = Annotated[str, typer.Option(help="accrual or cash.")]


@app.callback()
def explain() -> None:
    """Group of verbs; they print claim numbers and names of files, for the screen of the practice."""


@app.command("claim")
def claim(
    claim_id: Annotated[str, typer.Argument(help="Number of the claim, padded or not.")],
    book: InBook = "accrual",
    as_json: AsJson = False,
) -> None:
    """Say what is booked for a claim, by account, and which events and files made it so."""
    from orchestration.operations.explain import explain_claim

    _show(explain_claim(open_stores(), claim_id, book=book), as_json)


@app.command("file")
def file(
    file_id: Annotated[str, typer.Argument(help="First characters of the file's id, or its name.")],
    book: InBook = "accrual",
    as_json: AsJson = False,
) -> None:
    """Say what a file brought into the books."""
    from orchestration.operations.explain import explain_file

    _show(explain_file(open_stores(), file_id, book=book), as_json)


@app.command("entry")
def entry(
    entry_id: Annotated[str, typer.Argument(help="Number of the entry, or its event.")], as_json: AsJson = False
) -> None:
    """Say what an entry of the ledger is made of."""
    from orchestration.operations.explain import explain_entry

    _show(explain_entry(open_stores(), entry_id), as_json)


@app.command("number")
def number(
    item: Annotated[int, typer.Argument(help="Number under which something waits.")], as_json: AsJson = False
) -> None:
    """Say what waits under a number."""
    from orchestration.operations.explain import explain_number

    _show(explain_number(open_stores(), item), as_json)


def _show(found: Explained, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_facts(found), indent=2))
        return
    typer.echo(f"{found.subject} {found.subject_id}, {found.book} book")
    for balance in found.balances:
        typer.echo(f"  {balance.account_code:<9} {balance.account_name:<42} {dollars(balance.amount):>16}")
    for event in found.events:
        state = "posted" if event.is_posted else "waits"
        typer.echo(f"{event.entry_date}  {event.event_id}  {state}")
        if event.file_name:
            typer.echo(f"  from {event.file_name} ({event.file_id[:12]}) {', '.join(event.places)}".rstrip())
        for rule, account, amount in event.movements:
            typer.echo(f"  {rule:<5} {account:<9} {dollars(amount):>16}")


def _facts(found: Explained) -> dict[str, Any]:
    """Return it as ``--json`` prints it: amounts as text with two decimals, debits positive."""
    return {
        f"{found.subject}_id": found.subject_id,
        "book": found.book,
        "balances": [
            {"account_code": b.account_code, "account_name": b.account_name, "amount": format_amount(b.amount)}
            for b in found.balances
        ],
        "events": [
            {
                "event_id": event.event_id,
                "entry_date": event.entry_date.isoformat(),
                "source": event.source,
                "file_id": event.file_id,
                "file_name": event.file_name,
                "places": list(event.places),
                "is_posted": event.is_posted,
                "movements": [
                    {"rule_id": rule, "account_code": account, "amount": format_amount(amount)}
                    for rule, account, amount in event.movements
                ],
            }
            for event in found.events
        ],
    }
