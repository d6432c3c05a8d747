"""``medbooks claims``: claims that never reached a payer, with their numbers, for the biller who sends them again."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.stores import dollars, open_stores

if TYPE_CHECKING:
    from orchestration.operations.rejected_claims import RejectedClaim

app = typer.Typer(help="Claims as they were sent, and what receivers say about them.", no_args_is_help=True)


@app.callback()
def claims() -> None:
    """Group of verbs."""


@app.command("rejected")
def rejected(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Those sent again or answered, too.")] = False,
) -> None:
    """List claims a receiver refused before any payer decided: number, amount, why, and what fixes it.

    It prints claim numbers: for the screen of the practice, not for a ticket or a chat.
    """
    from orchestration.operations.rejected_claims import rejected_claims

    found = rejected_claims(open_stores(), show_all=show_all)
    if as_json:
        typer.echo(json.dumps([_facts(claim) for claim in found], indent=2))
        return
    for claim in found:
        typer.echo(
            f"{claim.claim_id or 'a whole ' + claim.rejection_level.replace('_', ' '):<24} "
            f"{claim.rejected_date}  {_amount(claim):>14}  {claim.payer_name or '-'}"
        )
        typer.echo(f"{'':<24} {claim.reason}. {claim.what_to_do}.")
    typer.echo("correct them in the billing system and send them again" if found else "no claim waits to be sent again")


def _amount(claim: RejectedClaim) -> str:
    return "-" if claim.charged_amount is None else dollars(claim.charged_amount)


def _facts(claim: RejectedClaim) -> dict[str, Any]:
    """Return a refusal as ``--json`` prints it: amounts as text with two decimals, days as ISO dates."""
    values = asdict(claim).items()
    return {
        **{name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values},
        "charged_amount": None if claim.charged_amount is None else f"{claim.charged_amount:.2f}",
        "shown_amount": _amount(claim),
    }
