"""``medbooks quarantine``: what could not be read, why, what fixes it, and what was decided about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.people import who
from orchestration.cli.stores import open_stores, say
from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from orchestration.operations.quarantine import Item

app = typer.Typer(help="Files and rows that could not be read.", no_args_is_help=True)
FileId = Annotated[str, typer.Argument(metavar="FILE_ID", help="The first characters of the id that list shows.")]


@app.callback()
def quarantine() -> None:
    """Group of verbs."""


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Also what was rejected.")] = False,
) -> None:
    """List quarantined files and refused rows: reason, place, amount, what to do, and the command that fixes it."""
    from orchestration.operations.quarantine import items
    from orchestration.operations.vocabulary import vocabulary

    words = vocabulary()
    found = [item for item in items(open_stores()) if show_all or not item.is_rejected]
    if as_json:
        typer.echo(
            json.dumps([_as_json(item, words.reason(item.source, item.code).what_to_do) for item in found], indent=2)
        )
        return
    for item in found:
        amount = f"{item.amount:,.2f}" if item.amount is not None else "-"
        state = "  (rejected)" if item.is_rejected else ""
        typer.echo(f"{item.source:<10} {item.file_id[:12]}  {item.where:<12} {amount:>14}  {item.code}{state}")
        typer.echo(f"{'':<10} {item.message}")
        typer.echo(f"{'':<10} {words.reason(item.source, item.code).what_to_do}")
        typer.echo(f"{'':<10} fix it with: {fix_of(item)}")
    typer.echo(f"{len(found)} waiting" if found else "nothing is quarantined")


@app.command("show")
def show(
    file_id: FileId,
    save: Annotated[Path | None, typer.Option(help="Write the file itself here, readable by you alone.")] = None,
    purpose: Annotated[str, typer.Option(help="What the content is needed for; kept in the audit chain.")] = "",
) -> None:
    """Show what waits of one file, without its name and content; with --save and --purpose hand out the file."""
    from orchestration.operations.quarantine import describe, find, reveal
    from orchestration.operations.vocabulary import vocabulary

    stores = open_stores()
    identity, found = find(stores, file_id)
    if save is not None:
        size = reveal(stores, identity, save, by=who(stores), purpose=purpose)
        say(f"{size:,} bytes written to {save}; it may hold PHI: delete it when done. The audit chain says who and why")
        return
    known = describe(stores, identity)
    landed = f"{known['loaded_at']:%Y-%m-%d %H:%M} UTC" if known["loaded_at"] else "unknown"
    typer.echo(f"file      {identity}")
    typer.echo(f"kind      {known['kind']}, {known['byte_count'] or 0:,} bytes, landed {landed}")
    for item in found:
        words = vocabulary().reason(item.source, item.code)
        amount = f"{item.amount:,.2f}" if item.amount is not None else "no readable amount"
        typer.echo(f"{item.where:<10}{item.code}, {amount}{' (rejected)' if item.is_rejected else ''}")
        typer.echo(f"{'':<10}{item.message}")
        typer.echo(f"{'':<10}{words.what_it_means} {words.what_to_do}")
    for finding in known["findings"]:
        typer.echo(f"finding   {finding['severity']:<8} {finding['code']} ({finding['finding_count']})")
    typer.echo(f"fix it with: {fix_of(found[0])}")


@app.command("replay")
def replay(
    file_id: Annotated[str, typer.Argument(metavar="[FILE_ID]", help="The first characters of the id.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every file that waits, or of which rows wait.")] = False,
) -> None:
    """Let the next run read files again of which something is quarantined, after the cause was fixed.

    After a new layout or reader, an installed program. What is booked of a file already is not booked again.
    """
    from orchestration.operations.quarantine import find, items
    from orchestration.operations.quarantine import replay as read_again

    if bool(file_id) == everything:
        message = "name one file, or all of them with --all"
        raise BooksError(message, fix="medbooks quarantine replay FILE_ID")
    stores = open_stores()
    found = items(stores) if everything else find(stores, file_id)[1]
    identities = read_again(stores, [item for item in found if not (everything and item.is_rejected)], by=who(stores))
    say(f"{len(identities)} file(s) will be read again by the next run: medbooks run")


@app.command("reject")
def reject(
    file_id: FileId,
    reason: Annotated[str, typer.Option(help="Why nothing of it will be booked; no names. Kept in the audit chain.")],
) -> None:
    """Decide that what is quarantined of a file stays out of the books; a replay takes it back."""
    from orchestration.operations.quarantine import find
    from orchestration.operations.quarantine import reject as decide_against

    stores = open_stores()
    identity, found = find(stores, file_id)
    amount = decide_against(stores, identity, found, by=who(stores), reason=reason)
    say(f"{identity[:12]} is rejected, {amount:,.2f} stay out of the books; medbooks audit export shows it")


def fix_of(item: Item) -> str:
    """Return the one command that fixes an item, after what its words ask for."""
    if item.is_file:
        return f"medbooks quarantine replay {item.file_id[:12]}  (same file, new reader) or medbooks run (new file)"
    return f"medbooks quarantine replay {item.file_id[:12]}  (layout or reader fixed) or medbooks run (corrected file)"


def _as_json(item: Item, what_to_do: str) -> dict[str, Any]:
    return {
        "source": item.source,
        "file_id": item.file_id,
        "where": item.where,
        "code": item.code,
        "message": item.message,
        "amount": str(item.amount) if item.amount is not None else None,
        "what_to_do": what_to_do,
        "fix": fix_of(item),
        "is_rejected": item.is_rejected,
    }
