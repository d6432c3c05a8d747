"""``medbooks gl``: the book of record: what waits, who approves it, taking entries back, and out.

What does not belong here: outside ledgers (``gl_outside.py``, ``gl_posting.py``).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli import gl_mapping, gl_outside, gl_posting
from orchestration.cli.choices import ChoiceOf
from orchestration.cli.people import login, who
from orchestration.cli.stores import dollars, open_stores, say
from orchestration.core.errors import BooksError
from orchestration.core.money import format_amount
from orchestration.gl.exports import registry as exports

if TYPE_CHECKING:
    from orchestration.ledger.records import PostResult
    from orchestration.operations.waiting import OutsideTotal, WaitingProposal

app = typer.Typer(help="The general ledger.", no_args_is_help=True)
app.command("connect")(gl_outside.connect)
app.command("accounts")(gl_outside.accounts)
app.command("lock-mapping")(gl_mapping.lock_mapping)
app.command("post")(gl_posting.post)
app.command("reconcile")(gl_posting.reconcile)


@app.callback()
def gl() -> None:
    """Group of verbs."""


@app.command("preview")
def preview(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
    compare: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of manual postings of past months.")
    ] = None,
    entity: Annotated[str, typer.Option(help="Whose books the file is of; the main entity's when not given.")] = "",
    propose: Annotated[
        bool, typer.Option("--propose", help="Propose the entries between both, for another person to approve.")
    ] = False,
) -> None:
    """Show what is not booked or not outside yet: why, how many dollars, and the one command that fixes each.

    With --compare: what the mapping books of the file's months beside what was booked by hand, account by account; with
    --propose the entry of each month that makes the one the other.
    """
    stores = open_stores()
    if compare is not None:
        gl_mapping.show_comparison(stores, compare, entity, as_json=as_json, is_proposed=propose)
        return
    if propose:
        message = "nothing to propose without the file of what was booked by hand"
        raise BooksError(message, fix="medbooks gl preview --compare FILE --propose")
    from orchestration.operations.waiting import outside_totals, waiting_proposals

    proposals, totals = waiting_proposals(stores), outside_totals(stores)
    if as_json:
        facts = {
            "waiting": [waiting_facts(one) for one in proposals],
            "outside": [waiting_facts(one) for one in totals],
        }
        typer.echo(json.dumps(facts, indent=2))
        return
    for one in proposals:
        typer.echo(f"{one.number:>5}  {one.state:<11} {dollars(one.amount):>14}  {one.reason:<21} {one.object}")
        typer.echo(f"{'':>5}  {one.words}")
        typer.echo(f"{'':>5}  fix it with: {one.fix}")
    for total in totals:
        typer.echo(
            f"{total.target:>11}  {total.state:<11} {dollars(total.amount):>14}  {total.items:,} entries {total.reason}"
        )
        if total.fix:
            typer.echo(f"{'':>11}  {total.words}")
            typer.echo(f"{'':>11}  fix it with: {total.fix}")
    if not proposals and not totals:
        typer.echo("nothing waits")


def waiting_facts(one: WaitingProposal | OutsideTotal) -> dict[str, Any]:
    """Return one item as ``--json`` prints it, its amount as text with two decimals."""
    return {**asdict(one), "amount": format_amount(one.amount)}


_Reason = Annotated[str, typer.Option(help="Why; kept in the audit chain. No name of a patient.")]
_Date = Annotated[str, typer.Option(help="Day of the reversal, YYYY-MM-DD; today when not given.")]


@app.command("approve")
def approve(
    numbers: Annotated[list[int], typer.Argument(help="Numbers of proposals, as medbooks gl preview shows them.")],
    reason: _Reason,
    reject: Annotated[bool, typer.Option("--reject", help="Decide against it: it is not booked.")] = False,
) -> None:
    """Book what waits for a person, or reject it: by an approver of practice.toml, never by who proposed it."""
    from orchestration.operations import approve as deciding

    stores = open_stores()
    name = who(stores)
    for number in numbers:
        if reject:
            deciding.reject(stores, number, by=login(), reason=reason)
            say(f"proposal {number} rejected by {name}")
        else:
            result = deciding.approve(stores, number, by=login(), reason=reason)
            say(f"proposal {number} approved by {name}: {dollars(result.posted_amount)} in batch {result.batch_tag}")


@app.command("reverse")
def reverse(
    entry_id: Annotated[int, typer.Argument(help="Number of the entry.")], reason: _Reason, date: _Date = ""
) -> None:
    """Post the reversing entry of one entry; the entry itself is never changed."""
    from orchestration.operations import approve as deciding

    stores = open_stores()
    _say_reversed(deciding.reverse(stores, entry_id, by=who(stores), reason=reason, day=_day(date)))


@app.command("rollback")
def rollback(
    batch_tag: Annotated[str, typer.Argument(help="Tag of the batch, e.g. AI-20261123-1.")],
    reason: _Reason,
    date: _Date = "",
) -> None:
    """Reverse every entry of a batch; nothing is deleted, the trial balance is what it was before."""
    from orchestration.operations import approve as deciding

    stores = open_stores()
    _say_reversed(deciding.roll_back(stores, batch_tag, by=who(stores), reason=reason, day=_day(date)))


def _say_reversed(result: PostResult) -> None:
    for refusal in result.held:
        say(f"{dollars(refusal.amount)} is above the limit: another person has to approve it (medbooks gl preview)")
    if not result.held:
        say(
            f"{result.posted} entries reversed by batch {result.batch_tag or '-'}, "
            f"{result.skipped} were reversed before"
        )


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = "a date is written YYYY-MM-DD"
        raise BooksError(message, fix="run it again with --date 2026-11-30") from None


@app.command("export")
def export(
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            click_type=ChoiceOf(exports.names),
            help="For bean-check, hledger, a spreadsheet, or dashboards of Fivetran's shape.",
        ),
    ] = "beancount",
    out: Annotated[Path | None, typer.Option(help="File; stdout when not given.")] = None,
    entity: Annotated[str | None, typer.Option(help="One legal entity; all when not given.")] = None,
    book: Annotated[str, typer.Option(help="accrual or cash.")] = "accrual",
) -> None:
    """Write one book of the journal for a second opinion: bean-check, hledger check, or a spreadsheet."""
    ledger = open_stores().ledger
    text = exports.export_named(format_)(ledger.accounts(), ledger.entries(entity_id=entity, book=book))
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        say(f"{ledger.entry_count():,} entries in the ledger, trial balance {dollars(ledger.trial_balance_amount())}")
