"""``medbooks claims``: claims that never reached a payer, with their numbers, for the biller who sends them again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from orchestration.cli.stores import dollars, open_stores

app = typer.Typer(help="Claims as they were sent, and what receivers say about them.", no_args_is_help=True)


@app.callback()
def claims() -> None:
    """Group of verbs."""


@app.command("rejected")
def rejected(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Those sent again or answered, too.")] = False,
) -> None:
    """List claims a receiver refused before any payer decided: number, amount, why, and what mends it.

    It prints claim numbers: for the screen of the practice, not for a ticket or a chat.
    """
    items = rejections(show_all=show_all)
    if as_json:
        typer.echo(json.dumps(items, indent=2))
        return
    for item in items:
        typer.echo(
            f"{item['claim_id'] or 'a whole ' + item['rejection_level'].replace('_', ' '):<24} "
            f"{item['rejected_date']}  {item['shown_amount']:>14}  {item['payer_name'] or '-'}"
        )
        typer.echo(f"{'':<24} {item['reason']}. {item['what_to_do']}.")
    typer.echo("correct them in the billing system and send them again" if items else "no claim waits to be sent again")


def rejections(*, show_all: bool) -> list[dict[str, Any]]:
    """Return refused claims, the largest amount first; amounts as text with two decimals, days as ISO dates."""
    from orchestration.stores.lake import rows

    with open_stores().lake.connect() as lake:
        found = lake.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'marts' "
            "AND table_name = 'fct_claim_rejections'"
        ).fetchone()
        if not found or not found[0]:
            return []
        chosen = "true" if show_all else "is_open"
        items = rows(
            lake,
            "SELECT claim_id, rejection_level, rejected_date, rejected_by, payer_id, payer_name, charged_amount, "
            "service_from_date, reason_code, status_code, error_segment_id, element_position, reason, what_to_do, "
            f"resubmitted_date, remitted_date, is_open FROM marts.fct_claim_rejections WHERE {chosen} "
            "ORDER BY charged_amount DESC NULLS LAST, claim_id, rejected_date, claim_rejection_key",
        )
    return [
        {
            **{name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in item.items()},
            "charged_amount": None if item["charged_amount"] is None else f"{item['charged_amount']:.2f}",
            "shown_amount": "-" if item["charged_amount"] is None else dollars(item["charged_amount"]),
        }
        for item in items
    ]
